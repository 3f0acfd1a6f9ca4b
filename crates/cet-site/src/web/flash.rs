//! Flash message: a cookie with a word for what was just done, which the next page shows once.

use axum::response::Response;

use super::cookies;
use super::visitor::Visitor;

/// The cookie; its value is one of the words that pages know, never text to show.
const COOKIE: &str = "cet-said";
/// How long the word waits for its page, in seconds.
const WAITS: i64 = 60;

/// Sets the flash message for the next page.
#[must_use]
pub fn set(visitor: &Visitor, response: Response, word: &'static str) -> Response {
    with_cookie(visitor, response, word, WAITS)
}

/// The flash message for this page.
#[must_use]
pub fn get(visitor: &Visitor) -> Option<&str> {
    visitor.cookie(COOKIE).filter(|word| !word.is_empty())
}

/// Clears the flash message, once a page has shown it.
#[must_use]
pub fn clear(visitor: &Visitor, response: Response) -> Response {
    if get(visitor).is_some() { with_cookie(visitor, response, "", 0) } else { response }
}

fn with_cookie(visitor: &Visitor, mut response: Response, word: &'static str, age: i64) -> Response {
    cookies::put(&mut response, cookies::own(&visitor.app, COOKIE, word, Some(age)));
    response
}
