//! When a number may be taken.

use std::time::Duration;

use super::store::NodeRow;
use crate::words::time::Time;

/// A row that has not changed for so long is nobody's: its process was killed, and renewed it every second.
pub const LEASE: Duration = Duration::from_secs(4);
/// How often a row is looked at that may be somebody's.
pub const LOOK: Duration = Duration::from_millis(250);
/// After so many looks [`LEASE`] is over.
pub(super) const LOOKS: u32 = 16;

/// What a start does next about its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Take,
    LookAgain,
    Refuse,
}

/// Decides by the row as it is, as it was at the first look, and how many looks there were before.
pub(super) fn step(found: Option<&NodeRow>, first: Option<&NodeRow>, looks: u32, now: Time) -> Step {
    match (found, first) {
        (None, _) => Step::Take,
        (Some(found), Some(first)) if (&found.boot, found.beats) != (&first.boot, first.beats) => {
            Step::Refuse
        }
        (Some(found), _) if is_lapsed(found, now) || looks >= LOOKS => Step::Take,
        (Some(_), _) => Step::LookAgain,
    }
}

/// Whether a node has not been seen for so long that it does not run any more.
#[must_use]
pub fn is_lapsed(row: &NodeRow, now: Time) -> bool {
    let age = now.micros().saturating_sub(row.seen_at.micros());
    u128::try_from(age).is_ok_and(|age| age >= LEASE.as_micros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::NOON;
    use jiff::SignedDuration;

    fn row(boot: &str, beats: i64) -> NodeRow {
        NodeRow { number: 3, boot: boot.to_owned(), mark: "3".to_owned(), beats, since: NOON, seen_at: NOON }
    }

    #[test]
    fn a_number_is_free_as_soon_as_nobody_has_been_seen_for_the_lease() {
        let after = |ms| step(Some(&row("a", 7)), None, 0, NOON.plus(SignedDuration::from_millis(ms)));
        assert_eq!(step(None, None, 0, NOON), Step::Take);
        assert_eq!([0, 3_999, 4_000].map(after), [Step::LookAgain, Step::LookAgain, Step::Take]);
        // A rehearsal's clock was set back, or the server's: the row is watched then.
        assert_eq!(after(-3_600_000), Step::LookAgain);
    }

    #[test]
    fn a_row_that_changes_while_it_is_watched_is_of_a_living_node_whatever_the_clock_says() {
        let first = row("a", 7);
        let late = NOON.plus(SignedDuration::from_hours(1));
        for found in [row("a", 8), row("b", 7)] {
            assert_eq!(step(Some(&found), Some(&first), 1, NOON), Step::Refuse);
            assert_eq!(step(Some(&found), Some(&first), LOOKS, late), Step::Refuse);
        }
        assert_eq!(step(Some(&first), Some(&first), LOOKS - 1, NOON), Step::LookAgain);
        assert_eq!(step(Some(&first), Some(&first), LOOKS, NOON), Step::Take);
        assert_eq!(LOOK * LOOKS, LEASE);
    }
}
