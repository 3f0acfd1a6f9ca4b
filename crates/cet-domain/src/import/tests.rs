//! Real-world files, each with the outcome that its school expects.

mod field;
mod standing;
