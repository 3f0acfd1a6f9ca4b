//! When a limit is reached, and how long the wait is then.

use jiff::SignedDuration;

use crate::words::time::Time;

/// How long the last wait is remembered, so that the next one doubles.
pub(super) const MEMORY: SignedDuration = SignedDuration::from_hours(24);

/// A rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What is counted, as `login-account`; keys of different rules never collide.
    pub what: &'static str,
    /// The number of failures that reaches the limit.
    pub most: i64,
    /// The period in which they are counted.
    pub period: SignedDuration,
    /// The consequence.
    pub then: Then,
}

/// The consequence of reaching the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// A wait until the period is over.
    Rest,
    /// A wait that doubles each time the limit is reached again, up to a maximum.
    Doubling {
        /// The first wait.
        first: SignedDuration,
        /// The longest wait: a delay, never a lockout.
        longest: SignedDuration,
    },
}

/// The time until a retry is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// For `Retry-After`, at least 1.
    pub seconds: u64,
}

impl Wait {
    pub(super) fn from(until: Time, now: Time) -> Option<Self> {
        let left = u64::try_from(until.since(now).as_micros()).ok().filter(|left| *left > 0)?;
        Some(Self { seconds: left.div_ceil(1_000_000) })
    }
}

/// A stored count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Count {
    /// The start of the period.
    pub(super) since: Time,
    /// Failures in it.
    pub(super) failures: i64,
    /// Refused until this time.
    pub(super) until: Time,
    /// How many times in a row the limit was reached.
    pub(super) level: i64,
}

impl Rule {
    pub(super) fn key(&self, whom: &str) -> String {
        format!("{}:{whom}", self.what)
    }
}

/// The count after one more failure.
pub(super) fn after_failure(rule: &Rule, before: Count, now: Time) -> Count {
    let fresh = now.since(before.since) >= rule.period;
    let since = if fresh { now } else { before.since };
    let failures = if fresh { 1 } else { before.failures.saturating_add(1) };
    let level = if now.since(before.until) >= MEMORY { 0 } else { before.level };
    if failures < rule.most {
        return Count { since, failures, until: before.until, level };
    }
    let until = match rule.then {
        Then::Rest => since.plus(rule.period),
        Then::Doubling { first, longest } => {
            let factor =
                1_i32.checked_shl(u32::try_from(level).unwrap_or(u32::MAX)).filter(|factor| *factor > 0);
            now.plus(factor.and_then(|factor| first.checked_mul(factor)).unwrap_or(longest).min(longest))
        }
    };
    Count { since: now, failures: 0, until, level: level.saturating_add(1) }
}

/// The count without a try that led from one to the other; others may have been counted since.
pub(super) fn given_back((before, after): (Count, Count), count: Count) -> Count {
    if count == after {
        before
    } else if count.since == after.since && count.until == after.until {
        Count { failures: count.failures.saturating_sub(1).max(0), ..count }
    } else {
        count
    }
}

/// What a count says of the failures lately.
pub(super) fn counted(rule: &Rule, of: Count, now: Time) -> i64 {
    let level = if now.since(of.until) >= MEMORY { 0 } else { of.level };
    let fresh = if now.since(of.since) >= rule.period { 0 } else { of.failures };
    level.saturating_mul(rule.most).saturating_add(fresh)
}
