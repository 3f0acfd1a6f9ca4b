//! Views of uploads.

use askama::Template;

use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::web::page::{Choice, Page};

/// A row of the list of uploads.
pub(super) struct ListRow {
    pub(super) id: String,
    pub(super) href: String,
    pub(super) at: String,
    pub(super) file_name: String,
    pub(super) state: &'static str,
    pub(super) state_words: &'static str,
    pub(super) class: &'static str,
    /// How far the work is; empty unless a job works on it.
    pub(super) share: String,
    pub(super) rows: String,
    pub(super) new: String,
    pub(super) changed: String,
    pub(super) errors: String,
    pub(super) who: String,
}

/// The list of uploads with the form.
#[derive(Template)]
#[template(path = "upload/list.html")]
pub(super) struct ListView {
    pub(super) page: Page,
    pub(super) menu: Menu,
    pub(super) pager: Pager,
    pub(super) asked: Asked,
    pub(super) states: Vec<Choice>,
    pub(super) path: &'static str,
    pub(super) about: &'static str,
    pub(super) hint: &'static str,
    pub(super) accept: &'static str,
    pub(super) sittings: Vec<Choice>,
    pub(super) sitting: String,
    pub(super) campuses: Vec<Choice>,
    /// Links to templates; empty if there is none.
    pub(super) template: String,
    pub(super) rows: Vec<ListRow>,
}

/// A step of an import.
pub(super) struct StepView {
    pub(super) words: &'static str,
    pub(super) done: bool,
    pub(super) current: bool,
}

/// A number of the check.
pub(super) struct Figure {
    pub(super) words: &'static str,
    pub(super) value: String,
    pub(super) note: String,
}

/// A finding of the check.
pub(super) struct FindingView {
    pub(super) place: String,
    pub(super) subject: String,
    pub(super) text: String,
}

/// A tab of rows.
pub(super) struct Tab {
    pub(super) href: String,
    pub(super) words: &'static str,
    pub(super) count: u64,
    pub(super) current: bool,
}

/// A row of an import.
pub(super) struct RowView {
    pub(super) line: String,
    pub(super) name: String,
    pub(super) student_number: String,
    pub(super) document: String,
    pub(super) campus: String,
    pub(super) differs: Vec<(&'static str, String, String)>,
    pub(super) registration: &'static str,
}

/// The rows of one tab.
pub(super) struct RowsView {
    pub(super) tabs: Vec<Tab>,
    pub(super) rows: Vec<RowView>,
    pub(super) next: String,
}

/// What can be done with an upload.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a button of the page, independent of the others")]
pub(super) struct Acts {
    /// The words of the button; empty: not possible.
    pub(super) publish: String,
    /// Only the good rows: how many stay out.
    pub(super) good_only: bool,
    pub(super) left_out: String,
    /// How many rows wait for another school; empty: none.
    pub(super) waiting: String,
    /// How many are gone, if they are asked about.
    pub(super) gone: String,
    pub(super) gone_saved: String,
    /// Why they are not asked about.
    pub(super) gone_unknown: String,
    pub(super) withdraw: bool,
    pub(super) discard: bool,
    pub(super) columns: bool,
    pub(super) has_errors: bool,
}

/// The page that asks before a published file is taken back.
#[derive(Template)]
#[template(path = "upload/withdrawal.html")]
pub(super) struct WithdrawalView {
    pub(super) page: Page,
    pub(super) menu: Menu,
    pub(super) href: String,
    pub(super) file_name: String,
    /// Whose file it is.
    pub(super) place: String,
    pub(super) sent: String,
    pub(super) figures: Vec<Figure>,
    /// What becomes of what it changed.
    pub(super) about: &'static str,
    /// Whether a reason takes out more.
    pub(super) asks_reason: bool,
}

/// One upload.
#[derive(Template)]
#[template(path = "upload/one.html")]
pub(super) struct OneView {
    pub(super) page: Page,
    pub(super) menu: Menu,
    pub(super) id: String,
    pub(super) href: String,
    pub(super) list: &'static str,
    pub(super) file_name: String,
    pub(super) state: &'static str,
    pub(super) state_words: &'static str,
    pub(super) class: &'static str,
    pub(super) sent: String,
    pub(super) sentence: String,
    pub(super) failure: String,
    pub(super) steps: Vec<StepView>,
    /// Done and total of the work in progress; empty total: not known.
    pub(super) done: String,
    pub(super) total: String,
    pub(super) works: bool,
    pub(super) figures: Vec<Figure>,
    pub(super) headlines: Vec<FindingView>,
    pub(super) errors: Vec<FindingView>,
    pub(super) warnings: Vec<FindingView>,
    pub(super) notes: Vec<FindingView>,
    /// Whether there is a file of the students without a photo.
    pub(super) without: bool,
    pub(super) acts: Acts,
    pub(super) seen: String,
    pub(super) rows: Option<RowsView>,
    pub(super) pictures: Vec<PictureView>,
}

/// A picture that fits nobody, or may be several people's.
pub(super) struct PictureView {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) why: String,
}

/// A column of the file on the page of columns.
pub(super) struct ColumnRow {
    pub(super) letter: String,
    pub(super) name: String,
    pub(super) field: String,
    pub(super) value: String,
    pub(super) exact: bool,
    pub(super) guessed: bool,
    pub(super) samples: Vec<String>,
}

/// A value for the whole file.
pub(super) struct FixedField {
    pub(super) column: String,
    pub(super) field: &'static str,
    pub(super) value: String,
    pub(super) choices: Vec<Choice>,
}

/// The page of columns.
#[derive(Template)]
#[template(path = "upload/columns.html")]
pub(super) struct ColumnsView {
    pub(super) page: Page,
    pub(super) menu: Menu,
    pub(super) id: i64,
    pub(super) href: String,
    pub(super) file_name: String,
    pub(super) failure: String,
    pub(super) sheets: Vec<Choice>,
    pub(super) sheet: String,
    pub(super) header: u64,
    pub(super) samples: usize,
    pub(super) rows: Vec<ColumnRow>,
    pub(super) names: Vec<Choice>,
    pub(super) required: String,
    pub(super) fixed: Vec<FixedField>,
}
