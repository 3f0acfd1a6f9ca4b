//! The logic of `cet` without pages: each module's rules, refusals, statements, use cases, jobs and checks. It contains
//! no HTTP and no HTML; `cet-site` presents it and `cet` runs it.

#[cfg(test)]
use cet_base::on_both;
use cet_base::{
    background, config, meter, params, private_file, record, sealed, store, stored_as, texts, vault, words,
};

pub mod alarms;
pub mod arrangement;
pub mod audit;
pub mod binding;
pub mod captcha;
mod causes;
pub mod change;
pub mod collective_payment;
pub mod consent;
pub mod context;
pub mod dispute;
pub mod eligibility;
pub mod entry;
pub mod forged;
mod fragments;
pub mod handout;
pub mod hold;
pub mod import;
pub mod installation;
pub mod invariant;
pub mod jobs;
pub mod key_check;
pub mod limit;
pub mod message;
pub mod nodes;
pub mod outbox;
pub mod passport;
pub mod payment;
pub mod portal;
pub mod printing;
pub mod privacy;
pub mod reconciliation;
pub mod record_report;
pub mod refusals;
pub mod registration;
#[cfg(feature = "rehearsal")]
pub mod rehearsal;
pub mod reseal;
pub mod retention;
pub mod review;
pub mod roster;
pub mod score;
pub mod seat_pool;
pub mod second_person;
pub mod setup;
pub mod sheet;
pub mod sitting;
pub mod situation;
pub mod staff;
pub mod standby;
pub mod statistics;
#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub mod testing;
pub mod ticket;
pub mod upload;
pub mod verify;
pub mod waiting;
