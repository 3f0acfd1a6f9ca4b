//! The middleware around every page: allowed hosts, cross-site requests, headers, language, error pages.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::answer::{OUTAGE_SECONDS, PageError, html, refused_status};
use super::browser::Browser;
use super::cookies;
use super::error_views::{ErrorView, Incident, UnknownView};
use super::flash;
use super::no_sitting::{NoSitting, NoSittingView};
use super::page::{Page, Refused, Typed};
use super::visitor::{LANG_COOKIE, lang_in_query, language};
use crate::app::App;
use cet_base::texts::texts;
use cet_base::vault::to_hex;
use cet_domain::refusals::Reason;

/// How long a chosen language is kept: a year.
const LANG_SECONDS: i64 = 365 * 24 * 3600;

/// Refuses what another site or another name made the browser send, and puts the headers on every answer.
pub async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let begun = app.requests.begins(&request);
    cookies::take_prefixed(&app, request.headers_mut());
    let chosen = lang_in_query(request.uri().query().unwrap_or(""));
    let admitted = admit(&app, &request);
    let lang = language(request.uri().query().unwrap_or(""), request.headers());
    let path = request.uri().path().to_owned();
    let reads = reads(&request);
    let already = reads && path.starts_with("/staff") && flash::says_already(request.headers());
    let browser = Arc::new(Browser::of(&app, request.headers()));
    request.extensions_mut().insert(Arc::clone(&browser));
    let mut response = match admitted {
        // A panic costs one request, not the connection or the process.
        Ok(()) => AssertUnwindSafe(next.run(request))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| PageError::fault("a panic").into_response()),
        Err(error) => error.into_response(),
    };
    if let Some(error) = error_of(&mut response) {
        let error = if reads { of_reading(error) } else { error };
        let mut page = Page::new(texts(lang), Arc::clone(&app.site), path);
        page.rehearsal = app.config.rehearsal;
        response = present(&app, (&error, reads), page, response);
    }
    browser.put(&app, &mut response);
    if already {
        flash::said_already(&app, &mut response);
    }
    if let Some(lang) = chosen {
        let cookie = cookies::own(&app, LANG_COOKIE, lang.code(), Some(LANG_SECONDS)).http_only(false);
        cookies::put(&mut response, cookie);
    }
    put_headers(&app, response.headers_mut());
    begun.answered(&response);
    response
}

fn reads(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A request that only reads has nothing that might have been saved.
fn of_reading(error: PageError) -> PageError {
    if matches!(error, PageError::Unknown(_)) { PageError::Outage } else { error }
}

fn admit(app: &App, request: &Request) -> Result<(), PageError> {
    let headers = request.headers();
    let target = request.uri().authority().map(http::uri::Authority::as_str);
    is_one_message(request.uri().scheme_str(), headers).map_err(PageError::Protocol)?;
    is_meant_for_us(&app.origins, headers, target).map_err(PageError::Protocol)?;
    // Gateways are servers, not browsers, and authenticate by signatures.
    if reads(request) || request.uri().path().starts_with("/notify/") || is_same_site(app, headers) {
        Ok(())
    } else {
        app.alarms.refusals.note(Reason::CrossSite);
        Err(PageError::CrossSite)
    }
}

/// Whether everybody between reads the same request: its end is said once, its body is plain, its target is of the web (TH56).
///
/// # Errors
/// 400, and 415 for a body in another coding.
pub fn is_one_message(scheme: Option<&str>, headers: &HeaderMap) -> Result<(), StatusCode> {
    let all = |name: header::HeaderName| headers.get_all(name).iter();
    let codings = all(header::TRANSFER_ENCODING).count();
    let lengths = all(header::CONTENT_LENGTH).count();
    let chunked =
        all(header::TRANSFER_ENCODING).all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked"));
    let of_the_web = scheme.is_none_or(|scheme| scheme == "http" || scheme == "https");
    if codings.saturating_add(lengths) > 1 || !chunked || !of_the_web {
        return Err(StatusCode::BAD_REQUEST);
    }
    if all(header::CONTENT_ENCODING).any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    Ok(())
}

/// Whether a request names one of the origins as its host, and nothing else: links are never built from `Host`, and an
/// unknown one is refused anyway (TH14).
///
/// # Errors
/// 400 for a request that names two hosts, 421 for one that names another.
pub fn is_meant_for_us(
    origins: &[String],
    headers: &HeaderMap,
    target: Option<&str>,
) -> Result<(), StatusCode> {
    let is_ours = |host: &str| {
        let mut hosts = origins.iter().filter_map(|origin| origin.split_once("://"));
        hosts.any(|(_, ours)| ours.eq_ignore_ascii_case(host))
    };
    let mut hosts = headers.get_all(header::HOST).iter();
    let header = hosts.next();
    // A proxy may have gone by the other of two names (RFC 9112, sections 3.2 and 3.2.2).
    if hosts.next().is_some() || target.is_some_and(|target| !is_ours(target)) {
        return Err(StatusCode::BAD_REQUEST);
    }
    // A name that is no text is none of ours, whatever the target says.
    let is_named =
        header.map_or_else(|| target.is_some_and(is_ours), |header| header.to_str().is_ok_and(is_ours));
    if is_named { Ok(()) } else { Err(StatusCode::MISDIRECTED_REQUEST) }
}

/// `Sec-Fetch-Site` decides, else `Origin`; a client that sends neither is not a browser.
fn is_same_site(app: &App, headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match headers.get(header::ORIGIN) {
        Some(origin) => origin
            .to_str()
            .is_ok_and(|origin| app.origins.iter().any(|ours| ours.eq_ignore_ascii_case(origin))),
        None => true,
    }
}

/// The error behind a response: a [`PageError`], or an error status that the router set.
fn error_of(response: &mut Response) -> Option<PageError> {
    if let Some(error) = response.extensions_mut().remove::<PageError>() {
        return Some(error);
    }
    let bare = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let status = response.status();
    match status {
        StatusCode::NOT_FOUND if bare => Some(PageError::NotFound),
        StatusCode::BAD_REQUEST
        | StatusCode::METHOD_NOT_ALLOWED
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
            if bare && response.extensions().get::<Plain>().is_none() =>
        {
            Some(PageError::Protocol(status))
        }
        _ => None,
    }
}

/// Marks a response to a machine (a gateway) that must not be replaced by a page, whatever its status.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

fn present(app: &App, (error, reads): (&PageError, bool), page: Page, before: Response) -> Response {
    let mut told = None;
    let (status, view, wait) = match error {
        PageError::NoSitting(of) => return no_sitting(page, of, reads),
        PageError::NotFound => (StatusCode::NOT_FOUND, ErrorView::not_found(page), None),
        PageError::Protocol(status) => (*status, ErrorView::protocol(page, status.as_u16()), None),
        PageError::CrossSite => (StatusCode::FORBIDDEN, ErrorView::cross_site(page), None),
        PageError::TooMany(seconds) => {
            let words = wait_words(&page, *seconds);
            (StatusCode::TOO_MANY_REQUESTS, ErrorView::too_many(page, &words), Some(*seconds))
        }
        PageError::TooBusy(seconds) => {
            let words = wait_words(&page, *seconds);
            (StatusCode::SERVICE_UNAVAILABLE, ErrorView::too_busy(page, &words), Some(*seconds))
        }
        PageError::Waiting { back, retry, .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, ErrorView::waiting(page, back), *retry)
        }
        PageError::Outage => {
            let words = wait_words(&page, OUTAGE_SECONDS);
            (StatusCode::SERVICE_UNAVAILABLE, ErrorView::outage(page, &words), Some(OUTAGE_SECONDS))
        }
        PageError::Unknown(text) => {
            tracing::error!(path = loggable(&page.path), "{text}");
            return unknown(page);
        }
        PageError::Doubled(field) => {
            let refused = Refused::new(page.t, "field-invalid").at(field.to_string());
            let page = page.refusing(vec![refused], Typed::default());
            (StatusCode::UNPROCESSABLE_ENTITY, ErrorView::protocol(page, 400), None)
        }
        PageError::Stale(stale) => {
            let page = page.refusing(vec![stale.refused.clone()], Typed::default());
            (StatusCode::CONFLICT, ErrorView::stale(page), None)
        }
        PageError::SignIn(..) | PageError::Made(..) => return before,
        PageError::Fault(text) => {
            let incident = incident(app);
            tracing::error!(incident = incident.number, path = loggable(&page.path), "{text}");
            told = Some(incident.clone());
            (StatusCode::INTERNAL_SERVER_ERROR, ErrorView::fault(page, incident), None)
        }
    };
    let mut response = html(status, &view).unwrap_or_else(|_| status.into_response());
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(incident) = told {
        response.extensions_mut().insert(incident);
    }
    for cookie in before.headers().get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    if let Some(allow) = before.headers().get(header::ALLOW) {
        response.headers_mut().insert(header::ALLOW, allow.clone());
    }
    response
}

fn no_sitting(page: Page, of: &NoSitting, reads: bool) -> Response {
    let status = if reads { StatusCode::OK } else { refused_status(&[Refused::new(page.t, of.code())]) };
    html(status, &NoSittingView::new(page, of, reads)).unwrap_or_else(|_| status.into_response())
}

fn unknown(page: Page) -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut response = html(status, &UnknownView::new(page)).unwrap_or_else(|_| status.into_response());
    response.headers_mut().insert(header::RETRY_AFTER, OUTAGE_SECONDS.into());
    response
}

/// `3 分钟`, `5 秒`.
#[must_use]
pub fn wait_words(page: &Page, seconds: u64) -> String {
    if seconds < 60 {
        page.f("error-wait-seconds", &[("n", &seconds.to_string())])
    } else {
        page.f("error-wait-minutes", &[("n", &seconds.div_ceil(60).to_string())])
    }
}

/// The path without secrets: without the token of a mailed link (TH18).
pub(crate) fn loggable(path: &str) -> &str {
    let links = ["/recover/", "/account/verification/", "/account/undo/"];
    links.into_iter().find(|link| path.starts_with(link)).unwrap_or(path)
}

fn incident(app: &App) -> Incident {
    let now = app.catalogue.about_now(&app.db);
    let chance = app.vault.random::<3>().unwrap_or_default();
    let number = format!("{}-{}-{}", app.site.node_mark, now.local("%m%d"), to_hex(&chance).to_uppercase());
    Incident { number, time: now.local("%Y-%m-%d %H:%M:%S") }
}

/// Sets the headers of every response (TH64).
fn put_headers(app: &App, headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, app.csp.clone());
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            header::HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if app.config.secure() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}
