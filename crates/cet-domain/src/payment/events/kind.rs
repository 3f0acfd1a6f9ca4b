//! The kinds of events.

use crate::store::Value;
use crate::stored_as;

/// What an event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The order was opened: gateway, bank, sum.
    Opened,
    /// The candidate was given the form that leads to the gateway: at the opening, and when they chose to pay again.
    SentToGateway,
    /// The candidate came back from the gateway, which decides nothing.
    Returned,
    /// Somebody had the gateway asked: the candidate, or `by` a member of staff.
    Asked,
    /// What the gateway answered, where it is news.
    Answered,
    /// The gateway gave no answer that can be believed, where that is news.
    Silent,
    /// A notification of money that fits the order.
    Notified,
    /// A notification of money that does not fit it, with the reason.
    NoticeRefused,
    /// Money was used for a line; of an old receipt without a line: for some of its lines.
    Booked,
    /// Money came after the end of a line, which took its seat again.
    SeatedAgain,
    /// Money was not used for a line, with the reason.
    NotBooked,
    /// The order takes no more money, with the reason.
    Closed,
    /// A refund is owed, with the reason.
    RefundDue,
    /// A member of staff asked for a refund.
    RefundAsked,
    /// A second one approved it.
    RefundApproved,
    /// A second one turned it down.
    RefundTurnedDown,
    /// It was sent to the gateway.
    RefundSent,
    /// The gateway refused it, with its code.
    RefundRefused,
    /// The gateway gave no answer to believe: it may have refunded.
    RefundUnknown,
    /// The gateway refunded it.
    RefundDone,
    /// Finance staff settled it outside the system.
    ByHand,
    /// Money that fits nothing was put before finance staff, with the reason.
    SuspenseOpened,
    /// Finance staff settled that.
    SuspenseResolved,
    /// The gateway's daily statement was compared with the books: `answer` tells whether they agree.
    Reconciled,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 24] = [
        Self::Opened,
        Self::SentToGateway,
        Self::Returned,
        Self::Asked,
        Self::Answered,
        Self::Silent,
        Self::Notified,
        Self::NoticeRefused,
        Self::Booked,
        Self::SeatedAgain,
        Self::NotBooked,
        Self::Closed,
        Self::RefundDue,
        Self::RefundAsked,
        Self::RefundApproved,
        Self::RefundTurnedDown,
        Self::RefundSent,
        Self::RefundRefused,
        Self::RefundUnknown,
        Self::RefundDone,
        Self::ByHand,
        Self::SuspenseOpened,
        Self::SuspenseResolved,
        Self::Reconciled,
    ];

    /// The word in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::SentToGateway => "sent-to-gateway",
            Self::Returned => "returned",
            Self::Asked => "asked",
            Self::Answered => "answered",
            Self::Silent => "silent",
            Self::Notified => "notified",
            Self::NoticeRefused => "notice-refused",
            Self::Booked => "booked",
            Self::SeatedAgain => "seated-again",
            Self::NotBooked => "not-booked",
            Self::Closed => "closed",
            Self::RefundDue => "refund-due",
            Self::RefundAsked => "refund-asked",
            Self::RefundApproved => "refund-approved",
            Self::RefundTurnedDown => "refund-turned-down",
            Self::RefundSent => "refund-sent",
            Self::RefundRefused => "refund-refused",
            Self::RefundUnknown => "refund-unknown",
            Self::RefundDone => "refund-done",
            Self::ByHand => "by-hand",
            Self::SuspenseOpened => "suspense-opened",
            Self::SuspenseResolved => "suspense-resolved",
            Self::Reconciled => "reconciled",
        }
    }

    fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.wire() == text)
    }
}

stored_as!(Kind, String, |kind| Value::Text(kind.wire()), |raw| Kind::from_wire(&raw));
