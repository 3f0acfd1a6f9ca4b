//! Decisions on changes: approving, refusing, undoing.

use super::record::{hash, record};
use super::{By, Made, Policy, Preview, Proposal, make, preview, stored_lines, take_effect};
use crate::change::current;
use crate::change::refusal::ChangeRefusal;
use crate::change::setting::{Key, Line, Wanted};
use crate::change::store::{self, Change, StoredLine};
use crate::change::touch;
use crate::sitting::store as sittings;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SittingCode;
use crate::words::staff::{Permission, Role, Scope};
use crate::words::time::Time;

/// Approves a change that was asked: it takes effect as it was asked, if its settings are still what they were.
///
/// # Errors
/// All [`ChangeRefusal`]s; [`DbError`].
pub async fn approve(
    tx: &mut Tx<'_>,
    by: &By,
    policy: &Policy,
    id: i64,
) -> Result<(), Stop<Vec<ChangeRefusal>>> {
    let change = decidable(tx, by, id, "done").await?;
    let Some(change) = change else { return Ok(()) };
    let now = tx.now().await?;
    if change.from_at.is_some_and(|from| from > now) {
        let fresh = still_possible(tx, policy, &change).await?;
        store::schedule(tx, id, (by.account(), by.person())).await?;
        record(tx, by, ("change-approved", &change), &fresh.lines).await?;
        return Ok(());
    }
    let (version, lines) = takes_effect(tx, policy, &change).await?;
    store::decide(tx, id, "done", (by.account(), by.person()), Some(version)).await?;
    record(tx, by, ("change-approved", &change), &lines).await?;
    Ok(())
}

/// The change as it would be made now, if that is what was asked; the sitting's row is locked.
pub(super) async fn still_possible(
    tx: &mut Tx<'_>,
    policy: &Policy,
    change: &Change,
) -> Result<Preview, Stop<Vec<ChangeRefusal>>> {
    let one = |refusal| Stop::Refused(vec![refusal]);
    let sitting = SittingCode::parse(&change.sitting).map_err(|_| DbError::Decode("sitting"))?;
    sittings::lock(tx, sitting.as_str()).await?;
    let stored = store::lines(tx, change.id).await?;
    if hash(change, &stored) != change.hash {
        return Err(one(ChangeRefusal::Tampered));
    }
    let lines = stored.iter().map(StoredLine::line).collect::<Result<Vec<_>, _>>()?;
    let wanted: Vec<Wanted> = lines.iter().map(|line| (line.key, line.after.clone())).collect();
    let proposal = Proposal {
        sitting,
        origin: "web",
        wanted,
        reason: String::new(),
        undoes: None,
        from: None,
        seen: None,
    };
    // Whoever asked must still be allowed to change it; whoever approves need not be: a nation approves the limit that a
    // province sets.
    match preview(tx, &asker(change)?, policy, &proposal).await {
        Ok(fresh) if fresh.lines == lines => Ok(fresh),
        Ok(fresh) => Err(one(ChangeRefusal::Meanwhile(fresh.lines))),
        Err(Stop::Refused(refusals)) if refusals == [ChangeRefusal::Nothing] => {
            Err(one(ChangeRefusal::AlreadySo))
        }
        Err(stop) => Err(stop),
    }
}

/// Writes a change that waited; returns the version that it made, and its lines.
pub(super) async fn takes_effect(
    tx: &mut Tx<'_>,
    policy: &Policy,
    change: &Change,
) -> Result<(i64, Vec<Line>), Stop<Vec<ChangeRefusal>>> {
    let fresh = still_possible(tx, policy, change).await?;
    take_effect(tx, &fresh.before.code, &fresh.lines).await?;
    let version = sittings::bump_version(tx).await?;
    touch::keep(tx, change.id, &fresh).await?;
    Ok((version, fresh.lines))
}

/// Refuses a change that waits for a second person or for its time; whoever asked may take it back the same way.
///
/// # Errors
/// [`ChangeRefusal`]; [`DbError`].
pub async fn refuse(tx: &mut Tx<'_>, by: &By, id: i64) -> Result<(), Stop<Vec<ChangeRefusal>>> {
    let Some(change) = decidable(tx, by, id, "refused").await? else { return Ok(()) };
    store::decide(tx, id, "refused", (by.account(), by.person()), None).await?;
    let is_own = change.person == by.person();
    let action = if is_own { "change-taken-back" } else { "change-refused" };
    record(tx, by, (action, &change), &[]).await?;
    Ok(())
}

/// Ends a change that [`approve`] refused because what it asks is so already, as when two people asked the same.
///
/// # Errors
/// [`ChangeRefusal`]; [`DbError`].
pub async fn end_already_so(
    tx: &mut Tx<'_>,
    by: &By,
    policy: &Policy,
    id: i64,
) -> Result<(), Stop<Vec<ChangeRefusal>>> {
    let Some(change) = decidable(tx, by, id, "done").await? else { return Ok(()) };
    match still_possible(tx, policy, &change).await {
        Err(Stop::Refused(refusals)) if refusals == [ChangeRefusal::AlreadySo] => {}
        Ok(_) | Err(Stop::Refused(_)) => return Ok(()),
        Err(stop) => return Err(stop),
    }
    store::decide(tx, id, "overtaken", (by.account(), by.person()), None).await?;
    record(tx, by, ("change-overtaken", &change), &[]).await?;
    Ok(())
}

/// The change, if this member of staff may decide it now; `None` if the same decision was made already by the same
/// account, whose first answer was lost.
async fn decidable(
    tx: &mut Tx<'_>,
    by: &By,
    id: i64,
    to: &str,
) -> Result<Option<Change>, Stop<Vec<ChangeRefusal>>> {
    let one = |refusal| Stop::Refused(vec![refusal]);
    // The second person has lost the role meanwhile, or never had one that changes settings.
    if matches!(by, By::Staff { role, .. } if !role.may(Permission::Season)) {
        return Err(one(ChangeRefusal::NotFound));
    }
    store::lock(tx, id).await?;
    let change = store::one(tx, &by.scope(), id).await?.ok_or_else(|| one(ChangeRefusal::NotFound))?;
    let reached = change.state == to || to == "done" && change.state == "scheduled";
    if reached && change.approver.as_deref() == Some(by.account()) {
        return Ok(None);
    }
    let now = tx.now().await?;
    let waits = change.state == "asked" || to == "refused" && change.state == "scheduled";
    if !waits || is_lapsed(&change, now) {
        return Err(one(ChangeRefusal::Over));
    }
    // A second person has the same or a wider scope: the change's place lies in it, and so does whoever asked.
    if !by.scope().holds(&change.scope) {
        return Err(one(ChangeRefusal::NotFound));
    }
    if to == "done" && change.person == by.person() {
        return Err(one(ChangeRefusal::SamePerson));
    }
    Ok(Some(change))
}

/// Whoever asked for a change, by its scope: of the roles that change settings each has one length of scope.
fn asker(change: &Change) -> Result<By, DbError> {
    let scope = Scope::parse(&change.scope).ok_or(DbError::Decode("scope"))?;
    let role = [Role::National, Role::Province, Role::School].into_iter().find(|role| role.fits(&scope));
    Ok(By::Staff {
        account: change.account.clone(),
        person: change.person.clone(),
        role: role.ok_or(DbError::Decode("scope"))?,
        scope,
        address: String::new(),
    })
}

/// Whether a change has waited too long for a second person.
#[must_use]
pub fn is_lapsed(change: &Change, now: Time) -> bool {
    change.state == "asked" && change.expires_at.is_none_or(|end| end <= now)
}

/// Undoes a change, as a change of its own.
///
/// # Errors
/// [`ChangeRefusal::UndoImpossible`] when a setting has another value by now; as [`make`].
pub async fn undo(
    tx: &mut Tx<'_>,
    by: &By,
    policy: &Policy,
    id: i64,
    reason: &str,
) -> Result<Made, Stop<Vec<ChangeRefusal>>> {
    let one = |refusal| Stop::Refused(vec![refusal]);
    store::lock(tx, id).await?;
    let change = store::one(tx, &by.scope(), id).await?.ok_or_else(|| one(ChangeRefusal::NotFound))?;
    if change.state != "done" {
        return Err(one(ChangeRefusal::Over));
    }
    let sitting = SittingCode::parse(&change.sitting).map_err(|_| DbError::Decode("sitting"))?;
    sittings::lock(tx, sitting.as_str()).await?;
    let lines = stored_lines(tx, id).await?;
    let plan = sittings::load_one(tx, &sitting).await?;
    let set: Vec<Wanted> = lines.iter().map(|line| (line.key, line.after.clone())).collect();
    let differing = current::lines(tx, &sitting, plan.as_ref(), &set).await?;
    if !differing.is_empty()
        && let Some(undone) = store::undone_by(tx, id).await?
        && let Some(own) = store::one(tx, &by.scope(), undone).await?
        && own.account == by.account()
        && own.reason == reason.trim()
    {
        // A repeat of the form whose first answer was lost.
        return Ok(Made::Done(undone));
    }
    if !differing.is_empty() {
        let keys = differing.iter().map(|line| line.key).collect();
        return Err(one(ChangeRefusal::UndoImpossible(keys)));
    }
    let kept =
        |line: &Line| line.before.is_none() && matches!(line.key, Key::Sitting | Key::State | Key::Text(..));
    if let Some(line) = lines.iter().find(|line| kept(line)) {
        // A sitting, once created, and a text's versions stay.
        return Err(one(ChangeRefusal::UndoImpossible(vec![line.key])));
    }
    let wanted = lines.into_iter().rev().map(|line| (line.key, line.before)).collect();
    let proposal = Proposal {
        sitting,
        origin: "undo",
        wanted,
        reason: reason.to_owned(),
        undoes: Some(id),
        from: None,
        seen: None,
    };
    make(tx, by, policy, &proposal).await
}
