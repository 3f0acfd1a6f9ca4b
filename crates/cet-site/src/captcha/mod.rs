//! The captcha on pages: the challenge next to a form, its image, and checking the submitted answer.

mod pages;
mod refusal_texts;
#[cfg(test)]
mod tests;

use cet_base::config::CaptchaMode;
use cet_domain::captcha::{Answer, Asked, CaptchaFault, CaptchaRefusal, Kind, issue, kind_of};
use cet_domain::passport::rate_limits;
use cet_domain::refusals::Reason;
use cet_domain::staff::verbs::Brakes;
pub use pages::routes;

use crate::web::answer::PageError;
use crate::web::form_data::FormData;
use crate::web::page::Captcha;
use crate::web::visitor::Visitor;

/// A new captcha for the form `purpose` (its path); a text question if `?captcha=text` asks for one.
///
/// # Errors
/// [`PageError`] for internal errors.
pub async fn challenge(
    visitor: &Visitor,
    purpose: &'static str,
    session: Option<&[u8]>,
) -> Result<Captcha, PageError> {
    let in_words = visitor.query("captcha").as_deref() == Some("text");
    put(visitor, purpose, session, if in_words { Kind::Question } else { Kind::Picture }).await
}

/// A new captcha for a form that is shown again, of the same kind as the one that was answered.
///
/// # Errors
/// [`PageError`] for internal errors.
pub async fn challenge_again(
    visitor: &Visitor,
    purpose: &'static str,
    session: Option<&[u8]>,
    sent: &FormData,
) -> Result<Captcha, PageError> {
    let kind = kind_of(&visitor.app.vault, sent.one("captcha_id").unwrap_or(""));
    put(visitor, purpose, session, kind).await
}

async fn put(
    visitor: &Visitor,
    purpose: &'static str,
    session: Option<&[u8]>,
    kind: Kind,
) -> Result<Captcha, PageError> {
    if visitor.app.config.captcha.mode == CaptchaMode::Off {
        return Ok(Captcha::Off);
    }
    let browser = match session {
        Some(_) => None,
        None => Some(visitor.browser.known_or_new(&visitor.app.vault).map_err(PageError::fault)?),
    };
    let session = session.or(browser.as_deref().map(str::as_bytes)).unwrap_or_default();
    let asked = Asked { purpose, session, address: visitor.address };
    let limits = &visitor.app.config.limits;
    let staff = Brakes::new(limits, "", visitor.address).of_network();
    let failed = rate_limits::of_network(limits, visitor.address).into_iter().chain(staff).collect();
    let challenge =
        issue(&visitor.app, asked, failed, (kind, visitor.lang)).await.map_err(|fault| match fault {
            CaptchaFault::Database(error) => error.into(),
            CaptchaFault::Vault(error) => PageError::fault(error),
        })?;
    let Some(challenge) = challenge else { return Ok(Captcha::Off) };
    let (id, bits) = (challenge.id, challenge.bits);
    Ok(match challenge.kind {
        Kind::Picture => Captcha::Picture { id, bits },
        Kind::Question => Captcha::Question { id, bits, text: challenge.question },
    })
}

/// Checks the answer of the form `purpose`. Each id can be answered only once, whatever the result.
///
/// # Errors
/// [`PageError`] for a duplicate field and for internal errors; the inner error if the answer is not accepted.
pub async fn check(
    visitor: &Visitor,
    purpose: &'static str,
    session: Option<&[u8]>,
    form: &FormData,
) -> Result<Result<(), CaptchaRefusal>, PageError> {
    let answer = Answer {
        id: form.one("captcha_id")?,
        typed: form.one("captcha")?,
        proof: form.one("captcha_proof")?,
    };
    let known = visitor.browser.known().map(str::as_bytes);
    let session = session.or(known).unwrap_or_default();
    let asked = Asked { purpose, session, address: visitor.address };
    let checked = cet_domain::captcha::check(&visitor.app, asked, answer).await?;
    if checked.is_err() {
        if session.is_empty() {
            visitor.browser.note_blocked();
        }
        visitor.app.alarms.refusals.note(Reason::Captcha);
    }
    Ok(checked)
}
