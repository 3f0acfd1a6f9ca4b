//! The demo's staff: one account per role, two where a second person is needed. Passwords and secrets are derived from the demo's own key, so that each
//! start prints the same ones and no other installation has them.

use std::net::Ipv4Addr;

use crate::audit::Actor;
use crate::passport::password::Hasher;
use crate::passport::turns::Asker;
use crate::sealed::Sealed;
use crate::staff::rules::{Role, Scope};
use crate::staff::store::NewAccount;
use crate::staff::{totp, verbs};
use crate::store::{Db, DbError};
use crate::vault::{Vault, to_hex};

/// An account of the demo with its login data; the demo's file contains it.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// The login name.
    pub name: &'static str,
    /// The password.
    pub password: String,
    /// The role.
    pub role: Role,
    /// The scope.
    pub scope: &'static str,
    /// The secret of the second factor, base32.
    pub totp_secret: String,
}

const ACCOUNTS: [(&str, Role, &str); 12] = [
    ("school-99301", Role::School, "99301"),
    ("school-99101", Role::School, "99101"),
    ("province-99", Role::Province, "99"),
    ("national", Role::National, ""),
    // A second person for what one alone can't change (R21).
    ("school-99301-2", Role::School, "99301"),
    ("province-99-2", Role::Province, "99"),
    ("national-2", Role::National, ""),
    ("service", Role::CustomerService, ""),
    ("supervisor", Role::Supervisor, ""),
    ("finance", Role::Finance, ""),
    // Refunds and the signature of a day take two people of finance.
    ("finance-2", Role::Finance, ""),
    ("auditor", Role::Auditor, ""),
];

/// The accounts with their passwords and secrets.
#[must_use]
pub fn accounts(vault: &Vault) -> Vec<DemoAccount> {
    let derived = |purpose, name: &str| vault.sign_token(purpose, name.as_bytes());
    ACCOUNTS
        .iter()
        .map(|(name, role, scope)| DemoAccount {
            name,
            password: to_hex(derived("demo-staff-password", name).get(..10).unwrap_or_default()),
            role: *role,
            scope,
            totp_secret: totp::base32(
                derived("demo-staff-totp", name).get(..totp::SECRET).unwrap_or_default(),
            ),
        })
        .collect()
}

/// Creates the missing accounts, each of a person of its own and ready to log in.
///
/// # Errors
/// [`DbError`]; also when hashing fails.
pub async fn seed(db: &Db, vault: &Vault, passwords: &Hasher) -> Result<Vec<DemoAccount>, DbError> {
    let accounts = accounts(vault);
    let there: Vec<String> = db
        .read(async |tx| crate::staff::store::all(tx).await)
        .await?
        .into_iter()
        .map(|account| account.name)
        .collect();
    let fault = |error: &dyn std::fmt::Display| DbError::Other(error.to_string());
    for account in accounts.iter().filter(|account| !there.iter().any(|name| name == account.name)) {
        let new = NewAccount {
            name: account.name.to_owned(),
            person: verbs::person_key(vault, account.name),
            role: account.role,
            scope: Scope::parse(account.scope).ok_or(DbError::Decode("scope"))?,
            password_hash: passwords
                .hash(vault, &account.password, &Asker::staff(Ipv4Addr::LOCALHOST.into()))
                .await
                .map_err(|error| fault(&error))?,
            must_change: false,
            totp_sealed: Sealed::new(vault, account.name, &account.totp_secret)
                .map_err(|error| fault(&error))?,
            enrolled: true,
            person_sealed: Some(vault.seal(account.name).map_err(|error| fault(&error))?),
            email_sealed: Some(
                vault.seal(&format!("{}@staff.example.cn", account.name)).map_err(|error| fault(&error))?,
            ),
        };
        db.write(async move |tx| verbs::add(tx, &new, Actor::Command("demo"), "").await).await?;
    }
    Ok(accounts)
}
