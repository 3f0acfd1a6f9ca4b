//! The hidden mark of staff forms (R19): which account a form was made for, checked in the extractor for every form.
//!
//! If two people may edit the same thing, the use case that changes it also checks which values the form was made from:
//! [`cet_base::form_mark::Seen`].

use crate::web::answer::PageError;
use crate::web::form_data::FormData;
use crate::web::form_marks::Stale;
use crate::web::page::Refused;
use crate::web::visitor::Visitor;
use cet_base::form_mark::mark;
use cet_base::texts::texts;
use cet_base::vault::Vault;

/// The hidden field with the mark of the account that a form was made for.
pub const MEMBER: &str = "member";
/// The mark of an account: a keyed hash of its name.
#[must_use]
pub fn member_mark(vault: &Vault, account: &str) -> String {
    mark(vault, "form-member", account.as_bytes())
}

/// Accepts a form that was made for this account, or that has no mark.
///
/// # Errors
/// [`PageError::Stale`] with `passport-changed`; [`PageError::Doubled`].
pub fn check(visitor: &Visitor, account: &str, sent: Option<&FormData>) -> Result<(), PageError> {
    // Anyone may sign out, whatever account the form was made for.
    if visitor.path == "/staff/logout" {
        return Ok(());
    }
    let made_for = sent.map_or(Ok(""), |form| form.one(MEMBER))?;
    check_sent(visitor, account, Some(made_for).filter(|mark| !mark.is_empty()))
}

/// The same for a mark that was read in another way, as from the form of a file.
///
/// # Errors
/// [`PageError::Stale`] with `passport-changed`.
pub fn check_sent(visitor: &Visitor, account: &str, made_for: Option<&str>) -> Result<(), PageError> {
    if made_for.is_none_or(|made_for| made_for == member_mark(&visitor.app.vault, account)) {
        return Ok(());
    }
    let t = texts(visitor.lang);
    let refused = Refused::new(t, "passport-changed")
        .saying(t.f("staff-mark-member", &[("account", account)]))
        .linked("/staff/login", t.m("staff-mark-log-in"))
        .or("#main", t.f("staff-mark-go-on", &[("account", account)]));
    Err(Stale::ends(visitor.path.clone(), refused))
}
