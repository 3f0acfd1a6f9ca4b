//! The page of the waiting room; all texts are already formatted.

use askama::Template;

use crate::web::page::Page;
use cet_base::words::time::Time;
use cet_domain::waiting::{Estimate, Holder, Opening, Progress, Shown, Ticket};

/// `/waiting` (R17): a page of its own, without the frame's script and navigation, so that it stays under 4 kB.
#[derive(Template)]
#[template(path = "waiting/waiting.html")]
pub(super) struct WaitingView {
    page: Page,
    /// Where the person wanted to go.
    next: String,
    /// Of `data-waiting`.
    state: &'static str,
    position: Option<u64>,
    estimate_seconds: Option<u64>,
    lead: String,
    /// What stands in the list: name and value.
    rows: Vec<(&'static str, String)>,
    /// What is safe, or what remains.
    notes: Vec<String>,
}

impl WaitingView {
    pub(super) fn new(
        page: Page,
        shown: &Shown,
        opening: &Opening,
        ticket: &Ticket,
        told: Progress,
        (next, now, again): (&str, i64, u64),
    ) -> Self {
        let clock = |second: i64| Time::from_micros(second.saturating_mul(1_000_000)).local("%H:%M");
        let (mut rows, mut notes) = (Vec::new(), Vec::new());
        let (state, title, lead) = match told {
            Progress::Before { .. } => {
                ("before", "waiting-before-title", page.f("waiting-before", &[("at", &clock(opening.opens))]))
            }
            Progress::Line { .. } => ("line", "waiting-line-title", page.m("waiting-line").to_owned()),
            Progress::Admitted => {
                ("admitted", "waiting-admitted-title", page.m("waiting-admitted").to_owned())
            }
        };
        match told {
            Progress::Before { seconds, came } => {
                rows.push(("waiting-until", minutes(&page, u64::try_from(seconds).unwrap_or(0))));
                rows.push(("waiting-came", grouped(came)));
                notes.push(page.f("waiting-before-closing", &[("at", &clock(opening.opens))]));
                notes.push(page.m("waiting-before-once").to_owned());
            }
            Progress::Line { position, estimate, .. } => {
                let ahead = position.map_or_else(|| page.m("waiting-counting").to_owned(), grouped);
                rows.push(("waiting-ahead", ahead));
                rows.push(("waiting-wait", estimated(&page, position.map(|_| estimate))));
                notes.push(page.m("waiting-safe-place").to_owned());
                notes.push(page.m("waiting-safe-entries").to_owned());
            }
            Progress::Admitted => {}
        }
        if shown.full {
            notes.push(page.m("waiting-full").to_owned());
        }
        if let Holder::Passport(passport) = ticket.holder {
            rows.push(("waiting-number", format!("p{}", passport.0)));
        }
        let at = Time::from_micros(now.saturating_mul(1_000_000)).local("%H:%M:%S");
        let at = match told {
            Progress::Admitted => at,
            Progress::Before { .. } | Progress::Line { .. } => {
                page.f("waiting-at-again", &[("at", &at), ("n", &again.to_string())])
            }
        };
        rows.push(("waiting-at", at));
        let (position, wait) = match told {
            Progress::Line { position, wait, .. } => (position, wait),
            _ => (None, None),
        };
        let page = page.titled(title);
        Self { page, next: next.to_owned(), state, position, estimate_seconds: wait, lead, rows, notes }
    }

    /// The page for a browser that kept no ticket.
    pub(super) fn without_cookies(mut self) -> Self {
        self.lead = self.page.m("waiting-cookies").to_owned();
        (self.position, self.estimate_seconds) = (None, None);
        self.rows.clear();
        self.notes.clear();
        let page = self.page.titled("captcha-cookie");
        Self { page, ..self }
    }

    /// This page again, for a hand that does not want to wait.
    fn again(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("next", &self.next);
        format!("/waiting?{}", query.finish())
    }
}

fn minutes(page: &Page, seconds: u64) -> String {
    page.f("waiting-minutes", &[("n", &seconds.div_ceil(60).to_string())])
}

fn estimated(page: &Page, estimate: Option<Estimate>) -> String {
    match estimate {
        Some(Estimate::Soon) => page.m("waiting-soon").to_owned(),
        Some(Estimate::Minutes(n)) => page.f("waiting-about", &[("n", &n.to_string())]),
        Some(Estimate::Unknown) => page.m("waiting-long").to_owned(),
        None => page.m("waiting-counting").to_owned(),
    }
}

/// `12,480`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        let rest = digits.len().saturating_sub(place);
        if place > 0 && rest.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
