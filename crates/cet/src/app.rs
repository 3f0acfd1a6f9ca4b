//! What every request and job of a node shares, built once at the start.

use std::path::Path;
use std::sync::Arc;

use http::HeaderValue;
use tokio::sync::{Notify, watch};

use crate::alarms::Alarms;
use crate::config::Config;
use crate::jobs::health::Health;
use crate::key_check::{self, Unfit};
use crate::passport::password::Hasher;
use crate::payment::desk::Shop;
use crate::portal::Shelf;
use crate::private_file;
use crate::sitting::catalogue::CatalogueCell;
use crate::store::{Clock, Db, DbError, OpenError, Settings, Stop, VersionState};
use crate::ticket::Printer;
use crate::vault::{Vault, VaultError};
use crate::web::page::Site;
use crate::web::server::Phase;

/// A node's parts; clones share them.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts themselves.
pub struct Parts {
    /// What the operator set.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Keys for personal data.
    pub vault: Arc<Vault>,
    /// The reference tables, as of at most a second ago.
    pub catalogue: Arc<CatalogueCell>,
    /// What payment needs to go to the gateways.
    pub shop: Shop,
    /// The portal's finished pages.
    pub shelf: Shelf,
    /// Prints admission tickets, a bounded number at once.
    pub printer: Arc<Printer>,
    /// Hashes passwords, a bounded number at once.
    pub passwords: Hasher,
    /// What monitoring should hear of.
    pub alarms: Alarms,
    /// How the jobs are.
    pub jobs: Health,
    /// What the footer says.
    pub site: Arc<Site>,
    /// Addresses this site is reached by, as `https://host`.
    pub origins: Vec<String>,
    /// The `Content-Security-Policy` of every page.
    pub csp: HeaderValue,
    /// Wakes the jobs before their time.
    pub wake: Arc<Notify>,
    /// How far the node is in stopping.
    pub phase: watch::Sender<Phase>,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Why a node can't start.
#[derive(Debug)]
pub enum StartError {
    /// The database can't be opened.
    Open(OpenError),
    /// The database is of another version.
    Version(VersionState),
    /// It failed while the catalogue was read.
    Database(DbError),
    /// A file with keys can't be used.
    Keys(String, VaultError),
    /// A file with keys is not the one of this database.
    Unfit(String, Unfit),
    /// Others than its owner may do something with a file of keys: its mode.
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

/// Opens the database that the configuration names, whatever its version.
///
/// # Errors
/// [`OpenError`].
pub async fn open_database(config: &Config, clock: Clock, node: u16) -> Result<Db, OpenError> {
    let settings =
        Settings { url: config.database_url(), pool: config.database.pool, durable: true, clock, node };
    Db::open(settings).await
}

/// Reads the keys that the configuration names.
///
/// # Errors
/// [`StartError::File`] and [`StartError::Keys`].
pub fn open_vault(config: &Config) -> Result<Arc<Vault>, StartError> {
    let path = config.path(&config.vault.key_file);
    let text = read_secret(&path)?;
    Vault::parse(&text).map(Arc::new).map_err(|error| StartError::Keys(path.display().to_string(), error))
}

/// Reads a file that the configuration names.
///
/// # Errors
/// [`StartError::File`].
pub fn read(path: &Path) -> Result<String, StartError> {
    std::fs::read_to_string(path).map_err(|error| StartError::File(path.display().to_string(), error))
}

/// Reads a file of keys, which nobody but its owner may read or write.
///
/// # Errors
/// [`StartError::Readable`] and [`StartError::File`].
pub fn read_secret(path: &Path) -> Result<String, StartError> {
    own_only(path)?;
    read(path)
}

/// Refuses a file of keys that others than its owner can get at.
///
/// # Errors
/// [`StartError::Readable`] and [`StartError::File`].
pub fn own_only(path: &Path) -> Result<(), StartError> {
    let name = || path.display().to_string();
    match private_file::open_to_others(path) {
        Ok(None) => Ok(()),
        Ok(Some(mode)) => Err(StartError::Readable(name(), mode)),
        Err(error) => Err(StartError::File(name(), error)),
    }
}

/// Opens the database and the keys of an installation for a command: the database is at this version, and the keys are
/// those that belong to it.
///
/// # Errors
/// [`StartError`] says what stands in the way and what to do.
pub async fn open_installation(config: &Config, node: u16) -> Result<(Db, Arc<Vault>), StartError> {
    let db = open_database(config, Clock::Real { rehearsal: config.rehearsal }, node).await?;
    let vault = check_installation(config, &db).await?;
    Ok((db, vault))
}

/// The keys of an installation, when they fit its database and that is at this version.
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

/// Why the keys of an installation are refused, with the name of their file.
#[must_use]
pub fn unfit(config: &Config, stop: Stop<Unfit>) -> StartError {
    match stop {
        Stop::Refused(unfit) => {
            StartError::Unfit(config.path(&config.vault.key_file).display().to_string(), unfit)
        }
        Stop::Fault(error) => StartError::Database(error),
    }
}

impl App {
    /// A node on a database of this program's version.
    ///
    /// # Errors
    /// [`StartError`] says what stands in the way.
    pub async fn start(config: Config, db: Db) -> Result<Self, StartError> {
        Self::start_with(config, db, Hasher::default()).await
    }

    /// The same with a hasher of another price.
    pub(crate) async fn start_with(config: Config, db: Db, passwords: Hasher) -> Result<Self, StartError> {
        let vault = check_installation(&config, &db).await?;
        let catalogue = Arc::new(CatalogueCell::open(&db).await?);
        let desk = Arc::new(crate::payment::setup::desk(&config)?);
        let shop =
            Shop { db: db.clone(), desk, catalogue: Arc::clone(&catalogue), vault: Arc::clone(&vault) };
        let printer = Arc::new(Printer::open(&config)?);
        Box::pin(crate::ticket::keys::remember(&db, printer.public_keys())).await?;
        let site = Arc::new(Site {
            telephone: config.portal.telephone.clone(),
            icp: config.portal.icp.clone(),
            node_mark: config.server.node_mark.clone(),
        });
        let mut origins = vec![config.server.public_origin.clone()];
        origins.extend(config.server.education_origin.clone());
        let csp = content_security_policy(&config)?;
        Ok(Self(Arc::new(Parts {
            config,
            db,
            vault,
            catalogue,
            shop,
            shelf: Shelf::default(),
            printer,
            passwords,
            alarms: Alarms::default(),
            jobs: Health::default(),
            site,
            origins,
            csp,
            wake: Arc::default(),
            phase: watch::Sender::new(Phase::Serving),
        })))
    }
}

impl Parts {
    /// Lets every job look at once whether there is work: after the clock of a rehearsal moved.
    pub fn wake_jobs(&self) {
        self.wake.notify_waiters();
    }
}

/// Nothing from elsewhere, nothing inline; forms go to this site and to the gateways (TH64).
fn content_security_policy(config: &Config) -> Result<HeaderValue, StartError> {
    let endpoints = [
        config.gateway.alipay.as_ref().map(|gateway| &gateway.endpoint),
        config.gateway.payease.as_ref().map(|gateway| &gateway.endpoint),
    ];
    let gateways: Vec<String> = endpoints.into_iter().flatten().filter_map(|url| origin_of(url)).collect();
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
        gateways.join(" ")
    );
    HeaderValue::from_str(&text)
        .map_err(|_| StartError::Setting("gateway: an endpoint is no address".to_owned()))
}

/// `scheme://host:port` of an address.
fn origin_of(url: &str) -> Option<String> {
    let uri: http::Uri = url.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}
