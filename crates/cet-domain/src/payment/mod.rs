//! Payment: orders that pay for entries through one gateway each.
//!
//! An order freezes what it pays for. What becomes of it is decided by [`rules`], one table for everything that can
//! happen in every state; the verbs only carry it out, each in one transaction, and no gateway is called inside one.
//! Money is believed on a proven notification or on the answer to a query of our own, once for each trade, and goes
//! either to entries or back (Y3, Y4). `docs/money.md` tells the whole story.

pub mod calls;
pub mod choice;
pub mod desk;
mod entries;
pub mod jobs;
mod mail;
pub mod refusal;
pub mod rules;
pub mod setup;
pub mod store;
pub mod suspense;
pub mod verbs;
pub mod wire;

#[cfg(test)]
pub(crate) mod tests;
