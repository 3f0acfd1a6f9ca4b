//! The ticket printer of a node: the signing key, the fonts, and a bounded number of print jobs at once.

pub mod coverage;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use ring::digest;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use ticket_pdf::{Fonts, PublicKey, Rendered, SigningKey, Ticket, TicketError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::background::{self, Priority};
use crate::config::Config;
use crate::installation::{StartError, own_only};
use crate::vault::to_hex;

/// How long a candidate waits for a print slot before being asked to retry.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(30);

/// After this long in the queue a candidate's tickets no longer run at background priority: even on a fully loaded
/// machine, tickets then get their share before [`QUEUE_TIMEOUT`] ends.
const BACKGROUND_FOR: Duration = Duration::from_secs(15);

/// The first and the last line of a key in PEM.
const HEAD: &str = "-----BEGIN PRIVATE KEY-----";
const TAIL: &str = "-----END PRIVATE KEY-----";

/// The ticket printer of a node.
#[derive(Debug)]
pub struct Printer {
    key: Option<Arc<SigningKey>>,
    public: Vec<PublicKey>,
    font_files: Vec<PathBuf>,
    /// Read for the first ticket: a node that prints none does not hold them in memory.
    fonts: OnceLock<Fonts>,
    slots: Arc<Semaphore>,
}

/// A print slot, which is released on drop.
#[derive(Debug)]
pub struct PrintSlot {
    priority: Priority,
    _held: OwnedSemaphorePermit,
}

/// Why nothing was printed.
#[derive(Debug)]
pub enum PrintFault {
    /// Too many wait for a print slot.
    Busy,
    /// A font file can't be read.
    Font(PathBuf, std::io::Error),
    /// The PDF could not be made.
    Ticket(TicketError),
    /// The work panicked.
    Lost,
}

impl std::fmt::Display for PrintFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Busy => f.write_str("too many tickets wait to be printed"),
            Self::Font(file, error) => write!(f, "{}: {error}", file.display()),
            Self::Ticket(error) => error.fmt(f),
            Self::Lost => f.write_str("printing a ticket ended in a panic"),
        }
    }
}

impl From<TicketError> for PrintFault {
    fn from(error: TicketError) -> Self {
        Self::Ticket(error)
    }
}

impl Printer {
    /// Reads the configured signing key; the fonts are read for the first ticket.
    ///
    /// # Errors
    /// [`StartError`] names the file that can't be used.
    pub fn open(config: &Config) -> Result<Self, StartError> {
        let key = match &config.tickets.signing_key_file {
            Some(file) => Some(Arc::new(read_key(&config.path(file))?)),
            None => None,
        };
        let public = key.iter().filter_map(|key| key.public().ok()).collect();
        // Half of the processors: the other half stays free for registration.
        let slots = std::thread::available_parallelism().map_or(1, |all| all.get().div_ceil(2));
        Ok(Self {
            key,
            public,
            font_files: config.tickets.font_files.iter().map(|file| config.path(file)).collect(),
            fonts: OnceLock::new(),
            slots: Arc::new(Semaphore::new(slots)),
        })
    }

    /// The signing key; without one no ticket is printed.
    #[must_use]
    pub fn key(&self) -> Option<Arc<SigningKey>> {
        self.key.as_ref().map(Arc::clone)
    }

    /// The keys that verify tickets.
    #[must_use]
    pub fn public_keys(&self) -> &[PublicKey] {
        &self.public
    }

    /// The shipped fonts followed by the configured ones, read once.
    ///
    /// # Errors
    /// [`PrintFault::Font`], [`PrintFault::Ticket`].
    pub fn fonts(&self) -> Result<Fonts, PrintFault> {
        if let Some(fonts) = self.fonts.get() {
            return Ok(fonts.clone());
        }
        let fonts = fonts(&self.font_files)?;
        Ok(self.fonts.get_or_init(|| fonts).clone())
    }

    /// Waits for a print slot: before anything is read for a ticket, so that waiting costs nothing else.
    ///
    /// # Errors
    /// [`PrintFault::Busy`] after 30 seconds.
    pub async fn slot(&self) -> Result<PrintSlot, PrintFault> {
        let since = tokio::time::Instant::now();
        match tokio::time::timeout(QUEUE_TIMEOUT, Arc::clone(&self.slots).acquire_owned()).await {
            Ok(Ok(held)) => Ok(PrintSlot { priority: priority_after(since.elapsed()), _held: held }),
            Ok(Err(_)) | Err(_) => Err(PrintFault::Busy),
        }
    }

    /// Makes tickets and prints them as one PDF, at background priority unless they waited long.
    ///
    /// # Errors
    /// [`PrintFault`], all but [`PrintFault::Busy`].
    pub async fn print(
        self: &Arc<Self>,
        slot: PrintSlot,
        tickets: impl FnOnce() -> Result<Vec<Ticket>, TicketError> + Send + 'static,
    ) -> Result<Rendered, PrintFault> {
        let this = Arc::clone(self);
        let work = background::run(slot.priority, move || {
            // Held by the work itself: a cancelled request does not free the slot before the work is done.
            let _slot = slot;
            Ok(ticket_pdf::render(&this.fonts()?, &tickets()?)?)
        });
        work.await.unwrap_or(Err(PrintFault::Lost))
    }
}

fn priority_after(waited: Duration) -> Priority {
    if waited < BACKGROUND_FOR { Priority::Background } else { Priority::Normal }
}

/// Reads the shipped fonts followed by these files.
fn fonts(files: &[PathBuf]) -> Result<Fonts, PrintFault> {
    let read = |file: &PathBuf| std::fs::read(file).map_err(|error| PrintFault::Font(file.clone(), error));
    let more = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Fonts::bundled(more)?)
}

/// Makes a new signing key, as the text of its file.
///
/// # Errors
/// [`TicketError::Key`] when the system has no random bytes.
pub fn new_key_file() -> Result<String, TicketError> {
    let pkcs8 = SigningKey::generate(&ring::rand::SystemRandom::new())?;
    Ok(format!("{HEAD}\n{}\n{TAIL}\n", BASE64.encode(&pkcs8)))
}

fn read_key(path: &Path) -> Result<SigningKey, StartError> {
    own_only(path)?;
    let bytes = std::fs::read(path).map_err(|error| StartError::File(path.display().to_string(), error))?;
    parse_key(&bytes).ok_or_else(|| {
        let expected =
            "expected an Ed25519 private key: PKCS #8 (PEM or DER), or its seed (32 bytes or 64 hex digits)";
        StartError::Setting(format!("{}: {expected}", path.display()))
    })
}

/// Parses a key in any of its forms and names it after its public half, so that no two keys share a name.
fn parse_key(bytes: &[u8]) -> Option<SigningKey> {
    let text = std::str::from_utf8(bytes).map(str::trim).unwrap_or_default();
    let key = |name: &str| {
        let key = if text.starts_with(HEAD) {
            SigningKey::from_pkcs8(name, only_block(text)?.secret_pkcs8_der())
        } else if text.len() == 64
            && let Ok(seed) = HEXLOWER_PERMISSIVE.decode(text.as_bytes())
        {
            SigningKey::from_seed(name, &seed)
        } else if bytes.len() == 32 {
            SigningKey::from_seed(name, bytes)
        } else {
            SigningKey::from_pkcs8(name, bytes)
        };
        key.ok()
    };
    let public = key("unnamed")?.public().ok()?;
    key(to_hex(digest::digest(&digest::SHA256, &public.bytes).as_ref()).get(..8)?)
}

/// The key of a PEM file that holds nothing behind it.
fn only_block(text: &str) -> Option<PrivatePkcs8KeyDer<'static>> {
    let (_, behind) = text.split_once(TAIL)?;
    if behind.is_empty() { PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands before the 32 bytes of an Ed25519 seed in PKCS #8 (RFC 8410).
    const PKCS8_HEAD: [u8; 16] =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

    #[test]
    fn a_key_is_read_in_each_of_its_forms_and_has_one_name() {
        let seed = [7_u8; 32];
        let pkcs8 = [&PKCS8_HEAD[..], &seed].concat();
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64.encode(&pkcs8));
        let public = |bytes: &[u8]| parse_key(bytes).unwrap().public().unwrap();
        let own = public(&seed);
        for form in [pkcs8, pem.into_bytes(), format!("{}\n", to_hex(&seed)).into_bytes()] {
            assert_eq!(public(&form), own);
        }
        assert_eq!(own.name.len(), 8);
        assert!(parse_key(new_key_file().unwrap().as_bytes()).is_some());
        assert!(parse_key(b"no key").is_none() && parse_key(&[]).is_none());
    }

    #[test]
    fn a_key_file_in_pem_holds_one_whole_key_and_nothing_behind_it() {
        let file = new_key_file().unwrap();
        let public = |file: &str| parse_key(file.as_bytes()).map(|key| key.public().unwrap());
        let own = public(&file).unwrap();
        assert_eq!(public(&format!("\n{}\r\n", file.replace('\n', "\r\n"))), Some(own.clone()));
        let (head, body) = file.split_at(HEAD.len() + 21);
        assert_eq!(public(&format!("{head}\n{body}")), Some(own), "wrapped");
        for wrong in [
            format!("{file}x"),
            format!("{file}{file}"),
            file.replace("-----END PRIVATE", "-----END PUBLIC"),
            file.split("-----END").next().unwrap().to_owned(),
            file.replace("PRIVATE", "EC PRIVATE"),
        ] {
            assert_eq!(public(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn tickets_stand_behind_pages_until_they_have_waited_half_of_what_a_candidate_waits() {
        assert_eq!(priority_after(Duration::ZERO), Priority::Background);
        assert_eq!(
            priority_after(BACKGROUND_FOR.saturating_sub(Duration::from_millis(1))),
            Priority::Background
        );
        assert_eq!(priority_after(BACKGROUND_FOR), Priority::Normal);
        assert_eq!(BACKGROUND_FOR * 2, QUEUE_TIMEOUT);
    }
}
