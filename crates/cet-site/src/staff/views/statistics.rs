//! Views of the statistics page.

use askama::Template;

use super::Figure;
use crate::staff::list::Asked;
use crate::staff::menu::Menu;
use crate::web::page::{Choice, Page};

/// One pool with its fill level.
pub struct FillRow {
    /// The campus.
    pub campus: String,
    /// The subject.
    pub subject: String,
    /// Taken seats.
    pub taken: i64,
    /// All seats.
    pub capacity: i64,
    /// The fill level in percent.
    pub share: String,
    /// Seats that are taken in an hour.
    pub pace: String,
    /// When it will be full, in words.
    pub full_at: String,
    /// How it stands, in words.
    pub state: &'static str,
    /// The CSS class of that.
    pub class: &'static str,
    /// What can be done; may be empty.
    pub can: String,
}

/// The entries of one subject.
pub struct SubjectRow {
    /// The subject.
    pub subject: String,
    /// Paid ones.
    pub paid: i64,
    /// Unpaid ones.
    pub unpaid: i64,
    /// The amount paid, in yuan.
    pub amount: String,
    /// Taken seats.
    pub taken: i64,
    /// All seats.
    pub capacity: i64,
}

/// The sums of a place below.
pub struct PlaceRow {
    /// Its code.
    pub code: String,
    /// Its name with the code.
    pub name: String,
    /// Its own page.
    pub href: String,
    /// Registrations of its students.
    pub registrations: i64,
    /// Their paid entries.
    pub paid: i64,
    /// Their unpaid entries.
    pub unpaid: i64,
    /// The share that is paid.
    pub share: String,
    /// The width of the bar of paid entries.
    pub paid_width: String,
    /// The width of the bar of unpaid entries.
    pub unpaid_width: String,
    /// The amount paid, in yuan.
    pub amount: String,
    /// Taken seats.
    pub taken: i64,
    /// All seats.
    pub capacity: i64,
}

/// The money of one day by one way.
pub struct MoneyRow {
    /// The day.
    pub day: String,
    /// The gateway, or that a school paid.
    pub way: &'static str,
    /// Received, in yuan.
    pub received: String,
    /// By how many payments.
    pub payments: i64,
    /// Sent back, in yuan.
    pub refunded: String,
    /// By how many refunds.
    pub refunds: i64,
    /// What stayed, in yuan.
    pub net: String,
    /// The width of the bar of what was received.
    pub received_width: String,
    /// The width of the bar of what was sent back.
    pub refunded_width: String,
}

/// How many candidates came to a step.
pub struct FunnelRow {
    /// The step.
    pub name: String,
    /// How many.
    pub count: i64,
    /// Their share of those who saved.
    pub share: String,
    /// The width of the bar.
    pub width: String,
    /// How many stopped here, in words; empty if none.
    pub stopped: String,
}

/// What is expected when registration closes.
pub struct OutlookPart {
    /// The numbers; none where there is no estimate.
    pub figures: Vec<Figure>,
    /// What they rest on, or why there are none.
    pub text: String,
}

/// What was done on one day, or in one hour.
pub struct DayRow {
    /// The day or hour.
    pub day: String,
    /// Registrations saved.
    pub saved: i64,
    /// Entries made.
    pub entered: i64,
    /// Entries paid.
    pub paid: i64,
}

/// A line of the chart's grid.
pub struct Line {
    /// Its position, in pixels.
    pub y: i64,
    /// The position of its label, in pixels.
    pub text_y: i64,
    /// Its label.
    pub value: i64,
}

/// A bar of the chart.
pub struct Bar {
    /// Its CSS class.
    pub class: &'static str,
    /// Its left edge, in percent.
    pub x: String,
    /// Its top, in pixels.
    pub y: i64,
    /// Its width, in percent.
    pub width: String,
    /// Its height, in pixels.
    pub height: i64,
}

/// A label below the chart.
pub struct Mark {
    /// Its position, in percent.
    pub x: String,
    /// Its text.
    pub text: String,
}

/// A chart, ready to draw.
pub struct Chart {
    /// Its description, in one sentence.
    pub label: String,
    /// The grid.
    pub lines: Vec<Line>,
    /// The bars.
    pub bars: Vec<Bar>,
    /// The labels of the days.
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
    /// Its code.
    pub code: String,
    /// The sittings to choose from.
    pub sittings: Vec<Choice>,
    /// When the figures were counted; empty before the first count.
    pub read_at: String,
    /// Whether that is longer ago than it should be.
    pub is_old: bool,
    /// The place, as in addresses.
    pub place: String,
    /// The filters.
    pub asked: Asked,
    /// The places to choose from.
    pub scopes: Vec<Choice>,
    /// The modes to choose from.
    pub modes: Vec<Choice>,
    /// The filters, for links; empty, or begins with `&`.
    pub keep: String,
    /// The places above it and itself, with their links.
    pub path: Vec<(String, String)>,
    /// The heading of the places below.
    pub level: &'static str,
    /// The places below.
    pub places: Vec<PlaceRow>,
    /// The figures at the top.
    pub figures: Vec<Figure>,
    /// The fullest pools.
    pub fills: Vec<FillRow>,
    /// By subject.
    pub subjects: Vec<SubjectRow>,
    /// How far the candidates have come.
    pub funnel: Vec<FunnelRow>,
    /// What is expected.
    pub outlook: OutlookPart,
    /// Whether the hours lie in the chosen days.
    pub has_hours: bool,
    /// The heading of the days.
    pub by_day: &'static str,
    /// By hour.
    pub hours: Vec<DayRow>,
    /// The hours as a chart.
    pub hour_chart: Chart,
    /// By day.
    pub days: Vec<DayRow>,
    /// The days as a chart.
    pub chart: Chart,
    /// The money of the last days, the latest first.
    pub money: Vec<MoneyRow>,
    /// All the money, in one sentence.
    pub money_sum: String,
}
