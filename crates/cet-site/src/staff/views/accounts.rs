//! Views of the account pages.

use askama::Template;

use crate::staff::list::{Asked, Pager};
use crate::staff::menu::Menu;
use crate::web::page::{Choice, Page};

/// A staff account, in a list.
pub struct AccountRow {
    /// Link to its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its role's name.
    pub role: String,
    /// Its scope, in words.
    pub scope: String,
    /// The number under which its holder is known; empty for an account from before.
    pub person: String,
    /// Where its holder is told; may be empty.
    pub email: String,
    /// When it was created.
    pub created_at: String,
    /// When both factors were right last; empty if never.
    pub logged_in_at: String,
    /// When it was disabled; empty for an enabled one.
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
    /// The roles that the member may assign.
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

/// An account that was just created: its first password is shown only now.
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
    /// The roles that the member may assign.
    pub roles: Vec<Choice>,
    /// Whether the member may change it now.
    pub may_change: bool,
    /// Whether the member may never change it.
    pub own: bool,
}
