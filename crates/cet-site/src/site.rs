//! The pages of all modules behind one guard.

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::app::App;
use crate::web::form_marks::{Site, check_form_marks};
use crate::web::guard::guard;
use crate::{
    arrangement, captcha, change, collective_payment, dispute, entry, handout, message, passport, payment,
    portal, privacy, reconciliation, record_report, registration, review, roster, staff, ticket, upload,
    waiting,
};

/// The site's router.
pub fn router(app: &App) -> Router {
    let pages = Router::new()
        .merge(portal::routes())
        .merge(captcha::routes())
        .merge(passport::routes())
        .merge(message::pages::routes())
        .merge(privacy::pages::routes())
        .merge(registration::pages::routes())
        .merge(record_report::pages::routes())
        .merge(dispute::pages::routes())
        .merge(entry::pages::routes())
        .merge(handout::pages::routes())
        .merge(payment::pages::routes())
        .merge(review::pages::routes())
        .merge(ticket::pages::routes())
        .merge(arrangement::pages::routes())
        .merge(staff::routes())
        .merge(change::routes())
        .merge(upload::routes())
        .merge(roster::routes())
        .merge(collective_payment::pages::routes())
        .merge(reconciliation::routes())
        .merge(waiting::routes());
    #[cfg(feature = "rehearsal")]
    let pages = pages.merge(crate::rehearsal::routes(app));
    let pages = pages.with_state(app.clone());
    let sessions = [passport::cookies::cookie_name(app), staff::cookies::cookie_name(app)];
    let site = Site { pages: pages.clone(), sessions, keeps: passport::kept::keeps };
    pages
        .layer(from_fn_with_state(site, check_form_marks))
        .layer(from_fn_with_state(app.clone(), waiting::gate))
        .layer(from_fn_with_state(app.clone(), guard))
}

#[cfg(test)]
#[path = "site/between_seasons.rs"]
mod between_seasons;
#[cfg(test)]
#[path = "site/calm_pages.rs"]
mod calm_pages;
#[cfg(test)]
#[path = "site/database_outage.rs"]
mod database_outage;
#[cfg(test)]
#[path = "site/form_marks.rs"]
mod form_marks;
#[cfg(test)]
#[path = "site/forms.rs"]
mod forms;
#[cfg(test)]
#[path = "site/forms_always_shown.rs"]
mod forms_always_shown;
#[cfg(test)]
#[path = "site/hostile_input.rs"]
mod hostile_input;
#[cfg(test)]
#[path = "site/minimal_config.rs"]
mod minimal_config;
#[cfg(test)]
#[path = "site/no_session.rs"]
mod no_session;
#[cfg(test)]
#[path = "site/not_yours.rs"]
mod not_yours;
#[cfg(test)]
#[path = "site/odd_queries.rs"]
mod odd_queries;
#[cfg(test)]
#[path = "site/repeated_forms.rs"]
mod repeated_forms;
#[cfg(test)]
#[path = "site/serving_account.rs"]
mod serving_account;
