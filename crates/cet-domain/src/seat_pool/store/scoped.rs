//! The pools of a scope, for staff.

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::staff::Scope;
use cet_base::{in_scope, scoped};

record! {
    /// One pool.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PoolShown {
        /// The campus of the seats.
        pub campus: CampusCode,
        /// The subject.
        pub subject: SubjectCode,
        /// The capacity.
        pub capacity: i64,
        /// Taken seats.
        pub taken: i64,
        /// People on the waiting list (R16).
        pub waiting: i64,
    }
}

/// The pools of a scope's campuses, the fullest first, at most `limit`.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    limit: i64,
) -> Result<Vec<PoolShown>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                "SELECT campus, subject, capacity, taken, waiting
           FROM seat_pool
          WHERE ",
                in_scope!("school", "campus"),
                "
            AND sitting = $5
            AND capacity > 0
          ORDER BY taken * 1000 / capacity DESC, campus, subject
          LIMIT $6"
            ),
            params![sitting, limit],
        )
        .await
}

/// All pools of a scope's campuses from one campus to another, both included, in the order of their codes.
pub async fn between(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    (first, last): (CampusCode, CampusCode),
) -> Result<Vec<PoolShown>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                "SELECT campus, subject, capacity, taken, waiting
           FROM seat_pool
          WHERE ",
                in_scope!("school", "campus"),
                "
            AND sitting = $5
            AND campus >= $6
            AND campus <= $7
          ORDER BY campus, subject"
            ),
            params![sitting, first, last],
        )
        .await
}

/// Capacity and taken seats of all pools of a scope.
pub async fn sum(tx: &mut Tx<'_>, scope: &Scope, sitting: &SittingCode) -> Result<(i64, i64), DbError> {
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT CAST(COALESCE(SUM(capacity), 0) AS BIGINT), CAST(COALESCE(SUM(taken), 0) AS BIGINT)
           FROM seat_pool
          WHERE ",
                in_scope!("school", "campus"),
                "
            AND sitting = $5"
            ),
            params![sitting],
        )
        .await
}
