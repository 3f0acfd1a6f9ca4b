//! Queries of the reference tables; [`mod@write`] changes them.

pub mod write;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::limit::{Limit, LimitOn};
use super::plan::{Notice, Plan, SittingState, TextKind, VersionedText};
use super::subject::Subject;
use super::window::{Scope, Window};
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::{Level, Mode};
use crate::words::subject_list::parse_codes;
use crate::words::time::Time;

/// The version of the reference tables.
pub async fn version(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.query_one::<(i64,)>("SELECT version FROM catalogue_version WHERE id = 1", &[]).await.map(|(v,)| v)
}

/// Makes every process reload its catalogue, after any change of a reference table; returns the new version.
pub(crate) async fn bump_version(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.execute("UPDATE catalogue_version SET version = version + 1 WHERE id = 1", &[]).await?;
    version(tx).await
}

/// Locks a sitting's row until the transaction ends, by an update that works on both databases (store rule 5). What has no
/// row, a new sitting or the portal, is locked by the row of the version, which every change writes at its end.
pub async fn lock(tx: &mut Tx<'_>, sitting: &str) -> Result<(), DbError> {
    let sql = "UPDATE sitting SET created_at = created_at WHERE code = $1";
    if tx.execute(sql, params![sitting]).await? == 0 {
        tx.execute("UPDATE catalogue_version SET version = version WHERE id = 1", &[]).await?;
    }
    Ok(())
}

/// The sittings that are closed or archived and whose last exam was before then.
pub(crate) async fn over_before(tx: &mut Tx<'_>, before: Time) -> Result<Vec<SittingCode>, DbError> {
    let rows: Vec<(SittingCode,)> = tx
        .query(
            "SELECT s.code
               FROM sitting s
              WHERE s.state IN ('closed', 'archived')
                AND (SELECT MAX(u.exam_to) FROM subject u WHERE u.sitting = s.code) < $1
              ORDER BY s.code",
            params![before],
        )
        .await?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

/// Loads all reference tables.
///
/// # Errors
/// [`DbError::Decode`] when a stored value is invalid.
pub async fn load(tx: &mut Tx<'_>) -> Result<Catalogue, DbError> {
    // The version first: what changes while the rest is read has a higher one, and so is read again.
    let version = version(tx).await?;
    let mut plans = settings(tx, "").await?;
    add_pools(tx, &mut plans, "").await?;
    Ok(Catalogue {
        version,
        portal: crate::portal::store::load(tx).await?,
        sittings: plans.into_iter().map(|(code, plan)| (code, Arc::new(plan))).collect(),
        provinces: tx.query("SELECT code, name FROM province", &[]).await?.into_iter().collect(),
        schools: tx.query("SELECT code, name FROM school", &[]).await?.into_iter().collect(),
        campuses: tx.query("SELECT code, name FROM campus", &[]).await?.into_iter().collect(),
    })
}

/// Loads one sitting as this transaction sees it; `None` if there is none.
///
/// # Errors
/// [`DbError::Decode`] when a stored value is invalid.
pub async fn load_one(tx: &mut Tx<'_>, sitting: &SittingCode) -> Result<Option<Plan>, DbError> {
    let mut plans = settings(tx, sitting.as_str()).await?;
    if !plans.is_empty() {
        add_pools(tx, &mut plans, sitting.as_str()).await?;
    }
    Ok(plans.remove(sitting))
}

/// Whether any campus lies in a place: the prefix of its code.
pub(crate) async fn has_campus(tx: &mut Tx<'_>, place: &str) -> Result<bool, DbError> {
    let sql = "SELECT code FROM campus WHERE code >= $1 AND code < $2 LIMIT 1";
    // ':' is the character after '9'.
    let found: Option<(CampusCode,)> = tx.query_opt(sql, params![place, format!("{place}:")]).await?;
    Ok(found.is_some())
}

/// The settings of one sitting, or of all of them if `only` is empty.
async fn settings(tx: &mut Tx<'_>, only: &str) -> Result<Plans, DbError> {
    let mut plans = sittings(tx, only).await?;
    add_subjects(tx, &mut plans, only).await?;
    add_windows(tx, &mut plans, only).await?;
    add_limits(tx, &mut plans, only).await?;
    add_fees(tx, &mut plans, only).await?;
    add_notices(tx, &mut plans, only).await?;
    add_texts(tx, &mut plans, only).await?;
    add_oral_settings(tx, &mut plans, only).await?;
    Ok(plans)
}

type Plans = BTreeMap<SittingCode, Plan>;

async fn sittings(tx: &mut Tx<'_>, only: &str) -> Result<Plans, DbError> {
    type Row = (SittingCode, String, String, i64, i64, bool, SittingState, bool);
    let sql = "SELECT code, name, name_en, year, half, ask_student_number, state, province_fees
                 FROM sitting
                WHERE $1 = '' OR code = $1";
    let rows: Vec<Row> = tx.query(sql, params![only]).await?;
    let plan = |(code, name, name_en, year, half, ask_student_number, state, province_fees): Row| Plan {
        code,
        name,
        name_en,
        state,
        year,
        half,
        ask_student_number,
        province_fees,
        limits: BTreeMap::new(),
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
        printing_to: Option<Time>,
    }
}

async fn add_subjects(tx: &mut Tx<'_>, plans: &mut Plans, only: &str) -> Result<(), DbError> {
    let sql = "SELECT sitting, code, place, name, name_en, mode, level, language, needs, exam_from, exam_to, printing_from,
                      printing_to
                 FROM subject
                WHERE $1 = '' OR sitting = $1
                ORDER BY sitting, place, code";
    for row in tx.query::<SubjectRow>(sql, params![only]).await? {
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
            printing_to: row.printing_to,
        };
        plan(plans, &row.sitting)?.subjects.push(subject);
    }
    Ok(())
}

async fn add_windows(tx: &mut Tx<'_>, plans: &mut Plans, only: &str) -> Result<(), DbError> {
    type Row = (SittingCode, String, String, Time, Time, Option<Time>);
    let sql = "SELECT sitting, scope, mode, from_at, to_at, outsiders_from
                 FROM registration_window
                WHERE $1 = '' OR sitting = $1";
    for (sitting, place, at, from, to, outsiders) in tx.query::<Row>(sql, params![only]).await? {
        let window = Window::new(from, to).map_err(|_| DbError::Decode("window"))?;
        plan(plans, &sitting)?.windows.insert((scope(&place)?, mode(&at)?), (window, outsiders));
    }
    Ok(())
}

async fn add_limits(tx: &mut Tx<'_>, plans: &mut Plans, only: &str) -> Result<(), DbError> {
    type Row = (SittingCode, String, String, Option<Time>, Option<Time>, Option<i64>);
    let sql = "SELECT sitting, scope, item, from_at, to_at, capacity
                 FROM setting_limit
                WHERE $1 = '' OR sitting = $1";
    for (sitting, place, item, from, to, capacity) in tx.query::<Row>(sql, params![only]).await? {
        let on = LimitOn::from_wire(&item).ok_or(DbError::Decode("limit"))?;
        let limit = capacity.map_or(Limit::Span(from, to), Limit::Seats);
        plan(plans, &sitting)?.limits.insert((scope(&place)?, on), limit);
    }
    Ok(())
}

async fn add_fees(tx: &mut Tx<'_>, plans: &mut Plans, only: &str) -> Result<(), DbError> {
    type Row = (SittingCode, String, SubjectCode, Fen);
    let sql = "SELECT sitting, scope, subject, amount FROM fee WHERE $1 = '' OR sitting = $1";
    for (sitting, place, subject, amount) in tx.query::<Row>(sql, params![only]).await? {
        plan(plans, &sitting)?.fees.insert((scope(&place)?, subject), amount);
    }
    Ok(())
}

async fn add_notices(tx: &mut Tx<'_>, plans: &mut Plans, only: &str) -> Result<(), DbError> {
    type Row = (SittingCode, String, String, String, String);
    let sql = "SELECT sitting, scope, step, body, body_en
                 FROM notice
                WHERE $1 = '' OR sitting = $1
                ORDER BY sitting, scope, step";
    for (sitting, place, step, body, body_en) in tx.query::<Row>(sql, params![only]).await? {
        let scope = scope(&place)?;
        let step = if step.is_empty() { None } else { Some(mode(&step)?) };
        let notices = plan(plans, &sitting)?.notices.entry(scope).or_default();
        notices.push(Notice { scope, step, body, body_en });
    }
    Ok(())
}

/// Every version of a text, the newest first: number and text.
pub(crate) async fn text_versions(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    (kind, lang): (TextKind, Lang),
) -> Result<Vec<(i64, String)>, DbError> {
    tx.query(
        "SELECT version, body
           FROM sitting_text
          WHERE sitting = $1
            AND kind = $2
            AND lang = $3
          ORDER BY version DESC",
        params![sitting, kind.wire(), lang],
    )
    .await
}

async fn add_texts(tx: &mut Tx<'_>, plans: &mut Plans, only: &str) -> Result<(), DbError> {
    type Row = (SittingCode, String, String, i64, String);
    // In the order of versions, so that the newest is inserted last and stays.
    let sql = "SELECT sitting, kind, lang, version, body
                 FROM sitting_text
                WHERE $1 = '' OR sitting = $1
                ORDER BY sitting, kind, lang, version";
    for (sitting, kind, lang, version, body) in tx.query::<Row>(sql, params![only]).await? {
        let kind = TextKind::from_wire(&kind).ok_or(DbError::Decode("kind of text"))?;
        plan(plans, &sitting)?.texts.insert((kind, lang), VersionedText { version, body });
    }
    Ok(())
}

async fn add_oral_settings(tx: &mut Tx<'_>, plans: &mut Plans, only: &str) -> Result<(), DbError> {
    type Row = (SittingCode, String, String);
    let sql = "SELECT sitting, scope, elsewhere FROM oral_setting WHERE $1 = '' OR sitting = $1";
    for (sitting, place, elsewhere) in tx.query::<Row>(sql, params![only]).await? {
        let prefixes = elsewhere.split(';').filter(|prefix| !prefix.is_empty()).map(str::to_owned).collect();
        plan(plans, &sitting)?.oral_settings.insert(scope(&place)?, prefixes);
    }
    Ok(())
}

/// The set of pools changes as rarely as the rest; their seats are never part of the catalogue.
async fn add_pools(tx: &mut Tx<'_>, plans: &mut Plans, only: &str) -> Result<(), DbError> {
    type Row = (SittingCode, CampusCode, SubjectCode);
    let sql = "SELECT sitting, campus, subject FROM seat_pool WHERE $1 = '' OR sitting = $1";
    for (sitting, campus, subject) in tx.query::<Row>(sql, params![only]).await? {
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
