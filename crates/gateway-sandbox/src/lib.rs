//! The payment gateways from a merchant's perspective, for rehearsals: the same wire protocols, no money.
//!
//! [`Sandbox::alipay`], [`Sandbox::payease`] and [`Sandbox::wechat`] are sites, each with a page to pay by a button, and an API;
//! [`Sandbox::run`] sends the notifications. Time and [`Behaviour`] come from the [`Host`], so a shifted clock and a
//! changed behaviour take effect immediately. By default the sandbox follows the protocol; if configured, it delays,
//! drops, duplicates, reorders and falsifies what it sends, and its API fails.
//!
//! Trades are stored in a journal file: once a page or an answer has said "paid", this survives a crash.

mod alipay;
mod behaviour;
mod bill;
mod cashier;
mod console;
mod delivery;
mod host;
mod journal;
mod ledger;
mod notice;
mod page;
mod payease;
mod sandbox;
mod wechat;

pub use behaviour::{Behaviour, CashierBehaviour, ConsoleRefund, Falsify, Plant, Trouble};
pub use host::{BoxFuture, Host, HostError};
pub use sandbox::{AlipaySide, OpenError, PayEaseSide, Sandbox, Settings};
