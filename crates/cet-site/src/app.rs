//! The state shared by all requests and jobs of a node, built once at startup.

use std::sync::Arc;

use http::HeaderValue;
use tokio::sync::{Notify, watch};

use crate::portal::PageCache;
use crate::staff::downloads::Downloads;
use crate::staff::list::KeptGroups;
use crate::web::page::Site;
use crate::web::requests::Requests;
use crate::web::server::Phase;
use cet_base::config::Config;
use cet_base::store::{Db, DbError};
use cet_base::vault::Vault;
use cet_domain::alarms::Alarms;
use cet_domain::context::Context;
use cet_domain::installation::{StartError, check_installation};
use cet_domain::jobs::health::Health;
use cet_domain::limit::{self, Spent};
use cet_domain::nodes::Holder;
use cet_domain::passport::password::Hasher;
use cet_domain::payment::context::PaymentContext;
use cet_domain::printing::Printer;
use cet_domain::sitting::catalogue::CatalogueCell;
use cet_domain::waiting::Room;

/// A node's shared state; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The fields of [`App`].
pub struct Parts {
    /// What use cases need: configuration, database, keys.
    pub context: Context,
    /// The reference tables, at most one second old.
    pub catalogue: Arc<CatalogueCell>,
    /// What payment needs to talk to the gateways.
    pub payments: PaymentContext,
    /// The files that staff are being sent.
    pub downloads: Downloads,
    /// The classes of large schools.
    pub groups: KeptGroups,
    /// The rendered pages of the portal.
    pub page_cache: PageCache,
    /// Prints admission tickets, a limited number at a time.
    pub printer: Arc<Printer>,
    /// Hashes passwords, a limited number at a time.
    pub passwords: Hasher,
    /// The waiting room, as this node knows it.
    pub waiting: Room,
    /// This process, as the holder of the node's number.
    pub holder: Arc<Holder>,
    /// Alarms for monitoring.
    pub alarms: Arc<Alarms>,
    /// The health of the jobs.
    pub jobs: Health,
    /// Request counts and durations.
    pub requests: Requests,
    /// What the page footer shows.
    pub site: Arc<Site>,
    /// The origins of this site, such as `https://host`.
    pub origins: Vec<String>,
    /// The `Content-Security-Policy` of every page.
    pub csp: HeaderValue,
    /// Wakes the jobs early.
    pub wake: Arc<Notify>,
    /// The shutdown phase of the node.
    pub phase: watch::Sender<Phase>,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Starts a node on a database whose schema matches this program.
    ///
    /// # Errors
    /// [`StartError`] names the cause.
    pub async fn start(config: Config, db: Db) -> Result<Self, StartError> {
        Self::start_with(config, db, Hasher::default()).await
    }

    /// Like [`App::start`], with a hasher of different cost.
    pub async fn start_with(config: Config, db: Db, passwords: Hasher) -> Result<Self, StartError> {
        let vault = check_installation(&config, &db).await?;
        let catalogue = Arc::new(CatalogueCell::open(&db).await?);
        let gateways = Arc::new(cet_domain::payment::setup::gateways(&config)?);
        let alarms = Arc::new(Alarms::default());
        let payments = PaymentContext {
            db: db.clone(),
            gateways,
            catalogue: Arc::clone(&catalogue),
            alarms: Arc::clone(&alarms),
            refreshes: Arc::default(),
        };
        let printer = Arc::new(Printer::open(&config)?);
        Box::pin(cet_domain::ticket::keys::remember(&db, printer.public_keys())).await?;
        let site = Arc::new(Site {
            telephone: config.portal.telephone.clone(),
            icp: config.portal.icp.clone(),
            node_mark: config.server.node_mark.clone(),
        });
        let mut origins = vec![config.server.public_origin.clone()];
        origins.extend(config.server.education_origin.clone());
        let csp = content_security_policy(&config)?;
        let waiting = waiting_room(&config, &vault)?;
        let holder = Arc::new(holder(&config, &vault)?);
        Ok(Self(Arc::new(Parts {
            context: Context { config: Arc::new(config), db, vault },
            catalogue,
            payments,
            downloads: Downloads::default(),
            groups: KeptGroups::default(),
            page_cache: PageCache::default(),
            printer,
            passwords,
            alarms,
            waiting,
            holder,
            jobs: Health::default(),
            requests: Requests::default(),
            site,
            origins,
            csp,
            wake: Arc::default(),
            phase: watch::Sender::new(Phase::Serving),
        })))
    }
}

impl std::ops::Deref for Parts {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.context
    }
}

impl Parts {
    /// Takes back a counted try that did not take place, since its password was not looked at.
    ///
    /// # Errors
    /// [`DbError`].
    pub(crate) async fn give_back(&self, spent: Spent) -> Result<(), DbError> {
        self.db.write(async move |tx| limit::give_back(tx, &spent).await).await
    }

    /// Wakes every job, so that it looks for work at once: used after a rehearsal's clock was moved.
    pub fn wake_jobs(&self) {
        self.wake.notify_waiters();
    }
}

fn waiting_room(config: &Config, vault: &Vault) -> Result<Room, StartError> {
    let node = (config.server.node, config.server.node_mark.as_str());
    Room::new(&config.waiting, node, config.rehearsal, vault)
        .map_err(|error| StartError::Setting(error.to_string()))
}

fn holder(config: &Config, vault: &Vault) -> Result<Holder, StartError> {
    let node = (config.server.node, config.server.node_mark.as_str());
    Holder::new(node, vault).map_err(|error| StartError::Setting(error.to_string()))
}

/// No external and no inline content; forms may go to this site and to the gateways only (TH64).
fn content_security_policy(config: &Config) -> Result<HeaderValue, StartError> {
    let gateways: Vec<String> =
        config.gateway.form_targets().iter().filter_map(|url| origin_of(url)).collect();
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
        gateways.join(" ")
    );
    HeaderValue::from_str(&text)
        .map_err(|_| StartError::Setting("gateway: an endpoint is not a URL".to_owned()))
}

/// The origin (`scheme://host:port`) of a URL.
fn origin_of(url: &str) -> Option<String> {
    let uri: http::Uri = url.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}
