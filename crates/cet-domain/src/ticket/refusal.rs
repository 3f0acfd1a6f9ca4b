//! Why there is no ticket, as the candidate is told.

use super::rules::NotPrintable;

/// What a candidate can cause in this room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketRefusal {
    /// Not there, or not theirs (TH21).
    NotFound,
    /// Theirs, and not to be printed now.
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
