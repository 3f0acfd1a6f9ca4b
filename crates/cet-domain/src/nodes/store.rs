//! The SQL of the nodes' numbers.

use super::Holder;
use crate::store::{DbError, Tx};
use crate::words::time::Time;
use crate::{params, record};

record! {
    /// A node, as it was last seen.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NodeRow {
        /// Its number.
        pub number: i64,
        /// Random, of one start of the program.
        pub boot: String,
        /// Its short name.
        pub mark: String,
        /// How often it has renewed its number.
        pub beats: i64,
        /// When it took the number.
        pub since: Time,
        /// When it renewed it last.
        pub seen_at: Time,
    }
}

/// All nodes that have not given their number back, by number.
///
/// # Errors
/// [`DbError`].
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<NodeRow>, DbError> {
    let sql = "SELECT number, boot, mark, beats, since, seen_at FROM node ORDER BY number";
    tx.query(sql, &[]).await
}

/// Who holds a number.
pub(super) async fn find(tx: &mut Tx<'_>, number: u16) -> Result<Option<NodeRow>, DbError> {
    let sql = "SELECT number, boot, mark, beats, since, seen_at FROM node WHERE number = $1";
    tx.query_opt(sql, params![i64::from(number)]).await
}

/// Takes the number, which nobody holds, or whoever `found` was; returns whether that still was so.
pub(super) async fn take(
    tx: &mut Tx<'_>,
    of: &Holder,
    found: Option<&NodeRow>,
    now: Time,
) -> Result<bool, DbError> {
    let number = i64::from(of.number);
    let changed = match found {
        None => {
            tx.execute(
                "INSERT INTO node (number, boot, mark, beats, since, seen_at) VALUES ($1, $2, $3, 0, $4, $4)
                 ON CONFLICT DO NOTHING",
                params![number, of.boot, of.mark, now],
            )
            .await?
        }
        Some(found) => {
            tx.execute(
                "UPDATE node
                    SET boot = $2, mark = $3, beats = 0, since = $4, seen_at = $4
                  WHERE number = $1
                    AND boot = $5
                    AND beats = $6",
                params![number, of.boot, of.mark, now, found.boot, found.beats],
            )
            .await?
        }
    };
    Ok(changed == 1)
}

/// Renews the number; returns whether it was still held.
pub(super) async fn renew(tx: &mut Tx<'_>, of: &Holder, now: Time) -> Result<bool, DbError> {
    let sql = "UPDATE node SET beats = beats + 1, seen_at = $3 WHERE number = $1 AND boot = $2";
    Ok(tx.execute(sql, params![i64::from(of.number), of.boot, now]).await? == 1)
}

/// Gives the number back.
pub(super) async fn give_back(tx: &mut Tx<'_>, of: &Holder) -> Result<(), DbError> {
    let sql = "DELETE FROM node WHERE number = $1 AND boot = $2";
    tx.execute(sql, params![i64::from(of.number), of.boot]).await?;
    Ok(())
}

/// Forgets nodes that were last seen before a time.
pub(super) async fn forget(tx: &mut Tx<'_>, before: Time) -> Result<(), DbError> {
    tx.execute("DELETE FROM node WHERE seen_at < $1", params![before]).await?;
    Ok(())
}
