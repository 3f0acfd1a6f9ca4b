//! The cookies that this site sets: their attributes, in one place.

use std::borrow::Cow;

use axum::response::Response;
use cookie::time::Duration;
use cookie::{Cookie, CookieBuilder, SameSite};
use http::{HeaderMap, HeaderValue, header};

use crate::app::App;

/// With this before its name a browser takes a cookie only over TLS, from this host alone and for all of it.
const PREFIX: &str = "__Host-";

/// A cookie for this host alone that scripts can't read and that a site with TLS never gets without; without an age it
/// goes with the browser.
pub(crate) fn own<'c>(
    app: &App,
    name: &'c str,
    value: &'c str,
    age_seconds: Option<i64>,
) -> CookieBuilder<'c> {
    let is_bare = app.config.secure() && !name.starts_with(PREFIX);
    let name = if is_bare { Cow::Owned(format!("{PREFIX}{name}")) } else { Cow::Borrowed(name) };
    build(app.config.secure(), name, value, age_seconds)
}

/// Behind TLS each cookie of ours has the prefix; one without it was set by another host of the domain, and is none. Each is found
/// by its name without the prefix, too.
pub(crate) fn take_prefixed(app: &App, headers: &mut HeaderMap) {
    if !app.config.secure() || !headers.contains_key(header::COOKIE) {
        return;
    }
    let said = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let pairs = said.flat_map(|value| value.split(';')).map(str::trim);
    let kept: Vec<String> = pairs
        .filter_map(|pair| Some((pair, pair.strip_prefix(PREFIX)?)))
        .flat_map(|(pair, bare)| [pair.to_owned(), bare.to_owned()])
        .collect();
    headers.remove(header::COOKIE);
    if let Ok(value) = HeaderValue::from_str(&kept.join("; ")) {
        headers.insert(header::COOKIE, value);
    }
}

fn build<'c>(
    secure: bool,
    name: impl Into<Cow<'c, str>>,
    value: &'c str,
    age_seconds: Option<i64>,
) -> CookieBuilder<'c> {
    let cookie =
        Cookie::build((name.into(), value)).path("/").http_only(true).same_site(SameSite::Lax).secure(secure);
    match age_seconds {
        Some(seconds) => cookie.max_age(Duration::seconds(seconds)),
        None => cookie,
    }
}

/// The value of the header that sets it; `None` for what no header may hold.
pub(crate) fn header(cookie: CookieBuilder<'_>) -> Option<HeaderValue> {
    HeaderValue::from_str(&cookie.build().to_string()).ok()
}

/// Sets it beside those that the answer sets already.
pub(crate) fn put(response: &mut Response, cookie: CookieBuilder<'_>) {
    if let Some(value) = header(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::attributes;

    fn text(cookie: CookieBuilder<'_>) -> String {
        header(cookie).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn a_cookie_of_ours_has_what_its_prefix_promises() {
        let session = text(build(true, "__Host-cet", "a1b2", None));
        assert!(session.starts_with("__Host-cet=a1b2; "), "{session}");
        // A browser takes `__Host-` only with Secure and `Path=/`, and without Domain.
        assert_eq!(attributes(&session), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
        let plain = text(build(false, "cet", "a1b2", Some(600)));
        assert_eq!(attributes(&plain), ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax"]);
    }

    #[test]
    fn a_page_of_its_own_and_an_age_of_nothing_are_said() {
        let ended = text(build(true, "cet-next", "", Some(0)).path("/staff"));
        assert!(ended.starts_with("cet-next=; "), "{ended}");
        assert_eq!(attributes(&ended), ["HttpOnly", "Max-Age=0", "Path=/staff", "SameSite=Lax", "Secure"]);
    }

    #[test]
    fn what_would_begin_another_header_sets_nothing() {
        assert_eq!(header(build(true, "cet", "x\r\nSet-Cookie: y=z", None)), None);
    }
}
