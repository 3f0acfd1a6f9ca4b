//! `/register` (A1).

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;

use super::{hashed, status_of, waited, with_wait};
use crate::captcha;
use crate::passport::notice::{Message, announce};
use crate::passport::views::RegisterView;
use crate::passport::{MaybeCandidate, kept};
use crate::web::answer::{PageError, html, see_other};
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use cet_base::store::DbError;
use cet_base::words::email::Email;
use cet_domain::passport::rate_limits::LoginLimits;
use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::passport::rules::{Profile, TypedProfile, check_digit_hint, refused_password_of};
use cet_domain::passport::turns::Asker;
use cet_domain::passport::verbs::{self, NewPassport, Registered};

const PATH: &str = "/register";
const KEPT: [&str; 5] = ["email", "phone", "document_kind", "document_number", "name"];

pub(super) async fn form(who: MaybeCandidate) -> Result<Response, PageError> {
    let captcha = captcha::challenge(&who, PATH, None).await?;
    html(StatusCode::OK, &RegisterView::new(who.page(), captcha, false))
}

/// What was submitted, without the password's hash.
struct Wanted {
    email: Email,
    password: String,
    profile: Profile,
}

pub(super) async fn register(who: MaybeCandidate, form: FormData) -> Result<Response, PageError> {
    let (email, mut refused, wanted) = read(&form)?;
    let captcha = captcha::check(&who, PATH, None, &form).await?;
    if captcha.is_err() {
        refused.push(PassportRefusal::Captcha);
    } else if let Some(email) = email.filter(|_| wanted.is_none()) {
        // The form is shown again anyway, so an address in use is reported along with the rest.
        refused.extend(taken(&who, email).await?);
    }
    let Some(wanted) = wanted.filter(|_| refused.is_empty()) else {
        return again(&who, &form, &refused).await;
    };
    let meant = wanted.email.suggestion();
    match make(&who, wanted).await? {
        Ok(()) => {
            let mut response = see_other("/login");
            let message = meant.map_or(Message::Registered, |_| Message::RegisteredSlip);
            announce(&who.app, &mut response, message);
            Ok(kept::address(&who, response, form.one("email")?))
        }
        Err(refusal) => again(&who, &form, &[refusal]).await,
    }
}

type Read = (Option<Email>, Vec<PassportRefusal>, Option<Wanted>);

/// Everything that can be found wrong from the form alone.
fn read(form: &FormData) -> Result<Read, PageError> {
    let email = Email::parse(form.one("email")?).ok();
    let mut refused = Vec::new();
    if email.is_none() {
        refused.push(PassportRefusal::EmailInvalid);
    }
    let password = form.one("password")?;
    let own = [form.one("document_number")?.trim(), form.one("phone")?.trim(), form.one("name")?.trim()];
    refused.extend(refused_password_of(password, form.one("password_again")?, email.as_ref(), &own));
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
    let wanted = email.clone().filter(|_| refused.is_empty());
    let wanted = wanted.map(|email| Wanted { email, password: password.to_owned(), profile });
    Ok((email, refused, wanted))
}

async fn taken(who: &MaybeCandidate, email: Email) -> Result<Option<PassportRefusal>, PageError> {
    let (app, address, lang) = (who.app.clone(), who.address, who.lang);
    let answer =
        who.app.db.write(async move |tx| verbs::is_taken(tx, &app, &email, address, lang).await).await;
    Ok(match waited(answer)? {
        Ok(true) => Some(PassportRefusal::EmailTaken),
        Ok(false) => None,
        Err(refusal) => Some(refusal),
    })
}

async fn make(who: &MaybeCandidate, wanted: Wanted) -> Result<Result<(), PassportRefusal>, PageError> {
    let app = who.app.clone();
    let asker = Asker::candidate(who.address);
    let password_hash = match hashed(app.passwords.hash(&app.vault, &wanted.password, &asker).await)? {
        Ok(hash) => hash,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (email, profile) = (wanted.email.clone(), wanted.profile.clone());
    let new = NewPassport { email, password_hash, profile, address: who.address };
    let lang = who.lang;
    let done = who.app.db.write_again(async move |tx| verbs::register(tx, &app, &new, lang).await).await;
    match waited(done)? {
        Ok(Registered::Made(_)) => Ok(Ok(())),
        Ok(Registered::Taken) => repeated_or_taken(who, wanted).await,
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// A form that is submitted again because the first response was lost gets the same response; without the password that
/// was just chosen, the response is `email-taken`, after the same amount of work.
async fn repeated_or_taken(
    who: &MaybeCandidate,
    wanted: Wanted,
) -> Result<Result<(), PassportRefusal>, PageError> {
    let Wanted { email, password, profile } = wanted;
    let brakes = LoginLimits::new(&who.app.config.limits, &email.key(), who.address, None);
    let (vault, held, asked) = (Arc::clone(&who.app.vault), brakes.clone(), email.clone());
    let known: Result<_, DbError> =
        who.app.db.write(async move |tx| verbs::repeated(tx, &vault, &held, &asked, &profile).await).await;
    let (hash, spent) = known?.unzip();
    let right = who.app.passwords.is_right(&password, hash.as_deref(), &Asker::candidate(who.address)).await;
    let right = hashed(right)?;
    let compared = spent.is_some().then_some(brakes);
    if !matches!(right, Ok(false))
        && let Some(spent) = spent
    {
        who.app.give_back(spent).await?;
    }
    match right {
        Ok(true) => return Ok(Ok(())),
        Ok(false) => {}
        Err(refusal) => return Ok(Err(refusal)),
    }
    let (app, from) = (who.app.clone(), (who.address, who.lang));
    let told =
        who.app.db.write(async move |tx| verbs::taken(tx, &app, &email, compared.as_ref(), from).await).await;
    Ok(waited(told)?.and(Err(PassportRefusal::EmailTaken)))
}

async fn again(
    who: &MaybeCandidate,
    form: &FormData,
    refused: &[PassportRefusal],
) -> Result<Response, PageError> {
    let page = who.page();
    let said = refused.iter().map(|refusal| {
        let said = refusal.on(&page);
        match refusal {
            PassportRefusal::EmailTaken => said.linked("/recover", page.m("passport-forgot-password")),
            _ => said,
        }
    });
    let said = said.collect();
    let hint = check_digit_hint(form.one("document_kind")?, form.one("document_number")?);
    let captcha = captcha::challenge_again(who, PATH, None, form).await?;
    let view = RegisterView::new(page.refusing(said, form.typed(&KEPT)), captcha, hint);
    Ok(with_wait(html(status_of(refused), &view)?, refused))
}
