//! What a node remembers of the tickets of its door, so that none serves twice (TH45): a ticket is a cookie, and a cookie can
//! be copied together with the one of the browser that it is bound to.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::ticket::Holder;
use crate::words::ids::PassportId;

/// The most holders that are remembered; what comes beyond is let pass as if it were the first time.
const MOST: usize = 500_000;

/// What an admission at the door is good for, each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Registering.
    Register,
    /// The log-in.
    LogIn,
}

/// What one ticket was good for already.
#[derive(Clone, Copy, Debug, Default)]
struct Had {
    counted: bool,
    registered: bool,
    logged_in: bool,
    went_to: Option<PassportId>,
}

/// The tickets of this time that the room is on.
#[derive(Debug, Default)]
pub(super) struct Served(Mutex<(Option<i64>, HashMap<Holder, Had>)>);

impl Served {
    fn with<T>(&self, since: Option<i64>, holder: Holder, use_it: impl FnOnce(&mut Had) -> T) -> T {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Tickets of an earlier time that the room was on are worth nothing.
        if held.0 != since {
            *held = (since, HashMap::new());
        }
        if held.1.len() >= MOST && !held.1.contains_key(&holder) {
            return use_it(&mut Had::default());
        }
        use_it(held.1.entry(holder).or_default())
    }

    /// Whether this is the first time that this ticket is to be counted.
    pub(super) fn counts(&self, since: Option<i64>, holder: Holder) -> bool {
        self.with(since, holder, |had| !std::mem::replace(&mut had.counted, true))
    }

    /// Whether a ticket has had this.
    pub(super) fn had(&self, since: Option<i64>, holder: Holder, service: Service) -> bool {
        self.with(since, holder, |had| match service {
            Service::Register => had.registered,
            Service::LogIn => had.logged_in,
        })
    }

    /// Notes that a ticket has had this.
    pub(super) fn note(&self, since: Option<i64>, holder: Holder, service: Service) {
        self.with(since, holder, |had| match service {
            Service::Register => had.registered = true,
            Service::LogIn => had.logged_in = true,
        });
    }

    /// Whether the place of a stranger's ticket is this passport's: of the first that takes it along.
    pub(super) fn goes_to(&self, since: Option<i64>, holder: Holder, passport: PassportId) -> bool {
        self.with(since, holder, |had| *had.went_to.get_or_insert(passport) == passport)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_counted_once_serves_each_thing_once_and_goes_to_one_passport() {
        let (served, me, since) = (Served::default(), Holder::Stranger(3), Some(100));
        assert!(served.counts(since, me) && !served.counts(since, me));
        for service in [Service::Register, Service::LogIn] {
            assert!(!served.had(since, me, service));
            served.note(since, me, service);
            assert!(served.had(since, me, service));
        }
        assert!(served.goes_to(since, me, PassportId(1)) && served.goes_to(since, me, PassportId(1)));
        assert!(!served.goes_to(since, me, PassportId(2)));
        assert!(served.goes_to(since, Holder::Stranger(4), PassportId(2)));
        // The next time that the room is on begins anew.
        assert!(served.goes_to(Some(200), me, PassportId(2)) && served.counts(Some(200), me));
    }
}
