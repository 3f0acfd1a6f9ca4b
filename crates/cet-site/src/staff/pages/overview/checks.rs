//! Readiness of the member's own place, and where the sitting stands.

use super::span;
use crate::change::pages::check_page;
use crate::change::tree;
use crate::staff::StaffMember;
use crate::staff::views::{CheckLine, Checks, PhaseStep};
use crate::web::answer::PageError;
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::words::time::Time;
use cet_domain::change::readiness::{self, Check, State, What};
use cet_domain::sitting::Plan;
use cet_domain::sitting::window::Scope as Place;

/// The checks of the member's own place: what is to be done first.
pub(super) async fn of(who: &StaffMember, page: &Page, plan: &Plan) -> Result<Checks, PageError> {
    let place = tree::own(who);
    let (read, code) = (plan.clone(), place.to_string());
    let facts: Result<_, DbError> =
        who.app.db.read_long(async move |tx: &mut Tx<'_>| readiness::facts(tx, &read, &code).await).await;
    let mut all = readiness::checks(plan, place, &facts?);
    all.sort_by_key(|check| std::cmp::Reverse(check.state));
    let (done, open): (Vec<Check>, Vec<Check>) =
        all.into_iter().partition(|check| check.state == State::Done);
    let todo = open.iter().filter(|check| check.state != State::Look).count();
    let line = |check: &Check| line(who, page, plan, check);
    Ok(Checks {
        title: match todo {
            0 => page.m("staff-checks-none").to_owned(),
            n => page.f("staff-checks-open", &[("n", &n.to_string())]),
        },
        folded: page.f("staff-checks-done", &[("n", &done.len().to_string())]),
        open: open.iter().map(line).collect(),
        done: done.iter().map(line).collect(),
        board: format!("/staff/sittings/{}?place={}", plan.code, tree::name(place)),
    })
}

fn line(who: &StaffMember, page: &Page, plan: &Plan, check: &Check) -> CheckLine {
    let n = check.number.unwrap_or(0).to_string();
    let some = check.state == State::Done;
    let (name, text) = match check.what {
        What::Subjects => ("setting-check-subjects", page.f("staff-check-subjects", &[("n", &n)])),
        What::Fees => ("setting-check-fees", page.f("staff-check-fees", &[("n", &n)])),
        What::Windows => ("setting-check-windows", page.f("staff-check-windows", &[("n", &n)])),
        What::Dates => ("setting-check-dates", page.m("staff-check-dates").to_owned()),
        What::Pools => ("setting-check-pools", page.f("staff-check-pools", &[("n", &n)])),
        What::Agreement => (
            "setting-check-agreement",
            page.m(if some { "staff-check-written" } else { "staff-check-unwritten" }).to_owned(),
        ),
        What::Guidance => ("setting-check-guidance", page.f("staff-check-guidance", &[("n", &n)])),
        What::Oral => (
            "setting-check-oral",
            page.m(if some { "staff-check-oral" } else { "staff-check-oral-unset" }).to_owned(),
        ),
        What::Rosters => (
            "setting-check-rosters",
            page.m(if some { "staff-check-rosters" } else { "staff-check-no-rosters" }).to_owned(),
        ),
    };
    let words = match check.state {
        State::Done => "staff-check-state-done",
        State::Look => "staff-check-state-look",
        State::Todo => "staff-check-state-todo",
        State::Blocking => "staff-check-state-blocking",
    };
    CheckLine {
        check: check.what.wire(),
        state: check.state.wire(),
        class: if check.state == State::Look { "info" } else { check.state.class() },
        words: page.m(words),
        name: page.m(name),
        text,
        href: check_page(who, plan, check.what),
    }
}

/// Registration at a place, printing and exams with their dates: over, now, or to come.
pub(super) fn phases(page: &Page, plan: &Plan, place: Place, now: Time) -> Vec<PhaseStep> {
    let subjects = plan.subjects();
    let prints = subjects.iter().filter_map(|subject| subject.printing_from).min();
    let exams = subjects.iter().filter_map(|subject| subject.exam_from);
    let ends = subjects.iter().filter_map(|subject| subject.exam_to.or(subject.exam_from)).max();
    let exams = exams.min().zip(ends);
    let all = [
        ("staff-phase-registration", plan.registration_span_of(place)),
        ("staff-phase-printing", prints.zip(ends)),
        ("staff-phase-exams", exams),
    ];
    let step = |(name, dates): (&'static str, Option<(Time, Time)>)| {
        let (from, to) = dates?;
        let class = if to < now { "done" } else { "" };
        Some(PhaseStep { name: page.m(name), dates: span(from, to), class, now: from <= now && now <= to })
    };
    all.into_iter().filter_map(step).collect()
}
