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
    /// Resets that wait for a second person: link, account, who asked.
    pub waiting: Vec<(String, String, String)>,
}

/// `/staff/accounts/file`.
#[derive(Template)]
#[template(path = "staff/bulk_form.html")]
pub struct BulkFormView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The columns of the table.
    pub columns: String,
    /// The most rows.
    pub most: String,
}

/// A row of a table of accounts.
pub struct BulkRow {
    /// Its line in the file; empty for one without fault.
    pub line: String,
    /// Its cells.
    pub cells: Vec<String>,
    /// Why no account can be made of it.
    pub reason: String,
}

/// A checked table of accounts: nothing is made yet.
#[derive(Template)]
#[template(path = "staff/bulk.html")]
pub struct BulkView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The names of the columns.
    pub columns: Vec<&'static str>,
    /// The accounts that can be made.
    pub good: Vec<BulkRow>,
    /// The rows of which none can be.
    pub bad: Vec<BulkRow>,
    /// The good rows, repeated for the confirmation.
    pub rows: String,
}

/// The accounts of a table, each with its first password, which is shown only now.
#[derive(Template)]
#[template(path = "staff/bulk_made.html")]
pub struct BulkMadeView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// Name and first password.
    pub made: Vec<(String, String)>,
}

/// A request to reset an account.
pub struct ResetRow {
    /// The CSS class of the state's tag.
    pub class: &'static str,
    /// The state in words.
    pub state: &'static str,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub requester: String,
    /// When.
    pub asked_at: String,
    /// Until when it can be approved.
    pub expires_at: String,
    /// Who decided.
    pub approver: String,
    /// When it was decided.
    pub decided_at: String,
}

/// `/staff/accounts/{name}/reset`.
#[derive(Template)]
#[template(path = "staff/reset.html")]
pub struct ResetView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The account.
    pub row: AccountRow,
    /// Its requests, the newest first.
    pub rows: Vec<ResetRow>,
    /// Whether the member may ask for a reset.
    pub may_ask: bool,
    /// Whether the member may approve the open one.
    pub may_approve: bool,
    /// Whether the member may refuse it, or take it back.
    pub may_refuse: bool,
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
    /// Whether the member may ask for a reset.
    pub may_reset: bool,
    /// Why the member may never change it; empty if it may.
    pub why_not: String,
}
