//! The public site (P1, P2, P4): its dates come from the sittings, its texts from Markdown. Each page is rendered and
//! compressed once per catalogue version and language.

mod dates;
mod page_cache;
pub mod pages;
#[cfg(test)]
mod tests;
pub mod views;

pub use page_cache::PageCache;
pub use pages::routes;
