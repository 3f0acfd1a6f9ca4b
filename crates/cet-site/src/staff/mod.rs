//! Staff (S1): accounts with two factors, roles, and the part of the tree that each is confined to.
//!
//! How another room makes a page for staff:
//! - The handler takes a [`StaffMember`] and begins with `member.needs(Permission::…)?`: a wrong role gets the page of what
//!   is not there. No handler runs without both factors.
//! - Whatever it reads or writes takes `&member.scope`: a store function asks the [`Scope`] for its rows, with a statement
//!   that holds the scope's condition (`scoped!`); what was read by its key first is asked for with [`Scope::contains`].
//! - The view holds `page: Page` and `menu: Menu`, both from [`StaffMember::frame`]; its template extends
//!   `staff/layout.html` and fills the block `main`.
//! - A list implements [`list::List`] (filters, one page of rows, cells, view); [`list::show`], [`list::csv`] and
//!   [`list::xlsx`] are its three handlers, so that page and files can't show different rows.
//! - What was done is told to [`crate::audit`] with [`StaffMember::actor`] and [`StaffMember::from`].
//! - The page gets an [`menu::Item`] in [`menu::ITEMS`], a number of waiting things in [`menu::waiting`] if there is one,
//!   and a row in the tables of `tests/matrix.rs` (who gets in) and `tests/content/pages.rs` (what is seen), which fail for
//!   a route that they do not know.
//!
//! **Invariant:** an account's session counts only while the account is not disabled and its password is older than the
//! session (I14). **Invariant:** no statement reads rows of schools for staff without a scope (TH22).

pub mod cookies;
pub mod list;
pub mod marks;
pub mod member;
pub mod menu;
mod pages;
mod refusal_texts;
pub mod reveal;
pub mod views;

pub(crate) use cet_domain::staff::*;
pub use member::{StaffMember, StaffRejection};
pub use menu::Menu;
pub use pages::routes;

#[cfg(test)]
pub(crate) mod tests;
