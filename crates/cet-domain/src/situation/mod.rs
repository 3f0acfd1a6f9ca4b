//! Where a candidate stands (R18): one pure function over the facts, from which home page, information page, order page,
//! portal and mails speak. It decides what is said first and what can be done next, never what is allowed: that is decided
//! by the modules whose rules it asks.
//!
//! **Invariant:** exactly one situation holds at any time, and its action is one that the rules allow.

mod after_paying;
pub mod rules;
#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub mod testing;
pub mod verbs;

use jiff::SignedDuration;

use crate::entry::Entry;
use crate::message::Kind;
use crate::payment::verbs::PassportMoney;
use crate::record_report::{Field, Report, ReportState};
use crate::registration::Registration;
use crate::registration::rules::EnterBy;
use crate::review::ReviewState;
use crate::sitting::window::Window;
use crate::words::codes::SubjectCode;
use crate::words::fen::FenSum;
use crate::words::ids::{EntryId, OrderId};
use crate::words::time::Time;

pub use rules::decide;

/// What decides the situation of a passport in a sitting.
pub struct Facts {
    /// The live registration.
    pub registration: Option<Registration>,
    /// All entries of the live registration; without one, those of the last that was released.
    pub entries: Vec<Entry>,
    /// The windows of the home campus, or without one what spans all windows of the sitting.
    pub windows: Vec<Window>,
    /// Entries with a published seat.
    pub seated: Vec<EntryId>,
    /// Whether this installation can print tickets.
    pub prints: bool,
    /// The passport's orders of this sitting, and their refunds.
    pub money: PassportMoney,
    /// The collective payments that lock some of the entries, with their time limits.
    pub locks: Vec<(i64, Time)>,
    /// The application for CET6, if there is one.
    pub review: Option<ReviewStands>,
    /// Whether there is none any more, but was one.
    pub released: bool,
    /// What the registration waits for (R16).
    pub waits: Option<Waits>,
    /// The newest report of a wrong record (R4).
    pub report: Option<ReportStands>,
}

/// How the report of a wrong record stands. What the school answered is not decided by, and not held here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportStands {
    /// What is wrong.
    pub field: Field,
    /// Its state.
    pub state: ReportState,
    /// When it was reported.
    pub reported_at: Time,
    /// When it was answered.
    pub answered_at: Option<Time>,
}

/// For how long the answer stands on other pages; it stays on its own.
const REPORT_TOLD_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

impl ReportStands {
    /// Whether other pages still tell of it.
    #[must_use]
    pub fn is_told(&self, now: Time) -> bool {
        self.answered_at.is_none_or(|at| now <= at.plus(REPORT_TOLD_FOR))
    }
}

impl From<&Report> for ReportStands {
    fn from(of: &Report) -> Self {
        Self { field: of.field, state: of.state, reported_at: of.reported_at, answered_at: of.answered_at }
    }
}

/// What somebody waits for on the list of full pools (R16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// The subjects, each with the best place that it has in any line.
    pub subjects: Vec<(SubjectCode, i64)>,
    /// When the last of the lines closes.
    pub until: Time,
}

/// How an application for CET6 stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReviewStands {
    /// Its state.
    pub state: ReviewState,
    /// Whether the school takes no more of them (V4), so that nothing can be corrected.
    pub is_closed: bool,
}

/// What is due, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The sum of what can be paid now.
    pub sum: FenSum,
    /// Until when the first of it can be paid.
    pub until: Time,
}

/// An order of whose money its gateway is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The order.
    pub order: OrderId,
    /// Whether the time of what it pays for is over, so that only its money keeps the seats (Y4).
    pub past_hold: bool,
    /// Until when the page comes again by itself; `None` once that is over.
    pub again_until: Option<Time>,
}

/// Money that goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// The order that was paid.
    pub order: OrderId,
    /// How much.
    pub sum: FenSum,
    /// Why, by the words of [`RefundReason`](crate::payment::rules::RefundReason).
    pub reason: String,
    /// When the gateway took it; `None`: on its way.
    pub done_at: Option<Time>,
    /// Whether its gateway did not do it: staff see to it, or have paid it outside.
    pub is_by_staff: bool,
    /// What finance staff have ended with it, and when.
    pub ended: Option<(Vec<SubjectCode>, Time)>,
}

/// Entries that expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Their subjects.
    pub subjects: Vec<SubjectCode>,
    /// When the last of them expired.
    pub at: Time,
    /// Whether registration is not over at the home campus.
    pub may_enter_again: bool,
    /// Whether the registration is still there; without it the student is looked up again first.
    pub is_bound: bool,
}

/// Where a candidate stands. The names of [`wire`](Self::wire) stand in pages as `data-situation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Situation {
    /// No registration, and one can be made.
    NotBound,
    /// A registration without entries, and until when one is to be entered.
    NoEntry(EnterBy),
    /// Entered, and nothing is paid.
    Unpaid(Due),
    /// Somebody came back from the gateway, or the hold is over with an open order: the gateway is asked.
    Asking(Asked),
    /// The bank said no; it can be paid again.
    BankRefused(Due),
    /// The gateway was asked and does not answer.
    GatewaySilent(Asked),
    /// Something is paid, something is due.
    PartPaid(Due),
    /// All is paid, and registration is still open.
    Paid,
    /// What was entered was not paid in time.
    Expired(Lost),
    /// Nothing is entered any more, and money is on its way back.
    Refunding(Back),
    /// The same, and it is back.
    Refunded(Back),
    /// The school pays for it, until then (Y6).
    Locked(Option<Time>),
    /// Nothing is entered, and the school looks at an application for CET6. Who has no registration is told first that one can
    /// be made.
    ReviewPending,
    /// Nothing is entered, and the application was refused.
    ReviewRefused {
        /// Whether no other is taken.
        is_closed: bool,
    },
    /// All is paid, registration is over, and seats are not published.
    Arranging,
    /// Seats are published; tickets print from then.
    Seated(Option<Time>),
    /// Tickets can be printed; the next exam begins then.
    PrintNow(Option<Time>),
    /// An exam is today; it begins then.
    ExamDay(Time),
    /// All exams are over.
    Over,
    /// Registration opens then, or at a time that is not set.
    WindowNotOpen {
        /// When.
        opens: Option<Time>,
        /// Whether there is a registration already, from before the window was moved.
        is_bound: bool,
    },
    /// Registration is over, and nothing is entered.
    WindowClosed(Time),
}

impl Situation {
    /// The value of `data-situation`.
    #[must_use]
    pub const fn wire(&self) -> &'static str {
        match self {
            Self::NotBound => "not-bound",
            Self::NoEntry(_) => "no-entry",
            Self::Unpaid(_) => "unpaid",
            Self::Asking(_) => "asking",
            Self::BankRefused(_) => "bank-refused",
            Self::GatewaySilent(_) => "gateway-silent",
            Self::PartPaid(_) => "part-paid",
            Self::Paid => "paid",
            Self::Expired(_) => "expired",
            Self::Refunding(_) => "refunding",
            Self::Refunded(_) => "refunded",
            Self::Locked(_) => "locked",
            Self::ReviewPending => "review-pending",
            Self::ReviewRefused { .. } => "review-refused",
            Self::Arranging => "arranging",
            Self::Seated(_) => "seated",
            Self::PrintNow(_) => "print-now",
            Self::ExamDay(_) => "exam-day",
            Self::Over => "over",
            Self::WindowNotOpen { .. } => "window-not-open",
            Self::WindowClosed(_) => "window-closed",
        }
    }

    /// What can be done about it first.
    #[must_use]
    pub fn action(&self) -> Action {
        match self {
            Self::NotBound | Self::WindowNotOpen { is_bound: false, .. } => Action::Start,
            Self::NoEntry(_) => Action::Enter,
            Self::Unpaid(_) | Self::PartPaid(_) | Self::BankRefused(_) => Action::Pay,
            Self::Asking(asked) => Action::LookAtOrder(asked.order),
            Self::GatewaySilent(_) => Action::Refresh,
            Self::Expired(lost) if lost.may_enter_again => Action::EnterAgain,
            Self::Refunding(back) | Self::Refunded(back) => Action::LookAtOrder(back.order),
            Self::ReviewPending | Self::ReviewRefused { .. } => Action::LookAtReview,
            Self::PrintNow(_) | Self::ExamDay(_) => Action::Print,
            Self::Expired(_) | Self::WindowClosed(_) => Action::SeeDates,
            Self::Paid
            | Self::Locked(_)
            | Self::Arranging
            | Self::Seated(_)
            | Self::Over
            | Self::WindowNotOpen { is_bound: true, .. } => Action::SeeInformation,
        }
    }

    /// The message that told the candidate of it (A10). None where it follows from what the candidate just did or sees at
    /// the gateway, or from dates that all know.
    #[must_use]
    pub const fn mail(&self) -> Option<Kind> {
        match self {
            Self::NoEntry(_) => Some(Kind::Saved),
            Self::Unpaid(_) => Some(Kind::Entered),
            // The receipt names what is left to pay.
            Self::PartPaid(_) | Self::Paid => Some(Kind::Paid),
            Self::Expired(_) => Some(Kind::Expired),
            Self::Refunding(_) => Some(Kind::RefundDue),
            Self::Refunded(_) => Some(Kind::RefundDone),
            Self::ReviewRefused { .. } => Some(Kind::ReviewDecided),
            // The one about the seat names the times of printing and of the exam.
            Self::Seated(_) | Self::PrintNow(_) | Self::ExamDay(_) => Some(Kind::Seated),
            Self::NotBound
            | Self::Asking(_)
            | Self::BankRefused(_)
            | Self::GatewaySilent(_)
            | Self::Locked(_)
            | Self::ReviewPending
            | Self::Arranging
            | Self::Over
            | Self::WindowNotOpen { .. }
            | Self::WindowClosed(_) => None,
        }
    }
}

/// What a situation offers first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// 开始报名: the agreement, then the look-up. Possible before the window opens, up to the record (R5).
    Start,
    /// 笔试报考.
    Enter,
    /// The same after something expired; without a registration by way of the look-up.
    EnterAgain,
    /// 支付.
    Pay,
    /// The page of an order.
    LookAtOrder(OrderId),
    /// 更新: the gateway is asked.
    Refresh,
    /// The page of the application for CET6.
    LookAtReview,
    /// 打印准考证.
    Print,
    /// The portal's dates.
    SeeDates,
    /// 报名信息.
    SeeInformation,
}

/// What is worth saying besides, after the situation itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Money goes back, or is back since a short while.
    Refund(Back),
    /// The school pays for some of it, until then.
    Locked(Option<Time>),
    /// Another subject expired lately.
    Expired(Lost),
    /// There is an order to go on with.
    OpenOrder(OrderId),
    /// A place on the waiting list (R16).
    Waits(Waits),
    /// An application for CET6 waits, was refused, or was approved and not used yet.
    Review(ReviewStands),
    /// An application for CET6 was refused, and registration is over, so that nothing can be corrected.
    RefusedReview,
    /// A report of a wrong record waits, or was answered lately (R4).
    Report(ReportStands),
    /// A registration without entries: until when one is to be entered.
    EnterBy(EnterBy),
    /// The registration is gone: another one can be made.
    Released,
}

/// Where a candidate stands, and at most two notes, the weightiest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standpoint {
    /// The situation.
    pub situation: Situation,
    /// The notes.
    pub notes: Vec<Note>,
}

#[cfg(test)]
#[path = "tests/histories.rs"]
mod histories_tests;
#[cfg(test)]
#[path = "tests/mails.rs"]
mod mails_tests;
