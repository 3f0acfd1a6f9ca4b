//! Flash message: a cookie with a word for what was just done, which the next page shows once.

use axum::response::Response;
use http::{HeaderMap, StatusCode, header};

use super::cookies;
use super::visitor::{self, Visitor};
use crate::app::App;

/// The cookie; its value is one of the words that pages know, and ids behind it: never text to show.
const COOKIE: &str = "cet-said";
/// The cookie's lifetime in seconds.
const WAITS: i64 = 60;
/// What parts the word and the ids.
const PARTS: char = '.';
/// The most ids that go with a word.
const MOST: usize = 8;

/// The word of a form that was sent twice. Every page of staff says it, and the guard clears it.
pub const ALREADY: &str = "already-done";

/// The answer to a form that was sent before: as the first, with the message that nothing was done again.
#[must_use]
pub fn already(visitor: &Visitor, response: Response) -> Response {
    set(visitor, response, ALREADY)
}

/// Whether a request is for a page that says so.
#[must_use]
pub(super) fn says_already(headers: &HeaderMap) -> bool {
    visitor::cookie(headers, COOKIE).and_then(|said| said.split(PARTS).next()) == Some(ALREADY)
}

/// Clears the word with the page that said it; files and parts of a page say nothing.
pub(super) fn said_already(app: &App, response: &mut Response) {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if response.status() == StatusCode::OK && kind.is_some_and(|kind| kind.starts_with("text/html")) {
        cookies::put(response, cookies::own(app, COOKIE, "", Some(0)));
    }
}

/// Sets the flash message for the next page.
#[must_use]
pub fn set(visitor: &Visitor, response: Response, word: &'static str) -> Response {
    with_cookie(visitor, response, word, WAITS)
}

/// Sets the flash message for the next page, with the ids that it is about. The browser can send any others: the page
/// looks each up among the reader's own.
#[must_use]
pub fn set_of(visitor: &Visitor, response: Response, word: &'static str, ids: &[i64]) -> Response {
    let ids: String = ids.iter().take(MOST).map(|id| format!("{PARTS}{id}")).collect();
    with_cookie(visitor, response, &format!("{word}{ids}"), WAITS)
}

/// The flash message for this page.
#[must_use]
pub fn get(visitor: &Visitor) -> Option<&str> {
    visitor.cookie(COOKIE).and_then(|said| said.split(PARTS).next()).filter(|word| !word.is_empty())
}

/// The ids that came with the word.
#[must_use]
pub fn ids(visitor: &Visitor) -> Vec<i64> {
    let said = visitor.cookie(COOKIE).unwrap_or_default();
    said.split(PARTS).skip(1).take(MOST).filter_map(|id| id.parse().ok()).collect()
}

/// Clears the flash message, once a page has shown it.
#[must_use]
pub fn clear(visitor: &Visitor, response: Response) -> Response {
    if get(visitor).is_some() { with_cookie(visitor, response, "", 0) } else { response }
}

fn with_cookie(visitor: &Visitor, mut response: Response, said: &str, age: i64) -> Response {
    cookies::put(&mut response, cookies::own(&visitor.app, COOKIE, said, Some(age)));
    response
}
