//! Registrations (报名信息): the binding of one passport and one student for one sitting, with a snapshot of the record.
//!
//! A candidate accepts the agreement, is looked up in the roster by document and name, checks the record and saves it
//! ([`binding::save`](crate::binding::save)): from then on passport and student belong to each other for the sitting, both ways, and the roster
//! no longer reaches what was saved. A registration without an entry is released after a day, and both are free again
//! ([`release`]).
//!
//! **Invariant (binding):** one live registration a passport (the key of `passport_claim`) and one a student
//! (`registration_student`) in a sitting.
//! **Invariant (lock):** the registration's row is the lock of all that one candidate does: entering, cancelling,
//! expiring, paying, releasing (`docs/locking.md`).
//! Deliberately absent: seats and money.

pub mod claim;
pub mod holding;
pub mod refusal;
pub mod release;
pub mod rules;
pub mod store;
pub mod told;
pub mod verbs;

use crate::record;
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RegistrationId};
use crate::words::time::Time;

pub use crate::words::subject_list::SubjectList;
pub use refusal::RegistrationRefusal;

record! {
    /// What rules need to know of a live registration.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Registration {
        /// The home school.
        pub school: SchoolCode,
        /// Its id.
        pub id: RegistrationId,
        /// Its sitting.
        pub sitting: SittingCode,
        /// Whose it is.
        pub passport: PassportId,
        /// When it was saved.
        pub saved_at: Time,
        /// When it is released if no subject is entered by then; `None` while it holds an entry (R7).
        pub release_at: Option<Time>,
        /// The home campus.
        pub campus: CampusCode,
        /// The name of the school when it was saved.
        pub school_name: String,
        /// The name of the campus when it was saved.
        pub campus_name: String,
        /// 资格科目 as granted when it was saved, and by a review since.
        pub subjects: SubjectList,
        /// 资格科目 as the roster listed them; empty means by the rules.
        pub listed: SubjectList,
        /// 限制科目.
        pub barred: SubjectList,
    }
}

/// Documents a day as tests allow them.
#[cfg(test)]
pub(crate) const DOCUMENTS_A_DAY: usize = 5;
