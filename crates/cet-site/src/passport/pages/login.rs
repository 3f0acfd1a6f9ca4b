//! `/login` and `/logout` (A2, A8).

use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{hashed, status_of, waited, with_wait};
use crate::captcha;
use crate::passport::cookies;
use crate::passport::notice;
use crate::passport::rate_limits::{LoginLimits, known_device, new_device};
use crate::passport::refusal::PassportRefusal;
use crate::passport::rules::own_path;
use crate::passport::store::Login;
use crate::passport::turns::Asker;
use crate::passport::views::LoginView;
use crate::passport::{MaybeCandidate, session, verbs};
use crate::store::DbError;
use crate::web::answer::{PageError, html, see_other};
use crate::web::cookies::{header as set_cookie, own};
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use crate::words::email::Email;

const PATH: &str = "/login";
/// The cookie by which the account that logged in last knows this device.
const DEVICE: &str = "cet-device";
/// How long a device stays known.
const DEVICE_SECONDS: i64 = 180 * 24 * 3600;

pub(super) async fn form(who: MaybeCandidate) -> Result<Response, PageError> {
    let next = who.query("next").unwrap_or_default();
    let next = own_path(&next).unwrap_or("").to_owned();
    let captcha = captcha::challenge(&who, PATH, None).await?;
    let (page, noted) = notice::shown(&who, who.page());
    let mut response = html(StatusCode::OK, &LoginView::new(page, captcha, next))?;
    if noted {
        notice::forget(&who.app, &mut response);
    }
    Ok(response)
}

pub(super) async fn log_in(who: MaybeCandidate, form: FormData) -> Result<Response, PageError> {
    let (email, password) = (form.one("email")?, form.one("password")?);
    let next = own_path(form.one("next")?).unwrap_or("");
    if captcha::check(&who.app, PATH, None, &form).await?.is_err() {
        return again(&who, &form, next, PassportRefusal::Captcha).await;
    }
    // An invalid address belongs to no one, and must cost as much time as a valid one.
    let key = Email::parse(email).map_or_else(|_| "?".to_owned(), |email| email.key());
    let device = who.cookie(DEVICE).and_then(|cookie| known_device(&who.app.vault, &key, cookie));
    let limits = LoginLimits::new(&who.app.config.limits, &key, who.address, device);
    match attempt(&who, &key, password, &limits).await? {
        Ok(login) => match signed_in(&who, login, &key, limits, next).await? {
            Some(response) => Ok(response),
            None => again(&who, &form, next, PassportRefusal::Credentials).await,
        },
        Err(refusal) => again(&who, &form, next, refusal).await,
    }
}

/// Whether the password is right, and whose it is.
async fn attempt(
    who: &MaybeCandidate,
    key: &str,
    password: &str,
    limits: &LoginLimits,
) -> Result<Result<Login, PassportRefusal>, PageError> {
    let app = &who.app;
    let (asked, held) = (key.to_owned(), limits.clone());
    let known = app.db.read(async move |tx| verbs::before_login(tx, &held, &asked).await).await;
    let login = match waited(known)? {
        Ok(login) => login,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let hash = Some(login.password_hash.as_str()).filter(|hash| !hash.is_empty());
    let right = match hashed(app.passwords.is_right(password, hash, &Asker::candidate(who.address)).await)? {
        Ok(right) => right,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if right {
        return Ok(Ok(login));
    }
    let held = limits.clone();
    let counted: Result<(), DbError> = app.db.write(async move |tx| held.fail(tx).await).await;
    counted?;
    Ok(Err(PassportRefusal::Credentials))
}

async fn signed_in(
    who: &MaybeCandidate,
    login: Login,
    key: &str,
    limits: LoginLimits,
    next: &str,
) -> Result<Option<Response>, PageError> {
    let app = &who.app;
    let token = session::new_token(&app.vault).map_err(PageError::fault)?;
    let device = new_device(&app.vault, key).map_err(PageError::fault)?;
    let old = who.session.as_ref().map(|session| session.token_hash.clone());
    let (given, from) = (token.clone(), (who.address, who.lang));
    let begun: Result<bool, DbError> = app
        .db
        .write_again(async move |tx| verbs::log_in(tx, &login, &given, old.as_deref(), &limits, from).await)
        .await;
    if !begun? {
        return Ok(None);
    }
    let mut response = see_other(if next.is_empty() { "/home" } else { next });
    let cookies = [cookies::cookie(app, &token), set_cookie(own(app, DEVICE, &device, Some(DEVICE_SECONDS)))];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(Some(response))
}

async fn again(
    who: &MaybeCandidate,
    form: &FormData,
    next: &str,
    refusal: PassportRefusal,
) -> Result<Response, PageError> {
    let page = who.page();
    let said = vec![refusal.on(&page)];
    let captcha = captcha::challenge_again(who, PATH, None, form).await?;
    let view = LoginView::new(page.refusing(said, form.typed(&["email"])), captcha, next.to_owned());
    Ok(with_wait(html(status_of(&[refusal]), &view)?, &[refusal]))
}

pub(super) async fn log_out(who: MaybeCandidate) -> Result<Response, PageError> {
    if let Some(session) = who.session.clone() {
        let address = who.address;
        let ended: Result<(), DbError> =
            who.app.db.write_again(async move |tx| verbs::log_out(tx, &session, address).await).await;
        ended?;
    }
    let mut response = see_other("/");
    let headers = response.headers_mut();
    if let Some(cookie) = cookies::ended_cookie(&who.app) {
        headers.append(header::SET_COOKIE, cookie);
    }
    headers.insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cookies\", \"storage\""),
    );
    Ok(response)
}
