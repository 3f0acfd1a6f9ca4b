//! Views of the export pages.

use askama::Template;

use crate::staff::list::{Asked, Pager};
use crate::staff::menu::Menu;
use crate::web::page::{Choice, Page};

/// A requested file, in a list.
pub struct ExportRow {
    /// Link to its page.
    pub href: String,
    /// Which list.
    pub list: &'static str,
    /// CSV or XLSX.
    pub form: String,
    /// Number of rows.
    pub rows: i64,
    /// Whether document numbers are shown in full, in words.
    pub whole: &'static str,
    /// The state in words.
    pub state: &'static str,
    /// The CSS class of the state's tag.
    pub class: &'static str,
    /// The requester's scope.
    pub scope: String,
    /// Who requested it.
    pub requester: String,
    /// When it was requested.
    pub asked_at: String,
    /// Who decided.
    pub approver: String,
    /// When it was decided.
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
    /// The list's code in the form.
    pub what: &'static str,
    /// The filters in the form.
    pub query: String,
    /// The filters, formatted.
    pub filters: String,
    /// The number of rows, formatted.
    pub rows: String,
    /// Whether a second person must approve.
    pub second: bool,
    /// Whether full document numbers can be requested.
    pub may_whole: bool,
    /// Link to the list's page.
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
    /// The filters, formatted.
    pub filters: String,
    /// The reason.
    pub reason: String,
    /// When it expires.
    pub expires_at: String,
    /// Whether this member may download the file.
    pub may_take: bool,
    /// Whether this member may decide.
    pub may_decide: bool,
    /// Whether this member is waiting for someone's decision.
    pub waits: bool,
}
