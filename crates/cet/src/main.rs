//! The `cet` command.

use std::process::ExitCode;

/// Gives what was freed back to the system: the system's own allocator keeps the 19 MiB of each password's hash, once
/// for every thread that ever made one.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cet::cli::run()
}
