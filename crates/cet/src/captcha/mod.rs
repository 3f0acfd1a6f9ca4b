//! The captcha (A2, W9, TH68): one brake of several, for one form, one try and five minutes.
//!
//! Nothing is stored until an answer is tried: the id that the form carries is sealed and holds the answer, the form, the
//! session and the end. Three ways to answer: the picture, a question in words, a proof of work over the id.

mod draw;
mod pages;
mod png;
mod rules;
mod store;
#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;

pub use pages::routes;
pub use rules::proof_holds;

use crate::app::App;
use crate::config::CaptchaMode;
use crate::jobs::aside::Round;
use crate::store::{Db, DbError, Tx};
use crate::vault::{Vault, to_hex};
use crate::web::answer::PageError;
use crate::web::form_data::FormData;
use crate::web::page::{Captcha, Page, Refused};
use crate::web::visitor::Visitor;
use crate::words::time::Time;

/// How long a captcha can be answered (W9).
pub const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// Digits of a picture.
const DIGITS: u32 = 4;
/// Longer ids are none of ours.
const LONGEST_ID: usize = 1024;
/// What every sealed captcha begins with, so that nothing else the vault seals can pass for one.
const MARK: &str = "captcha-1";

/// The answer was wrong, late, for another form, or the second one (code `captcha`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptchaRefusal;

impl CaptchaRefusal {
    /// How the form's page says it.
    #[must_use]
    pub fn on(self, page: &Page) -> Refused {
        Refused::new(page.t, "captcha").at("captcha")
    }
}

/// How a captcha is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Picture,
    Question,
}

/// What an id holds.
struct Sealed {
    purpose: String,
    session: String,
    form: Form,
    answer: String,
    expires: Time,
    nonce: String,
}

impl Sealed {
    fn seal(&self, vault: &Vault) -> Result<String, PageError> {
        let form = match self.form {
            Form::Picture => "picture",
            Form::Question => "question",
        };
        let text = [
            MARK,
            &self.purpose,
            &self.session,
            form,
            &self.answer,
            &self.expires.micros().to_string(),
            &self.nonce,
        ]
        .join("\n");
        vault.seal(&text).map(|sealed| URL_SAFE_NO_PAD.encode(sealed)).map_err(PageError::fault)
    }

    fn open(vault: &Vault, id: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(Some(id).filter(|id| id.len() <= LONGEST_ID)?).ok()?;
        let text = vault.open(&sealed).ok()?;
        let parts: Vec<&str> = text.split('\n').collect();
        let [MARK, purpose, session, form, answer, expires, nonce] = parts.as_slice() else { return None };
        let form = match *form {
            "picture" => Form::Picture,
            "question" => Form::Question,
            _ => return None,
        };
        Some(Self {
            purpose: (*purpose).to_owned(),
            session: (*session).to_owned(),
            form,
            answer: (*answer).to_owned(),
            expires: Time::from_micros(expires.parse().ok()?),
            nonce: (*nonce).to_owned(),
        })
    }
}

/// A new captcha for the form `purpose` (its path); a question when `?captcha=text` asks for one.
///
/// # Errors
/// [`PageError`] for our faults.
pub async fn challenge(
    visitor: &Visitor,
    purpose: &'static str,
    session: Option<&[u8]>,
) -> Result<Captcha, PageError> {
    let form =
        if visitor.query("captcha").as_deref() == Some("text") { Form::Question } else { Form::Picture };
    issue(visitor, purpose, session, form).await
}

/// A new captcha for a form that comes back, of the same kind as the one that was answered.
///
/// # Errors
/// [`PageError`] for our faults.
pub async fn challenge_again(
    visitor: &Visitor,
    purpose: &'static str,
    session: Option<&[u8]>,
    sent: &FormData,
) -> Result<Captcha, PageError> {
    let before = Sealed::open(&visitor.app.vault, sent.one("captcha_id").unwrap_or(""));
    issue(visitor, purpose, session, before.map_or(Form::Picture, |before| before.form)).await
}

async fn issue(
    visitor: &Visitor,
    purpose: &'static str,
    session: Option<&[u8]>,
    form: Form,
) -> Result<Captcha, PageError> {
    let app = &visitor.app;
    if app.config.captcha.mode == CaptchaMode::Off {
        return Ok(Captcha::Off);
    }
    let now = app.db.read(async |tx: &mut Tx<'_>| tx.now().await).await?;
    let chance = u64::from_be_bytes(app.vault.random().map_err(PageError::fault)?);
    let nonce: [u8; 16] = app.vault.random().map_err(PageError::fault)?;
    let sum = rules::sum(chance);
    let sealed = Sealed {
        purpose: purpose.to_owned(),
        session: session.map(to_hex).unwrap_or_default(),
        form,
        answer: match form {
            Form::Picture => rules::digits(chance, DIGITS),
            Form::Question => sum.answer().to_string(),
        },
        expires: now.plus(LIFE),
        nonce: to_hex(&nonce),
    };
    let id = sealed.seal(&app.vault)?;
    Ok(match form {
        Form::Picture => Captcha::Picture { id },
        Form::Question => Captcha::Question { id, text: sum.question(&visitor.page()) },
    })
}

/// Checks the answer of the form `purpose`, once: whatever comes of it, this id can't be answered again.
///
/// # Errors
/// [`PageError`] for a doubled field and for our faults; the inner one when the answer does not count.
pub async fn check(
    app: &App,
    purpose: &'static str,
    session: Option<&[u8]>,
    form: &FormData,
) -> Result<Result<(), CaptchaRefusal>, PageError> {
    let (id, answer, proof) = (form.one("captcha_id")?, form.one("captcha")?, form.one("captcha_proof")?);
    if app.config.captcha.mode == CaptchaMode::Off {
        return Ok(Ok(()));
    }
    // Only what we sealed reaches the database.
    let Some(sealed) = Sealed::open(&app.vault, id) else { return Ok(Err(CaptchaRefusal)) };
    let (nonce, expires) = (sealed.nonce.clone(), sealed.expires);
    let first: Result<bool, DbError> =
        app.db.write(async move |tx| store::use_up(tx, nonce.as_bytes(), expires).await).await;
    // Work counts beside a wrong answer too: its form says that none is needed.
    let right = rules::same_answer(answer, &sealed.answer) || proof_holds(id, proof);
    let ours = sealed.purpose == purpose && sealed.session == session.map(to_hex).unwrap_or_default();
    Ok(if first? && right && ours { Ok(()) } else { Err(CaptchaRefusal) })
}

/// Deletes some of the captchas that were used and have ended; answers how many.
///
/// # Errors
/// [`DbError`].
pub async fn sweep(db: &Db) -> Result<Round, DbError> {
    store::expired().run(db).await
}
