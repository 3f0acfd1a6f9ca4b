//! What a school sees and changes of its roster, one student at a time (S2). Of a document the row that was published
//! last stands; only that one is listed. No statement without its scope (TH22).

use super::{DocumentKey, StudentRecord};
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::RecordId;
use crate::words::staff::Scope;
use crate::words::subject_list::SubjectList;
use crate::words::subject_list::join_codes;

macro_rules! records {
    ($rest:literal) => {
        concat!(
            "SELECT r.school, r.id, r.sitting, r.campus, r.name, r.name_key, r.sex, r.document_kind, r.document_sealed,
                    r.document_key, r.education, r.duration, r.entry_year, r.grade, r.college, r.major, r.class,
                    r.student_number, r.remark, r.listed_subjects, r.barred_subjects
               FROM student_record r
               JOIN import i
                 ON i.id = r.import_id
              WHERE i.state = 'published'
                AND r.sitting = $1
                AND r.school >= $2
                AND r.school < $3
                AND r.campus >= $4
                AND r.campus < $5
                AND NOT EXISTS (SELECT 1
                                  FROM student_record n
                                  JOIN import j
                                    ON j.id = n.import_id
                                 WHERE n.sitting = r.sitting
                                   AND n.document_key = r.document_key
                                   AND j.state = 'published'
                                   AND (j.published_at > i.published_at
                                        OR (j.published_at = i.published_at
                                            AND (j.id > i.id OR (j.id = i.id AND n.id > r.id))))) ",
            $rest
        )
    };
}

/// Which students; an empty text stands for any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// 校区, or the beginning of its code.
    pub campus: String,
    /// 院系, whole.
    pub college: String,
    /// 班级, whole.
    pub class: String,
}

/// Records of a scope by school and id, from the one after `after`.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    filter: &Filter,
    after: Option<(SchoolCode, i64)>,
    limit: i64,
) -> Result<Vec<StudentRecord>, DbError> {
    let (schools, campuses) = (scope.sql_range(), scope.campus_range());
    let (school, id) = after.map_or_else(|| (String::new(), 0), |(school, id)| (school.to_string(), id));
    tx.query(
        records!(
            "AND (r.school > $6 OR (r.school = $6 AND r.id > $7))
             AND (CAST($8 AS TEXT) = '' OR (r.campus >= $8 AND r.campus < $9))
             AND (CAST($10 AS TEXT) = '' OR r.college = $10)
             AND (CAST($11 AS TEXT) = '' OR r.class = $11)
           ORDER BY r.school, r.id
           LIMIT $12"
        ),
        params![
            sitting,
            schools.from,
            schools.below,
            campuses.from,
            campuses.below,
            school,
            id,
            filter.campus,
            format!("{}:", filter.campus),
            filter.college,
            filter.class,
            limit,
        ],
    )
    .await
}

/// Records of a scope under this name (in its form for comparison) or student number. It reads the whole scope: for one
/// school.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn of_person(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    (name_key, student_number): (&str, &str),
    limit: i64,
) -> Result<Vec<StudentRecord>, DbError> {
    let (schools, campuses) = (scope.sql_range(), scope.campus_range());
    tx.query(
        records!(
            "AND (r.name_key = $6 OR r.student_number = $7)
           ORDER BY r.school, r.id
           LIMIT $8"
        ),
        params![
            sitting,
            schools.from,
            schools.below,
            campuses.from,
            campuses.below,
            name_key,
            student_number,
            limit,
        ],
    )
    .await
}

/// The record of a document, if it lies in the scope.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn of_document(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    document: DocumentKey,
) -> Result<Option<StudentRecord>, DbError> {
    let (schools, campuses) = (scope.sql_range(), scope.campus_range());
    tx.query_opt(
        records!("AND r.document_key = $6"),
        params![sitting, schools.from, schools.below, campuses.from, campuses.below, document],
    )
    .await
}

/// One record that stands, if it lies in the scope.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn one(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    school: SchoolCode,
    id: RecordId,
) -> Result<Option<StudentRecord>, DbError> {
    let (schools, campuses) = (scope.sql_range(), scope.campus_range());
    tx.query_opt(
        records!("AND r.school = $6 AND r.id = $7"),
        params![sitting, schools.from, schools.below, campuses.from, campuses.below, school, id],
    )
    .await
}

/// What a school changes of a record. Name and document come from an import only: by them a student is found.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// 校区.
    pub campus: CampusCode,
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
    /// 限制科目.
    pub barred: SubjectList,
}

impl Change {
    /// What a correction would leave as it is.
    #[must_use]
    pub fn of(record: StudentRecord) -> Self {
        Self {
            campus: record.campus,
            grade: record.grade,
            college: record.college,
            major: record.major,
            class: record.class,
            student_number: record.student_number,
            remark: record.remark,
            barred: record.barred,
        }
    }
}

/// Changes a record that lies in the scope and that no live registration was made from; answers whether it did.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    of: &StudentRecord,
    to: &Change,
) -> Result<bool, DbError> {
    let (schools, campuses) = (scope.sql_range(), scope.campus_range());
    let changed = tx
        .execute(
            "UPDATE student_record
                SET campus = $3, grade = $4, college = $5, major = $6, class = $7, student_number = $8, remark = $9,
                    barred_subjects = $10
              WHERE school = $1
                AND id = $2
                AND school >= $11
                AND school < $12
                AND campus >= $13
                AND campus < $14
                AND NOT EXISTS (SELECT 1
                                  FROM registration g
                                 WHERE g.school = student_record.school
                                   AND g.sitting = student_record.sitting
                                   AND g.document_key = student_record.document_key
                                   AND g.state = 'live')",
            params![
                of.school,
                of.id,
                to.campus,
                to.grade,
                to.college,
                to.major,
                to.class,
                to.student_number,
                to.remark,
                join_codes(&to.barred.0),
                schools.from,
                schools.below,
                campuses.from,
                campuses.below,
            ],
        )
        .await?;
    Ok(changed == 1)
}
