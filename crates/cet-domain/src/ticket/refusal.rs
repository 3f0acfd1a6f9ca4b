//! Why there is no ticket, as shown to the candidate.

use super::rules::NotPrintable;

/// The errors that a candidate can cause in this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketRefusal {
    /// It does not exist, or belongs to somebody else (TH21).
    NotFound,
    /// It can't be printed now.
    NotPrintable(NotPrintable),
}

impl TicketRefusal {
    /// The code of interface.md section 1.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NotPrintable(_) => "not-printable",
        }
    }
}
