//! What the holder of an account is told by mail. Accounts have no language: the mails are Chinese.

use super::store;
use crate::outbox::{self, Mail, Part};
use crate::store::{DbError, Tx};
use crate::texts::{Lang, texts};
use crate::vault::Vault;
use crate::words::codes::SchoolCode;
use crate::words::email::Email;

/// The address of an account, if it has one.
pub(super) fn address(vault: &Vault, sealed: Option<&[u8]>) -> Result<Option<Email>, DbError> {
    let Some(sealed) = sealed else { return Ok(None) };
    let text = vault.open(sealed).map_err(|error| DbError::Other(error.to_string()))?;
    Ok(Email::parse(&text).ok())
}

/// Tells the address from before that the account has another one.
pub(super) async fn moved(
    tx: &mut Tx<'_>,
    vault: &Vault,
    event: i64,
    to: Email,
    account: &str,
) -> Result<(), DbError> {
    let t = texts(Lang::Zh);
    let text = t.f("staff-mail-email-moved", &[("account", account)]);
    post(tx, vault, "staff-email", &event.to_string(), to, (t.m("staff-mail-email-subject"), text)).await
}

/// Tells the holder that the account's password or second factor is another one (A9), if the account has an address.
pub(super) async fn secret_changed(
    tx: &mut Tx<'_>,
    vault: &Vault,
    account: &str,
    what: Secret,
) -> Result<(), DbError> {
    let held = store::accounts::of_anyone(tx, account).await?;
    let Some(to) = address(vault, held.and_then(|held| held.email_sealed).as_deref())? else { return Ok(()) };
    let (t, now) = (texts(Lang::Zh), tx.now().await?);
    let (subject, text) = match what {
        Secret::Password => ("staff-mail-password-subject", "staff-mail-password"),
        Secret::SecondFactor => ("staff-mail-factor-subject", "staff-mail-factor"),
    };
    let text = t.f(text, &[("account", account), ("time", &now.page())]);
    let event = tx.new_id().to_string();
    post(tx, vault, "staff-secret", &event, to, (t.m(subject), text)).await
}

/// What was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secret {
    Password,
    SecondFactor,
}

pub(super) async fn post(
    tx: &mut Tx<'_>,
    vault: &Vault,
    kind: &'static str,
    event: &str,
    to: Email,
    (subject, text): (&str, String),
) -> Result<(), DbError> {
    let parts = vec![Part::Text(text), Part::Text(texts(Lang::Zh).m("staff-mail-else").to_owned())];
    let mail = Mail { to, lang: Lang::Zh, subject: subject.to_owned(), parts };
    outbox::post(tx, vault, SchoolCode::NONE, kind, event, &mail).await
}
