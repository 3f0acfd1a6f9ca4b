//! Views of the entry pages: registration information, written entry, oral entry.
//!
//! All texts are already formatted; only the names of states are looked up by the views.

mod information;
mod messages;
mod row;
mod subjects;

pub use information::{Clock, InformationView, OpenOrder, Record, StepView, UnboundInformationView, Unpaid};
pub use messages::Message;
pub use row::{ChannelShown, EntryRow, EntryTable, PaidHow, PaymentShown};
pub use subjects::{
    CampusChoice, Offer, OralView, SeatsShown, SubjectRow, UnboundView, WrittenView, why_not,
};

/// School and campus as pages name them: `(99301)测试学校机构01`, `(993010)测试校区机构001`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The school with its code.
    pub school: String,
    /// The campus with its code.
    pub campus: String,
}

/// Whose notice it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardOf {
    /// 全国通告.
    Nation,
    /// 省通告.
    Province,
    /// 学校通告.
    School,
}

/// A notice of a province or a school, shown at the step that it applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Whose it is.
    pub of: BoardOf,
    /// The province, school or campus with its code: `(99)测试省`.
    pub place: String,
    /// The text, one item per paragraph.
    pub lines: Vec<String>,
}

impl Board {
    /// Creates a notice from the stored text, whose lines become paragraphs.
    #[must_use]
    pub fn new(of: BoardOf, place: impl Into<String>, text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        Self { of, place: place.into(), lines }
    }

    /// The heading.
    #[must_use]
    pub fn title(&self, t: &'static crate::texts::Texts) -> &'static str {
        match self.of {
            BoardOf::Nation => t.m("entry-notice-nation"),
            BoardOf::Province => t.m("entry-notice-province"),
            BoardOf::School => t.m("entry-notice-school"),
        }
    }
}

#[cfg(test)]
mod samples;
#[cfg(test)]
#[path = "views/tests.rs"]
mod tests;
