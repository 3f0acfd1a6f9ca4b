//! 排队候补: joining the line of a full pool (R16).

use super::line_closes;
use crate::audit::Actor;
use crate::entry::{self, EntryRefusal};
use crate::handout::StandbyRefusal;
use crate::registration::{self, Registration};
use crate::seat_pool::{self, PoolKey};
use crate::sitting::{Catalogue, Plan, Subject};
use crate::standby::{self, Standby, Wish, Wishes, rules};
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::ids::{PassportId, StandbyId};
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The request of a candidate.
#[derive(Clone, Debug)]
pub struct JoinCommand {
    /// Who asks.
    pub passport: PassportId,
    /// In which sitting.
    pub sitting: SittingCode,
    /// For which subject.
    pub subject: SubjectCode,
    /// The campuses of an oral subject, the wanted one first; by default the home campus. Ignored for a written one.
    pub campuses: Vec<CampusCode>,
    /// The network address, for the audit log.
    pub address: String,
}

/// Joins the lines of a subject's full pools. Who waits there already keeps the place: a repeat changes nothing.
///
/// Locks: the registration; the pools by key, and after them only rows of its own are inserted.
///
/// # Errors
/// All refusals that apply; nothing is done then.
pub async fn join(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    cmd: &JoinCommand,
) -> Result<StandbyId, Stop<Vec<StandbyRefusal>>> {
    let refused = |why: StandbyRefusal| Stop::Refused(vec![why]);
    let Some(of) = registration::verbs::lock_of_passport(tx, cmd.passport, &cmd.sitting).await? else {
        return Err(refused(EntryRefusal::NotBound.into()));
    };
    let plan = catalogue.sitting(&of.sitting).ok_or(DbError::Decode("sitting that is there"))?;
    let Some(subject) = plan.subject(cmd.subject) else {
        return Err(refused(EntryRefusal::PoolUnknown(cmd.subject).into()));
    };
    let campuses = wanted(subject, &of, &cmd.campuses);
    let waiting = standby::store::of_registration(tx, of.school, of.id).await?;
    if let Some(before) = waiting.iter().find(|standby| standby.subject == subject.code) {
        if before.campuses() == campuses {
            return Ok(before.id);
        }
        let now = tx.now().await?;
        let mut all = vec![StandbyRefusal::AlreadyWaiting(subject.code)];
        all.extend(why_not(tx, catalogue, (plan, &of), subject, &campuses, now).await?);
        return Err(Stop::Refused(all));
    }
    let now = tx.now().await?;
    let why_not = why_not(tx, catalogue, (plan, &of), subject, &campuses, now).await?;
    if !why_not.is_empty() {
        return Err(Stop::Refused(why_not));
    }
    let numbers = numbers(tx, plan, subject.code, &campuses).await?;
    let wish = |campus: &CampusCode| numbers.iter().find(|wish| wish.campus == *campus).copied();
    let standby = Standby {
        id: StandbyId(tx.new_id()),
        sitting: plan.code.clone(),
        subject: subject.code,
        mode: subject.mode,
        level: subject.level,
        wishes: Wishes(campuses.iter().filter_map(wish).collect()),
        joined_at: now,
    };
    let in_line = of.in_line.saturating_add(1);
    registration::store::set_in_line(tx, &of, in_line, None).await?;
    let by = (Actor::Passport(cmd.passport), cmd.address.as_str());
    standby::verbs::record(tx, &of, &standby, "standby-joined", by).await?;
    if standby::store::insert(tx, &of, &standby).await? {
        Ok(standby.id)
    } else {
        Err(refused(StandbyRefusal::AlreadyWaiting(subject.code)))
    }
}

/// The campuses that are meant, each once.
fn wanted(subject: &Subject, of: &Registration, chosen: &[CampusCode]) -> Vec<CampusCode> {
    let mut all: Vec<CampusCode> = Vec::new();
    if subject.mode == Mode::Oral {
        for campus in chosen {
            if !all.contains(campus) {
                all.push(*campus);
            }
        }
    }
    if all.is_empty() {
        all.push(of.campus);
    }
    all
}

/// Whoever could not enter the subject if there were a seat can't wait for one.
async fn why_not(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    (plan, of): (&Plan, &Registration),
    subject: &Subject,
    campuses: &[CampusCode],
    now: Time,
) -> Result<Vec<StandbyRefusal>, DbError> {
    let mut all: Vec<StandbyRefusal> = Vec::new();
    if campuses.len() > rules::MOST_CAMPUSES {
        all.push(StandbyRefusal::TooManyCampuses);
    }
    for campus in campuses.iter().take(rules::MOST_CAMPUSES) {
        let own = entry::verbs::refusals_at(tx, catalogue, of, (subject.code, *campus)).await?;
        let closed = line_closes(plan, *campus, subject.mode).filter(|at| *at <= now);
        let closed = closed.filter(|_| own.is_empty()).map(StandbyRefusal::LineClosed);
        for why in own.into_iter().map(StandbyRefusal::from).chain(closed) {
            if !all.contains(&why) {
                all.push(why);
            }
        }
    }
    Ok(all)
}

/// The number of each pool's line, in the order of the pools' keys.
async fn numbers(
    tx: &mut Tx<'_>,
    plan: &Plan,
    subject: SubjectCode,
    campuses: &[CampusCode],
) -> Result<Vec<Wish>, Stop<Vec<StandbyRefusal>>> {
    let pool = |campus: &CampusCode| PoolKey { campus: *campus, sitting: plan.code.clone(), subject };
    let mut pools: Vec<PoolKey> = campuses.iter().map(pool).collect();
    pools.sort_unstable();
    let (mut wishes, mut free) = (Vec::new(), Vec::new());
    for pool in pools {
        match seat_pool::line::join(tx, &pool).await? {
            Some(number) => wishes.push(Wish { campus: pool.campus, number }),
            None => free.push(match seat_pool::store::seats(tx, &pool).await? {
                Some(_) => StandbyRefusal::SeatFree(pool.campus),
                None => EntryRefusal::PoolUnknown(subject).into(),
            }),
        }
    }
    if free.is_empty() { Ok(wishes) } else { Err(Stop::Refused(free)) }
}
