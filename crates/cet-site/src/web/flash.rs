//! A word for the next page: what was just done, in a cookie that the next page reads once.

use axum::response::Response;
use http::{HeaderValue, header};

use super::visitor::Visitor;

/// The cookie; its value is one of the words that pages know, and ids behind it: never text to show.
const COOKIE: &str = "cet-said";
/// How long the word waits for its page, in seconds.
const WAITS: u32 = 60;
/// What parts the word and the ids.
const PARTS: char = '.';
/// The most ids that go with a word.
const MOST: usize = 8;

/// Lets the next page say `word`.
#[must_use]
pub fn set(visitor: &Visitor, response: Response, word: &'static str) -> Response {
    with_cookie(visitor, response, word, WAITS)
}

/// Lets the next page say `word` of the things with these ids. The browser may send any others: the page looks each up
/// among what is its reader's own.
#[must_use]
pub fn set_of(visitor: &Visitor, response: Response, word: &'static str, ids: &[i64]) -> Response {
    let ids: String = ids.iter().take(MOST).map(|id| format!("{PARTS}{id}")).collect();
    with_cookie(visitor, response, &format!("{word}{ids}"), WAITS)
}

/// The word that waits for this page.
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

/// Makes the browser forget the word, once a page has said it.
#[must_use]
pub fn clear(visitor: &Visitor, response: Response) -> Response {
    if get(visitor).is_some() { with_cookie(visitor, response, "", 0) } else { response }
}

fn with_cookie(visitor: &Visitor, mut response: Response, said: &str, age: u32) -> Response {
    let secure = if visitor.app.config.secure() { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={said}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
