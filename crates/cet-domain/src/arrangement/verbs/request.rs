//! Publishing a draft by two people: one asks, another one of the same or a wider scope agrees. What was asked for is one
//! draft; it lapses after a week, and when the unit is drawn again.

use jiff::SignedDuration;

use super::{Summary, lock, publish};
use crate::arrangement::ArrangeRefusal;
use crate::arrangement::plan::UnitPlan;
use crate::arrangement::store::requests::{self, Request};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::store::{DbError, Stop, Tx};
use crate::words::staff::Scope;
use crate::words::time::Time;

/// How long a request waits for a second person.
pub const LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// A member of staff who asks or decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: String,
    /// The person who holds it.
    pub person: String,
    /// The scope.
    pub scope: Scope,
    /// The client's address.
    pub address: String,
}

impl Member {
    fn actor(&self) -> Actor {
        Actor::Staff(self.account.clone())
    }
}

/// Whether a request still waits at `now` for this draft.
fn waits(request: &Request, draft: i64, now: Time) -> bool {
    request.state == "asked" && request.draft == draft && now < request.expires_at
}

fn refused<T>(refusal: ArrangeRefusal) -> Result<T, Stop<ArrangeRefusal>> {
    Err(Stop::Refused(refusal))
}

/// The unit's draft, under its lock, with its newest request.
async fn draft(
    tx: &mut Tx<'_>,
    plan: &UnitPlan,
) -> Result<(Option<i64>, Option<i64>, Option<Request>), DbError> {
    let row = lock(tx, plan).await?;
    Ok((row.draft, row.published, requests::newest(tx, &plan.unit).await?))
}

/// What asking did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The request waits for another person.
    Waits,
    /// Another person had asked already: both want it, and it is published.
    Published,
}

/// Asks that the unit's draft be published. Asking again for the same draft changes nothing; asking for what another
/// person has asked for agrees to it.
///
/// # Errors
/// [`ArrangeRefusal::Published`], [`ArrangeRefusal::NothingDrawn`], those of [`publish`]; [`DbError`].
pub async fn ask(tx: &mut Tx<'_>, plan: &UnitPlan, by: &Member) -> Result<Asked, Stop<ArrangeRefusal>> {
    let (draft, published, newest) = draft(tx, plan).await?;
    if published.is_some() {
        let own = |of: &Request| of.state == "done" && of.approver.as_deref() == Some(&*by.account);
        // The answer to the same request was lost.
        return if newest.is_some_and(|of| own(&of)) {
            Ok(Asked::Published)
        } else {
            refused(ArrangeRefusal::Published)
        };
    }
    let Some(draft) = draft else { return refused(ArrangeRefusal::NothingDrawn) };
    let now = tx.now().await?;
    if let Some(old) = newest.filter(|old| old.state == "asked") {
        if waits(&old, draft, now) {
            if old.person == by.person || !by.scope.holds(&old.scope) {
                return Ok(Asked::Waits);
            }
            approve(tx, plan, by).await?;
            return Ok(Asked::Published);
        }
        requests::decide(tx, &plan.unit, old.id, "refused", None).await?;
    }
    let new = Request {
        id: tx.new_id(),
        campus: plan.unit.campus,
        subject: plan.unit.subject,
        draft,
        state: "asked".to_owned(),
        account: by.account.clone(),
        person: by.person.clone(),
        scope: by.scope.prefix().to_owned(),
        asked_at: now,
        expires_at: now.plus(LIFE),
        approver: None,
    };
    requests::insert(tx, &plan.unit, &new).await?;
    log(tx, plan, &new, by, ("arrangement-asked", "asked")).await?;
    Ok(Asked::Waits)
}

/// Publishes the unit's draft, as another person asked. What [`publish`] refuses stays refused.
///
/// # Errors
/// [`ArrangeRefusal::NotAsked`], [`ArrangeRefusal::SamePerson`], those of [`publish`]; [`DbError`].
pub async fn approve(
    tx: &mut Tx<'_>,
    plan: &UnitPlan,
    by: &Member,
) -> Result<Option<Summary>, Stop<ArrangeRefusal>> {
    let (draft, _, newest) = draft(tx, plan).await?;
    let Some(request) = newest else { return refused(ArrangeRefusal::NotAsked) };
    if request.state == "done" && request.approver.as_deref() == Some(&*by.account) {
        // The answer to the same request was lost.
        return Ok(None);
    }
    let now = tx.now().await?;
    if !draft.is_some_and(|draft| waits(&request, draft, now)) || !by.scope.holds(&request.scope) {
        return refused(ArrangeRefusal::NotAsked);
    }
    if request.person == by.person {
        return refused(ArrangeRefusal::SamePerson);
    }
    let summary = publish(tx, plan, &by.actor()).await?;
    requests::decide(tx, &plan.unit, request.id, "done", Some((&by.account, &by.person))).await?;
    log(tx, plan, &request, by, ("arrangement-approved", "done")).await?;
    Ok(Some(summary))
}

/// Refuses what was asked; whoever asked takes it back the same way.
///
/// # Errors
/// [`ArrangeRefusal::NotAsked`]; [`DbError`].
pub async fn refuse(tx: &mut Tx<'_>, plan: &UnitPlan, by: &Member) -> Result<(), Stop<ArrangeRefusal>> {
    let (_, _, newest) = draft(tx, plan).await?;
    let Some(request) = newest else { return refused(ArrangeRefusal::NotAsked) };
    if request.state == "refused" && request.approver.as_deref() == Some(&*by.account) {
        return Ok(());
    }
    if request.state != "asked" || !by.scope.holds(&request.scope) {
        return refused(ArrangeRefusal::NotAsked);
    }
    requests::decide(tx, &plan.unit, request.id, "refused", Some((&by.account, &by.person))).await?;
    log(tx, plan, &request, by, ("arrangement-refused", "refused")).await?;
    Ok(())
}

async fn log(
    tx: &mut Tx<'_>,
    plan: &UnitPlan,
    request: &Request,
    by: &Member,
    (action, state): (&'static str, &'static str),
) -> Result<(), DbError> {
    let unit = &plan.unit;
    let before = if state == "asked" { Value::Nothing } else { Value::code("asked") };
    let event = Event {
        school: unit.school(),
        actor: by.actor(),
        action,
        object_kind: "arrangement",
        object: &request.draft.to_string(),
        address: &by.address,
        detail: &format!("sitting={} campus={} subject={}", unit.sitting, unit.campus, unit.subject),
        changes: Changes::NONE.field("state", before, Value::code(state)),
    };
    audit::record(tx, &event).await
}

#[cfg(test)]
#[path = "../tests/request.rs"]
mod tests;
