//! What the entries of a scope's pools add up to, for the effect of a change. It reads all of them.

use crate::fragments::live;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

record! {
    /// The live entries of one pool.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct OfPool {
        /// The campus of the seats.
        pub campus: CampusCode,
        /// The subject.
        pub subject: SubjectCode,
        /// Number of paid ones.
        pub paid: i64,
        /// Number of unpaid ones.
        pub unpaid: i64,
        /// Unpaid ones with an open order.
        pub ordered: i64,
        /// Unpaid ones whose hold ends after a given time.
        pub held_after: i64,
    }
}

/// Live entries by pool, for the effect of a change; `after` divides the unpaid ones by the end of their hold.
pub(crate) async fn by_pool(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    after: Time,
) -> Result<Vec<OfPool>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            scoped!(
                "SELECT e.campus, e.subject,
                CAST(SUM(CASE WHEN e.state = 'paid' THEN 1 ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN e.state = 'paid' THEN 0 ELSE 1 END) AS BIGINT),
                CAST(SUM(CASE WHEN e.state <> 'paid' AND e.order_id IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN e.state <> 'paid' AND e.expires_at > $7 THEN 1 ELSE 0 END) AS BIGINT)
           FROM entry e
          WHERE ",
                in_scope!("e.pool_school", "e.campus"),
                "
            AND e.sitting = $5
            AND ",
                live!("e.", "$6"),
                "
          GROUP BY e.campus, e.subject
          ORDER BY e.campus, e.subject"
            ),
            params![sitting, now, after],
        )
        .await
}
