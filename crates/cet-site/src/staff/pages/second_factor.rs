//! `/staff/second-factor` and `/staff/recovery-codes`.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use qrcode::QrCode;
use qrcode::render::svg;

use super::{login, refused};
use crate::app::App;
use crate::staff::StaffMember;
use crate::staff::cookies;
use crate::staff::member::StaffVisitor;
use crate::staff::views::{CodesView, SecondFactorView};
use crate::web::answer::{PageError, html, see_other};
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use cet_base::store::DbError;
use cet_domain::passport::session::new_token;
use cet_domain::refusals::Reason;
use cet_domain::staff::refusal::StaffRefusal;
use cet_domain::staff::verbs::{self, Attempt, NotPassed, Passed};
use cet_domain::staff::{session, store, totp};

/// The secret of a session that waits for its first code; `None` once the second factor is set up.
async fn new_secret(who: &StaffVisitor, account: &str) -> Result<Option<String>, PageError> {
    let name = account.to_owned();
    let factor: Result<_, DbError> = who.app.db.read(async move |tx| store::factor(tx, &name).await).await;
    let fresh = factor?.filter(|factor| factor.enrolled_at.is_none());
    fresh.map(|factor| factor.totp_sealed.open(&who.app.vault, account).map_err(PageError::fault)).transpose()
}

pub(super) async fn form(who: StaffVisitor) -> Result<Response, PageError> {
    let Some(session) = &who.session else { return Ok(see_other("/staff/login")) };
    if session.passed_at.is_some() {
        return Ok(see_other("/staff"));
    }
    let secret = new_secret(&who, &session.account).await?;
    html(StatusCode::OK, &SecondFactorView::new(who.page(), secret))
}

/// The QR code of the secret, as an image with its own URL: pages have no inline content.
pub(super) async fn picture(who: StaffVisitor) -> Result<Response, PageError> {
    let waits = who.session.as_ref().filter(|session| session.passed_at.is_none());
    let session = waits.ok_or(PageError::NotFound)?;
    let secret = new_secret(&who, &session.account).await?.ok_or(PageError::NotFound)?;
    let code = QrCode::new(totp::address(&session.account, &secret)).map_err(PageError::fault)?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(220, 220).quiet_zone(true).build();
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::OK, headers, picture).into_response())
}

pub(super) async fn check(who: StaffVisitor, form: FormData) -> Result<Response, PageError> {
    let Some(session) = who.session.clone() else { return Ok(see_other("/staff/login")) };
    if session.passed_at.is_some() {
        return Ok(see_other("/staff"));
    }
    let app = &who.app;
    let token = new_token(&app.vault).map_err(PageError::fault)?;
    let attempt = Attempt {
        typed: form.one("code")?.to_owned(),
        token: token.clone(),
        fresh: verbs::recovery_codes(&app.vault).map_err(PageError::fault)?,
        world: app.db.clock().process_now(),
        address: who.address.to_string(),
        session: session.clone(),
    };
    let vault = std::sync::Arc::clone(&app.vault);
    let done: Result<_, DbError> =
        app.db.write(async move |tx| verbs::second_factor(tx, &vault, &attempt).await).await;
    let done = done?;
    note(app, &done);
    let refusal = match done {
        Ok(passed) => {
            let next = match passed {
                Passed::Enrolled => "/staff/recovery-codes".to_owned(),
                Passed::In => login::going_on(&who),
            };
            let mut response = see_other(&next);
            if let Some(cookie) = cookies::cookie(app, &token) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            return Ok(response);
        }
        Err(NotPassed::Gone) => return Ok(see_other("/staff/login")),
        Err(NotPassed::Wrong) => StaffRefusal::Code,
        Err(NotPassed::Wait(wait)) => StaffRefusal::TooMany(wait.seconds),
    };
    let secret = new_secret(&who, &session.account).await?;
    let page = who.page();
    let said = vec![refusal.on(&page)];
    let page = page.refusing(said.clone(), form.typed(&[]));
    refused(&said, &[refusal], &SecondFactorView::new(page, secret))
}

/// Counts what was refused.
fn note<T>(app: &App, done: &Result<T, NotPassed>) {
    match done {
        Err(NotPassed::Wrong) => app.alarms.refusals.note(Reason::StaffCode),
        Err(NotPassed::Wait(_)) => app.alarms.refusals.note(Reason::Wait),
        Ok(_) | Err(NotPassed::Gone) => {}
    }
}

/// Asks whoever decides about money for the second factor, unless it was entered lately: somebody else may sit at an unlocked
/// screen. `None`: go on.
pub(super) async fn again(who: &StaffMember, form: &FormData) -> Result<Option<StaffRefusal>, PageError> {
    let app = &who.app;
    let now: Result<_, DbError> = app.db.read(async |tx| tx.now().await).await;
    if who.session.is_fresh(now?) {
        return Ok(None);
    }
    let typed = form.one("code")?.trim().to_owned();
    if typed.is_empty() {
        return Ok(Some(StaffRefusal::Code));
    }
    let attempt = Attempt {
        typed,
        token: String::new(),
        fresh: Vec::new(),
        world: app.db.clock().process_now(),
        address: who.address.to_string(),
        session: who.session.clone(),
    };
    let vault = std::sync::Arc::clone(&app.vault);
    let done: Result<_, DbError> =
        app.db.write(async move |tx| verbs::second_factor_again(tx, &vault, &attempt).await).await;
    let done = done?;
    note(app, &done);
    Ok(match done {
        Ok(()) => None,
        Err(NotPassed::Wrong | NotPassed::Gone) => Some(StaffRefusal::Code),
        Err(NotPassed::Wait(wait)) => Some(StaffRefusal::TooMany(wait.seconds)),
    })
}

/// The recovery codes, until their owner confirms that they are written down.
pub(super) async fn codes(who: StaffMember) -> Result<Response, PageError> {
    let hash = who.session.token_hash.clone();
    let note: Result<_, DbError> = who.app.db.read(async move |tx| session::note(tx, &hash).await).await;
    let Some(sealed) = note? else { return Ok(see_other("/staff")) };
    let codes = who.app.vault.open(&sealed).map_err(PageError::fault)?;
    let (page, menu) = who.frame("staff-codes-title").await?;
    html(StatusCode::OK, &CodesView { page, menu, codes: codes.lines().map(str::to_owned).collect() })
}

pub(super) async fn noted(who: StaffMember) -> Result<Response, PageError> {
    let hash = who.session.token_hash.clone();
    let done: Result<(), DbError> =
        who.app.db.write(async move |tx| session::forget_note(tx, &hash).await).await;
    done?;
    Ok(see_other("/staff"))
}
