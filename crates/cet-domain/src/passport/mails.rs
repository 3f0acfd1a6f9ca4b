//! The mails with links: in the language of the request, each link once, from the configured addresses only (P3, TH14).

use super::store;
use super::token::{Issued, Purpose};
use crate::context::Context;
use crate::outbox::{self, Mail, Part};
use crate::store::{DbError, Tx};
use crate::texts::{Lang, Texts, texts};
use crate::words::codes::SchoolCode;
use crate::words::email::Email;
use crate::words::ids::PassportId;

/// Queues the mail of a token, in the transaction that made it.
pub async fn post(
    tx: &mut Tx<'_>,
    context: &Context,
    lang: Lang,
    to: &Email,
    purpose: Purpose,
    token: &Issued,
) -> Result<(), DbError> {
    let t = texts(lang);
    let (subject, before, after) = match purpose {
        Purpose::Recovery => {
            ("passport-mail-recovery-subject", "passport-mail-recovery", "passport-mail-recovery-else")
        }
        Purpose::Verification => (
            "passport-mail-verification-subject",
            "passport-mail-verification",
            "passport-mail-verification-else",
        ),
        Purpose::Undo => ("passport-mail-undo-subject", "passport-mail-undo", "passport-mail-undo-else"),
    };
    let mut parts = vec![Part::Text(t.m(before).to_owned())];
    parts.extend(links(context, t, &format!("{}{}", purpose.path(), token.text)));
    if context.config.server.education_origin.is_some() {
        parts.push(Part::Text(t.m("passport-mail-two-links").to_owned()));
    }
    parts.push(Part::Text(t.m(after).to_owned()));
    let mail = Mail { to: to.clone(), lang, subject: t.m(subject).to_owned(), parts };
    outbox::post(tx, &context.vault, SchoolCode::NONE, purpose.mail(), &token.id.to_string(), &mail).await
}

/// One token, two origins: the education network's first (A5, W6).
fn links(context: &Context, t: &'static Texts, path: &str) -> Vec<Part> {
    let server = &context.config.server;
    let link = |what: &'static str, origin: &str| Part::Link(t.m(what).to_owned(), format!("{origin}{path}"));
    match &server.education_origin {
        Some(education) => vec![
            link("passport-mail-link-education", education),
            link("passport-mail-link-public", &server.public_origin),
        ],
        None => vec![link("passport-mail-link", &server.public_origin)],
    }
}

/// Tells the owner of a passport that its password is another one, in the transaction that changed it (A9). Not in the
/// language of the request: whoever changed it may be a stranger.
pub(super) async fn password_changed(
    tx: &mut Tx<'_>,
    context: &Context,
    id: PassportId,
) -> Result<(), DbError> {
    let Some(owner) = store::addressee(tx, id).await? else { return Ok(()) };
    let Ok(to) = Email::parse(&owner.email) else { return Ok(()) };
    let t = texts(owner.lang);
    let now = tx.now().await?;
    let mut parts = vec![Part::Text(t.f("passport-mail-password", &[("time", &now.page())]))];
    parts.extend(links(context, t, "/recover"));
    parts.push(Part::Text(t.m("passport-mail-password-else").to_owned()));
    let subject = t.m("passport-mail-password-subject").to_owned();
    let mail = Mail { to, lang: owner.lang, subject, parts };
    let event = tx.new_id().to_string();
    outbox::post(tx, &context.vault, SchoolCode::NONE, "passport-password", &event, &mail).await
}

/// Tells the owner of a passport, at the address that it has again, and at a verified one that it had meanwhile, that the
/// change was undone (A9): either of the two mailboxes may be a stranger's.
pub(super) async fn address_restored(
    tx: &mut Tx<'_>,
    context: &Context,
    id: PassportId,
    displaced: Option<Email>,
) -> Result<(), DbError> {
    let Some(owner) = store::addressee(tx, id).await? else { return Ok(()) };
    let restored = Email::parse(&owner.email).ok();
    let (t, event, now) = (texts(owner.lang), tx.new_id(), tx.now().await?);
    let words =
        [(restored, "passport-mail-restored", "now"), (displaced, "passport-mail-displaced", "before")];
    for (to, text, which) in words {
        let Some(to) = to else { continue };
        let mut parts = vec![Part::Text(t.f(text, &[("time", &now.page())]))];
        if which == "now" {
            parts.extend(links(context, t, "/recover"));
        }
        let mail =
            Mail { to, lang: owner.lang, subject: t.m("passport-mail-restored-subject").to_owned(), parts };
        let event = format!("{event}:{which}");
        outbox::post(tx, &context.vault, SchoolCode::NONE, "passport-restored", &event, &mail).await?;
    }
    Ok(())
}

/// Notifies the owner of an address that somebody tried to register it again (TH5): one mail a day at most, so that
/// nobody can flood a mailbox.
pub(super) async fn tell_owner(
    tx: &mut Tx<'_>,
    context: &Context,
    email: &Email,
    lang: Lang,
) -> Result<(), DbError> {
    let Some(id) = store::by_email(tx, &email.key()).await? else { return Ok(()) };
    let Some(account) = store::account(tx, id).await? else { return Ok(()) };
    let Ok(owner) = Email::parse(&account.email) else { return Ok(()) };
    let day = tx.now().await?.page_date();
    let t = texts(lang);
    let origin = &context.config.server.public_origin;
    let mail = Mail {
        to: owner,
        lang,
        subject: t.m("passport-mail-taken-subject").to_owned(),
        parts: vec![
            Part::Text(t.m("passport-mail-taken").to_owned()),
            Part::Link(t.m("passport-mail-taken-login").to_owned(), format!("{origin}/login")),
            Part::Link(t.m("passport-mail-taken-recover").to_owned(), format!("{origin}/recover")),
            Part::Text(t.m("passport-mail-taken-else").to_owned()),
        ],
    };
    outbox::post(tx, &context.vault, SchoolCode::NONE, "email-taken", &format!("{id}:{day}"), &mail).await
}
