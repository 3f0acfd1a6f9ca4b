//! The session cookie of a candidate (TH10, TH11).

use http::HeaderValue;

use crate::app::App;

/// The cookie's name: the `__Host-` prefix requires https.
#[must_use]
pub fn cookie_name(app: &App) -> &'static str {
    if app.config.secure() { "__Host-cet" } else { "cet" }
}

/// The cookie that carries a token.
#[must_use]
pub fn cookie(app: &App, token: &str) -> Option<HeaderValue> {
    own_cookie(app, cookie_name(app), token, None)
}

/// The cookie that deletes the token in the browser.
#[must_use]
pub fn ended_cookie(app: &App) -> Option<HeaderValue> {
    own_cookie(app, cookie_name(app), "", Some(0))
}

/// A host-only cookie that scripts can't read; without an age it is a session cookie.
pub(crate) fn own_cookie(
    app: &App,
    name: &str,
    value: &str,
    age_seconds: Option<i64>,
) -> Option<HeaderValue> {
    let secure = if app.config.secure() { "; Secure" } else { "" };
    let age = age_seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}")).ok()
}
