//! What the pages of accounts show.

use askama::Template;

use crate::staff::list::{Asked, Pager};
use crate::staff::menu::Menu;
use crate::web::page::{Choice, Page};

/// An account of staff, in a list.
pub struct AccountRow {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its role in words.
    pub role: String,
    /// Its part of the tree in words.
    pub scope: String,
    /// When it was made.
    pub created_at: String,
    /// When it was ended; empty for a live one.
    pub disabled_at: String,
}

/// `/staff/accounts`.
#[derive(Template)]
#[template(path = "staff/accounts.html")]
pub struct AccountsView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The roles that the member may give.
    pub roles: Vec<Choice>,
    /// The roles to filter by.
    pub all_roles: Vec<Choice>,
    /// The states to filter by.
    pub states: Vec<Choice>,
    /// The links under the list.
    pub pager: Pager,
    /// The accounts.
    pub rows: Vec<AccountRow>,
}

/// An account that was just made: its first password is shown this once.
#[derive(Template)]
#[template(path = "staff/account_made.html")]
pub struct MadeView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The account's name.
    pub name: String,
    /// Its first password.
    pub password: String,
}

/// `/staff/accounts/{name}`.
#[derive(Template)]
#[template(path = "staff/account.html")]
pub struct AccountView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The account.
    pub row: AccountRow,
    /// The roles that the member may give.
    pub roles: Vec<Choice>,
    /// Whether the member may change it now.
    pub may_change: bool,
    /// Whether the member may never change it.
    pub own: bool,
}
