//! Closing a passport (A11): what is personal is erased, what money and the log need stays under the passport's number.

use crate::audit::{self, Actor, Changes, Event, Value};
use crate::context::Context;
use crate::outbox::{self, Mail, Part};
use crate::passport::verbs::change::Proven;
use crate::passport::{self, session, token};
use crate::registration::claim;
use crate::store::{DbError, Stop, Tx};
use crate::texts::texts;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::email::Email;

/// Why a passport is not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosingRefusal {
    /// A registration of the current sitting belongs to it.
    Registered,
    /// An order waits for money, or money is on its way back.
    Money,
    /// The password was changed in the meantime.
    Stale,
}

/// Closes the passport of whoever proved the password. A repeat finds it closed and succeeds.
///
/// # Errors
/// [`ClosingRefusal`]; [`DbError`].
pub async fn close(
    tx: &mut Tx<'_>,
    context: &Context,
    who: &Proven,
    sitting: Option<&SittingCode>,
) -> Result<(), Stop<ClosingRefusal>> {
    let id = who.session.passport;
    let Some(before) = passport::store::lock(tx, id).await? else { return Ok(()) };
    if before.email.is_empty() {
        return Ok(());
    }
    if before.password_hash != who.checked {
        return Err(Stop::Refused(ClosingRefusal::Stale));
    }
    if let Some(sitting) = sitting
        && claim::find(tx, id, sitting, claim::Kind::Registration).await?.is_some()
    {
        return Err(Stop::Refused(ClosingRefusal::Registered));
    }
    if super::store::money_moves(tx, id).await? {
        return Err(Stop::Refused(ClosingRefusal::Money));
    }
    tell(tx, context, id, &before.email).await?;
    passport::store::erase(tx, id).await?;
    // The address now, and those that are reserved for an undo.
    for address in token::erase(tx, id).await?.into_iter().chain([before.email]) {
        if let Ok(address) = Email::parse(&address) {
            passport::store::give_up_email(tx, &address.key(), id, None).await?;
        }
    }
    session::end_all(tx, id).await?;
    let event = Event {
        school: SchoolCode::NONE,
        actor: Actor::Passport(id),
        action: "passport-closed",
        object_kind: "passport",
        object: &id.to_string(),
        address: &who.address.to_string(),
        detail: "",
        changes: Changes::NONE.field("state", Value::code("active"), Value::code("closed")),
    };
    audit::record(tx, &event).await?;
    Ok(())
}

/// The last mail to the address, before it is forgotten.
async fn tell(
    tx: &mut Tx<'_>,
    context: &Context,
    id: crate::words::ids::PassportId,
    email: &str,
) -> Result<(), DbError> {
    let Some(owner) = passport::store::addressee(tx, id).await? else { return Ok(()) };
    let Ok(to) = Email::parse(email) else { return Ok(()) };
    let t = texts(owner.lang);
    let mail = Mail {
        to,
        lang: owner.lang,
        subject: t.m("privacy-mail-closed-subject").to_owned(),
        parts: vec![
            Part::Text(t.m("privacy-mail-closed").to_owned()),
            Part::Text(t.m("privacy-mail-closed-else").to_owned()),
        ],
    };
    outbox::post(tx, &context.vault, SchoolCode::NONE, "passport-closed", &id.to_string(), &mail).await
}
