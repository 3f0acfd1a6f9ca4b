//! This module's behaviour over HTTP, on both databases.

pub(crate) mod access;
mod accounts;
mod between_seasons;
mod board;
mod board_links;
mod bulk;
mod ending;
mod english;
mod exports;
mod file_times;
mod finance;
mod finance_told;
mod form_marks;
mod formulas;
mod language;
mod lists;
mod login;
mod nonsense;
mod places;
mod rebind;
mod registrations;
mod reset;
mod sessions;
mod ticked;
mod ticked_registrations;
mod visible_rows;
pub(crate) mod world;
