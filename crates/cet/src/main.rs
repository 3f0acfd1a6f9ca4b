//! The `cet` command.

use std::process::ExitCode;

/// Returns freed memory to the system: the system's default allocator would keep the 19 MiB of a password hash for
/// every thread that ever computed one.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cet::cli::run()
}
