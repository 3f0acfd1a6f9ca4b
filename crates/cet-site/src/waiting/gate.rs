//! The gate. Log-in and registering are asked before any handler runs; steps of those who are signed in by the extractor
//! of candidates, which reads the session anyway, so that no request costs more than it did. Not in front of paying, the
//! information page, tickets, notifications and staff: nobody who has a seat queues for anything.

use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method};

use crate::app::App;
use crate::passport::candidate::way_back;
use crate::web::answer::PageError;
use crate::web::browser::Browser;
use crate::web::cookies;
use crate::web::visitor::cookie;
use cet_domain::passport::session::Session;
use cet_domain::waiting::jobs::second_of;
use cet_domain::waiting::{Asked, Entrance, Gate, Holder, Service, Shown, Ticket};

/// The cookie that holds a place in the line.
pub(super) const COOKIE: &str = "cet-place";
/// How long a browser keeps it: longer than any line.
const COOKIE_SECONDS: i64 = 24 * 3_600;
/// `Retry-After` for a form that has to wait.
const RETRY_SECONDS: u64 = 30;

/// The pages of the log-in, and those that need it.
const DOOR: [&str; 2] = ["/login", "/register"];
const DESK: [&str; 4] =
    ["/qualification", "/qualification/record", "/registration/written", "/registration/oral"];

/// A request in front of the desk: its ticket, and the one that it leaves with.
#[derive(Clone)]
pub struct AtDesk {
    shown: Arc<Shown>,
    ticket: Option<Ticket>,
    browser: Option<u64>,
    leaves: Arc<OnceLock<Ticket>>,
}

/// Now, as far as the node knows without asking the database.
pub(super) fn now(app: &App) -> i64 {
    second_of(app.catalogue.about_now(&app.db))
}

/// The ticket that a browser brings.
pub(super) fn ticket_of(app: &App, headers: &HeaderMap) -> Option<Ticket> {
    Ticket::open(&app.vault, cookie(headers, COOKIE)?)
}

/// The cookie that keeps a ticket.
pub(super) fn kept(app: &App, ticket: &Ticket) -> Option<HeaderValue> {
    cookies::header(cookies::own(app, COOKIE, &ticket.sealed(&app.vault), Some(COOKIE_SECONDS)))
}

fn keep(app: &App, ticket: &Ticket, response: &mut Response) {
    cookies::put(response, cookies::own(app, COOKIE, &ticket.sealed(&app.vault), Some(COOKIE_SECONDS)));
}

/// Turns away who has to wait, and lets the others pass.
pub async fn gate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (door, desk) = (DOOR.contains(&path), DESK.contains(&path));
    let shown = app.waiting.shown();
    if !door && !desk || shown.on_since().is_none() {
        return next.run(request).await;
    }
    let ticket = ticket_of(&app, request.headers());
    let of = request.extensions().get::<Arc<Browser>>().cloned().unwrap_or_default();
    let browser = of.known().and_then(|known| Ticket::browser_of(&app.vault, known));
    if desk {
        let leaves = Arc::default();
        request.extensions_mut().insert(AtDesk { shown, ticket, browser, leaves: Arc::clone(&leaves) });
        let mut response = next.run(request).await;
        if let Some(ticket) = leaves.get() {
            keep(&app, ticket, &mut response);
        }
        return response;
    }
    let sends_form = *request.method() == Method::POST;
    let service = if path == "/register" { Service::Register } else { Service::LogIn };
    let ticket = ticket.filter(|ticket| !app.waiting.had(ticket, service));
    let (way, now) = (Entrance::Door, now(&app));
    let asked = Asked { way, ticket: ticket.as_ref(), passport: None, browser, seen: None, sends_form, now };
    let serves = |ticket: &Ticket, response: &Response| {
        // What an admission was for is done, and the next one is another's turn (TH45).
        if sends_form && response.status().is_redirection() {
            app.waiting.note(ticket, service);
        }
    };
    let given = match cet_domain::waiting::decide(&shown, asked) {
        Gate::Pass => {
            let response = next.run(request).await;
            if let Some(ticket) = cet_domain::waiting::of_now(&shown, ticket.as_ref()) {
                serves(ticket, &response);
            }
            return response;
        }
        Gate::Uses(ticket) => {
            app.waiting.comes_in(Entrance::Door);
            let mut response = next.run(request).await;
            keep(&app, &ticket, &mut response);
            serves(&ticket, &response);
            return response;
        }
        Gate::Waits => None,
        // Who only asks whether there is a page comes to no line.
        Gate::Joins if *request.method() == Method::HEAD => None,
        Gate::Joins => match stranger(&app, &shown, &of, now) {
            Ok(ticket) => ticket,
            Err(error) => return error.into_response(),
        },
    };
    let back = way_back(request.method(), request.uri().path(), request.uri().query().unwrap_or(""));
    let cookie = given.and_then(|ticket| kept(&app, &ticket));
    turned_away(back, cookie, sends_form).into_response()
}

fn turned_away(back: String, cookie: Option<HeaderValue>, sends_form: bool) -> PageError {
    let retry = sends_form.then_some(RETRY_SECONDS);
    PageError::Waiting { back, cookies: cookie.into_iter().collect(), retry }
}

/// A new ticket for somebody who is not signed in, of this browser. It is counted when it comes back.
///
/// # Errors
/// [`PageError`] if the system gives no random bytes.
pub(super) fn stranger(
    app: &App,
    shown: &Shown,
    browser: &Browser,
    now: i64,
) -> Result<Option<Ticket>, PageError> {
    let Some(opening) = &shown.opening else { return Ok(None) };
    let number = u64::from_be_bytes(app.vault.random().map_err(PageError::fault)?);
    let ticket = Ticket::new(opening.sitting.clone(), now, opening.opens, Holder::Stranger(number));
    let known = browser.known_or_new(&app.vault).map_err(PageError::fault)?;
    Ok(Some(ticket.of_browser(Ticket::browser_of(&app.vault, &known))))
}

/// Lets a signed-in person pass whose turn it is.
///
/// # Errors
/// [`PageError::Waiting`] for whoever has to wait, with the ticket that they get for it.
pub fn pass_desk(
    app: &App,
    desk: &AtDesk,
    session: &Session,
    method: &Method,
    (path, query): (&str, &str),
) -> Result<(), PageError> {
    let (now, shown, sends_form) = (now(app), &desk.shown, *method == Method::POST);
    let (way, browser, seen) = (Entrance::Desk, desk.browser, Some(second_of(session.seen_at)));
    let passport = Some(session.passport);
    let asked = |ticket| Asked { way, ticket, passport, browser, seen, sends_form, now };
    let back = || way_back(method, path, query);
    let pass = |ticket: Ticket| {
        app.waiting.comes_in(Entrance::Desk);
        let _first = desk.leaves.set(ticket);
    };
    match cet_domain::waiting::decide(shown, asked(desk.ticket.as_ref())) {
        Gate::Pass => return Ok(()),
        Gate::Uses(ticket) => {
            pass(ticket);
            return Ok(());
        }
        Gate::Waits => return Err(turned_away(back(), None, sends_form)),
        Gate::Joins => {}
    }
    if *method == Method::HEAD {
        return Err(turned_away(back(), None, sends_form));
    }
    let Some(joined) = joined(app, desk, session, now) else { return Ok(()) };
    // Who waited before the log-in brings their second along, and it may be their turn already.
    if let Gate::Uses(ticket) = cet_domain::waiting::decide(shown, asked(Some(&joined))) {
        pass(ticket);
        return Ok(());
    }
    Err(turned_away(back(), kept(app, &joined), sends_form))
}

/// The ticket of somebody who comes to the desk: with their second of arrival, if they waited at the door. That place goes
/// along once, with the first who takes it and in the browser that it was given to (TH45).
fn joined(app: &App, desk: &AtDesk, session: &Session, now: i64) -> Option<Ticket> {
    let (opening, passport) = (desk.shown.opening.as_ref()?, session.passport);
    let held = cet_domain::waiting::of_now(&desk.shown, desk.ticket.as_ref());
    let came = held.filter(|ticket| {
        let waited = matches!(ticket.holder, Holder::Stranger(_)) && ticket.browser.is_some();
        waited && ticket.browser == desk.browser && app.waiting.goes_to(ticket, passport)
    });
    let ticket = match came {
        Some(ticket) => ticket.signed_in(passport, now, opening.opens),
        None => Ticket::new(opening.sitting.clone(), now, opening.opens, Holder::Passport(passport)),
    };
    let ticket = ticket.of_browser(desk.browser);
    let ticket = match held.filter(|held| held.is_of(passport)) {
        Some(over) => ticket.after(over),
        None => ticket,
    };
    // A second after the opening was counted when its ticket was given.
    if ticket.drawn || came.is_none() {
        app.waiting.count(&ticket, ticket.place(&opening.secret));
    }
    Some(ticket)
}
