//! Hidden marks in forms that say for whom, and from which values, a form was made (R19); if that changed, the form's
//! page is shown again.
//!
//! A page's forms have hidden marks ([`Page::marks`](super::page::Page)). Before any handler runs, this layer reads the
//! marks of a submitted form once and attaches them to the request; the extractors of candidates and of staff compare
//! them with the signed-in person, so that no handler can forget it. A mismatch becomes [`PageError::Stale`], and the
//! form's own page is shown instead, in its current state.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use tower::ServiceExt;

use super::answer::PageError;
use super::form_data::{FormData, most_of, read_body};
use super::page::Refused;
use super::visitor::{Peer, cookie};
use cet_base::form_mark::{SEEN, Seen};
use cet_base::vault::Vault;

/// Why a form is not accepted, and which page is shown again.
#[derive(Clone, Debug)]
pub struct Stale {
    /// The form's page.
    pub page: String,
    /// The refusal that the page shows.
    pub refused: Refused,
}

impl Stale {
    /// Creates the error that ends the request.
    #[must_use]
    pub fn ends(page: String, refused: Refused) -> PageError {
        PageError::Stale(Arc::new(Self { page, refused }))
    }
}

/// The marks of a submitted form.
#[derive(Clone)]
pub struct Marks(Arc<FormData>);

impl Marks {
    /// A mark, if the form has it. An empty one counts as missing.
    ///
    /// # Errors
    /// [`PageError::Doubled`].
    pub fn get(&self, name: &'static str) -> Result<Option<&str>, PageError> {
        Ok(Some(self.0.one(name)?).filter(|mark| !mark.is_empty()))
    }

    /// The form that they stood in.
    #[must_use]
    pub fn form(&self) -> &FormData {
        &self.0
    }
}

/// Reads which values a form was made from; a form without the mark matches any values.
///
/// # Errors
/// [`PageError::Doubled`].
pub fn read_seen(vault: &Arc<Vault>, form: &FormData) -> Result<Seen, PageError> {
    let sent = form.one(SEEN)?;
    Ok(if sent.is_empty() { Seen::default() } else { Seen::sent(vault, sent) })
}

/// The state of the layer.
#[derive(Clone)]
pub struct Site {
    /// The site's pages, without the layers around them.
    pub pages: Router,
    /// The names of the session cookies.
    pub sessions: [&'static str; 2],
    /// Whether the form of a page is kept over the log-in, so that it is read without a session too.
    pub keeps: fn(&str) -> bool,
}

/// The longest form that is read without a session.
const MOST_KEPT: u64 = 8_192;

/// Reads the marks of every submitted form, and shows the form's page again if they do not match. A request without a
/// session has no one to compare with: its handler alone accepts or refuses it, and may keep its form (a log-out in another tab).
pub async fn check_form_marks(State(site): State<Site>, request: Request, next: Next) -> Response {
    let signed_in = site.sessions.iter().any(|name| cookie(request.headers(), name).is_some());
    let reads = signed_in || (site.keeps)(request.uri().path()) && is_small(request.body());
    if *request.method() != Method::POST || !reads {
        return next.run(request).await;
    }
    let asked = Asked::of(&request);
    let response = if holds_fields(request.headers()) {
        let (mut parts, body) = request.into_parts();
        let body = match read_body(most_of(parts.uri.path()), body).await {
            Ok(body) => body,
            Err(error) => return error.into_response(),
        };
        // A form that can't be parsed is refused by its handler.
        if let Ok(form) = FormData::parse(&body) {
            parts.extensions.insert(Marks(Arc::new(form)));
        }
        next.run(Request::from_parts(parts, Body::from(body))).await
    } else {
        // The marks of a form with a file are compared by its handler: only that reads it.
        next.run(request).await
    };
    match response.extensions().get::<PageError>() {
        Some(PageError::Stale(stale)) => {
            let stale = Arc::clone(stale);
            asked.again(site.pages, &stale).await.unwrap_or(response)
        }
        _ => response,
    }
}

/// Whether a form can be kept: what a stranger sends beyond that is not read, and refused as before.
fn is_small(body: &Body) -> bool {
    body.size_hint().exact().is_some_and(|length| length <= MOST_KEPT)
}

fn holds_fields(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    kind.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The sender of the form, to show a page to the same reader.
struct Asked {
    headers: HeaderMap,
    peer: Option<Peer>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let mut headers = request.headers().clone();
        for of_the_body in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
            headers.remove(of_the_body);
        }
        Self { headers, peer: request.extensions().get::<Peer>().copied() }
    }

    /// The form's page, or the page above it if the form's path has none; `None` if neither can be shown.
    async fn again(&self, pages: Router, stale: &Arc<Stale>) -> Option<Response> {
        let above = stale.page.rsplit_once('/').map_or("", |(above, _)| above);
        for path in [stale.page.as_str(), above] {
            let mut request = Request::builder().uri(path).body(Body::empty()).ok()?;
            request.headers_mut().clone_from(&self.headers);
            request.extensions_mut().insert(Arc::clone(stale));
            if let Some(peer) = self.peer {
                request.extensions_mut().insert(peer);
            }
            let Ok(mut response) = pages.clone().oneshot(request).await;
            if shows(&response) {
                *response.status_mut() = StatusCode::CONFLICT;
                return Some(response);
            }
        }
        None
    }
}

/// Whether this is a page, rather than an error, a redirect or a file.
fn shows(response: &Response) -> bool {
    let html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let status = response.status();
    html && (status.is_success() || status.is_client_error())
        && response.extensions().get::<PageError>().is_none()
}
