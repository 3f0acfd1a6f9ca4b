//! What may be entered, cancelled and paid, and when an entry expires: facts and `now` in, decision out.

mod nearness;
mod reminder;
mod standing;
mod withdrawal;

pub use nearness::{Nearness, nearness};
pub(crate) use reminder::{is_reminder_due, remind_at};
pub(crate) use standing::is_free;
pub use standing::{Standing, is_live, standing};
pub use withdrawal::withdrawal;

use jiff::SignedDuration;

use super::{Entry, EntryRefusal, EntryState};
use crate::registration::release::Held;
use crate::sitting::window::WindowState;
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::ids::EntryId;
use crate::words::subject::{Level, Mode};
use crate::words::time::{Time, doubled};

/// How long an unpaid entry keeps its seat. Source: manual, requirements R13.
pub(crate) const HOLD: SignedDuration = SignedDuration::from_hours(24);

/// After this many unpaid holds of a subject, a registration has to wait (TH44).
pub(crate) const FREE_CYCLES: usize = 2;

/// The first cool-down; each further unpaid hold doubles it (TH44).
pub(crate) const COOL_DOWN: SignedDuration = SignedDuration::from_mins(30);
/// The longest cool-down.
pub(crate) const LONGEST_COOL_DOWN: SignedDuration = SignedDuration::from_hours(24);

/// A cancelled entry counts as an unpaid hold only when it kept its seat for this long: an early change of mind harms
/// nobody, but cancelling just before the end must not bypass the cool-down.
pub(crate) const CANCELLED_COUNTS_AFTER: SignedDuration = SignedDuration::from_hours(12);

/// How long before the end of its hold the candidate of an unpaid entry is reminded (A10).
pub(crate) const REMINDER: SignedDuration = SignedDuration::from_hours(3);

/// A subject that a page offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectFacts {
    /// Its code.
    pub code: SubjectCode,
    /// Its level.
    pub level: Level,
    /// For an oral subject: it requires one of these written ones; empty means any of its level (R10).
    pub needs: Vec<SubjectCode>,
    /// Whether it is among the 资格科目.
    pub granted: bool,
    /// Whether the exam's date is set.
    pub date_set: bool,
    /// Its fee at the campus.
    pub fee: Option<Fen>,
}

/// All facts that decide whether subjects can be entered at a campus.
#[derive(Clone, Debug)]
pub struct EntryFacts<'a> {
    /// Which of the two pages.
    pub mode: Mode,
    /// The campus.
    pub campus: CampusCode,
    /// Whether the candidate may enter at this campus at all (R11).
    pub campus_allowed: bool,
    /// The state of the registration window there; `None` if none is set.
    pub window: Option<WindowState>,
    /// The subjects of this mode that the campus offers.
    pub offered: Vec<SubjectFacts>,
    /// All entries of the registration, ended ones included.
    pub entries: &'a [Entry],
}

/// All refusals of a submission without duplicates; if empty, it may be carried out if there are seats (R8).
#[must_use]
pub fn refusals(facts: &EntryFacts<'_>, chosen: &[SubjectCode], now: Time) -> Vec<EntryRefusal> {
    let mut all = Vec::new();
    if chosen.is_empty() {
        all.push(EntryRefusal::NothingChosen);
    }
    all.extend(campus_refusal(facts));
    for &code in chosen {
        let own = subject_refusals(facts, code, now);
        let is_entered = own.contains(&EntryRefusal::AlreadyEntered(code));
        // What is entered is not kept out by what is ticked beside it.
        let rival = rival(facts, chosen, code).filter(|_| !is_entered);
        for why in own.into_iter().chain(rival) {
            if !all.contains(&why) {
                all.push(why);
            }
        }
    }
    all
}

/// Why one subject can't be ticked now, the most specific reason first (`data-offer`). Seats are not considered.
#[must_use]
pub fn why_not(facts: &EntryFacts<'_>, code: SubjectCode, now: Time) -> Option<EntryRefusal> {
    let own = subject_refusals(facts, code, now);
    let in_place = |refusal: &&EntryRefusal| {
        matches!(refusal, EntryRefusal::AlreadyEntered(_) | EntryRefusal::OrderOpen(_))
    };
    let entered = own.iter().find(in_place).cloned();
    entered.or_else(|| campus_refusal(facts)).or_else(|| own.into_iter().next())
}

fn campus_refusal(facts: &EntryFacts<'_>) -> Option<EntryRefusal> {
    if !facts.campus_allowed {
        return Some(EntryRefusal::OralCampusNotAllowed(facts.campus));
    }
    window_refusal(facts.window)
}

/// The refusal of a window that is not open.
#[must_use]
pub(crate) fn window_refusal(window: Option<WindowState>) -> Option<EntryRefusal> {
    match window {
        Some(WindowState::Open) => None,
        Some(WindowState::NotYet(opens)) => Some(EntryRefusal::WindowNotOpen(Some(opens))),
        Some(WindowState::Closed(closed)) => Some(EntryRefusal::WindowClosed(closed)),
        None => Some(EntryRefusal::WindowNotOpen(None)),
    }
}

fn subject_refusals(facts: &EntryFacts<'_>, code: SubjectCode, now: Time) -> Vec<EntryRefusal> {
    let Some(subject) = facts.offered.iter().find(|subject| subject.code == code) else {
        return vec![EntryRefusal::PoolUnknown(code)];
    };
    let live = || facts.entries.iter().filter(|entry| is_live(entry, now));
    let awaiting = |entry: &&Entry| standing(entry, now) == Standing::AwaitingGateway;
    let mut all = Vec::new();
    if live().any(|entry| entry.subject == code && !awaiting(&entry)) {
        all.push(EntryRefusal::AlreadyEntered(code));
    }
    if !subject.granted {
        all.push(EntryRefusal::NotEligible(code));
    }
    let same_level = |entry: &Entry| entry.mode == Mode::Written && entry.level == subject.level;
    let in_its_place =
        |entry: &&Entry| entry.subject == code || (facts.mode == Mode::Written && same_level(entry));
    let asked_for = live().filter(awaiting).filter(in_its_place).find_map(|entry| entry.order);
    all.extend(asked_for.map(EntryRefusal::OrderOpen));
    match facts.mode {
        Mode::Written => all.extend(
            live()
                .find(|entry| same_level(entry) && entry.subject != code && !awaiting(entry))
                .map(|entry| EntryRefusal::LevelTaken { subject: code, other: entry.subject }),
        ),
        Mode::Oral => {
            if !live().any(|entry| carries(entry, subject.level, &subject.needs)) {
                all.push(EntryRefusal::OralNeedsWritten(code));
            }
            if !subject.date_set {
                all.push(EntryRefusal::DateUnset(code));
            }
        }
    }
    if subject.fee.is_none_or(Fen::is_zero) {
        all.push(EntryRefusal::FeeUnset(code));
    }
    if let Some(until) = cooling_until(facts.entries, code, now).filter(|until| now < *until) {
        all.push(EntryRefusal::CoolingDown { subject: code, until });
    }
    all
}

/// Another ticked written subject of the same level.
fn rival(facts: &EntryFacts<'_>, chosen: &[SubjectCode], code: SubjectCode) -> Option<EntryRefusal> {
    let level =
        |code: SubjectCode| facts.offered.iter().find(|subject| subject.code == code).map(|s| s.level);
    let own = level(code)?;
    let mut others = chosen.iter().filter(|other| **other != code && level(**other) == Some(own));
    let other = others.next().filter(|_| facts.mode == Mode::Written)?;
    Some(EntryRefusal::LevelTaken { subject: code, other: *other })
}

/// Whether a written entry satisfies an oral subject of `level`: one of those it names, else any of its level.
#[must_use]
pub(crate) fn carries_oral(written: Chosen, level: Level, needs: &[SubjectCode]) -> bool {
    let named = if needs.is_empty() { written.level == level } else { needs.contains(&written.subject) };
    written.mode == Mode::Written && named
}

/// The facts about an entry for R10, of any type that holds one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Its subject.
    pub subject: SubjectCode,
    /// Written or oral.
    pub mode: Mode,
    /// The subject's level.
    pub level: Level,
}

/// Whether an entry can't be paid for because it is an oral one, and none of `paid` (paid already or in the same
/// payment) is a written one that it requires (R10).
pub(crate) fn lacks_written(
    of: Chosen,
    needs: &[SubjectCode],
    mut paid: impl Iterator<Item = Chosen>,
) -> bool {
    of.mode == Mode::Oral && !paid.any(|written| carries_oral(written, of.level, needs))
}

fn carries(written: &Entry, level: Level, needs: &[SubjectCode]) -> bool {
    carries_oral(chosen(written), level, needs)
}

const fn chosen(entry: &Entry) -> Chosen {
    Chosen { subject: entry.subject, mode: entry.mode, level: entry.level }
}

/// Until when a subject may not be entered again: 30 minutes after the end of the second unpaid hold, and twice as long
/// after each further one (TH44).
#[must_use]
pub(crate) fn cooling_until(entries: &[Entry], subject: SubjectCode, now: Time) -> Option<Time> {
    let of_subject = entries.iter().filter(|entry| entry.subject == subject);
    let ends: Vec<Time> = of_subject.filter_map(|entry| end_of_unpaid_hold(entry, now)).collect();
    let last = ends.iter().max()?;
    let doublings = ends.len().checked_sub(FREE_CYCLES)?;
    Some(last.plus(doubled(COOL_DOWN, doublings, LONGEST_COOL_DOWN)))
}

fn end_of_unpaid_hold(entry: &Entry, now: Time) -> Option<Time> {
    match entry.state {
        // Its hold ended then, even if the row was changed later.
        EntryState::Expired => Some(entry.expires_at),
        EntryState::Held => (!is_live(entry, now)).then_some(entry.expires_at),
        EntryState::Cancelled => {
            entry.ended_at.filter(|ended| ended.since(entry.entered_at) >= CANCELLED_COUNTS_AFTER)
        }
        EntryState::Paid | EntryState::Withdrawn => None,
    }
}

// `needs` below returns the written subjects that an oral entry requires one of, by its sitting; an empty list means
// any of its level (R10).

/// The oral entries that end when some written ones end: unpaid, and without another live written entry that satisfies
/// them (R10).
pub(crate) fn dependents<'e>(
    entries: &'e [Entry],
    going: &[EntryId],
    needs: &impl Fn(&Entry) -> Vec<SubjectCode>,
    now: Time,
) -> Vec<&'e Entry> {
    let stays = |entry: &&Entry| is_live(entry, now) && !going.contains(&entry.id);
    let carried = |oral: &Entry| entries.iter().filter(stays).any(|e| carries(e, oral.level, &needs(oral)));
    let hung_on_it =
        |oral: &Entry| entries.iter().any(|e| going.contains(&e.id) && carries(e, oral.level, &needs(oral)));
    entries
        .iter()
        .filter(|entry| {
            entry.mode == Mode::Oral && entry.state == EntryState::Held && !going.contains(&entry.id)
        })
        .filter(|oral| hung_on_it(oral) && !carried(oral))
        .collect()
}

/// The entries that expire at `now`: every held entry at the end of its hold, and the oral ones that depend on it. A
/// written entry waits for a dependent oral one that may not expire yet, because it is locked or its payment is
/// pending.
#[must_use]
pub fn due(entries: &[Entry], needs: &impl Fn(&Entry) -> Vec<SubjectCode>, now: Time) -> Vec<EntryId> {
    let mut going = Vec::new();
    for entry in entries.iter().filter(|entry| entry.state == EntryState::Held && !is_live(entry, now)) {
        let with_it = dependents(entries, &[entry.id], needs, now);
        if with_it.iter().any(|oral| !is_free(oral)) {
            continue;
        }
        going.push(entry.id);
        going.extend(with_it.iter().map(|oral| oral.id));
    }
    going.sort_unstable();
    going.dedup();
    going
}

/// Whether an entry and its dependent oral ones can be cancelled (R10, R13); returns the entries that end.
///
/// # Errors
/// All refusals that apply.
pub(crate) fn may_cancel(
    entries: &[Entry],
    id: EntryId,
    window: Option<WindowState>,
    needs: &impl Fn(&Entry) -> Vec<SubjectCode>,
    now: Time,
) -> Result<Vec<EntryId>, Vec<EntryRefusal>> {
    let Some(entry) = entries.iter().find(|entry| entry.id == id && is_live(entry, now)) else {
        return Err(vec![EntryRefusal::NotFound]);
    };
    let with_it = dependents(entries, &[id], needs, now);
    let mut refused = Vec::new();
    if entry.state == EntryState::Paid {
        refused.push(EntryRefusal::EntryPaid);
    }
    let all = || std::iter::once(entry).chain(with_it.iter().copied());
    if all().any(|entry| entry.locked_by.is_some()) {
        refused.push(EntryRefusal::EntryLocked);
    }
    refused.extend(all().find_map(|entry| entry.order).map(EntryRefusal::OrderOpen));
    refused.extend(window_refusal(window));
    if refused.is_empty() { Ok(all().map(|entry| entry.id).collect()) } else { Err(refused) }
}

/// The entries that can be paid at `now`: those within their hold. Those of an open order are included: the same choice
/// returns that order (Y1).
#[must_use]
pub fn payable(entries: &[Entry], now: Time) -> Vec<&Entry> {
    entries.iter().filter(|entry| standing(entry, now) == Standing::Held).collect()
}

/// Why some entries can't be paid together: an oral one requires its written entry to be paid, or to be among them
/// (R10).
#[must_use]
pub fn may_pay(
    entries: &[Entry],
    together: &[EntryId],
    needs: &impl Fn(&Entry) -> Vec<SubjectCode>,
    now: Time,
) -> Vec<EntryRefusal> {
    let mut refused = Vec::new();
    for id in together {
        let Some(entry) = entries.iter().find(|entry| entry.id == *id && is_live(entry, now)) else {
            refused.push(EntryRefusal::NotFound);
            continue;
        };
        if entry.state == EntryState::Paid {
            refused.push(EntryRefusal::EntryPaid);
        } else if entry.locked_by.is_some() {
            refused.push(EntryRefusal::EntryLocked);
        } else {
            let paid_for = |other: &&Entry| {
                other.state == EntryState::Paid || (together.contains(&other.id) && is_live(other, now))
            };
            let paid = entries.iter().filter(paid_for).map(chosen);
            if lacks_written(chosen(entry), &needs(entry), paid) {
                refused.push(EntryRefusal::OralNeedsWritten(entry.subject));
            }
        }
    }
    refused
}

/// Whether an ended entry whose money came late could take a seat again, if there is one (Y4): no other entry has
/// replaced it, an oral one has its written entry, and registration is still open there.
#[must_use]
pub(crate) fn may_retake(
    entries: &[Entry],
    id: EntryId,
    window: Option<WindowState>,
    needs: &impl Fn(&Entry) -> Vec<SubjectCode>,
    now: Time,
) -> bool {
    let Some(entry) = entries.iter().find(|entry| entry.id == id && entry.state == EntryState::Expired)
    else {
        return false;
    };
    // An entry that is about to expire still has its row, and so blocks its place.
    let live = || entries.iter().filter(|other| is_live(other, now) || other.state == EntryState::Held);
    let free = match entry.mode {
        Mode::Written => !live().any(|other| other.mode == Mode::Written && other.level == entry.level),
        Mode::Oral => {
            let needed = needs(entry);
            !live().any(|other| other.subject == entry.subject)
                && live().any(|written| carries(written, entry.level, &needed))
        }
    };
    free && window_refusal(window).is_none()
}

/// Whether nobody can enter there now.
#[must_use]
pub fn is_closed(window: Option<WindowState>) -> bool {
    window_refusal(window).is_some()
}

/// The state of the entries, as far as it decides the release of their registration (R7).
#[must_use]
pub fn held(entries: &[Entry], now: Time) -> Held {
    let given_up = |entry: &&Entry| matches!(entry.state, EntryState::Cancelled | EntryState::Withdrawn);
    let cancelled = entries.iter().filter(given_up);
    Held {
        any_live: entries.iter().any(|entry| is_live(entry, now)),
        last_cancelled: cancelled.filter_map(|entry| entry.ended_at).max(),
    }
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
