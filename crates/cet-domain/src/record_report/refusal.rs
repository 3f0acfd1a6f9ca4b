//! Why a report or its answer is not accepted, as shown to the user.

/// The errors that a candidate or a school can cause in this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportRefusal {
    /// No record was looked up in this session, and none is bound; or it is no longer in the roster.
    NotLookedUp,
    /// This field of the form is empty, unknown or too long.
    Wrong(&'static str),
    /// The last report of this record is not answered yet.
    Open,
    /// Staff: it, or the record, has changed since the page was loaded.
    Changed,
    /// Staff: it was answered before.
    Over,
    /// Staff: a candidate has saved the record: its snapshot stays (R6).
    Saved,
    /// Staff: the record says so already: there is nothing to correct.
    Same,
    /// Staff: this field comes from an import only.
    ByImport,
    /// Staff: none with this id in the scope.
    NotFound,
}

impl ReportRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotLookedUp => "not-looked-up",
            Self::Wrong(_) | Self::Same => "field-invalid",
            Self::Open => "report-open",
            Self::Changed | Self::Over => "changed-meanwhile",
            Self::Saved => "student-bound",
            Self::ByImport => "not-eligible",
            Self::NotFound => "not-found",
        }
    }
}
