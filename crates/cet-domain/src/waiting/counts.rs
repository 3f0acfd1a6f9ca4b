//! How many tickets stand at which places, and what follows: positions, and how far the frontier moves.

use std::collections::BTreeMap;

use super::place::{Frontier, Place};

/// Each second's tickets are counted in this many equal parts of the draw.
pub(crate) const BUCKETS: usize = 64;
/// The width of a bucket in draws.
const WIDTH: u64 = 1 << 58;

/// The tickets of one second by bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally([u32; BUCKETS]);

impl Default for Tally {
    fn default() -> Self {
        Self([0; BUCKETS])
    }
}

impl Tally {
    /// Counts a ticket.
    pub fn count(&mut self, tie: u64) {
        if let Some(count) = self.0.get_mut(bucket(tie)) {
            *count = count.saturating_add(1);
        }
    }

    /// Adds the counts of another node.
    pub fn add(&mut self, other: &Self) {
        for (mine, others) in self.0.iter_mut().zip(other.0) {
            *mine = mine.saturating_add(others);
        }
    }

    /// All tickets of the second.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.0.iter().fold(0, |sum, count| sum.saturating_add(u64::from(*count)))
    }

    /// Whether it has counted nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|count| *count == 0)
    }

    /// As stored: four bytes a bucket.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|count| count.to_be_bytes()).collect()
    }

    /// Reads stored counts; `None` for another length.
    #[must_use]
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (counts, rest) = bytes.as_chunks::<4>();
        let counts: Vec<u32> = counts.iter().map(|count| u32::from_be_bytes(*count)).collect();
        if rest.is_empty() { counts.try_into().ok().map(Self) } else { None }
    }

    /// The tickets up to this draw, of its own bucket in proportion.
    fn up_to(&self, tie: u64) -> u64 {
        let own = bucket(tie);
        let before = self.0.iter().take(own).fold(0_u64, |sum, count| sum.saturating_add(u64::from(*count)));
        let width = u128::from(WIDTH);
        let part = u128::from(tie % WIDTH).saturating_add(1);
        let count = u128::from(self.0.get(own).copied().unwrap_or(0));
        // A part of a bucket has at most the bucket's tickets.
        let within = count.saturating_mul(part).checked_div(width).unwrap_or(0);
        before.saturating_add(u64::try_from(within).unwrap_or(u64::MAX))
    }

    /// The draw up to which there are this many tickets, which must be fewer than all.
    fn tie_of(&self, mut wanted: u64) -> u64 {
        for (place, count) in (0_u64..).zip(self.0) {
            let count = u64::from(count);
            if wanted < count {
                let part = u128::from(wanted).saturating_mul(u128::from(WIDTH));
                let part = part.div_ceil(u128::from(count));
                let start = place.saturating_mul(WIDTH);
                return start.saturating_add(u64::try_from(part).unwrap_or(0)).saturating_sub(1);
            }
            wanted = wanted.saturating_sub(count);
        }
        u64::MAX
    }
}

fn bucket(tie: u64) -> usize {
    usize::try_from(tie.checked_div(WIDTH).unwrap_or(0)).unwrap_or(0)
}

/// The tickets of a line by second.
#[derive(Clone, Debug, Default)]
pub struct Counts(BTreeMap<i64, Tally>);

impl Counts {
    /// Adds the counts of one second.
    pub fn add(&mut self, second: i64, tally: &Tally) {
        self.0.entry(second).or_default().add(tally);
    }

    /// Counts one ticket.
    pub fn count(&mut self, place: Place) {
        self.0.entry(place.second).or_default().count(place.tie);
    }

    /// The line as it stands: `frontier` is admitted, and seconds from `unsettled` on are not counted yet.
    #[must_use]
    pub fn line(&self, frontier: Frontier, unsettled: i64) -> Line {
        let first = frontier.place().map_or(Place::DRAWN, |place| place.second);
        let mut sum = 0_u64;
        let mut seconds = Vec::new();
        for (second, tally) in self.0.range(first..).take_while(|(second, _)| **second < unsettled) {
            seconds.push((*second, sum, tally.clone()));
            sum = sum.saturating_add(tally.sum());
        }
        let mut line = Line { frontier, unsettled, seconds, sum, admitted: 0 };
        line.admitted = frontier.place().map_or(0, |place| line.up_to(place));
        line
    }
}

/// A line at one moment, in the order of places.
#[derive(Clone, Debug)]
pub struct Line {
    frontier: Frontier,
    unsettled: i64,
    /// Each second with the number of tickets before it.
    seconds: Vec<(i64, u64, Tally)>,
    sum: u64,
    /// Tickets of these seconds that are admitted.
    admitted: u64,
}

impl Default for Line {
    fn default() -> Self {
        Counts::default().line(Frontier::default(), i64::MIN)
    }
}

impl Line {
    /// Up to where people are admitted.
    #[must_use]
    pub const fn frontier(&self) -> Frontier {
        self.frontier
    }

    /// How many wait.
    #[must_use]
    pub const fn people(&self) -> u64 {
        self.sum.saturating_sub(self.admitted)
    }

    /// How many wait before this place; `None` while its second is still being counted. As the line moves on this never
    /// grows.
    #[must_use]
    pub fn position(&self, place: Place) -> Option<u64> {
        if place.second >= self.unsettled {
            return None;
        }
        Some(self.up_to(place).saturating_sub(self.admitted))
    }

    fn up_to(&self, place: Place) -> u64 {
        let after = self.seconds.partition_point(|(second, _, _)| *second <= place.second);
        match after.checked_sub(1).and_then(|last| self.seconds.get(last)) {
            Some((second, before, tally)) if *second == place.second => {
                before.saturating_add(tally.up_to(place.tie))
            }
            Some((_, before, tally)) => before.saturating_add(tally.sum()),
            None => 0,
        }
    }

    /// The frontier after this many more are admitted, and how many that were: all if there are no more, and then it
    /// stands behind the last settled second.
    #[must_use]
    pub fn advance(&self, more: u64) -> (Frontier, u64) {
        let wanted = self.admitted.saturating_add(more);
        let passed =
            self.seconds.partition_point(|(_, before, tally)| before.saturating_add(tally.sum()) <= wanted);
        let (place, admitted) = match self.seconds.get(passed) {
            Some((second, before, tally)) => {
                let tie = tally.tie_of(wanted.saturating_sub(*before));
                (Place::at(*second, tie), more)
            }
            None if self.unsettled > Place::DRAWN => {
                (Place::at(self.unsettled.saturating_sub(1), u64::MAX), self.people())
            }
            None => return (self.frontier, 0),
        };
        (self.frontier.farther(Frontier::at(place)), admitted)
    }
}
