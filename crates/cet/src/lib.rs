//! Registration for a national examination (全国大学英语四、六级考试): see `ARCHITECTURE.md` for the rooms and their rules.

pub mod audit;
pub mod eligibility;
pub mod entry;
pub mod passport;
pub mod portal;
pub mod registration;
pub mod seat_pool;
pub mod sheet;
pub mod sitting;
pub mod store;
pub mod vault;
pub mod web;
pub mod words;
