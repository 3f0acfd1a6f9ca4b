//! The pages of passports: registering, logging in, account settings, and who is signed in.

pub mod candidate;
pub mod cookies;
pub mod kept;
pub mod marks;
pub mod notice;
mod pages;
pub(crate) mod refusal_texts;
pub mod views;

pub use candidate::{Candidate, MaybeCandidate};
pub use pages::routes;

#[cfg(test)]
#[path = "tests/account.rs"]
mod account_tests;
#[cfg(test)]
#[path = "tests/closing.rs"]
mod closing_tests;
#[cfg(test)]
#[path = "tests/kept.rs"]
mod kept_tests;
#[cfg(test)]
#[path = "tests/mail.rs"]
pub(crate) mod mail_tests;
#[cfg(test)]
#[path = "tests/manual.rs"]
mod manual_tests;
#[cfg(test)]
#[path = "tests/recover.rs"]
mod recover_tests;
#[cfg(test)]
#[path = "tests/retrieve.rs"]
mod retrieve_tests;
#[cfg(test)]
#[path = "tests/sessions.rs"]
mod sessions_tests;
#[cfg(test)]
#[path = "tests/smtp.rs"]
mod smtp_tests;
