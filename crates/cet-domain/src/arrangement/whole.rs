//! Arranges a whole sitting, unit by unit: a few campuses at once, the subjects of one campus one after the other,
//! because oral subjects of one day share its machines.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::plan::UnitPlan;
use super::verbs::{self, Arranged, Replay, Summary};
use super::{ArrangeRefusal, Unit};
use crate::audit::Actor;
use crate::sitting::plan::Plan;
use crate::store::{Db, DbError, Stop, Tx};
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::staff::Scope;

/// Campuses at once: PostgreSQL works in parallel, and SQLite commits them together.
const AT_ONCE: usize = 4;

/// What to do with each unit.
#[derive(Clone, Debug)]
pub enum Task {
    /// Draw from this seed, and publish if requested.
    Arrange {
        /// The seed.
        seed: i64,
        /// Whether the draft is published at once.
        publish: bool,
        /// Who asks.
        actor: Actor,
    },
    /// Repeat the stored draws and compare.
    Replay,
}

/// The result for one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Drawn.
    Drawn(Summary),
    /// It was published already: those without a seat were seated, and nobody was moved.
    Late(Summary),
    /// Drawn and published.
    Published(Summary),
    /// Drawn, but not published for this reason.
    Unpublished(Summary, ArrangeRefusal),
    /// Nothing was done, for this reason.
    Refused(ArrangeRefusal),
    /// Replayed.
    Replayed(Replay),
    /// It was never arranged.
    Nothing,
}

/// Progress callback, called after each unit: how many are done, and of how many.
pub type Watch = dyn Fn(usize, usize) + Send + Sync;

/// Outcomes with the index of their unit in the sitting.
type Numbered = Vec<(usize, (Unit, Outcome))>;

/// Runs a task on the units of a sitting, of one campus or all; returns the outcomes by campus and subject.
///
/// # Errors
/// A setting that is out of range, or [`DbError`]; what was committed by then stays.
pub async fn run(
    db: &Db,
    plan: &Arc<Plan>,
    only: Option<CampusCode>,
    task: &Task,
    watch: Arc<Watch>,
) -> Result<Vec<(Unit, Outcome)>, Stop<ArrangeRefusal>> {
    let reading = Arc::clone(plan);
    let units =
        db.read_long(async move |tx: &mut Tx<'_>| verbs::plan_units(tx, &reading, only).await).await?;
    run_units(db, units, task, watch).await
}

/// The units of a sitting that are arranged at the campuses of a scope, at most `most`.
///
/// # Errors
/// [`ArrangeRefusal::NoUnit`], [`ArrangeRefusal::TooMany`], a setting that is out of range, or [`DbError`].
pub async fn units_in(
    db: &Db,
    plan: &Arc<Plan>,
    scope: &Scope,
    subject: Option<SubjectCode>,
    most: usize,
) -> Result<Vec<UnitPlan>, Stop<ArrangeRefusal>> {
    let (reading, scope) = (Arc::clone(plan), scope.clone());
    let units: Vec<UnitPlan> =
        db.read_long(async move |tx: &mut Tx<'_>| verbs::plan_units(tx, &reading, None).await).await?;
    let wanted = |of: &UnitPlan| {
        scope.holds(of.unit.campus.as_str()) && subject.is_none_or(|subject| of.unit.subject == subject)
    };
    let units: Vec<UnitPlan> = units.into_iter().filter(wanted).collect();
    match units.len() {
        0 => Err(Stop::Refused(ArrangeRefusal::NoUnit)),
        n if n > most => Err(Stop::Refused(ArrangeRefusal::TooMany(most))),
        _ => Ok(units),
    }
}

/// Runs a task on these units; returns the outcomes by campus and subject.
///
/// # Errors
/// [`DbError`]; what was committed by then stays.
pub async fn run_units(
    db: &Db,
    units: Vec<UnitPlan>,
    task: &Task,
    watch: Arc<Watch>,
) -> Result<Vec<(Unit, Outcome)>, Stop<ArrangeRefusal>> {
    let total = units.len();
    let mut campuses: BTreeMap<CampusCode, Vec<UnitPlan>> = BTreeMap::new();
    for unit in units {
        campuses.entry(unit.unit.campus).or_default().push(unit);
    }
    let mut done: Numbered = Vec::with_capacity(total);
    let mut place = 0_usize;
    let mut running: JoinSet<Result<Numbered, DbError>> = JoinSet::new();
    let mut waiting = campuses.into_values();
    loop {
        while running.len() < AT_ONCE
            && let Some(units) = waiting.next()
        {
            let first = place;
            place = place.saturating_add(units.len());
            running.spawn(of_campus(db.clone(), first, units, task.clone()));
        }
        let Some(finished) = running.join_next().await else { break };
        done.extend(finished.map_err(DbError::from)??);
        watch(done.len(), total);
    }
    if matches!(task, Task::Arrange { .. }) {
        db.analyze(&["arrangement", "seat_assignment"]).await;
    }
    done.sort_unstable_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, outcome)| outcome).collect())
}

async fn of_campus(
    db: Db,
    first: usize,
    units: Vec<UnitPlan>,
    task: Task,
) -> Result<Vec<(usize, (Unit, Outcome))>, DbError> {
    let mut outcomes = Vec::with_capacity(units.len());
    for (place, plan) in (first..).zip(units) {
        let unit = plan.unit.clone();
        let outcome = match &task {
            Task::Arrange { seed, publish, actor } => {
                one(&db, Arc::new(plan), *seed, *publish, actor).await?
            }
            Task::Replay => {
                let unit = unit.clone();
                let replay =
                    db.read_long(async move |tx: &mut Tx<'_>| verbs::replay(tx, &unit).await).await?;
                replay.map_or(Outcome::Nothing, Outcome::Replayed)
            }
        };
        outcomes.push((place, (unit, outcome)));
    }
    Ok(outcomes)
}

async fn one(
    db: &Db,
    plan: Arc<UnitPlan>,
    seed: i64,
    publish: bool,
    actor: &Actor,
) -> Result<Outcome, DbError> {
    let (drawing, by) = (Arc::clone(&plan), actor.clone());
    let drawn = db.write(async move |tx: &mut Tx<'_>| verbs::arrange(tx, &drawing, seed, &by).await).await;
    let summary = match drawn {
        Ok(Arranged::Draft(summary)) => summary,
        Ok(Arranged::Late(summary)) => return Ok(Outcome::Late(summary)),
        Err(Stop::Refused(refusal)) => return Ok(Outcome::Refused(refusal)),
        Err(Stop::Fault(fault)) => return Err(fault),
    };
    if !publish || summary.arrangement.is_none() {
        return Ok(Outcome::Drawn(summary));
    }
    let by = actor.clone();
    match db.write(async move |tx: &mut Tx<'_>| verbs::publish(tx, &plan, &by).await).await {
        Ok(summary) => Ok(Outcome::Published(summary)),
        Err(Stop::Refused(refusal)) => Ok(Outcome::Unpublished(summary, refusal)),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}
