//! `/account/access`, and the routes of the copies (A11).

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;

use super::views::{AccessRow, AccessView};
use super::{consents, own_copy};
use crate::app::App;
use crate::passport::Candidate;
use crate::staff::menu::place_name;
use crate::staff::reveal::reason_words;
use crate::web::answer::{PageError, html};
use cet_base::store::{DbError, Tx};
use cet_base::texts::Texts;
use cet_domain::audit::codes::{ACTIONS, words};
use cet_domain::audit::wording::told_to_person;
use cet_domain::privacy::access::{self, Seen};

/// Lines of one page.
const ROWS: usize = 20;

/// The module's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/account/access", get(show))
        .route("/account/consents", get(consents::show))
        .route("/account/consents/withdrawal", get(consents::ask_withdrawal).post(consents::withdraw))
        .route("/account/consents/giving", get(consents::ask_giving).post(consents::give))
        .route("/account/copy.json", get(own_copy::json))
        .route("/account/copy.pdf", get(own_copy::pdf))
}

async fn show(who: Candidate) -> Result<Response, PageError> {
    let after = who.query("after").and_then(|id| id.parse::<i64>().ok());
    let (passport, bound) = (who.session.passport, who.session.registration.clone());
    let before = after.unwrap_or(i64::MAX);
    let most = ROWS.saturating_add(1);
    let read =
        async move |tx: &mut Tx<'_>| access::of_person(tx, passport, bound.as_ref(), before, most).await;
    let found: Result<Vec<Seen>, DbError> = who.app.db.read(read).await;
    let mut found = found?;
    let goes_on = found.len() > ROWS;
    found.truncate(ROWS);
    let older =
        found.last().filter(|_| goes_on).map(|last| format!("/account/access?after={}", last.line.id));
    let page = who.page().titled("privacy-access-title");
    let rows = found
        .iter()
        .filter(|seen| seen.may_be_about_somebody())
        .map(|seen| access_row(&who, page.t, seen))
        .collect();
    let view = AccessView { page, rows, older: older.unwrap_or_default(), is_cut: after.is_some() };
    html(StatusCode::OK, &view)
}

/// A line in words. Never the account's name: the number leads the auditor to it.
pub(super) fn access_row(who: &Candidate, t: &'static Texts, seen: &Seen) -> AccessRow {
    let line = &seen.line;
    let (role, office) = match &seen.by {
        Some((role, scope)) if scope.prefix().is_empty() => {
            (t.m(role.words()), t.m("staff-nation").to_owned())
        }
        Some((role, scope)) => {
            let name = place_name(&who.app.catalogue.get(), scope.prefix());
            (t.m(role.words()), format!("({}){name}", scope.prefix()))
        }
        None => (t.m("privacy-access-somebody"), String::new()),
    };
    let about = line.read_detail().about;
    let said = |name: &str| about.split(' ').find_map(|part| part.strip_prefix(name));
    let what = match line.action.as_str() {
        "document-shown" => t.m("privacy-access-document").to_owned(),
        "account-looked-up" => t.m("privacy-access-account").to_owned(),
        "record-corrected" => t.m("privacy-access-corrected").to_owned(),
        "list-exported" => t.f("privacy-access-file", &[("rows", said("rows=").unwrap_or("?"))]),
        other => words(t, ACTIONS, other).to_owned(),
    };
    let why = match line.action.as_str() {
        "account-looked-up" => Some(t.m("privacy-why-asked")),
        "list-exported" => {
            Some(t.m(if said("export=").is_some() { "privacy-why-export" } else { "privacy-why-list" }))
        }
        _ => said("reason=").and_then(|reason| reason_words(t, reason)),
    };
    AccessRow {
        number: format!("{}-{}", line.school, line.id),
        action: line.action.clone(),
        at: line.at.page(),
        role: role.to_owned(),
        office,
        what,
        changes: told_to_person(t, line),
        why: why.unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
#[path = "tests/pages.rs"]
mod tests;
