//! The `cet` command.
fn main() {}
