//! The mail about the school's decision.

use super::Review;
use super::rules::Decision;
use crate::context::Context;
use crate::outbox::{self, Mail, Part};
use crate::passport;
use crate::store::{DbError, Tx};
use crate::texts::texts;
use crate::words::email::Email;
use crate::words::ids::PassportId;

/// Queues the mail of a decision, in its transaction. It names nobody: a mistyped address may belong to somebody else.
pub(super) async fn tell(
    tx: &mut Tx<'_>,
    context: &Context,
    of: &Review,
    to: PassportId,
    decision: Decision,
) -> Result<(), DbError> {
    let Some(addressee) = passport::store::addressee(tx, to).await? else { return Ok(()) };
    let Ok(to) = Email::parse(&addressee.email) else { return Ok(()) };
    let t = texts(addressee.lang);
    let text = match decision {
        Decision::Approve => "review-mail-approved",
        Decision::Refuse => "review-mail-refused",
        Decision::Close => "review-mail-closed",
        Decision::Reopen => "review-mail-reopened",
    };
    let link = |key: &'static str, origin: &str| Part::Link(t.m(key).to_owned(), format!("{origin}/review"));
    let mut parts = vec![Part::Text(t.m(text).to_owned())];
    let server = &context.config.server;
    if let Some(education) = &server.education_origin {
        parts.push(link("review-mail-link-education", education));
    }
    parts.push(link("review-mail-link", &server.public_origin));
    let mail = Mail { to, lang: addressee.lang, subject: t.m("review-mail-subject").to_owned(), parts };
    // A submission can be decided more than once (closed, reopened), each time at another moment.
    let decided = of.decided_at.map_or(0, crate::words::time::Time::micros);
    let event = format!("{}-{}-{decided}", of.id, of.submissions);
    outbox::post(tx, &context.vault, of.school, "review-decided", &event, &mail).await
}
