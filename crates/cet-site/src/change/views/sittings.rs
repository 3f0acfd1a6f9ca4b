//! Views of the list of sittings.

use askama::Template;

use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::web::page::{Choice, Page};

/// One sitting in the list.
#[derive(Clone, Debug)]
pub(in crate::change) struct SittingRow {
    /// Link to its board.
    pub href: String,
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The state in words.
    pub state: String,
    /// The state, as `draft`.
    pub wire: &'static str,
    /// Whether it is the current one.
    pub current: bool,
    /// From the first opening to the last closing; may be empty.
    pub span: String,
}

/// `/staff/sittings`.
#[derive(Template)]
#[template(path = "change/sittings.html")]
pub(in crate::change) struct SittingsView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The sittings.
    pub rows: Vec<SittingRow>,
    /// The filters.
    pub asked: Asked,
    /// The links under the list.
    pub pager: Pager,
    /// The states to filter by.
    pub states: Vec<Choice>,
    /// The sittings that can be copied.
    pub from: Vec<Choice>,
    /// Whether the member may add one.
    pub may_add: bool,
}
