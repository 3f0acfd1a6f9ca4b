//! One student whom a school enters by hand, with all columns of a file (S2).

use std::sync::Arc;

use super::file::{COLUMNS, RosterFile, RosterRow, Settings};
use super::{DocumentKey, store, transfer};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::import::{self, Findings, ImportError, Kind as _, Stamp, store as imports};
use crate::sheet::{Cell, Place, RowFault};
use crate::store::{Db, DbError, Stop, Tx};
use crate::vault::Vault;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::RecordId;
use crate::words::staff::Scope;

/// Why a student was not added.
#[derive(Debug)]
pub enum AddRefusal {
    /// Columns are wrong.
    Wrong(Vec<RowFault>),
    /// The school's roster has the student already: this record.
    Exists(SchoolCode, RecordId),
    /// The sitting is unknown.
    NoSitting,
}

/// What became of a student.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// The record counts.
    Record(SchoolCode, RecordId),
    /// Somebody entered just this before: this record.
    Already(SchoolCode, RecordId),
    /// Another school holds the student, and decides.
    Transfer,
    /// It has to decide already.
    Waiting,
}

/// A row of the roster by the values of [`COLUMNS`], with the columns that a file would have warned of.
pub(super) async fn read(
    db: &Db,
    vault: Arc<Vault>,
    sitting: &SittingCode,
    values: [String; 17],
    within: &Scope,
) -> Result<(RosterRow, Vec<&'static str>), Stop<AddRefusal>> {
    let settings = Settings { within: Some(within.clone()), ..Settings::default() };
    let kind = match RosterFile::of(db, vault, sitting.as_str(), settings).await {
        Ok(kind) => kind,
        Err(ImportError::Fault(fault)) => return Err(Stop::Fault(fault)),
        Err(_) => return Err(Stop::Refused(AddRefusal::NoSitting)),
    };
    let cells: Vec<Cell> = values.into_iter().map(Cell::Text).collect();
    let mut findings = Findings::default();
    let row = kind.read(&Place { sheet: None, line: 1 }, &cells, &mut findings);
    let Some(mut row) = row.filter(|_| findings.error_count == 0) else {
        return Err(Stop::Refused(AddRefusal::Wrong(findings.errors)));
    };
    let odd: Vec<&'static str> = findings.warnings.iter().filter_map(|fault| fault.column).collect();
    if !kind.complete(&mut row) {
        return Err(Stop::Fault(DbError::Other("no random bytes".to_owned())));
    }
    Ok((row, odd))
}

/// Adds a student by the values of [`COLUMNS`]; returns also the columns that a file would have warned of. The same student
/// with the same values again is the same record.
///
/// # Errors
/// [`AddRefusal`].
pub async fn add(
    db: &Db,
    vault: Arc<Vault>,
    sitting: &SittingCode,
    values: [String; 17],
    within: &Scope,
    by: (&Actor, &str),
) -> Result<(Added, Vec<&'static str>), Stop<AddRefusal>> {
    let (row, odd) = read(db, vault, sitting, values, within).await?;
    let identity = RosterFile::identity(&row);
    let key = DocumentKey::from_bytes(identity.key);
    let school = std::str::from_utf8(&identity.rest).ok().and_then(|code| SchoolCode::parse(code).ok());
    let school = school.ok_or(Stop::Fault(DbError::Decode("school")))?;
    let campus = row.campus();
    let (row, sitting, actor, address) = (Arc::new(row), sitting.clone(), by.0.clone(), by.1.to_owned());
    let done = db.write(async move |tx: &mut Tx<'_>| {
        crate::sitting::store::lock(tx, sitting.as_str()).await?;
        let holding = store::find(tx, &sitting, key).await?;
        let holder = match holding {
            Some(record) if record.school == school && row.is_of(&record) => {
                return Ok(Added::Already(school, record.id));
            }
            Some(record) if record.school == school => {
                return Err(Stop::Refused(AddRefusal::Exists(school, record.id)));
            }
            Some(record) => Some((record.school, record.campus)),
            None => None,
        };
        let waiting = store::transfer::asking(tx, &sitting, key, school).await?;
        if holder.is_some() && waiting.is_some_and(|record| row.is_of(&record)) {
            return Ok(Added::Waiting);
        }
        let now = tx.now().await?;
        let at = holder.is_none().then_some(now);
        let import = imports::set_apart(tx, imports::ROSTER, sitting.as_str(), at).await?;
        let fate = if holder.is_none() { "new" } else { "transfer" };
        let id = tx.new_id();
        let stamp = Stamp { id, import, sheet: String::new(), line: 0, fate };
        import::insert_one::<RosterFile>(tx, &row, &stamp).await?;
        if let Some(holder) = holder {
            transfer::open_one(tx, &sitting, (school, campus, RecordId(id)), key, (holder, import)).await?;
        }
        let event = Event {
            school,
            actor: actor.clone(),
            action: "record-added",
            object_kind: "student",
            object: &id.to_string(),
            address: &address,
            detail: &format!("sitting={sitting}"),
            changes: Changes::NONE.field(
                "state",
                None::<Value>,
                Value::code(if holder.is_none() { "published" } else { "open" }),
            ),
        };
        audit::record(tx, &event).await?;
        Ok(if holder.is_none() { Added::Record(school, RecordId(id)) } else { Added::Transfer })
    });
    Ok((done.await?, odd))
}

/// The columns, as a form asks for them.
#[must_use]
pub fn columns() -> [&'static str; 17] {
    COLUMNS
}
