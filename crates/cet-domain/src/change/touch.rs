//! Candidates are told of a change that touches them (season.md 1): by a job and in batches, one message to each person and
//! change, however many of their subjects it touches.

mod store;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::effect::{closes_earlier, exam_moves, fee_differs, pools};
use super::verbs::Preview;
use crate::entry::rules::is_live;
use crate::entry::{self, EntryState};
use crate::message::facts::Rescheduled;
use crate::message::{self, Facts};
use crate::registration;
use crate::sitting::plan::{Plan, SittingState};
use crate::sitting::store as sittings;
use crate::sitting::window::Window;
use crate::store::{Db, DbError, Tx};
use crate::words::time::Time;
use store::{Owner, Touch};

/// Entries that are looked at in one transaction.
const BATCH: i64 = 200;

/// What of a pool's entries a change touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    /// Registration closes earlier: who has not paid.
    Closing,
    /// The exam is at another time: everybody.
    Exam,
    /// The fee is another one: who has not paid, and keeps the fee.
    Fee,
}

impl What {
    const fn wire(self) -> &'static str {
        match self {
            Self::Closing => "closing",
            Self::Exam => "exam",
            Self::Fee => "fee",
        }
    }
}

/// A pool with entries that a change touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Pool {
    campus: String,
    subject: String,
    what: BTreeSet<What>,
}

/// Keeps whom a change touches that takes effect in this transaction. Nobody is told of a draft.
///
/// # Errors
/// [`DbError`].
pub async fn keep(tx: &mut Tx<'_>, id: i64, of: &Preview) -> Result<(), DbError> {
    if of.before.state != SittingState::Published {
        return Ok(());
    }
    let now = tx.now().await?;
    let plans = (&of.before, &of.after);
    let mut touched = Vec::new();
    for pool in pools(tx, of, now).await? {
        let all = [
            (What::Closing, closes_earlier(plans, &pool) && pool.unpaid > 0),
            (What::Exam, exam_moves(plans, &pool)),
            (What::Fee, fee_differs(plans, &pool) && pool.unpaid > 0),
        ];
        let what: BTreeSet<What> = all.into_iter().filter(|(_, is)| *is).map(|(what, _)| what).collect();
        if !what.is_empty() {
            touched.push(Pool { campus: pool.campus.to_string(), subject: pool.subject.to_string(), what });
        }
    }
    if touched.is_empty() {
        return Ok(());
    }
    let json = serde_json::to_string(&touched).map_err(|error| DbError::Other(error.to_string()))?;
    store::insert(tx, id, of.after.code.as_str(), &json).await
}

/// Tells the next candidates of the oldest change; returns how many entries were looked at, and one more when it is done.
pub(super) async fn tell_some(db: &Db) -> Result<i64, DbError> {
    let waits: bool =
        db.read(async |tx: &mut Tx<'_>| Ok::<_, DbError>(store::first(tx).await?.is_some())).await?;
    if !waits {
        return Ok(0);
    }
    db.write(async |tx: &mut Tx<'_>| tell(tx).await).await
}

async fn tell(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let Some(of) = store::first(tx).await? else { return Ok(0) };
    if !store::lock(tx, of.change_id).await? {
        return Ok(0);
    }
    let pools: Vec<Pool> = serde_json::from_str(&of.pools).map_err(|_| DbError::Decode("touched pools"))?;
    let pools: BTreeMap<(&str, &str), &BTreeSet<What>> =
        pools.iter().map(|pool| ((pool.campus.as_str(), pool.subject.as_str()), &pool.what)).collect();
    let plan = sittings::load_one(tx, &of.sitting).await?;
    let owners = store::next(tx, &of, BATCH).await?;
    if let Some(plan) = plan {
        for owner in &owners {
            let what = pools.get(&(owner.campus.as_str(), owner.subject.as_str()));
            let mine = |what: &&What| **what == What::Exam || owner.state != EntryState::Paid;
            let what: Vec<String> = what
                .into_iter()
                .flat_map(|what| what.iter())
                .filter(mine)
                .map(|what| what.wire().to_owned())
                .collect();
            if !what.is_empty() {
                tell_one(tx, &plan, &of, owner, what).await?;
            }
        }
    }
    match owners.last() {
        Some(last) => store::advance(tx, of.change_id, last).await?,
        None => store::done(tx, of.change_id).await?,
    }
    Ok(i64::try_from(owners.len()).unwrap_or(i64::MAX).saturating_add(1))
}

/// Tells whoever owns an entry how all entries of the registration stand now.
async fn tell_one(
    tx: &mut Tx<'_>,
    plan: &Plan,
    of: &Touch,
    owner: &Owner,
    what: Vec<String>,
) -> Result<(), DbError> {
    let Some(registration) = registration::store::live(tx, owner.school, owner.registration_id).await? else {
        return Ok(());
    };
    // A registration of the school alone has nobody to tell.
    if !registration.passport.is_one() {
        return Ok(());
    }
    let now = tx.now().await?;
    let entries = entry::store::of_registration(tx, owner.school, owner.registration_id).await?;
    let live = entries.iter().filter(|entry| is_live(entry, now));
    let lines = live.filter_map(|entry| {
        let subject = plan.subject(entry.subject)?;
        let closes = plan.window(entry.campus, subject.mode).map(Window::closes);
        Some(Rescheduled {
            entry: entry.id.0,
            zh: subject.name.clone(),
            en: subject.name_en.clone(),
            campus: entry.campus_name.clone(),
            begins: subject.exam_from.map(Time::micros),
            closes: closes.map(Time::micros),
            fee: entry.fee.get(),
        })
    });
    let facts = Facts::SettingChanged { what, lines: lines.collect() };
    // Of one change every registration is an event of its own, so that each has its mail.
    let event = format!("{} {}", of.change_id, owner.registration_id);
    message::tell(tx, registration.passport, &event, &facts).await
}
