//! What arrangement reads of entries: who is paid at a campus in a subject, and who may still pay.

use crate::params;
use crate::record;
use crate::seat_pool::PoolKey;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode};
use crate::words::ids::EntryId;

record! {
    /// A paid entry with what its registration's snapshot says of the candidate's class.
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
        /// The name in its form for comparison.
        pub name_key: String,
    }
}

/// The paid entries of a pool, in no order.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn paid_in(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<Vec<PaidEntry>, DbError> {
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
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn undecided_in(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<i64, DbError> {
    let now = tx.now().await?;
    let row: (i64,) = tx
        .query_one(
            "SELECT COUNT(*)
               FROM entry
              WHERE pool_school = $1
                AND sitting = $2
                AND campus = $3
                AND subject = $4
                AND state = 'held'
                AND (expires_at > $5 OR order_id IS NOT NULL OR locked_by IS NOT NULL)",
            params![pool.school(), pool.sitting, pool.campus, pool.subject, now],
        )
        .await?;
    Ok(row.0)
}
