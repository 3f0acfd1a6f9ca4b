//! Whether this node bears its load: what waits for the database and for passwords, against targets.

use crate::meter::Recorded;

/// The longest that a use case may wait for the writer of SQLite, or for a connection to PostgreSQL, in seconds.
pub const STORE_TARGET: f64 = 0.05;
/// The longest that a password may wait to be hashed, in seconds.
pub const PASSWORD_TARGET: f64 = 1.0;

/// What a node has recorded at one moment.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Waits for the database: the writer's queue, and each pool of connections.
    pub store: Vec<Recorded>,
    /// Whether somebody waits for the database now.
    pub store_waits: bool,
    /// Waits for a password's hash.
    pub passwords: Option<Recorded>,
    /// How many passwords were refused, since too many waited.
    pub refused: u64,
}

/// Which targets were missed between two samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// That of the database.
    pub store: bool,
    /// That of passwords.
    pub passwords: bool,
}

impl Missed {
    /// Compares two samples of one node.
    #[must_use]
    pub fn between(before: &Sample, after: &Sample) -> Self {
        let waits = |(before, after): (&Recorded, &Recorded)| is_over(before, after, STORE_TARGET);
        let stands = after.store_waits && before.store_waits && newer(before, after) == 0;
        let passwords = before.passwords.as_ref().zip(after.passwords.as_ref());
        Self {
            store: stands || before.store.iter().zip(&after.store).any(waits),
            passwords: after.refused > before.refused
                || passwords.is_some_and(|(before, after)| is_over(before, after, PASSWORD_TARGET)),
        }
    }
}

/// How many waits for the database ended between two samples.
fn newer(before: &Sample, after: &Sample) -> u64 {
    let ended = |sample: &Sample| sample.store.iter().fold(0_u64, |sum, one| sum.saturating_add(one.count));
    ended(after).saturating_sub(ended(before))
}

/// Whether the 99th percentile of what was recorded between two moments is over the target: then more than one in a
/// hundred is.
fn is_over(before: &Recorded, after: &Recorded, target: f64) -> bool {
    let over = |recorded: &Recorded| {
        let slow = recorded.buckets.iter().filter(|(bound, _)| *bound > target);
        slow.fold(0_u64, |sum, (_, count)| sum.saturating_add(*count))
    };
    let slow = over(after).saturating_sub(over(before));
    slow.saturating_mul(100) > after.count.saturating_sub(before.count)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::meter::Histogram;

    fn sample(store: &Histogram, passwords: &Histogram) -> Sample {
        Sample { store: vec![store.recorded()], passwords: Some(passwords.recorded()), ..Sample::default() }
    }

    #[test]
    fn a_target_is_missed_when_more_than_one_in_a_hundred_waits_longer_and_only_new_waits_count() {
        let (store, passwords) = (Histogram::default(), Histogram::default());
        (0..10).for_each(|_| store.observe(Duration::from_secs(1)));
        let first = sample(&store, &passwords);
        assert_eq!(Missed::between(&first, &first), Missed::default());
        (0..99).for_each(|_| store.observe(Duration::from_millis(50)));
        store.observe(Duration::from_millis(51));
        let second = sample(&store, &passwords);
        assert_eq!(Missed::between(&first, &second), Missed::default());
        store.observe(Duration::from_millis(51));
        passwords.observe(Duration::from_millis(1_001));
        let third = sample(&store, &passwords);
        assert_eq!(Missed::between(&first, &third), Missed { store: true, passwords: true });
        assert_eq!(Missed::between(&second, &third), Missed { store: true, passwords: true });
    }

    #[test]
    fn a_writer_that_stands_still_and_a_password_that_was_refused_miss_their_targets() {
        let stands = Sample { store_waits: true, ..Sample::default() };
        assert!(Missed::between(&stands, &stands).store);
        assert!(!Missed::between(&Sample::default(), &stands).store);
        let refused = Sample { refused: 1, ..Sample::default() };
        assert!(Missed::between(&Sample::default(), &refused).passwords);
    }
}
