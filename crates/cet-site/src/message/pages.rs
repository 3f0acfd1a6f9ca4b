//! `/account/messages`: what this passport was told, and whether optional mails are wanted (A10).

use crate::web::route::{boxed, get};
use axum::Router;
use axum::response::Response;

use super::views::{MessageRow, MessagesView};
use crate::app::App;
use crate::passport::Candidate;
use crate::web::answer::{PageError, refused_html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_domain::message::store::Kept;
use cet_domain::message::{Facts, store, words};
use cet_domain::passport::verbs::wishes::want_optional;

/// Messages of one page.
const ROWS: usize = 20;

/// The module's routes.
pub fn routes() -> Router<App> {
    Router::new().route("/account/messages", get(show).post(boxed(choose)))
}

async fn show(who: Candidate) -> Result<Response, PageError> {
    list(&who, &[]).await
}

async fn list(who: &Candidate, refused: &[Refused]) -> Result<Response, PageError> {
    let after = who.query("after").and_then(|id| id.parse::<i64>().ok());
    let passport = who.session.passport;
    let most = i64::try_from(ROWS.saturating_add(1)).unwrap_or(i64::MAX);
    let read = async move |tx: &mut Tx<'_>| {
        let wanted = cet_domain::passport::store::wants_optional_mails(tx, passport).await?;
        Ok((store::of_passport(tx, passport, after, most).await?, wanted))
    };
    let found: Result<(Vec<Kept>, bool), DbError> = who.app.db.read(read).await;
    let (mut found, wanted) = found?;
    let goes_on = found.len() > ROWS;
    found.truncate(ROWS);
    let older = found.last().filter(|_| goes_on).map(|last| format!("/account/messages?after={}", last.id));
    let page = who.page().refusing(refused.to_vec(), Typed::default());
    let rows = found.iter().enumerate().map(|(place, kept)| row(who, place, kept));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let mut view = MessagesView::new(page, rows, older.unwrap_or_default(), wanted);
    view.is_cut = after.is_some();
    refused_html(refused, None, &view)
}

/// A message in the language of the page.
fn row(who: &Candidate, place: usize, kept: &Kept) -> Result<MessageRow, PageError> {
    let facts: Facts = serde_json::from_str(&kept.facts).map_err(PageError::fault)?;
    let written = kept.words_sealed.as_deref().map(|sealed| who.app.vault.open(sealed)).transpose();
    let written = written.map_err(PageError::fault)?;
    let composed = words::compose(&facts, written.as_deref(), who.page().t);
    Ok(MessageRow::new(place, kept.kind.wire(), kept.at.page(), composed))
}

/// Switches optional mails on or off.
async fn choose(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let wanted = match form.one("optional")? {
        "yes" => true,
        "no" => false,
        _ => return list(&who, &[Refused::new(who.page().t, "field-invalid").at("optional")]).await,
    };
    let (id, address) = (who.session.passport, who.address);
    let done: Result<(), DbError> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| want_optional(tx, id, wanted, address).await)
        .await;
    done?;
    Ok(flash::set(&who, see_other("/account"), if wanted { "mails-on" } else { "mails-off" }))
}

#[cfg(test)]
#[path = "tests/pages.rs"]
mod tests;
