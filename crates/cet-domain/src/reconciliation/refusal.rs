//! Why something about a bill is refused, as shown to finance staff.

use super::bill::BillFault;

/// The errors that finance staff can cause in this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReconciliationRefusal {
    /// There is none with this id, gateway or day.
    NotFound,
    /// Not a gateway that is configured.
    GatewayUnknown,
    /// Not a day that is over.
    DayInvalid,
    /// A day before the first order.
    DayTooEarly,
    /// No file was chosen.
    NoFile,
    /// Nothing is in the file.
    EmptyFile,
    /// The day is signed: nothing of it changes.
    Signed,
    /// No bill of the day has been compared, or one is being compared.
    NotCompared,
    /// So many differences are open, and so many wait for the next day's bill.
    Open(i64, i64),
    /// Who handled a difference of the day does not sign it.
    Handled,
    /// Neither explained, follow nor booked, or not possible for this difference.
    DecisionUnknown,
    /// A decision needs a note.
    NoteMissing,
    /// The note is too long.
    NoteLong,
    /// The gateway does not confirm what the bill says, or did not answer.
    NotConfirmed,
    /// It is resolved, by somebody else or otherwise.
    Resolved,
    /// The bill itself is bad.
    Bill(BillFault),
}

impl ReconciliationRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::GatewayUnknown => "gateway-unknown",
            Self::DayInvalid
            | Self::DayTooEarly
            | Self::DecisionUnknown
            | Self::NoteMissing
            | Self::NoteLong => "field-invalid",
            Self::NoFile | Self::EmptyFile => "file-unreadable",
            Self::Signed => "day-signed",
            Self::NotCompared | Self::Open(_, _) => "differences-open",
            Self::Handled => "needs-second",
            Self::NotConfirmed => "not-confirmed",
            Self::Resolved => "review-final",
            Self::Bill(fault) => fault.code(),
        }
    }
}
