//! Events that an operator's monitoring should see at once (TH27, TH71): counted by this node for `/metrics`, and
//! logged once, without naming the persons concerned; the audit log has those.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::SignedDuration;

use crate::forged::Forged;
use crate::refusals::Refusals;
use crate::words::time::Time;

/// Up to this many bindings an hour from one network are normal (TH71).
pub const BINDINGS: u32 = 20;
/// The period in which bindings are counted.
const PERIOD: SignedDuration = SignedDuration::from_hours(1);
/// The most networks counted at once: 100,000 take some 10 MB. Further ones are not watched until the hour is over.
const NETWORKS: usize = 100_000;

/// More than [`BINDINGS`] from one network.
pub(crate) const MANY_BINDINGS: &str = "many-bindings";
/// A file was requested that needs a second person's approval.
pub(crate) const LONG_FILE: &str = "long-file";
/// A round of a job took longer than it ever should.
pub const JOB_STUCK: &str = "job-stuck";
/// A job's task ended while the node was running.
pub const JOB_ENDED: &str = "job-ended";
/// A job set an item aside that it can't process.
pub const SET_ASIDE: &str = "set-aside";

/// A refund stands still until finance decides: its gateway refuses it, or lists one that nobody can explain.
pub(crate) const REFUND_STOPPED: &str = "refund-stopped";
/// A gateway tells of a refund that this system did not send.
pub(crate) const REFUNDED_ELSEWHERE: &str = "refunded-elsewhere";
/// A gateway tells of money that fits no order of ours.
pub(crate) const MONEY_DOUBTFUL: &str = "money-doubtful";

/// A gateway has given no bill of a day, or none but bad ones, for two days after its end.
pub(crate) const BILL_MISSING: &str = "bill-missing";
/// A bill did not arrive as a whole: whoever sent it, or the node that took it, broke off.
pub(crate) const BILL_BROKEN_OFF: &str = "bill-broken-off";

/// A network sent as many notifications that are not to be believed as are looked at in a minute.
pub const FORGED_NOTICES: &str = "forged-notices";

/// Another process took over this node's number.
pub(crate) const NODE_NUMBER: &str = "node-number";

/// All kinds, so that monitoring sees them from the start.
const KINDS: [&str; 12] = [
    MANY_BINDINGS,
    LONG_FILE,
    JOB_STUCK,
    JOB_ENDED,
    SET_ASIDE,
    REFUND_STOPPED,
    REFUNDED_ELSEWHERE,
    MONEY_DOUBTFUL,
    BILL_MISSING,
    BILL_BROKEN_OFF,
    FORGED_NOTICES,
    NODE_NUMBER,
];

/// The alarms of a node.
#[derive(Debug, Default)]
pub struct Alarms {
    bindings: Mutex<Bindings>,
    counts: Mutex<BTreeMap<&'static str, u64>>,
    /// What was refused, by reason.
    pub refusals: Refusals,
    /// Notifications that were not believed.
    pub forged: Forged,
}

/// The bindings of an hour, by network.
#[derive(Debug, Default)]
struct Bindings {
    since: Option<Time>,
    of: HashMap<String, u32>,
}

impl Bindings {
    /// Counts a binding; returns whether it is the first of its network above [`BINDINGS`] in this hour.
    fn note(&mut self, network: String, now: Time) -> bool {
        if self.since.is_none_or(|since| now.since(since) >= PERIOD || now < since) {
            self.since = Some(now);
            self.of.clear();
        }
        if self.of.len() >= NETWORKS && !self.of.contains_key(&network) {
            return false;
        }
        let count = self.of.entry(network).or_default();
        *count = count.saturating_add(1);
        *count == BINDINGS.saturating_add(1)
    }
}

impl Alarms {
    /// Counts an alarm; the caller logs what it is about.
    pub fn sound(&self, kind: &'static str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(kind).or_default();
        *count = count.saturating_add(1);
    }

    /// How often an alarm was raised since this node started.
    #[must_use]
    pub fn count(&self, kind: &str) -> u64 {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).get(kind).copied().unwrap_or(0)
    }

    /// How often each kind was raised since this node started, zeros included.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, u64)> {
        KINDS.map(|kind| (kind, self.count(kind))).into()
    }

    /// A passport was bound from this network.
    pub fn bound_from(&self, network: String, now: Time) {
        if self.bindings.lock().unwrap_or_else(PoisonError::into_inner).note(network, now) {
            self.sound(MANY_BINDINGS);
            tracing::warn!(
                "more than {BINDINGS} bindings in an hour from one network: see registration-saved in the audit log"
            );
        }
    }

    /// Somebody requested a file that needs a second person's approval.
    pub fn long_file_asked(&self) {
        self.sound(LONG_FILE);
        tracing::warn!("a long file was asked for: see export-asked in the audit log");
    }

    /// Counts since this node started: many bindings, long files.
    #[must_use]
    pub fn tally(&self) -> (u64, u64) {
        (self.count(MANY_BINDINGS), self.count(LONG_FILE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::NOON;

    #[test]
    fn th71_the_twenty_first_binding_of_an_hour_from_one_network_sounds_the_alarm_once() {
        let alarms = Alarms::default();
        let bind = |network: &str, minutes| {
            alarms.bound_from(network.to_owned(), NOON.plus(SignedDuration::from_mins(minutes)));
            alarms.tally().0
        };
        for n in 0..20 {
            assert_eq!((bind("192.0.2.1", n), bind("192.0.2.2", n)), (0, 0), "{n}");
        }
        assert_eq!((bind("192.0.2.1", 21), bind("192.0.2.1", 22), bind("192.0.2.2", 23)), (1, 1, 2));
        // The next hour starts at zero.
        assert_eq!(bind("192.0.2.1", 60), 2);
        for _ in 0..19 {
            bind("192.0.2.1", 61);
        }
        assert_eq!(bind("192.0.2.1", 61), 3);
    }

    #[test]
    fn strangers_do_not_fill_the_memory() {
        let mut bindings = Bindings::default();
        for n in 0..=NETWORKS {
            bindings.note(n.to_string(), NOON);
        }
        assert_eq!(bindings.of.len(), NETWORKS);
        assert!((0..20).all(|_| !bindings.note(NETWORKS.to_string(), NOON)));
        assert!((0..19).all(|_| !bindings.note("0".to_owned(), NOON)) && bindings.note("0".to_owned(), NOON));
    }
}
