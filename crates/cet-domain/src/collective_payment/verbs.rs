//! The use cases of collective payments; each is one transaction.

mod open;
mod settle;

pub use open::{Gathered, Left, OpenCommand, Shown, Taken, Ticks, gather, open};
pub(crate) use settle::release_these;
pub use settle::{SettleCommand, confirm, release, release_due};
