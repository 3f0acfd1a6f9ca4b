//! What forms of staff say of themselves (R19): which account they were made for, checked in the extractor for every form.
//!
//! Of which values a form was made is checked by the verb that changes them, where two people may have the same thing open:
//! [`cet_base::form_mark::Seen`].

use crate::texts::texts;
use crate::vault::Vault;
use crate::web::answer::PageError;
use crate::web::form_marks::{Marks, Stale};
use crate::web::page::Refused;
use crate::web::visitor::Visitor;
use cet_base::form_mark::mark;

/// The hidden field that says which account a form was made for.
pub const MEMBER: &str = "member";
/// A keyed hash of the account's name.
#[must_use]
pub fn member_mark(vault: &Vault, account: &str) -> String {
    mark(vault, "form-member", account.as_bytes())
}

/// Lets a form through that was made for this account, or that does not say for which.
///
/// # Errors
/// [`PageError::Stale`] with `passport-changed`; [`PageError::Doubled`].
pub fn check(visitor: &Visitor, account: &str, sent: Option<&Marks>) -> Result<(), PageError> {
    // Signing out is right whoever asks for it.
    if visitor.path == "/staff/logout" {
        return Ok(());
    }
    let made_for = sent.map_or(Ok(None), |marks| marks.get(MEMBER))?;
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
