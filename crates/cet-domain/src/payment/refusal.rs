//! The refusals of payment.

use crate::words::ids::{EntryId, OrderId};

/// Why a payment was refused; all reasons that apply are reported at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaymentRefusal {
    /// The passport has no registration in this sitting.
    NotBound,
    /// No such entry or order, or not the passport's own.
    NotFound,
    /// Nothing is unpaid.
    NothingToPay,
    /// The entry is paid.
    EntryPaid(EntryId),
    /// The entry is locked by a collective payment.
    EntryLocked(EntryId),
    /// An oral entry whose written entry is neither paid nor in the same payment (R10).
    OralNeedsWritten(EntryId),
    /// No such gateway, or not offered here.
    GatewayUnknown,
    /// No such bank of 首信易支付, or none chosen.
    BankUnknown,
    /// An older order must be settled first but its gateway does not answer; continue with it.
    OrderOpen(OrderId),
    /// Too many orders within a short time; another one after so many seconds.
    TooMany(u64),
}

impl PaymentRefusal {
    /// The code of interface section 1.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotBound => "not-bound",
            Self::NotFound => "not-found",
            Self::NothingToPay => "nothing-to-pay",
            Self::EntryPaid(_) => "entry-paid",
            Self::EntryLocked(_) => "entry-locked",
            Self::OralNeedsWritten(_) => "oral-needs-written",
            Self::GatewayUnknown => "gateway-unknown",
            Self::BankUnknown => "bank-unknown",
            Self::OrderOpen(_) => "order-open",
            Self::TooMany(_) => "too-many",
        }
    }

    /// The form field it belongs to, if it has one.
    #[must_use]
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::GatewayUnknown => Some("gateway"),
            Self::BankUnknown => Some("bank"),
            Self::EntryPaid(_)
            | Self::EntryLocked(_)
            | Self::OralNeedsWritten(_)
            | Self::NotFound
            | Self::NothingToPay => Some("entry"),
            Self::NotBound | Self::OrderOpen(_) | Self::TooMany(_) => None,
        }
    }

    /// How many seconds to wait, where that is all.
    #[must_use]
    pub const fn wait(self) -> Option<u64> {
        match self {
            Self::TooMany(seconds) => Some(seconds),
            _ => None,
        }
    }
}

/// The error of a verb of payment: every refusal that applies, or an internal failure.
pub type Stop = crate::store::Stop<Vec<PaymentRefusal>>;

impl From<PaymentRefusal> for Stop {
    fn from(refusal: PaymentRefusal) -> Self {
        Self::Refused(vec![refusal])
    }
}
