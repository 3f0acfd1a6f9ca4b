//! A registration's snapshot of the student record: later changes of the roster do not affect it (R6).

use ring::digest;

use crate::record;
use crate::sealed::{Document, Sealed};
use crate::vault::{Vault, VaultError, to_hex};
use crate::words::codes::CampusCode;
use crate::words::subject_list::SubjectList;
use crate::words::subject_list::join_codes;

record! {
    /// The student's record when the registration was saved. It has no Debug: it is personal data.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Snapshot {
        /// 笔试报名校区.
        pub campus: CampusCode,
        /// The school's name.
        pub school_name: String,
        /// The campus's name.
        pub campus_name: String,
        /// 姓名 in the roster.
        pub name: String,
        /// The name in comparison form.
        pub name_key: String,
        /// 性别.
        pub sex: String,
        /// 证件类型, by its name in the database.
        pub document_kind: String,
        /// 证件号码, sealed.
        pub document_sealed: Sealed<Document>,
        /// The lookup key of the document.
        pub document_key: Vec<u8>,
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
        /// 资格科目 as granted.
        pub subjects: SubjectList,
        /// 资格科目 as listed in the roster.
        pub listed: SubjectList,
        /// 限制科目.
        pub barred: SubjectList,
    }
}

impl Snapshot {
    /// 证件号码; empty once the person was taken out (A11).
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the keys of the installation do not open it.
    pub fn number(&self, vault: &Vault) -> Result<String, VaultError> {
        self.document_sealed.open_if_kept(vault, &self.document_key)
    }

    /// What stays once the sitting is long over (A11): campus, sex, kind of document and of studies, which statistics count by, the
    /// subjects, and the keyed hash of the document, under which the log and the scores know the person.
    #[must_use]
    pub(crate) fn without_person(self) -> Self {
        Self {
            name: String::new(),
            name_key: String::new(),
            document_sealed: Sealed::default(),
            entry_year: String::new(),
            grade: String::new(),
            college: String::new(),
            major: String::new(),
            class: String::new(),
            student_number: String::new(),
            remark: String::new(),
            ..self
        }
    }

    /// The hash that is stored with the snapshot, in hex (I12). It excludes what may change on purpose later: the
    /// granted subjects (reviews) and the sealed bytes (a new key).
    #[must_use]
    pub fn hash(&self) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        let (listed, barred) = (join_codes(&self.listed.0), join_codes(&self.barred.0));
        let parts: [&[u8]; 19] = [
            self.campus.as_str().as_bytes(),
            self.school_name.as_bytes(),
            self.campus_name.as_bytes(),
            self.name.as_bytes(),
            self.name_key.as_bytes(),
            self.sex.as_bytes(),
            self.document_kind.as_bytes(),
            &self.document_key,
            self.education.as_bytes(),
            self.duration.as_bytes(),
            self.entry_year.as_bytes(),
            self.grade.as_bytes(),
            self.college.as_bytes(),
            self.major.as_bytes(),
            self.class.as_bytes(),
            self.student_number.as_bytes(),
            self.remark.as_bytes(),
            listed.as_bytes(),
            barred.as_bytes(),
        ];
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
        to_hex(context.finish().as_ref())
    }
}
