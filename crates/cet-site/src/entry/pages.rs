//! 报名信息, 笔试报考, 口试报考 and 取消: the pages of entries (R8, R9, R10, R11, R12, R13).

mod cancel;
mod choose;
mod information;
mod oral;
mod refusal_texts;
mod rows;

use crate::web::route::{boxed, get};
use axum::Router;

use crate::app::App;
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SittingCode;
use cet_domain::passport::session::Session;
use cet_domain::registration;
use cet_domain::registration::Registration;

pub(crate) use choose::unbound;
pub(crate) use oral::nearest;
pub(crate) use refusal_texts::{one as refusal_text, subject_name};
pub(crate) use rows::place_now;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/registration", get(information::page))
        .route("/registration/written", get(choose::written).post(boxed(choose::enter_written)))
        .route("/registration/oral", get(choose::oral).post(boxed(choose::enter_oral)))
        .route("/registration/seats.json", get(choose::seats))
        .route("/registration/entries/{id}/cancellation", get(cancel::ask).post(boxed(cancel::cancel)))
}

/// The asker's registration. The session gives its key; it may have ended since, or hold entries past their time.
pub(crate) async fn registration_of(
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

#[cfg(test)]
#[path = "tests/choices.rs"]
mod choices_tests;
#[cfg(test)]
#[path = "tests/pages.rs"]
pub(crate) mod tests;
