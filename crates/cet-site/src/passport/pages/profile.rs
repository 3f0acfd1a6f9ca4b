//! `/account/profile` (A4).

use axum::response::Response;
use http::{StatusCode, header};

use super::account::opened;
use super::{current, status_of, waited, with_wait};
use crate::captcha;
use crate::passport::Candidate;
use crate::passport::cookies;
use crate::passport::kept;
use crate::passport::views::ProfileView;
use crate::web::answer::{PageError, html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::form_marks::read_seen;
use crate::web::page::OnPage as _;
use crate::web::page::Typed;
use cet_base::form_mark::{SEEN, Seen, seen};
use cet_base::store::DbError;
use cet_base::words::email::Email;
use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::passport::rules::{Profile, TypedProfile, check_digit_hint};
use cet_domain::passport::store;
use cet_domain::passport::verbs::change::{self, Changed, Proven};

const PATH: &str = "/account/profile";
const KEPT: [&str; 5] = ["email", "phone", "document_kind", "document_number", "name"];

pub(super) async fn form(who: Candidate) -> Result<Response, PageError> {
    let id = who.session.passport;
    let found: Result<_, DbError> = who.app.db.read(async move |tx| store::account(tx, id).await).await;
    let account = found?.ok_or(PageError::NotFound)?;
    let (phone, number) = opened(&who.app.vault, &account)?;
    let mark = seen(&who.app.vault, "profile", change::profile_values(&who.app.vault, &account)?);
    let kind = account.document_kind.clone().unwrap_or_default();
    let hint = check_digit_hint(&kind, &number);
    let typed = Typed::default()
        .with("email", account.email)
        .with("phone", phone)
        .with("document_kind", kind)
        .with("document_number", number)
        .with("name", account.name);
    let kept = kept::typed(&who);
    let typed = if kept == Typed::default() { typed } else { kept };
    let captcha = captcha::challenge(&who, PATH, Some(&who.session.token_hash)).await?;
    let page = who.page().marked(SEEN, mark).refusing(Vec::new(), typed);
    Ok(kept::given_back(&who, html(StatusCode::OK, &ProfileView::new(page, captcha, hint))?))
}

pub(super) async fn change(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let (email, mut refused, profile) = read(&form)?;
    let proven = match captcha::check(&who, PATH, Some(&who.session.token_hash), &form).await? {
        Err(_) => {
            refused.push(PassportRefusal::Captcha);
            None
        }
        Ok(()) => match current::prove(&who, form.one("current_password")?).await? {
            Ok(proven) => Some(proven),
            Err(refusal) => {
                refused.push(refusal);
                None
            }
        },
    };
    let (Some(email), Some(proven)) = (email, proven) else { return again(&who, &form, &refused).await };
    if !refused.is_empty() {
        // The form is shown again anyway, so an address in use is reported along with the rest.
        refused.extend(taken(&who, email).await?);
        return again(&who, &form, &refused).await;
    }
    let token = proven.new_token.clone();
    match save(&who, proven, (email, profile, read_seen(&who.app.vault, &form)?)).await? {
        Ok(Changed::Done) => Ok(flash::set(&who, see_other("/account"), "profile-saved")),
        Ok(Changed::Renewed) => {
            let mut response = see_other("/account");
            if let Some(cookie) = cookies::cookie(&who.app, &token) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(flash::set(&who, response, "email-changed"))
        }
        Ok(Changed::EmailTaken) => again(&who, &form, &[PassportRefusal::EmailTaken]).await,
        Ok(Changed::Meanwhile) => again(&who, &form, &[PassportRefusal::ChangedMeanwhile]).await,
        Ok(Changed::Stale) => again(&who, &form, &[PassportRefusal::CurrentPassword]).await,
        Err(refusal) => again(&who, &form, &[refusal]).await,
    }
}

type Read = (Option<Email>, Vec<PassportRefusal>, Profile);

/// Everything that can be found wrong from the form alone.
fn read(form: &FormData) -> Result<Read, PageError> {
    let email = Email::parse(form.one("email")?).ok();
    let mut refused = Vec::new();
    if email.is_none() {
        refused.push(PassportRefusal::EmailInvalid);
    }
    let typed = TypedProfile {
        phone: form.one("phone")?,
        document_kind: form.one("document_kind")?,
        document_number: form.one("document_number")?,
        name: form.one("name")?,
    };
    let profile = Profile::parse(typed).unwrap_or_else(|wrong| {
        refused.extend(wrong);
        Profile::default()
    });
    Ok((email, refused, profile))
}

async fn taken(who: &Candidate, email: Email) -> Result<Option<PassportRefusal>, PageError> {
    let (app, id, address, lang) = (who.app.clone(), who.session.passport, who.address, who.lang);
    let answer =
        who.app.db.write(async move |tx| change::is_taken(tx, &app, id, &email, address, lang).await).await;
    Ok(match waited(answer)? {
        Ok(true) => Some(PassportRefusal::EmailTaken),
        Ok(false) => None,
        Err(refusal) => Some(refusal),
    })
}

async fn save(
    who: &Candidate,
    proven: Proven,
    (email, profile, seen): (Email, Profile, Seen),
) -> Result<Result<Changed, PassportRefusal>, PageError> {
    let (app, lang) = (who.app.clone(), who.lang);
    let done = who
        .app
        .db
        .write_again(async move |tx| {
            change::change_profile(tx, &app, &proven, (&email, &profile, &seen), lang).await
        })
        .await;
    waited(done)
}

async fn again(who: &Candidate, form: &FormData, refused: &[PassportRefusal]) -> Result<Response, PageError> {
    let page = who.page();
    let said = refused.iter().map(|refusal| refusal.on(&page)).collect();
    let hint = check_digit_hint(form.one("document_kind")?, form.one("document_number")?);
    let captcha = captcha::challenge_again(who, PATH, Some(&who.session.token_hash), form).await?;
    let page = page.marked(SEEN, mark_again(who, form, refused).await?);
    let view = ProfileView::new(page.refusing(said, form.typed(&KEPT)), captcha, hint);
    Ok(with_wait(html(status_of(refused), &view)?, refused))
}

/// Returns the mark for the form that is shown again: the old one, or a new one if its reader was told that the values
/// changed.
async fn mark_again(
    who: &Candidate,
    form: &FormData,
    refused: &[PassportRefusal],
) -> Result<String, PageError> {
    if !refused.contains(&PassportRefusal::ChangedMeanwhile) {
        return Ok(form.one(SEEN)?.to_owned());
    }
    let id = who.session.passport;
    let found: Result<_, DbError> = who.app.db.read(async move |tx| store::account(tx, id).await).await;
    let account = found?.ok_or(PageError::NotFound)?;
    Ok(seen(&who.app.vault, "profile", change::profile_values(&who.app.vault, &account)?))
}
