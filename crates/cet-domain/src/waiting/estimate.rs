//! What a person in the line is told: honest steps, never a precision that the figures do not have.

/// How long somebody probably waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimate {
    /// Less than a minute.
    Soon,
    /// About so many minutes.
    Minutes(u64),
    /// More than three hours, or the line does not move.
    Unknown,
}

impl Estimate {
    /// By the position and the rate at which people are admitted in a second; rounded up, since a promise that is kept
    /// early disappoints nobody.
    #[must_use]
    pub fn of(position: u64, rate: u64) -> Self {
        let Some(seconds) = position.checked_div(rate) else { return Self::Unknown };
        let step = match seconds.div_ceil(60) {
            0 | 1 => return Self::Soon,
            2..=10 => 1,
            11..=30 => 2,
            31..=60 => 5,
            61..=180 => 15,
            _ => return Self::Unknown,
        };
        Self::Minutes(seconds.div_ceil(60).next_multiple_of(step))
    }
}

/// In how many seconds the page comes again: often near the front, seldom far from it. What is being counted is known within
/// ten, and until then the first at the front would be let in without knowing it.
#[must_use]
pub fn refresh_seconds(wait: Option<u64>) -> u64 {
    wait.map_or(10, |seconds| seconds.checked_div(10).unwrap_or(0).clamp(5, 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_said_in_steps_that_grow_with_it_and_never_too_short() {
        let minutes = |seconds: u64| Estimate::of(seconds * 800, 800);
        assert_eq!(minutes(0), Estimate::Soon);
        assert_eq!(minutes(60), Estimate::Soon);
        assert_eq!(minutes(61), Estimate::Minutes(2));
        assert_eq!(minutes(420), Estimate::Minutes(7));
        assert_eq!(minutes(601), Estimate::Minutes(12));
        assert_eq!(minutes(31 * 60), Estimate::Minutes(35));
        assert_eq!(minutes(61 * 60), Estimate::Minutes(75));
        assert_eq!(minutes(181 * 60), Estimate::Unknown);
        assert_eq!(Estimate::of(5, 0), Estimate::Unknown);
        for seconds in 0..=180 * 60 {
            if let Estimate::Minutes(said) = minutes(seconds) {
                assert!(said * 60 >= seconds, "{seconds}");
                assert!(said * 60 <= seconds * 3 / 2 + 60, "{seconds}");
            }
        }
    }

    #[test]
    fn the_page_comes_again_more_often_near_the_front() {
        assert_eq!([None, Some(0), Some(120), Some(3_600)].map(refresh_seconds), [10, 5, 12, 30]);
    }
}
