//! Registration for a national examination (全国大学英语四、六级考试): see `ARCHITECTURE.md` for the modules and their rules.

use cet_base::{config, private_file, store, texts, vault, words};
use cet_domain::{
    alarms, arrangement, audit, collective_payment, entry, import, key_check, message, outbox, passport,
    payment, printing, roster, score, setup, sheet, sitting, staff, statistics, ticket, verify,
};
#[cfg(feature = "rehearsal")]
use cet_site::rehearsal;
use cet_site::{admin, app, site, web};

mod backups;
pub mod cli;
#[cfg(feature = "rehearsal")]
pub mod demo;
mod doctor;
pub mod jobs;
pub mod node;
mod rush;
