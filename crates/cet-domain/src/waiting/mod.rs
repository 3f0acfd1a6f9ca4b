//! The waiting room (R17): when more people come than the system can serve, they queue fairly, and those inside keep a
//! fast system.
//!
//! A place in the line is a [`Ticket`], which its holder keeps as a signed cookie; the database knows no person. Each
//! node counts the tickets it gives ([`Counts`]) and saves the counts once a second. A [`Frontier`] for each line says up
//! to which [`Place`] people are admitted, so that being admitted is a comparison. The frontier only moves forward, by a
//! rate that is measured ([`Pace`]), not configured.

mod counts;
mod estimate;
mod gate;
pub mod jobs;
pub mod load;
mod place;
mod rate;
mod room;
mod served;
mod store;
mod ticket;

pub use counts::{Counts, Line, Tally};
pub use estimate::{Estimate, refresh_seconds};
pub use gate::{Asked, Gate, Opening, Progress, decide, of_now, tell};
pub use place::{Frontier, Place};
pub use rate::{Bounds, Pace};
pub use room::{Queue, Room, Shown};
pub use served::Service;
pub use store::{Entrance, NodeRow};
pub use ticket::{Holder, Secret, Standing, Ticket};

/// How many seconds after its end the counts of a second are complete: what a node saves later is left out, so that a
/// position never grows.
pub(crate) const SETTLES: i64 = 6;
/// Up to how many seconds after a second a node saves what it counted of it: earlier than the counts are relied on.
const SAVES: i64 = 4;

#[cfg(test)]
#[path = "tests/gate.rs"]
mod gate_tests;
#[cfg(test)]
#[path = "tests/model.rs"]
mod model;
#[cfg(test)]
#[path = "tests/room.rs"]
mod room_tests;
#[cfg(test)]
#[path = "tests/simulation.rs"]
mod simulation;
#[cfg(test)]
#[path = "tests/store.rs"]
mod store_tests;
