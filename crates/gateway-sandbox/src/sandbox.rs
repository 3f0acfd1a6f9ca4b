use std::fmt;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use gateway::keys::{Rsa2PrivateKey, Rsa2PublicKey};
use gateway::payease::platform::Merchant;
use jiff::Timestamp;
use tokio::sync::{Mutex, MutexGuard};

use crate::journal::{Journal, Pending};
use crate::ledger::{Event, Ledger};
use crate::{Behaviour, Host, alipay, payease, wechat};

/// The timeout for a merchant's response to a notification.
const NOTIFY_TIMEOUT: Duration = Duration::from_secs(10);
/// Real time between two checks for due notifications.
const TICK: Duration = Duration::from_millis(200);

/// The merchant's data at both gateways.
#[derive(Debug)]
pub struct Settings {
    /// The merchant's name on the pages.
    pub merchant_name: String,
    /// The merchant's data at Alipay.
    pub alipay: AlipaySide,
    /// The merchant's data at PayEase.
    pub payease: PayEaseSide,
    /// The merchant as 微信支付 knows it, where the merchant has it.
    pub wechat: Option<gateway::wechat::platform::Merchant>,
    /// The file that stores the trades, open for reading and appending.
    pub journal: File,
}

/// The merchant's data at Alipay.
#[derive(Debug)]
pub struct AlipaySide {
    /// The merchant's application id.
    pub app_id: String,
    /// The merchant's account.
    pub seller_id: String,
    /// The merchant's public key.
    pub app_public_key: Rsa2PublicKey,
    /// Alipay's own private key.
    pub private_key: Rsa2PrivateKey,
}

/// The merchant's data at PayEase.
#[derive(Debug)]
pub struct PayEaseSide {
    /// Number and keys.
    pub merchant: Merchant,
    /// The registered notification URL; PayEase's forms do not contain one.
    pub notify_url: String,
}

/// Why the sandbox did not start.
#[derive(Debug)]
pub enum OpenError {
    /// The journal could not be opened or read.
    Journal(std::io::Error),
    /// The HTTP client can't be created.
    Client(reqwest::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(error) => write!(f, "the sandbox's journal: {error}"),
            Self::Client(error) => write!(f, "the sandbox's HTTP client: {error}"),
        }
    }
}

impl std::error::Error for OpenError {}

/// The gateways; cheap to clone, all clones share their state.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    settings: Settings,
    host: Arc<dyn Host>,
    book: Mutex<Book>,
    client: reqwest::Client,
    /// Held while notifications are sent, so that none is sent twice by accident.
    sending: Mutex<()>,
}

/// The trades and their journal, always changed together.
pub(crate) struct Book {
    pub(crate) ledger: Ledger,
    journal: Journal,
}

impl Book {
    /// Records an event; it must not be confirmed to anyone before the returned [`Pending`] was awaited.
    pub(crate) fn record(&mut self, event: &Event) -> Result<Pending, Unavailable> {
        let pending = self.journal.write(event).map_err(|error| Unavailable::journal(&error))?;
        self.ledger.apply(event);
        Ok(pending)
    }
}

/// The host or the disk failed; logged at its origin, reported as 503.
#[derive(Debug)]
pub(crate) struct Unavailable;

impl Unavailable {
    pub(crate) fn journal(error: &std::io::Error) -> Self {
        tracing::error!(error = %error, "the sandbox cannot write its journal");
        Self
    }

    fn host(error: &crate::HostError) -> Self {
        tracing::error!(error = %error, "the sandbox has no clock or behaviour");
        Self
    }
}

impl Sandbox {
    /// Opens the journal; nothing is sent before [`Self::run`] or [`Self::tick`].
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(settings: Settings, host: Arc<dyn Host>) -> Result<Self, OpenError> {
        let file = settings.journal.try_clone().map_err(OpenError::Journal)?;
        let (journal, ledger) = Journal::open(file).map_err(OpenError::Journal)?;
        // Fails only if a provider is already installed, which is just as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(NOTIFY_TIMEOUT)
            .no_proxy()
            .build()
            .map_err(OpenError::Client)?;
        let book = Mutex::new(Book { ledger, journal });
        Ok(Self(Arc::new(Inner { settings, host, book, client, sending: Mutex::new(()) })))
    }

    /// Alipay's site: `/gateway.do` for forms and calls, and the payment pages.
    pub fn alipay(&self) -> Router {
        alipay::router(self.clone())
    }

    /// PayEase's site: the paths of the order forms, the bank's pages and the API.
    pub fn payease(&self) -> Router {
        payease::router(self.clone())
    }

    /// The site of 微信支付: its API, and the page that a code leads to.
    pub fn wechat(&self) -> Router {
        wechat::router(self.clone())
    }

    /// Sends notifications as they become due, forever; drop it to stop. What was being sent is sent again later.
    pub async fn run(&self) {
        loop {
            if self.tick().await == 0 {
                tokio::time::sleep(TICK).await;
            }
        }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.0.client
    }

    pub(crate) async fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().await
    }

    pub(crate) async fn sending(&self) -> MutexGuard<'_, ()> {
        self.0.sending.lock().await
    }

    pub(crate) async fn now(&self) -> Result<Timestamp, Unavailable> {
        self.0.host.now().await.map_err(|error| Unavailable::host(&error))
    }

    pub(crate) async fn behaviour(&self) -> Result<Behaviour, Unavailable> {
        self.0.host.behaviour().await.map_err(|error| Unavailable::host(&error))
    }
}
