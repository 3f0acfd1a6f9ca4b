//! `/rehearsal/waiting`: turns the waiting room on and off.

use crate::web::route::{boxed, get};
use askama::Template;
use axum::Router;
use axum::response::Response;
use http::StatusCode;

use super::gate::now;
use crate::app::App;
use crate::web::answer::{PageError, html, see_other};
use crate::web::form_data::FormData;
use crate::web::page::{Page, Refused};
use crate::web::visitor::Visitor;
use cet_base::store::Tx;
use cet_domain::waiting::jobs::{force, show_forced};

const PATH: &str = "/rehearsal/waiting";
/// What the room may be set to.
const MODES: [(&str, &str); 3] =
    [("auto", "waiting-rehearsal-auto"), ("on", "waiting-rehearsal-on"), ("off", "waiting-rehearsal-off")];

/// Routes of the page; mounted in a rehearsal only.
pub fn routes() -> Router<App> {
    Router::new().route(PATH, get(page).post(boxed(set)))
}

#[derive(Template)]
#[template(path = "waiting/rehearsal.html")]
struct RehearsalView {
    page: Page,
    modes: [(&'static str, &'static str); 3],
}

async fn page(visitor: Visitor) -> Result<Response, PageError> {
    let page = visitor.page().titled("waiting-rehearsal-title");
    html(StatusCode::OK, &RehearsalView { page, modes: MODES })
}

async fn set(visitor: Visitor, form: FormData) -> Result<Response, PageError> {
    let (mode, rate) = (form.one("mode")?, form.one("rate")?.trim());
    let mode = MODES.into_iter().map(|(mode, _)| mode).find(|known| *known == mode).ok_or("mode");
    let number = rate.parse::<i64>().ok().filter(|rate| (1..=100_000).contains(rate));
    let rate = if rate.is_empty() { Ok(None) } else { number.map(Some).ok_or("rate") };
    let sitting = visitor.app.catalogue.get().current().map(|plan| plan.code.clone());
    let sitting = sitting.ok_or(PageError::NotFound)?;
    match mode.and_then(|mode| Ok((mode, rate?))) {
        Ok((mode, rate)) => {
            let named = mode.to_owned();
            let set =
                visitor.app.db.write(async move |tx: &mut Tx<'_>| force(tx, &sitting, &named, rate).await);
            set.await?;
            show_forced(&visitor.app.waiting, mode, now(&visitor.app));
            visitor.app.wake_jobs();
            Ok(see_other(PATH))
        }
        Err(field) => {
            let page = visitor.page().titled("waiting-rehearsal-title");
            let text = page.m("waiting-rehearsal-refused");
            let refused = Refused::new(page.t, "field-invalid").at(field).saying(text);
            let page = page.refusing(vec![refused], form.typed(&["rate"]));
            html(StatusCode::UNPROCESSABLE_ENTITY, &RehearsalView { page, modes: MODES })
        }
    }
}
