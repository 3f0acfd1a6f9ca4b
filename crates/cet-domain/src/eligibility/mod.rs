//! Which subjects a student may enter, with the reasons (R4, V1).

pub mod rules;
