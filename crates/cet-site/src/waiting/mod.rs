//! The waiting room's pages, and the gate in front of the steps that people queue for (R17).

mod draw;
mod gate;
mod live;
mod pages;
#[cfg(feature = "rehearsal")]
mod rehearsal;
mod views;

pub use gate::{AtDesk, gate, pass_desk};
pub use pages::routes;
#[cfg(feature = "rehearsal")]
pub use rehearsal::routes as rehearsal_routes;

#[cfg(test)]
#[path = "tests/pages.rs"]
mod tests;
