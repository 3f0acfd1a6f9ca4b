//! Views of the arrangement pages; all texts are already formatted.

use askama::Template;

use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::web::page::{Choice, Page};

/// A subject at an arranging campus.
#[derive(Clone, Debug, Default)]
pub(super) struct UnitLine {
    /// Link to its page; empty if nothing was drawn.
    pub(super) href: String,
    /// The campus's code and name.
    pub(super) campus: String,
    /// The subject.
    pub(super) subject: String,
    /// Its state, in words.
    pub(super) state: String,
    /// The CSS class next to `tag`.
    pub(super) class: &'static str,
    /// The state for scripts (`data-…` value).
    pub(super) mark: &'static str,
    /// Number of candidates with a seat.
    pub(super) candidates: String,
    /// Number of rooms.
    pub(super) rooms: String,
    /// The random seed.
    pub(super) seed: String,
    /// When it was drawn or published.
    pub(super) at: String,
    /// Who asked to publish the draft; empty if nobody did.
    pub(super) asked: String,
}

/// `/staff/arrangements`.
#[derive(Template)]
#[template(path = "arrangement/list.html")]
pub(super) struct ListView {
    pub(super) page: Page,
    pub(super) menu: Menu,
    pub(super) asked: Asked,
    pub(super) subjects: Vec<Choice>,
    pub(super) lines: Vec<UnitLine>,
    pub(super) pager: Pager,
    /// Whether the role draws and publishes.
    pub(super) may_draw: bool,
    /// The campuses with published units, each with all its lists in one file.
    pub(super) zips: Vec<Choice>,
}

/// A room on a unit's page.
#[derive(Clone, Debug)]
pub(super) struct RoomLine {
    pub(super) batch: String,
    pub(super) room: String,
    /// Where it is; empty if the school does not say.
    pub(super) name: String,
    pub(super) candidates: String,
    pub(super) late: String,
    pub(super) needs: String,
}

/// A file to download.
#[derive(Clone, Debug)]
pub(super) struct FileLink {
    pub(super) href: String,
    pub(super) words: &'static str,
    pub(super) form: &'static str,
}

/// `/staff/arrangements/{campus}/{subject}`.
#[derive(Template)]
#[template(path = "arrangement/unit.html")]
pub(super) struct UnitView {
    pub(super) page: Page,
    pub(super) menu: Menu,
    pub(super) line: UnitLine,
    /// Which run this is.
    pub(super) run: String,
    /// How many candidates each campus sends.
    pub(super) sources: Vec<(String, String)>,
    /// The campus, as forms send it.
    pub(super) campus: String,
    /// The subject, as forms send it.
    pub(super) subject: String,
    /// Whether the role says where rooms are.
    pub(super) may_name: bool,
    /// Whether somebody may be asked to publish it.
    pub(super) may_ask: bool,
    /// Whether somebody was asked.
    pub(super) may_decide: bool,
    /// Empty for a draft.
    pub(super) files: Vec<FileLink>,
    pub(super) rooms: Vec<RoomLine>,
}

/// A room with the input of its name.
#[derive(Clone, Debug)]
pub(super) struct NameLine {
    /// The name of the input.
    pub(super) field: String,
    pub(super) room: String,
    pub(super) candidates: String,
    pub(super) label: String,
    pub(super) value: String,
}

/// `/staff/arrangements/{campus}/{subject}/room-names`.
#[derive(Template)]
#[template(path = "arrangement/room_names.html")]
pub(super) struct RoomNamesView {
    pub(super) page: Page,
    pub(super) menu: Menu,
    /// The page of the unit.
    pub(super) unit: String,
    pub(super) campus: String,
    pub(super) subject: String,
    pub(super) lines: Vec<NameLine>,
    pub(super) first: Option<String>,
    pub(super) next: Option<String>,
    pub(super) rows_hint: String,
    /// Whether tickets can be printed already.
    pub(super) prints: bool,
}

/// An entry with its accommodation.
#[derive(Clone, Debug)]
pub(super) struct NeedsLine {
    pub(super) name: String,
    pub(super) student_number: String,
    pub(super) class: String,
    pub(super) subject: String,
    pub(super) campus: String,
    pub(super) needs: String,
}

/// `/staff/accommodations`.
#[derive(Template)]
#[template(path = "arrangement/accommodations.html")]
pub(super) struct AccommodationsView {
    pub(super) page: Page,
    pub(super) menu: Menu,
    pub(super) subjects: Vec<Choice>,
    pub(super) needs: Vec<Choice>,
    pub(super) lines: Vec<NeedsLine>,
}
