//! How many are admitted in a second: measured, not configured. Additive increase while every target is met,
//! multiplicative decrease when one is missed, for each node by itself. What a node can bear is found from below, by
//! doubling until the first miss, as TCP begins: whoever is let in too early can't be sent back, and keeps those who were
//! let in rightly from going on.

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
/// Within how many seconds the rate is mostly found, from the least to a quarter of the most, with pages at the front of
/// the line that come again every five.
pub(super) const FINDS: i64 = 40;
/// Seconds in a row without a miss, and without a line, before the room turns off.
pub(super) const QUIET: u32 = 60;

/// Seconds in a row in which fewer came in than were admitted before the rate grows all the same: they closed the page.
const ABSENT: u32 = 10;

/// The rate of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    bounds: Bounds,
    rate: u64,
    misses: u32,
    settling: u32,
    quiet: u32,
    absent: u32,
    /// Four times how many came in a second lately, the latest second counting most.
    came: u64,
    /// Whether no target was missed yet since people are let in, so that the rate is doubled.
    finding: bool,
}

/// One second of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Second {
    /// Whether a target was missed.
    pub missed: bool,
    /// Whether people wait.
    pub waiting: bool,
    /// How many of those whose turn it was came in.
    pub came: u64,
}

impl Pace {
    /// A node that has measured nothing yet: it begins with the least.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        let rate = bounds.least.min(bounds.most);
        Self { bounds, rate, misses: 0, settling: 0, quiet: 0, absent: 0, came: 0, finding: true }
    }

    /// Takes note of one second.
    pub fn second(&mut self, Second { missed, waiting, came }: Second) {
        self.settling = self.settling.saturating_sub(1);
        self.misses = if missed { self.misses.saturating_add(1) } else { 0 };
        self.quiet = if missed || waiting { 0 } else { self.quiet.saturating_add(1) };
        self.came = self.came.saturating_sub(self.came >> 2).saturating_add(came);
        if missed && self.settling == 0 {
            // To seven tenths, the usual factor: half would leave the system idle after each miss.
            self.rate = self.rate.saturating_mul(7).checked_div(10).unwrap_or(0);
            self.settling = SETTLE;
            // What was missed before anybody was let in says nothing of the rate.
            self.finding &= !waiting;
        } else if !missed && waiting {
            self.grow();
        } else if self.is_quiet() {
            // The next rush is another one.
            *self = Self { misses: self.misses, quiet: self.quiet, ..Self::new(self.bounds) };
        }
        self.rate = self.rate.clamp(self.bounds.least.min(self.bounds.most), self.bounds.most);
    }

    /// Only what came in shows that it can be borne: a page in the line comes again after seconds, so that the load of
    /// those who are let in follows later.
    fn grow(&mut self) {
        let step = (self.bounds.most >> 6).max(1);
        if self.came < self.rate.saturating_mul(2) {
            self.absent = self.absent.saturating_add(1);
            if self.absent >= ABSENT {
                self.absent = 0;
                self.rate = self.rate.saturating_add(step);
            }
            return;
        }
        self.absent = 0;
        let quarter = self.bounds.most >> 2;
        self.finding &= self.rate < quarter;
        let added = self.rate.saturating_add(step);
        self.rate = if self.finding { added.max(self.rate.saturating_mul(2).min(quarter)) } else { added };
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

    /// A second in which all who were let in came.
    fn served(rate: u64) -> Second {
        Second { missed: false, waiting: true, came: rate }
    }

    #[test]
    fn the_rate_finds_what_the_system_bears_and_stays_near_it() {
        for bears in [60, 400, 900] {
            let mut pace = Pace::new(BOUNDS);
            let mut seen = Vec::new();
            for second in 0..600 {
                pace.second(Second { missed: pace.rate() > bears, ..served(pace.rate()) });
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
                pace.second(Second { missed, ..served(pace.rate()) });
                assert!((BOUNDS.least..=BOUNDS.most).contains(&pace.rate()));
            }
        }
        assert_eq!(pace.rate(), BOUNDS.most);
    }

    /// R17: the first who are let in find a site that bears them. They come in `LATE` seconds after their turn, as pages
    /// in the line come again.
    #[test]
    fn the_rate_is_found_from_below_and_passes_what_the_system_bears_by_no_more_than_double() {
        const LATE: usize = 5;
        for bears in [12, 110, 249, 600] {
            let mut pace = Pace::new(BOUNDS);
            // Before the opening nobody is let in, and what is missed then changes nothing.
            pace.second(Second { missed: true, ..Second::default() });
            let mut turns = vec![0; LATE];
            let mut highest = 0;
            while turns.len() < 600 {
                let came = turns[turns.len() - LATE];
                pace.second(Second { missed: came > bears, waiting: true, came });
                turns.push(pace.rate());
                highest = highest.max(pace.rate());
                if came > bears {
                    break;
                }
            }
            assert!(highest <= bears * 2 + 5 * 16, "{bears}: {highest}");
            let seconds = i64::try_from(turns.len()).unwrap();
            assert!(bears > 250 || seconds <= FINDS, "{bears}: {seconds} s");
            assert!(bears < 600 || seconds <= 80, "{bears}: {seconds} s");
            let before = pace.rate();
            pace.second(served(before));
            assert!(pace.rate() <= before + 15, "doubled again after a miss");
        }
    }

    #[test]
    fn a_rate_that_nobody_uses_grows_slowly() {
        let mut pace = Pace::new(BOUNDS);
        for _ in 0..60 {
            pace.second(Second { missed: false, waiting: true, came: 0 });
        }
        assert_eq!(pace.rate(), 10 + 6 * 15);
    }

    #[test]
    fn after_a_quiet_minute_the_rate_is_found_anew() {
        let mut pace = Pace::new(BOUNDS);
        (0..100).for_each(|_| pace.second(served(pace.rate())));
        assert_eq!(pace.rate(), BOUNDS.most);
        (0..QUIET).for_each(|_| pace.second(Second::default()));
        assert_eq!(pace.rate(), BOUNDS.least);
        assert!(pace.is_quiet());
    }

    #[test]
    fn an_unused_rate_does_not_grow() {
        let mut pace = Pace::new(BOUNDS);
        let before = pace.rate();
        for _ in 0..100 {
            pace.second(Second::default());
        }
        assert_eq!(pace.rate(), before);
    }

    #[test]
    fn one_bad_second_turns_nothing_on_and_two_do_and_a_quiet_minute_turns_it_off() {
        let mut pace = Pace::new(BOUNDS);
        pace.second(Second { missed: true, ..Second::default() });
        pace.second(Second::default());
        pace.second(Second { missed: true, ..Second::default() });
        assert!(!pace.is_overloaded());
        pace.second(Second { missed: true, ..Second::default() });
        assert!(pace.is_overloaded() && !pace.is_quiet());
        for _ in 0..QUIET {
            assert!(!pace.is_quiet());
            pace.second(Second::default());
        }
        assert!(pace.is_quiet() && !pace.is_overloaded());
    }
}
