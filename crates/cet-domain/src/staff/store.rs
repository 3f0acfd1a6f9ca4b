//! The SQL of accounts and of their second factor.

pub mod accounts;
pub mod exports;
pub mod rebinds;
pub mod resets;
pub mod session;

use super::rules::{Role, Scope};
use crate::params;
use crate::record;
use crate::sealed::{Sealed, SecondFactor};
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::words::time::Time;

record! {
    /// The data for the login of an account.
    pub struct Login {
        /// Its name.
        pub name: String,
        /// The password's hash.
        pub password_hash: String,
    }
}

record! {
    /// The data for the second factor of an account.
    pub struct Factor {
        /// The sealed secret.
        pub totp_sealed: Sealed<SecondFactor>,
        /// When its first code was accepted.
        pub enrolled_at: Option<Time>,
    }
}

record! {
    /// An account in a list.
    #[derive(Clone, Debug)]
    pub struct Listed {
        /// Its name.
        pub name: String,
        /// The account's holder, as a keyed hash.
        pub person: String,
        /// Its role.
        pub role: Role,
        /// Its scope.
        pub scope: Scope,
        /// When it was created.
        pub created_at: Time,
        /// When it was disabled.
        pub disabled_at: Option<Time>,
        /// When both factors were right last.
        pub logged_in_at: Option<Time>,
        /// The number under which its holder is known, sealed.
        pub person_sealed: Option<Vec<u8>>,
        /// The address at which its holder is told, sealed.
        pub email_sealed: Option<Vec<u8>>,
        /// The language in which its holder is told.
        pub lang: Lang,
    }
}

/// The columns of [`Listed`].
macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT name, person, role, scope, created_at, disabled_at, logged_in_at, person_sealed, email_sealed,
                    lang
               FROM staff_account ",
            $rest
        )
    };
}
use listed;

/// An account to be created.
#[derive(Clone)]
pub struct NewAccount {
    /// Its name.
    pub name: String,
    /// The account's holder, as a keyed hash.
    pub person: String,
    /// Its role.
    pub role: Role,
    /// Its scope.
    pub scope: Scope,
    /// The password's hash.
    pub password_hash: String,
    /// Whether the password must be changed at the first login.
    pub must_change: bool,
    /// The sealed secret of the second factor.
    pub totp_sealed: Sealed<SecondFactor>,
    /// Whether the secret is already in an authenticator.
    pub enrolled: bool,
    /// The number under which its holder is known, sealed.
    pub person_sealed: Option<Vec<u8>>,
    /// The address at which its holder is told, sealed.
    pub email_sealed: Option<Vec<u8>>,
}

/// Inserts an account; returns whether the name was free.
pub async fn insert(tx: &mut Tx<'_>, new: &NewAccount) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let made = tx
        .execute(
            "INSERT INTO staff_account
                (name, person, role, scope, password_hash, password_changed_at, must_change, totp_sealed, enrolled_at,
                 created_at, disabled_at, person_sealed, email_sealed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $6, NULL, $10, $11)
             ON CONFLICT DO NOTHING",
            params![
                new.name,
                new.person,
                new.role,
                new.scope,
                new.password_hash,
                now,
                new.must_change,
                new.totp_sealed,
                new.enrolled.then_some(now),
                new.person_sealed,
                new.email_sealed,
            ],
        )
        .await?;
    Ok(made == 1)
}

/// Records the grants of an account (I17).
pub async fn grant(tx: &mut Tx<'_>, name: &str, role: Role, scope: &Scope) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO staff_grant (account, from_at, role, scope) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account, from_at) DO UPDATE SET role = excluded.role, scope = excluded.scope",
        params![name, now, role, *scope],
    )
    .await?;
    Ok(())
}

/// Notes which person gave the newest role of an account, in the transaction that gave it.
pub async fn note_granter(tx: &mut Tx<'_>, name: &str, person: &str) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE staff_grant SET by_person = $3 WHERE account = $1 AND from_at = $2",
        params![name, now, person],
    )
    .await?;
    Ok(())
}

/// Role and scope that an account had at a time.
pub(crate) async fn grant_at(
    tx: &mut Tx<'_>,
    name: &str,
    at: Time,
) -> Result<Option<(Role, Scope)>, DbError> {
    tx.query_opt(
        "SELECT role, scope
           FROM staff_grant
          WHERE account = $1
            AND from_at <= $2
          ORDER BY from_at DESC
          LIMIT 1",
        params![name, at],
    )
    .await
}

/// The data for a login; `None` for a disabled account.
pub async fn login(tx: &mut Tx<'_>, name: &str) -> Result<Option<Login>, DbError> {
    tx.query_opt(
        "SELECT name, password_hash FROM staff_account WHERE name = $1 AND disabled_at IS NULL",
        params![name],
    )
    .await
}

/// The data for the second factor.
pub async fn factor(tx: &mut Tx<'_>, name: &str) -> Result<Option<Factor>, DbError> {
    tx.query_opt(
        "SELECT totp_sealed, enrolled_at FROM staff_account WHERE name = $1 AND disabled_at IS NULL",
        params![name],
    )
    .await
}

/// Notes that both factors were right.
pub(crate) async fn logged_in(tx: &mut Tx<'_>, name: &str) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute("UPDATE staff_account SET logged_in_at = $2 WHERE name = $1", params![name, now]).await?;
    Ok(())
}

/// Marks the secret as enrolled in an authenticator; returns whether it was not yet.
pub async fn enrol(tx: &mut Tx<'_>, name: &str) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE staff_account SET enrolled_at = $2 WHERE name = $1 AND enrolled_at IS NULL",
            params![name, now],
        )
        .await?;
    Ok(done == 1)
}

/// Locks an account: its codes are looked at one after another.
pub(crate) async fn lock(tx: &mut Tx<'_>, name: &str) -> Result<(), DbError> {
    let _there: Option<(String,)> =
        tx.query_opt("SELECT name FROM staff_account WHERE name = $1 FOR UPDATE", params![name]).await?;
    Ok(())
}

/// Uses up the code of a step, and with it those of all older steps; returns whether it was newer than all that were used
/// (RFC 6238, 5.2). The caller has locked the account.
pub(crate) async fn use_step(tx: &mut Tx<'_>, name: &str, step: i64) -> Result<bool, DbError> {
    let used: Option<(i64,)> = tx
        .query_opt(
            "SELECT step FROM staff_code_used WHERE account = $1 ORDER BY step DESC LIMIT 1",
            params![name],
        )
        .await?;
    if used.is_some_and(|(newest,)| step <= newest) {
        return Ok(false);
    }
    tx.execute("INSERT INTO staff_code_used (account, step) VALUES ($1, $2)", params![name, step]).await?;
    tx.execute("DELETE FROM staff_code_used WHERE account = $1 AND step < $2", params![name, step]).await?;
    Ok(true)
}

/// Stores the hash of a new recovery code.
pub(crate) async fn insert_recovery(tx: &mut Tx<'_>, name: &str, code_hash: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO staff_recovery_code (account, code_hash, used_at) VALUES ($1, $2, NULL) ON CONFLICT DO NOTHING",
        params![name, code_hash],
    )
    .await?;
    Ok(())
}

/// Uses up a recovery code; returns whether it was valid and unused.
pub(crate) async fn use_recovery(tx: &mut Tx<'_>, name: &str, code_hash: &[u8]) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let used = tx
        .execute(
            "UPDATE staff_recovery_code SET used_at = $3 WHERE account = $1 AND code_hash = $2 AND used_at IS NULL",
            params![name, code_hash, now],
        )
        .await?;
    Ok(used == 1)
}

/// Sets a password that its owner chose.
pub async fn set_password(tx: &mut Tx<'_>, name: &str, hash: &str) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE staff_account SET password_hash = $2, password_changed_at = $3, must_change = FALSE WHERE name = $1",
        params![name, hash, now],
    )
    .await?;
    Ok(())
}

/// Disables an account; returns whether it was not yet.
pub async fn disable(tx: &mut Tx<'_>, name: &str) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE staff_account SET disabled_at = $2 WHERE name = $1 AND disabled_at IS NULL",
            params![name, now],
        )
        .await?;
    Ok(done == 1)
}

/// All accounts, for the command line.
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<Listed>, DbError> {
    tx.query(listed!("ORDER BY name"), &[]).await
}
