//! Measures how many entries per second the store accepts, including all checks of entering (R8), the outcome for
//! repeats and the audit row.
//!
//! `cargo run --release -p cet --example bench_store -- URL POOLS CALLERS SECONDS`, where URL is `sqlite:PATH` (a new
//! file) or `postgres://…/DATABASE` (an empty database). Commits are durable. After the run the sums must match.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cet_base::params;
use cet_base::store::{Clock, Db, DbError, Settings, Stop, Tx};
use cet_base::words::codes::{CampusCode, SittingCode, SubjectCode};
use cet_base::words::ids::PassportId;
use cet_base::words::subject::Mode;
use cet_domain::entry::verbs::{EnterCommand, enter};
use cet_domain::sitting::catalogue::{Catalogue, CatalogueCell};

struct Plan {
    url: String,
    pools: i64,
    callers: i64,
    seconds: u64,
}

impl Plan {
    /// Registrations created before the clock starts, one per entry: more than the database can use in that time.
    fn registrations(&self) -> i64 {
        let a_second = if self.url.starts_with("sqlite:") { 80_000 } else { 10_000 };
        i64::try_from(self.seconds).unwrap_or(1).saturating_mul(a_second)
    }
}

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize, default: i64| arguments.get(n).map_or(Ok(default), |text| text.parse());
    let wrong = |error: std::num::ParseIntError| error.to_string();
    let plan = Plan {
        url: arguments.first().cloned().ok_or("expected sqlite:PATH or postgres://…")?,
        pools: number(1, 1).map_err(wrong)?,
        callers: number(2, 64).map_err(wrong)?,
        seconds: u64::try_from(number(3, 5).map_err(wrong)?).unwrap_or(5),
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(run(plan)).map_err(|error| error.to_string())
}

async fn run(plan: Plan) -> Result<(), Box<dyn std::error::Error>> {
    let clock = Clock::Real { rehearsal: false };
    let settings = Settings { url: plan.url.clone(), pool: 16, durable: true, clock, node: 1 };
    let db = Db::open(settings).await?;
    db.migrate().await?;
    let campuses: Vec<CampusCode> =
        (0..plan.pools).filter_map(|n| CampusCode::parse(&(100_000 + n).to_string()).ok()).collect();
    let begin = Instant::now();
    let registrations = plan.registrations();
    seed(&db, &campuses, registrations).await?;
    println!("{}: {registrations} registrations seeded in {:.1?}", db.kind(), begin.elapsed());
    let catalogue = CatalogueCell::open(&db).await?.get();
    let next = Arc::new(AtomicI64::new(1));
    let (done, failed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (begin, cpu) = (Instant::now(), cpu_micros());
    let end = begin + Duration::from_secs(plan.seconds);
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..plan.callers {
        let (db, catalogue, next) = (db.clone(), Arc::clone(&catalogue), Arc::clone(&next));
        let (done, failed) = (Arc::clone(&done), Arc::clone(&failed));
        callers.spawn(async move {
            let mut times = Vec::new();
            while Instant::now() < end {
                let passport = next.fetch_add(1, Ordering::Relaxed);
                if passport > registrations {
                    break;
                }
                let from = Instant::now();
                match one(&db, &catalogue, passport).await {
                    Ok(()) => done.fetch_add(1, Ordering::Relaxed),
                    Err(_) => failed.fetch_add(1, Ordering::Relaxed),
                };
                times.push(from.elapsed());
            }
            times
        });
    }
    let mut times: Vec<Duration> = callers.join_all().await.into_iter().flatten().collect();
    let (took, cpu) = (begin.elapsed(), cpu_micros().saturating_sub(cpu));
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    let (done, failed) = (done.load(Ordering::Relaxed), failed.load(Ordering::Relaxed));
    println!(
        "{} pools={} callers={}: {} entries in {:.2?} = {}/s, failed {failed}, p50 {:.1?}, p99 {:.1?}, CPU of this process {} us each",
        db.kind(),
        plan.pools,
        plan.callers,
        done,
        took,
        u128::from(done) * 1_000_000 / took.as_micros().max(1),
        at(50),
        at(99),
        cpu / done.max(1),
    );
    let (taken, live): (i64, i64) = db
        .read(async |tx: &mut Tx<'_>| {
            let taken: (i64,) = tx.query_one("SELECT CAST(SUM(taken) AS BIGINT) FROM seat_pool", &[]).await?;
            let live: (i64,) = tx.query_one("SELECT COUNT(*) FROM entry WHERE state = 'held'", &[]).await?;
            Ok::<_, DbError>((taken.0, live.0))
        })
        .await?;
    assert!(taken == live && live == i64::try_from(done)?, "taken {taken}, live {live}, acknowledged {done}");
    Ok(())
}

async fn one(db: &Db, catalogue: &Arc<Catalogue>, passport: i64) -> Result<(), String> {
    let cmd = EnterCommand {
        passport: PassportId(passport),
        sitting: SittingCode::parse("2017-2").map_err(|error| error.what.to_owned())?,
        mode: Mode::Written,
        subjects: vec![SubjectCode::CET4],
        campus: None,
        command: Some(format!("bench-{passport}")),
        address: "192.0.2.1".to_owned(),
    };
    let catalogue = Arc::clone(catalogue);
    let done = db.write(async move |tx: &mut Tx<'_>| enter(tx, &catalogue, &cmd).await).await;
    match done {
        Ok(_) => Ok(()),
        Err(Stop::Refused(refused)) => Err(format!("{refused:?}")),
        Err(Stop::Fault(fault)) => Err(fault.to_string()),
    }
}

/// One sitting with English 4, one pool per campus, and registrations spread over the campuses.
async fn seed(db: &Db, campuses: &[CampusCode], count: i64) -> Result<(), DbError> {
    let all = campuses.to_vec();
    db.write(async move |tx: &mut Tx<'_>| reference(tx, &all).await).await?;
    let mut first = 1;
    while first <= count {
        let last = (first + 5_000).min(count + 1);
        let all = campuses.to_vec();
        db.write(async move |tx: &mut Tx<'_>| registrations_of(tx, &all, first, last).await).await?;
        first = last;
    }
    db.analyze(&[]).await;
    Ok(())
}

async fn reference(tx: &mut Tx<'_>, campuses: &[CampusCode]) -> Result<(), DbError> {
    let now = tx.now().await?.micros();
    let day = 86_400_000_000_i64;
    tx.execute(
        "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
         VALUES ('2017-2', '2017年下半年', '', 2017, 2, $1, $2)",
        params![false, now],
    )
    .await?;
    tx.execute(
        "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs, exam_from, exam_to, printing_from)
         VALUES ('2017-2', '1', 1, '英语四级笔试', '', 'written', 4, '英语', '', $1, $2, $1)",
        params![now + 50 * day, now + 51 * day],
    )
    .await?;
    tx.execute(
        "INSERT INTO registration_window (sitting, scope, mode, from_at, to_at, outsiders_from)
         VALUES ('2017-2', '', 'written', $1, $2, NULL)",
        params![now - day, now + 20 * day],
    )
    .await?;
    tx.execute("INSERT INTO fee (sitting, scope, subject, amount) VALUES ('2017-2', '', '1', 1)", &[])
        .await?;
    for campus in campuses {
        tx.execute("INSERT INTO campus (code, name) VALUES ($1, $2)", params![campus, "校区"]).await?;
        tx.execute(
            "INSERT INTO seat_pool (school, sitting, campus, subject, capacity, taken)
             VALUES ($1, '2017-2', $2, '1', 1000000, 0)",
            params![campus.school(), campus],
        )
        .await?;
    }
    tx.execute("UPDATE catalogue_version SET version = version + 1", &[]).await?;
    Ok(())
}

async fn registrations_of(
    tx: &mut Tx<'_>,
    campuses: &[CampusCode],
    first: i64,
    last: i64,
) -> Result<(), DbError> {
    let now = tx.now().await?.micros();
    for n in first..last {
        let at = usize::try_from(n).unwrap_or(0) % campuses.len().max(1);
        let Some(campus) = campuses.get(at) else { continue };
        tx.execute_soon(
            "INSERT INTO registration
                (school, id, sitting, passport_id, record_id, state, saved_at, release_at, version, campus, school_name,
                 campus_name, name, name_key, sex, document_kind, document_sealed, document_key, education, duration,
                 entry_year, grade, college, major, class, student_number, remark, subjects, listed_subjects,
                 barred_subjects, snapshot_hash)
             VALUES ($1, $2, '2017-2', $2, $2, 'live', $3, $4, 0, $5, '学校', '校区', '张三', '张三', '男', 'resident-id',
                     $6, $6, '本科', '4', '16', '01', '化学学院', '化学', '01', '01', '', '1', '', '', '')",
            params![campus.school(), n, now, now + 86_400_000_000, campus, n.to_be_bytes().to_vec()],
        )
        .await?
        .ignore();
        tx.execute_soon(
            "INSERT INTO passport_claim (passport_id, sitting, kind, school, id) VALUES ($1, '2017-2', 'registration', $2, $1)",
            params![n, campus.school()],
        )
        .await?
        .ignore();
    }
    Ok(())
}

/// The CPU time of this process so far, user and system, in microseconds; Linux counts in hundredths of a second.
fn cpu_micros() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks = after_name.split(' ').skip(11).take(2).filter_map(|text| text.parse::<u64>().ok());
    ticks.sum::<u64>() * 10_000
}
