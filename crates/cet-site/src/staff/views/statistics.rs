//! What the page of figures shows.

use askama::Template;

use super::Figure;
use crate::staff::menu::Menu;
use crate::web::page::Page;

/// One pool with how full it is.
pub struct FillRow {
    /// The campus.
    pub campus: String,
    /// The subject.
    pub subject: String,
    /// Taken seats.
    pub taken: i64,
    /// All seats.
    pub capacity: i64,
    /// The length of its bar.
    pub width: String,
    /// How full, in percent.
    pub share: String,
}

/// The entries of one subject.
pub struct SubjectRow {
    /// The subject.
    pub subject: String,
    /// Paid ones.
    pub paid: i64,
    /// Unpaid ones.
    pub unpaid: i64,
    /// What was paid, in yuan.
    pub amount: String,
}

/// The entries of one day.
pub struct DayRow {
    /// The day.
    pub day: String,
    /// Made.
    pub entered: i64,
    /// Paid.
    pub paid: i64,
}

/// A line of the chart's grid.
pub struct Line {
    /// Where, in pixels.
    pub y: i64,
    /// Where its number stands.
    pub text_y: i64,
    /// Its number.
    pub value: i64,
}

/// A bar of the chart.
pub struct Bar {
    /// Its colour.
    pub class: &'static str,
    /// Where it begins, in percent.
    pub x: String,
    /// Its top, in pixels.
    pub y: i64,
    /// Its width, in percent.
    pub width: String,
    /// Its height, in pixels.
    pub height: i64,
}

/// A word under the chart.
pub struct Mark {
    /// Where, in percent.
    pub x: String,
    /// The word.
    pub text: String,
}

/// A chart, ready to be drawn.
pub struct Chart {
    /// What it says, in a sentence.
    pub label: String,
    /// The grid.
    pub lines: Vec<Line>,
    /// The bars.
    pub bars: Vec<Bar>,
    /// The days under it.
    pub marks: Vec<Mark>,
}

/// `/staff/statistics`.
#[derive(Template)]
#[template(path = "staff/statistics.html")]
pub struct StatisticsView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The sitting's name.
    pub sitting: String,
    /// When the figures were read.
    pub read_at: String,
    /// The figures at the head.
    pub figures: Vec<Figure>,
    /// The fullest pools.
    pub fills: Vec<FillRow>,
    /// By subject.
    pub subjects: Vec<SubjectRow>,
    /// By day.
    pub days: Vec<DayRow>,
    /// The same as a chart.
    pub chart: Chart,
}
