//! A word for the next page: what was just done, in a cookie that the next page reads once.

use axum::response::Response;

use super::cookies;
use super::visitor::Visitor;

/// The cookie; its value is one of the words that pages know, never text to show.
const COOKIE: &str = "cet-said";
/// How long the word waits for its page, in seconds.
const WAITS: i64 = 60;

/// Lets the next page say `word`.
#[must_use]
pub fn set(visitor: &Visitor, response: Response, word: &'static str) -> Response {
    with_cookie(visitor, response, word, WAITS)
}

/// The word that waits for this page.
#[must_use]
pub fn get(visitor: &Visitor) -> Option<&str> {
    visitor.cookie(COOKIE).filter(|word| !word.is_empty())
}

/// Makes the browser forget the word, once a page has said it.
#[must_use]
pub fn clear(visitor: &Visitor, response: Response) -> Response {
    if get(visitor).is_some() { with_cookie(visitor, response, "", 0) } else { response }
}

fn with_cookie(visitor: &Visitor, mut response: Response, word: &'static str, age: i64) -> Response {
    cookies::put(&mut response, cookies::own(&visitor.app, COOKIE, word, Some(age)));
    response
}
