//! The use cases of the waiting list (R16); each is one transaction.

mod close;
mod give;
mod join;
mod leave;
mod places;

pub(crate) use close::{close_line, closed_lines};
pub(crate) use give::firsts;
pub use give::give;
pub use join::{JoinCommand, join};
pub use leave::{LeaveCommand, leave};
pub(crate) use places::window_closes;
pub use places::{AtCampus, Place, line_closes, places, unjoined};

/// Pools of a round: more than a sitting has. Most of them may give nothing now, and those behind them are not to wait for that.
const POOLS: i64 = 100_000;

#[cfg(test)]
#[path = "tests/verbs.rs"]
pub(in crate::handout) mod tests;

#[cfg(test)]
#[path = "tests/race.rs"]
mod race;

#[cfg(test)]
#[path = "tests/places.rs"]
mod places_tests;
