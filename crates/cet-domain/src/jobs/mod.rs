//! What jobs are made of: rounds over a queue that set aside what they can't work on, sweeps of what has ended, and how the
//! jobs of a node are.

pub mod aside;
pub mod health;
pub mod rules;
pub mod sweep;
