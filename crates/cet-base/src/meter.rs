//! Counters and histograms of durations. Recording takes a few atomic operations and no lock, so that no request waits
//! for it. The names under which `/metrics` prints them are in `admin/exposition.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use prometheus_client::metrics::counter::Counter;

/// Upper bounds of the buckets, in nanoseconds and in the seconds that are printed: from a lookup in memory to the
/// longest wait for a gateway.
const BOUNDS: [(u64, f64); 15] = [
    (100_000, 0.000_1),
    (500_000, 0.000_5),
    (1_000_000, 0.001),
    (2_500_000, 0.002_5),
    (5_000_000, 0.005),
    (10_000_000, 0.01),
    (25_000_000, 0.025),
    (50_000_000, 0.05),
    (100_000_000, 0.1),
    (250_000_000, 0.25),
    (500_000_000, 0.5),
    (1_000_000_000, 1.0),
    (2_500_000_000, 2.5),
    (5_000_000_000, 5.0),
    (10_000_000_000, 10.0),
];

/// A histogram of durations; clones share it. The library's own histogram takes a lock for each value.
#[derive(Clone, Debug, Default)]
pub struct Histogram(Arc<Buckets>);

#[derive(Debug, Default)]
struct Buckets {
    counts: [AtomicU64; BOUNDS.len()],
    longer: AtomicU64,
    nanoseconds: AtomicU64,
}

impl Histogram {
    /// Records one duration.
    pub fn observe(&self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let place = BOUNDS.partition_point(|(bound, _)| *bound < nanoseconds);
        self.0.counts.get(place).unwrap_or(&self.0.longer).fetch_add(1, Ordering::Relaxed);
        self.0.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// What has been recorded so far.
    #[must_use]
    pub fn recorded(&self) -> Recorded {
        let counts = self.0.counts.iter().map(|count| count.load(Ordering::Relaxed));
        let longer = (f64::INFINITY, self.0.longer.load(Ordering::Relaxed));
        let bounds = BOUNDS.iter().map(|(_, seconds)| *seconds);
        let buckets: Vec<(f64, u64)> = bounds.zip(counts).chain([longer]).collect();
        // Summed from the buckets, so that count and buckets agree even while others record.
        let count = buckets.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
        let sum = Duration::from_nanos(self.0.nanoseconds.load(Ordering::Relaxed)).as_secs_f64();
        Recorded { sum, count, buckets }
    }

    /// How many durations were recorded.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.recorded().count
    }
}

/// A snapshot of a histogram.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The sum of all durations, in seconds.
    pub sum: f64,
    /// Their number.
    pub count: u64,
    /// Upper bound in seconds, and how many lie below it and above the previous bound. The last is [`f64::INFINITY`].
    pub buckets: Vec<(f64, u64)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_counts_in_the_first_bucket_whose_bound_it_does_not_pass() {
        let histogram = Histogram::default();
        for time in [
            Duration::ZERO,
            Duration::from_millis(1),
            Duration::from_micros(1_001),
            Duration::from_secs(10),
            Duration::from_secs(11),
        ] {
            histogram.observe(time);
        }
        let recorded = histogram.recorded();
        let found: Vec<_> = recorded.buckets.iter().filter(|(_, count)| *count > 0).copied().collect();
        assert_eq!(found, [(0.000_1, 1), (0.001, 1), (0.002_5, 1), (10.0, 1), (f64::INFINITY, 1)]);
        assert_eq!((recorded.count, recorded.sum), (5, 21.002_001));
    }

    #[test]
    fn the_bounds_rise_and_are_the_same_in_both_units() {
        assert!(BOUNDS.is_sorted_by(|one, next| one.0 < next.0));
        for (nanoseconds, seconds) in BOUNDS {
            assert_eq!(Duration::from_nanos(nanoseconds), Duration::from_secs_f64(seconds));
        }
    }

    #[test]
    fn nothing_is_lost_when_many_record_at_once() {
        let histogram = Histogram::default();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let histogram = &histogram;
                scope.spawn(move || {
                    for n in 0..1_000 {
                        histogram.observe(Duration::from_micros(thread * n));
                    }
                });
            }
        });
        assert_eq!(histogram.count(), 4_000);
    }
}
