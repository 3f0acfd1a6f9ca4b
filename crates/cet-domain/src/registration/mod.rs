//! Registrations (报名信息): the binding of one passport and one student for one sitting, with a snapshot of the record.
//!
//! A candidate accepts the agreement, is looked up in the roster by document and name, checks the record and saves it
//! ([`binding::save`](crate::binding::save)): from then on passport and student are bound to each other for the
//! sitting, and changes of the roster no longer affect what was saved. A registration without an entry is released
//! after a day, which frees both again ([`release`]).
//!
//! A school registers students who have no registration, with the first subject it enters them in
//! ([`binding::register`](crate::binding::register)). Such a registration has no passport and no claim until its student saves
//! and takes it over; nobody is told of it before. A student who has saved keeps his own.
//!
//! **Invariant (binding):** one live registration per passport (the key of `passport_claim`) and one per student
//! (`registration_student`) in a sitting.
//! **Invariant (lock):** the registration's row is the lock for all actions of one candidate: entering, cancelling,
//! expiring, paying, releasing (`docs/locking.md`).
//! Deliberately absent: seats and money.

pub mod brakes;
pub mod from_staff;
pub mod messages;
pub mod refusal;
pub mod release;
pub mod rules;
pub mod store;
pub mod verbs;

use crate::record;
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RegistrationId};
use crate::words::time::Time;

pub use crate::words::subject_list::SubjectList;
pub use refusal::RegistrationRefusal;
pub use store::{claims as claim, holding};

record! {
    /// The facts of a live registration for the rules.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Registration {
        /// The home school.
        pub school: SchoolCode,
        /// Its id.
        pub id: RegistrationId,
        /// Its sitting.
        pub sitting: SittingCode,
        /// Its passport; [`PassportId::NONE`] while it is the school's alone (集体报名).
        pub passport: PassportId,
        /// When it was saved.
        pub saved_at: Time,
        /// When it is released if it stays empty; `None` while it holds an entry or a place in a line (R7, R16).
        pub release_at: Option<Time>,
        /// For how many subjects it waits (R16).
        pub in_line: i64,
        /// The home campus.
        pub campus: CampusCode,
        /// The name of the school when it was saved.
        pub school_name: String,
        /// The name of the campus when it was saved.
        pub campus_name: String,
        /// 资格科目 as granted when it was saved, or by a later review.
        pub subjects: SubjectList,
        /// 资格科目 as listed in the roster; if empty, the rules apply.
        pub listed: SubjectList,
        /// 限制科目.
        pub barred: SubjectList,
    }
}

/// The daily limit of documents in tests.
#[cfg(test)]
pub(crate) const DOCUMENTS_A_DAY: usize = 5;
