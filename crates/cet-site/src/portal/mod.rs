//! The public site (P1, P2, P4): its dates come from the sittings, its texts from Markdown. Each page is rendered and
//! compressed once per catalogue version, per change of phase (P5) and per language.

mod dates;
mod news;
mod page_cache;
pub mod pages;
mod phase;
mod signed_in;
#[cfg(test)]
mod tests;
pub mod views;

pub use page_cache::PageCache;
pub use pages::routes;
