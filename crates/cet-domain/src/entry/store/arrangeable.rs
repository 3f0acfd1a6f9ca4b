//! Queries of entries for arrangement: who has paid at a campus in a subject, and who may still pay.

use crate::fragments::{live, unpaid};
use crate::params;
use crate::record;
use crate::sealed::{Document, Sealed};
use crate::seat_pool::PoolKey;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::EntryId;
use crate::words::staff::Scope;
use cet_base::{in_scope, scoped};

record! {
    /// A paid entry with the class data of its registration's snapshot.
    #[derive(Clone)]
    pub struct PaidEntry {
        /// The home school.
        pub school: SchoolCode,
        /// Its id.
        pub id: EntryId,
        /// The home campus.
        pub campus: CampusCode,
        /// 院系.
        pub college: String,
        /// 专业.
        pub major: String,
        /// 年级.
        pub grade: String,
        /// 班级.
        pub class: String,
        /// 学号.
        pub student_number: String,
        /// The name in comparison form.
        pub name_key: String,
    }
}

/// The paid entries of a pool, unordered.
pub(crate) async fn paid_in(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<Vec<PaidEntry>, DbError> {
    tx.query(
        "SELECT e.school, e.id, r.campus, r.college, r.major, r.grade, r.class, r.student_number, r.name_key
           FROM entry e
           JOIN registration r
             ON r.school = e.school
            AND r.id = e.registration_id
          WHERE e.pool_school = $1
            AND e.sitting = $2
            AND e.campus = $3
            AND e.subject = $4
            AND e.state = 'paid'",
        params![pool.school(), pool.sitting, pool.campus, pool.subject],
    )
    .await
}

/// How many unpaid entries of a pool may still become paid: within their hold, with an order that is not settled, or
/// locked by a collective payment.
pub(crate) async fn undecided_in(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<i64, DbError> {
    let now = tx.now().await?;
    let row: (i64,) = tx
        .query_one(
            concat!(
                "SELECT COUNT(*)
                   FROM entry
                  WHERE pool_school = $1
                    AND sitting = $2
                    AND campus = $3
                    AND subject = $4
                    AND ",
                unpaid!("", "$5")
            ),
            params![pool.school(), pool.sitting, pool.campus, pool.subject, now],
        )
        .await?;
    Ok(row.0)
}

record! {
    /// A seated candidate, with the data for the school's lists. It has no Debug: it is personal data.
    #[derive(Clone)]
    pub struct Seated {
        /// The home school.
        pub school: SchoolCode,
        /// The entry.
        pub entry: EntryId,
        /// The home campus.
        pub campus: CampusCode,
        /// 姓名.
        pub name: String,
        /// 性别.
        pub sex: String,
        /// The sealed document number.
        pub document_sealed: Sealed<Document>,
        /// The lookup key of the document; empty once its registration was released.
        pub document_key: Vec<u8>,
        /// 院系.
        pub college: String,
        /// 班级.
        pub class: String,
        /// 学号.
        pub student_number: String,
    }
}

/// The candidates of a pool that have or may have had a seat: paid, or withdrawn since. Unordered.
pub(crate) async fn seated_in(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<Vec<Seated>, DbError> {
    tx.query(
        "SELECT e.school, e.id, r.campus, r.name, r.sex, r.document_sealed, r.document_key, r.college,
                r.class, r.student_number
           FROM entry e
           JOIN registration r
             ON r.school = e.school
            AND r.id = e.registration_id
          WHERE e.pool_school = $1
            AND e.sitting = $2
            AND e.campus = $3
            AND e.subject = $4
            AND e.state IN ('paid', 'withdrawn')",
        params![pool.school(), pool.sitting, pool.campus, pool.subject],
    )
    .await
}

record! {
    /// A live entry of a candidate, with the data that the school sees.
    #[derive(Clone)]
    pub struct Entered {
        /// The home school.
        pub school: SchoolCode,
        /// The entry.
        pub entry: EntryId,
        /// The home campus.
        pub home: CampusCode,
        /// 姓名.
        pub name: String,
        /// 学号.
        pub student_number: String,
        /// 院系.
        pub college: String,
        /// 班级.
        pub class: String,
        /// The subject.
        pub subject: SubjectCode,
        /// The campus of the seat.
        pub campus: CampusCode,
        /// Whether it is paid.
        pub paid: bool,
    }
}

/// The columns of [`Entered`], of an entry `e` and its registration `r`.
macro_rules! columns {
    () => {
        "e.school, e.id, r.campus, r.name, r.student_number, r.college, r.class, e.subject, e.campus, (e.state = 'paid')"
    };
}

/// The live entries of a student number in a subject; more than one only if the school assigned a number twice.
pub async fn of_student(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    student_number: &str,
    subject: SubjectCode,
) -> Result<Vec<Entered>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                "
           FROM registration r
           JOIN entry e
             ON e.school = r.school
            AND e.registration_id = r.id
          WHERE ",
                in_scope!("r.school", "r.campus"),
                "
            AND r.sitting = $5
            AND r.state = 'live'
            AND r.student_number = $6
            AND e.subject = $7
            AND ",
                live!("e.", "$8"),
                "
          ORDER BY e.id
          LIMIT 2"
            ),
            params![sitting, student_number, subject, now],
        )
        .await
}

/// A live entry by its id, in a scope.
pub async fn entered(
    tx: &mut Tx<'_>,
    scope: &Scope,
    school: SchoolCode,
    entry: EntryId,
) -> Result<Option<Entered>, DbError> {
    let now = tx.now().await?;
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                "
           FROM entry e
           JOIN registration r
             ON r.school = e.school
            AND r.id = e.registration_id
          WHERE ",
                in_scope!("e.school", "r.campus"),
                "
            AND e.school = $5
            AND e.id = $6
            AND ",
                live!("e.", "$7")
            ),
            params![school, entry, now],
        )
        .await
}
