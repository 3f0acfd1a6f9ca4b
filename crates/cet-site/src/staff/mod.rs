//! Staff (S1): accounts with two factors, roles, and the part of the tree that each is limited to.
//!
//! How to add a staff page in another module:
//! - The handler takes a [`StaffMember`] and begins with `member.needs(Permission::…)?`: a wrong role gets "not found".
//! - All reads and writes take `&member.scope`: a store function queries through the `Scope`, with a statement that
//!   contains the scope's condition (`scoped!`); what was read by key first is checked with `Scope::contains`.
//! - The view has `page: Page` and `menu: Menu`, both from [`StaffMember::frame`]; its template extends
//!   `staff/layout.html` and fills the block `main`.
//! - What is about the sitting comes from [`StaffMember::sitting`] (to act), [`StaffMember::shown_sitting`] (to look) or
//!   [`StaffMember::list_sitting`]: no page is gone between two seasons.
//! - A list implements [`list::List`] (filters, one page of rows, cells, view); [`list::show`], [`list::csv`] and
//!   [`list::xlsx`] are its three handlers, so that page and files can't show different rows.
//! - Actions are recorded through [`cet_domain::audit`] with [`StaffMember::actor`] and [`StaffMember::from`].
//! - The page gets a [`menu::Item`] in [`menu::ITEMS`], a count of pending work in [`menu::waiting`] if it has any, and
//!   a row in the tables of `tests/access.rs` (who gets in) and `tests/visible_rows/pages.rs` (what is seen), which fail for
//!   an unknown route.
//!
//! **Invariant:** an account's session is valid only while the account is enabled and its password is older than the
//! session (I14). **Invariant:** no statement reads schools' rows for staff without a scope (TH22).

pub mod cookies;
pub mod downloads;
mod file_names;
pub(crate) mod file_texts;
pub mod list;
pub mod marks;
pub mod member;
pub mod menu;
mod pages;
mod refusal_texts;
pub mod reveal;
mod sitting;
pub mod ticked;
pub mod views;

pub use member::{StaffMember, StaffRejection};
pub use menu::Menu;
pub use pages::routes;
pub(crate) use pages::student_page;

#[cfg(test)]
pub(crate) mod tests;
