//! Both payment gateways as a merchant meets them, for rehearsals: the same wire protocols, no money.
//!
//! [`Sandbox::alipay`] and [`Sandbox::payease`] are two sites with a page on which one pays by a button, and an API;
//! [`Sandbox::run`] sends the notifications. Time and [`Behaviour`] come from the [`Host`], so a shifted clock and a
//! change of behaviour reach the sandbox at once. By default it is honest; told so, it delays, drops, repeats,
//! reorders and falsifies what it sends, and its API fails.
//!
//! A trade lives in a journal file: once a page or an answer has said "paid", it is so after a crash too.

mod alipay;
mod behaviour;
mod cashier;
mod delivery;
mod host;
mod journal;
mod ledger;
mod notice;
mod page;
mod payease;
mod sandbox;

pub use behaviour::{Behaviour, CashierBehaviour, Falsify, Trouble};
pub use host::{BoxFuture, Host, HostError};
pub use sandbox::{AlipaySide, OpenError, PayEaseSide, Sandbox, Settings};
