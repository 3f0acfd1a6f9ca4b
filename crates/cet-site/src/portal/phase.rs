//! The texts of a sitting's phase and news on the front page (P5).

use super::views::{MainLink, News, PhaseLead};
use crate::web::page::Link;
use cet_base::texts::Texts;
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::sitting::phase::{Dates, Event, Phase};
use cet_domain::sitting::plan::Plan;

/// The most news on the front page.
const NEWS: usize = 5;

/// The leading line and the filled button.
pub(super) fn lead(phase: Phase, t: &'static Texts) -> PhaseLead {
    let dated = |key: &str, at: Time| t.f(key, &[("time", &at.page())]);
    let (text, way) = match phase {
        Phase::Before(Some(opens)) => (dated("portal-phase-before", opens), MainLink::Register),
        Phase::Before(None) => (t.m("portal-phase-before-unset").to_owned(), MainLink::Register),
        Phase::Open { first, last } if first == last => (dated("portal-phase-open", last), MainLink::Enter),
        Phase::Open { first, last } => {
            let (first, last) = (first.page(), last.page());
            (t.f("portal-phase-open-apart", &[("first", &first), ("last", &last)]), MainLink::Enter)
        }
        Phase::Closed(Some(prints)) => (dated("portal-phase-closed", prints), MainLink::Information),
        Phase::Closed(None) => (t.m("portal-phase-closed-unset").to_owned(), MainLink::Information),
        Phase::Printing(Some(exam)) => (dated("portal-phase-printing", exam), MainLink::Ticket),
        Phase::Printing(None) => (t.m("portal-phase-printing-unset").to_owned(), MainLink::Ticket),
        Phase::Exams(exam) => (dated("portal-phase-exams", exam), MainLink::Ticket),
        Phase::Scores => (t.m("portal-phase-scores").to_owned(), MainLink::Information),
    };
    PhaseLead { phase: phase.wire(), text, way }
}

/// The next event and the past ones, as news.
pub(super) fn news(plan: &Plan, now: Time, t: &'static Texts) -> Vec<News> {
    let sitting = plan.name_in(t.lang().code());
    let item = |(at, event): (Time, Event)| {
        let (key, href) = match event {
            Event::Opens => ("portal-news-opens", "/process"),
            Event::Closes => ("portal-news-closes", "/schedule"),
            Event::Prints => ("portal-news-prints", "/tips"),
            Event::Exam(Mode::Written) => ("portal-news-written", "/schedule"),
            Event::Exam(Mode::Oral) => ("portal-news-oral", "/schedule"),
        };
        let text = t.f(key, &[("sitting", sitting)]);
        News { link: Link { href: href.to_owned(), text }, date: at.page_date() }
    };
    Dates::of(plan).news(now).into_iter().take(NEWS).map(item).collect()
}
