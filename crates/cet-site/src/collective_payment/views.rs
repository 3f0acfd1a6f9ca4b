//! Views of collective payments and of group entry; all texts are already formatted.

use askama::Template;

use crate::staff::Menu;
use crate::staff::list::{Asked, Pager, unlisted};
use crate::web::page::{Choice, Page};
use cet_domain::collective_payment::verbs::Ticks;

/// The requested filters, from a query string or a submitted form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// 院系.
    pub college: String,
    /// 班级.
    pub class: String,
    /// The subject's code.
    pub subject: String,
    /// Only these registrations; `None` for all.
    pub ticked: Option<Ticks>,
}

impl Wanted {
    /// The ticked registrations, as forms send them.
    fn keys(&self) -> Vec<String> {
        self.ticked.iter().flatten().map(|(school, id)| format!("{school}-{id}")).collect()
    }

    /// The filter of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        match name {
            "college" => &self.college,
            "class" => &self.class,
            _ => &self.subject,
        }
    }

    /// The value of a filter that is none of its choices.
    fn unlisted(&self, name: &str, choices: &[Choice]) -> Option<&str> {
        unlisted(self.get(name), choices)
    }
}

/// A collective payment in a list, and at the top of its own page.
#[derive(Clone, Debug)]
pub struct PaymentRow {
    /// Link to its page.
    pub href: String,
    /// Its number.
    pub id: String,
    /// Its state, in words.
    pub state: &'static str,
    /// The CSS class next to `tag`.
    pub class: &'static str,
    /// The state for scripts (`data-…` value).
    pub mark: &'static str,
    /// Number of entries.
    pub entries: i64,
    /// Their sum.
    pub amount: String,
    /// The account that created it.
    pub made_by: String,
    /// When it was created.
    pub made_at: String,
    /// When it unlocks automatically.
    pub locks_until: String,
    /// Who settled it and when; empty while it is open.
    pub settled: String,
    /// The school's note.
    pub note: String,
}

/// An entry with its candidate.
#[derive(Clone)]
pub struct LineRow {
    /// 姓名.
    pub name: String,
    /// 学号.
    pub student_number: String,
    /// 院系 and 班级.
    pub class: String,
    /// The subject with its code.
    pub subject: String,
    /// The fee.
    pub amount: String,
    /// Why it is excluded; empty if it is included.
    pub why: &'static str,
}

/// `/staff/collective-payments`.
#[derive(Template)]
#[template(path = "collective_payment/list.html")]
pub struct ListView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The states to choose from.
    pub states: Vec<Choice>,
    /// The links under the list.
    pub pager: Pager,
    /// The rows.
    pub rows: Vec<PaymentRow>,
}

/// The result of a filter.
pub struct Found {
    /// Number of entries that would be locked.
    pub entries: usize,
    /// Their sum, formatted.
    pub amount: String,
    /// Their sum in fen.
    pub amount_fen: i64,
    /// Locked until when.
    pub locks_until: String,
    /// The entries.
    pub taken: Vec<LineRow>,
    /// Entries that are excluded, each with its reason.
    pub left: Vec<LineRow>,
}

/// `/staff/collective-payments/new`.
#[derive(Template)]
#[template(path = "collective_payment/new.html")]
pub struct NewView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Wanted,
    /// The colleges that there are.
    pub colleges: Vec<Choice>,
    /// The classes of the chosen college.
    pub classes: Vec<Choice>,
    /// The subjects to choose from.
    pub subjects: Vec<Choice>,
    /// The result, once filters were submitted.
    pub found: Option<Found>,
    /// That some of the ticked people have no registration; may be empty.
    pub unregistered: String,
}

/// `/staff/collective-payments/{id}`.
#[derive(Template)]
#[template(path = "collective_payment/record.html")]
pub struct RecordView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The payment's own row.
    pub row: PaymentRow,
    /// Whether it can be settled.
    pub open: bool,
    /// The entries.
    pub lines: Vec<LineRow>,
    /// Links to its files.
    pub pager: Pager,
}

/// The confirmation page before a collective payment is confirmed or released.
#[derive(Template)]
#[template(path = "collective_payment/settle.html")]
pub struct SettleView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The payment's own row.
    pub row: PaymentRow,
    /// True to confirm it as paid, false to release it.
    pub paying: bool,
}

/// A candidate who can be selected.
#[derive(Clone)]
pub struct PersonRow {
    /// The field that chooses it: `registration`, or `student` of the roster.
    pub field: &'static str,
    /// The registration, or the row of the roster.
    pub id: String,
    /// 姓名.
    pub name: String,
    /// 学号.
    pub student_number: String,
    /// 院系 and 班级.
    pub class: String,
    /// Why the candidate was not entered; empty if entered.
    pub why: String,
    /// Whether the form ticks it beforehand.
    pub is_ticked: bool,
}

impl PersonRow {
    /// Whether the school registers the student with this.
    fn is_new(&self) -> bool {
        self.field == "student"
    }
}

/// `/staff/group-entry`.
#[derive(Template)]
#[template(path = "collective_payment/group.html")]
pub struct GroupView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Wanted,
    /// The colleges that there are.
    pub colleges: Vec<Choice>,
    /// The classes of the chosen college.
    pub classes: Vec<Choice>,
    /// The subjects to choose from.
    pub subjects: Vec<Choice>,
    /// The chosen subject's name, once one is chosen.
    pub subject: Option<String>,
    /// Candidates without an entry for it.
    pub people: Vec<PersonRow>,
    /// Whether some of them have no registration yet.
    pub has_new: bool,
    /// Whether there are more than fit the form.
    pub more: bool,
    /// Makes a repeated submission idempotent.
    pub command: String,
}

/// The result of group entry.
#[derive(Template)]
#[template(path = "collective_payment/group_done.html")]
pub struct GroupDoneView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The subject's name.
    pub subject: String,
    /// Who was entered.
    pub done: Vec<PersonRow>,
    /// Who was not, and why.
    pub refused: Vec<PersonRow>,
    /// Link back to the form.
    pub back: String,
}
