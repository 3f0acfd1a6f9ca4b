//! `cet import campuses`: codes and names. A code with several names is reported, never resolved (facts 1.4).

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use super::store::{self, Before, set_campus};
use crate::audit::{self, Actor, Changes, Event};
use crate::import::{Findings, fields::Fields};
use crate::sheet::{Chosen, Limits, Note, Place, Sheet, SheetError, Table, Wrong};
use crate::sitting::store::bump_version;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode};

/// The columns, in any order.
pub const COLUMNS: [&str; 2] = ["code", "name"];
/// At most ten campuses per school and a thousand schools per province.
const MOST_ROWS: u64 = 100_000;

/// The content of a file of campuses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampusFile {
    /// The campuses whose code has one name.
    pub campuses: BTreeMap<CampusCode, String>,
    /// The codes with several names, each with its lines.
    pub doubled: BTreeMap<CampusCode, Vec<(Place, String)>>,
    /// Errors of rows.
    pub findings: Findings,
    /// Other content of the file.
    pub notes: Vec<Note>,
}

/// Parses a file of campuses, with the columns that somebody chose or by its header.
///
/// # Errors
/// [`SheetError`] when the file as a whole is wrong.
pub fn read(path: &Path, chosen: Option<Chosen>) -> Result<CampusFile, SheetError> {
    let table = Table { chosen, ..Table::of(&COLUMNS) };
    let sheet = Sheet::open(path, table, Limits::command(MOST_ROWS))?;
    let mut findings = Findings::default();
    let mut found: BTreeMap<CampusCode, Vec<(Place, String)>> = BTreeMap::new();
    sheet.read(|row| {
        match row.cells {
            Ok(cells) => {
                let mut fields = Fields::new(&row.place, &cells, &COLUMNS, &mut findings);
                // School 00000 is reserved for what belongs to none.
                let code = fields.code("code", "sheet-expect-known-campus-code", |text| {
                    CampusCode::parse(text).ok().filter(|code| code.school() != SchoolCode::NONE)
                });
                let name = fields.line::<200>("name");
                if name.as_ref().is_some_and(String::is_empty) {
                    fields.expected("name", "sheet-expect-campus-name", "");
                }
                if let Some(cell) = row.stray {
                    findings.warn(&row.place, None, Wrong::Stray { cell });
                }
                if let (Some(code), Some(name)) = (code, name) {
                    found.entry(code).or_default().push((row.place.clone(), name));
                }
            }
            Err(fault) if fault.wrong.is_no_row() => findings.tally(&fault.place, fault.wrong.kind()),
            Err(fault) => findings.error(&fault.place, fault.column, fault.wrong),
        }
        ControlFlow::Continue(())
    })?;
    let mut file = CampusFile { findings, notes: sheet.notes().to_vec(), ..CampusFile::default() };
    for (code, mut names) in found {
        let first = names.first().map(|(_, name)| name.clone()).unwrap_or_default();
        if names.iter().all(|(_, name)| *name == first) {
            file.campuses.insert(code, first);
        } else {
            names.sort();
            file.doubled.insert(code, names);
        }
    }
    Ok(file)
}

/// The result of storing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Campuses of the file.
    pub campuses: usize,
    /// Those that were new or had another name.
    pub changed: usize,
}

/// Stores the campuses whose code has one name, all or none; an existing one is renamed. What an upload changes is noted, so
/// that it can be taken back.
pub async fn store(
    db: &Db,
    campuses: BTreeMap<CampusCode, String>,
    actor: Actor,
    upload: Option<i64>,
) -> Result<Stored, DbError> {
    db.write(async move |tx: &mut Tx<'_>| {
        let known = store::campuses(tx).await?;
        let mut stored = Stored { campuses: campuses.len(), changed: 0 };
        let mut changes = Changes::NONE;
        for (code, name) in campuses.iter().filter(|(code, name)| known.get(code) != Some(*name)) {
            set_campus(tx, *code, name).await?;
            if let Some(upload) = upload {
                let before =
                    Before { campus: *code, name: known.get(code).cloned(), name_after: name.clone() };
                store::note(tx, upload, &before).await?;
            }
            let before = known.get(code).map(String::as_str).unwrap_or_default();
            changes = changes.text_of("name", code.to_string(), before, name);
            stored.changed = stored.changed.saturating_add(1);
        }
        if stored.changed == 0 {
            return Ok(stored);
        }
        let event = Event {
            school: SchoolCode::NONE,
            actor: actor.clone(),
            action: "campuses-imported",
            object_kind: "campus",
            object: "",
            address: "",
            detail: &format!("campuses={}", stored.changed),
            changes,
        };
        audit::record(tx, &event).await?;
        bump_version(tx).await?;
        Ok(stored)
    })
    .await
}

/// The known campuses and their names.
pub(crate) async fn known(tx: &mut Tx<'_>) -> Result<BTreeMap<CampusCode, String>, DbError> {
    store::campuses(tx).await
}

/// Takes the campuses of an upload back: what has the name that the file gave it is called as before, and what was new is
/// gone unless something refers to it. Returns how many stay as they are; `None` if nothing of before is kept.
pub(crate) async fn take_back(
    tx: &mut Tx<'_>,
    upload: i64,
    (actor, address): (&Actor, &str),
) -> Result<Option<i64>, DbError> {
    let all = store::noted(tx, upload).await?;
    if all.is_empty() {
        return Ok(None);
    }
    let known = store::campuses(tx).await?;
    let (mut changes, mut kept) = (Changes::NONE, 0_i64);
    for of in &all {
        let now = known.get(&of.campus).filter(|name| **name == of.name_after);
        let stays = now.is_none() || of.name.is_none() && store::is_used(tx, of.campus).await?;
        if stays {
            kept = kept.saturating_add(1);
        } else {
            match &of.name {
                Some(name) => set_campus(tx, of.campus, name).await?,
                None => store::remove_campus(tx, of.campus).await?,
            }
            let after = of.name.as_deref().unwrap_or_default();
            changes = changes.text_of("name", of.campus.to_string(), &of.name_after, after);
        }
        store::forget(tx, upload, of).await?;
    }
    let event = Event {
        school: SchoolCode::NONE,
        actor: actor.clone(),
        action: "campuses-taken-back",
        object_kind: "campus",
        object: "",
        address,
        detail: &format!("campuses={} kept={kept}", all.len()),
        changes,
    };
    audit::record(tx, &event).await?;
    bump_version(tx).await?;
    Ok(Some(kept))
}

#[cfg(test)]
#[path = "tests/campuses.rs"]
mod tests;
