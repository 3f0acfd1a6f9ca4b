//! The mails of messages: made in the passport's language, sent to where the passport is by then.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::store::{self, Owed};
use super::words::{self, Composed, Href};
use super::{Facts, Kind, late};
use crate::context::Context;
use crate::jobs::batch::{self, Batching, Key, Queue, Round};
use crate::outbox::{self, Ends, Mail, Part};
use crate::store::{DbError, Tx};
use crate::texts::texts;
use crate::words::codes::SchoolCode;
use crate::words::email::Email;
use crate::words::ids::PassportId;

/// Messages of one transaction.
const BATCH: usize = 100;

/// Puts the mails that messages owe into the outbox; answers how many messages were settled. Any node may run it at any
/// time.
///
/// # Errors
/// [`DbError`]: what was not settled is done again.
pub async fn mail_owed(context: &Context) -> Result<Round, DbError> {
    batch::run(&context.db, &Owing { context: context.clone() }).await
}

/// Messages whose mail is owed.
struct Owing {
    context: Context,
}

impl Queue for Owing {
    type Item = (PassportId, Kind, String);

    fn job(&self) -> &'static str {
        "messages"
    }

    fn batching(&self) -> Batching {
        Batching::Together(BATCH)
    }

    fn key(&self, (passport, kind, event): &Self::Item) -> Key {
        Key { school: SchoolCode::NONE, item: format!("{passport} {} {event}", kind.wire()) }
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        Box::pin(async move {
            self.context.db.read(async move |tx: &mut Tx<'_>| store::owed(tx, most).await).await
        })
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let context = Arc::new(self.context.clone());
            self.context
                .db
                .write(async move |tx: &mut Tx<'_>| {
                    let mut done = 0_i64;
                    for item in &items {
                        let Some(of) = store::claim(tx, item).await? else { continue };
                        mail(tx, &context, &of).await?;
                        store::settled(tx, &of).await?;
                        done = done.saturating_add(1);
                    }
                    Ok(done)
                })
                .await
        })
    }
}

/// Owes the mail of a message; none where it is not wanted any more.
async fn mail(tx: &mut Tx<'_>, context: &Context, of: &Owed) -> Result<(), DbError> {
    let Some(to) = store::addressee(tx, of.passport).await? else { return Ok(()) };
    if of.kind.is_optional() && !to.wants_optional {
        return Ok(());
    }
    let Ok(email) = Email::parse(&to.email) else {
        tracing::warn!(
            kind = of.kind.wire(),
            "a passport's address is none, its message is on the page only"
        );
        return Ok(());
    };
    let facts: Facts = serde_json::from_str(&of.facts).map_err(|_| DbError::Decode("facts of a message"))?;
    let written = of.words_sealed.as_deref().map(|sealed| context.vault.open(sealed)).transpose();
    let written = written.map_err(|error| DbError::Other(error.to_string()))?;
    let t = texts(to.lang);
    let written_out = |composed: Composed| {
        let mut parts: Vec<Part> = composed.paragraphs.into_iter().map(Part::Text).collect();
        parts.extend(composed.links.iter().flat_map(|link| links(context, t, link)));
        parts.push(Part::Text(t.m("message-mail-kept").to_owned()));
        if of.kind.is_optional() {
            parts.push(Part::Text(t.m("message-mail-optional").to_owned()));
        }
        (composed.title, parts)
    };
    let (subject, parts) = written_out(words::compose(&facts, written.as_deref(), t));
    let mail = Mail { to: email, lang: to.lang, subject, parts };
    let ends = late::ends(&facts).map(|at| Ends {
        at: at.micros(),
        instead: late::afterwards(&facts, written.as_deref(), t).map(written_out),
    });
    // Nobody is told what is over before its mail was made.
    let Some((mail, ends)) = outbox::as_of(mail, ends, tx.now().await?) else { return Ok(()) };
    let of_event = (SchoolCode::NONE, of.kind.wire(), mail_event(of));
    outbox::post_until(tx, &context.vault, of_event, &mail, ends.as_ref()).await
}

/// An event's name holds an id, so that it needs no passport, and is the same after the registration has moved. Where one
/// event is told to two people, the message's own id tells their mails apart: without it the second would be the first again.
fn mail_event(of: &Owed) -> String {
    match of.kind {
        Kind::DisputeEnded => format!("{}:{}", of.event, of.id),
        _ => of.event.clone(),
    }
}

/// One page, on the education network's address first and on the public one (A5, P3).
fn links(context: &Context, t: &'static crate::texts::Texts, link: &Href) -> Vec<Part> {
    let server = &context.config.server;
    let public = format!("{}{}", server.public_origin, link.path);
    match &server.education_origin {
        Some(education) => vec![
            Part::Link(
                t.f("message-mail-education", &[("page", link.what)]),
                format!("{education}{}", link.path),
            ),
            Part::Link(link.what.to_owned(), public),
        ],
        None => vec![Part::Link(link.what.to_owned(), public)],
    }
}
