//! What the pages of collective payments and of collective entering show; every text is finished when it comes here.

use askama::Template;

use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::web::page::{Choice, Page};

/// Filters that were asked for, whether by a query or by a form that came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// 院系.
    pub college: String,
    /// 班级.
    pub class: String,
    /// The subject's code.
    pub subject: String,
}

impl Wanted {
    /// The filter of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        match name {
            "college" => &self.college,
            "class" => &self.class,
            _ => &self.subject,
        }
    }
}

/// A collective payment in a list, and at the head of its own page.
#[derive(Clone, Debug)]
pub struct PaymentRow {
    /// Its page.
    pub href: String,
    /// Its number.
    pub id: String,
    /// How it stands, in words.
    pub state: &'static str,
    /// The class beside `tag`.
    pub class: &'static str,
    /// The name of the state for machines.
    pub mark: &'static str,
    /// How many entries.
    pub entries: i64,
    /// Their sum.
    pub amount: String,
    /// The account that made it.
    pub made_by: String,
    /// When.
    pub made_at: String,
    /// When it unlocks itself.
    pub locks_until: String,
    /// Who settled it and when; empty while it is open.
    pub settled: String,
    /// What the school noted.
    pub note: String,
}

/// An entry with whose it is.
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
    /// Why it is left out; empty otherwise.
    pub why: &'static str,
}

/// `/staff/collective-payments`.
#[derive(Template)]
#[template(path = "collective_payment/list.html")]
pub struct ListView {
    /// The frame.
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

/// What a filter found.
pub struct Found {
    /// How many entries are locked.
    pub entries: usize,
    /// Their sum in words.
    pub amount: String,
    /// Their sum in fen.
    pub amount_fen: i64,
    /// Until when.
    pub locks_until: String,
    /// The entries.
    pub taken: Vec<LineRow>,
    /// What is left out, each with its reason.
    pub left: Vec<LineRow>,
}

/// `/staff/collective-payments/new`.
#[derive(Template)]
#[template(path = "collective_payment/new.html")]
pub struct NewView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Wanted,
    /// The subjects to choose from.
    pub subjects: Vec<Choice>,
    /// What they found, once they were asked for.
    pub found: Option<Found>,
}

/// `/staff/collective-payments/{id}`.
#[derive(Template)]
#[template(path = "collective_payment/record.html")]
pub struct RecordView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The head.
    pub row: PaymentRow,
    /// Whether it can be settled.
    pub open: bool,
    /// The entries.
    pub lines: Vec<LineRow>,
    /// The links of its files.
    pub pager: Pager,
}

/// The second page before a collective payment is confirmed or released.
#[derive(Template)]
#[template(path = "collective_payment/settle.html")]
pub struct SettleView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The head.
    pub row: PaymentRow,
    /// Confirmed as paid; else released.
    pub paying: bool,
}

/// A candidate who can be ticked.
#[derive(Clone)]
pub struct PersonRow {
    /// The registration.
    pub registration: String,
    /// 姓名.
    pub name: String,
    /// 学号.
    pub student_number: String,
    /// 院系 and 班级.
    pub class: String,
    /// What came of it: empty when the candidate was entered.
    pub why: String,
}

/// `/staff/group-entry`.
#[derive(Template)]
#[template(path = "collective_payment/group.html")]
pub struct GroupView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Wanted,
    /// The subjects to choose from.
    pub subjects: Vec<Choice>,
    /// The chosen subject in words, once one is chosen.
    pub subject: Option<String>,
    /// Who has no entry of it.
    pub people: Vec<PersonRow>,
    /// Whether there are more than the form holds.
    pub more: bool,
    /// Makes a second press harmless.
    pub command: String,
}

/// What came of it.
#[derive(Template)]
#[template(path = "collective_payment/group_done.html")]
pub struct GroupDoneView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The subject in words.
    pub subject: String,
    /// Who was entered.
    pub done: Vec<PersonRow>,
    /// Who was not, and why.
    pub refused: Vec<PersonRow>,
    /// Back to the form.
    pub back: String,
}
