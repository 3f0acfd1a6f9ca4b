//! Taking a student out of a school's roster. The rows are kept under a withdrawn import of their own, so that it can be
//! undone; what a candidate saved keeps its snapshot (R6).

use super::store::{self as roster, removal as store};
use super::{DocumentKey, preview, ticked};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::import::store as imports;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::RecordId;
use crate::words::staff::Scope;
use crate::words::time::Time;

pub use store::has_saved;

/// Records whose lines of the log are made at once.
const LOGGED_AT_ONCE: usize = 400;

/// Students whom one transaction puts back: 20,000 at once kept every writer of SQLite waiting for four seconds.
const PUT_BACK_AT_ONCE: i64 = 500;

/// Why a student can't be taken out.
#[derive(Debug)]
pub enum RemovalRefusal {
    /// The student has saved a registration: a reason is required.
    ReasonRequired,
    /// The student is not in the roster (any more).
    Gone,
}

/// A student of a school's roster.
#[derive(Clone, Debug)]
pub struct Student {
    /// The school.
    pub school: SchoolCode,
    /// The sitting.
    pub sitting: SittingCode,
    /// The person.
    pub document_key: DocumentKey,
    /// The row that stands.
    pub record: RecordId,
}

/// Whether an account took this row out of the roster, for this reason: then its form was sent twice.
pub async fn was_removed(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (school, id): (SchoolCode, RecordId),
    (account, reason): (&str, &str),
) -> Result<bool, DbError> {
    if !ticked::is_in_scope(tx, scope, (school, id)).await? {
        return Ok(false);
    }
    let removed = store::removed(tx, school, id).await?;
    Ok(removed.is_some_and(|(by, why)| by == account && why == reason))
}

/// Takes a student out of the roster.
///
/// Locks: the student's record.
///
/// # Errors
/// [`RemovalRefusal`].
pub async fn remove(
    tx: &mut Tx<'_>,
    of: &Student,
    reason: &str,
    (actor, address): (&Actor, &str),
) -> Result<(), Stop<RemovalRefusal>> {
    roster::lock(tx, &of.sitting, &of.document_key.bytes()).await?;
    let stands = roster::find_by_id(tx, of.school, of.record).await?;
    if stands.is_none_or(|record| record.document_key != of.document_key) {
        return Err(Stop::Refused(RemovalRefusal::Gone));
    }
    if reason.is_empty() && has_saved(tx, of.school, &of.sitting, of.document_key).await? {
        return Err(Stop::Refused(RemovalRefusal::ReasonRequired));
    }
    let import = imports::set_apart(tx, imports::ROSTER, of.sitting.as_str(), None).await?;
    store::set_apart(tx, of, import).await?;
    note(tx, of, (import, None), reason, (actor, address)).await?;
    Ok(())
}

async fn note(
    tx: &mut Tx<'_>,
    of: &Student,
    (import, cause): (i64, Option<i64>),
    reason: &str,
    (actor, address): (&Actor, &str),
) -> Result<(), DbError> {
    store::insert(tx, of, (import, cause), (&actor.name(), reason)).await?;
    let moved = (of.record.to_string(), of.school, &of.sitting);
    log(tx, &[moved], ("record-removed", "published", "withdrawn"), (actor, address)).await
}

/// The lines of the log about records that were taken out or put back.
async fn log(
    tx: &mut Tx<'_>,
    moved: &[(String, SchoolCode, &SittingCode)],
    (action, before, after): (&'static str, &'static str, &'static str),
    (actor, address): (&Actor, &str),
) -> Result<(), DbError> {
    for some in moved.chunks(LOGGED_AT_ONCE) {
        let details: Vec<String> = some.iter().map(|(_, _, sitting)| format!("sitting={sitting}")).collect();
        let events: Vec<Event<'_>> = some
            .iter()
            .zip(&details)
            .map(|((id, school, _), detail)| Event {
                school: *school,
                actor: actor.clone(),
                action,
                object_kind: "student",
                object: id,
                address,
                detail,
                changes: Changes::NONE.field("state", Value::code(before), Value::code(after)),
            })
            .collect();
        audit::record_all(tx, &events).await?;
    }
    Ok(())
}

/// Students in the last file of a school who are not in this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// How many there are.
    pub students: i64,
    /// How many of them have saved a registration; they stay in any case.
    pub saved: i64,
}

/// Those students, from the row after `after`.
async fn gone_page(
    tx: &mut Tx<'_>,
    within: &Scope,
    of: (SchoolCode, &SittingCode),
    import: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<preview::Row>, DbError> {
    let Some(last) = store::last_file(tx, of.0, of.1.as_str(), import).await? else { return Ok(Vec::new()) };
    preview::gone(tx, within, of, (last, import), after, limit).await
}

/// Which rows of an import a page shows.
#[derive(Clone, Debug)]
pub struct Sought {
    /// The import.
    pub import: i64,
    /// When it was published.
    pub published_at: Option<Time>,
    /// The place of whoever sent it: nobody else's students are shown.
    pub within: Scope,
    /// Its sitting.
    pub sitting: SittingCode,
    /// The only school of its rows.
    pub school: Option<SchoolCode>,
    /// `new`, `changed`, `unchanged`, `transfer` or `gone`.
    pub sort: &'static str,
    /// The line and id of the last row of the page before.
    pub after: (i64, i64),
}

/// Rows of an import, each with the row that stood before if it changed.
pub async fn rows(
    tx: &mut Tx<'_>,
    of: &Sought,
    limit: i64,
) -> Result<Vec<(preview::Row, Option<preview::Row>)>, DbError> {
    let rows = match (of.sort, of.school) {
        ("gone", Some(school)) => {
            gone_page(tx, &of.within, (school, &of.sitting), of.import, of.after.1, limit).await?
        }
        ("gone", None) => Vec::new(),
        (sort, _) => preview::page(tx, of.import, sort, of.after, limit).await?,
    };
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let before = if of.sort == "changed" {
            preview::before(tx, &of.sitting, row.document_key, (of.import, of.published_at)).await?
        } else {
            None
        };
        found.push((row, before));
    }
    Ok(found)
}

/// Counts who is in the last file of a school, but not in this import: of one's own place alone (TH22).
pub async fn gone(
    tx: &mut Tx<'_>,
    within: &Scope,
    school: SchoolCode,
    sitting: &str,
    import: i64,
) -> Result<Gone, DbError> {
    let mut gone = Gone::default();
    for row in store::gone_rows(tx, within, school, sitting, import).await? {
        gone.students = gone.students.saturating_add(1);
        gone.saved = gone.saved.saturating_add(i64::from(row.saved > 0));
    }
    Ok(gone)
}

/// Takes those students out, except those who have saved a registration; returns how many.
pub async fn remove_gone(
    tx: &mut Tx<'_>,
    within: &Scope,
    school: SchoolCode,
    sitting: &SittingCode,
    import: i64,
    by: (&Actor, &str),
) -> Result<i64, DbError> {
    let mut rows = store::gone_rows(tx, within, school, sitting.as_str(), import).await?;
    rows.retain(|row| row.saved == 0);
    if rows.is_empty() {
        return Ok(0);
    }
    let apart = imports::set_apart(tx, imports::ROSTER, sitting.as_str(), None).await?;
    let mut removed = Vec::with_capacity(rows.len());
    for row in rows {
        let of = Student { school, sitting: sitting.clone(), document_key: row.document_key, record: row.id };
        store::insert(tx, &of, (apart, Some(import)), (&by.0.name(), "")).await?;
        removed.push((row.id.to_string(), school, sitting));
    }
    store::set_all_apart(tx, (school, sitting), apart).await?;
    log(tx, &removed, ("record-removed", "published", "withdrawn"), by).await?;
    Ok(i64::try_from(removed.len()).unwrap_or(i64::MAX))
}

/// Puts back whom the publication of an import took out: their rows count again as far as their own imports do.
pub(crate) async fn put_back(tx: &mut Tx<'_>, import: i64, by: (&Actor, &str)) -> Result<(), DbError> {
    let removals = store::caused_by(tx, import, i64::MAX).await?;
    put_these_back(tx, import, &removals, by).await
}

/// Puts back some of them where they are more than one transaction should: SQLite has one writer. Returns whether it did, and
/// so whether others are left.
pub(crate) async fn put_back_some(tx: &mut Tx<'_>, import: i64, by: (&Actor, &str)) -> Result<bool, DbError> {
    let mut some = store::caused_by(tx, import, PUT_BACK_AT_ONCE.saturating_add(1)).await?;
    let most = usize::try_from(PUT_BACK_AT_ONCE).unwrap_or(usize::MAX);
    if some.len() <= most {
        return Ok(false);
    }
    some.truncate(most);
    put_these_back(tx, import, &some, by).await?;
    Ok(true)
}

async fn put_these_back(
    tx: &mut Tx<'_>,
    import: i64,
    removals: &[store::Removal],
    by: (&Actor, &str),
) -> Result<(), DbError> {
    let Some((last, _, _)) = removals.last() else { return Ok(()) };
    store::undo(tx, import, *last).await?;
    let back: Vec<_> =
        removals.iter().map(|(id, school, sitting)| (id.to_string(), *school, sitting)).collect();
    log(tx, &back, ("record-put-back", "withdrawn", "published"), by).await
}

/// Keeps in the roster whom only this import names and who has saved a registration: their rows move to an import of
/// their own with the same time.
pub(crate) async fn keep_saved(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    import: i64,
    published_at: Time,
) -> Result<i64, DbError> {
    if !store::has_only_here(tx, import).await? {
        return Ok(0);
    }
    let kept = imports::set_apart(tx, imports::ROSTER, sitting.as_str(), Some(published_at)).await?;
    let moved = store::move_only_here(tx, import, kept).await?;
    Ok(i64::try_from(moved).unwrap_or(i64::MAX))
}
