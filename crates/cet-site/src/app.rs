//! What every request and job of a node shares, built once at the start.

use std::sync::Arc;

use http::HeaderValue;
use tokio::sync::{Notify, watch};

use crate::alarms::Alarms;
use crate::config::Config;
use crate::jobs::health::Health;
use crate::passport::password::Hasher;
use crate::payment::desk::PaymentContext;
use crate::portal::Shelf;
use crate::printing::Printer;
use crate::sitting::catalogue::CatalogueCell;
use crate::store::Db;
use crate::web::page::Site;
use crate::web::requests::Requests;
use crate::web::server::Phase;
use cet_domain::context::Context;
use cet_domain::installation::{StartError, check_installation};

/// A node's parts; clones share them.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts themselves.
pub struct Parts {
    /// What use cases work with: configuration, database, keys.
    pub context: Context,
    /// The reference tables, as of at most a second ago.
    pub catalogue: Arc<CatalogueCell>,
    /// What payment needs to go to the gateways.
    pub shop: PaymentContext,
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
    /// What was asked for and how it ended.
    pub requests: Requests,
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

impl App {
    /// A node on a database of this program's version.
    ///
    /// # Errors
    /// [`StartError`] says what stands in the way.
    pub async fn start(config: Config, db: Db) -> Result<Self, StartError> {
        Self::start_with(config, db, Hasher::default()).await
    }

    /// The same with a hasher of another price.
    pub async fn start_with(config: Config, db: Db, passwords: Hasher) -> Result<Self, StartError> {
        let vault = check_installation(&config, &db).await?;
        let catalogue = Arc::new(CatalogueCell::open(&db).await?);
        let desk = Arc::new(crate::payment::setup::desk(&config)?);
        let shop = PaymentContext { db: db.clone(), desk, catalogue: Arc::clone(&catalogue) };
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
            context: Context { config: Arc::new(config), db, vault },
            catalogue,
            shop,
            shelf: Shelf::default(),
            printer,
            passwords,
            alarms: Alarms::default(),
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
