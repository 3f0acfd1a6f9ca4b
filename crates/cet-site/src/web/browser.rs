//! The cookie by which a browser is told from others before anybody has signed in: what it was shown, only it can answer (TH68).

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::response::Response;
use http::HeaderMap;

use super::cookies;
use super::visitor::cookie;
use crate::app::App;
use cet_base::vault::{Vault, VaultError, to_hex};

/// Random bytes of the cookie.
const BYTES: usize = 16;

/// The cookie's name: the `__Host-` prefix requires https.
#[must_use]
pub(crate) fn cookie_name(app: &App) -> &'static str {
    if app.config.secure() { "__Host-cet-browser" } else { "cet-browser" }
}

/// What a request says about its browser, and what its answer will.
#[derive(Debug, Default)]
pub struct Browser {
    known: Option<String>,
    new: OnceLock<String>,
    blocked: AtomicBool,
}

impl Browser {
    /// Reads the cookie; any other value than one of ours is none.
    #[must_use]
    pub(crate) fn of(app: &App, headers: &HeaderMap) -> Self {
        let held = cookie(headers, cookie_name(app));
        let ours =
            held.filter(|value| value.len() == BYTES * 2 && value.bytes().all(|b| b.is_ascii_hexdigit()));
        Self { known: ours.map(str::to_owned), ..Self::default() }
    }

    /// The browser that sent this request.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        self.known.as_deref()
    }

    /// The same, else a new one, which the answer sets.
    ///
    /// # Errors
    /// [`VaultError::Chance`].
    pub fn known_or_new(&self, vault: &Vault) -> Result<String, VaultError> {
        if let Some(known) = self.known() {
            return Ok(known.to_owned());
        }
        let made: [u8; BYTES] = vault.random()?;
        Ok(self.new.get_or_init(|| to_hex(&made)).clone())
    }

    /// Notes that a form came without the cookie: its page says so.
    pub fn note_blocked(&self) {
        self.blocked.store(true, Ordering::Relaxed);
    }

    /// Whether a form came without the cookie.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.blocked.load(Ordering::Relaxed)
    }

    /// Sets the cookie of a new browser; it goes when the browser is closed.
    pub(crate) fn put(&self, app: &App, response: &mut Response) {
        if let Some(new) = self.new.get() {
            cookies::put(response, cookies::own(app, cookie_name(app), new, None));
        }
    }
}
