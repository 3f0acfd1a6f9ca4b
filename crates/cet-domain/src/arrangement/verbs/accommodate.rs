//! 合理便利 of an entry, set by the school before its seat is published.
//!
//! Locks: the unit that would arrange the entry, so that no publication happens between the check and the change.

use std::sync::Arc;

use super::{plan_units, store};
use crate::arrangement::{AccommodateRefusal, ArrangeRefusal, Needs};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::entry::arrangeable::{self, Entered};
use crate::sitting::plan::Plan;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SubjectCode;
use crate::words::staff::Scope;
use crate::words::time::Time;

/// The accommodations to set for a candidate.
pub struct AccommodateCommand {
    /// The account's scope.
    pub scope: Scope,
    /// The sitting.
    pub plan: Arc<Plan>,
    /// 学号.
    pub student_number: String,
    /// The subject.
    pub subject: SubjectCode,
    /// What is approved; the default removes it.
    pub needs: Needs,
    /// When the form was loaded, to detect concurrent changes; `None` without a form.
    pub seen_at: Option<Time>,
    /// Who sets it.
    pub actor: Actor,
    /// Where the request came from, for the log.
    pub address: String,
}

/// Sets or removes what is approved for a candidate's entry; idempotent.
///
/// # Errors
/// [`AccommodateRefusal`].
pub async fn accommodate(
    tx: &mut Tx<'_>,
    cmd: &AccommodateCommand,
) -> Result<Entered, Stop<AccommodateRefusal>> {
    let refused = |refusal| Err(Stop::Refused(refusal));
    let sitting = &cmd.plan.code;
    let mut found =
        arrangeable::of_student(tx, &cmd.scope, sitting, &cmd.student_number, cmd.subject).await?;
    let Some(entered) = found.pop() else { return refused(AccommodateRefusal::NoEntry) };
    if !found.is_empty() {
        return refused(AccommodateRefusal::Several);
    }
    let standing = store::accommodation(tx, entered.school, entered.entry).await?;
    if standing.map(|(needs, _)| needs).unwrap_or_default() == cmd.needs {
        return Ok(entered);
    }
    let units = plan_units(tx, &cmd.plan, Some(entered.campus)).await.map_err(|stop| match stop {
        Stop::Refused(fault) => Stop::Refused(AccommodateRefusal::Settings(fault)),
        Stop::Fault(fault) => Stop::Fault(fault),
    })?;
    if let Some(plan) = units.iter().find(|plan| plan.unit.subject == entered.subject) {
        store::lock(tx, &plan.unit).await?;
    }
    if is_published(tx, &cmd.plan, &entered).await? {
        return refused(AccommodateRefusal::Published);
    }
    let set = store::accommodation(tx, entered.school, entered.entry).await?;
    let meanwhile = set.zip(cmd.seen_at).is_some_and(|((_, set_at), seen_at)| set_at > seen_at);
    if meanwhile && set.is_none_or(|(needs, _)| needs != cmd.needs) {
        return refused(AccommodateRefusal::Meanwhile);
    }
    store::accommodate(tx, entered.school, entered.entry, cmd.needs).await?;
    let event = Event {
        school: entered.school,
        actor: cmd.actor.clone(),
        action: "accommodation-set",
        object_kind: "entry",
        object: &entered.entry.to_string(),
        address: &cmd.address,
        detail: &format!("sitting={sitting} subject={}", entered.subject),
        changes: Changes::NONE.field(
            "needs",
            codes(set.map(|(needs, _)| needs).unwrap_or_default()),
            codes(cmd.needs),
        ),
    };
    audit::record(tx, &event).await?;
    Ok(entered)
}

/// What is approved, as codes for the log.
fn codes(needs: Needs) -> Value {
    let named =
        [(needs.extra_time, "extra-time"), (needs.large_print, "large-print"), (needs.hearing, "hearing")];
    Value::codes(named.into_iter().filter(|(set, _)| *set).map(|(_, code)| code))
}

/// Whether an entry has a seat that is visible to candidates.
async fn is_published(tx: &mut Tx<'_>, plan: &Plan, of: &Entered) -> Result<bool, DbError> {
    let Some((campus, id)) = store::claimed(tx, &plan.code, of.campus, of.subject).await? else {
        return Ok(false);
    };
    Ok(store::seats::of_entry(tx, campus.school(), id, of.school, of.entry).await?.is_some())
}

/// The accommodations in a scope, the newest first, up to a limit.
pub async fn accommodated(
    tx: &mut Tx<'_>,
    scope: &Scope,
    most: usize,
) -> Result<Vec<(Entered, Needs)>, DbError> {
    let mut all = Vec::new();
    let Some(school) = scope.school() else { return Ok(all) };
    for (entry, needs) in store::accommodations(tx, school).await? {
        if all.len() >= most {
            break;
        }
        // Entries that ended, and those of other campuses, are left out.
        all.extend(arrangeable::entered(tx, scope, school, entry).await?.map(|entered| (entered, needs)));
    }
    Ok(all)
}

impl From<ArrangeRefusal> for AccommodateRefusal {
    fn from(refusal: ArrangeRefusal) -> Self {
        Self::Settings(refusal)
    }
}
