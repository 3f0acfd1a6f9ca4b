//! What all pages share: words, frame, assets.

pub mod assets;
pub mod page;
pub mod texts;
