//! Views of the entry pages: registration information, written entry, oral entry.
//!
//! All texts are already formatted; only the names of states are looked up by the views.

mod cancellation;
mod information;
mod messages;
mod row;
mod subjects;

pub use cancellation::{CancellationView, Going};
pub use information::{Clock, InformationView, OpenOrder, Record, StepView, UnboundInformationView, Unpaid};
pub use messages::Message;
pub use row::{ChannelShown, EntryRow, EntryTable, PaidHow, PaymentShown};
pub use subjects::{
    CampusChoice, CampusSeats, Folded, Offer, OralView, SeatsShown, SubjectRow, UnboundView, WrittenView,
    why_not,
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
    /// The text, rendered.
    pub html: String,
    /// The language of the text.
    pub lang: &'static str,
}

impl Board {
    /// Creates a notice from the stored Markdown. Each line of it stays one: most authors type lists without marks.
    #[must_use]
    pub fn new(of: BoardOf, place: impl Into<String>, text: &str) -> Self {
        let lines: Vec<String> = text.lines().map(|line| format!("{}  ", line.trim_end())).collect();
        let html = crate::web::markdown::rendered(&lines.join("\n")).to_string();
        Self { of, place: place.into(), html, lang: "zh-CN" }
    }

    /// The heading.
    #[must_use]
    pub fn title(&self, t: &'static cet_base::texts::Texts) -> &'static str {
        match self.of {
            BoardOf::Nation => t.m("entry-notice-nation"),
            BoardOf::Province => t.m("entry-notice-province"),
            BoardOf::School => t.m("entry-notice-school"),
        }
    }
}

#[cfg(test)]
#[path = "views/choices_tests.rs"]
mod choices_tests;
#[cfg(test)]
mod samples;
#[cfg(test)]
#[path = "views/tests.rs"]
mod tests;
