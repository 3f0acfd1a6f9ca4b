//! Payment: orders that pay for entries through one gateway each.
//!
//! An order freezes what it pays for. [`rules`] decides what happens to it, one table for every event in every state;
//! the verbs only carry that out, each in one transaction, and no gateway is called inside one. Money counts only with
//! an authenticated notification or the answer to a query of our own, once for each trade, and is used for entries or
//! refunded (Y3, Y4). `docs/money.md` describes all of it.

pub mod calls;
pub mod choice;
pub mod context;
mod entries;
pub mod events;
pub mod gateway_keys;
pub mod gateways;
pub mod jobs;
mod mail;
pub mod probe;
pub mod refresh_limit;
pub mod refund_request;
pub mod refusal;
pub mod rules;
pub mod setup;
pub mod store;
pub mod suspense;
pub mod verbs;
pub mod wire;

#[cfg(test)]
pub(crate) mod tests;
