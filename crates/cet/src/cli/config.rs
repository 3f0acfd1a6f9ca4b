//! `cet config check` and `cet config new-key`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use super::{ConfigFile, Done, Failed, load, say};
use crate::config::Config;
use crate::outbox::delivery::Delivery;
use crate::printing::{self, Printer};
use crate::store::{Clock, Db, Tx, VersionState};
use crate::ticket;
use crate::vault::Vault;
use crate::{key_check, payment, private_file};
use cet_domain::installation::{StartError, open_database, open_vault, unfit};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Checks the configuration, the database, the mail server and the keys; prints all errors.
    Check(ConfigFile),
    /// Writes a new key file; never overwrites one.
    NewKey {
        /// The file to write.
        file: PathBuf,
        /// What the key is for: `vault` encrypts personal data, `tickets` signs admission tickets.
        #[arg(long = "for", value_enum, default_value = "vault")]
        purpose: Purpose,
    },
}

/// The purpose of a new key.
#[derive(Clone, Copy, ValueEnum)]
enum Purpose {
    Vault,
    Tickets,
}

pub(super) async fn run(arguments: Arguments) -> Done {
    match arguments.what {
        What::Check(file) => check(&file).await,
        What::NewKey { file, purpose } => new_key(&file, purpose),
    }
}

fn new_key(file: &Path, purpose: Purpose) -> Done {
    let (text, loss) = match purpose {
        Purpose::Vault => (Vault::new_key_file()?, "without it no document number can be decrypted"),
        Purpose::Tickets => (printing::new_key_file()?, "anyone who has it can sign tickets"),
    };
    private_file::write_new(file, text.as_bytes()).map_err(|error| {
        let name = file.display();
        Failed(match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                format!("{name} is there already, and a key is never overwritten: choose another name")
            }
            std::io::ErrorKind::NotFound => format!("{name}: there is no such folder: make it first"),
            _ => format!("{name} can't be written: {error}"),
        })
    })?;
    say(format_args!("{} written: keep it safe, {loss}", file.display()));
    Ok(ExitCode::SUCCESS)
}

async fn check(file: &ConfigFile) -> Done {
    let config = load(&file.config)?;
    let checks = checks(&file.config, &config).await;
    for check in &checks {
        say(check);
    }
    Ok(if checks.iter().all(Check::is_good) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One line of `cet config check`.
pub(super) enum Check {
    /// A part, and how it is or what is wrong with it.
    Part(&'static str, Result<String, String>),
    /// Advice.
    Note(String),
}

impl Check {
    fn is_good(&self) -> bool {
        !matches!(self, Self::Part(_, Err(_)))
    }
}

impl std::fmt::Display for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Part(what, Ok(text)) => write!(f, "{what}: {text}"),
            Self::Part(what, Err(text)) => write!(f, "{what}: WRONG: {text}"),
            Self::Note(text) => write!(f, "note: {text}"),
        }
    }
}

/// Checks everything that a configuration names.
pub(super) async fn checks(file: &Path, config: &Config) -> Vec<Check> {
    let mut all: Vec<Check> = open_configuration(file).map(Check::Note).into_iter().collect();
    all.push(Check::Part(
        "vault",
        open_vault(config).map(|_| "keys can be read".to_owned()).map_err(in_words),
    ));
    all.push(Check::Part("gateways", gateways(config)));
    all.push(Check::Part("tickets", tickets(config)));
    all.push(Check::Part("mail", mail(config).await));
    match database(config).await {
        Ok(db) => {
            match db.link().await {
                Ok(link) => {
                    all.push(Check::Part("database", Ok(format!("{link}, at this version"))));
                    all.extend(link.advice().map(|advice| Check::Note(advice.to_string())));
                }
                Err(error) => all.push(Check::Part("database", Err(in_words(error)))),
            }
            all.push(Check::Part("keys of the database", keys(config, &db).await));
        }
        Err(text) => all.push(Check::Part("database", Err(text))),
    }
    all
}

/// The warning about a configuration that others can read although it may contain passwords.
pub(super) fn open_configuration(file: &Path) -> Option<String> {
    let mode = private_file::open_to_others(file).ok().flatten()?;
    let file = file.display();
    Some(format!("{file}: other users can read the passwords in it (mode {mode:o}): run `chmod 600 {file}`"))
}

fn in_words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

pub(super) async fn database(config: &Config) -> Result<Db, String> {
    // Opening would make it, and a check changes nothing.
    let url = config.database_url();
    if let Some(path) = url.strip_prefix("sqlite:").filter(|path| !Path::new(path).exists()) {
        return Err(format!("{path} is not there: `cet migrate` makes it"));
    }
    let clock = Clock::Real { rehearsal: config.rehearsal };
    let db = open_database(config, clock, config.server.node).await.map_err(in_words)?;
    match db.version().await.map_err(in_words)? {
        VersionState::Current => Ok(db),
        other => Err(in_words(StartError::Version(other))),
    }
}

/// Whether the keys belong to this database. Nothing is written: the first start records them.
async fn keys(config: &Config, db: &Db) -> Result<String, String> {
    let vault = open_vault(config).map_err(in_words)?;
    let fits = db.read_long(async move |tx: &mut Tx<'_>| key_check::fits(tx, &vault).await).await;
    fits.map_err(|stop| in_words(unfit(config, stop)))?;
    let known = ticket::keys::known(db).await.map_err(in_words)?;
    let own = Printer::open(config).map_err(in_words)?;
    let earlier: Vec<&str> =
        known.iter().filter(|key| !own.public_keys().contains(key)).map(|key| key.name.as_str()).collect();
    if earlier.is_empty() {
        return Ok("they match".to_owned());
    }
    let earlier = earlier.join(", ");
    Ok(format!("they match; tickets signed with an earlier key ({earlier}) are still valid"))
}

fn gateways(config: &Config) -> Result<String, String> {
    let gateways = payment::setup::gateways(config).map_err(in_words)?;
    let names: Vec<&str> = gateways.all.iter().map(|gateway| gateway.code().as_str()).collect();
    Ok(if names.is_empty() {
        "none: no one can pay until you add a section [gateway.…]".to_owned()
    } else {
        format!("the keys of {} can be read", names.join(", "))
    })
}

async fn mail(config: &Config) -> Result<String, String> {
    match Delivery::open(&config.mail)? {
        Delivery::Mailbox => Ok("to the rehearsal's mailbox page".to_owned()),
        Delivery::Smtp { transport, .. } => match transport.test_connection().await {
            Ok(true) => Ok("the server answers".to_owned()),
            Ok(false) => Err("the server does not answer as a mail server".to_owned()),
            Err(error) => Err(error.to_string()),
        },
    }
}

/// Loads the key and the fonts, as for the first ticket.
fn tickets(config: &Config) -> Result<String, String> {
    let printer = Printer::open(config).map_err(in_words)?;
    printer.fonts().map_err(in_words)?;
    Ok(match printer.public_keys() {
        [key, ..] => format!("signed with key {}", key.name),
        [] => "can't be printed: tickets.signing_key_file is not set".to_owned(),
    })
}
