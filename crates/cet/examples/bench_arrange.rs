//! Measures how long arranging many entries takes, and how much memory it needs.
//!
//! `cargo run --release -p cet --example bench_arrange -- [ENTRIES [URL]]`: without URL (`sqlite:PATH`, a new file, or
//! `postgres://…/DATABASE`, an empty database) only the draw itself, otherwise the whole command on a database with
//! that many paid entries, including a redraw. Commits are durable.

use std::sync::Arc;
use std::time::Instant;

use cet_base::params;
use cet_base::store::{Clock, Db, DbError, Settings as Database, Tx};
use cet_base::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use cet_base::words::ids::EntryId;
use cet_base::words::subject::Mode;
use cet_domain::arrangement::whole::{Outcome, Task, run};
use cet_domain::arrangement::{Candidate, Needs, Settings, Unit, rules};
use cet_domain::audit::Actor;
use cet_domain::sitting::catalogue::CatalogueCell;

/// Entries per subject and campus: a million entries are 200 units.
const OF_A_UNIT: i64 = 5_000;
/// Students per class.
const OF_A_CLASS: i64 = 35;
/// Entries per transaction while seeding.
const AT_ONCE: i64 = 2_500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let entries: i64 = arguments.first().map_or(Ok(1_000_000), |text| text.parse())?;
    match arguments.get(1) {
        None => draw_only(entries),
        Some(url) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(whole_command(entries, url))
        }
    }
}

fn draw_only(entries: i64) -> Result<(), Box<dyn std::error::Error>> {
    let sitting = SittingCode::parse("2017-2").map_err(|_| "sitting")?;
    let subject = SubjectCode::parse("1").map_err(|_| "subject")?;
    let begin = Instant::now();
    let mut seats = 0;
    for number in 0..entries / OF_A_UNIT {
        let campus = campus(number)?;
        let (sitting, mode) = (sitting.clone(), Mode::Written);
        let unit = Unit { campus, sitting, year: 2017, half: 2, subject, mode };
        let candidates: Vec<Candidate> = (0..OF_A_UNIT).map(|n| candidate(campus.school(), n)).collect();
        let drawn = rules::arrange(&unit, &candidates, &Settings::default(), &[], 7);
        seats += drawn.map_err(|fault| fault.to_string())?.len();
    }
    println!("drawn: {seats} seats in {:.2?}; {}", begin.elapsed(), memory());
    Ok(())
}

fn candidate(school: SchoolCode, n: i64) -> Candidate {
    let needs = if n % 200 == 0 { Needs { extra_time: true, ..Needs::default() } } else { Needs::default() };
    Candidate { school, entry: EntryId(n), class: n / OF_A_CLASS, needs }
}

fn campus(number: i64) -> Result<CampusCode, Box<dyn std::error::Error>> {
    CampusCode::parse(&(100_000 + 10 * number).to_string()).map_err(|_| "campus".into())
}

async fn whole_command(entries: i64, url: &str) -> Result<(), Box<dyn std::error::Error>> {
    let clock = Clock::Real { rehearsal: false };
    let settings = Database { url: url.to_owned(), pool: 8, durable: true, clock, node: 1 };
    let db = Db::open(settings).await?;
    db.migrate().await?;
    let begin = Instant::now();
    seed(&db, entries).await?;
    println!("{}: {entries} paid entries seeded in {:.1?}; {}", db.kind(), begin.elapsed(), memory());
    let catalogue = CatalogueCell::open(&db).await?.get();
    let plan = catalogue.current().ok_or("no sitting")?;
    let command = Task::Arrange { seed: 7, publish: true, actor: Actor::Command("arrange") };
    for (name, task) in [("arranged and published", command), ("drawn again", Task::Replay)] {
        let begin = Instant::now();
        let outcomes = run(&db, plan, None, &task, Arc::new(|_, _| ())).await;
        let outcomes = outcomes.map_err(|stop| format!("{stop:?}"))?;
        let mut seats = 0;
        for (unit, outcome) in outcomes {
            seats += match outcome {
                Outcome::Published(summary) => summary.candidates,
                Outcome::Replayed(replay) if replay.differing.is_empty() => replay.seats,
                other => return Err(format!("{unit}: {other:?}").into()),
            };
        }
        println!("{}: {name}: {seats} seats in {:.1?}; {}", db.kind(), begin.elapsed(), memory());
    }
    Ok(())
}

async fn seed(db: &Db, entries: i64) -> Result<(), Box<dyn std::error::Error>> {
    let units = entries / OF_A_UNIT;
    db.write(async move |tx: &mut Tx<'_>| {
        tx.execute(
            "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
             VALUES ('2017-2', 'bench', 'bench', 2017, 2, FALSE, 0)",
            &[],
        )
        .await?;
        tx.execute(
            "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs)
             VALUES ('2017-2', '1', 1, '1', '1', 'written', 4, 'english', '')",
            &[],
        )
        .await?;
        tx.execute(
            "INSERT INTO registration_window (sitting, scope, mode, from_at, to_at) VALUES ('2017-2', '', 'written', 0, 1)",
            &[],
        )
        .await?;
        for number in 0..units {
            let campus = campus(number).map_err(|_| DbError::Decode("campus"))?;
            tx.execute(
                "INSERT INTO seat_pool (school, sitting, campus, subject, capacity, taken)
                 VALUES ($1, '2017-2', $2, '1', $3, $3)",
                params![campus.school(), campus, OF_A_UNIT],
            )
            .await?;
        }
        Ok::<_, DbError>(())
    })
    .await?;
    for number in 0..units {
        let campus = campus(number)?;
        for first in (0..OF_A_UNIT).step_by(usize::try_from(AT_ONCE)?) {
            db.write(async move |tx: &mut Tx<'_>| {
                for n in first..first + AT_ONCE {
                    paid(tx, campus, number * OF_A_UNIT + n + 1, n).await?;
                }
                Ok::<_, DbError>(())
            })
            .await?;
        }
    }
    Ok(())
}

async fn paid(tx: &mut Tx<'_>, campus: CampusCode, id: i64, n: i64) -> Result<(), DbError> {
    let (class, number) = ((n / OF_A_CLASS).to_string(), n.to_string());
    let key = id.to_be_bytes();
    tx.execute_soon(
        "INSERT INTO registration
            (school, id, sitting, passport_id, record_id, state, saved_at, version, campus, school_name, campus_name, name,
             name_key, sex, document_kind, document_sealed, document_key, education, duration, entry_year, grade, college,
             major, class, student_number, remark, subjects, listed_subjects, barred_subjects, snapshot_hash)
         VALUES ($1, $2, '2017-2', $2, $2, 'live', 0, 1, $3, '', '', '张三丰', '张三丰', '', 'resident-id', $4, $4, '', '', '',
                 '2016', '化学学院', '高分子化学与物理', $5, $6, '', '1', '', '', '')",
        params![campus.school(), id, campus, key, class, number],
    )
    .await?
    .ignore();
    tx.execute_soon(
        "INSERT INTO entry
            (school, id, registration_id, sitting, subject, mode, level, pool_school, campus, campus_name, school_name, state,
             fee, channel, entered_at, expires_at, paid_at)
         VALUES ($1, $2, $2, '2017-2', '1', 'written', 4, $1, $3, '', '', 'paid', 1, 'self', 0, 0, 0)",
        params![campus.school(), id, campus],
    )
    .await?
    .ignore();
    Ok(())
}

/// The peak memory of this process, as reported by Linux.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown");
    format!("peak memory {}", peak.trim())
}
