//! The SQL of account management: nobody sees an account outside of the own scope.

use super::{Listed, listed};
use crate::params;
use crate::staff::rules::{Role, Scope};
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use cet_base::{asked_in_scope, scoped};

/// Filter of a list; an empty text matches any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A part of the name, or the beginning of the scope's code.
    pub text: String,
    /// The key of a person, by whose whole number accounts are found too.
    pub person: String,
    /// The role.
    pub role: String,
    /// `live` or `ended`.
    pub state: String,
}

/// Accounts of a scope by name, with the cursor `after`.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &Filter,
    after: &str,
    limit: i64,
) -> Result<Vec<Listed>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                listed!("WHERE name > $3 AND "),
                asked_in_scope!("scope"),
                "
               AND (CAST($4 AS TEXT) = '' OR name LIKE $5 ESCAPE '!' OR scope LIKE $6 ESCAPE '!' OR person = $7)
               AND (CAST($8 AS TEXT) = '' OR role = $8)
               AND (CAST($9 AS TEXT) = '' OR (disabled_at IS NULL) = ($9 = 'live'))
             ORDER BY name
             LIMIT $10"
            ),
            params![
                after,
                filter.text,
                format!("%{}%", escaped(&filter.text)),
                format!("{}%", escaped(&filter.text)),
                filter.person,
                filter.role,
                filter.state,
                limit
            ],
        )
        .await
}

/// A text of which nothing is a pattern; names hold underscores.
fn escaped(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '!' | '%' | '_') {
            all.push('!');
        }
        all.push(c);
    }
    all
}

/// One account, if it is in the scope.
pub async fn one(tx: &mut Tx<'_>, scope: &Scope, name: &str) -> Result<Option<Listed>, DbError> {
    scope
        .query_opt(tx, scoped!(listed!("WHERE name = $3 AND "), asked_in_scope!("scope")), params![name])
        .await
}

/// The same, locked until the transaction ends.
pub async fn lock(tx: &mut Tx<'_>, scope: &Scope, name: &str) -> Result<Option<Listed>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(listed!("WHERE name = $3 AND "), asked_in_scope!("scope"), " FOR UPDATE"),
            params![name],
        )
        .await
}

/// One account, wherever it is: for rules, not for pages.
pub(crate) async fn of_anyone(tx: &mut Tx<'_>, name: &str) -> Result<Option<Listed>, DbError> {
    tx.query_opt(listed!("WHERE name = $1"), params![name]).await
}

/// The account itself, and the auditors whose scope holds it: whom a rule tells about it.
pub async fn told_of(tx: &mut Tx<'_>, name: &str) -> Result<Vec<Listed>, DbError> {
    tx.query(
        listed!(
            "WHERE disabled_at IS NULL
                AND (name = $1
                     OR (role = 'auditor'
                         AND EXISTS (SELECT 1
                                       FROM staff_account own
                                      WHERE own.name = $1
                                        AND substr(own.scope, 1, length(staff_account.scope)) = staff_account.scope)))
              ORDER BY name"
        ),
        params![name],
    )
    .await
}

/// Whether a name is taken, wherever.
pub async fn is_taken(tx: &mut Tx<'_>, name: &str) -> Result<bool, DbError> {
    let found: Option<(String,)> =
        tx.query_opt("SELECT name FROM staff_account WHERE name = $1", params![name]).await?;
    Ok(found.is_some())
}

/// Sets role and scope.
pub async fn set(tx: &mut Tx<'_>, name: &str, role: Role, scope: &Scope) -> Result<(), DbError> {
    tx.execute("UPDATE staff_account SET role = $2, scope = $3 WHERE name = $1", params![name, role, *scope])
        .await?;
    Ok(())
}

/// Sets the address at which the holder is told.
pub async fn set_email(tx: &mut Tx<'_>, name: &str, sealed: &[u8]) -> Result<(), DbError> {
    tx.execute("UPDATE staff_account SET email_sealed = $2 WHERE name = $1", params![name, sealed]).await?;
    Ok(())
}

/// Sets the language in which the holder is told; returns whether it was the other one.
pub(crate) async fn set_lang(tx: &mut Tx<'_>, name: &str, lang: Lang) -> Result<bool, DbError> {
    let done = tx
        .execute("UPDATE staff_account SET lang = $2 WHERE name = $1 AND lang <> $2", params![name, lang])
        .await?;
    Ok(done == 1)
}
