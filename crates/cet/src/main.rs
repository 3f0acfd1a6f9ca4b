//! The `cet` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    cet::cli::run()
}
