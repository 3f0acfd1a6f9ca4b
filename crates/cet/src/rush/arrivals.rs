//! When the candidates of a rush come.

use std::time::Duration;

use ring::digest::{SHA256, digest};

/// How the candidates come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Arrivals {
    /// As many as this are under way at a time; each is followed by the next.
    Closed(usize),
    /// So many a second on average, each at a time of its own, however long the others take.
    Open { rate: f64 },
    /// All within this time of the opening.
    Opening { within: Duration },
}

impl Arrivals {
    /// When each of `count` candidates comes, from the start on, in order; `None`: when another one is through.
    ///
    /// An open load is a Poisson process: the gaps are exponentially distributed, whatever the site does, so that a slow
    /// answer delays nobody's arrival (no coordinated omission). The same seed gives the same arrivals.
    pub(crate) fn times(self, count: usize, seed: u64) -> Option<Vec<Duration>> {
        let mut draw = 0_u64;
        let mut chance = || {
            draw = draw.wrapping_add(1);
            drawn(seed, draw)
        };
        match self {
            Self::Closed(_) => None,
            Self::Open { rate } => {
                let mut at = Duration::ZERO;
                let next = std::iter::repeat_with(|| {
                    at = at.saturating_add(gap(rate, chance()));
                    at
                });
                Some(next.take(count).collect())
            }
            Self::Opening { within } => {
                let mut all: Vec<Duration> = (0..count).map(|_| within.mul_f64(chance())).collect();
                all.sort_unstable();
                Some(all)
            }
        }
    }
}

/// The draw of this number from a seed, evenly spread over `0..1`.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "53 bits are a fraction exactly")]
fn drawn(seed: u64, number: u64) -> f64 {
    let hash = digest(&SHA256, &[seed.to_be_bytes(), number.to_be_bytes()].concat());
    let bytes = hash.as_ref().first_chunk::<8>().copied().unwrap_or_default();
    (u64::from_be_bytes(bytes) >> 11) as f64 / (1_u64 << 53) as f64
}

/// The time to the next arrival of a Poisson process; `chance` is in `0..1`.
#[expect(clippy::float_arithmetic, reason = "an exponential distribution")]
fn gap(rate: f64, chance: f64) -> Duration {
    Duration::try_from_secs_f64(-(1.0 - chance).ln() / rate).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_arrivals_have_the_rate_and_the_spread_of_a_poisson_process() {
        let times = Arrivals::Open { rate: 200.0 }.times(40_000, 7).unwrap();
        let seconds = times.last().unwrap().as_secs_f64();
        assert!((190.0..210.0).contains(&(40_000.0 / seconds)), "{seconds}");
        // Of a Poisson process as many come in a second as its variance.
        let mut counts = vec![0_u32; 190];
        for at in &times {
            if let Some(count) = usize::try_from(at.as_secs()).ok().and_then(|n| counts.get_mut(n)) {
                *count += 1;
            }
        }
        let mean = f64::from(counts.iter().sum::<u32>()) / 190.0;
        let variance = counts.iter().map(|n| (f64::from(*n) - mean).powi(2)).sum::<f64>() / 190.0;
        assert!((0.7..1.4).contains(&(variance / mean)), "{variance} {mean}");
        assert!(times.is_sorted());
    }

    #[test]
    fn the_same_seed_gives_the_same_arrivals() {
        let load = Arrivals::Opening { within: Duration::from_secs(2) };
        assert_eq!(load.times(100, 3), load.times(100, 3));
        assert_ne!(load.times(100, 3), load.times(100, 4));
        assert!(load.times(100, 3).unwrap().iter().all(|at| *at <= Duration::from_secs(2)));
        assert_eq!(Arrivals::Closed(4).times(100, 3), None);
    }
}
