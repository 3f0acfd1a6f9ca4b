//! What the pages of staff show.

use askama::Template;

use super::menu::Menu;
use crate::web::page::Page;

/// `/staff/login`.
#[derive(Template)]
#[template(path = "staff/door/login.html")]
pub struct LoginView {
    /// The frame.
    pub page: Page,
    /// Where to go on after the second factor; may be empty.
    pub next: String,
}

impl LoginView {
    /// The page titled.
    #[must_use]
    pub fn new(page: Page, next: String) -> Self {
        Self { page: page.titled("staff-login-title"), next }
    }
}

/// `/staff/second-factor`.
#[derive(Template)]
#[template(path = "staff/door/second_factor.html")]
pub struct SecondFactorView {
    /// The frame.
    pub page: Page,
    /// The secret in groups of four, when it is not in an authenticator yet.
    pub secret: Option<String>,
}

impl SecondFactorView {
    /// The page titled.
    #[must_use]
    pub fn new(page: Page, secret: Option<String>) -> Self {
        let secret = secret.map(|secret| {
            let letters: Vec<char> = secret.chars().collect();
            letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
        });
        Self { page: page.titled("staff-factor-title"), secret }
    }
}

/// `/staff/recovery-codes`.
#[derive(Template)]
#[template(path = "staff/codes.html")]
pub struct CodesView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The codes.
    pub codes: Vec<String>,
}

/// `/staff/password`.
#[derive(Template)]
#[template(path = "staff/password.html")]
pub struct PasswordView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// Whether nothing else opens before.
    pub first: bool,
}

/// `/staff`.
#[derive(Template)]
#[template(path = "staff/overview.html")]
pub struct OverviewView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
}

impl OverviewView {
    fn waits(&self) -> bool {
        self.menu.groups.iter().flat_map(|group| &group.entries).any(|entry| entry.waiting > 0)
    }
}
