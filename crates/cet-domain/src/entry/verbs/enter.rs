//! 保存: entering the ticked subjects, all or nothing (R8, R10, R15).

use std::collections::BTreeSet;

use super::facts::facts;
use super::pools::SeatChanges;
use super::{needs, offers, repeat};
use crate::audit::{self, Actor, Changes};
use crate::entry::{Entry, EntryChannel, EntryRefusal, EntryState, messages, rules, store};
use crate::registration::{self, Registration};
use crate::seat_pool::PoolKey;
use crate::sitting::{Catalogue, Plan};
use crate::standby::{self, EndedFor, Standby};
use crate::store::{DbError, Soon, Stop, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::ids::{EntryId, PassportId};
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The submission of a candidate.
#[derive(Clone, Debug)]
pub struct EnterCommand {
    /// Who asks.
    pub passport: PassportId,
    /// For which sitting.
    pub sitting: SittingCode,
    /// Which of the two pages.
    pub mode: Mode,
    /// The ticked subjects.
    pub subjects: Vec<SubjectCode>,
    /// The chosen campus of an oral test; by default the home campus. Ignored on the written page (TH49).
    pub campus: Option<CampusCode>,
    /// The form's command id: a repeat gets the first result (TH39).
    pub command: Option<String>,
    /// The network address, for the audit log.
    pub address: String,
}

/// The result of entering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The new entries.
    pub entries: Vec<EntryId>,
}

/// The subjects to enter for one registration, and the actor.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Which of the two pages.
    pub mode: Mode,
    /// The subjects.
    pub subjects: Vec<SubjectCode>,
    /// The campus of an oral test; by default the home campus.
    pub campus: Option<CampusCode>,
    /// The command id: a repeat gets the first result.
    pub command: Option<String>,
    /// The actor, for the audit log.
    pub by: Actor,
    /// 考生注册 or 集体报名.
    pub channel: EntryChannel,
    /// The network address, for the audit log.
    pub address: String,
}

/// Enters the ticked subjects and takes a seat for each; all or nothing. If all of them are already entered, the call
/// succeeds and changes nothing: no seat, no longer hold.
///
/// Locks: the registration, then the pools by key, last of all.
///
/// # Errors
/// All refusals that apply (R8); nothing of the submission is done then.
pub async fn enter(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    cmd: &EnterCommand,
) -> Result<Entered, Stop<Vec<EntryRefusal>>> {
    let Some(of) = registration::verbs::lock_of_passport(tx, cmd.passport, &cmd.sitting).await? else {
        let nothing = cmd.subjects.is_empty().then_some(EntryRefusal::NothingChosen);
        return Err(Stop::Refused(nothing.into_iter().chain([EntryRefusal::NotBound]).collect()));
    };
    let submission = Submission {
        mode: cmd.mode,
        subjects: cmd.subjects.clone(),
        campus: cmd.campus,
        command: cmd.command.clone(),
        by: Actor::Passport(cmd.passport),
        channel: EntryChannel::Own,
        address: cmd.address.clone(),
    };
    enter_registration(tx, catalogue, &of, &submission).await
}

/// As [`enter`], for a registration that the caller has locked and is authorised for: a school enters its candidates as
/// a group by the same rules (S2).
///
/// Locks: the pools by key, last of all.
///
/// # Errors
/// All refusals that apply (R8); nothing of the submission is done then.
pub(crate) async fn enter_registration(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    cmd: &Submission,
) -> Result<Entered, Stop<Vec<EntryRefusal>>> {
    let chosen: BTreeSet<SubjectCode> = cmd.subjects.iter().copied().collect();
    let chosen: Vec<SubjectCode> = chosen.into_iter().collect();
    let plan = catalogue.sitting(&of.sitting).ok_or(DbError::Decode("sitting that is there"))?;
    let now = tx.now().await?;
    let ids: Vec<EntryId> = chosen.iter().map(|_| EntryId(tx.new_id())).collect();
    let remembered = remember(tx, of, cmd.command.as_deref(), &ids, now).await?;
    let mut entries = store::of_registration(tx, of.school, of.id).await?;
    if let Some((command, soon)) = remembered
        && tx.changed(soon).await? == 0
    {
        return first_answer(tx, of, command).await.map_err(Stop::Fault);
    }
    let campus = cmd.campus.filter(|_| cmd.mode == Mode::Oral).unwrap_or(of.campus);
    let by_school = cmd.channel == EntryChannel::School;
    let own = |entry: &&Entry| !by_school || entry.channel == EntryChannel::School;
    if let Some(done) = repeat::entered_before(&entries.iter().filter(own), &chosen, (cmd.mode, campus), now)
    {
        return repeat::answer(tx, of, cmd.command.as_deref(), done).await.map_err(Stop::Fault);
    }
    let facts = facts(plan, of, &entries, cmd.mode, campus, now);
    let mut refused = rules::refusals(&facts, &chosen, now);
    if !refused.is_empty() {
        refused.extend(full_ones(tx, plan, &chosen, campus, now).await?);
        return Err(Stop::Refused(refused));
    }
    let mut fresh = fresh_entries(catalogue, plan, &chosen, &ids, campus, now);
    for entry in &mut fresh {
        entry.channel = cmd.channel;
    }
    let mut seats = end_own_overdue(tx, catalogue, of, &mut entries, now).await?;
    let saved = save(tx, of, &fresh, (&cmd.by, &cmd.address)).await?;
    for pool in end_waiting(tx, of, &fresh, &cmd.by).await? {
        seats.leave_line(pool);
    }
    messages::entered(tx, catalogue, of, &fresh, by_school).await?;
    for entry in &fresh {
        seats.take(entry.pool());
    }
    // The hot rows come last, so that they are locked for the shortest time.
    let full = seats.apply(tx, catalogue).await?;
    for (entry, soon) in fresh.iter().zip(saved) {
        if tx.changed(soon).await? == 0 {
            return Err(Stop::Refused(vec![EntryRefusal::AlreadyEntered(entry.subject)]));
        }
    }
    if full.is_empty() {
        Ok(Entered { entries: ids })
    } else {
        Err(Stop::Refused(full.into_iter().map(|pool| EntryRefusal::PoolFull(pool.subject)).collect()))
    }
}

/// Ends the places in line of a locked registration that entries of its own replace: those of their subjects, and of
/// written ones those of their levels (R8, R16). Returns the pools whose line they leave.
pub(super) async fn end_waiting(
    tx: &mut Tx<'_>,
    of: &Registration,
    fresh: &[Entry],
    by: &Actor,
) -> Result<Vec<PoolKey>, DbError> {
    if of.in_line == 0 {
        return Ok(Vec::new());
    }
    let mut of = Registration { release_at: None, ..of.clone() };
    let mut left = Vec::new();
    for waits in standby::store::of_registration(tx, of.school, of.id).await? {
        if fresh.iter().any(|entry| replaces(entry, &waits)) {
            let why = (EndedFor::Entered, None);
            left.extend(standby::verbs::end(tx, &mut of, &waits, why, (by.clone(), "")).await?);
        }
    }
    Ok(left)
}

fn replaces(entry: &Entry, waits: &Standby) -> bool {
    let same_level = entry.mode == Mode::Written && waits.mode == Mode::Written && entry.level == waits.level;
    entry.subject == waits.subject || same_level
}

/// Stores the command with its future result; changes nothing if the command was already carried out.
async fn remember<'c>(
    tx: &mut Tx<'_>,
    of: &Registration,
    command: Option<&'c str>,
    ids: &[EntryId],
    now: Time,
) -> Result<Option<(&'c str, Soon)>, DbError> {
    let Some(command) = command else { return Ok(None) };
    Ok(Some((command, store::remember(tx, of, command, &outcome(ids), now).await?)))
}

/// The stored result of a command that was already carried out.
async fn first_answer(tx: &mut Tx<'_>, of: &Registration, command: &str) -> Result<Entered, DbError> {
    let stored = store::remembered(tx, of, command).await?.ok_or(DbError::Decode("stored command"))?;
    let entries = stored.split(';').filter_map(EntryId::parse).collect();
    Ok(Entered { entries })
}

pub(super) fn outcome(entries: &[EntryId]) -> String {
    entries.iter().map(EntryId::to_string).collect::<Vec<_>>().join(";")
}

/// For a submission that is refused anyway: which of its pools are full, so that all refusals are reported.
async fn full_ones(
    tx: &mut Tx<'_>,
    plan: &Plan,
    chosen: &[SubjectCode],
    campus: CampusCode,
    now: Time,
) -> Result<Vec<EntryRefusal>, DbError> {
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let seats = offers::seats_at(tx, &plan.code, campus, now).await?;
    let is_full = |code: &&SubjectCode| seats.get(code).is_some_and(|seats| seats.left() == 0);
    Ok(chosen.iter().filter(is_full).map(|code| EntryRefusal::PoolFull(*code)).collect())
}

pub(super) fn fresh_entries(
    catalogue: &Catalogue,
    plan: &Plan,
    chosen: &[SubjectCode],
    ids: &[EntryId],
    campus: CampusCode,
    now: Time,
) -> Vec<Entry> {
    let subjects = chosen.iter().zip(ids).filter_map(|(code, id)| Some((*id, plan.subject(*code)?)));
    let entry = |(id, subject): (EntryId, &crate::sitting::Subject)| {
        Some(Entry {
            id,
            sitting: plan.code.clone(),
            subject: subject.code,
            mode: subject.mode,
            level: subject.level,
            campus,
            campus_name: catalogue.campus_name(campus).unwrap_or_default().to_owned(),
            school_name: catalogue.school_name(campus.school()).unwrap_or_default().to_owned(),
            state: EntryState::Held,
            fee: plan.fee(campus, subject.code)?,
            channel: EntryChannel::Own,
            entered_at: now,
            expires_at: now.plus(rules::HOLD),
            paid_at: None,
            ended_at: None,
            locked_by: None,
            order: None,
        })
    };
    subjects.filter_map(entry).collect()
}

/// Ends the overdue entries of the same registration, so that they do not conflict; returns the seats to give back.
pub(super) async fn end_own_overdue(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    entries: &mut [Entry],
    now: Time,
) -> Result<SeatChanges, DbError> {
    let mut seats = SeatChanges::default();
    let due = rules::due(entries, &needs(catalogue), now);
    for pool in
        super::expire::end_all(tx, of, entries, &due, EntryState::Expired, &Actor::Job("expiry")).await?
    {
        seats.give_back(pool);
    }
    messages::expired(tx, catalogue, of, (entries, &due), false).await?;
    Ok(seats)
}

/// Stores the entries and logs them; returns for each whether another one conflicted.
pub(super) async fn save(
    tx: &mut Tx<'_>,
    of: &Registration,
    fresh: &[Entry],
    (by, address): (&Actor, &str),
) -> Result<Vec<Soon>, DbError> {
    let mut saved = Vec::with_capacity(fresh.len());
    for entry in fresh {
        saved.push(store::insert(tx, of, entry).await?);
        let event = audit::Event {
            school: of.school,
            actor: by.clone(),
            action: "entry-entered",
            object_kind: "entry",
            object: &entry.id.to_string(),
            address,
            detail: &format!("subject={} campus={}", entry.subject, entry.campus),
            changes: Changes::NONE,
        };
        audit::record(tx, &event).await?;
    }
    if of.release_at.is_some() {
        registration::store::set_release(tx, of, None).await?;
    }
    Ok(saved)
}
