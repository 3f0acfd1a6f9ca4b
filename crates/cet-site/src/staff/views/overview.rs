//! Views of the board at `/staff`.

use askama::Template;

use super::{Chart, DayRow, Figure, MoneyRow, PlaceRow, Task};
use crate::change::views::ChangeRow;
use crate::staff::list::Pager;
use crate::staff::menu::Menu;
use crate::web::page::Page;

/// One check of readiness.
pub struct CheckLine {
    /// The value of `data-check`.
    pub check: &'static str,
    /// The value of `data-state`.
    pub state: &'static str,
    /// The colour of the state.
    pub class: &'static str,
    /// The state in words.
    pub words: &'static str,
    /// What it is about.
    pub name: &'static str,
    /// One sentence with its number.
    pub text: String,
    /// Link to where it is dealt with; may be empty.
    pub href: String,
}

/// The readiness of a place.
pub struct Checks {
    /// The heading: how much is to be done.
    pub title: String,
    /// What is not done, the most urgent first.
    pub open: Vec<CheckLine>,
    /// The heading of what is done.
    pub folded: String,
    /// What is done.
    pub done: Vec<CheckLine>,
    /// Link to the sitting's board.
    pub board: String,
}

/// A phase of the sitting.
pub struct PhaseStep {
    /// Its name.
    pub name: &'static str,
    /// From when to when.
    pub dates: String,
    /// `done` when it is over.
    pub class: &'static str,
    /// Whether it is now.
    pub now: bool,
}

/// A subject with its seats.
pub struct SubjectBar {
    /// The subject.
    pub subject: String,
    /// Paid entries.
    pub paid: i64,
    /// Unpaid entries.
    pub unpaid: i64,
    /// Taken seats.
    pub taken: i64,
    /// All seats.
    pub capacity: i64,
    /// The width of the bar of taken seats.
    pub width: String,
    /// The share of taken seats.
    pub share: String,
}

/// How registration goes at a place.
pub struct Board {
    /// By subject.
    pub subjects: Vec<SubjectBar>,
    /// The last days.
    pub chart: Chart,
    /// Their numbers.
    pub days: Vec<DayRow>,
    /// Paid entries.
    pub paid: i64,
    /// Unpaid entries.
    pub unpaid: i64,
    /// The width of the bar of paid entries.
    pub paid_width: String,
    /// The width of the bar of unpaid entries.
    pub unpaid_width: String,
    /// The heading of the places below.
    pub level: &'static str,
    /// The places below with the most entries.
    pub places: Vec<PlaceRow>,
    /// Whether there are more.
    pub more: bool,
}

/// The money of the last days.
pub struct MoneyBoard {
    /// By day and gateway.
    pub rows: Vec<MoneyRow>,
    /// All of it, in one sentence.
    pub sum: String,
    /// The files that have all days.
    pub files: Pager,
}

/// A line of the log.
pub struct LogRow {
    /// Link to the lines like it.
    pub href: String,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// Did what.
    pub action: String,
    /// To what.
    pub object: String,
}

/// `/staff`.
#[derive(Template)]
#[template(path = "staff/overview.html")]
pub struct OverviewView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The sitting's name; empty if there is none.
    pub sitting: String,
    /// When the figures were counted; empty if there are none.
    pub read_at: String,
    /// Where the sitting stands.
    pub phases: Vec<PhaseStep>,
    /// The pending work.
    pub tasks: Vec<Task>,
    /// The figures at the top; empty for roles that they do not concern.
    pub figures: Vec<Figure>,
    /// The member's place, as in addresses.
    pub place: String,
    /// Readiness, for who prepares the sitting.
    pub checks: Option<Checks>,
    /// How registration goes, for who sees statistics.
    pub board: Option<Board>,
    /// The money, for finance.
    pub money: Option<MoneyBoard>,
    /// The last changes of settings.
    pub(crate) changes: Vec<ChangeRow>,
    /// Whether the role watches the log.
    pub watches: bool,
    /// What it watches: the last lines.
    pub log: Vec<LogRow>,
}
