//! Views of the pages of disputes.

use askama::Template;

use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::web::page::{Choice, Page};
use cet_base::words::time::Time;
use cet_domain::dispute::{Decision, Dispute, DisputeState};

/// The state in words, and the class of its tag.
#[must_use]
pub fn state_words(page: &Page, state: DisputeState) -> (&'static str, &'static str) {
    match state {
        DisputeState::Open => (page.m("dispute-state-open"), "warn"),
        DisputeState::Decided => (page.m("dispute-state-decided"), "warn"),
        DisputeState::Approved => (page.m("dispute-state-approved"), "ok"),
        DisputeState::Refused => (page.m("dispute-state-refused"), ""),
        DisputeState::Lapsed => (page.m("dispute-state-lapsed"), ""),
    }
}

/// A decision in words.
#[must_use]
pub fn decision_words(page: &Page, decision: Decision) -> &'static str {
    match decision {
        Decision::Move => page.m("dispute-decision-move"),
        Decision::Release => page.m("dispute-decision-release"),
        Decision::Refuse => page.m("dispute-decision-refuse"),
    }
}

/// A dispute as its claimant sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnDispute {
    /// The name of the state for marks in pages.
    pub wire: &'static str,
    /// The state in words; a decision that nobody has approved is not told.
    pub state: &'static str,
    /// The class of the state's tag.
    pub class: &'static str,
    /// What to do now.
    pub next: &'static str,
    /// When it was opened.
    pub opened_at: String,
    /// When it ended; empty before.
    pub ended_at: String,
}

impl OwnDispute {
    /// The rows of a dispute.
    #[must_use]
    pub fn new(page: &Page, of: &Dispute) -> Self {
        let shown = if of.state.waits() { DisputeState::Open } else { of.state };
        let (state, class) = state_words(page, shown);
        let next = match (shown, of.decision) {
            (DisputeState::Open | DisputeState::Decided, _) => page.m("dispute-own-open"),
            (DisputeState::Approved, Some(Decision::Move)) => page.m("dispute-own-approved-move"),
            (DisputeState::Approved, _) => page.m("dispute-own-approved-release"),
            (DisputeState::Refused, _) => page.m("dispute-own-refused"),
            (DisputeState::Lapsed, _) => page.m("dispute-own-lapsed"),
        };
        Self {
            wire: shown.wire(),
            state,
            class,
            next,
            opened_at: of.opened_at.page(),
            ended_at: of.ended_at.map(Time::page).unwrap_or_default(),
        }
    }
}

/// `/dispute` (R24).
#[derive(Template)]
#[template(path = "dispute/dispute.html")]
pub struct DisputeView {
    /// The page frame.
    pub page: Page,
    /// 姓名 of the record.
    pub name: String,
    /// The passport's disputes about this student, the newest first.
    pub disputes: Vec<OwnDispute>,
    /// Whether another one can be opened now.
    pub asks: bool,
}

/// One row of `/staff/disputes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeLine {
    /// Link to its page.
    pub href: String,
    /// 姓名.
    pub name: String,
    /// 学号.
    pub student_number: String,
    /// The campus.
    pub campus: String,
    /// When it was opened.
    pub opened_at: String,
    /// For how long it has waited, or that it is over.
    pub age: String,
    /// The name of the state for marks in pages.
    pub wire: &'static str,
    /// The state in words.
    pub state: &'static str,
    /// The class of the state's tag.
    pub class: &'static str,
    /// What was decided, in words; empty before.
    pub decision: &'static str,
    /// Who decided; empty before.
    pub decided_by: String,
    /// Who approved; empty before.
    pub approved_by: String,
}

impl DisputeLine {
    /// The row of a dispute at a time.
    #[must_use]
    pub fn new(page: &Page, of: &Dispute, now: Time) -> Self {
        let (state, class) = state_words(page, of.state);
        Self {
            href: format!("/staff/disputes/{}", of.id),
            name: of.name.clone(),
            student_number: of.student_number.clone(),
            campus: of.campus.to_string(),
            opened_at: of.opened_at.page(),
            age: if of.state.waits() {
                waited(page, of.opened_at, now)
            } else {
                page.m("dispute-ended").to_owned()
            },
            wire: of.state.wire(),
            state,
            class,
            decision: of.decision.map_or("", |decision| decision_words(page, decision)),
            decided_by: of.decided_by.clone().unwrap_or_default(),
            approved_by: of.approved_by.clone().unwrap_or_default(),
        }
    }
}

/// For how long something has waited: in days from two days on, else in hours.
fn waited(page: &Page, since: Time, now: Time) -> String {
    let hours = now.since(since).as_hours().max(0);
    match hours {
        0 => page.m("dispute-waits-less").to_owned(),
        1..=47 => page.f("dispute-waits-hours", &[("n", &hours.to_string())]),
        more => page.f("dispute-waits-days", &[("n", &(more / 24).to_string())]),
    }
}

/// `/staff/disputes`.
#[derive(Template)]
#[template(path = "dispute/staff_list.html")]
pub struct DisputesView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The states to filter by.
    pub states: Vec<Choice>,
    /// The links under the list.
    pub pager: Pager,
    /// The rows.
    pub rows: Vec<DisputeLine>,
}

/// A live entry of the disputed registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// The subject's name.
    pub subject: String,
    /// The campus.
    pub campus: String,
    /// How it is paid.
    pub payment: String,
}

/// One account of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Its masked address with whether it is verified; or that it was closed.
    pub email: String,
}

/// What another one says of the same student. It has no Debug: it is personal data.
pub struct Rival {
    /// Link to its page.
    pub href: String,
    /// The name of the state for marks in pages.
    pub wire: &'static str,
    /// The state in words.
    pub state: &'static str,
    /// The claimant's masked address with whether it is verified; or that it was closed.
    pub email: String,
    /// The student number that was typed.
    pub number: String,
    /// Whether it is the record's, in words.
    pub number_fits: &'static str,
    /// The telephone that was typed.
    pub phone: String,
    /// The note.
    pub note: String,
    /// When it was opened.
    pub opened_at: String,
}

/// What one decision would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choosable {
    /// Its name in the form.
    pub wire: &'static str,
    /// It in words.
    pub words: &'static str,
    /// Its effects, or why it can't be carried out now.
    pub effects: Vec<String>,
    /// Whether it can be carried out now.
    pub can: bool,
}

/// What a school's page of one dispute shows besides the row. It has no Debug: it is personal data.
pub struct DisputeShown {
    /// The claimant's account.
    pub claimant: Side,
    /// The holder's account.
    pub holder: Side,
    /// The student number that the claimant typed.
    pub number: String,
    /// Whether it is the record's, in words.
    pub number_fits: &'static str,
    /// The telephone that the claimant typed.
    pub phone: String,
    /// The claimant's note.
    pub note: String,
    /// The others who say that the student is theirs.
    pub rivals: Vec<Rival>,
    /// When the holder bound the student; empty if the holder has the student no more.
    pub bound_at: String,
    /// The live entries.
    pub entries: Vec<EntryRow>,
    /// Whether an order of the holder is open.
    pub order_open: bool,
    /// How many accounts let the student go.
    pub let_go: String,
    /// What went wrong lately, in words.
    pub misses: String,
    /// Link to the registration; `None` if the holder has it no more.
    pub registration: Option<String>,
    /// What the school saw; empty before.
    pub evidence: String,
    /// What both sides are told; may be empty.
    pub answer: String,
    /// When it was decided; empty before.
    pub decided_at: String,
    /// Until when it can be approved; empty before.
    pub lapses_at: String,
    /// When it ended; empty before.
    pub ended_at: String,
    /// What each decision would do.
    pub choices: Vec<Choosable>,
    /// What the decision that was made would do; `None` before.
    pub decided: Option<Choosable>,
    /// Whether it can still be decided.
    pub may_decide: bool,
    /// Whether this member may approve.
    pub may_approve: bool,
}

/// `/staff/disputes/{id}`.
#[derive(Template)]
#[template(path = "dispute/staff_one.html")]
pub struct OneView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The dispute.
    pub row: DisputeLine,
    /// The details.
    pub shown: DisputeShown,
}
