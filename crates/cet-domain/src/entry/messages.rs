//! What candidates are told of their entries, in the transaction of the event (A10). Each event is named by the first of its
//! entries, which is entered, cancelled or expired once.

use super::Entry;
use crate::message::{self, Facts, Line};
use crate::registration::Registration;
use crate::sitting::{Catalogue, Subject};
use crate::store::{DbError, Tx};
use crate::words::codes::{SittingCode, SubjectCode};
use crate::words::ids::EntryId;

/// The names of a subject in both languages; its code where the sitting has it no more.
#[must_use]
pub fn names(catalogue: &Catalogue, sitting: &SittingCode, subject: SubjectCode) -> (String, String) {
    let found = catalogue.sitting(sitting).and_then(|plan| plan.subject(subject));
    let names = |subject: &Subject| (subject.name.clone(), subject.name_en.clone());
    found.map_or_else(|| (subject.to_string(), subject.to_string()), names)
}

/// An entry as a message lists it.
#[must_use]
pub fn line(catalogue: &Catalogue, entry: &Entry) -> Line {
    let (zh, en) = names(catalogue, &entry.sitting, entry.subject);
    Line { entry: entry.id.0, zh, en, campus: entry.campus_name.clone(), fee: entry.fee.get() }
}

/// The lines of those of some entries that are named.
fn lines(catalogue: &Catalogue, entries: &[Entry], ids: &[EntryId]) -> Vec<Line> {
    entries.iter().filter(|entry| ids.contains(&entry.id)).map(|entry| line(catalogue, entry)).collect()
}

/// Tells that subjects were entered.
pub(super) async fn entered(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    fresh: &[Entry],
    by_school: bool,
) -> Result<(), DbError> {
    let Some(first) = fresh.first() else { return Ok(()) };
    let lines = fresh.iter().map(|entry| line(catalogue, entry)).collect();
    let facts = Facts::Entered { lines, until: first.expires_at.micros(), by_school };
    message::tell(tx, of.passport, &first.id.to_string(), &facts).await
}

/// Tells that subjects were not paid for in time, and whether the registration went with them.
pub(super) async fn expired(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    (entries, ended): (&[Entry], &[EntryId]),
    released: bool,
) -> Result<(), DbError> {
    let Some(first) = ended.first() else { return Ok(()) };
    // The end of the hold, whenever a job came to it (R13); an oral test may have gone before its own (R8).
    let now = tx.now().await?;
    let holds = entries.iter().filter(|entry| ended.contains(&entry.id)).map(|entry| entry.expires_at);
    let at = holds.filter(|at| *at <= now).max().unwrap_or(now).micros();
    let facts = Facts::Expired { lines: lines(catalogue, entries, ended), at, released };
    message::tell(tx, of.passport, &first.to_string(), &facts).await
}

/// Tells that the candidate gave subjects up.
pub(super) async fn cancelled(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    (entries, ended): (&[Entry], &[EntryId]),
) -> Result<(), DbError> {
    let Some(first) = ended.first() else { return Ok(()) };
    let facts = Facts::Cancelled { lines: lines(catalogue, entries, ended) };
    message::tell(tx, of.passport, &first.to_string(), &facts).await
}
