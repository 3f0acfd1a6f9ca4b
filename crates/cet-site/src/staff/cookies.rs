//! The session cookie of staff.

use http::HeaderValue;

use crate::app::App;
use crate::web::cookies::{header, own};

/// The cookie's name: the `__Host-` prefix requires https.
#[must_use]
pub fn cookie_name(app: &App) -> &'static str {
    if app.config.secure() { "__Host-cet-staff" } else { "cet-staff" }
}

/// The cookie that carries a token.
#[must_use]
pub fn cookie(app: &App, token: &str) -> Option<HeaderValue> {
    header(own(app, cookie_name(app), token, None))
}

/// The cookie that deletes the token in the browser.
#[must_use]
pub fn ended_cookie(app: &App) -> Option<HeaderValue> {
    header(own(app, cookie_name(app), "", Some(0)))
}
