//! The school's view of its roster, and changes of one student at a time (S2). Only the current row of a document, the
//! one published last, is listed. No statement without its scope (TH22).

use crate::fragments::roster::{record_columns, stands};
use crate::params;
use crate::record;
use crate::roster::{DocumentKeys, StudentRecord};
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::RecordId;
use crate::words::staff::Scope;
use crate::words::subject_list::SubjectList;
use crate::words::subject_list::join_codes;
use cet_base::{in_scope, scoped};

macro_rules! records {
    ($rest:literal) => {
        records!(record_columns!(), $rest)
    };
    ($columns:expr, $rest:literal) => {
        records!($columns, "", $rest)
    };
    ($columns:expr, $cursor:literal, $rest:literal) => {
        scoped!(
            "SELECT ",
            $columns,
            "
               FROM student_record r
               JOIN import i
                 ON i.id = r.import_id
              WHERE ",
            $cursor,
            in_scope!("r.school", "r.campus"),
            "
                AND i.state = 'published'
                AND r.sitting = $5
                AND ",
            stands!(),
            " ",
            $rest
        )
    };
}

/// Filter of students; an empty text matches any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// 校区, or a prefix of its code.
    pub campus: String,
    /// 院系, exact.
    pub college: String,
    /// 班级, exact.
    pub class: String,
}

/// Records of a scope by school and id, with the cursor `after`.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    filter: &Filter,
    after: Option<(SchoolCode, i64)>,
    limit: i64,
) -> Result<Vec<StudentRecord>, DbError> {
    let (school, id) = scope.behind(after, 0);
    scope
        .query(
            tx,
            records!(
                record_columns!(),
                "(r.school, r.id) > ($6, $7) AND ",
                "AND (CAST($8 AS TEXT) = '' OR (r.campus >= $8 AND r.campus < $9))
             AND (CAST($10 AS TEXT) = '' OR r.college = $10)
             AND (CAST($11 AS TEXT) = '' OR r.class = $11)
           ORDER BY r.school, r.id
           LIMIT $12"
            ),
            params![
                sitting,
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

/// The students of a scope without a registration, by class and student number: whom a school can register itself.
pub async fn unregistered(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    (college, class): (&str, &str),
    limit: i64,
) -> Result<Vec<StudentRecord>, DbError> {
    scope
        .query(
            tx,
            records!(
                record_columns!(),
                "AND (CAST($6 AS TEXT) = '' OR r.college = $6)
             AND (CAST($7 AS TEXT) = '' OR r.class = $7)
             AND NOT EXISTS (SELECT 1
                               FROM registration g
                              WHERE g.document_key = r.document_key
                                AND g.sitting = r.sitting
                                AND g.state = 'live')
           ORDER BY r.college, r.class, r.student_number, r.id
           LIMIT $8"
            ),
            params![sitting, college, class, limit],
        )
        .await
}

record! {
    /// The students of a class at a campus.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Group {
        /// 校区.
        pub campus: CampusCode,
        /// 院系.
        pub college: String,
        /// 班级.
        pub class: String,
        /// How many there are.
        pub students: i64,
    }
}

/// The classes of a scope with their students, by college and class: what lists are narrowed by, and what they count. It
/// reads the whole scope: use it for one school.
pub async fn groups(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    limit: i64,
) -> Result<Vec<Group>, DbError> {
    scope
        .query(
            tx,
            records!(
                "r.campus, r.college, r.class, COUNT(*)",
                "GROUP BY r.campus, r.college, r.class
           ORDER BY r.college, r.class, r.campus
           LIMIT $6"
            ),
            params![sitting, limit],
        )
        .await
}

/// Records of a scope with this in their name (a pattern of the comparison form), or with this student number. It reads
/// the whole scope: use it for one school.
pub async fn of_person(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    (name, student_number): (&str, &str),
    limit: i64,
) -> Result<Vec<StudentRecord>, DbError> {
    scope
        .query(
            tx,
            records!(
                "AND (r.name_key LIKE $6 ESCAPE '!' OR r.student_number = $7)
           ORDER BY r.school, r.id
           LIMIT $8"
            ),
            params![sitting, name, student_number, limit],
        )
        .await
}

/// The record of a document as somebody typed it, if it is in the scope.
pub async fn of_document(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    document: &DocumentKeys,
) -> Result<Option<StudentRecord>, DbError> {
    for key in std::iter::once(document.as_typed()).chain(document.otherwise()) {
        let found: Option<StudentRecord> =
            scope.query_opt(tx, records!("AND r.document_key = $6"), params![sitting, key]).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// One current record, if it is in the scope.
pub async fn one(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    school: SchoolCode,
    id: RecordId,
) -> Result<Option<StudentRecord>, DbError> {
    scope.query_opt(tx, records!("AND r.school = $6 AND r.id = $7"), params![sitting, school, id]).await
}

/// A row of the scope, whether or not it counts: for a form that is sent again after it took the row out.
pub async fn past(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    school: SchoolCode,
    id: RecordId,
) -> Result<Option<StudentRecord>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                record_columns!(),
                "
                   FROM student_record r
                  WHERE ",
                in_scope!("r.school", "r.campus"),
                "
                    AND r.sitting = $5
                    AND r.school = $6
                    AND r.id = $7"
            ),
            params![sitting, school, id],
        )
        .await
}

/// The fields of a record that a school changes in its row. Another document is another row
/// ([`corrected`](crate::roster::corrected)), because a student is found by it.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// 校区.
    pub campus: CampusCode,
    /// 姓名.
    pub name: String,
    /// The name in comparison form.
    pub name_key: String,
    /// 性别.
    pub sex: String,
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
    /// 资格科目.
    pub listed: SubjectList,
    /// 限制科目.
    pub barred: SubjectList,
}

impl Change {
    /// A change that leaves the record as it is.
    #[must_use]
    pub fn of(record: StudentRecord) -> Self {
        Self {
            campus: record.campus,
            name: record.name,
            name_key: record.name_key,
            sex: record.sex,
            education: record.education,
            duration: record.duration,
            entry_year: record.entry_year,
            grade: record.grade,
            college: record.college,
            major: record.major,
            class: record.class,
            student_number: record.student_number,
            remark: record.remark,
            listed: record.listed,
            barred: record.barred,
        }
    }
}

/// Changes a record in the scope from which no live registration was made; returns whether it did.
pub async fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    of: &StudentRecord,
    to: &Change,
) -> Result<bool, DbError> {
    let changed = scope
        .execute(
            tx,
            scoped!(
                "UPDATE student_record
                SET campus = $7, grade = $8, college = $9, major = $10, class = $11, student_number = $12, remark = $13,
                    barred_subjects = $14, listed_subjects = $15, name = $16, name_key = $17, sex = $18, education = $19,
                    duration = $20, entry_year = $21
              WHERE school = $5
                AND id = $6
                AND ",
                in_scope!("school", "campus"),
                "
                AND NOT EXISTS (SELECT 1
                                  FROM registration g
                                 WHERE g.school = student_record.school
                                   AND g.sitting = student_record.sitting
                                   AND g.document_key = student_record.document_key
                                   AND g.state = 'live')"
            ),
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
                join_codes(&to.listed.0),
                to.name,
                to.name_key,
                to.sex,
                to.education,
                to.duration,
                to.entry_year,
            ],
        )
        .await?;
    Ok(changed == 1)
}
