//! How many are admitted in a second: measured, not configured. Additive increase while every target is met,
//! multiplicative decrease when one is missed, for each node by itself.

/// Between which rates a node moves, in people a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Even an overloaded node lets so many in: a line that stands still is worse than a slow page.
    pub least: u64,
    /// Never more than so many.
    pub most: u64,
}

/// Seconds in a row in which a target is missed before the room turns on by itself.
const MISSES: u32 = 2;
/// Seconds after a decrease in which its effect is awaited.
const SETTLE: u32 = 2;
/// Seconds in a row without a miss, and without a line, before the room turns off.
pub(super) const QUIET: u32 = 60;

/// The rate of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    bounds: Bounds,
    rate: u64,
    misses: u32,
    settling: u32,
    quiet: u32,
}

impl Pace {
    /// A node that has measured nothing yet: it begins at a quarter of the most.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        let rate = (bounds.most >> 2).clamp(bounds.least, bounds.most);
        Self { bounds, rate, misses: 0, settling: 0, quiet: 0 }
    }

    /// Takes note of one second: whether a target was missed, and whether people wait.
    pub fn second(&mut self, missed: bool, waiting: bool) {
        self.settling = self.settling.saturating_sub(1);
        self.misses = if missed { self.misses.saturating_add(1) } else { 0 };
        self.quiet = if missed || waiting { 0 } else { self.quiet.saturating_add(1) };
        if missed && self.settling == 0 {
            // To seven tenths, the usual factor: half would leave the system idle after each miss.
            self.rate = self.rate.saturating_mul(7).checked_div(10).unwrap_or(0);
            self.settling = SETTLE;
        } else if !missed && waiting {
            // Only what is used shows that it can be borne.
            self.rate = self.rate.saturating_add((self.bounds.most >> 6).max(1));
        }
        self.rate = self.rate.clamp(self.bounds.least, self.bounds.most);
    }

    /// People a second.
    #[must_use]
    pub const fn rate(&self) -> u64 {
        self.rate
    }

    /// Whether the room is needed: a target has been missed for two seconds.
    #[must_use]
    pub(crate) const fn is_overloaded(&self) -> bool {
        self.misses >= MISSES
    }

    /// Whether nobody has waited and no target was missed for a minute.
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.quiet >= QUIET
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { least: 10, most: 1_000 };

    #[test]
    fn the_rate_finds_what_the_system_bears_and_stays_near_it() {
        for bears in [60, 400, 900] {
            let mut pace = Pace::new(BOUNDS);
            let mut seen = Vec::new();
            for second in 0..600 {
                pace.second(pace.rate() > bears, true);
                if second > 200 {
                    seen.push(pace.rate());
                }
            }
            let mean = seen.iter().sum::<u64>() / seen.len() as u64;
            assert!((bears * 7 / 10..=bears * 21 / 20 + 15).contains(&mean), "{bears}: {mean}");
        }
    }

    #[test]
    fn the_rate_never_leaves_its_bounds() {
        let mut pace = Pace::new(BOUNDS);
        for missed in [true, false] {
            for _ in 0..1_000 {
                pace.second(missed, true);
                assert!((BOUNDS.least..=BOUNDS.most).contains(&pace.rate()));
            }
        }
        assert_eq!(pace.rate(), BOUNDS.most);
    }

    #[test]
    fn an_unused_rate_does_not_grow() {
        let mut pace = Pace::new(BOUNDS);
        let before = pace.rate();
        for _ in 0..100 {
            pace.second(false, false);
        }
        assert_eq!(pace.rate(), before);
    }

    #[test]
    fn one_bad_second_turns_nothing_on_and_two_do_and_a_quiet_minute_turns_it_off() {
        let mut pace = Pace::new(BOUNDS);
        pace.second(true, false);
        pace.second(false, false);
        pace.second(true, false);
        assert!(!pace.is_overloaded());
        pace.second(true, false);
        assert!(pace.is_overloaded() && !pace.is_quiet());
        for _ in 0..QUIET {
            assert!(!pace.is_quiet());
            pace.second(false, false);
        }
        assert!(pace.is_quiet() && !pace.is_overloaded());
    }
}
