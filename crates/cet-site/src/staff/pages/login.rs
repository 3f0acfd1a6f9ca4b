//! `/staff/login` and `/staff/logout`.

use axum::response::Response;
use cet_domain::refusals::Reason;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{hashed, refused, waited};
use crate::app::App;
use crate::captcha;
use crate::staff::StaffMember;
use crate::staff::cookies;
use crate::staff::member::StaffVisitor;
use crate::staff::views::LoginView;
use crate::web::answer::{PageError, html, see_other};
use crate::web::cookies::{header as set_cookie, own};
use crate::web::form_data::FormData;
use crate::web::page::{Captcha, OnPage as _};
use cet_base::store::DbError;
use cet_domain::passport::device::Device;
use cet_domain::passport::rules::own_path;
use cet_domain::passport::session::new_token;
use cet_domain::passport::turns::Asker;
use cet_domain::staff::refusal::StaffRefusal;
use cet_domain::staff::verbs::{self, Brakes};

/// The cookie with the redirect target, kept until the second factor was passed.
const NEXT: &str = "cet-staff-next";

const PATH: &str = "/staff/login";

pub(super) async fn form(who: StaffVisitor) -> Result<Response, PageError> {
    let next = who.query("next").unwrap_or_default();
    // Nobody is named yet: only the network's wrong passwords are known. Who asks for another picture was asked for one.
    let brakes = Brakes::new(&who.app.config.limits, "", who.address);
    let asked: Result<bool, DbError> =
        who.app.db.read(async move |tx| brakes.network_asks_challenge(tx).await).await;
    let captcha = if asked? || who.query("captcha").is_some() {
        captcha::challenge(&who, PATH, None).await?
    } else {
        Captcha::Off
    };
    html(StatusCode::OK, &LoginView::new(who.page(), way_on(&next).to_owned(), captcha))
}

/// The redirect target, if it is a staff page; any other is ignored (TH20).
fn way_on(next: &str) -> &str {
    own_path(next).filter(|path| path.starts_with("/staff/")).unwrap_or("")
}

pub(super) async fn log_in(who: StaffVisitor, form: FormData) -> Result<Response, PageError> {
    let (name, password) = (form.one("name")?.trim(), form.one("password")?);
    let next = way_on(form.one("next")?).to_owned();
    let brakes = Brakes::new(&who.app.config.limits, name, who.address);
    let account = match attempt(&who, (name, password), &form, &brakes).await? {
        Ok(account) => account,
        Err(refusal) => return again(&who, &form, next, refusal, brakes).await,
    };
    let token = new_token(&who.app.vault).map_err(PageError::fault)?;
    let (given, address) = (token.clone(), who.address.to_string());
    let device = Device::new(who.header(header::USER_AGENT).unwrap_or_default(), who.address);
    let old = who.session.as_ref().map(|session| session.token_hash.clone());
    let held = brakes.clone();
    let begun = who
        .app
        .db
        .write(async move |tx| {
            verbs::log_in(tx, &account, &given, old.as_deref(), &held, (&address, &device)).await
        })
        .await;
    if let Err(refusal) = waited(begun)? {
        return again(&who, &form, next, refusal, brakes).await;
    }
    let mut response = see_other("/staff/second-factor");
    let headers = response.headers_mut();
    for cookie in [cookies::cookie(&who.app, &token), next_cookie(&who, &next)].into_iter().flatten() {
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Shows the form again; after many wrong passwords with a challenge.
async fn again(
    who: &StaffVisitor,
    form: &FormData,
    next: String,
    refusal: StaffRefusal,
    brakes: Brakes,
) -> Result<Response, PageError> {
    let asks: Result<bool, DbError> = who.app.db.read(async move |tx| brakes.asks_challenge(tx).await).await;
    let captcha = if asks? { captcha::challenge_again(who, PATH, None, form).await? } else { Captcha::Off };
    let page = who.page();
    let said = vec![refusal.on(&page)];
    let page = page.refusing(said.clone(), form.typed(&["name"]));
    refused(&said, &[refusal], &LoginView::new(page, next, captcha))
}

/// Whether the password is right, and whose it is.
async fn attempt(
    who: &StaffVisitor,
    (name, password): (&str, &str),
    form: &FormData,
    brakes: &Brakes,
) -> Result<Result<String, StaffRefusal>, PageError> {
    let app = &who.app;
    let (asked, held) = (name.to_owned(), brakes.clone());
    let known = app.db.read(async move |tx| verbs::before_login(tx, &held, &asked).await).await;
    let (login, asks) = match waited(known)? {
        Ok(known) => known,
        Err(refusal) => return Ok(Err(waits(app, refusal))),
    };
    if asks && captcha::check(who, PATH, None, form).await?.is_err() {
        return Ok(Err(StaffRefusal::Captcha));
    }
    let held = brakes.clone();
    let spent = match waited(app.db.write(async move |tx| held.spend(tx).await).await)? {
        Ok(spent) => spent,
        Err(refusal) => return Ok(Err(waits(app, refusal))),
    };
    // An unknown name must cost as much time as a known one (TH4).
    let hash = login.as_ref().map(|login| login.password_hash.as_str());
    let right = match hashed(app.passwords.is_right(password, hash, &Asker::staff(who.address)).await)? {
        Ok(right) => right,
        Err(refusal) => {
            app.give_back(spent).await?;
            return Ok(Err(refusal));
        }
    };
    let known = login.map(|login| login.name);
    if let Some(name) = known.clone().filter(|_| right) {
        return Ok(Ok(name));
    }
    app.alarms.refusals.note(Reason::StaffPassword);
    let (held, address) = (brakes.clone(), who.address.to_string());
    let counted: Result<(), DbError> = app
        .db
        .write(async move |tx| verbs::password_refused(tx, &held, known.as_deref(), &address).await)
        .await;
    counted?;
    Ok(Err(StaffRefusal::Credentials))
}

/// Counts for monitoring who has to wait.
fn waits(app: &App, refusal: StaffRefusal) -> StaffRefusal {
    if matches!(refusal, StaffRefusal::TooMany(_)) {
        app.alarms.refusals.note(Reason::Wait);
    }
    refusal
}

fn next_cookie(who: &StaffVisitor, next: &str) -> Option<HeaderValue> {
    let age = if next.is_empty() { 0 } else { 600 };
    let next = next.replace([';', ',', ' '], "");
    set_cookie(own(&who.app, NEXT, &next, Some(age)))
}

/// The redirect target after the second factor. The cookie is ours, but it is checked as strictly as user input.
pub(super) fn going_on(who: &StaffVisitor) -> String {
    let next = who.cookie(NEXT).map_or("", way_on);
    if next.is_empty() { "/staff".to_owned() } else { next.to_owned() }
}

pub(super) async fn log_out(who: StaffMember) -> Result<Response, PageError> {
    let (session, address) = (who.session.clone(), who.from());
    let ended: Result<(), DbError> =
        who.app.db.write(async move |tx| verbs::log_out(tx, &session, &address).await).await;
    ended?;
    let mut response = see_other("/staff/login");
    let headers = response.headers_mut();
    if let Some(cookie) = cookies::ended_cookie(&who.app) {
        headers.append(header::SET_COOKIE, cookie);
    }
    headers.insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"storage\""));
    Ok(response)
}
