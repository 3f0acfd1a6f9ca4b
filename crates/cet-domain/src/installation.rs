//! Opens an installation: its configuration's files, its database and its keys, with the errors that can occur.

use std::path::Path;
use std::sync::Arc;

use crate::config::Config;
use crate::key_check::{self, Unfit};
use crate::nodes::Held;
use crate::private_file;
use crate::store::{Clock, Db, DbError, OpenError, Settings, Stop, VersionState};
use crate::vault::{Vault, VaultError};

/// Why a node can't start.
#[derive(Debug)]
pub enum StartError {
    /// The database can't be opened.
    Open(OpenError),
    /// The database has another version than the program.
    Version(VersionState),
    /// The database failed while the catalogue was read.
    Database(DbError),
    /// A key file can't be used.
    Keys(String, VaultError),
    /// A key file does not belong to this database.
    Unfit(String, Unfit),
    /// Another process is running under this node's number.
    Held(Held),
    /// A key file is accessible to others than its owner; with its mode.
    Readable(String, u32),
    /// A file can't be read.
    File(String, std::io::Error),
    /// A setting can't be used.
    Setting(String),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(error) => write!(f, "database: {error}"),
            Self::Database(error) => write!(f, "database: {error}"),
            Self::Version(VersionState::Older { found: 0, .. }) => {
                f.write_str("the database holds no table of cet yet: run `cet migrate`")
            }
            Self::Version(VersionState::Older { found, wanted }) => {
                write!(
                    f,
                    "the database is at version {found}, this program needs {wanted}: run `cet migrate`"
                )
            }
            Self::Version(VersionState::Newer { found, wanted }) => {
                write!(
                    f,
                    "the database is at version {found}, this program at {wanted}: use the newer program"
                )
            }
            Self::Version(VersionState::Current) => f.write_str("the database's version fits"),
            Self::Unfit(file, unfit) => write!(f, "{file}: {unfit}"),
            Self::Held(held) => held.fmt(f),
            Self::Readable(file, mode) => write!(
                f,
                "{file}: others than its owner can get at this key (mode {mode:o}): type `chmod 600 {file}`"
            ),
            Self::Keys(file, error) => write!(f, "{file}: {error}"),
            Self::File(file, error) => write!(f, "{file}: {error}"),
            Self::Setting(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for StartError {}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<DbError> for StartError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

/// Opens the configured database, whatever its version.
///
/// # Errors
/// [`OpenError`], also of one that takes no writes.
pub async fn open_database(config: &Config, clock: Clock, node: u16) -> Result<Db, OpenError> {
    let db = open_database_to_read(config, clock, node).await?;
    db.refuse_read_only().await?;
    Ok(db)
}

/// The same for who only reads: a standby will do.
///
/// # Errors
/// [`OpenError`].
pub async fn open_database_to_read(config: &Config, clock: Clock, node: u16) -> Result<Db, OpenError> {
    let settings =
        Settings { url: config.database_url(), pool: config.database.pool, durable: true, clock, node };
    Db::open(settings).await
}

/// Reads the configured key file.
///
/// # Errors
/// [`StartError::File`] and [`StartError::Keys`].
pub fn open_vault(config: &Config) -> Result<Arc<Vault>, StartError> {
    let path = config.path(&config.vault.key_file);
    let text = read_secret(&path)?;
    Vault::parse(&text).map(Arc::new).map_err(|error| StartError::Keys(path.display().to_string(), error))
}

/// Reads a file named in the configuration.
///
/// # Errors
/// [`StartError::File`].
pub fn read(path: &Path) -> Result<String, StartError> {
    std::fs::read_to_string(path).map_err(|error| StartError::File(path.display().to_string(), error))
}

/// Reads a key file, which only its owner may read or write.
///
/// # Errors
/// [`StartError::Readable`] and [`StartError::File`].
pub fn read_secret(path: &Path) -> Result<String, StartError> {
    own_only(path)?;
    read(path)
}

/// Refuses a key file that others than its owner can access.
///
/// # Errors
/// [`StartError::Readable`] and [`StartError::File`].
pub(crate) fn own_only(path: &Path) -> Result<(), StartError> {
    let name = || path.display().to_string();
    match private_file::open_to_others(path) {
        Ok(None) => Ok(()),
        Ok(Some(mode)) => Err(StartError::Readable(name(), mode)),
        Err(error) => Err(StartError::File(name(), error)),
    }
}

/// Opens the database and the keys of an installation for a command: checks the database's version, and that the keys
/// belong to it.
///
/// # Errors
/// [`StartError`] names the problem and what to do.
pub async fn open_installation(config: &Config, node: u16) -> Result<(Db, Arc<Vault>), StartError> {
    let db = open_database(config, Clock::Real { rehearsal: config.rehearsal }, node).await?;
    let vault = check_installation(config, &db).await?;
    Ok((db, vault))
}

/// The keys of an installation, if they belong to its database and that has the right version.
///
/// # Errors
/// [`StartError`].
pub async fn check_installation(config: &Config, db: &Db) -> Result<Arc<Vault>, StartError> {
    match db.version().await? {
        VersionState::Current => {}
        other => return Err(StartError::Version(other)),
    }
    let vault = open_vault(config)?;
    let settled = Box::pin(key_check::settle(db, &vault)).await;
    settled.map_err(|stop| unfit(config, stop))?;
    Ok(vault)
}

/// The error for keys that do not belong to the database, with the name of their file.
#[must_use]
pub fn unfit(config: &Config, stop: Stop<Unfit>) -> StartError {
    match stop {
        Stop::Refused(unfit) => {
            StartError::Unfit(config.path(&config.vault.key_file).display().to_string(), unfit)
        }
        Stop::Fault(error) => StartError::Database(error),
    }
}
