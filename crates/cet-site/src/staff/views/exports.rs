//! What the pages of files show.

use askama::Template;

use crate::staff::list::{Asked, Pager};
use crate::staff::menu::Menu;
use crate::web::page::{Choice, Page};

/// A file that was asked for, in a list.
pub struct ExportRow {
    /// Its page.
    pub href: String,
    /// Which list.
    pub list: &'static str,
    /// CSV or XLSX.
    pub form: String,
    /// How many rows.
    pub rows: i64,
    /// Whether document numbers are whole, in words.
    pub whole: &'static str,
    /// The state in words.
    pub state: &'static str,
    /// The CSS class of the state's tag.
    pub class: &'static str,
    /// The scope of who asked.
    pub scope: String,
    /// Who asked.
    pub requester: String,
    /// When.
    pub asked_at: String,
    /// Who decided.
    pub approver: String,
    /// When.
    pub decided_at: String,
}

/// `/staff/exports`.
#[derive(Template)]
#[template(path = "staff/exports.html")]
pub struct ExportsView {
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
    /// The requests.
    pub rows: Vec<ExportRow>,
}

/// `/staff/exports/new`.
#[derive(Template)]
#[template(path = "staff/export_new.html")]
pub struct NewExportView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The list's name.
    pub list: &'static str,
    /// The list, as the form sends it.
    pub what: &'static str,
    /// The filters, as the form sends them.
    pub query: String,
    /// The filters in words.
    pub filters: String,
    /// How many rows, in words.
    pub rows: String,
    /// Whether a second person must approve.
    pub second: bool,
    /// Whether whole document numbers can be asked for.
    pub may_whole: bool,
    /// The list's page.
    pub back: String,
}

/// `/staff/exports/{id}`.
#[derive(Template)]
#[template(path = "staff/export.html")]
pub struct ExportView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The request.
    pub row: ExportRow,
    /// The filters in words.
    pub filters: String,
    /// Why.
    pub reason: String,
    /// Until when.
    pub expires_at: String,
    /// Whether this member may take the file.
    pub may_take: bool,
    /// Whether this member may decide.
    pub may_decide: bool,
    /// Whether this member waits for another one.
    pub waits: bool,
}
