//! What the bills of other days have.

use gateway::bill::BillKind;

use crate::params;
use crate::reconciliation::Of;
use crate::store::{DbError, Tx};

/// The numbers of payments and refunds that the bill of another day has, and that were booked on a later day than that: those
/// found there, and those that were a difference there.
pub(in crate::reconciliation) async fn on_other_days(
    tx: &mut Tx<'_>,
    of: Of,
) -> Result<Vec<(BillKind, String)>, DbError> {
    let rows: Vec<(String, String)> = tx
        .query(
            "SELECT kind, number
               FROM reconciliation_late
              WHERE gateway = $1
                AND day <> $2
              UNION
             SELECT 'payment', trade_no
               FROM reconciliation_difference
              WHERE gateway = $1
                AND day <> $2
                AND class = 'theirs-only'
                AND state <> 'gone'
              UNION
             SELECT 'refund', reference
               FROM reconciliation_difference
              WHERE gateway = $1
                AND day <> $2
                AND class = 'refund-extra'
                AND state <> 'gone'",
            params![of.gateway.as_str(), of.day.to_string()],
        )
        .await?;
    let kind = |word: &str| if word == "payment" { BillKind::Payment } else { BillKind::Refund };
    Ok(rows.into_iter().map(|(word, number)| (kind(&word), number)).collect())
}
