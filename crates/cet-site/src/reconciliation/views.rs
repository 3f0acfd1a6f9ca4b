//! Views of reconciliation; all texts are already formatted.

use askama::Template;

use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::web::page::{Choice, Page, Refused};
use cet_domain::reconciliation::{Class, store};

/// A gateway in words.
#[must_use]
pub(super) fn gateway_words(page: &Page, gateway: &str) -> &'static str {
    gateway::GatewayCode::parse(gateway).map_or("", |gateway| page.m(gateway.profile().name))
}

/// A class in words.
#[must_use]
pub(crate) fn class_words(page: &Page, class: Class) -> &'static str {
    match class {
        Class::OursOnly => page.m("reconciliation-class-ours-only"),
        Class::TheirsOnly => page.m("reconciliation-class-theirs-only"),
        Class::Sum => page.m("reconciliation-class-sum"),
        Class::Twice => page.m("reconciliation-class-twice"),
        Class::UnknownOrder => page.m("reconciliation-class-unknown-order"),
        Class::RefundMissing => page.m("reconciliation-class-refund-missing"),
        Class::RefundExtra => page.m("reconciliation-class-refund-extra"),
        Class::Entries => page.m("reconciliation-class-entries"),
    }
}

/// The state of a difference in words, with the class of its tag.
#[must_use]
pub(crate) fn state_words(page: &Page, of: &store::Difference) -> (&'static str, &'static str) {
    match (of.state.as_str(), of.resolved_as.as_str()) {
        ("next-day", _) => (page.m("reconciliation-next-day"), "warn"),
        ("follow", _) => (page.m("reconciliation-follow"), "warn"),
        ("resolved", "booked") => (page.m("reconciliation-booked"), "ok"),
        ("resolved", _) => (page.m("reconciliation-explained"), "ok"),
        _ => (page.m("reconciliation-open"), "bad"),
    }
}

/// A day of one gateway in the list.
#[derive(Clone, Debug)]
pub(super) struct DayLine {
    /// Link to its page.
    pub href: String,
    /// Day and gateway.
    pub name: String,
    /// The state in words.
    pub state: &'static str,
    /// The class of its tag.
    pub class: &'static str,
    /// The state for scripts.
    pub mark: &'static str,
    /// Differences that are not resolved.
    pub open: String,
    /// Our sum.
    pub ours: String,
    /// How many receipts and refunds.
    pub our_count: String,
    /// The bill's sum.
    pub theirs: String,
    /// How many rows.
    pub their_count: String,
    /// Who signed and when.
    pub signed: String,
}

/// `/staff/reconciliation`.
#[derive(Template)]
#[template(path = "reconciliation/list.html")]
pub(super) struct ListView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The links under the list.
    pub pager: Pager,
    /// States, as tabs.
    pub states: Vec<Choice>,
    /// The gateways to choose from.
    pub gateways: Vec<Choice>,
    /// Figures: title, number, small print.
    pub figures: Vec<(&'static str, String, String)>,
    /// The rows.
    pub rows: Vec<DayLine>,
}

/// A difference.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its id.
    pub id: i64,
    /// The field of its note.
    pub note_field: String,
    /// The order's number.
    pub number: String,
    /// Link to the order; empty if it is not ours.
    pub order: String,
    /// The state in words.
    pub state: &'static str,
    /// The class of its tag.
    pub tag: &'static str,
    /// The kind in words.
    pub class: &'static str,
    /// The kind for scripts.
    pub mark: String,
    /// Our sum.
    pub ours: String,
    /// The bill's.
    pub theirs: String,
    /// When it was done.
    pub done_at: String,
    /// Trade or refund.
    pub reference: String,
    /// The last note, with who looks after it.
    pub note: String,
    /// Whether something can be decided.
    pub is_open: bool,
    /// Whether the gateway can be asked.
    pub can_be_booked: bool,
}

/// A link of the tabs.
#[derive(Clone, Debug)]
pub(super) struct Tab {
    /// The link.
    pub href: String,
    /// The text with its count.
    pub text: String,
    /// Whether it is shown.
    pub is_current: bool,
}

/// `/staff/reconciliation/{gateway}/{day}`.
#[derive(Template)]
#[template(path = "reconciliation/day.html")]
pub(super) struct DayView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The path of the page.
    pub path: String,
    /// What stands with the bill, in a sentence.
    pub about: String,
    /// The state for scripts.
    pub mark: String,
    /// Why the newest bill is bad: a state of the day, and no refusal of who looks at it.
    pub bad: Option<Refused>,
    /// Figures: title, number, small print.
    pub figures: Vec<(&'static str, String, String)>,
    /// Whether one side has money on this day that the other has on another one.
    pub is_across: bool,
    /// The kinds.
    pub tabs: Vec<Tab>,
    /// The differences.
    pub rows: Vec<Line>,
    /// The links under the list.
    pub pager: Pager,
    /// Link to the bill; empty: none was compared.
    pub file: String,
    /// Who handled differences.
    pub handlers: String,
    /// Who signed; empty: nobody.
    pub signed: String,
    /// Why it can't be signed now; empty: it can.
    pub not_yet: String,
    /// Whether a bill was compared.
    pub is_compared: bool,
}

impl DayView {
    /// Whether some difference can be decided.
    fn has_open(&self) -> bool {
        self.rows.iter().any(|row| row.is_open)
    }
}
