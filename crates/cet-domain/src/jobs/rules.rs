//! Back-off of jobs after failed rounds, and of failed items.

use std::time::Duration;

use jiff::SignedDuration;

/// The pause after the first failed round.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause, before jitter: after an outage all jobs run again within that time.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The first back-off of an item that was set aside.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
/// The longest back-off: an item that was repaired by hand is processed within that time.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(10);
/// When a persistent failure is logged again for the first time.
pub(super) const FIRST_SUMMARY: SignedDuration = SignedDuration::from_mins(1);
/// The longest interval between log messages about it.
const LONGEST_SILENCE: SignedDuration = SignedDuration::from_hours(1);

/// The pause after this many consecutive failed rounds: it doubles, and `chance` adds up to half as much as jitter, so
/// that the nodes do not all retry at once.
#[must_use]
pub fn pause(failures: u32, chance: u8) -> Duration {
    let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    let pause = FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE);
    let more = pause.saturating_mul(u32::from(chance)).checked_div(512).unwrap_or_default();
    pause.saturating_add(more)
}

/// The back-off of an item that failed this many times.
#[must_use]
pub fn wait(tries: i64) -> SignedDuration {
    let doublings = u32::try_from(tries.saturating_sub(1).clamp(0, 16)).unwrap_or(0);
    let doubled = FIRST_WAIT.saturating_mul(1_i32.checked_shl(doublings).unwrap_or(i32::MAX));
    doubled.min(LONGEST_WAIT)
}

/// The interval to the next log message about a failure, after the interval `last`.
#[must_use]
pub(crate) fn next_silence(last: SignedDuration) -> SignedDuration {
    last.saturating_mul(2).min(LONGEST_SILENCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_doubles_to_half_a_minute_and_chance_adds_less_than_half() {
        let seconds = |failures| pause(failures, 0).as_secs();
        assert_eq!([1, 2, 3, 5, 6, 7, 40, u32::MAX].map(seconds), [1, 2, 4, 16, 30, 30, 30, 30]);
        for failures in [0, 1, 6, u32::MAX] {
            let (least, most) = (pause(failures, 0), pause(failures, u8::MAX));
            assert!(least < most && most < least.saturating_mul(3) / 2, "{failures}: {least:?} {most:?}");
        }
    }

    #[test]
    fn what_is_set_aside_waits_half_a_minute_then_longer_up_to_ten() {
        let seconds = |tries| wait(tries).as_secs();
        assert_eq!([0, 1, 2, 3, 5, 6, 60, i64::MAX].map(seconds), [30, 30, 60, 120, 480, 600, 600, 600]);
    }

    #[test]
    fn silence_grows_to_an_hour() {
        let mut silence = FIRST_SUMMARY;
        for _ in 0..9 {
            silence = next_silence(silence);
        }
        assert_eq!(silence, LONGEST_SILENCE);
    }
}
