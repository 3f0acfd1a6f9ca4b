//! 报名信息, 笔试报考, 口试报考 and 取消: the pages of entries (R8-R13).

mod choose;
mod information;
mod rows;
mod told;

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};

use crate::app::App;
use crate::passport::candidate::Candidate;
use crate::passport::session::Session;
use crate::registration::{self, Registration};
use crate::sitting::{Catalogue, Plan};
use crate::store::{DbError, Tx};
use crate::web::answer::{PageError, refused_html};
use crate::web::error_views::ErrorView;
use crate::web::page::{Link, Refused, Typed};
use crate::words::codes::SittingCode;

/// The room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/registration", get(information::page))
        .route("/registration/written", get(choose::written).post(choose::enter_written))
        .route("/registration/oral", get(choose::oral).post(choose::enter_oral))
        .route("/registration/seats.json", get(choose::seats))
        .route("/registration/entries/{id}/cancellation", post(information::cancel))
}

/// The current sitting, with the catalogue that it is part of.
fn current(who: &Candidate) -> Result<(Arc<Catalogue>, Arc<Plan>), PageError> {
    let catalogue = who.app.catalogue.get();
    let plan = catalogue.current().map(Arc::clone).ok_or(PageError::NotFound)?;
    Ok((catalogue, plan))
}

/// The registration of who asks. The session says where it lies; it may have ended since, or hold money past its time.
async fn registration_of(
    tx: &mut Tx<'_>,
    session: &Session,
    sitting: &SittingCode,
) -> Result<Option<Registration>, DbError> {
    if let Some(bound) = &session.registration {
        let found = registration::store::live(tx, bound.school, bound.id).await?;
        if let Some(of) = found.filter(|of| of.passport == session.passport) {
            return Ok(Some(of));
        }
    }
    registration::verbs::of_passport(tx, session.passport, sitting).await
}

/// 403 `not-bound`, with all else that is wrong with the request, and the way to a registration.
fn not_bound(who: &Candidate, path: &str, title: &'static str, mut refused: Vec<Refused>) -> Result<Response, PageError> {
    let page = who.page_at(path).titled(title);
    if !refused.iter().any(|refused| refused.code == "not-bound") {
        refused.push(Refused::new(page.t, "not-bound"));
    }
    let text = page.m("registration-state-none-note").to_owned();
    let link = |href: &str, text: &str| Link { href: href.to_owned(), text: text.to_owned() };
    let ways = vec![
        link("/qualification", page.m("registration-qualification-title")),
        link("/home", page.m("error-way-home")),
    ];
    let page = page.refusing(refused.clone(), Typed::default());
    refused_html(&refused, None, &ErrorView { page, code: None, text, ways, incident: None })
}

#[cfg(test)]
#[path = "tests/pages.rs"]
mod tests;
