//! The SQL of the log: its lines, what waits to be linked, and what an auditor searches.

pub(super) mod archive;
pub mod search;
pub mod subject;
pub(super) mod todo;

use super::Line;
use crate::params;
use crate::store::{DbError, Param, Tx};

/// Inserts a line.
pub(super) async fn insert(tx: &mut Tx<'_>, line: &Line) -> Result<(), DbError> {
    tx.execute_soon(
        "INSERT INTO audit_log
            (school, id, at, actor_kind, actor, action, object_kind, object, address, detail, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            line.school,
            line.id,
            line.at,
            line.actor_kind,
            line.actor,
            line.action,
            line.object_kind,
            line.object,
            line.address,
            line.detail,
            line.hash,
        ],
    )
    .await?
    .ignore();
    Ok(())
}

/// Inserts several lines with one statement.
pub(super) async fn insert_all(tx: &mut Tx<'_>, lines: &[Line]) -> Result<(), DbError> {
    let sql = format!(
        "INSERT INTO audit_log
            (school, id, at, actor_kind, actor, action, object_kind, object, address, detail, hash)
         VALUES {}",
        todo::groups(lines.len(), 11, &[])
    );
    let mut values: Vec<&dyn Param> = Vec::new();
    for line in lines {
        values.extend(params![
            line.school,
            line.id,
            line.at,
            line.actor_kind,
            line.actor,
            line.action,
            line.object_kind,
            line.object,
            line.address,
            line.detail,
            line.hash,
        ]);
    }
    tx.execute_soon(&sql, &values).await?.ignore();
    Ok(())
}
