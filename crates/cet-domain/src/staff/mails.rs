//! What the holder of an account is told by mail, in the language that the account chose.

use super::store::{self, Listed};
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

/// Tells the address from before, if there was one, and the new one that the account's notices go there from now on (A9).
pub(super) async fn moved(
    tx: &mut Tx<'_>,
    vault: &Vault,
    (before, now): (Option<Email>, Email),
    of: &Listed,
) -> Result<(), DbError> {
    let (t, event) = (texts(of.lang), tx.new_id());
    let words = [(before, "staff-mail-email-moved", "before"), (Some(now), "staff-mail-email-set", "now")];
    for (to, text, which) in words {
        let Some(to) = to else { continue };
        let text = t.f(text, &[("account", &of.name)]);
        let event = format!("{event}:{which}");
        let subject = t.m("staff-mail-email-subject");
        post(tx, vault, "staff-email", &event, (to, of.lang), (subject, text)).await?;
    }
    Ok(())
}

/// Tells the holder that the account's password or second factor is another one (A9), if the account has an address.
pub(super) async fn secret_changed(
    tx: &mut Tx<'_>,
    vault: &Vault,
    account: &str,
    what: Secret,
) -> Result<(), DbError> {
    let Some(held) = store::accounts::of_anyone(tx, account).await? else { return Ok(()) };
    let Some(to) = address(vault, held.email_sealed.as_deref())? else { return Ok(()) };
    let (t, now) = (texts(held.lang), tx.now().await?);
    let (subject, text) = match what {
        Secret::Password => ("staff-mail-password-subject", "staff-mail-password"),
        Secret::SecondFactor => ("staff-mail-factor-subject", "staff-mail-factor"),
    };
    let text = t.f(text, &[("account", account), ("time", &now.page())]);
    let event = tx.new_id().to_string();
    post(tx, vault, "staff-secret", &event, (to, held.lang), (t.m(subject), text)).await
}

/// Tells the holder and the auditors that codes of the account were guessed at after the right password (TH63).
pub(super) async fn codes_refused(tx: &mut Tx<'_>, vault: &Vault, account: &str) -> Result<(), DbError> {
    let (event, now) = (tx.new_id().to_string(), tx.now().await?);
    for of in store::accounts::told_of(tx, account).await? {
        let Some(to) = address(vault, of.email_sealed.as_deref())? else { continue };
        let (t, own) = (texts(of.lang), of.name == account);
        let key = if own { "staff-mail-codes" } else { "staff-mail-codes-auditor" };
        let text = t.f(key, &[("account", account), ("time", &now.page())]);
        let event = format!("{event}:{}", of.name);
        let subject = t.m("staff-mail-codes-subject");
        post(tx, vault, "staff-codes", &event, (to, of.lang), (subject, text)).await?;
    }
    Ok(())
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
    (to, lang): (Email, Lang),
    (subject, text): (&str, String),
) -> Result<(), DbError> {
    let parts = vec![Part::Text(text), Part::Text(texts(lang).m("staff-mail-else").to_owned())];
    send(tx, vault, (kind, event), (to, lang), (subject.to_owned(), parts)).await
}

/// As [`post`], of what is nothing that somebody else may have done with the account.
pub(super) async fn send(
    tx: &mut Tx<'_>,
    vault: &Vault,
    (kind, event): (&'static str, &str),
    (to, lang): (Email, Lang),
    (subject, parts): (String, Vec<Part>),
) -> Result<(), DbError> {
    let mail = Mail { to, lang, subject, parts };
    outbox::post(tx, vault, SchoolCode::NONE, kind, event, &mail).await
}
