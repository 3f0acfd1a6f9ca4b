//! How often a passport may have the gateways asked (更新): they limit how often their merchants ask, for all candidates
//! together. Each node counts by itself and in memory: asking must not cost a write.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::SignedDuration;

use crate::words::ids::PassportId;
use crate::words::time::Time;

/// The most times within [`PERIOD`]: whoever waits presses some times a second at most.
const MOST: u32 = 300;
/// The period in which they are counted.
const PERIOD: SignedDuration = SignedDuration::from_mins(1);
/// The most passports counted at once. Further ones are not limited until the period is over.
const PASSPORTS: usize = 100_000;

/// The times of a minute, by passport.
#[derive(Debug, Default)]
pub struct RefreshLimit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    since: Option<Time>,
    counts: HashMap<PassportId, u32>,
}

impl RefreshLimit {
    /// Counts one more.
    ///
    /// # Errors
    /// It is one too many: the seconds until the period is over.
    pub(crate) fn count(&self, passport: PassportId, now: Time) -> Result<(), u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = state.since.filter(|since| now >= *since && now.since(*since) < PERIOD);
        if since.is_none() {
            *state = State { since: Some(now), counts: HashMap::new() };
        }
        if state.counts.len() >= PASSPORTS && !state.counts.contains_key(&passport) {
            return Ok(());
        }
        let count = state.counts.entry(passport).or_default();
        if *count >= MOST {
            let left = PERIOD.saturating_sub(since.map_or(SignedDuration::ZERO, |since| now.since(since)));
            return Err(u64::try_from(left.as_secs()).unwrap_or(0).max(1));
        }
        *count = count.saturating_add(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::NOON;

    #[test]
    fn one_passport_waits_for_the_end_of_the_minute_and_another_does_not() {
        let limit = RefreshLimit::default();
        let at = |seconds| NOON.plus(SignedDuration::from_secs(seconds));
        assert!((0..300).all(|n| limit.count(PassportId(1), at(n % 30)).is_ok()));
        assert_eq!(limit.count(PassportId(1), at(40)), Err(20));
        assert_eq!(
            (limit.count(PassportId(2), at(40)), limit.count(PassportId(1), at(60))),
            (Ok(()), Ok(()))
        );
    }
}
