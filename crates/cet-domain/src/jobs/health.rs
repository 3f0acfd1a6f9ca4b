//! The state of this node's jobs: for `/metrics`, which makes no query, and for the log, which reports changes of
//! state.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;

use super::rules;
use crate::words::time::Time;

/// All jobs of a node, by name.
#[derive(Debug, Default)]
pub struct Health(Mutex<BTreeMap<&'static str, State>>);

#[derive(Debug, Default)]
struct State {
    success: Option<Time>,
    failures: u64,
    failing: Option<Failing>,
}

/// A failure that persists.
#[derive(Debug)]
struct Failing {
    since: Time,
    rounds: u64,
    what: String,
    logged_at: Time,
    interval: SignedDuration,
}

/// The next log message.
#[derive(Clone, Debug, PartialEq, Eq)]
enum LogMessage {
    Nothing,
    Failed,
    StillFails(SignedDuration, u64),
    WorksAgain(SignedDuration, u64),
}

impl State {
    fn succeeded(&mut self, now: Time) -> LogMessage {
        self.success = Some(now);
        match self.failing.take() {
            Some(was) => LogMessage::WorksAgain(now.since(was.since), was.rounds),
            None => LogMessage::Nothing,
        }
    }

    fn failed(&mut self, now: Time, what: &str) -> LogMessage {
        self.failures = self.failures.saturating_add(1);
        let Some(failing) = &mut self.failing else {
            let (what, interval) = (what.to_owned(), rules::FIRST_SUMMARY);
            self.failing = Some(Failing { since: now, rounds: 1, what, logged_at: now, interval });
            return LogMessage::Failed;
        };
        failing.rounds = failing.rounds.saturating_add(1);
        if failing.what != what {
            what.clone_into(&mut failing.what);
            failing.logged_at = now;
            return LogMessage::Failed;
        }
        if now.since(failing.logged_at) < failing.interval {
            return LogMessage::Nothing;
        }
        failing.logged_at = now;
        failing.interval = rules::next_silence(failing.interval);
        LogMessage::StillFails(now.since(failing.since), failing.rounds)
    }
}

impl Health {
    fn states(&self) -> MutexGuard<'_, BTreeMap<&'static str, State>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a job, so that it is visible from the start.
    pub fn begins(&self, job: &'static str) {
        self.states().entry(job).or_default();
    }

    /// A round succeeded.
    pub fn succeeded(&self, job: &'static str, now: Time) {
        let message = self.states().entry(job).or_default().succeeded(now);
        if let LogMessage::WorksAgain(time, rounds) = message {
            tracing::info!(job, seconds = time.as_secs(), rounds, "a job works again");
        }
    }

    /// A round failed.
    pub fn failed(&self, job: &'static str, now: Time, what: &str) {
        let message = self.states().entry(job).or_default().failed(now, what);
        match message {
            LogMessage::Failed => tracing::error!(job, error = what, "a job failed; it is tried again"),
            LogMessage::StillFails(time, rounds) => {
                tracing::error!(job, error = what, seconds = time.as_secs(), rounds, "a job still fails");
            }
            LogMessage::Nothing | LogMessage::WorksAgain(..) => {}
        }
    }

    /// Each job since the start of the node: its name, the last success, the number of failures.
    #[must_use]
    pub fn figures(&self) -> Vec<(&'static str, Option<Time>, u64)> {
        self.states().iter().map(|(job, state)| (*job, state.success, state.failures)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::NOON;

    fn after(seconds: i64) -> Time {
        NOON.plus(SignedDuration::from_secs(seconds))
    }

    #[test]
    fn a_state_is_told_when_it_changes_and_a_failure_that_goes_on_ever_more_rarely() {
        let mut state = State::default();
        assert_eq!(state.succeeded(NOON), LogMessage::Nothing);
        assert_eq!(state.failed(after(1), "no connection"), LogMessage::Failed);
        let logged_at: Vec<i64> = (2..4 * 3600)
            .filter(|second| state.failed(after(*second), "no connection") != LogMessage::Nothing)
            .collect();
        assert_eq!(logged_at, [61, 181, 421, 901, 1861, 3781, 7381, 10981]);
        assert_eq!(
            state.failed(after(20_000), "a unique key was broken"),
            LogMessage::Failed,
            "another failure"
        );
        let rounds = state.failures;
        assert_eq!(
            state.succeeded(after(20_001)),
            LogMessage::WorksAgain(SignedDuration::from_secs(20_000), rounds)
        );
        assert_eq!(state.succeeded(after(20_002)), LogMessage::Nothing);
        assert_eq!(state.failed(after(20_003), "no connection"), LogMessage::Failed);
    }

    #[test]
    fn each_job_is_seen_from_its_beginning_with_its_last_success_and_its_failures() {
        let health = Health::default();
        health.begins("expiry");
        health.begins("mail");
        health.succeeded("expiry", NOON);
        health.failed("expiry", after(1), "no connection");
        assert_eq!(health.figures(), [("expiry", Some(NOON), 1), ("mail", None, 0)]);
    }
}
