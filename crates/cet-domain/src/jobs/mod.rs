//! The framework of jobs: rounds over a queue that set failing items aside, sweeps of expired rows, and the state of a
//! node's jobs.

pub mod batch;
pub mod health;
pub mod rules;
pub mod sweep;
