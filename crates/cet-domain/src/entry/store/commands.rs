//! The SQL of commands: the stored result of a submission, returned again to a repeat.

use crate::params;
use crate::registration::Registration;
use crate::store::{DbError, Soon, Tx};
use crate::words::time::Time;

/// Stores a command with its result; no row is changed when its id exists.
pub async fn remember(
    tx: &mut Tx<'_>,
    of: &Registration,
    command: &str,
    outcome: &str,
    at: Time,
) -> Result<Soon, DbError> {
    tx.execute_soon(
        "INSERT INTO command (school, registration_id, id, kind, outcome, at)
             VALUES ($1, $2, $3, 'enter', $4, $5)
             ON CONFLICT DO NOTHING",
        params![of.school, of.id, command, outcome, at],
    )
    .await
}

/// Replaces the result of a command that this transaction has stored.
pub(crate) async fn remember_instead(
    tx: &mut Tx<'_>,
    of: &Registration,
    command: &str,
    outcome: &str,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE command SET outcome = $4 WHERE school = $1 AND registration_id = $2 AND id = $3",
        params![of.school, of.id, command, outcome],
    )
    .await?;
    Ok(())
}

/// The stored result of a command.
pub(crate) async fn remembered(
    tx: &mut Tx<'_>,
    of: &Registration,
    command: &str,
) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = tx
        .query_opt(
            "SELECT outcome FROM command WHERE school = $1 AND registration_id = $2 AND id = $3",
            params![of.school, of.id, command],
        )
        .await?;
    Ok(row.map(|(outcome,)| outcome))
}
