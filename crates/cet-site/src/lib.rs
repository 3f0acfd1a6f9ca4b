//! The web pages of `cet`: routes, forms, views, templates and assets. Modules have the same names as in `cet-domain`.

pub mod admin;
pub mod app;
pub mod arrangement;
pub mod captcha;
pub mod change;
pub mod collective_payment;
pub mod dispute;
pub mod entry;
pub mod handout;
pub mod message;
pub mod passport;
pub mod payment;
pub mod portal;
pub mod privacy;
pub mod reconciliation;
pub mod record_report;
pub mod registration;
#[cfg(feature = "rehearsal")]
pub mod rehearsal;
pub mod review;
mod roster;
pub mod site;
pub mod situation;
pub mod staff;
#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub mod testing;
#[cfg(test)]
mod threats;
pub mod ticket;
mod upload;
pub mod waiting;
pub mod web;
