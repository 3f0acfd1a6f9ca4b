//! Why an application is not accepted, changed or decided, as shown to the user.

/// The errors that a candidate or a school can cause in this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewRefusal {
    /// No record was looked up in this session, and none is bound.
    NotLookedUp,
    /// CET6 is not offered, barred, or already open (V1).
    NotOpen,
    /// The passport has no application that could be deleted; the code is `review-not-open` too.
    Nothing,
    /// The confirmation is not ticked.
    NotChecked,
    /// Rule 3: no such ticket, or it is somebody else's. These are indistinguishable (W7).
    TicketUnknown,
    /// The passport has an application for another student; or the student has one already (staff).
    Exists,
    /// 未复核: frozen.
    Pending,
    /// 复核通过: final.
    Final,
    /// The school accepts no more applications (malicious repeats); the code is `review-final` too.
    Closed,
    /// Too many tries in a day; seconds until the next.
    TooMany(u64),
    /// Staff: it has changed since the page was loaded.
    Changed,
    /// Staff: too few submissions to call them malicious.
    TooFew,
    /// Staff: the ticket is already used for another student.
    TicketTaken,
    /// Staff: no evidence is given, or too long.
    NoEvidence,
    /// Staff: no decision is chosen.
    NoDecision,
    /// Staff: no such student in the school's roster.
    RecordNotFound,
    /// Staff: no kind of document is chosen.
    DocumentKind,
    /// Staff: not a valid number.
    DocumentNumber,
    /// Staff: no name.
    NoName,
    /// Staff: none with this id in the scope.
    NotFound,
}

impl ReviewRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotLookedUp => "not-looked-up",
            Self::NotOpen | Self::Nothing => "review-not-open",
            Self::Changed => "changed-meanwhile",
            Self::NotChecked => "not-checked",
            Self::TicketUnknown => "ticket-unknown",
            Self::Exists | Self::TicketTaken => "review-exists",
            Self::Pending => "review-pending",
            Self::Final | Self::Closed => "review-final",
            Self::TooMany(_) => "too-many",
            Self::TooFew | Self::NoEvidence | Self::NoDecision | Self::NoName => "field-invalid",
            Self::RecordNotFound => "record-not-found",
            Self::DocumentKind => "document-kind",
            Self::DocumentNumber => "document-number",
            Self::NotFound => "not-found",
        }
    }

    /// For `Retry-After`.
    #[must_use]
    pub fn retry_seconds(refusals: &[Self]) -> Option<u64> {
        refusals
            .iter()
            .find_map(|refusal| if let Self::TooMany(seconds) = refusal { Some(*seconds) } else { None })
    }
}
