//! 学籍库: the schools' data of their students, for each sitting.
//!
//! A school imports its roster in several files while registration is open; the row of a document that was published
//! last is the current one. A saved registration keeps its own snapshot (R6).

pub mod added;
pub(crate) mod cells;
pub mod corrected;
pub mod file;
pub mod removal;
mod snapshot;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;
pub mod ticked;
pub mod transfer;
pub mod verbs;

pub use store::{preview, staff_queries};

use std::borrow::Cow;
use std::fmt;

use crate::fragments::roster::said;
use crate::record;
use crate::sealed::{self, Sealed};
use crate::vault::{Vault, VaultError};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::document::{Document, DocumentKind};
pub use crate::words::document_key::{DocumentKey, DocumentKeys};
use crate::words::ids::RecordId;
use crate::words::subject_list::SubjectList;
pub use snapshot::Snapshot;

/// A name that what was typed is compared with where there is no record, so that both answers take as long (TH7, TH8).
pub(crate) const NOBODY: &str = "无此人";

record! {
    /// One student in the school's roster. Its Debug shows no personal data.
    #[derive(Clone, PartialEq, Eq)]
    pub struct StudentRecord {
        /// The school of the roster.
        pub school: SchoolCode,
        /// The row's id; its key together with the school.
        pub id: RecordId,
        /// Its sitting.
        pub sitting: SittingCode,
        /// 笔试报名校区.
        pub campus: CampusCode,
        /// 姓名 as the school wrote it.
        pub name: String,
        /// The name in comparison form.
        pub name_key: String,
        /// 男, 女, or empty.
        pub sex: String,
        /// 证件类型, by its name in the database.
        pub document_kind: String,
        /// 证件号码, sealed.
        pub document_sealed: Sealed<sealed::Document>,
        /// The lookup key of the document.
        pub document_key: DocumentKey,
        /// 学历.
        pub education: String,
        /// 学制.
        pub duration: String,
        /// 入学年份.
        pub entry_year: String,
        /// 年级.
        pub grade: String,
        /// 院系.
        pub college: String,
        /// 专业.
        pub major: String,
        /// 班级.
        pub class: String,
        /// 学号.
        pub student_number: String,
        /// 备注.
        pub remark: String,
        /// 资格科目; if empty, the rules apply (R4).
        pub listed: SubjectList,
        /// 限制科目.
        pub barred: SubjectList,
    }
}

impl fmt::Debug for StudentRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StudentRecord({}, {}, ..)", self.school, self.id)
    }
}

impl StudentRecord {
    /// 证件号码.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the keys of the installation do not open it.
    pub fn number(&self, vault: &Vault) -> Result<String, VaultError> {
        self.document_sealed.open(vault, &self.document_key.bytes())
    }

    /// The decrypted document, for the pages that show it masked and the ticket that prints it.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the keys of the installation do not open it, or the content is not a document.
    pub fn document(&self, vault: &Vault) -> Result<Document, VaultError> {
        let number = self.number(vault)?;
        let kind = DocumentKind::from_wire(&self.document_kind).ok_or(VaultError::Sealed)?;
        Document::parse(kind, &number).map_err(|_| VaultError::Sealed)
    }

    /// The values that pages show, for the mark of a form (R19).
    #[must_use]
    pub fn values(&self) -> [String; 15] {
        said!(self).map(Cow::into_owned)
    }

    /// The snapshot for a registration (R6): with the current names of places, and the subjects granted now.
    #[must_use]
    pub fn snapshot(&self, school_name: &str, campus_name: &str, granted: Vec<SubjectCode>) -> Snapshot {
        let of = self.clone();
        Snapshot {
            campus: of.campus,
            school_name: school_name.to_owned(),
            campus_name: campus_name.to_owned(),
            name: of.name,
            name_key: of.name_key,
            sex: of.sex,
            document_kind: of.document_kind,
            document_sealed: of.document_sealed,
            document_key: of.document_key.bytes().to_vec(),
            education: of.education,
            duration: of.duration,
            entry_year: of.entry_year,
            grade: of.grade,
            college: of.college,
            major: of.major,
            class: of.class,
            student_number: of.student_number,
            remark: of.remark,
            subjects: SubjectList(granted),
            listed: of.listed,
            barred: of.barred,
        }
    }
}
