//! The mails with links: in the language of the request, each link once, from the configured addresses only (P3, TH14).

use super::token::{Issued, Purpose};
use crate::app::App;
use crate::outbox::{self, Mail, Part};
use crate::store::{DbError, Tx};
use crate::web::texts::{Lang, Texts, texts};
use crate::words::codes::SchoolCode;
use crate::words::email::Email;

/// Owes the mail of a token, in the transaction that made it.
///
/// # Errors
/// [`DbError`].
pub async fn post(
    tx: &mut Tx<'_>,
    app: &App,
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
    parts.extend(links(app, t, &format!("{}{}", purpose.path(), token.text)));
    if app.config.server.education_origin.is_some() {
        parts.push(Part::Text(t.m("passport-mail-two-links").to_owned()));
    }
    parts.push(Part::Text(t.m(after).to_owned()));
    let mail = Mail { to: to.clone(), lang, subject: t.m(subject).to_owned(), parts };
    outbox::post(tx, &app.vault, SchoolCode::NONE, purpose.mail(), &token.id.to_string(), &mail).await
}

/// One token, two addresses: the education network's first (A5, W6).
fn links(app: &App, t: &'static Texts, path: &str) -> Vec<Part> {
    let server = &app.config.server;
    let link = |what: &'static str, origin: &str| Part::Link(t.m(what).to_owned(), format!("{origin}{path}"));
    match &server.education_origin {
        Some(education) => vec![
            link("passport-mail-link-education", education),
            link("passport-mail-link-public", &server.public_origin),
        ],
        None => vec![link("passport-mail-link", &server.public_origin)],
    }
}
