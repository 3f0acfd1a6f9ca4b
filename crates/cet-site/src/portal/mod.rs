//! The public site (P1, P2, P4): its dates come from the sittings, its texts from Markdown; each page is rendered and
//! compressed once for each version of the catalogue, each turn of its dates (P5) and each language.

mod dates;
pub mod pages;
mod phase;
mod shelf;
#[cfg(test)]
mod tests;
pub mod views;

pub use pages::routes;
pub use shelf::Shelf;
