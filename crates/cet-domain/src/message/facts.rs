//! What a message is made of. It is kept as JSON for years: a field that comes later has a default, none is renamed.

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::hold::usual_deadline;
use crate::words::fen::FenSum;
use crate::words::time::Time;

/// What happened. Times are microseconds, sums are fen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Facts {
    /// Passport and student are bound.
    Saved {
        /// The home school.
        school: String,
        /// The home campus.
        campus: String,
        /// When the registration is released if no subject is entered.
        until: i64,
        /// What the school had entered before it was saved.
        #[serde(default)]
        entered: Vec<Line>,
    },
    /// Subjects were entered.
    Entered {
        /// Which.
        lines: Vec<Line>,
        /// The end of their hold.
        until: i64,
        /// Whether the school entered them.
        by_school: bool,
    },
    /// Money paid for subjects.
    Paid {
        /// For which.
        lines: Vec<Line>,
        /// How.
        by: PaidBy,
        /// What of the registration is still unpaid.
        unpaid: Vec<Line>,
        /// Whether one of them had ended and took its seat again (Y4).
        late: bool,
    },
    /// The hold of unpaid subjects ends soon.
    Reminder {
        /// Which.
        lines: Vec<Line>,
        /// The end of their hold.
        until: i64,
    },
    /// Subjects were not paid for in time.
    Expired {
        /// Which.
        lines: Vec<Line>,
        /// When they ended.
        at: i64,
        /// Whether the registration was released with them.
        released: bool,
    },
    /// The candidate gave subjects up.
    Cancelled {
        /// Which, those that went along too.
        lines: Vec<Line>,
    },
    /// An empty registration was released.
    Released {
        /// The home school.
        school: String,
        /// The home campus.
        campus: String,
        /// When it was saved.
        saved: i64,
    },
    /// The school decided a review.
    ReviewDecided {
        /// What.
        decision: Decided,
    },
    /// The school answered a report of a wrong record.
    ReportAnswered {
        /// `record_report::Field`.
        field: String,
        /// Whether the record was corrected.
        corrected: bool,
    },
    /// Somebody says that the student whom the passport holds is himself (R24).
    DisputeOpened {
        /// The home school.
        school: String,
        /// The home campus.
        campus: String,
        /// When.
        at: i64,
    },
    /// The passport's own dispute has reached the school.
    DisputeReceived {
        /// The home school.
        school: String,
        /// The home campus.
        campus: String,
        /// When.
        at: i64,
    },
    /// A dispute has ended.
    DisputeEnded {
        /// How, for this side of it.
        end: DisputeEnd,
        /// What of the entries it concerns: those that ended, or those that go on.
        lines: Vec<Line>,
        /// The end of the hold of what is unpaid.
        until: Option<i64>,
    },
    /// Seats are published.
    Seated {
        /// All that the candidate has by now.
        seats: Vec<Seat>,
    },
    /// Published seats are other ones.
    SeatChanged {
        /// All that the candidate has now.
        seats: Vec<Seat>,
    },
    /// Money goes back.
    RefundDue {
        /// The order's number.
        number: String,
        /// How much.
        amount: i64,
        /// `payment::rules::RefundReason`, or a finer one.
        reason: String,
        /// What it had been paid for.
        #[serde(default)]
        lines: Vec<Line>,
        /// Which of these finance staff have ended; `None` of money that was not used, and of messages from before that was told.
        #[serde(default)]
        ended: Option<Vec<Line>>,
    },
    /// The gateway has taken the refund.
    RefundDone {
        /// The order's number.
        number: String,
        /// How much.
        amount: i64,
        /// The gateway's code, or [`BY_HAND`].
        gateway: String,
        /// What it had been paid for.
        #[serde(default)]
        lines: Vec<Line>,
    },
    /// The gateway refuses the refund, or says nothing of it that could be believed: staff see to it.
    RefundRefused {
        /// The order's number.
        number: String,
        /// How much.
        amount: i64,
        /// The gateway's code.
        gateway: String,
        /// Whether it may have been made: the gateway did not refuse it.
        #[serde(default)]
        unknown: bool,
        /// What it had been paid for.
        lines: Vec<Line>,
    },
    /// Whoever runs the exam changed a setting that touches the candidate.
    SettingChanged {
        /// `closing`, `exam` or `fee`.
        what: Vec<String>,
        /// How all subjects stand now.
        lines: Vec<Rescheduled>,
    },
    /// Somebody in line got a seat.
    StandbyGiven {
        /// Which.
        lines: Vec<Line>,
        /// The end of its hold.
        until: i64,
    },
    /// A place in line ended without a seat.
    StandbyEnded {
        /// The Chinese name of the subject.
        zh: String,
        /// The English one.
        en: String,
        /// The names of the campuses.
        campuses: Vec<String>,
        /// `standby::EndedFor`.
        why: String,
    },
    /// Staff wrote: the sealed words are the title and, from the second line on, the text.
    FromStaff {
        /// The name of the school or province; empty for the nation.
        from: String,
    },
}

/// In place of a gateway: finance paid outside the system.
pub(crate) const BY_HAND: &str = "by-hand";

/// Who paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaidBy {
    /// The candidate, by an order.
    Order {
        /// Its number.
        number: String,
        /// The gateway's code.
        gateway: String,
    },
    /// The school, by a collective payment.
    School,
}

/// What a school decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// CET6 may be entered.
    Approved,
    /// It may not; another application may be made.
    Refused,
    /// It may not, and no more applications are taken.
    Closed,
    /// Applications are taken again.
    Reopened,
}

/// How a dispute ended, for one side of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisputeEnd {
    /// The holder: the registration was let go.
    LetGo,
    /// The holder: it is the claimant's now.
    GivenAway,
    /// The holder: it stays the holder's.
    Stays,
    /// The claimant: the student is free.
    Free,
    /// The claimant: the registration is the claimant's now.
    Given,
    /// The claimant: it stays the holder's.
    Refused,
    /// A claimant: it is another claimant's now.
    GivenToAnother,
    /// The claimant: the holder had lost it before anybody decided.
    Lapsed,
}

/// One subject at one campus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The entry.
    pub entry: i64,
    /// The Chinese name of the subject.
    pub zh: String,
    /// The English one.
    pub en: String,
    /// The name of the campus.
    pub campus: String,
    /// The fee.
    pub fee: i64,
}

/// How one subject stands after a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescheduled {
    /// The entry.
    pub entry: i64,
    /// The Chinese name of the subject.
    pub zh: String,
    /// The English one.
    pub en: String,
    /// The name of the campus.
    pub campus: String,
    /// When the exam begins.
    pub begins: Option<i64>,
    /// When registration closes.
    pub closes: Option<i64>,
    /// The fee that it was entered with.
    pub fee: i64,
}

/// Where and when one subject is examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The entry.
    pub entry: i64,
    /// The Chinese name of the subject.
    pub zh: String,
    /// The English one.
    pub en: String,
    /// The name of the campus where the room is.
    pub campus: String,
    /// Its code.
    pub code: String,
    /// The batch of an oral subject; 0 for a written one.
    pub session: i64,
    /// The room.
    pub room: i64,
    /// Where it is, by the school that arranges; empty if it does not say.
    #[serde(default)]
    pub room_name: String,
    /// The seat.
    pub seat: i64,
    /// When the exam begins, by the sitting or by the batch.
    pub begins: Option<i64>,
    /// From when tickets print.
    pub prints: Option<i64>,
}

impl Seat {
    /// Whether both are the same place, whatever the sitting's times and the room's name.
    #[must_use]
    pub(crate) fn is_same_place(&self, other: &Self) -> bool {
        (&self.code, self.session, self.room, self.seat)
            == (&other.code, other.session, other.room, other.seat)
    }
}

impl Facts {
    /// Which kind of message it makes.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Saved { .. } => Kind::Saved,
            Self::Entered { .. } => Kind::Entered,
            Self::Paid { .. } => Kind::Paid,
            Self::Reminder { .. } => Kind::Reminder,
            Self::Expired { .. } => Kind::Expired,
            Self::Cancelled { .. } => Kind::Cancelled,
            Self::Released { .. } => Kind::Released,
            Self::ReviewDecided { .. } => Kind::ReviewDecided,
            Self::ReportAnswered { .. } => Kind::ReportAnswered,
            Self::DisputeOpened { .. } => Kind::DisputeOpened,
            Self::DisputeReceived { .. } => Kind::DisputeReceived,
            Self::DisputeEnded { .. } => Kind::DisputeEnded,
            Self::Seated { .. } => Kind::Seated,
            Self::SeatChanged { .. } => Kind::SeatChanged,
            Self::RefundDue { .. } => Kind::RefundDue,
            Self::RefundDone { .. } => Kind::RefundDone,
            Self::RefundRefused { .. } => Kind::RefundRefused,
            Self::SettingChanged { .. } => Kind::SettingChanged,
            Self::StandbyGiven { .. } => Kind::StandbyGiven,
            Self::StandbyEnded { .. } => Kind::StandbyEnded,
            Self::FromStaff { .. } => Kind::FromStaff,
        }
    }
}

/// The sum of some lines.
#[must_use]
pub fn sum(lines: &[Line]) -> FenSum {
    FenSum::of(lines.iter().map(|line| FenSum::new(line.fee).unwrap_or_default()))
}

/// Until when something can be paid whose hold ends at a kept time: what the pages say too.
#[must_use]
pub fn deadline_words(hold_ends: i64) -> String {
    usual_deadline(Time::from_micros(hold_ends)).page()
}

/// A kept time, as pages write it.
#[must_use]
pub fn page(micros: i64) -> String {
    Time::from_micros(micros).page()
}
