//! 信息有误 (R4): a candidate reports what is wrong in a student's record; the school corrects the record or answers.
//!
//! A report is about the record that the candidate's page showed: the bound one, else the one looked up. What was typed and
//! what the school answers is sealed. A correction is the one that the school's page of the student makes
//! ([`roster::verbs::correct`](crate::roster::verbs::correct)): what a candidate has saved keeps its snapshot (R6). Either way the
//! candidate is told, by mail and on the page of messages.
//!
//! **Invariant:** one open report per passport and record (`record_report_open`).
//! Lock order: the student's record, then the report.

pub mod refusal;
pub mod rules;
pub mod store;
pub mod verbs;

pub use refusal::ReportRefusal;
pub use rules::Field;

use std::fmt;

use crate::record;
use crate::store::Value;
use crate::stored_as;
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RecordId, ReportId};
use crate::words::time::Time;

/// The state of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportState {
    /// The school has not answered.
    Open,
    /// The record was corrected, with an answer.
    Corrected,
    /// Answered, the record stays as it is.
    Answered,
}

impl ReportState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Corrected, Self::Answered];

    /// The name in the database and in filters.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Corrected => "corrected",
            Self::Answered => "answered",
        }
    }

    /// Parses a name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.wire() == text)
    }
}

stored_as!(ReportState, String, |state| Value::Text(state.wire()), |raw| ReportState::from_wire(&raw));

record! {
    /// One report. Its Debug shows no personal data.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Report {
        /// The school of the record.
        pub school: SchoolCode,
        /// Its id.
        pub id: ReportId,
        /// Its sitting.
        pub sitting: SittingCode,
        /// The campus of the record.
        pub campus: CampusCode,
        /// Who reported.
        pub passport: PassportId,
        /// The record.
        pub record: RecordId,
        /// 姓名 of the record.
        pub name: String,
        /// 学号 of the record.
        pub student_number: String,
        /// What is wrong.
        pub field: Field,
        /// What the record said there, sealed.
        pub said_sealed: Vec<u8>,
        /// What is right, sealed.
        pub right_sealed: Vec<u8>,
        /// A note, sealed; of an empty text if there is none.
        pub note_sealed: Vec<u8>,
        /// Its state.
        pub state: ReportState,
        /// When it was reported.
        pub reported_at: Time,
        /// The account that answered.
        pub answered_by: Option<String>,
        /// When it was answered.
        pub answered_at: Option<Time>,
        /// The answer, sealed.
        pub answer_sealed: Option<Vec<u8>>,
    }
}

impl Report {
    /// The state for the mark of a form (R19).
    #[must_use]
    pub fn standing(&self) -> [String; 2] {
        let answered = self.answered_at.map_or_else(String::new, |at| at.micros().to_string());
        [self.state.wire().to_owned(), answered]
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Report({}, {}, {:?}, ..)", self.school, self.id, self.state)
    }
}
