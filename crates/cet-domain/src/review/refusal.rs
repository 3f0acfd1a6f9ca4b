//! Why an application is not taken, changed or decided, as the person is told.

/// What a candidate or a school can cause in this room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewRefusal {
    /// No record was looked up in this session, and none is bound.
    NotLookedUp,
    /// CET6 is not offered, barred, or open already (V1).
    NotOpen,
    /// The tick is missing.
    NotChecked,
    /// Rule 3: no such ticket, or it is somebody else's. All of these look alike (W7).
    TicketUnknown,
    /// The passport has an application for another student; or the student has one already (staff).
    Exists,
    /// 未复核: frozen.
    Pending,
    /// 复核通过: final.
    Final,
    /// The school takes no more applications (malicious repeats); the code is `review-final` too.
    Closed,
    /// So many tries in a day; seconds until the next.
    TooMany(u64),
    /// Staff: it is not what was on the page any more.
    Changed,
    /// Staff: too few submissions to call them malicious.
    TooFew,
    /// Staff: the ticket serves another student already.
    TicketTaken,
    /// Staff: no evidence is named, or far too much.
    NoEvidence,
    /// Staff: no decision is chosen.
    NoDecision,
    /// Staff: no such student in the own roster.
    RecordNotFound,
    /// Staff: no kind of document is chosen.
    DocumentKind,
    /// Staff: the number can't be one.
    DocumentNumber,
    /// Staff: no name.
    NoName,
    /// Staff: nothing of this id in the own scope.
    NotFound,
}

impl ReviewRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotLookedUp => "not-looked-up",
            Self::NotOpen => "review-not-open",
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
