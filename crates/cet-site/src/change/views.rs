//! Views of setting forms, previews and changes.

mod portal;
mod sittings;
mod texts;

use askama::Template;

pub(super) use portal::{DraftView, NewsRow, NewsView, PortalPagesView, PortalRow, VersionsView};
pub(super) use sittings::{SittingRow, SittingsView};
pub(super) use texts::TextVersionsView;

use super::form::{Fields, Input};
use super::words::LineShown;
use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::web::page::{Choice, Page};

/// A form of settings.
#[derive(Template)]
#[template(path = "change/form.html")]
pub(super) struct FormView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The sitting's name.
    pub sitting: String,
    /// Whether the member may change it.
    pub may: bool,
    /// The fields.
    pub(super) fields: Fields,
    /// The list that the page belongs to.
    pub back: String,
}

/// What a change would do; nothing is written yet.
#[derive(Template)]
#[template(path = "change/preview.html")]
pub(super) struct PreviewView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The sitting's name.
    pub sitting: String,
    /// Before → after.
    pub lines: Vec<LineShown>,
    /// New texts as readers will see them, as HTML.
    pub shown: Vec<String>,
    /// Number and words of each effect.
    pub effects: Vec<(String, String)>,
    /// What needs a second person.
    pub second: Vec<String>,
    /// Whether a reason is required.
    pub needs_reason: bool,
    /// The fields of the form, repeated.
    pub hidden: Vec<(String, String)>,
    /// Where it goes back without the change.
    pub back: String,
}

/// One change in a list.
#[derive(Clone, Debug)]
pub(crate) struct ChangeRow {
    /// Link to its page.
    pub href: String,
    /// When it was asked or made.
    pub at: String,
    /// Who.
    pub account: String,
    /// The sitting.
    pub sitting: String,
    /// The place.
    pub place: String,
    /// Why.
    pub reason: String,
    /// The state in words.
    pub state: String,
    /// The state, as `asked`.
    pub wire: String,
    /// The colour of the state.
    pub class: &'static str,
}

/// `/staff/changes`.
#[derive(Template)]
#[template(path = "change/list.html")]
pub(super) struct ChangesView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The states to filter by.
    pub states: Vec<Choice>,
    /// The sittings to filter by.
    pub sittings: Vec<Choice>,
    /// The changes.
    pub rows: Vec<ChangeRow>,
    /// Links under the list.
    pub pager: Pager,
}

/// `/staff/changes/{id}`.
#[derive(Template)]
#[template(path = "change/one.html")]
pub(super) struct ChangeView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The change.
    pub row: ChangeRow,
    /// Before → after.
    pub lines: Vec<LineShown>,
    /// The new texts as readers will see them, of one that waits.
    pub shown: Vec<String>,
    /// What one that waits would do now: the number and what happens.
    pub effects: Option<Vec<(String, String)>>,
    /// Until when it waits; empty unless it does.
    pub expires_at: String,
    /// From when on it holds; empty: at once.
    pub from: String,
    /// Whether its time came and it could not take effect.
    pub overtaken: bool,
    /// Who decided; empty if nobody had to.
    pub approver: String,
    /// When it took effect or was refused.
    pub decided_at: String,
    /// Link to the change that it undoes.
    pub undoes: String,
    /// Link to the change that undid it.
    pub undone_by: String,
    /// Whether the member may approve.
    pub may_approve: bool,
    /// The words of the button that refuses it, or takes it back; empty if the member may not.
    pub refuse: &'static str,
    /// Whether the member may undo it.
    pub may_undo: bool,
}

/// One place in a list of settings.
#[derive(Clone, Debug)]
pub(super) struct PlaceRow {
    /// The code, for `data-place`.
    pub code: String,
    /// The place with its name.
    pub name: String,
    /// Link to the places below; empty if there are none.
    pub below: String,
    /// The values, one per column.
    pub cells: Vec<PlaceCell>,
}

/// One value of a place.
#[derive(Clone, Debug)]
pub(super) struct PlaceCell {
    /// The value; empty if there is none.
    pub value: String,
    /// Where it comes from.
    pub from: String,
    /// Whether it is the place's own.
    pub own: bool,
    /// Link to its form; empty if the member may not change it.
    pub href: String,
}

/// A list of settings by place.
#[derive(Template)]
#[template(path = "change/places.html")]
pub(super) struct PlacesView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The sitting's name.
    pub sitting: String,
    /// The headings of the values.
    pub columns: Vec<String>,
    /// The places.
    pub rows: Vec<PlaceRow>,
    /// Link to the place above; empty at the member's own.
    pub above: String,
    /// Links under the list.
    pub pager: Pager,
}

impl Input {
    /// The type attribute of the input.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Time => "datetime-local",
            _ => "text",
        }
    }
}

/// One subject of a sitting.
#[derive(Clone, Debug)]
pub(super) struct SubjectRow {
    /// Link to its form.
    pub href: String,
    /// Code and name.
    pub name: String,
    /// The mode in words.
    pub mode: String,
    /// 4 or 6.
    pub level: i64,
    /// When the exam begins; may be empty.
    pub exam_from: String,
    /// When it ends; may be empty.
    pub exam_to: String,
    /// When printing begins; may be empty.
    pub printing_from: String,
}

/// `/staff/sittings/{code}/subjects`.
#[derive(Template)]
#[template(path = "change/subjects.html")]
pub(super) struct SubjectsView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The sitting's name.
    pub sitting: String,
    /// The subjects.
    pub rows: Vec<SubjectRow>,
    /// The links to its files.
    pub pager: Pager,
    /// Link to the form of a new one; empty if the member may not add one.
    pub new: String,
    /// The sitting's board.
    pub back: String,
}

/// A form that sets the state of a sitting.
#[derive(Clone, Debug)]
pub(super) struct StateAct {
    /// The last part of its address.
    pub address: &'static str,
    /// What it does.
    pub title: &'static str,
    /// When it can be done.
    pub hint: &'static str,
}

/// `/staff/sittings/{code}/publication`.
#[derive(Template)]
#[template(path = "change/publication.html")]
pub(super) struct PublicationView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The sitting's name.
    pub sitting: String,
    /// The state in words.
    pub state: String,
    /// What is missing.
    pub missing: Vec<String>,
    /// Whether it is a draft.
    pub draft: bool,
    /// The other states that it can get.
    pub acts: Vec<StateAct>,
    /// The sitting's board.
    pub back: String,
}

/// One check of the readiness board.
#[derive(Clone, Debug)]
pub(super) struct CheckRow {
    /// The value of `data-check`.
    pub check: &'static str,
    /// The value of `data-state`.
    pub state: &'static str,
    /// The colour of the state.
    pub class: &'static str,
    /// What it is about.
    pub name: String,
    /// The state in words.
    pub words: String,
    /// The number; may be empty.
    pub number: String,
    /// Link to where it is dealt with; may be empty.
    pub href: String,
}

/// `/staff/sittings/{code}`.
#[derive(Template)]
#[template(path = "change/board.html")]
pub(super) struct BoardView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The place with its name.
    pub place: String,
    /// The place, for `data-place`.
    pub place_code: String,
    /// The state of the sitting in words.
    pub state: String,
    /// The state, as `draft`.
    pub wire: &'static str,
    /// The pages of its settings: link and title.
    pub pages: Vec<(String, String)>,
    /// The checks.
    pub checks: Vec<CheckRow>,
    /// The places below: code, name, link.
    pub below: Vec<(String, String, String)>,
    /// Link to the place above; may be empty.
    pub above: String,
    /// Link to the sitting's own settings; empty if the member may not change them.
    pub settings: String,
    /// Link to its publication; empty if the member may not publish.
    pub publication: String,
}

/// One pool of the table.
#[derive(Clone, Debug)]
pub(super) struct PoolRow {
    /// The campus's code.
    pub campus: String,
    /// The campus with its name.
    pub campus_name: String,
    /// The subject.
    pub subject: String,
    /// The name of its field.
    pub field: String,
    /// The name of the tick that removes it; empty if the subject is not offered there.
    pub remove: String,
    /// Seats; empty if the subject is not offered there.
    pub capacity: String,
    /// Taken seats.
    pub taken: String,
    /// Seats left.
    pub left: String,
    /// People on the waiting list (R16).
    pub waiting: String,
    /// The largest capacity that the places above allow; may be empty.
    pub limit: String,
}

/// `/staff/pools`.
#[derive(Template)]
#[template(path = "change/pools.html")]
pub(super) struct PoolsView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The sitting's code.
    pub sitting: String,
    /// The sitting's name.
    pub sitting_name: String,
    /// The places that the table can show.
    pub places: Vec<Choice>,
    /// The place that it shows.
    pub place: String,
    /// Link to the place above; may be empty.
    pub above: String,
    /// The pools.
    pub rows: Vec<PoolRow>,
    /// Seats, taken, left and people who wait, of the page.
    pub sums: [String; 4],
    /// Link to the next campuses; may be empty.
    pub next: String,
    /// Whether the member may change them.
    pub may: bool,
}
