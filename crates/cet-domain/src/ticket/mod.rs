//! 准考证: the admission tickets of a candidate as PDF, and the verification of a ticket's QR code (T2, T3).
//!
//! A ticket is printed from the snapshot of the registration, the published seat and the sitting's times, each time
//! anew: only the photos that schools deliver are stored. Its QR code is signed
//! ([`Printer`](crate::printing::Printer)), so that an invigilator can verify it offline. A name that no font can print
//! is reported at import ([`coverage`](crate::printing::coverage)).
//! The exams and printing days are also a calendar file ([`calendar`]).
//!
//! **Invariant (own tickets):** a ticket is found only through the passport that is logged in; other tickets are not
//! found (TH52).
//! Deliberately absent: the layout of the page (`crates/ticket-pdf`) and the seats themselves ([`crate::arrangement`]).

pub mod calendar;
pub mod ics;
pub mod photo;
pub mod refusal;
pub mod rules;
pub mod sheet;
pub mod store;
pub mod verbs;

pub use store::keys;

pub use refusal::TicketRefusal;
pub use rules::NotPrintable;
