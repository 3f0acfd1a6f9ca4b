//! 准考证: the admission tickets of a candidate as PDF, and the check of what a ticket's QR code says (T2, T3).
//!
//! A ticket is printed from the snapshot of the registration, the published seat and the sitting's times, each time
//! anew: nothing is kept but the photos that schools deliver. Its QR code is signed ([`Printer`](crate::printing::Printer)), so that an invigilator can
//! check it without a network. The exams and the printing days are a calendar file, too ([`calendar`]). A name that no font prints is told at import ([`coverage`](crate::printing::coverage)).
//!
//! **Invariant (own tickets):** a ticket is found only through the passport that is signed in; what is somebody else's
//! is not there (TH52).
//! Deliberately absent: the drawing of the page (`crates/ticket-pdf`) and the seats themselves ([`crate::arrangement`]).

pub mod calendar;
pub mod ics;
pub mod keys;
pub mod photo;
pub mod refusal;
pub mod rules;
pub mod sheet;
pub mod store;
pub mod verbs;

pub use refusal::TicketRefusal;
pub use rules::NotPrintable;
