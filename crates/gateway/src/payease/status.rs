//! Three sets of codes in the same field. A return's 1 means "submitted"; read as a notification's 1 it would give a
//! seat away for free.

use crate::refused::WireError;
use crate::vocabulary::{Outcome, ReturnHint};

/// `v_pstatus` of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeStatus {
    /// 0: not decided.
    Pending,
    /// 1: **paid**.
    Paid,
    /// 2, in older documents: being debited.
    Debiting,
    /// 3: declined.
    Declined,
    /// 4, in older documents: being refunded.
    Refunding,
}

impl NoticeStatus {
    /// Parses the code.
    ///
    /// # Errors
    /// [`WireError::UnknownStatus`].
    pub fn parse(code: &str) -> Result<Self, WireError> {
        match code {
            "0" => Ok(Self::Pending),
            "1" => Ok(Self::Paid),
            "2" => Ok(Self::Debiting),
            "3" => Ok(Self::Declined),
            "4" => Ok(Self::Refunding),
            _ => Err(WireError::UnknownStatus),
        }
    }

    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "0",
            Self::Paid => "1",
            Self::Debiting => "2",
            Self::Declined => "3",
            Self::Refunding => "4",
        }
    }

    /// The outcome for the order. "Refunding" has no amount: its total is 0, which means unknown.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Paid => Outcome::Paid,
            Self::Declined => Outcome::Declined,
            Self::Refunding => Outcome::Refunded { total_fen: 0, refund_number: None },
            Self::Pending | Self::Debiting => Outcome::Pending,
        }
    }
}

/// `v_pstatus` of a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnStatus {
    /// 1: submitted to a slow bank, **not paid**.
    Submitted,
    /// 20: paid.
    Paid,
    /// 30: failed.
    Failed,
}

impl ReturnStatus {
    /// Parses the code.
    ///
    /// # Errors
    /// [`WireError::UnknownStatus`].
    pub fn parse(code: &str) -> Result<Self, WireError> {
        match code {
            "1" => Ok(Self::Submitted),
            "20" => Ok(Self::Paid),
            "30" => Ok(Self::Failed),
            _ => Err(WireError::UnknownStatus),
        }
    }

    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Submitted => "1",
            Self::Paid => "20",
            Self::Failed => "30",
        }
    }

    /// What the page may say.
    #[must_use]
    pub const fn hint(self) -> ReturnHint {
        match self {
            Self::Submitted => ReturnHint::Submitted,
            Self::Paid => ReturnHint::SaysPaid,
            Self::Failed => ReturnHint::SaysFailed,
        }
    }
}

/// `pstatus` in the answer to a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryStatus {
    /// 1: paid.
    Paid,
    /// 2: unpaid.
    Unpaid,
    /// Any other code: failed.
    Failed,
}

impl QueryStatus {
    /// Parses the code: one or two digits.
    ///
    /// # Errors
    /// [`WireError::UnknownStatus`] for anything that is not a code.
    pub fn parse(code: &str) -> Result<Self, WireError> {
        match code {
            "1" => Ok(Self::Paid),
            "2" => Ok(Self::Unpaid),
            // More digits could be the beginning of the amount in the signed text.
            _ if matches!(code.len(), 1 | 2) && code.bytes().all(|b| b.is_ascii_digit()) => Ok(Self::Failed),
            _ => Err(WireError::UnknownStatus),
        }
    }

    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Paid => "1",
            Self::Unpaid => "2",
            Self::Failed => "3",
        }
    }
}
