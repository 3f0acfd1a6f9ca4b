//! `cet config check` and `cet config new-key`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::{ConfigFile, Done, Failed, load, say};
use crate::app::{open_database, open_vault};
use crate::outbox::delivery::Delivery;
use crate::store::{Clock, VersionState};
use crate::ticket::Printer;
use crate::vault::Vault;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Reads the configuration; tests database, mail and keys; prints what is wrong.
    Check(ConfigFile),
    /// Writes a fresh file of sealing keys; never over an existing one.
    NewKey {
        /// The file to write.
        file: PathBuf,
    },
}

pub(super) async fn run(arguments: Arguments) -> Done {
    match arguments.what {
        What::Check(file) => check(&file).await,
        What::NewKey { file } => {
            write_new(&file, &Vault::new_key_file()?)?;
            say(format_args!("{} written: keep it safe, without it no document can be read", file.display()));
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn check(file: &ConfigFile) -> Done {
    let config = load(&file.config)?;
    let mut good = true;
    let mut tell = |what: &str, outcome: Result<String, String>| match outcome {
        Ok(text) => say(format_args!("{what}: {text}")),
        Err(text) => {
            good = false;
            say(format_args!("{what}: WRONG: {text}"));
        }
    };
    tell(
        "vault",
        open_vault(&config).map(|_| "keys can be read".to_owned()).map_err(|error| error.to_string()),
    );
    tell("tickets", tickets(&config));
    tell("mail", mail(&config).await);
    tell("database", database(&config).await);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn database(config: &crate::config::Config) -> Result<String, String> {
    let clock = Clock::Real { rehearsal: config.rehearsal };
    let db = open_database(config, clock, config.server.node).await.map_err(|error| error.to_string())?;
    match db.version().await.map_err(|error| error.to_string())? {
        VersionState::Current => Ok(format!("{}, at this version", db.kind())),
        other => Err(crate::app::StartError::Version(other).to_string()),
    }
}

async fn mail(config: &crate::config::Config) -> Result<String, String> {
    match Delivery::open(&config.mail)? {
        Delivery::Mailbox => Ok("to the rehearsal's mailbox page".to_owned()),
        Delivery::Smtp { transport, .. } => match transport.test_connection().await {
            Ok(true) => Ok("the server answers".to_owned()),
            Ok(false) => Err("the server does not answer as a mail server".to_owned()),
            Err(error) => Err(error.to_string()),
        },
    }
}

/// Reads the key and the fonts, as the first ticket would.
fn tickets(config: &crate::config::Config) -> Result<String, String> {
    let printer = Printer::open(config).map_err(|error| error.to_string())?;
    printer.fonts().map_err(|fault| fault.to_string())?;
    Ok(match printer.public_keys() {
        [key, ..] => format!("signed with key {}", key.name),
        [] => "can't be printed: tickets.signing_key_file is not set".to_owned(),
    })
}

/// Writes a secret file that only its owner can read.
pub(super) fn write_new(file: &std::path::Path, text: &str) -> Result<(), Failed> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut open = std::fs::OpenOptions::new();
    open.write(true).create_new(true).mode(0o600);
    let mut out = open.open(file).map_err(|error| Failed(format!("{}: {error}", file.display())))?;
    out.write_all(text.as_bytes()).map_err(|error| Failed(format!("{}: {error}", file.display())))
}
