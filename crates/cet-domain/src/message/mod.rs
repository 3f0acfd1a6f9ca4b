//! 消息: what a candidate is told, by mail and on a page of the account, so that a wrong address strands nobody (A10).
//!
//! Whoever causes an event tells of it by [`tell`] in the event's own transaction: one row, which is what the page shows
//! and what owes the mail. A job ([`jobs`]) makes the mail from it and gives it to the [`outbox`](crate::outbox). What is kept
//! are [`Facts`], not words: the page speaks the reader's language, the mail the passport's, and both are made by one
//! function ([`compose`](words::compose)).
//!
//! **Invariant (one message):** one row a passport, kind and event, however often it is told; kept by the primary key.
//! **Invariant (no names):** no name, document, ticket number or address is in it: a mistyped address is somebody else's.
//! Deliberately absent: mails whose link is a key (a new password, a verification, an undo). They are no messages: whoever
//! sees the page would have the key.

pub mod facts;
pub mod jobs;
mod late;
pub mod store;
pub mod verify;
pub mod words;

use crate::store::{DbError, Tx, Value};
use crate::stored_as;
use crate::words::ids::PassportId;

pub use facts::{DisputeEnd, Facts, Line, Seat};

/// What a message tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Passport and student are bound (R6).
    Saved,
    /// Subjects were entered (R8).
    Entered,
    /// Money paid for subjects: the receipt (Y4, Y6).
    Paid,
    /// The hold of unpaid subjects ends soon (R13).
    Reminder,
    /// Subjects ended because nobody paid for them in time (R13).
    Expired,
    /// Subjects were cancelled (R13).
    Cancelled,
    /// A registration without subjects was released (R7).
    Released,
    /// The school decided a CET6资格复核 (V2).
    ReviewDecided,
    /// The school answered a report of a wrong record (R4).
    ReportAnswered,
    /// Somebody disputes that the student is the passport's (R24).
    DisputeOpened,
    /// The passport's own dispute has reached the school (R24).
    DisputeReceived,
    /// A dispute has ended (R24).
    DisputeEnded,
    /// Seats are published, and when tickets print (T1, T2).
    Seated,
    /// A published seat is another one.
    SeatChanged,
    /// Money goes back (Y4).
    RefundDue,
    /// The gateway has taken the refund (Y4).
    RefundDone,
    /// The gateway refuses it, and staff see to it (Y4).
    RefundRefused,
    /// A setting that touches the candidate was changed (season.md 1).
    SettingChanged,
    /// Somebody in line got a seat, to be paid for (R16).
    StandbyGiven,
    /// A place in line ended without a seat (R16).
    StandbyEnded,
    /// Staff of the candidate's place wrote to the candidate (S2).
    FromStaff,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 21] = [
        Self::Saved,
        Self::Entered,
        Self::Paid,
        Self::Reminder,
        Self::Expired,
        Self::Cancelled,
        Self::Released,
        Self::ReviewDecided,
        Self::ReportAnswered,
        Self::DisputeOpened,
        Self::DisputeReceived,
        Self::DisputeEnded,
        Self::Seated,
        Self::SeatChanged,
        Self::RefundDue,
        Self::RefundDone,
        Self::RefundRefused,
        Self::SettingChanged,
        Self::StandbyGiven,
        Self::StandbyEnded,
        Self::FromStaff,
    ];

    /// The name in the database, and of the mail in the outbox.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Entered => "entered",
            Self::Paid => "paid",
            Self::Reminder => "reminder",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Released => "released",
            Self::ReviewDecided => "review-decided",
            Self::ReportAnswered => "report-answered",
            Self::DisputeOpened => "dispute-opened",
            Self::DisputeReceived => "dispute-received",
            Self::DisputeEnded => "dispute-ended",
            Self::Seated => "seated",
            Self::SeatChanged => "seat-changed",
            Self::RefundDue => "refund-due",
            Self::RefundDone => "refund-done",
            Self::RefundRefused => "refund-refused",
            Self::SettingChanged => "setting-changed",
            Self::StandbyGiven => "standby-given",
            Self::StandbyEnded => "standby-ended",
            Self::FromStaff => "from-staff",
        }
    }

    fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.wire() == text)
    }

    /// Whether its mail can be switched off: whoever does without it loses neither a seat nor money.
    #[must_use]
    pub const fn is_optional(self) -> bool {
        match self {
            Self::Saved
            | Self::Entered
            | Self::Reminder
            | Self::Cancelled
            | Self::Released
            | Self::Seated => true,
            Self::Paid
            | Self::Expired
            | Self::ReviewDecided
            | Self::ReportAnswered
            | Self::DisputeOpened
            | Self::DisputeReceived
            | Self::DisputeEnded
            | Self::SeatChanged
            | Self::RefundDue
            | Self::RefundDone
            | Self::RefundRefused
            | Self::SettingChanged
            | Self::StandbyGiven
            | Self::StandbyEnded
            | Self::FromStaff => false,
        }
    }
}

stored_as!(Kind, String, |kind| Value::Text(kind.wire()), |raw| Kind::from_wire(&raw));

/// Tells a passport of an event, in the event's transaction: the message is kept, and its mail is owed unless it is an
/// optional one that is switched off. The same kind and event again is the same message.
///
/// # Errors
/// [`DbError`]: then the event itself is undone.
pub async fn tell(tx: &mut Tx<'_>, to: PassportId, event: &str, facts: &Facts) -> Result<(), DbError> {
    store::insert(tx, to, event, facts, None).await
}

/// As [`tell`], with what somebody wrote for the candidate, sealed by the vault.
///
/// # Errors
/// As [`tell`].
pub(crate) async fn tell_with_words(
    tx: &mut Tx<'_>,
    to: PassportId,
    event: &str,
    facts: &Facts,
    words_sealed: Option<Vec<u8>>,
) -> Result<(), DbError> {
    store::insert(tx, to, event, facts, words_sealed).await
}

#[cfg(test)]
mod tests;
