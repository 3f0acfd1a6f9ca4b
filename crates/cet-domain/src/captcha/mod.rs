//! The captcha (A2, W9, TH68): one of several rate limits, valid for one form, one try and five minutes.
//!
//! Nothing is stored before an answer is tried: the id in the form is sealed and holds the answer, the form, the
//! session and the expiry. Three ways to answer: the picture, a question in words, a proof of work over the id.

mod draw;
mod png;
mod rules;
mod store;
#[cfg(test)]
mod tests;

use data_encoding::BASE64URL_NOPAD;
use jiff::SignedDuration;

pub use rules::{Sum, proof_holds};

use crate::config::CaptchaMode;
use crate::context::Context;
use crate::jobs::batch::Round;
use crate::store::{Db, DbError, Tx};
use crate::vault::{Vault, VaultError, to_hex};
use crate::words::time::Time;

/// How long a captcha is valid (W9).
pub const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// Number of digits in a picture.
const DIGITS: u32 = 4;
/// Longer ids are not ours.
const LONGEST_ID: usize = 1024;
/// The prefix of every sealed captcha, so that nothing else the vault seals can pass for one.
const MARK: &str = "captcha-1";

/// The answer was wrong, late, for another form, or a second try (code `captcha`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptchaRefusal;

/// The kind of challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Digits in a picture.
    Picture,
    /// A sum in words.
    Question,
}

/// The content of an id.
struct Sealed {
    purpose: String,
    session: String,
    kind: Kind,
    answer: String,
    expires: Time,
    nonce: String,
}

impl Sealed {
    fn seal(&self, vault: &Vault) -> Result<String, VaultError> {
        let kind = match self.kind {
            Kind::Picture => "picture",
            Kind::Question => "question",
        };
        let text = [
            MARK,
            &self.purpose,
            &self.session,
            kind,
            &self.answer,
            &self.expires.micros().to_string(),
            &self.nonce,
        ]
        .join("\n");
        vault.seal(&text).map(|sealed| BASE64URL_NOPAD.encode(&sealed))
    }

    fn open(vault: &Vault, id: &str) -> Option<Self> {
        let sealed = BASE64URL_NOPAD.decode(Some(id).filter(|id| id.len() <= LONGEST_ID)?.as_bytes()).ok()?;
        let text = vault.open(&sealed).ok()?;
        let parts: Vec<&str> = text.split('\n').collect();
        let [MARK, purpose, session, kind, answer, expires, nonce] = parts.as_slice() else { return None };
        let kind = match *kind {
            "picture" => Kind::Picture,
            "question" => Kind::Question,
            _ => return None,
        };
        Some(Self {
            purpose: (*purpose).to_owned(),
            session: (*session).to_owned(),
            kind,
            answer: (*answer).to_owned(),
            expires: Time::from_micros(expires.parse().ok()?),
            nonce: (*nonce).to_owned(),
        })
    }
}

/// The challenge that a form shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The sealed id in the form.
    pub id: String,
    /// The kind of challenge.
    pub kind: Kind,
    /// The sum to ask for, for [`Kind::Question`].
    pub sum: Sum,
}

/// An internal failure to make or check a captcha.
#[derive(Debug)]
pub enum CaptchaFault {
    /// The database failed.
    Database(DbError),
    /// No random bytes, or the id can't be sealed.
    Vault(VaultError),
}

impl std::fmt::Display for CaptchaFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Database(error) => error.fmt(f),
            Self::Vault(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CaptchaFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database(error) => Some(error),
            Self::Vault(error) => Some(error),
        }
    }
}

impl From<DbError> for CaptchaFault {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<VaultError> for CaptchaFault {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

/// Makes a captcha for the form `purpose` (its path); `None` if the configuration turns it off.
///
/// # Errors
/// [`CaptchaFault`].
pub async fn issue(
    context: &Context,
    purpose: &'static str,
    session: Option<&[u8]>,
    kind: Kind,
) -> Result<Option<Challenge>, CaptchaFault> {
    if context.config.captcha.mode == CaptchaMode::Off {
        return Ok(None);
    }
    let now = context.db.read(async |tx: &mut Tx<'_>| tx.now().await).await?;
    let chance = u64::from_be_bytes(context.vault.random()?);
    let nonce: [u8; 16] = context.vault.random()?;
    let sum = rules::sum(chance);
    let sealed = Sealed {
        purpose: purpose.to_owned(),
        session: session.map(to_hex).unwrap_or_default(),
        kind,
        answer: match kind {
            Kind::Picture => rules::digits(chance, DIGITS),
            Kind::Question => sum.answer().to_string(),
        },
        expires: now.plus(LIFE),
        nonce: to_hex(&nonce),
    };
    Ok(Some(Challenge { id: sealed.seal(&context.vault)?, kind, sum }))
}

/// An id with a given answer, for tests.
///
/// # Errors
/// [`VaultError`].
#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub fn with_answer(
    vault: &Vault,
    purpose: &str,
    session: &str,
    answer: &str,
    expires: Time,
) -> Result<String, VaultError> {
    let nonce: [u8; 16] = vault.random()?;
    let sealed = Sealed {
        purpose: purpose.to_owned(),
        session: session.to_owned(),
        kind: Kind::Picture,
        answer: answer.to_owned(),
        expires,
        nonce: to_hex(&nonce),
    };
    sealed.seal(vault)
}

/// The kind of an id's captcha; a picture for an id that is not ours.
#[must_use]
pub fn kind_of(vault: &Vault, id: &str) -> Kind {
    Sealed::open(vault, id).map_or(Kind::Picture, |sealed| sealed.kind)
}

/// The picture of an id, as a PNG; `None` for an id without one.
///
/// # Errors
/// [`std::io::Error`] when compression fails, which our own sizes never cause.
pub fn picture(vault: &Vault, id: &str) -> std::io::Result<Option<Vec<u8>>> {
    let Some(sealed) = Sealed::open(vault, id).filter(|sealed| sealed.kind == Kind::Picture) else {
        return Ok(None);
    };
    // The same picture each time: several noise patterns over one number could be averaged out. Keyed, so that nobody
    // can compute the noise.
    let noise = vault.sign_token("captcha-noise", sealed.nonce.as_bytes());
    png::encode(&draw::picture(&sealed.answer, &noise)).map(Some)
}

/// The answer that a form sends.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The id of the form.
    pub id: &'a str,
    /// What was typed.
    pub typed: &'a str,
    /// A proof of work instead of an answer.
    pub proof: &'a str,
}

/// Checks the answer for the form `purpose`; whatever the result, the id is used up.
///
/// # Errors
/// [`DbError`]; the inner error when the answer is not accepted.
pub async fn check(
    context: &Context,
    purpose: &'static str,
    session: Option<&[u8]>,
    answer: Answer<'_>,
) -> Result<Result<(), CaptchaRefusal>, DbError> {
    if context.config.captcha.mode == CaptchaMode::Off {
        return Ok(Ok(()));
    }
    // Only ids that we sealed reach the database.
    let Some(sealed) = Sealed::open(&context.vault, answer.id) else { return Ok(Err(CaptchaRefusal)) };
    let (nonce, expires) = (sealed.nonce.clone(), sealed.expires);
    let first: Result<bool, DbError> =
        context.db.write(async move |tx| store::use_up(tx, nonce.as_bytes(), expires).await).await;
    // A proof counts even with a wrong answer: its form says that none is needed.
    let right = rules::same_answer(answer.typed, &sealed.answer) || proof_holds(answer.id, answer.proof);
    let ours = sealed.purpose == purpose && sealed.session == session.map(to_hex).unwrap_or_default();
    Ok(if first? && right && ours { Ok(()) } else { Err(CaptchaRefusal) })
}

/// Deletes a batch of used captchas that have expired; returns how many.
pub async fn sweep(db: &Db) -> Result<Round, DbError> {
    store::expired().run(db).await
}
