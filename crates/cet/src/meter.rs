//! What is measured while the program works: counters and histograms of time. Recording is a few atomic operations, so
//! that no request waits to be counted. The names under which `/metrics` prints them stand in `admin/exposition.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{MetricEncoder, NoLabelSet};
pub use prometheus_client::metrics::counter::Counter;

/// Upper bounds of the buckets, in nanoseconds and in the seconds that are printed: from a look-up in memory to the longest
/// wait for a gateway.
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

/// How long something took, counted in buckets; clones share it. The library's own histogram takes a lock for each value.
#[derive(Clone, Debug, Default)]
pub struct Histogram(Arc<Buckets>);

#[derive(Debug, Default)]
struct Buckets {
    counts: [AtomicU64; BOUNDS.len()],
    longer: AtomicU64,
    nanoseconds: AtomicU64,
}

impl Histogram {
    /// Records one time.
    pub fn observe(&self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let place = BOUNDS.partition_point(|(bound, _)| *bound < nanoseconds);
        self.0.counts.get(place).unwrap_or(&self.0.longer).fetch_add(1, Ordering::Relaxed);
        self.0.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// How many times were recorded.
    #[must_use]
    pub fn count(&self) -> u64 {
        let counts = self.0.counts.iter().chain([&self.0.longer]);
        counts.map(|count| count.load(Ordering::Relaxed)).fold(0, u64::saturating_add)
    }

    /// Writes it as a histogram.
    ///
    /// # Errors
    /// Of the encoder.
    pub fn write(&self, encoder: &mut MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counts = self.0.counts.iter().map(|count| count.load(Ordering::Relaxed));
        let longer = (f64::MAX, self.0.longer.load(Ordering::Relaxed));
        let bounds = BOUNDS.iter().map(|(_, seconds)| *seconds);
        let buckets: Vec<(f64, u64)> = bounds.zip(counts).chain([longer]).collect();
        // From what is printed, so that the sum of the buckets is the count also while others record.
        let count = buckets.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
        let sum = Duration::from_nanos(self.0.nanoseconds.load(Ordering::Relaxed)).as_secs_f64();
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::EncodeMetric;
    use prometheus_client::encoding::text::encode_registry;
    use prometheus_client::metrics::MetricType;
    use prometheus_client::registry::Registry;

    use super::*;

    #[derive(Debug)]
    struct Alone(Histogram);

    impl EncodeMetric for Alone {
        fn encode(&self, mut encoder: MetricEncoder) -> Result<(), std::fmt::Error> {
            self.0.write(&mut encoder)
        }

        fn metric_type(&self) -> MetricType {
            MetricType::Histogram
        }
    }

    fn printed(histogram: &Histogram) -> String {
        let mut registry = Registry::default();
        registry.register("x", "X", Alone(histogram.clone()));
        let mut text = String::new();
        encode_registry(&mut text, &registry).unwrap();
        text
    }

    #[test]
    fn a_time_counts_in_every_bucket_whose_bound_it_does_not_pass() {
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
        let text = printed(&histogram);
        for line in [
            "x_bucket{le=\"0.0001\"} 1\n",
            "x_bucket{le=\"0.001\"} 2\n",
            "x_bucket{le=\"0.0025\"} 3\n",
            "x_bucket{le=\"5.0\"} 3\n",
            "x_bucket{le=\"10.0\"} 4\n",
            "x_bucket{le=\"+Inf\"} 5\n",
            "x_count 5\n",
            "x_sum 21.002001\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
        assert_eq!(histogram.count(), 5);
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
        assert!(printed(&histogram).contains("x_bucket{le=\"+Inf\"} 4000\n"));
    }
}
