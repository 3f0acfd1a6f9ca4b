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
use crate::{Behaviour, Host, alipay, payease};

/// Longest wait for a merchant's answer to a notification.
const NOTIFY_TIMEOUT: Duration = Duration::from_secs(10);
/// Real time between two looks at what is due.
const TICK: Duration = Duration::from_millis(200);

/// What both gateways know of the merchant.
#[derive(Debug)]
pub struct Settings {
    /// The merchant's name on the pages.
    pub merchant_name: String,
    /// Alipay's part.
    pub alipay: AlipaySide,
    /// PayEase's part.
    pub payease: PayEaseSide,
    /// The file that remembers the trades, open for reading and for appending.
    pub journal: File,
}

/// What Alipay knows of the merchant.
#[derive(Debug)]
pub struct AlipaySide {
    /// The merchant's application.
    pub app_id: String,
    /// The merchant's account.
    pub seller_id: String,
    /// The merchant's key, to verify with.
    pub app_public_key: Rsa2PublicKey,
    /// Alipay's own key.
    pub private_key: Rsa2PrivateKey,
}

/// What PayEase knows of the merchant.
#[derive(Debug)]
pub struct PayEaseSide {
    /// Number and keys.
    pub merchant: Merchant,
    /// The registered address of notifications; PayEase's forms do not carry one.
    pub notify_url: String,
}

/// Why the sandbox did not start.
#[derive(Debug)]
pub enum OpenError {
    /// The journal could not be opened or read.
    Journal(std::io::Error),
    /// The HTTP client could not be made.
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

/// Both gateways; cheap to clone, all clones are one.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    settings: Settings,
    host: Arc<dyn Host>,
    book: Mutex<Book>,
    client: reqwest::Client,
    /// Held while notifications are sent, so that none goes out twice by accident.
    sending: Mutex<()>,
}

/// The trades and their journal, always changed together.
pub(crate) struct Book {
    pub(crate) ledger: Ledger,
    journal: Journal,
}

impl Book {
    /// Records what happened; nobody may be told before the answer was waited for.
    pub(crate) fn record(&mut self, event: &Event) -> Result<Pending, Unavailable> {
        let pending = self.journal.write(event).map_err(|error| Unavailable::journal(&error))?;
        self.ledger.apply(event);
        Ok(pending)
    }
}

/// The host or the disk does not answer; logged where it is made, told as 503.
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
    /// Opens the journal and gets ready; nothing is sent before [`Self::run`] or [`Self::tick`].
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(settings: Settings, host: Arc<dyn Host>) -> Result<Self, OpenError> {
        let file = settings.journal.try_clone().map_err(OpenError::Journal)?;
        let (journal, ledger) = Journal::open(file).map_err(OpenError::Journal)?;
        // Fails only where somebody installed one before, which is as good.
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

    /// Alipay's site: `/gateway.do` for forms and calls, and the cashier's pages.
    pub fn alipay(&self) -> Router {
        alipay::router(self.clone())
    }

    /// PayEase's site: the order forms' addresses, the bank's pages and the API.
    pub fn payease(&self) -> Router {
        payease::router(self.clone())
    }

    /// Sends notifications as they become due, for ever; drop it to stop. What was being sent is sent again later.
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
