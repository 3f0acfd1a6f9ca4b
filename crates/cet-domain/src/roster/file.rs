//! The roster's file: the content of its columns (interface section 6).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub use super::cells::EDUCATIONS;
use super::cells::{document, education, name, sex, subjects};
use super::staff_queries::Change;
use super::{DocumentKey, StudentRecord};
use crate::fragments::roster::said;
use crate::import::fields::Fields;
use crate::import::identity::{digest, joined_by};
use crate::import::{self, Findings, Identity, ImportError, JoinedBy, Kind, Report, Stamp, Watch};
use crate::printing::coverage;
use crate::sealed::{Document, Sealed};
use crate::sheet::words::Expected;
use crate::sheet::{Cell, Chosen, Limits, Place, Table, Wrong};
use crate::sitting::{Catalogue, Plan};
use crate::store::{Db, DbError, Param, Tx};
use crate::vault::Vault;
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::document::DocumentNumber;
use crate::words::staff::Scope;
use crate::words::subject_list::{SubjectList, parse_codes};

/// The columns, in any order.
pub const COLUMNS: [&str; 17] = [
    "姓名",
    "性别",
    "证件类型",
    "证件号码",
    "学校代码",
    "校区代码",
    "学历",
    "学制",
    "入学年份",
    "年级",
    "院系",
    "专业",
    "班级",
    "学号",
    "备注",
    "资格科目",
    "限制科目",
];

/// The columns that a file may lack: they are taken as empty, and the school as that of the campus.
pub const OPTIONAL: [&str; 11] =
    ["性别", "学校代码", "学制", "入学年份", "年级", "院系", "专业", "班级", "备注", "资格科目", "限制科目"];

/// The name in the example row of the template: a row with it is told to be deleted.
pub const EXAMPLE: &str = "张示例";

/// What is known about a file besides its content.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The part of the tree that its rows must belong to; `None`: any.
    pub within: Option<Scope>,
    /// The campus of all rows if the file does not say it.
    pub campus: Option<CampusCode>,
    /// What a person chose where the header does not say it.
    pub chosen: Option<Chosen>,
    /// Whether it was uploaded, rather than imported by a command.
    pub uploaded: bool,
}

/// A sitting's roster that is being imported.
pub struct RosterFile {
    settings: Settings,
    catalogue: Arc<Catalogue>,
    plan: Arc<Plan>,
    vault: Arc<Vault>,
}

/// Imports a roster's file for a sitting; with `dry_run` it is only checked.
///
/// # Errors
/// [`ImportError`]; no row of the file is published then.
pub async fn import(
    db: &Db,
    vault: Arc<Vault>,
    path: &Path,
    sitting: &str,
    dry_run: bool,
    watch: Arc<Watch>,
) -> Result<Report, ImportError> {
    let kind = Arc::new(RosterFile::of(db, vault, sitting, Settings::default()).await?);
    import::run(db, kind, path, dry_run, watch).await
}

/// A row that is ready for the database.
pub struct RosterRow {
    school: SchoolCode,
    sitting: SittingCode,
    campus: CampusCode,
    name: String,
    name_key: String,
    sex: &'static str,
    document_kind: &'static str,
    number: DocumentNumber,
    /// Empty until the row is about to be stored.
    document_sealed: Sealed<Document>,
    document_key: DocumentKey,
    education: String,
    duration: String,
    entry_year: String,
    grade: String,
    college: String,
    major: String,
    class: String,
    student_number: String,
    remark: String,
    listed: String,
    barred: String,
}

impl RosterRow {
    /// 校区.
    #[must_use]
    pub fn campus(&self) -> CampusCode {
        self.campus
    }

    /// The lookup key of the document.
    pub(super) fn document_key(&self) -> DocumentKey {
        self.document_key
    }

    /// 证件类型, by its name in the database.
    pub(super) fn document_kind(&self) -> &'static str {
        self.document_kind
    }

    /// The columns that a row may be given without being another student's.
    pub(super) fn change(&self) -> Change {
        let subjects = |codes: &str| SubjectList(parse_codes(codes).unwrap_or_default());
        Change {
            campus: self.campus,
            name: self.name.clone(),
            name_key: self.name_key.clone(),
            sex: self.sex.to_owned(),
            education: self.education.clone(),
            duration: self.duration.clone(),
            entry_year: self.entry_year.clone(),
            grade: self.grade.clone(),
            college: self.college.clone(),
            major: self.major.clone(),
            class: self.class.clone(),
            student_number: self.student_number.clone(),
            remark: self.remark.clone(),
            listed: subjects(&self.listed),
            barred: subjects(&self.barred),
        }
    }

    /// Whether a stored record holds the same.
    pub(super) fn is_of(&self, record: &StudentRecord) -> bool {
        let same = said!(self).into_iter().zip(record.values()).all(|(one, other)| one == other);
        same && self.document_key == record.document_key
    }
}

impl Kind for RosterFile {
    type Row = RosterRow;
    const NAME: &'static str = import::store::ROSTER;
    const COLUMNS: &'static [&'static str] = &COLUMNS;
    const IDENTITY: &'static str = "证件号码";
    const INSERT: &'static str = "INSERT INTO student_record
        (school, id, sitting, import_id, campus, name, name_key, sex, document_kind, document_sealed, document_key,
         education, duration, entry_year, grade, college, major, class, student_number, remark, listed_subjects,
         barred_subjects, sheet, line, fate) VALUES";
    const WIDTH: usize = 25;
    const MOST_ROWS: u64 = 2_000_000;
    const ALLOWS_SAME_KEY: bool = false;

    fn sitting(&self) -> &str {
        self.plan.code.as_str()
    }

    fn table(&self) -> Table {
        let mut fixed = BTreeMap::new();
        if let Some(campus) = self.settings.campus {
            fixed.insert("校区代码", campus.to_string());
        }
        let chosen = self.settings.chosen.clone();
        Table { columns: &COLUMNS, optional: &OPTIONAL, fixed, chosen }
    }

    fn limits(&self) -> Limits {
        if self.settings.uploaded { Limits::upload() } else { Limits::command(Self::MOST_ROWS) }
    }

    fn may_change_at(&self, campus: &str) -> bool {
        self.settings.within.as_ref().is_none_or(|within| within.holds(campus))
    }

    fn is_beside_pages(&self) -> bool {
        self.settings.uploaded
    }

    fn read(&self, place: &Place, cells: &[Cell], findings: &mut Findings) -> Option<RosterRow> {
        let mut fields = Fields::new(place, cells, &COLUMNS, findings);
        let name = name(&mut fields, Some("学号"));
        if name.as_ref().is_some_and(|name| name.as_str() == EXAMPLE) {
            fields.error("姓名", Wrong::Own("sheet-own-example"));
            return None;
        }
        if let Some(found) = name.as_ref().and_then(|name| coverage::missing(name.as_str())) {
            fields.warn("姓名", Wrong::Unprintable { found });
        }
        let sex = sex(&mut fields);
        let document = document(&mut fields);
        let campus = self.campus(&mut fields);
        let education = education(&mut fields);
        let duration = fields.line::<20>("学制");
        let entry_year = fields.line::<20>("入学年份");
        let grade = fields.line::<40>("年级");
        let college = fields.line::<100>("院系");
        let major = fields.line::<100>("专业");
        let class = fields.line::<100>("班级");
        let student_number = fields.exact_line::<40>("学号");
        let remark = fields.line::<200>("备注");
        let listed = subjects(&mut fields, "资格科目", &self.plan);
        let barred = subjects(&mut fields, "限制科目", &self.plan);
        let (name, document) = (name?, document?);
        Some(RosterRow {
            campus: campus?,
            school: campus?.school(),
            sitting: self.plan.code.clone(),
            name_key: name.key().as_str().to_owned(),
            name: name.as_str().to_owned(),
            sex: sex?,
            document_kind: document.kind.wire(),
            document_key: DocumentKey::of(&self.vault, &document),
            document_sealed: Sealed::default(),
            number: document.number,
            education: education?,
            duration: duration?,
            entry_year: entry_year?,
            grade: grade?,
            college: college?,
            major: major?,
            class: class?,
            student_number: student_number?,
            remark: remark?,
            listed: listed?,
            barred: barred?,
        })
    }

    fn names(&self, place: &Place, cells: &[Cell]) -> Option<[u8; 16]> {
        let mut told_already = Findings::default();
        let document = document(&mut Fields::new(place, cells, &COLUMNS, &mut told_already))?;
        Some(DocumentKey::of(&self.vault, &document).bytes())
    }

    fn complete(&self, row: &mut RosterRow) -> bool {
        // This only fails on a system without random bytes.
        let sealed = Sealed::<Document>::new(&self.vault, &row.document_key.bytes(), row.number.as_str());
        let complete = sealed.is_ok();
        row.document_sealed = sealed.unwrap_or_default();
        complete
    }

    fn identity(row: &RosterRow) -> Identity {
        let school = row.school.as_str().as_bytes().try_into().unwrap_or_default();
        Identity { key: row.document_key.bytes(), rest: school }
    }

    fn may_end_early(row: &RosterRow) -> bool {
        // If a field in the middle is missing, the student number is one column further to the left and the subjects
        // are in the remark.
        let moved =
            !row.remark.is_empty() && row.remark.split([';', '；']).all(|part| part.trim().len() <= 1);
        !row.student_number.is_empty() && !moved
    }

    fn digest(row: &RosterRow) -> u32 {
        digest(&said!(row))
    }

    fn joined_by(row: &mut RosterRow) -> Option<JoinedBy> {
        joined_by(row.school, std::mem::take(&mut row.student_number))
    }

    async fn publishing(tx: &mut Tx<'_>, sitting: &str, import: i64) -> Result<(), DbError> {
        super::transfer::open_all(tx, sitting, import).await
    }

    fn values<'r>(row: &'r RosterRow, stamp: &'r Stamp) -> Vec<&'r dyn Param> {
        vec![
            &row.school,
            &stamp.id,
            &row.sitting,
            &stamp.import,
            &row.campus,
            &row.name,
            &row.name_key,
            &row.sex,
            &row.document_kind,
            &row.document_sealed,
            &row.document_key,
            &row.education,
            &row.duration,
            &row.entry_year,
            &row.grade,
            &row.college,
            &row.major,
            &row.class,
            &row.student_number,
            &row.remark,
            &row.listed,
            &row.barred,
            &stamp.sheet,
            &stamp.line,
            &stamp.fate,
        ]
    }
}

impl RosterFile {
    /// The roster of a sitting.
    ///
    /// # Errors
    /// [`ImportError::NoSitting`].
    pub async fn of(
        db: &Db,
        vault: Arc<Vault>,
        sitting: &str,
        settings: Settings,
    ) -> Result<Self, ImportError> {
        let catalogue = Arc::new(db.read_long(async |tx| crate::sitting::store::load(tx).await).await?);
        let code = SittingCode::parse(sitting).ok();
        let plan = code.and_then(|code| catalogue.sitting(&code).cloned());
        let plan = plan.ok_or_else(|| ImportError::NoSitting(sitting.to_owned()))?;
        Ok(Self { settings, catalogue, plan, vault })
    }

    /// The campus; it must be known, and belong to the row's school.
    fn campus(&self, fields: &mut Fields<'_>) -> Option<CampusCode> {
        let school = match fields.peek("学校代码") {
            Some("") => Ok(None),
            _ => fields
                .code("学校代码", "sheet-expect-school-code", |text| SchoolCode::parse(text).ok())
                .map(Some)
                .ok_or(()),
        };
        let campus =
            fields.code("校区代码", "sheet-expect-campus-code", |text| CampusCode::parse(text).ok())?;
        if self.catalogue.campus_name(campus).is_none() {
            fields.expected("校区代码", "sheet-expect-campus", campus.as_str());
            return None;
        }
        if self.settings.within.as_ref().is_some_and(|within| !within.holds(campus.as_str())) {
            fields.expected("校区代码", "sheet-expect-own-campus", campus.as_str());
            return None;
        }
        let school = school.ok()?.unwrap_or(campus.school());
        if campus.school() != school {
            let expected = Expected { key: "sheet-expect-school-of", value: campus.school().to_string() };
            fields.expected_value("学校代码", expected, school.as_str());
            return None;
        }
        Some(campus)
    }
}
