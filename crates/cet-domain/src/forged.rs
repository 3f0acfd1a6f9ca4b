//! Notifications that are not to be believed: counted by reason for `/metrics`, logged as samples, and answered no more
//! where one network sends too many (TH33). Each node counts by itself.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use gateway::{GatewayCode, WireError};
use jiff::SignedDuration;

use crate::words::time::Time;

/// Up to this many a minute from one network are answered as its gateway would have it.
pub const MOST: u32 = 60;
/// The period in which they are counted, and for which a network has to wait.
const PERIOD: SignedDuration = SignedDuration::from_mins(1);
/// The most networks counted at once. Further ones are answered until the period is over.
const NETWORKS: usize = 10_000;

/// The notifications that this node refused.
#[derive(Debug, Default)]
pub struct Forged(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    counts: BTreeMap<(&'static str, &'static str), Count>,
    since: Option<Time>,
    networks: HashMap<String, u32>,
}

#[derive(Debug, Default)]
struct Count {
    all: u64,
    /// When one was logged, and how many came since.
    logged: Option<Time>,
    unlogged: u64,
}

/// What follows from one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    /// It is to be logged, together with this many before it that were not.
    pub log: Option<u64>,
    /// It is the one with which its network reached [`MOST`].
    pub is_last: bool,
}

impl State {
    fn begin(&mut self, now: Time) {
        if self.since.is_none_or(|since| now.since(since) >= PERIOD || now < since) {
            self.since = Some(now);
            self.networks.clear();
        }
    }

    fn network(&mut self, name: &str) -> Option<&mut u32> {
        if self.networks.len() >= NETWORKS && !self.networks.contains_key(name) {
            return None;
        }
        Some(self.networks.entry(name.to_owned()).or_default())
    }
}

impl Forged {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seconds until unbelieved notifications of this network are answered again; `None`: now.
    #[must_use]
    pub fn wait(&self, network: &str, now: Time) -> Option<u64> {
        let mut state = self.lock();
        state.begin(now);
        let full = state.networks.get(network).is_some_and(|forged| *forged >= MOST);
        let left = PERIOD.saturating_sub(now.since(state.since?));
        full.then(|| u64::try_from(left.as_secs()).unwrap_or(0).max(1))
    }

    /// One was not believed.
    pub fn note(&self, gateway: GatewayCode, why: &WireError, network: &str, now: Time) -> Noted {
        let mut state = self.lock();
        state.begin(now);
        let is_last = state.network(network).is_some_and(|of| {
            *of = of.saturating_add(1);
            *of == MOST
        });
        Noted { log: state.count(gateway, reason(why), now), is_last }
    }

    /// One was answered no more.
    pub fn refuse(&self, gateway: GatewayCode, now: Time) {
        self.lock().count(gateway, UNREAD, now);
    }

    /// Gateway, reason and count since the node started; zeros included.
    #[must_use]
    pub fn counts(
        &self,
        gateways: impl Iterator<Item = &'static str>,
    ) -> Vec<(&'static str, &'static str, u64)> {
        let state = self.lock();
        gateways
            .flat_map(|gateway| REASONS.map(|reason| (gateway, reason)))
            .map(|key| (key.0, key.1, state.counts.get(&key).map_or(0, |count| count.all)))
            .collect()
    }
}

impl State {
    /// Counts it; how many were not logged before it, if it is to be logged: one a minute of each kind.
    fn count(&mut self, gateway: GatewayCode, reason: &'static str, now: Time) -> Option<u64> {
        let count = self.counts.entry((gateway.as_str(), reason)).or_default();
        count.all = count.all.saturating_add(1);
        if count.logged.is_some_and(|at| now.since(at) < PERIOD && now >= at) {
            count.unlogged = count.unlogged.saturating_add(1);
            return None;
        }
        count.logged = Some(now);
        Some(std::mem::take(&mut count.unlogged))
    }
}

/// Answered no more.
const UNREAD: &str = "network";
/// All reasons.
const REASONS: [&str; 5] = ["form", "network", "not-ours", "signature", "time"];

/// The kind of an error, as monitoring tells them apart: a wrong signature is a forgery or a wrong key, the rest a fault.
const fn reason(error: &WireError) -> &'static str {
    match error {
        WireError::BadSignature(_) | WireError::UnknownKey(_) | WireError::WrongSignType => "signature",
        WireError::WrongTime => "time",
        WireError::WrongMerchant
        | WireError::WrongApp
        | WireError::WrongOrder
        | WireError::BadAmount
        | WireError::WrongCurrency => "not-ours",
        _ => "form",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::NOON;

    fn at(seconds: i64) -> Time {
        NOON.plus(SignedDuration::from_secs(seconds))
    }

    #[test]
    fn one_a_minute_of_each_reason_is_logged_and_all_are_counted() {
        let forged = Forged::default();
        let note =
            |why: &WireError, second| forged.note(gateway::alipay::CODE, why, "192.0.2.1", at(second)).log;
        let (bad, old) = (WireError::BadSignature("sign"), WireError::WrongTime);
        assert_eq!(
            (note(&bad, 0), note(&bad, 1), note(&bad, 59), note(&old, 59)),
            (Some(0), None, None, Some(0))
        );
        assert_eq!(note(&bad, 60), Some(2));
        let counts = forged.counts(["alipay"].into_iter());
        let of = |reason: &str| counts.iter().find(|one| one.1 == reason).unwrap().2;
        assert_eq!((of("signature"), of("time"), of("form"), of("network")), (4, 1, 0, 0));
    }

    #[test]
    fn a_network_that_forges_waits_and_others_do_not() {
        let forged = Forged::default();
        let note = |network: &str, n: i64| {
            forged.note(gateway::alipay::CODE, &WireError::BadSignature("sign"), network, at(n)).is_last
        };
        let last: Vec<bool> = (0..60).map(|n| note("192.0.2.1", n % 30)).collect();
        assert_eq!(last.iter().filter(|last| **last).count(), 1);
        assert!(!(0..59).any(|n| note("192.0.2.2", n % 30)));
        assert_eq!(forged.wait("192.0.2.1", at(40)), Some(20));
        assert_eq!((forged.wait("192.0.2.2", at(40)), forged.wait("192.0.2.3", at(40))), (None, None));
        assert_eq!(forged.wait("192.0.2.1", at(60)), None);
    }

    #[test]
    fn strangers_do_not_fill_the_memory() {
        let forged = Forged::default();
        for n in 0..=NETWORKS {
            forged.note(gateway::alipay::CODE, &WireError::Encoding, &n.to_string(), at(0));
        }
        assert_eq!(forged.lock().networks.len(), NETWORKS);
    }
}
