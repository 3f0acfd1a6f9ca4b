//! Queries of the reference tables: `setup::import` writes them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::plan::{Notice, Plan, SittingState, TextKind, VersionedText};
use super::subject::Subject;
use super::window::{Scope, Window};
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::{Level, Mode};
use crate::words::subject_list::parse_codes;
use crate::words::time::Time;

/// The version of the reference tables.
pub async fn version(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.query_one::<(i64,)>("SELECT version FROM catalogue_version WHERE id = 1", &[]).await.map(|(v,)| v)
}

/// Makes every process reload its catalogue; the last statement of any change of a reference table.
pub async fn bump_version(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.execute("UPDATE catalogue_version SET version = version + 1 WHERE id = 1", &[]).await?;
    Ok(())
}

/// Locks a sitting's row until the transaction ends, by an update that works on both databases (store rule 5).
pub async fn lock(tx: &mut Tx<'_>, sitting: &str) -> Result<(), DbError> {
    tx.execute("UPDATE sitting SET created_at = created_at WHERE code = $1", params![sitting]).await?;
    Ok(())
}

/// Loads all reference tables.
///
/// # Errors
/// [`DbError::Decode`] when a stored value is invalid.
pub async fn load(tx: &mut Tx<'_>) -> Result<Catalogue, DbError> {
    // The version first: what changes while the rest is read has a higher one, and so is read again.
    let version = version(tx).await?;
    let mut plans = sittings(tx).await?;
    add_subjects(tx, &mut plans).await?;
    add_windows(tx, &mut plans).await?;
    add_fees(tx, &mut plans).await?;
    add_notices(tx, &mut plans).await?;
    add_texts(tx, &mut plans).await?;
    add_oral_settings(tx, &mut plans).await?;
    add_pools(tx, &mut plans).await?;
    Ok(Catalogue {
        version,
        sittings: plans.into_iter().map(|(code, plan)| (code, Arc::new(plan))).collect(),
        provinces: tx.query("SELECT code, name FROM province", &[]).await?.into_iter().collect(),
        schools: tx.query("SELECT code, name FROM school", &[]).await?.into_iter().collect(),
        campuses: tx.query("SELECT code, name FROM campus", &[]).await?.into_iter().collect(),
    })
}

type Plans = BTreeMap<SittingCode, Plan>;

async fn sittings(tx: &mut Tx<'_>) -> Result<Plans, DbError> {
    type Row = (SittingCode, String, String, i64, i64, bool, SittingState);
    let sql = "SELECT code, name, name_en, year, half, ask_student_number, state FROM sitting";
    let rows: Vec<Row> = tx.query(sql, &[]).await?;
    let plan = |(code, name, name_en, year, half, ask_student_number, state): Row| Plan {
        code,
        name,
        name_en,
        state,
        year,
        half,
        ask_student_number,
        subjects: Vec::new(),
        windows: HashMap::new(),
        fees: HashMap::new(),
        notices: HashMap::new(),
        texts: HashMap::new(),
        oral_settings: HashMap::new(),
        pools: BTreeMap::new(),
    };
    Ok(rows.into_iter().map(plan).map(|plan| (plan.code.clone(), plan)).collect())
}

record! {
    struct SubjectRow {
        sitting: SittingCode, code: SubjectCode, place: i64, name: String, name_en: String, mode: String, level: i64,
        language: String, needs: String, exam_from: Option<Time>, exam_to: Option<Time>, printing_from: Option<Time>,
    }
}

async fn add_subjects(tx: &mut Tx<'_>, plans: &mut Plans) -> Result<(), DbError> {
    let sql = "SELECT sitting, code, place, name, name_en, mode, level, language, needs, exam_from, exam_to, printing_from
                 FROM subject
                ORDER BY sitting, place, code";
    for row in tx.query::<SubjectRow>(sql, &[]).await? {
        let subject = Subject {
            code: row.code,
            place: row.place,
            name: row.name,
            name_en: row.name_en,
            mode: mode(&row.mode)?,
            level: Level::from_number(row.level).ok_or(DbError::Decode("level"))?,
            language: row.language,
            needs: parse_codes(&row.needs).map_err(|_| DbError::Decode("list of subjects"))?,
            exam_from: row.exam_from,
            exam_to: row.exam_to,
            printing_from: row.printing_from,
        };
        plan(plans, &row.sitting)?.subjects.push(subject);
    }
    Ok(())
}

async fn add_windows(tx: &mut Tx<'_>, plans: &mut Plans) -> Result<(), DbError> {
    type Row = (SittingCode, String, String, Time, Time, Option<Time>);
    let sql = "SELECT sitting, scope, mode, from_at, to_at, outsiders_from FROM registration_window";
    for (sitting, place, at, from, to, outsiders) in tx.query::<Row>(sql, &[]).await? {
        let window = Window::new(from, to).map_err(|_| DbError::Decode("window"))?;
        plan(plans, &sitting)?.windows.insert((scope(&place)?, mode(&at)?), (window, outsiders));
    }
    Ok(())
}

async fn add_fees(tx: &mut Tx<'_>, plans: &mut Plans) -> Result<(), DbError> {
    type Row = (SittingCode, String, SubjectCode, Fen);
    for (sitting, place, subject, amount) in
        tx.query::<Row>("SELECT sitting, scope, subject, amount FROM fee", &[]).await?
    {
        plan(plans, &sitting)?.fees.insert((scope(&place)?, subject), amount);
    }
    Ok(())
}

async fn add_notices(tx: &mut Tx<'_>, plans: &mut Plans) -> Result<(), DbError> {
    type Row = (SittingCode, String, String, String);
    let sql = "SELECT sitting, scope, step, body FROM notice ORDER BY sitting, scope, step";
    for (sitting, place, step, body) in tx.query::<Row>(sql, &[]).await? {
        let scope = scope(&place)?;
        let step = if step.is_empty() { None } else { Some(mode(&step)?) };
        let notices = plan(plans, &sitting)?.notices.entry(scope).or_default();
        notices.push(Notice { scope, step, body });
    }
    Ok(())
}

async fn add_texts(tx: &mut Tx<'_>, plans: &mut Plans) -> Result<(), DbError> {
    type Row = (SittingCode, String, String, i64, String);
    // In the order of versions, so that the newest is inserted last and stays.
    let sql =
        "SELECT sitting, kind, lang, version, body FROM sitting_text ORDER BY sitting, kind, lang, version";
    for (sitting, kind, lang, version, body) in tx.query::<Row>(sql, &[]).await? {
        let kind = TextKind::from_wire(&kind).ok_or(DbError::Decode("kind of text"))?;
        plan(plans, &sitting)?.texts.insert((kind, lang), VersionedText { version, body });
    }
    Ok(())
}

async fn add_oral_settings(tx: &mut Tx<'_>, plans: &mut Plans) -> Result<(), DbError> {
    type Row = (SittingCode, String, String);
    for (sitting, place, elsewhere) in
        tx.query::<Row>("SELECT sitting, scope, elsewhere FROM oral_setting", &[]).await?
    {
        let prefixes = elsewhere.split(';').filter(|prefix| !prefix.is_empty()).map(str::to_owned).collect();
        plan(plans, &sitting)?.oral_settings.insert(scope(&place)?, prefixes);
    }
    Ok(())
}

/// The set of pools changes as rarely as the rest; their seats are never part of the catalogue.
async fn add_pools(tx: &mut Tx<'_>, plans: &mut Plans) -> Result<(), DbError> {
    type Row = (SittingCode, CampusCode, SubjectCode);
    for (sitting, campus, subject) in
        tx.query::<Row>("SELECT sitting, campus, subject FROM seat_pool", &[]).await?
    {
        // A pool of an unknown sitting is reported by `cet verify`, and no reason to fail here.
        if let Some(plan) = plans.get_mut(&sitting) {
            plan.pools.entry(campus).or_default().push(subject);
        }
    }
    Ok(())
}

fn plan<'p>(plans: &'p mut Plans, sitting: &SittingCode) -> Result<&'p mut Plan, DbError> {
    plans.get_mut(sitting).ok_or(DbError::Decode("sitting that is there"))
}

fn mode(text: &str) -> Result<Mode, DbError> {
    Mode::from_wire(text).ok_or(DbError::Decode("mode"))
}

fn scope(text: &str) -> Result<Scope, DbError> {
    Scope::parse(text).ok_or(DbError::Decode("scope"))
}
