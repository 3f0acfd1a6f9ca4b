//! The captcha (A2, W9, TH68): one of several rate limits, valid for one form, one try and five minutes.
//!
//! Nothing is stored before an answer is tried: the id in the form is sealed and holds the answer, the form, the
//! session, the expiry and how much work a proof is. The session is that of the signed-in person, else the browser's own
//! cookie: what was solved elsewhere is worth nothing without it. Three ways to answer: the picture, a question in words, a
//! proof of work over the id.

mod draw;
mod png;
mod questions;
mod rules;
#[cfg(test)]
#[path = "samples_tests.rs"]
mod samples;
mod store;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use data_encoding::BASE64URL_NOPAD;
use jiff::SignedDuration;

pub use rules::proof_holds;

use crate::config::CaptchaMode;
use crate::context::Context;
use crate::jobs::batch::Round;
use crate::limit::{self, Rule, Then};
use crate::store::{Db, DbError};
use crate::texts::Lang;
use crate::vault::{Use, Vault, VaultError, to_hex};
use crate::words::time::Time;
use questions::Draw;

/// How long a captcha is valid (W9).
pub const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// Number of digits in a picture.
const DIGITS: u32 = 4;
/// Longer ids are not ours.
const LONGEST_ID: usize = 1024;
/// The prefix of every sealed captcha, so that nothing else the vault seals can pass for one.
const MARK: &str = "captcha-2";
/// Between the answers in an id.
const OR: char = '|';
/// So many random bytes draw a question.
const CHANCES: usize = 96;
/// Wrong answers of a network: they refuse nobody, and make its proofs dearer.
const WRONG: Rule =
    Rule { what: "captcha", most: 100, period: SignedDuration::from_hours(1), then: Then::Rest };

/// The answer was wrong, late, for another form, or a second try (code `captcha`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptchaRefusal;

/// The kind of challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Digits in a picture.
    Picture,
    /// A question in words.
    Question,
}

/// The content of an id.
struct Sealed {
    purpose: String,
    session: String,
    kind: Kind,
    /// Each is right.
    answers: Vec<String>,
    /// How many zero bits a proof has.
    bits: u32,
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
            &self.answers.join(&OR.to_string()),
            &self.bits.to_string(),
            &self.expires.micros().to_string(),
            &self.nonce,
        ]
        .join("\n");
        vault.seal_for(Use::Captcha, &[], &text).map(|sealed| BASE64URL_NOPAD.encode(&sealed))
    }

    fn open(vault: &Vault, id: &str) -> Option<Self> {
        let sealed = BASE64URL_NOPAD.decode(Some(id).filter(|id| id.len() <= LONGEST_ID)?.as_bytes()).ok()?;
        let text = vault.open_for(Use::Captcha, &[], &sealed).ok()?;
        let parts: Vec<&str> = text.split('\n').collect();
        let [MARK, purpose, session, kind, answers, bits, expires, nonce] = parts.as_slice() else {
            return None;
        };
        let kind = match *kind {
            "picture" => Kind::Picture,
            "question" => Kind::Question,
            _ => return None,
        };
        Some(Self {
            purpose: (*purpose).to_owned(),
            session: (*session).to_owned(),
            kind,
            answers: answers.split(OR).map(str::to_owned).collect(),
            bits: bits.parse().ok()?,
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
    /// What is asked, for [`Kind::Question`].
    pub question: String,
    /// How many zero bits a proof has.
    pub bits: u32,
}

/// Who is asked, and for what.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The form's path.
    pub purpose: &'static str,
    /// The session or the browser; empty for a browser without a cookie, whose answers are never taken.
    pub session: &'a [u8],
    /// From where: what failed there makes proofs dearer.
    pub address: IpAddr,
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

/// Makes a captcha; `None` if the configuration turns it off. Proofs are dearer by the network's wrong answers, and by what
/// else is counted of it: `failed`, for networks where no whole schools sit.
///
/// # Errors
/// [`CaptchaFault`].
pub async fn issue(
    context: &Context,
    asked: Asked<'_>,
    failed: Vec<(Rule, String)>,
    (kind, lang): (Kind, Lang),
) -> Result<Option<Challenge>, CaptchaFault> {
    if context.config.captcha.mode == CaptchaMode::Off {
        return Ok(None);
    }
    let counted = counts(context, asked.address).then(|| (WRONG, limit::network(asked.address)));
    let counted: Vec<(Rule, String)> = counted.into_iter().chain(failed).collect();
    let read: Result<_, DbError> = context
        .db
        .read(async move |tx| {
            let mut failures = 0_i64;
            for (rule, whom) in &counted {
                failures = failures.saturating_add(limit::counted(tx, rule, whom).await?);
            }
            Ok((tx.now().await?, failures))
        })
        .await;
    let (now, failures) = read?;
    let (answers, question) = match kind {
        Kind::Picture => {
            (vec![rules::digits(u64::from_be_bytes(context.vault.random()?), DIGITS)], String::new())
        }
        Kind::Question => {
            let chances: [u8; CHANCES] = context.vault.random()?;
            let question = questions::question(lang, &mut Draw::new(&chances));
            (question.answers, question.text)
        }
    };
    let nonce: [u8; 16] = context.vault.random()?;
    let bits = rules::bits(failures);
    let sealed = Sealed {
        purpose: asked.purpose.to_owned(),
        session: to_hex(asked.session),
        kind,
        answers,
        bits,
        expires: now.plus(LIFE),
        nonce: to_hex(&nonce),
    };
    Ok(Some(Challenge { id: sealed.seal(&context.vault)?, kind, question, bits }))
}

/// Whether wrong answers of an address are counted: not where whole schools sit.
fn counts(context: &Context, address: IpAddr) -> bool {
    !context.config.limits.is_exempt(address)
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
    session: &[u8],
    answer: &str,
    expires: Time,
) -> Result<String, VaultError> {
    let nonce: [u8; 16] = vault.random()?;
    let sealed = Sealed {
        purpose: purpose.to_owned(),
        session: to_hex(session),
        kind: Kind::Picture,
        answers: vec![answer.to_owned()],
        bits: rules::bits(0),
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
    png::encode(&draw::picture(&sealed.answers.concat(), &noise)).map(Some)
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

/// Checks an answer; whatever the result, the id is used up.
///
/// # Errors
/// [`DbError`]; the inner error when the answer is not accepted.
pub async fn check(
    context: &Context,
    asked: Asked<'_>,
    answer: Answer<'_>,
) -> Result<Result<(), CaptchaRefusal>, DbError> {
    if context.config.captcha.mode == CaptchaMode::Off {
        return Ok(Ok(()));
    }
    // Only ids that we sealed reach the database.
    let Some(sealed) = Sealed::open(&context.vault, answer.id) else { return Ok(Err(CaptchaRefusal)) };
    // A proof counts even with a wrong answer: its form says that none is needed.
    let right = rules::same_answer(answer.typed, &sealed.answers)
        || proof_holds(answer.id, answer.proof, sealed.bits);
    let ours = sealed.purpose == asked.purpose
        && !asked.session.is_empty()
        && sealed.session == to_hex(asked.session);
    let network = limit::network(asked.address);
    let counts = counts(context, asked.address);
    context
        .db
        .write(async move |tx| {
            let first = store::use_up(tx, sealed.nonce.as_bytes(), sealed.expires).await?;
            if first && right && ours {
                return Ok(Ok(()));
            }
            // Who is late or sends a form twice has not failed.
            if counts && first {
                limit::fail(tx, &WRONG, &network).await?;
            }
            Ok(Err(CaptchaRefusal))
        })
        .await
}

/// Deletes a batch of used captchas that have expired; returns how many.
pub async fn sweep(db: &Db) -> Result<Round, DbError> {
    store::expired().run(db).await
}
