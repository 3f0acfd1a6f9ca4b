//! The responses of handlers: a page, a redirect, or a [`PageError`] that becomes a page.

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use cet_base::refusal;

use super::form_marks::Stale;
use super::no_sitting::NoSitting;
use super::page::Refused;
use cet_base::store::{DbError, Stop};

/// An error that ends a request without the requested page.
#[derive(Clone, Debug)]
pub enum PageError {
    /// It does not exist, or it belongs to someone else: the same page (TH21).
    NotFound,
    /// The room is about the current sitting, and there is none.
    NoSitting(Arc<NoSitting>),
    /// A page that is made already.
    Made(StatusCode, Arc<str>),
    /// A protocol error: 400, 405, 413, 415, 421.
    Protocol(StatusCode),
    /// A state-changing request from another site.
    CrossSite,
    /// Rate limit exceeded; retry after this many seconds.
    TooMany(u64),
    /// Overloaded; retry after this many seconds.
    TooBusy(u64),
    /// Has to wait for its turn (R17): a page is redirected to the waiting room; a form, which has `retry`, is not done,
    /// and may be sent again after so many seconds.
    Waiting {
        /// The page that it wanted.
        back: String,
        /// A new place in the line, and what keeps the form.
        cookies: Vec<HeaderValue>,
        /// Of a form: `Retry-After`.
        retry: Option<u64>,
    },
    /// The database can't be reached: the use case could not begin, so nothing was saved.
    Outage,
    /// COMMIT was sent but its response was lost, so it is unknown whether the change was saved. The text is for the
    /// log.
    Unknown(Arc<str>),
    /// A field occurs twice in a form.
    Doubled(Arc<str>),
    /// A form that was made for another passport, record or account than the one it was sent with.
    Stale(Arc<Stale>),
    /// Not signed in: redirect to the login page, and back to this path afterwards; with a cookie that keeps the sent form.
    SignIn(String, Option<HeaderValue>),
    /// An internal error.
    Fault(Arc<str>),
}

impl PageError {
    /// The same; of a form that has to wait, with the cookie that keeps what was typed.
    #[must_use]
    pub fn keeping(mut self, kept: Option<HeaderValue>) -> Self {
        if let Self::Waiting { cookies, retry: Some(_), .. } = &mut self {
            cookies.extend(kept);
        }
        self
    }

    /// An internal error, with a text for the log: no personal data.
    #[must_use]
    pub fn fault(text: impl std::fmt::Display) -> Self {
        Self::Fault(text.to_string().into())
    }
}

impl From<DbError> for PageError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy | DbError::Retry | DbError::Full => Self::TooBusy(BUSY_SECONDS),
            DbError::Outage(_) => Self::Outage,
            DbError::Unknown(_) => Self::Unknown(error.to_string().into()),
            DbError::Unique
            | DbError::Panicked
            | DbError::TaskLost(_)
            | DbError::Decode(_)
            | DbError::Engine(_)
            | DbError::Other(_) => Self::fault(error),
        }
    }
}

/// `Retry-After` of `too-busy`.
pub const BUSY_SECONDS: u64 = 5;
/// `Retry-After` while the database is unreachable, or after its response was lost.
pub const OUTAGE_SECONDS: u64 = 10;

impl IntoResponse for PageError {
    /// An empty response that the guard ([`super::guard`]) turns into a page in the reader's language.
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NoSitting(_) => StatusCode::OK,
            Self::Made(status, body) => {
                let headers = [(header::CONTENT_TYPE, HTML), no_store()];
                return (*status, headers, body.to_string()).into_response();
            }
            Self::Protocol(status) => *status,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Waiting { back, cookies, retry } => {
                let mut response = match retry {
                    None => see_other(&with_next("/waiting", back)),
                    Some(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
                };
                let cookies = cookies.iter().map(|cookie| (header::SET_COOKIE, cookie.clone()));
                response.headers_mut().extend(cookies);
                if retry.is_some() {
                    response.extensions_mut().insert(self);
                }
                return response;
            }
            Self::TooBusy(_) | Self::Outage | Self::Unknown(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Doubled(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Stale(_) => StatusCode::CONFLICT,
            Self::SignIn(path, kept) => {
                let mut response = see_other(&with_next("/login", path));
                response.headers_mut().extend(kept.iter().map(|kept| (header::SET_COOKIE, kept.clone())));
                return response;
            }
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A page that leads on to another one.
#[must_use]
pub fn with_next(page: &str, next: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", next);
    format!("{page}?{}", query.finish())
}

/// Separates what a use case refused from errors, which become a page.
///
/// # Errors
/// [`PageError`] if it was an error.
pub fn refusal<T, R>(result: Result<T, Stop<R>>) -> Result<Result<T, R>, PageError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Refused(refusal)) => Ok(Err(refusal)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// The status of a page with several refusals: the most severe; 200 if there are none.
#[must_use]
pub fn refused_status(refusals: &[Refused]) -> StatusCode {
    let status = refusal::status_of_all(refusals.iter().map(|refused| refused.code));
    status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK)
}

/// The page that is shown again for a refused request, with `Retry-After` if retrying later helps.
///
/// # Errors
/// As [`html`].
pub fn refused_html(
    refusals: &[Refused],
    retry_seconds: Option<u64>,
    view: &impl Template,
) -> Result<Response, PageError> {
    let mut response = html(refused_status(refusals), view)?;
    if refusals.iter().any(|refused| refusal::waits(refused.code)) {
        let known = refusals.iter().filter_map(|refused| refused.after).max();
        let seconds = retry_seconds.or(known).unwrap_or(BUSY_SECONDS).max(1);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// Lets a page come again by itself: without script, by the header `Refresh`.
#[must_use]
pub fn refreshing(mut response: Response, refresh: Option<String>) -> Response {
    if let Some(value) = refresh.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().insert(header::REFRESH, value);
    }
    response
}

/// 303 to a path of this site.
#[must_use]
pub fn see_other(path: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(path) else {
        return PageError::fault("a redirect's path has a character that is not allowed in a header")
            .into_response();
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, location), no_store()]).into_response()
}

/// A personal page.
///
/// # Errors
/// [`PageError::Fault`] if the template fails, which only a bug can cause.
pub fn html(status: StatusCode, view: &impl Template) -> Result<Response, PageError> {
    let body = view.render().map_err(|error| PageError::fault(format!("template: {error}")))?;
    Ok((status, [(header::CONTENT_TYPE, HTML), no_store()], body).into_response())
}

/// Personal pages must not be cached.
fn no_store() -> (header::HeaderName, HeaderValue) {
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

/// The content type of every page.
pub const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
