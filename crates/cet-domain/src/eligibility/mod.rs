//! Which subjects one student may enter, each with the reason why or why not (R4, V1).

pub mod rules;
