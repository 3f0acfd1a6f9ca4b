//! What people wrote about differences.

use crate::params;
use crate::reconciliation::{Decision, Of};
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::time::Time;

record! {
    /// A note on a difference.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Note {
        /// The account.
        pub account: String,
        /// Who holds it.
        pub person: String,
        /// What was decided.
        pub decided: String,
        /// In words.
        pub note: String,
        /// When.
        pub noted_at: Time,
    }
}

/// Stores a note.
pub async fn note(
    tx: &mut Tx<'_>,
    difference: i64,
    (account, person): (&str, &str),
    (decision, note): (Decision, &str),
) -> Result<(), DbError> {
    let (id, now) = (tx.new_id(), tx.now().await?);
    tx.execute(
        "INSERT INTO reconciliation_note (difference_id, id, account, person, decided, note, noted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![difference, id, account, person, decision.wire(), note, now],
    )
    .await?;
    Ok(())
}

/// The notes on the differences of a day, also on those that are dissolved; the oldest first.
pub async fn notes(tx: &mut Tx<'_>, of: Of) -> Result<Vec<Note>, DbError> {
    tx.query(
        "SELECT n.account, n.person, n.decided, n.note, n.noted_at
           FROM reconciliation_difference d
           JOIN reconciliation_note n ON n.difference_id = d.id
          WHERE d.gateway = $1
            AND d.day = $2
          ORDER BY n.id",
        params![of.gateway.as_str(), of.day.to_string()],
    )
    .await
}
