//! The public site (P1, P2, P4): its dates come from the sittings, its texts from Markdown. Each page is rendered and
//! compressed once per catalogue version and language.

mod dates;
pub mod pages;
mod page_cache;
#[cfg(test)]
mod tests;
pub mod views;

pub use pages::routes;
pub use page_cache::PageCache;
