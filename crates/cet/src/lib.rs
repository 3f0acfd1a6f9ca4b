//! Registration for a national examination (全国大学英语四、六级考试): see `ARCHITECTURE.md` for the rooms and their rules.

pub mod app;
pub mod audit;
pub mod config;
pub mod eligibility;
pub mod entry;
pub mod jobs;
pub mod outbox;
pub mod passport;
pub mod payment;
pub mod portal;
pub mod registration;
pub mod rehearsal;
pub mod seat_pool;
pub mod sitting;
pub mod site;
pub mod store;
pub mod vault;
pub mod web;
pub mod words;
