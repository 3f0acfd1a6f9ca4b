//! Registration for a national examination (全国大学英语四、六级考试): see `ARCHITECTURE.md` for the rooms and their rules.

pub mod admin;
pub mod alarms;
pub mod app;
pub mod arrangement;
pub mod audit;
pub mod behind;
pub mod captcha;
pub mod cli;
pub mod collective_payment;
pub mod config;
#[cfg(feature = "rehearsal")]
pub mod demo;
pub mod eligibility;
pub mod entry;
pub mod import;
pub mod jobs;
pub mod key_check;
pub mod limit;
pub mod meter;
pub mod node;
pub mod outbox;
pub mod passport;
pub mod payment;
pub mod portal;
pub mod private_file;
pub mod registration;
#[cfg(feature = "rehearsal")]
pub mod rehearsal;
pub mod review;
pub mod roster;
pub mod score;
pub mod seat_pool;
pub mod sheet;
pub mod site;
pub mod sitting;
pub mod staff;
pub mod store;
#[cfg(any(test, feature = "rehearsal"))]
#[doc(hidden)]
pub mod testing;
#[cfg(test)]
mod threats;
pub mod ticket;
pub mod vault;
pub mod verify;
pub mod web;
pub mod words;
