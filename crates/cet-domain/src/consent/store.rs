//! The SQL of consents.

use super::rules::{Kind, Said};
use crate::params;
use crate::store::{DbError, Tx};
use crate::stored_as;
use crate::words::ids::PassportId;
use crate::words::time::Time;

stored_as!(Kind, String, |kind| crate::store::Value::Text(kind.wire()), |raw| Kind::from_wire(&raw));

/// All that a passport said, the oldest first: a few rows.
pub async fn all(tx: &mut Tx<'_>, passport: PassportId) -> Result<Vec<Said>, DbError> {
    let rows: Vec<(Kind, bool, i64, Time)> = tx
        .query(
            "SELECT kind, given, version, at FROM consent WHERE passport_id = $1 ORDER BY id",
            params![passport],
        )
        .await?;
    Ok(rows.into_iter().map(|(kind, given, version, at)| Said { kind, given, version, at }).collect())
}

/// Notes a consent, unless the newest row says the same under the same text. With the statements of the act that it belongs to.
pub(super) async fn give(tx: &mut Tx<'_>, passport: PassportId, kind: Kind) -> Result<(), DbError> {
    let (id, now) = (tx.new_id(), tx.now().await?);
    tx.execute_soon(
        "INSERT INTO consent (passport_id, kind, id, given, version, at)
         SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS BIGINT), TRUE, CAST($4 AS BIGINT), CAST($5 AS BIGINT)
          WHERE NOT EXISTS (SELECT 1
                              FROM consent c
                             WHERE c.passport_id = $1
                               AND c.kind = $2
                               AND c.given
                               AND c.version = $4
                               AND c.id = (SELECT MAX(n.id) FROM consent n WHERE n.passport_id = $1 AND n.kind = $2))",
        params![passport, kind, id, kind.version(), now],
    )
    .await?
    .ignore();
    Ok(())
}

/// Adds a row.
pub(crate) async fn put(tx: &mut Tx<'_>, passport: PassportId, said: &Said) -> Result<(), DbError> {
    let id = tx.new_id();
    tx.execute(
        "INSERT INTO consent (passport_id, kind, id, given, version, at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![passport, said.kind, id, said.given, said.version, said.at],
    )
    .await?;
    Ok(())
}
