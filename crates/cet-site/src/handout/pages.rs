//! 候补: joining, looking, leaving (R16).

mod join;
mod refusal_texts;
mod words;

use std::sync::Arc;

use crate::web::route::{boxed, get};
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use crate::app::App;
use crate::entry::pages::registration_of;
use crate::handout::views::LeavingView;
use crate::passport::candidate::Candidate;
use crate::web::answer::{PageError, html, refusal, see_other};
use crate::web::flash;
use cet_base::store::{DbError, Tx};
use cet_base::words::ids::StandbyId;
use cet_domain::handout::StandbyRefusal;
use cet_domain::handout::verbs::{LeaveCommand, Place, leave, places};
use cet_domain::sitting::{Catalogue, Plan};

/// The path of the page.
const PATH: &str = "/registration/waiting-list";
/// What the next page says.
const JOINED: &str = "standby-joined";
const LEFT: &str = "standby-left";

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(join::page).post(boxed(join::submit)))
        .route("/registration/waiting-list/{id}/leaving", get(ask).post(boxed(go)))
}

/// The places of the asker in a sitting that wait.
async fn own_places(who: &Candidate, plan: Arc<Plan>) -> Result<Vec<Place>, PageError> {
    let session = who.session.clone();
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        match registration_of(tx, &session, &plan.code).await? {
            Some(of) => places(tx, &plan, &of).await,
            None => Ok::<_, DbError>(Vec::new()),
        }
    });
    Ok(read.await?)
}

/// The current sitting. While there is none, what is not there and what is somebody else's has the page of that all the same
/// (TH21).
async fn sitting_of(who: &Candidate, id: StandbyId) -> Result<(Arc<Catalogue>, Arc<Plan>), PageError> {
    match who.sitting() {
        Ok(current) => Ok(current),
        Err(none) => {
            let (_, last) = who.told_sitting().map_err(|_| PageError::NotFound)?;
            let own = own_places(who, last).await?;
            Err(if own.iter().any(|place| place.standby.id == id) { none } else { PageError::NotFound })
        }
    }
}

/// Asks before somebody leaves. The same page for what is not there and for what is somebody else's (TH21).
async fn ask(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = StandbyId::parse(&id).ok_or(PageError::NotFound)?;
    let (catalogue, plan) = sitting_of(&who, id).await?;
    let own = own_places(&who, Arc::clone(&plan)).await?;
    let place = own.iter().find(|place| place.standby.id == id).ok_or(PageError::NotFound)?;
    let page = who
        .page()
        .titled("standby-leaving-title")
        .described("standby-leaving-about")
        .at_step(words::step(place.standby.mode));
    let place = words::place(&page, &catalogue, &plan, place);
    html(StatusCode::OK, &LeavingView { page, place })
}

/// Leaves, whether the page has asked or not: whoever sends this form means it.
async fn go(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    let standby = StandbyId::parse(&id).ok_or(PageError::NotFound)?;
    let (_, plan) = sitting_of(&who, standby).await?;
    let cmd = Arc::new(LeaveCommand {
        passport: who.session.passport,
        sitting: plan.code.clone(),
        standby,
        address: who.address.to_string(),
    });
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| leave(tx, &cmd).await).await;
    match refusal(done)? {
        Ok(()) => Ok(flash::set(&who, see_other(PATH), LEFT)),
        Err(StandbyRefusal::NotFound) => Err(PageError::NotFound),
        Err(why) => join::show(&who, &[why], None).await,
    }
}

#[cfg(test)]
#[path = "tests/pages.rs"]
mod tests;
