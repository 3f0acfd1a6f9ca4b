//! Reads the data of a candidate's tickets. Nothing is written.

use super::rules::{NotPrintable, PrintFacts, may_be_dated, may_print};
use super::{TicketRefusal, store};
use crate::arrangement;
use crate::arrangement::verbs::Placed;
use crate::consent;
use crate::entry::{self, Entry, EntryState};
use crate::registration::verbs::of_passport;
use crate::registration::{self, Registration};
use crate::roster::Snapshot;
use crate::sitting::Plan;
use crate::store::{DbError, Stop, Tx};
use crate::words::ids::{EntryId, PassportId};
use crate::words::time::Time;

/// Tickets that can be printed, at least one. It has no Debug: it is personal data.
pub struct Printable {
    /// The student record as it was saved.
    pub snapshot: Snapshot,
    /// The student's photo, if the school delivered one.
    pub photo: Option<Vec<u8>>,
    /// Each entry with its seat, written before oral.
    pub seated: Vec<(Entry, Placed)>,
    /// The time of printing.
    pub now: Time,
}

/// The ticket of one entry of a passport.
///
/// # Errors
/// [`TicketRefusal::NotFound`] for anything but a live entry of this passport, or one that staff ended;
/// [`TicketRefusal::NotPrintable`].
pub async fn one(
    tx: &mut Tx<'_>,
    plan: &Plan,
    passport: PassportId,
    id: EntryId,
) -> Result<Printable, Stop<TicketRefusal>> {
    let Some((of, entry)) = live(tx, plan, passport, id).await? else {
        // A ticket of it may have been printed, and its address kept.
        let ended = entry::store::own(tx, passport, &plan.code, id).await?;
        let ended =
            ended.filter(|entry| entry.state == EntryState::Withdrawn).and_then(|entry| entry.ended_at);
        return Err(Stop::Refused(match ended {
            Some(at) => TicketRefusal::NotPrintable(NotPrintable::Ended(at)),
            None => TicketRefusal::NotFound,
        }));
    };
    let now = tx.now().await?;
    let placed = arrangement::verbs::placed(tx, of.school, &entry).await?;
    match decide(plan, &entry, placed, now) {
        Ok(placed) => printable(tx, &of, vec![(entry, placed)], now).await,
        Err(why) => Err(Stop::Refused(TicketRefusal::NotPrintable(why))),
    }
}

/// A live entry with its registration.
async fn live(
    tx: &mut Tx<'_>,
    plan: &Plan,
    passport: PassportId,
    id: EntryId,
) -> Result<Option<(Registration, Entry)>, DbError> {
    let Some(of) = of_passport(tx, passport, &plan.code).await? else { return Ok(None) };
    let entries = entry::verbs::entries_of(tx, &of).await?;
    Ok(entries.into_iter().find(|entry| entry.id == id).map(|entry| (of, entry)))
}

/// All tickets of a passport that can be printed now.
///
/// # Errors
/// [`TicketRefusal::NotPrintable`] with the reason of the first entry when there is none.
pub async fn all(
    tx: &mut Tx<'_>,
    plan: &Plan,
    passport: PassportId,
) -> Result<Printable, Stop<TicketRefusal>> {
    let refused = |why| Stop::Refused(TicketRefusal::NotPrintable(why));
    let of = of_passport(tx, passport, &plan.code).await?.ok_or_else(|| refused(NotPrintable::Unpaid))?;
    let now = tx.now().await?;
    let mut seated = Vec::new();
    let mut first = None;
    for entry in entry::verbs::entries_of(tx, &of).await? {
        let placed = arrangement::verbs::placed(tx, of.school, &entry).await?;
        match decide(plan, &entry, placed, now) {
            Ok(placed) => seated.push((entry, placed)),
            Err(why) => first = first.or(Some(why)),
        }
    }
    if seated.is_empty() {
        return Err(refused(first.unwrap_or(NotPrintable::Unpaid)));
    }
    printable(tx, &of, seated, now).await
}

/// The content of a candidate's calendar, at least one exam.
pub struct Dated {
    /// Each paid entry whose exam has a date, with its seat once that is published, written before oral.
    pub exams: Vec<(Entry, Option<Placed>)>,
    /// The time of asking.
    pub now: Time,
}

/// The exams of a passport's paid entries, as soon as their dates are known.
///
/// # Errors
/// [`TicketRefusal::NotPrintable`] when there is none; `Undated` if one is paid.
pub async fn dated(tx: &mut Tx<'_>, plan: &Plan, passport: PassportId) -> Result<Dated, Stop<TicketRefusal>> {
    let refused = |why| Stop::Refused(TicketRefusal::NotPrintable(why));
    let of = of_passport(tx, passport, &plan.code).await?.ok_or_else(|| refused(NotPrintable::Unpaid))?;
    let now = tx.now().await?;
    let mut exams = Vec::new();
    let mut refusal = NotPrintable::Unpaid;
    for entry in entry::verbs::entries_of(tx, &of).await? {
        match exam_date(plan, &entry) {
            Ok(_) => {
                let placed = arrangement::verbs::placed(tx, of.school, &entry).await?;
                exams.push((entry, placed));
            }
            Err(NotPrintable::Undated) => refusal = NotPrintable::Undated,
            Err(_) => {}
        }
    }
    if exams.is_empty() { Err(refused(refusal)) } else { Ok(Dated { exams, now }) }
}

/// When the exam of an entry begins, if it may stand in the candidate's calendar.
///
/// # Errors
/// As [`may_be_dated`].
pub fn exam_date(plan: &Plan, entry: &Entry) -> Result<Time, NotPrintable> {
    let exam_from = plan.subject(entry.subject).and_then(|subject| subject.exam_from);
    may_be_dated(entry.state == EntryState::Paid, exam_from)
}

/// The published seats of some entries of a registration.
pub async fn seats_of(
    tx: &mut Tx<'_>,
    of: &Registration,
    entries: &[Entry],
) -> Result<Vec<(EntryId, Placed)>, DbError> {
    let mut seats = Vec::new();
    for entry in entries {
        if let Some(placed) = arrangement::verbs::placed(tx, of.school, entry).await? {
            seats.push((entry.id, placed));
        }
    }
    Ok(seats)
}

/// The facts about an entry for [`may_print`].
#[must_use]
pub fn print_facts(plan: &Plan, entry: &Entry, arranged: bool) -> PrintFacts {
    let subject = plan.subject(entry.subject);
    PrintFacts {
        paid: entry.state == EntryState::Paid,
        arranged,
        prints_from: subject.and_then(|subject| subject.printing_from),
        prints_to: subject.and_then(|subject| subject.printing_to),
        exam_to: subject.filter(|subject| subject.exam_from.is_some()).and_then(|subject| subject.exam_to),
    }
}

fn decide(plan: &Plan, entry: &Entry, placed: Option<Placed>, now: Time) -> Result<Placed, NotPrintable> {
    may_print(&print_facts(plan, entry, placed.is_some()), now)?;
    placed.ok_or(NotPrintable::Unarranged)
}

async fn printable(
    tx: &mut Tx<'_>,
    of: &Registration,
    seated: Vec<(Entry, Placed)>,
    now: Time,
) -> Result<Printable, Stop<TicketRefusal>> {
    let Some(snapshot) = registration::store::snapshot(tx, of.school, of.id).await? else {
        return Err(Stop::Refused(TicketRefusal::NotFound));
    };
    let number = &snapshot.student_number;
    let photo = if consent::is_withdrawn(tx, of.passport, consent::Kind::Photo).await? {
        None
    } else {
        store::photo(tx, of.school, &of.sitting, &snapshot.document_key, number).await?
    };
    Ok(Printable { snapshot, photo, seated, now })
}
