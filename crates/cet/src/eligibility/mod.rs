//! Which subjects one student may enter, each with the reason why or why not (R4, V1).

pub mod rules;

/// Whether the pages of CET6资格复核 are there: until then no button leads to them (V1).
pub const REVIEW_PAGE: bool = false;
