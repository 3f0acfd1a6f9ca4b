//! 这是我本人 (R24): a candidate says that the student whom another passport holds is himself. Somebody of the school decides,
//! with what was seen as evidence; another person of the same or a higher place approves, and sees what is decided. Then the
//! registration is let go, or moves to the claimant, or stays; the payer's money goes back; both sides are told.
//!
//! What a decision does to entries and money is ADR 11. While a dispute waits nothing of the registration is frozen: the school
//! sees how it stands, and whoever approves does so for what the page showed.
//!
//! Several passports may say so of one student: a stranger who is first shuts nobody out. Whoever decides sees all claims side by
//! side; where the registration moves to one of them, the others are turned down.
//!
//! **Invariant:** one dispute that waits per claimant, student and sitting (`dispute_open`); two persons (a CHECK).
//! Lock order: the student's record, the disputes by id, the registration, both claims, seat pools by key.

pub mod jobs;
pub mod refusal;
pub mod rules;
pub mod store;
pub mod verbs;
pub mod verify;

pub use refusal::DisputeRefusal;

use std::fmt;

use crate::record;
use crate::sealed::{Sealed, Telephone, TelephoneOf};
use crate::store::Value;
use crate::stored_as;
use crate::vault::{Vault, VaultError};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::{DisputeId, PassportId, RecordId, RegistrationId};
use crate::words::staff::Scope;
use crate::words::time::Time;

/// The state of a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisputeState {
    /// Nobody has decided.
    Open,
    /// Decided; another person has not approved it yet.
    Decided,
    /// Approved: the registration was let go, or moved.
    Approved,
    /// Approved: the registration stays as it is.
    Refused,
    /// The registration was released before anybody decided: the student is free.
    Lapsed,
}

impl DisputeState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Open, Self::Decided, Self::Approved, Self::Refused, Self::Lapsed];

    /// The name in the database and in filters.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Decided => "decided",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Lapsed => "lapsed",
        }
    }

    /// Parses a name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.wire() == text)
    }

    /// Whether somebody still has to do something.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Self::Open | Self::Decided)
    }
}

stored_as!(DisputeState, String, |state| Value::Text(state.wire()), |raw| DisputeState::from_wire(&raw));

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// The registration is let go: the student is free.
    Release,
    /// It moves to the claimant.
    Move,
    /// It stays as it is.
    Refuse,
}

impl Decision {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Move, Self::Release, Self::Refuse];

    /// The name in the database and in forms.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Move => "move",
            Self::Refuse => "refuse",
        }
    }

    /// Parses a name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.wire() == text)
    }
}

stored_as!(Decision, String, |decision| Value::Text(decision.wire()), |raw| Decision::from_wire(&raw));

record! {
    /// One dispute. Its Debug shows no personal data.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Dispute {
        /// The home school.
        pub school: SchoolCode,
        /// Its id.
        pub id: DisputeId,
        /// Its sitting.
        pub sitting: SittingCode,
        /// The campus of the record.
        pub campus: CampusCode,
        /// The record when it was opened.
        pub record: RecordId,
        /// The keyed hash of the student's document.
        pub document_key: Vec<u8>,
        /// 姓名 of the record.
        pub name: String,
        /// 学号 of the record.
        pub student_number: String,
        /// The disputed registration.
        pub registration: RegistrationId,
        /// The passport that held it then.
        pub holder: PassportId,
        /// Who says it is his.
        pub claimant: PassportId,
        /// 学号 as it was typed, sealed.
        pub number_sealed: Vec<u8>,
        /// Whether that is the one of the record.
        pub number_fits: bool,
        /// A telephone number, sealed.
        pub phone_sealed: Sealed<Telephone>,
        /// A note, sealed; of an empty text if there is none.
        pub note_sealed: Vec<u8>,
        /// Its state.
        pub state: DisputeState,
        /// When it was opened.
        pub opened_at: Time,
        /// What was decided.
        pub decision: Option<Decision>,
        /// What the school saw, sealed.
        pub evidence_sealed: Option<Vec<u8>>,
        /// What both sides are told beside the decision, sealed.
        pub answer_sealed: Option<Vec<u8>>,
        /// The account that decided.
        pub decided_by: Option<String>,
        /// The person who decided.
        pub decided_person: Option<String>,
        /// The scope of that account.
        pub decided_scope: Option<Scope>,
        /// When it was decided.
        pub decided_at: Option<Time>,
        /// The account that approved.
        pub approved_by: Option<String>,
        /// When it ended.
        pub ended_at: Option<Time>,
    }
}

impl Dispute {
    /// The claimant's telephone; empty once its time was over (A11).
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the keys of the installation do not open it.
    pub fn telephone(&self, vault: &Vault) -> Result<String, VaultError> {
        self.phone_sealed.open_if_kept(vault, TelephoneOf::Dispute(self.school, self.id))
    }

    /// How it stands, for the mark of a form (R19).
    #[must_use]
    pub fn standing(&self) -> [String; 3] {
        let decided = self.decided_at.map_or_else(String::new, |at| at.micros().to_string());
        let decision = self.decision.map_or("", Decision::wire);
        [self.state.wire().to_owned(), decision.to_owned(), decided]
    }

    /// Until when its decision can be approved.
    #[must_use]
    pub fn lapses_at(&self) -> Option<Time> {
        self.decided_at.map(|at| at.plus(rules::LIFE))
    }
}

impl fmt::Debug for Dispute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dispute({}, {}, {:?}, ..)", self.school, self.id, self.state)
    }
}

#[cfg(test)]
#[path = "tests/world.rs"]
pub(crate) mod world;

#[cfg(test)]
#[path = "tests/verbs.rs"]
mod tests;

#[cfg(test)]
#[path = "tests/money.rs"]
mod money_tests;

#[cfg(test)]
#[path = "tests/race.rs"]
mod race;
