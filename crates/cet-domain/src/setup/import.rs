//! Imports a sitting's file: all of it in one transaction, or nothing.

use std::collections::BTreeSet;

use super::file::{FileFault, PoolLine, SittingFile, WindowLine};
use super::rules::{self, About, Misfit};
use crate::arrangement::verbs::configure::configure;
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::params;
use crate::seat_pool::store::CapacityRefusal;
use crate::seat_pool::{self, PoolKey};
use crate::sitting::plan::{Plan, SittingState};
use crate::sitting::store::bump_version;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::subject_list::join_codes;

/// The result, for the command's last line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Subjects of the sitting.
    pub subjects: usize,
    /// Windows, fees, notices and oral settings.
    pub settings: usize,
    /// Seat pools.
    pub pools: usize,
    /// Texts that got a new version, because they changed.
    pub new_texts: usize,
    /// The state of the sitting.
    pub state: SittingState,
}

/// Writes the content of a sitting's file; settings that the file does not mention stay. A new sitting is a draft,
/// until it is imported with `publish`. Rows are changed in the order reference tables, seat pools, audit, version.
///
/// # Errors
/// All unknown places, pools whose capacity would fall below the number of taken seats (R15), contradictions with
/// earlier imports, and missing requirements for publishing; nothing is stored then.
pub async fn import(
    tx: &mut Tx<'_>,
    file: &SittingFile,
    publish: bool,
) -> Result<Imported, Stop<Vec<FileFault>>> {
    sitting(tx, file).await?;
    places(tx, file).await?;
    subjects(tx, file).await?;
    settings(tx, file).await?;
    let new_texts = texts(tx, file).await?;
    let known: BTreeSet<CampusCode> = campuses(tx).await?;
    let mut faults = file.places.unknown(&known);
    for pool in file.pools.iter().filter(|pool| known.contains(&pool.campus)) {
        faults.extend(set_pool(tx, &file.code, pool).await?);
    }
    faults.extend(arrangements(tx, file).await?);
    let whole = crate::sitting::store::load(tx).await?;
    let plan = whole.sitting(&file.code).ok_or(DbError::Decode("sitting that is there"))?;
    faults.extend(misfitting(file, plan));
    let publishes = publish && plan.state == SittingState::Draft;
    if publishes {
        // What was refused above is not reported as missing too.
        let missing =
            rules::missing(plan).into_iter().filter(|what| file.pools.is_empty() || *what != rules::NO_POOL);
        faults.extend(
            missing.map(|what| FileFault { line: 1, text: format!("it can't be published: {what}") }),
        );
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Err(Stop::Refused(faults));
    }
    let state = if publishes { set_published(tx, file).await? } else { plan.state };
    record(tx, file, ("sitting-imported", Changes::NONE)).await?;
    if publishes {
        let changes = Changes::NONE.field("state", Value::code(plan.state.wire()), Value::code(state.wire()));
        record(tx, file, ("sitting-published", changes)).await?;
    }
    bump_version(tx).await?;
    Ok(Imported {
        subjects: file.subjects.len(),
        settings: file.windows.len()
            + file.fees.len()
            + file.notices.len()
            + file.orals.len()
            + file.arrangements.len(),
        pools: file.pools.len(),
        new_texts,
        state,
    })
}

/// Contradictions in the resulting sitting, between this file and earlier ones. Those within the file have been
/// reported when it was parsed.
fn misfitting(file: &SittingFile, plan: &Plan) -> Vec<FileFault> {
    let misfits = rules::misfits(Some(plan.year), plan.subjects(), &plan.windows());
    let fault = |misfit: Misfit| {
        let line = match misfit.about {
            About::Sitting => Some(1),
            About::Subject(code) => file.subject_lines.get(&code).copied(),
            About::Window(scope, mode) => {
                let same = |line: &&WindowLine| (line.scope, line.mode) == (scope, mode);
                file.windows.iter().find(same).map(|line| line.line)
            }
        };
        let whose = match misfit.about {
            About::Sitting => String::new(),
            About::Subject(code) => format!(" (subject {code}, from an earlier import)"),
            About::Window(scope, mode) => {
                format!(" (the {} window of \"{scope}\", from an earlier import)", mode.wire())
            }
        };
        let text = if line.is_some() { misfit.text } else { misfit.text + &whose };
        FileFault { line: line.unwrap_or(1), text }
    };
    misfits.into_iter().map(fault).collect()
}

async fn set_published(tx: &mut Tx<'_>, file: &SittingFile) -> Result<SittingState, DbError> {
    let sql = "UPDATE sitting SET state = 'published' WHERE code = $1 AND state = 'draft'";
    tx.execute(sql, params![file.code]).await?;
    Ok(SittingState::Published)
}

async fn record(
    tx: &mut Tx<'_>,
    file: &SittingFile,
    (action, changes): (&'static str, Changes),
) -> Result<(), DbError> {
    let event = Event {
        school: SchoolCode::NONE,
        actor: Actor::Command("import sitting"),
        action,
        object_kind: "sitting",
        object: file.code.as_str(),
        address: "",
        detail: &format!("pools={}", file.pools.len()),
        changes,
    };
    audit::record(tx, &event).await
}

async fn sitting(tx: &mut Tx<'_>, file: &SittingFile) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'draft')
         ON CONFLICT (code) DO UPDATE
            SET name = $2, name_en = $3, year = $4, half = $5, ask_student_number = $6",
        params![file.code, file.name, file.name_en, file.year, file.half, file.ask_student_number, now],
    )
    .await?;
    Ok(())
}

async fn places(tx: &mut Tx<'_>, file: &SittingFile) -> Result<(), DbError> {
    for (code, name) in &file.provinces {
        let sql =
            "INSERT INTO province (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = $2";
        tx.execute(sql, params![code, name]).await?;
    }
    for (code, name) in &file.schools {
        let sql =
            "INSERT INTO school (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = $2";
        tx.execute(sql, params![code, name]).await?;
    }
    for (code, name) in &file.campuses {
        set_campus(tx, *code, name).await?;
    }
    Ok(())
}

/// Adds a campus or renames it.
pub async fn set_campus(tx: &mut Tx<'_>, code: CampusCode, name: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO campus (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = $2";
    tx.execute(sql, params![code, name]).await?;
    Ok(())
}

async fn subjects(tx: &mut Tx<'_>, file: &SittingFile) -> Result<(), DbError> {
    for subject in &file.subjects {
        tx.execute(
            "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs,
                                  exam_from, exam_to, printing_from)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (sitting, code) DO UPDATE
                SET place = $3, name = $4, name_en = $5, mode = $6, level = $7, language = $8, needs = $9,
                    exam_from = $10, exam_to = $11, printing_from = $12",
            params![
                file.code,
                subject.code,
                subject.place,
                subject.name,
                subject.name_en,
                subject.mode.wire(),
                subject.level.number(),
                subject.language,
                join_codes(&subject.needs),
                subject.exam_from,
                subject.exam_to,
                subject.printing_from,
            ],
        )
        .await?;
    }
    Ok(())
}

async fn settings(tx: &mut Tx<'_>, file: &SittingFile) -> Result<(), DbError> {
    let sitting = &file.code;
    for line in &file.windows {
        let (scope, mode) = (line.scope.to_string(), line.mode.wire());
        tx.execute(
            "INSERT INTO registration_window (sitting, scope, mode, from_at, to_at, outsiders_from)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (sitting, scope, mode) DO UPDATE SET from_at = $4, to_at = $5, outsiders_from = $6",
            params![sitting, scope, mode, line.window.opens(), line.window.closes(), line.outsiders_from],
        )
        .await?;
    }
    for (scope, subject, amount) in &file.fees {
        tx.execute(
            "INSERT INTO fee (sitting, scope, subject, amount) VALUES ($1, $2, $3, $4)
             ON CONFLICT (sitting, scope, subject) DO UPDATE SET amount = $4",
            params![sitting, scope.to_string(), subject, amount],
        )
        .await?;
    }
    for (scope, step, body) in &file.notices {
        let step = step.map_or("", |step| step.wire());
        tx.execute(
            "INSERT INTO notice (sitting, scope, step, body) VALUES ($1, $2, $3, $4)
             ON CONFLICT (sitting, scope, step) DO UPDATE SET body = $4",
            params![sitting, scope.to_string(), step, body],
        )
        .await?;
    }
    for (scope, elsewhere) in &file.orals {
        tx.execute(
            "INSERT INTO oral_setting (sitting, scope, elsewhere) VALUES ($1, $2, $3)
             ON CONFLICT (sitting, scope) DO UPDATE SET elsewhere = $3",
            params![sitting, scope.to_string(), elsewhere.join(";")],
        )
        .await?;
    }
    Ok(())
}

/// A text gets a new version only if it changed: an acceptance of the agreement names the version that was read.
async fn texts(tx: &mut Tx<'_>, file: &SittingFile) -> Result<usize, DbError> {
    let mut new = 0;
    for (kind, lang, body) in &file.texts {
        let newest: Option<(i64, String)> = tx
            .query_opt(
                "SELECT version, body FROM sitting_text
                  WHERE sitting = $1 AND kind = $2 AND lang = $3
                  ORDER BY version DESC LIMIT 1",
                params![file.code, kind.wire(), *lang],
            )
            .await?;
        let version = match newest {
            Some((_, known)) if known == *body => continue,
            Some((version, _)) => version.saturating_add(1),
            None => 1,
        };
        tx.execute(
            "INSERT INTO sitting_text (sitting, kind, lang, version, body) VALUES ($1, $2, $3, $4, $5)",
            params![file.code, kind.wire(), *lang, version, body],
        )
        .await?;
        new += 1;
    }
    Ok(new)
}

/// The known campuses.
pub async fn campuses(tx: &mut Tx<'_>) -> Result<BTreeSet<CampusCode>, DbError> {
    let rows: Vec<(CampusCode,)> = tx.query("SELECT code FROM campus", &[]).await?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

/// Stores the arrangement settings; the arranging campus can't change once it is published.
async fn arrangements(tx: &mut Tx<'_>, file: &SittingFile) -> Result<Vec<FileFault>, DbError> {
    let mut faults = Vec::new();
    for (line, row) in &file.arrangements {
        match configure(tx, &file.code, row).await {
            Ok(()) => {}
            Err(Stop::Refused(refusal)) => {
                faults.push(FileFault { line: *line, text: format!("arrangement.arrange_as: {refusal}") });
            }
            Err(Stop::Fault(fault)) => return Err(fault),
        }
    }
    Ok(faults)
}

/// Creates a pool or changes its capacity; one below the number of taken seats is refused with that number (R15).
async fn set_pool(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    pool: &PoolLine,
) -> Result<Option<FileFault>, DbError> {
    let key = PoolKey { campus: pool.campus, sitting: sitting.clone(), subject: pool.subject };
    if seat_pool::store::open(tx, &key, pool.capacity).await? {
        return Ok(None);
    }
    let taken = match seat_pool::store::set_capacity(tx, &key, pool.capacity).await? {
        Ok(()) => return Ok(None),
        Err(CapacityRefusal::BelowTaken(taken)) => taken,
        Err(CapacityRefusal::Unknown) => return Err(DbError::Decode("pool that is there")),
    };
    let text = format!(
        "pool.capacity = {} for subject {} at {}: expected at least {taken}, as many seats are taken",
        pool.capacity, pool.subject, pool.campus
    );
    Ok(Some(FileFault { line: pool.line, text }))
}

#[cfg(test)]
#[path = "tests/import.rs"]
mod tests;
