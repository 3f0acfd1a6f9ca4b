//! Formats stored rows.

use super::PATH;
use crate::collective_payment::views::{LineRow, PaymentRow, PersonRow};
use crate::web::page::{Choice, Page};
use cet_base::words::codes::SubjectCode;
use cet_base::words::fen::{Fen, FenSum};
use cet_domain::collective_payment::rules::LeftOut;
use cet_domain::collective_payment::{CollectivePayment, State};
use cet_domain::entry::staff_queries::Person;
use cet_domain::roster::StudentRecord;
use cet_domain::sitting::Plan;

pub(super) const STATES: [State; 3] = [State::Open, State::Paid, State::Released];

pub(super) fn state(page: &Page, state: State) -> &'static str {
    match state {
        State::Open => page.m("collective-state-open"),
        State::Paid => page.m("collective-state-paid"),
        State::Released => page.m("collective-state-released"),
    }
}

/// Who settled it.
pub(super) fn settler<'a>(page: &Page, of: &'a CollectivePayment) -> &'a str {
    if of.settled_by.is_empty() { page.m("collective-by-time") } else { &of.settled_by }
}

pub(super) fn payment(page: &Page, of: &CollectivePayment) -> PaymentRow {
    let settled = of.settled_at.map(|at| format!("{} {}", at.page(), settler(page, of))).unwrap_or_default();
    PaymentRow {
        href: format!("{PATH}/{}", of.id),
        id: of.id.to_string(),
        state: state(page, of.state),
        class: match of.state {
            State::Open => " info",
            State::Paid => " ok",
            State::Released => "",
        },
        mark: of.state.wire(),
        entries: of.entries,
        amount: yuan(of.amount),
        made_by: of.made_by.clone(),
        made_at: of.made_at.page(),
        locks_until: of.locks_until.page(),
        settled,
        note: of.note.clone(),
    }
}

pub(super) fn yuan(amount: FenSum) -> String {
    format!("¥{amount}")
}

/// `(1) 英语四级笔试`.
pub(super) fn subject(page: &Page, plan: Option<&Plan>, code: SubjectCode) -> String {
    let found = plan.and_then(|plan| plan.subject(code));
    format!("({code}) {}", found.map_or("", |subject| subject.name_in(page.lang().code())))
}

pub(super) fn subjects(page: &Page, plan: &Plan) -> Vec<Choice> {
    let choice =
        |code: SubjectCode| Choice { value: code.to_string(), text: subject(page, Some(plan), code) };
    plan.subjects().iter().map(|subject| choice(subject.code)).collect()
}

fn class(person: &Person) -> String {
    format!("{} {}", person.college, person.class).trim().to_owned()
}

pub(super) fn line(person: &Person, subject: String, amount: Fen, why: &'static str) -> LineRow {
    LineRow {
        name: person.name.clone(),
        student_number: person.student_number.clone(),
        class: class(person),
        subject,
        amount: amount.to_string(),
        why,
    }
}

pub(super) fn why(page: &Page, why: LeftOut) -> &'static str {
    match why {
        LeftOut::OrderOpen => page.m("collective-left-order"),
        LeftOut::Locked => page.m("collective-left-locked"),
        LeftOut::OralNeedsWritten => page.m("collective-left-oral"),
    }
}

pub(super) fn person(person: &Person, why: String) -> PersonRow {
    PersonRow {
        field: "registration",
        id: person.registration.to_string(),
        name: person.name.clone(),
        student_number: person.student_number.clone(),
        class: class(person),
        why,
        is_ticked: true,
    }
}

/// A student of the roster without a registration.
pub(super) fn student(of: &StudentRecord, why: String, is_ticked: bool) -> PersonRow {
    PersonRow {
        field: "student",
        id: of.id.to_string(),
        name: of.name.clone(),
        student_number: of.student_number.clone(),
        class: format!("{} {}", of.college, of.class).trim().to_owned(),
        why,
        is_ticked,
    }
}
