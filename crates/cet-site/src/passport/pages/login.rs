//! `/login` and `/logout` (A2, A8).

use axum::response::Response;
use cet_domain::refusals::Reason;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{hashed, status_of, waited, with_wait};
use crate::captcha;
use crate::passport::MaybeCandidate;
use crate::passport::views::LoginView;
use crate::passport::{cookies, kept, notice};
use crate::web::answer::{PageError, html, see_other};
use crate::web::cookies::{header as set_cookie, own, put as put_cookie};
use crate::web::form_data::FormData;
use crate::web::page::{OnPage as _, Typed};
use cet_base::store::DbError;
use cet_base::words::email::Email;
use cet_domain::passport::device::Device;
use cet_domain::passport::rate_limits::{LoginLimits, known_device, new_device};
use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::passport::rules::own_path;
use cet_domain::passport::store::Login;
use cet_domain::passport::turns::Asker;
use cet_domain::passport::{session, verbs};

const PATH: &str = "/login";
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// The cookie by which the account that logged in last knows this device.
const DEVICE: &str = "cet-device";
/// How long a device stays known.
const DEVICE_SECONDS: i64 = 180 * 24 * 3600;

/// A test cookie: a browser that accepts cookies sends it with the form.
const TRIED: &str = "cet-tried";
/// The query parameter of the redirect after a login that checks whether the session cookie was accepted.
const SIGNED_IN: &str = "signed-in";

pub(super) async fn form(who: MaybeCandidate) -> Result<Response, PageError> {
    let next = who.query("next").unwrap_or_default();
    let next = own_path(&next).unwrap_or("").to_owned();
    let checks = who.query(SIGNED_IN).is_some();
    if checks && who.session.is_some() {
        return Ok(see_other(after(&next)));
    }
    let captcha = captcha::challenge(&who, PATH, None).await?;
    let (page, noted) = notice::shown(&who, who.page());
    let bare = who.header(header::COOKIE).is_none();
    let page = match (noted, checks && bare) {
        (true, _) => page,
        (false, true) => notice::blocked(page),
        (false, false) => notice::ended(&who, page, &next),
    };
    let page = page.refusing(Vec::new(), Typed::default().with("email", kept::kept_address(&who)));
    let mut response = html(StatusCode::OK, &LoginView::new(page, captcha, next))?;
    if noted {
        notice::forget(&who.app, &mut response);
    }
    if bare {
        put_cookie(&mut response, own(&who.app, TRIED, "1", None));
    }
    Ok(response)
}

/// The page after the login.
fn after(next: &str) -> &str {
    if next.is_empty() { "/home" } else { next }
}

/// The redirect for a browser that sent no cookie with the form: the login page then checks whether the session cookie was
/// accepted. Only browsers send `Sec-Fetch-Site`; other clients are redirected as usual.
fn redirect_to_check(who: &MaybeCandidate, next: &str) -> Option<String> {
    let browser = who.header(HeaderName::from_static("sec-fetch-site")).is_some();
    if !browser || who.header(header::COOKIE).is_some() {
        return None;
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(SIGNED_IN, "").append_pair("next", after(next));
    Some(format!("{PATH}?{}", query.finish()))
}

pub(super) async fn log_in(who: MaybeCandidate, form: FormData) -> Result<Response, PageError> {
    let (email, password) = (form.one("email")?, form.one("password")?);
    let next = own_path(form.one("next")?).unwrap_or("");
    if captcha::check(&who, PATH, None, &form).await?.is_err() {
        return again(&who, &form, next, PassportRefusal::Captcha).await;
    }
    // An invalid address belongs to no one, and must cost as much time as a valid one.
    let key = Email::parse(email).map_or_else(|_| "?".to_owned(), |email| email.key());
    let device = who.cookie(DEVICE).and_then(|cookie| known_device(&who.app.vault, &key, cookie));
    let limits = LoginLimits::new(&who.app.config.limits, &key, who.address, device);
    match attempt(&who, &key, password, &limits).await? {
        Ok(login) => match signed_in(&who, login, &key, limits, next).await? {
            Ok(response) => Ok(response),
            Err(refusal) => again(&who, &form, next, refusal).await,
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
    let known = app.db.write_again(async move |tx| verbs::before_login(tx, &held, &asked).await).await;
    let (login, spent) = match waited(known)? {
        Ok(known) => known,
        Err(refusal) => {
            app.alarms.refusals.note(Reason::Wait);
            return Ok(Err(refusal));
        }
    };
    let hash = Some(login.password_hash.as_str()).filter(|hash| !hash.is_empty());
    let right = match hashed(app.passwords.is_right(password, hash, &Asker::candidate(who.address)).await)? {
        Ok(right) => right,
        Err(refusal) => {
            app.give_back(spent).await?;
            return Ok(Err(refusal));
        }
    };
    if right {
        return Ok(Ok(login));
    }
    app.alarms.refusals.note(Reason::Password);
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
) -> Result<Result<Response, PassportRefusal>, PageError> {
    let app = &who.app;
    let token = session::new_token(&app.vault).map_err(PageError::fault)?;
    let device = new_device(&app.vault, key).map_err(PageError::fault)?;
    let old = who.session.as_ref().map(|session| session.token_hash.clone());
    let (given, address, lang) = (token.clone(), who.address, who.chosen_lang());
    let begun_on = Device::new(who.header(header::USER_AGENT).unwrap_or_default(), address);
    let begun = app
        .db
        .write_again(async move |tx| {
            verbs::log_in(tx, &login, &given, old.as_deref(), &limits, (address, lang, &begun_on)).await
        })
        .await;
    match waited(begun)? {
        Ok(true) => {}
        Ok(false) => return Ok(Err(PassportRefusal::Credentials)),
        Err(refusal) => return Ok(Err(refusal)),
    }
    let to_check = redirect_to_check(who, next);
    let mut response = see_other(to_check.as_deref().unwrap_or(after(next)));
    if is_anothers_device(who, key) {
        forget_stored(&mut response);
    }
    let cookies = [cookies::cookie(app, &token), set_cookie(own(app, DEVICE, &device, Some(DEVICE_SECONDS)))];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(Ok(kept::address_used(who, response)))
}

/// Whether another account logged in last on this device and did not log out: its tickets may be kept here.
fn is_anothers_device(who: &MaybeCandidate, key: &str) -> bool {
    who.cookie(DEVICE).is_some_and(|cookie| known_device(&who.app.vault, key, cookie).is_none())
}

/// Makes the browser delete the tickets kept for offline use, and the service worker.
fn forget_stored(response: &mut Response) {
    response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"storage\""));
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
    // "storage" includes kept tickets; "cache" would only delete the shared assets, and is slow.
    headers.insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cookies\", \"storage\""));
    Ok(response)
}
