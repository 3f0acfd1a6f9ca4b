//! `/tickets/{entry}.pdf`, `/tickets.pdf`, `/tickets.ics`, `/sw.js`, and `/verify-ticket` with its page for offline use.

use std::sync::Arc;

use crate::web::route::{boxed, get};
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use ticket_pdf::{Fonts, VerifyError, offline_page, verify};

use super::views::{VerifyView, no_calendar, not_printable};
use crate::app::App;
use crate::passport::Candidate;
use crate::passport::candidate::MaybeCandidate;
use crate::web::answer::{BUSY_SECONDS, HTML, PageError, html, refusal, refused_html};
use crate::web::assets;
use crate::web::error_views::ErrorView;
use crate::web::form_data::FormData;
use crate::web::page::{Refused, Typed};
use cet_base::store::{Stop, Tx};
use cet_base::words::ids::EntryId;
use cet_domain::printing::{PrintFault, PrintSlot};
use cet_domain::sitting::{Catalogue, Plan};
use cet_domain::ticket::verbs::{self, Printable};
use cet_domain::ticket::{NotPrintable, TicketRefusal, calendar, keys, sheet};

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/tickets.pdf", get(all))
        .route("/tickets.ics", get(dates))
        .route("/tickets/{file}", get(one))
        .route("/sw.js", get(worker))
        .route("/verify-ticket", get(check).post(boxed(check_sent)))
        .route("/verify-ticket/offline.html", get(offline))
}

async fn one(who: Candidate, Path(file): Path<String>) -> Result<Response, PageError> {
    let id = file.strip_suffix(".pdf").and_then(EntryId::parse).ok_or(PageError::NotFound)?;
    // Before the first sitting nobody has a ticket.
    let (catalogue, plan) = who.told_sitting().map_err(|_| PageError::NotFound)?;
    let place = who.app.printer.slot().await.map_err(unprinted)?;
    let (passport, reading) = (who.session.passport, Arc::clone(&plan));
    let read =
        who.app.db.read(async move |tx: &mut Tx<'_>| verbs::one(tx, &reading, passport, id).await).await;
    answer(&who, catalogue, plan, place, read).await
}

async fn all(who: Candidate) -> Result<Response, PageError> {
    let Ok((catalogue, plan)) = who.told_sitting() else { return refused(&who, NotPrintable::Unpaid) };
    let place = who.app.printer.slot().await.map_err(unprinted)?;
    let (passport, reading) = (who.session.passport, Arc::clone(&plan));
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| verbs::all(tx, &reading, passport).await).await;
    answer(&who, catalogue, plan, place, read).await
}

/// The service worker that keeps tickets on the device. It is at the root because its scope is what is below its address, and
/// is not cached: a fault in it must not persist in browsers.
async fn worker() -> Result<Response, PageError> {
    let script = assets::named("sw.js").ok_or(PageError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(script.content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Ok((headers, Bytes::from_static(&script.plain)).into_response())
}

/// Exams and printing days as a calendar file.
async fn dates(who: Candidate) -> Result<Response, PageError> {
    let Ok((catalogue, plan)) = who.told_sitting() else { return undated(&who, NotPrintable::Unpaid) };
    let (passport, reading) = (who.session.passport, Arc::clone(&plan));
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| verbs::dated(tx, &reading, passport).await).await;
    match refusal(read)? {
        Ok(dated) => {
            let origin = who.app.config.server.public_origin.as_str();
            let host = origin.split_once("://").map_or(origin, |(_, host)| host);
            let text = calendar::file(&catalogue, &plan, &dated, who.page().t, host);
            let name = format!("attachment; filename=\"exams-{}.ics\"", plan.code);
            Ok(file(HeaderValue::from_static("text/calendar; charset=utf-8"), &name, text.into_bytes()))
        }
        Err(TicketRefusal::NotFound) => Err(PageError::NotFound),
        Err(TicketRefusal::NotPrintable(why)) => undated(&who, why),
    }
}

async fn answer(
    who: &Candidate,
    catalogue: Arc<Catalogue>,
    plan: Arc<Plan>,
    place: PrintSlot,
    read: Result<Printable, Stop<TicketRefusal>>,
) -> Result<Response, PageError> {
    match refusal(read)? {
        Ok(printable) => pdf(who, catalogue, plan, place, printable).await,
        // The same page for what does not exist and for what belongs to someone else (TH52).
        Err(TicketRefusal::NotFound) => Err(PageError::NotFound),
        Err(TicketRefusal::NotPrintable(why)) => refused(who, why),
    }
}

fn refused(who: &Candidate, why: NotPrintable) -> Result<Response, PageError> {
    html(StatusCode::FORBIDDEN, &in_no_season(who, why, not_printable(who.page(), why)))
}

fn undated(who: &Candidate, why: NotPrintable) -> Result<Response, PageError> {
    html(StatusCode::FORBIDDEN, &in_no_season(who, why, no_calendar(who.page(), why)))
}

/// Without a sitting it is no reason that nothing is paid. Whoever asked for a file is refused it then too: a page is none.
fn in_no_season(who: &Candidate, why: NotPrintable, view: ErrorView) -> ErrorView {
    match who.sitting() {
        Err(PageError::NoSitting(of)) if why == NotPrintable::Unpaid => {
            ErrorView { text: of.text(view.page.t), ..view }
        }
        Ok(_) | Err(_) => view,
    }
}

/// The page for a PDF that was not printed.
pub(crate) fn unprinted(fault: PrintFault) -> PageError {
    match fault {
        PrintFault::Busy => PageError::TooBusy(BUSY_SECONDS),
        fault @ (PrintFault::Font(..) | PrintFault::Ticket(_) | PrintFault::Lost) => PageError::fault(fault),
    }
}

async fn pdf(
    who: &Candidate,
    catalogue: Arc<Catalogue>,
    plan: Arc<Plan>,
    place: PrintSlot,
    of: Printable,
) -> Result<Response, PageError> {
    let printer = &who.app.printer;
    let Some(key) = printer.key() else { return refused(who, NotPrintable::NoKey) };
    let subject = match of.seated.as_slice() {
        [(entry, _)] => format!("-{}", entry.subject),
        _ => String::new(),
    };
    let name = format!("attachment; filename=\"ticket-{}{subject}.pdf\"", plan.code);
    let number = of.snapshot.number(&who.app.vault).map_err(PageError::fault)?;
    let lang = who.lang;
    let draw = move |fonts: &Fonts| {
        ticket_pdf::render(fonts, &sheet::tickets(&catalogue, &plan, &of, &number, &key, lang)?)
    };
    let printed = printer.print(place, draw).await.map_err(unprinted)?;
    warn_of_boxes(&printed.missing);
    if !printed.bad_photos.is_empty() {
        tracing::warn!("a stored photo could not be printed on a ticket");
    }
    Ok(file(HeaderValue::from_static("application/pdf"), &name, printed.pdf))
}

/// Logs the characters but not the person: an operator adds a font for them (TH53).
pub(crate) fn warn_of_boxes(missing: &[char]) {
    if !missing.is_empty() {
        let codes: Vec<String> = missing.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        tracing::warn!(missing = codes.join(" "), "a PDF was printed with boxes for missing characters");
    }
}

/// A file to download, not cacheable.
pub(crate) fn file(kind: HeaderValue, disposition: &str, body: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body).into_response()
}

async fn check(who: MaybeCandidate) -> Result<Response, PageError> {
    let text = who.query("q").unwrap_or_default();
    checked(&who, &text).await
}

/// The form is sent by POST, so that the ticket's content does not end up in URLs or logs.
async fn check_sent(who: MaybeCandidate, form: FormData) -> Result<Response, PageError> {
    checked(&who, form.one("q")?).await
}

async fn checked(who: &MaybeCandidate, text: &str) -> Result<Response, PageError> {
    let keys = keys::known(&who.app.db).await?;
    let page = who.page();
    if text.trim().is_empty() {
        return html(StatusCode::OK, &VerifyView::new(page, None, !keys.is_empty()));
    }
    match verify(text, &keys) {
        Ok(content) => html(StatusCode::OK, &VerifyView::new(page, Some(content), true)),
        Err(why) => {
            let words = match why {
                VerifyError::NotATicket => page.m("ticket-verify-no-ticket"),
                VerifyError::UnknownKey => page.m("ticket-verify-unknown-key"),
                VerifyError::Forged => page.m("ticket-verify-forged"),
            };
            let refused = vec![Refused::new(page.t, "field-invalid").at("q").saying(words)];
            let page = page.refusing(refused.clone(), Typed::default().with("q", text));
            refused_html(&refused, None, &VerifyView::new(page, None, !keys.is_empty()))
        }
    }
}

async fn offline(who: MaybeCandidate) -> Result<Response, PageError> {
    let keys = keys::known(&who.app.db).await?;
    if keys.is_empty() {
        return Err(PageError::NotFound);
    }
    let name = "attachment; filename=\"verify-ticket.html\"";
    Ok(file(HTML, name, offline_page(&keys).into_bytes()))
}

#[cfg(test)]
#[path = "tests/calendar.rs"]
mod calendar_tests;
#[cfg(test)]
#[path = "tests/kept.rs"]
mod kept_tests;
#[cfg(test)]
#[path = "tests/pages.rs"]
pub(crate) mod tests;
