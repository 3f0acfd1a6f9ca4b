//! Views of transfers and of a new student.

use askama::Template;

use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::web::page::{Choice, Page};

/// A transfer in the list.
pub(super) struct TransferRow {
    pub(super) href: String,
    pub(super) name: String,
    /// Whether the two schools name the person differently.
    pub(super) other_name: bool,
    pub(super) document: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) opened_at: String,
    pub(super) state: &'static str,
    pub(super) class: &'static str,
    pub(super) waits_for: &'static str,
}

/// The list of transfers.
#[derive(Template)]
#[template(path = "roster/transfers.html")]
pub(super) struct TransfersView {
    pub(super) page: Page,
    pub(super) menu: Menu,
    pub(super) asked: Asked,
    pub(super) pager: Pager,
    pub(super) states: Vec<Choice>,
    pub(super) rows: Vec<TransferRow>,
}

/// A value of both records.
pub(super) struct Line {
    pub(super) words: &'static str,
    pub(super) from: String,
    pub(super) to: String,
    /// Whether both schools have it, and not the same.
    pub(super) differs: bool,
}

/// One transfer.
#[derive(Template)]
#[template(path = "roster/transfer.html")]
pub(super) struct TransferView {
    pub(super) page: Page,
    pub(super) menu: Menu,
    pub(super) row: TransferRow,
    pub(super) lines: Vec<Line>,
    /// Whether the holding school has a saved registration of the student.
    pub(super) saved: bool,
    pub(super) decided: String,
    pub(super) reason: String,
    pub(super) school_decides: bool,
    pub(super) province_decides: bool,
    /// From when the province decides; empty if nobody has to.
    pub(super) until: String,
}

/// A column of the form.
pub(super) struct Column {
    /// What the field is called.
    pub(super) name: &'static str,
    pub(super) field: String,
    pub(super) required: bool,
    pub(super) choices: Vec<Choice>,
    pub(super) value: String,
}

/// The form for a new student.
#[derive(Template)]
#[template(path = "roster/student_new.html")]
pub(super) struct StudentNewView {
    pub(super) page: Page,
    pub(super) menu: Menu,
    pub(super) columns: Vec<Column>,
}
