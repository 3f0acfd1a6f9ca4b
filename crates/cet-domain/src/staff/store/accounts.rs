//! The SQL of account management by national staff.

use super::Listed;
use crate::params;
use crate::staff::rules::{Role, Scope};
use crate::store::{DbError, Tx};

/// Accounts by name, with the cursor `after`: of one role, `live` or `ended`; empty texts match any.
pub async fn list(
    tx: &mut Tx<'_>,
    role: &str,
    state: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Listed>, DbError> {
    tx.query(
        "SELECT name, person, role, scope, created_at, disabled_at
           FROM staff_account
          WHERE name > $1
            AND (CAST($2 AS TEXT) = '' OR role = $2)
            AND (CAST($3 AS TEXT) = '' OR (disabled_at IS NULL) = ($3 = 'live'))
          ORDER BY name
          LIMIT $4",
        params![after, role, state, limit],
    )
    .await
}

/// One account.
pub async fn one(tx: &mut Tx<'_>, name: &str) -> Result<Option<Listed>, DbError> {
    tx.query_opt(
        "SELECT name, person, role, scope, created_at, disabled_at FROM staff_account WHERE name = $1",
        params![name],
    )
    .await
}

/// The same, locked until the transaction ends.
pub async fn lock(tx: &mut Tx<'_>, name: &str) -> Result<Option<Listed>, DbError> {
    tx.query_opt(
        "SELECT name, person, role, scope, created_at, disabled_at FROM staff_account WHERE name = $1 FOR UPDATE",
        params![name],
    )
    .await
}

/// Sets role and scope.
pub async fn set(tx: &mut Tx<'_>, name: &str, role: Role, scope: &Scope) -> Result<(), DbError> {
    tx.execute("UPDATE staff_account SET role = $2, scope = $3 WHERE name = $1", params![name, role, *scope])
        .await?;
    Ok(())
}
