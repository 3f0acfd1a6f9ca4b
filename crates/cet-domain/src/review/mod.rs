//! CET6资格复核 (V1, V2, V3, V4, V5): a candidate whose CET4 score is not found under the document requests access to CET6.
//!
//! A ticket number with the same document is approved at once; with the same name and another document the school
//! decides by hand; anything else is refused and not stored ([`rules::outcome`]). Name and document come from the bound
//! or looked-up record, never from the form, and an approval is valid for that document only (W7).
//!
//! **Invariant:** one application per passport and sitting (the key of `passport_claim`, kind `review`).
//! **Invariant:** one ticket number can be used by one student in a sitting (the key of `review_ticket`).
//! Lock order: the student's record, registration, the passport's claim, the application, the ticket.

mod mails;
pub mod refusal;
pub mod rules;
pub mod store;
pub mod verbs;
pub mod verify;

pub use refusal::ReviewRefusal;

use std::fmt;

use crate::record;
use crate::score::Ticket;
use crate::sealed::{Document, Sealed};
use crate::store::Value;
use crate::stored_as;
use crate::vault::{Vault, VaultError};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::{PassportId, ReviewId};
use crate::words::time::Time;

/// 复核状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReviewState {
    /// 未复核: the school decides by hand; frozen until then.
    Pending,
    /// 复核通过: final.
    Approved,
    /// 复核未通过: may be corrected or deleted.
    Refused,
    /// Deleted by the candidate: only the number of submissions is left.
    Withdrawn,
}

impl ReviewState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Refused, Self::Withdrawn];

    /// The name in the database and in filters.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Parses a name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.wire() == text)
    }
}

stored_as!(ReviewState, String, |state| Value::Text(state.wire()), |raw| ReviewState::from_wire(&raw));

record! {
    /// One application. Its Debug shows no personal data.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Review {
        /// The school that decides.
        pub school: SchoolCode,
        /// Its id.
        pub id: ReviewId,
        /// Its sitting.
        pub sitting: SittingCode,
        /// The home campus.
        pub campus: CampusCode,
        /// Its passport; `None` for one of the school's own (before 2005).
        pub passport: Option<PassportId>,
        /// The lookup key of the document; empty when withdrawn.
        pub document_key: Vec<u8>,
        /// 证件类型, by its name in the database.
        pub document_kind: String,
        /// 证件号码, sealed.
        pub document_sealed: Sealed<Document>,
        /// 姓名 of the record.
        pub name: String,
        /// 准考证号.
        pub ticket: Option<Ticket>,
        /// 复核状态.
        pub state: ReviewState,
        /// Whether the school accepts no more submissions of it.
        pub malicious: bool,
        /// How often it was submitted.
        pub submissions: i64,
        /// When it was submitted last.
        pub submitted_at: Time,
        /// The account that decided; `None` for the rules.
        pub decided_by: Option<String>,
        /// When it was decided.
        pub decided_at: Option<Time>,
        /// The evidence, sealed.
        pub evidence_sealed: Option<Vec<u8>>,
    }
}

impl Review {
    /// 证件号码.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the keys of the installation do not open it.
    pub fn number(&self, vault: &Vault) -> Result<String, VaultError> {
        self.document_sealed.open(vault, &self.document_key)
    }

    /// The state for the mark of a form (R19).
    #[must_use]
    pub fn standing(&self) -> [String; 4] {
        let decided = self.decided_at.map_or_else(String::new, |at| at.micros().to_string());
        [self.state.wire().to_owned(), self.malicious.to_string(), self.submissions.to_string(), decided]
    }
}

impl fmt::Debug for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Review({}, {}, {:?}, ..)", self.school, self.id, self.state)
    }
}
