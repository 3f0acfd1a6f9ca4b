//! The page that checks a ticket's QR text, and the page that says why there is no ticket.

use askama::Template;
use ticket_pdf::Content;

use crate::web::error_views::ErrorView;
use crate::web::page::{Link, Page};
use cet_base::words::time::Time;
use cet_domain::ticket::rules::NotPrintable;

/// `/verify-ticket`.
#[derive(Template)]
#[template(path = "ticket/verify.html")]
pub struct VerifyView {
    /// The page frame, with what was typed and why it is refused.
    pub page: Page,
    /// Label and text of each signed value, in the order of the ticket; empty before a check.
    pub says: Vec<(&'static str, String)>,
    /// Whether the page for offline use can be downloaded: only if there is a key.
    pub offline: bool,
}

impl VerifyView {
    /// Creates the view with the signed content, if a valid text was checked.
    #[must_use]
    pub fn new(page: Page, content: Option<Content>, offline: bool) -> Self {
        let page = page.titled("ticket-verify-title").described("ticket-verify-about").with_nav();
        let says = content.map(|content| says(&page, content)).unwrap_or_default();
        Self { page, says, offline }
    }
}

fn says(page: &Page, content: Content) -> Vec<(&'static str, String)> {
    vec![
        (page.m("ticket-number"), content.ticket_number),
        (page.m("ticket-name"), content.name),
        (page.m("ticket-document-number"), content.document_number),
        (page.m("ticket-sitting"), content.sitting),
        (page.m("ticket-subject"), content.subject),
        (page.m("ticket-time"), content.starts_at),
        (page.m("ticket-campus"), content.campus),
        (page.m("ticket-room"), content.room),
        (page.m("ticket-seat"), content.seat),
    ]
}

/// 403 `not-printable` for the calendar.
#[must_use]
pub fn no_calendar(page: Page, why: NotPrintable) -> ErrorView {
    let text = match why {
        NotPrintable::Undated => page.m("ticket-why-undated"),
        _ => page.m("ticket-why-none-paid"),
    };
    let text = text.to_owned();
    refused(page.titled("ticket-no-calendar"), text)
}

/// 403 `not-printable`, with the reason and a link back.
#[must_use]
pub fn not_printable(page: Page, why: NotPrintable) -> ErrorView {
    let text = match why {
        NotPrintable::Unpaid => page.m("ticket-why-unpaid").to_owned(),
        NotPrintable::TooEarly(Some(from)) => page.f("ticket-why-early", &[("time", &Time::page(from))]),
        NotPrintable::TooLate(end) => page.f("ticket-why-late", &[("time", &Time::page(end))]),
        NotPrintable::TooEarly(None) => page.m("ticket-why-unset").to_owned(),
        NotPrintable::Unarranged => page.m("ticket-why-unarranged").to_owned(),
        NotPrintable::Ended(at) => page.f("ticket-why-ended", &[("time", &Time::page(at))]),
        NotPrintable::Over => page.m("ticket-why-over").to_owned(),
        NotPrintable::NoKey => page.m("ticket-why-no-key").to_owned(),
        NotPrintable::Undated => page.m("ticket-why-undated").to_owned(),
    };
    refused(page.titled(heading(why)), text)
}

/// What is the matter: "now" only where it passes.
const fn heading(why: NotPrintable) -> &'static str {
    match why {
        NotPrintable::Unpaid => "ticket-none",
        NotPrintable::TooEarly(_) | NotPrintable::Unarranged | NotPrintable::Undated => {
            "ticket-not-printable"
        }
        NotPrintable::TooLate(_) | NotPrintable::Over => "ticket-no-more",
        NotPrintable::Ended(_) => "ticket-ended",
        NotPrintable::NoKey => "ticket-cannot",
    }
}

fn refused(page: Page, text: String) -> ErrorView {
    let link = |href: &str, text: &str| Link { href: href.to_owned(), text: text.to_owned() };
    let ways = vec![
        link("/registration", page.m("error-way-registration")),
        link("/home", page.m("error-way-home")),
    ];
    ErrorView { page, code: Some("not-printable"), text, ways, incident: None }
}
