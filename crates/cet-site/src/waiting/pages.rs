//! `/waiting`: no session and no database, so that a hundred thousand who wait cost next to nothing.

use crate::web::route::get;
use axum::Router;
use axum::response::Response;
use http::{StatusCode, header};

use super::gate::{kept, now, stranger, ticket_of};
use super::views::WaitingView;
use crate::app::App;
use crate::web::answer::{PageError, html, refreshing, see_other, with_next};
use crate::web::visitor::Visitor;
use cet_domain::passport::rules::own_path;
use cet_domain::waiting::{Entrance, Holder, Progress, of_now, refresh_seconds, tell};

/// The query parameter of a page that comes again right after a ticket was given: with it and without a ticket, the browser
/// keeps no cookies.
const ASKED: &str = "asked";
/// After how many seconds: while its second is still being counted.
const COMES_BACK: u64 = 2;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/waiting", get(page))
        .route("/waiting/draw", get(super::draw::page))
        .route("/staff/live", get(super::live::page))
}

/// Where a person goes on to; unlike after the log-in, that may be the log-in itself.
fn target(next: &str) -> &str {
    let to_login = next.strip_prefix("/login").filter(|rest| rest.is_empty() || rest.starts_with('?'));
    if to_login.is_some_and(|rest| own_path(&format!("/register{rest}")).is_some()) {
        return next;
    }
    own_path(next).unwrap_or("/home")
}

async fn page(visitor: Visitor) -> Result<Response, PageError> {
    let app = &visitor.app;
    let next = visitor.query("next").unwrap_or_default();
    let next = target(&next);
    let shown = app.waiting.shown();
    let Some(opening) = shown.opening.as_ref().filter(|_| shown.on_since().is_some()) else {
        return Ok(see_other(next));
    };
    let now = now(app);
    let brought = ticket_of(app, visitor.headers());
    let (ticket, given) = match of_now(&shown, brought.as_ref()) {
        Some(ticket) => (ticket.clone(), false),
        None => match stranger(app, &shown, &visitor.browser, now)? {
            Some(ticket) => (ticket, true),
            None => return Ok(see_other(next)),
        },
    };
    let way = match ticket.holder {
        Holder::Passport(_) => Entrance::Desk,
        Holder::Stranger(_) => Entrance::Door,
    };
    let told = tell(&shown, &ticket, way, now);
    let refused = given && visitor.query(ASKED).is_some();
    if !given && way == Entrance::Door {
        app.waiting.count_back(&ticket, ticket.place(&opening.secret), now);
    }
    let seconds = match told {
        Progress::Admitted => 1,
        _ if given => COMES_BACK,
        Progress::Before { seconds, .. } => u64::try_from(seconds).unwrap_or(0).clamp(5, 30),
        Progress::Line { wait, .. } => refresh_seconds(wait),
    };
    let view = WaitingView::new(visitor.page(), &shown, opening, &ticket, told, (next, now, seconds));
    if refused {
        // Nobody has a place who can't keep it: coming again by itself would never change that.
        return html(StatusCode::OK, &view.without_cookies());
    }
    let to = match told {
        Progress::Admitted => format!("{seconds};url={next}"),
        _ if given => format!("{seconds};url={}&{ASKED}=", with_next("/waiting", next)),
        _ => seconds.to_string(),
    };
    let mut response = refreshing(html(StatusCode::OK, &view)?, Some(to));
    if let Some(cookie) = given.then(|| kept(app, &ticket)).flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
