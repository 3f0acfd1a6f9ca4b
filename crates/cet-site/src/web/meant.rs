//! Forms that say for whom and of what they were made (R19), and the page that comes again when that has changed.
//!
//! A page's forms hold hidden marks ([`Page::marks`](super::page::Page)). Before any handler runs, the marks of a sent form
//! are read once, here, and put beside the request; whoever finds out who is signed in (the extractors of candidates and of
//! staff) compares them, so that no handler can forget it. What does not fit ends as [`PageError::Stale`], and the form's
//! own page is shown instead, as it is now.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use tower::ServiceExt;

use super::answer::PageError;
use super::form_data::{FormData, read_body};
use super::page::Refused;
use super::visitor::{Peer, cookie};
use crate::vault::Vault;
use cet_base::form_mark::{SEEN, Seen};

/// Why a form is not done, and which page comes again for it.
#[derive(Clone, Debug)]
pub struct Stale {
    /// The form's page.
    pub page: String,
    /// What the page says.
    pub refused: Refused,
}

impl Stale {
    /// The end of the request.
    #[must_use]
    pub fn ends(page: String, refused: Refused) -> PageError {
        PageError::Stale(Arc::new(Self { page, refused }))
    }
}

/// The marks that a form was sent with.
#[derive(Clone)]
pub struct Marks(Arc<FormData>);

impl Marks {
    /// A mark, if the form has it. An empty one is none.
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

/// Reads which values a form was made of; a form without the mark was made of anything.
///
/// # Errors
/// [`PageError::Doubled`].
pub fn read_seen(vault: &Arc<Vault>, form: &FormData) -> Result<Seen, PageError> {
    let sent = form.one(SEEN)?;
    Ok(if sent.is_empty() { Seen::default() } else { Seen::sent(vault, sent) })
}

/// What the layer works with.
#[derive(Clone)]
pub struct Site {
    /// The site's pages, without what stands around them.
    pub pages: Router,
    /// The cookies by which people are signed in.
    pub sessions: [&'static str; 2],
}

/// Reads the marks of every form that is sent, and shows the form's page again where they do not fit. What comes without a
/// session is for nobody: it is refused, or read, by its handler alone.
pub async fn meant(State(site): State<Site>, request: Request, next: Next) -> Response {
    let signed_in = site.sessions.iter().any(|name| cookie(request.headers(), name).is_some());
    if *request.method() != Method::POST || !signed_in || !holds_fields(request.headers()) {
        return next.run(request).await;
    }
    let asked = Asked::of(&request);
    let (mut parts, body) = request.into_parts();
    let body = match read_body(Request::new(body)).await {
        Ok(body) => body,
        Err(error) => return error.into_response(),
    };
    // What can't be read is refused by who reads the form.
    if let Ok(form) = FormData::parse(&body) {
        parts.extensions.insert(Marks(Arc::new(form)));
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    match response.extensions().get::<PageError>() {
        Some(PageError::Stale(stale)) => {
            let stale = Arc::clone(stale);
            asked.again(site.pages, &stale).await.unwrap_or(response)
        }
        _ => response,
    }
}

fn holds_fields(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    kind.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Who sent the form, to show a page to the same reader.
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

    /// The form's page, or the page above it where the form's address has none of its own; nothing where neither shows.
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

/// Whether this is a page, and not an error, a redirect or a file.
fn shows(response: &Response) -> bool {
    let html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let status = response.status();
    html && (status.is_success() || status.is_client_error())
        && response.extensions().get::<PageError>().is_none()
}
