//! What staff decide on a day's page: of a difference, and the signature.

use axum::extract::Path;
use axum::response::Response;

use super::{Found, find, note_field, page, path};
use crate::reconciliation::receive::by;
use crate::reconciliation::views::state_words;
use crate::staff::StaffMember;
use crate::web::answer::{PageError, refusal, see_other};
use crate::web::form_data::FormData;
use crate::web::page::{OnPage as _, Typed};
use cet_base::store::{DbError, Stop, Tx};
use cet_domain::reconciliation::store::{self, Difference};
use cet_domain::reconciliation::verbs::{self, Decide};
use cet_domain::reconciliation::{Decision, ReconciliationRefusal as Refusal};

/// `POST …/differences/{id}/resolution`.
pub(in crate::reconciliation::pages) async fn resolve(
    who: StaffMember,
    Path((gateway, day, id)): Path<(String, String, String)>,
    form: FormData,
) -> Result<Response, PageError> {
    let found = find(&who, &gateway, &day).await?;
    let (decision, note) = (form.one("as")?, form.one("note")?.trim().to_owned());
    let id = id.parse().unwrap_or(0);
    let typed = Typed::default().with(note_field(id), note.clone());
    let Some(decision) = Decision::from_wire(decision) else {
        return again(&who, &found, Refusal::DecisionUnknown, typed).await;
    };
    let cmd = Decide { of: found.of, id, decision, note, by: by(&who) };
    let done: Result<(), Stop<Refusal>> = match decision {
        Decision::Booked => verbs::book(&who.app.payments, &cmd).await,
        Decision::Explained | Decision::Follow => {
            who.app.db.write(async move |tx: &mut Tx<'_>| verbs::decide(tx, &cmd).await).await
        }
    };
    match refusal(done)? {
        Ok(()) => Ok(see_other(&path(found.of))),
        Err(Refusal::NotFound) => Err(PageError::NotFound),
        Err(Refusal::Resolved) => resolved(&who, &found, id, typed).await,
        Err(why) => again(&who, &found, why, typed).await,
    }
}

/// Says who resolved a difference, how and when.
async fn resolved(who: &StaffMember, found: &Found, id: i64, typed: Typed) -> Result<Response, PageError> {
    let read: Result<Option<Difference>, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| store::by_id(tx, id).await).await;
    let of = read?.ok_or(PageError::NotFound)?;
    let on = who.page();
    let (decided, time) = (state_words(&on, &of).0, of.changed_at.page());
    let facts = [("who", of.owner.as_str()), ("time", &time), ("as", decided)];
    let said = Refusal::Resolved.on(&on).saying(on.f("reconciliation-resolved-by", &facts));
    page(who, found, vec![said], typed).await
}

/// `POST …/sign-off`.
pub(in crate::reconciliation::pages) async fn sign(
    who: StaffMember,
    Path((gateway, day)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let found = find(&who, &gateway, &day).await?;
    let (of, by) = (found.of, by(&who));
    let done: Result<(), Stop<Refusal>> =
        who.app.db.write(async move |tx: &mut Tx<'_>| verbs::sign(tx, of, &by).await).await;
    match refusal(done)? {
        Ok(()) => Ok(see_other(&path(of))),
        Err(why) => again(&who, &found, why, Typed::default()).await,
    }
}

async fn again(who: &StaffMember, found: &Found, why: Refusal, typed: Typed) -> Result<Response, PageError> {
    let said = vec![why.on(&who.page())];
    page(who, found, said, typed).await
}
