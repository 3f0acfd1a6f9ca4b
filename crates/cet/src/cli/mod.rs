//! The commands of `cet`: parse, call, print. One file per command.

mod arrange;
mod audit;
mod backup;
mod config;
#[cfg(feature = "rehearsal")]
mod demo;
mod doctor;
mod export;
pub mod import;
mod imports;
mod lines;
mod migrate;
mod photos;
mod rush;
#[cfg(feature = "rehearsal")]
mod sandbox;
mod serve;
mod staff;
mod summary;
mod vault;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lines::Lines;

/// 全国大学英语四、六级考试报名系统.
#[derive(Parser)]
#[command(name = "cet", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The configuration file's path.
#[derive(clap::Args)]
struct ConfigFile {
    /// The configuration file.
    #[arg(long, default_value = "cet.toml")]
    config: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the site, both sandbox gateways, mailbox and jobs in one process, with a seeded sitting.
    #[cfg(feature = "rehearsal")]
    Demo(demo::Arguments),
    /// Runs one node of the site with its jobs.
    Serve(ConfigFile),
    /// Runs the two sandbox gateways in a separate process.
    #[cfg(feature = "rehearsal")]
    Sandbox(ConfigFile),
    /// Migrates the database to this version.
    Migrate(ConfigFile),
    /// Imports a sitting, campuses, a roster or scores from a file: all of it or nothing.
    Import(import::Arguments),
    /// Exports a sitting to the file that it can be imported from.
    Export(export::Arguments),
    /// Assigns rooms, seats and ticket numbers to paid entries once registration has closed.
    Arrange(arrange::Arguments),
    /// Creates, lists and disables staff accounts.
    Staff(staff::Arguments),
    /// Checks every invariant in the live database; exit code 1 on a violation.
    Verify(ConfigFile),
    /// Sends made-up candidates through whole journeys on a rehearsal, measures, and checks what they were told.
    Rush(Box<rush::Arguments>),
    /// Copies the database to a file, once or at regular times; nodes may be running.
    Backup(backup::BackupArguments),
    /// Restores such a copy to the configured database.
    Restore(backup::RestoreArguments),
    /// Looks at a running site from outside and inside; each line says what to do.
    Doctor(doctor::Arguments),
    /// Archives the log, and says whose data somebody touched.
    Audit(audit::Arguments),
    /// Seals stored values anew with another key.
    Vault(vault::Arguments),
    /// Checks the configuration or creates key files.
    Config(config::Arguments),
}

/// Runs the command line; the exit code is 0 on success, 1 on failure, 2 for wrong arguments.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let log = start_log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    // Mail and gateways share one TLS provider; a second call finds it already installed.
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let done = runtime.block_on(async {
        match cli.command {
            #[cfg(feature = "rehearsal")]
            Command::Demo(arguments) => demo::run(arguments).await,
            Command::Serve(file) => serve::run(&file.config).await,
            #[cfg(feature = "rehearsal")]
            Command::Sandbox(file) => sandbox::run(&file.config).await,
            Command::Migrate(file) => migrate::run(&file.config).await,
            Command::Import(arguments) => import::run(arguments).await,
            Command::Export(arguments) => export::run(arguments).await,
            Command::Arrange(arguments) => arrange::run(arguments).await,
            Command::Staff(arguments) => staff::run(arguments).await,
            Command::Verify(file) => verify::run(&file.config).await,
            Command::Rush(arguments) => rush::run(*arguments).await,
            Command::Backup(arguments) => backup::back_up(arguments).await,
            Command::Restore(arguments) => backup::restore(arguments).await,
            Command::Doctor(arguments) => doctor::run(arguments).await,
            Command::Audit(arguments) => audit::run(arguments).await,
            Command::Vault(arguments) => vault::run(arguments).await,
            Command::Config(arguments) => config::run(arguments).await,
        }
    });
    let code = done.unwrap_or_else(|error| failed(&error));
    if let Some(log) = log {
        log.end();
    }
    code
}

/// Why a command failed, as printed.
#[derive(Debug)]
struct Failed(String);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

type Done = Result<ExitCode, Failed>;

#[expect(clippy::print_stderr, reason = "a command says on stderr why it failed")]
fn failed(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("cet: {error}");
    ExitCode::FAILURE
}

#[expect(clippy::print_stdout, reason = "a command's answer")]
fn say(text: impl std::fmt::Display) {
    println!("{text}");
}

/// Logs lines to stderr; `CET_LOG` sets the filter (default `info`).
#[expect(clippy::disallowed_methods, reason = "the log must work before the configuration is read")]
fn start_log() -> Option<Lines> {
    let filter = std::env::var("CET_LOG").unwrap_or_else(|_| "info,hyper=warn,tower=warn".to_owned());
    let lines = Lines::to_stderr().ok()?;
    let started = tracing_subscriber::fmt()
        .json()
        .with_writer(lines.clone())
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .try_init();
    // Test harnesses have their own logger.
    started.ok().map(|()| lines)
}

/// Loads the configuration, or prints everything that is wrong with it.
fn load(file: &std::path::Path) -> Result<crate::config::Config, Failed> {
    crate::config::Config::load(file, std::env::vars()).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failed(lines.join("\ncet: "))
    })
}
