//! 笔试科目报考 and 口试科目报考: the subjects that can be selected, and why not (R8, R10, R11, R12).

use askama::Template;

use super::{Board, Place};
use crate::web::page::{Link, Page};
use cet_base::texts::{Lang, Texts};
use cet_domain::seat_pool::Seats;
use cet_domain::seat_pool::rules::{SeatColour, seats_left};

/// 剩余容量 of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatsShown {
    /// Total seats.
    pub capacity: i64,
    /// Seats taken.
    pub taken: i64,
}

impl SeatsShown {
    /// The seats for whoever comes now: those that somebody waits for are none (R16).
    #[must_use]
    pub fn of(seats: Seats) -> Self {
        Self { capacity: seats.capacity, taken: seats.spoken_for() }
    }

    /// Seats left, never negative.
    #[must_use]
    pub fn left(&self) -> i64 {
        seats_left(self.capacity, self.taken)
    }

    fn colour(&self) -> SeatColour {
        SeatColour::of(self.capacity, self.taken)
    }

    /// The value of `data-seats`.
    #[must_use]
    pub fn mark(&self) -> &'static str {
        self.colour().wire()
    }

    /// The CSS class next to `seat`.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self.colour() {
            SeatColour::Plenty => "ok",
            SeatColour::Few => "warn",
            SeatColour::None => "bad",
        }
    }

    /// The seat count from which the meter is green.
    #[must_use]
    pub const fn half(&self) -> i64 {
        self.capacity.saturating_add(1) / 2
    }

    /// Whether a meter is shown.
    #[must_use]
    pub const fn has_meter(&self) -> bool {
        self.capacity > 0
    }

    /// State and number, such as 有 · 余 186: used on the page and in `/registration/seats.json`.
    #[must_use]
    pub fn text(&self, t: &'static Texts) -> String {
        let word = match self.colour() {
            SeatColour::Plenty => t.m("entry-seats-plenty"),
            SeatColour::Few => t.m("entry-seats-few"),
            SeatColour::None => return t.m("entry-seats-none").to_owned(),
        };
        match t.lang() {
            Lang::Zh => format!("{word} · {} {}", t.m("entry-seats-left"), self.left()),
            Lang::En => format!("{word} · {} {}", self.left(), t.m("entry-seats-left")),
        }
    }
}

/// Whether a subject can be entered now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// It can be selected.
    Open,
    /// Entering it would be refused with this code; `already-entered` if it is entered.
    Refused(&'static str),
}

impl Offer {
    /// The value of `data-offer`.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Refused(code) => code,
        }
    }

    /// Whether the box is enabled.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open)
    }

    /// Whether the subject is already entered.
    #[must_use]
    pub fn is_entered(self) -> bool {
        self == Self::Refused("already-entered")
    }
}

/// Why a subject can't be selected, by the refusal's code; callers with more context give a more precise text.
#[must_use]
pub fn why_not(t: &'static Texts, code: &str) -> &'static str {
    match code {
        "not-eligible" => t.m("entry-why-not-eligible"),
        "level-taken" => t.m("entry-why-level-taken"),
        "pool-full" => t.m("entry-why-pool-full"),
        "pool-unknown" => t.m("entry-why-pool-unknown"),
        "window-not-open" => t.m("entry-why-window-not-open"),
        "window-closed" => t.m("entry-why-window-closed"),
        "oral-needs-written" => t.m("entry-why-oral-needs-written"),
        "oral-campus-not-allowed" => t.m("entry-why-oral-campus-not-allowed"),
        "date-unset" => t.m("entry-why-date-unset"),
        "fee-unset" => t.m("entry-why-fee-unset"),
        "order-open" => t.m("entry-why-order-open"),
        _ => t.m("entry-why-other"),
    }
}

/// One offered subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectRow {
    /// The subject's code, which the form submits.
    pub code: String,
    /// The subject with its code: `(1) 英语四级笔试`.
    pub name: String,
    /// Its level, 4 or 6: the script deselects a conflicting subject.
    pub level: i64,
    /// The campus whose seat it would use.
    pub campus: String,
    /// School and campus in words.
    pub place: Place,
    /// The fee in yuan without a currency sign, `0.01`; empty if not set.
    pub fee: String,
    /// 剩余容量.
    pub seats: SeatsShown,
    /// When registration opens, `YYYY-MM-DD HH:MM`; empty if not set.
    pub opens: String,
    /// When registration closes, `YYYY-MM-DD HH:MM`.
    pub closes: String,
    /// The day of the exam, `YYYY-MM-DD`; empty if not set.
    pub exam_date: String,
    /// Whether it can be selected.
    pub offer: Offer,
    /// Why not, in words; empty if it can be selected or is already entered.
    pub why: String,
    /// Whether to link to CET6资格复核 next to the reason.
    pub review: bool,
    /// Link to the waiting list of a full pool, and how many wait (R16).
    pub queue: Option<Link>,
    /// That other campuses have seats where this one has none; empty where none is known.
    pub elsewhere: String,
    /// The nearest of them.
    pub elsewhere_at: Vec<Link>,
    /// Whether its checkbox was checked in the submitted form.
    pub ticked: bool,
}

impl SubjectRow {
    /// Whether the row is greyed out: neither open nor entered.
    #[must_use]
    pub fn is_off(&self) -> bool {
        !self.offer.is_open() && !self.offer.is_entered()
    }

    /// Whether the checkbox is checked.
    #[must_use]
    pub fn is_ticked(&self) -> bool {
        self.offer.is_entered() || (self.ticked && self.offer.is_open())
    }

    /// Whether the row is folded away: the candidate is not granted the subject and can do nothing about it here.
    #[must_use]
    pub fn is_folded(&self) -> bool {
        self.offer.mark() == NOT_GRANTED && !self.review
    }
}

/// The code of what is not granted.
const NOT_GRANTED: &str = "not-eligible";

/// What is not granted, in one line that unfolds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// The line: 没有资格（10 科）; empty where nothing is folded.
    pub line: String,
    /// Its rows.
    pub rows: Vec<SubjectRow>,
    /// Whether it stands open, because what was sent is refused for one of them.
    pub open: bool,
}

impl Folded {
    /// Parts the rows that can be chosen, or have something to say, from what is not granted.
    #[must_use]
    pub fn of(page: &Page, rows: Vec<SubjectRow>) -> (Vec<SubjectRow>, Self) {
        let (folded, shown): (Vec<_>, Vec<_>) = rows.into_iter().partition(SubjectRow::is_folded);
        let line = match folded.len() {
            0 => String::new(),
            n => page.f("entry-folded", &[("n", &n.to_string())]),
        };
        let open = page.refusals.iter().any(|refused| refused.code == NOT_GRANTED);
        (shown, Self { line, rows: folded, open })
    }
}

/// Whether the window is not open, so that no form is sent: only then is a subject refused for it.
fn is_shut<'r>(mut rows: impl Iterator<Item = &'r SubjectRow>) -> bool {
    rows.any(|row| matches!(row.offer.mark(), "window-closed" | "window-not-open"))
}

/// The written entry page.
#[derive(Template)]
#[template(path = "entry/written.html")]
pub struct WrittenView {
    /// The page frame.
    pub page: Page,
    /// The national guidance as sanitised HTML; without it the manual's three rules are shown.
    pub guidance: Option<String>,
    /// Whether the guidance was read before, and is folded.
    pub read: bool,
    /// 省通告 and other notices.
    pub boards: Vec<Board>,
    /// 英语笔试.
    pub english: Vec<SubjectRow>,
    /// 小语种笔试.
    pub others: Vec<SubjectRow>,
    /// What the candidate is not granted.
    pub folded: Folded,
    /// The sum of what is ticked, as `已选 ¥0.02`; empty while nothing is.
    pub sum: String,
    /// The time of the seat numbers, `HH:MM`.
    pub as_of: String,
    /// The command id that makes a repeated submission idempotent.
    pub command: Option<String>,
}

impl WrittenView {
    fn nothing_open(&self) -> bool {
        !self.english.iter().chain(&self.others).any(|row| row.offer.is_open())
    }

    fn is_shut(&self) -> bool {
        is_shut(self.english.iter().chain(&self.others).chain(&self.folded.rows))
    }
}

/// How full the pool of one subject is at a campus of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampusSeats {
    /// The subject's name.
    pub subject: String,
    /// 剩余容量.
    pub seats: SeatsShown,
    /// Whether the day of its exam is set: without one nobody can enter it, whatever seats there are (R10).
    pub is_dated: bool,
}

/// One campus of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampusChoice {
    /// The page that shows its subjects.
    pub href: String,
    /// The campus with its code: `(991010)99101-0校区`.
    pub name: String,
    /// How near it is, with its school where that is another: `本校区`, `(99101)测试学校　本省`.
    pub near: String,
    /// Until when, or from when on, one can enter there.
    pub when: String,
    /// The days of the exam, or that none is set; empty where the candidate is granted nothing.
    pub exam: String,
    /// The oral subjects that the candidate is granted.
    pub seats: Vec<CampusSeats>,
    /// Whether one can enter there now.
    pub open: bool,
    /// Whether it is selected.
    pub chosen: bool,
}

/// The oral entry page.
#[derive(Template)]
#[template(path = "entry/oral.html")]
pub struct OralView {
    /// The page frame.
    pub page: Page,
    /// The national guidance as sanitised HTML; without it the manual's rules are shown.
    pub guidance: Option<String>,
    /// 省通告, and the notice of the selected campus.
    pub boards: Vec<Board>,
    /// The campuses to choose from, the nearest first; empty when only the home campus is allowed.
    pub campuses: Vec<CampusChoice>,
    /// How many there are, or fit.
    pub count: String,
    /// What was searched.
    pub wanted: String,
    /// The code of the selected campus.
    pub campus: String,
    /// Whether that is the home campus.
    pub is_home: bool,
    /// Its school and name.
    pub place: Place,
    /// Whether no written subject is entered yet.
    pub needs_written: bool,
    /// The oral subjects of the selected campus.
    pub rows: Vec<SubjectRow>,
    /// What the candidate is not granted.
    pub folded: Folded,
    /// The sum of what is ticked, as `已选 ¥0.01`; empty while nothing is.
    pub sum: String,
    /// The time of the seat numbers, `HH:MM`.
    pub as_of: String,
    /// The command id that makes a repeated submission idempotent.
    pub command: Option<String>,
}

impl OralView {
    fn nothing_open(&self) -> bool {
        !self.rows.iter().any(|row| row.offer.is_open())
    }

    fn is_shut(&self) -> bool {
        is_shut(self.rows.iter().chain(&self.folded.rows))
    }

    /// The list without the search, with the same campus picked.
    fn all(&self) -> String {
        if self.is_home { "/registration/oral".to_owned() } else { self.reload() }
    }

    fn reload(&self) -> String {
        format!("/registration/oral?campus={}", self.campus)
    }
}

/// Both entry pages while the passport has no registration: the form, with nothing to select yet.
#[derive(Template)]
#[template(path = "entry/unbound.html")]
pub struct UnboundView {
    /// The page frame; its path is the form's action.
    pub page: Page,
}
