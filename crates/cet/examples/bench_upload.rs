//! Measures how long a roster takes that a school's staff upload, and what candidates notice of it.
//!
//! `cargo run --release -p cet --example bench_upload -- [ROWS [RECORDS [URL]]]`
//!
//! 1. Imports a roster of RECORDS made-up students (default 400,000) over 2,000 campuses.
//! 2. Uploads a file of ROWS (default 100,000) of which half are among them, as the page does: its bytes, then the job that
//!    checks, stages and compares, until the preview stands; then publishes it, takes it back, and publishes it again.
//! 3. Meanwhile one reader looks up documents and one writer makes small durable transactions, as candidates do, each 50 times
//!    a second; their p50, p99 and longest stand beside those without an upload.
//!
//! URL is `sqlite:PATH` (a new file) or `postgres://…/DATABASE` (an empty database); without it a new SQLite file in
//! the temporary folder, which is deleted at the end. Commits are durable.

#[path = "bench_import/people.rs"]
#[expect(dead_code, reason = "another benchmark uses the rest")]
mod people;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cet_base::store::{Clock, Db, Settings, Stop, Tx};
use cet_base::vault::Vault;
use cet_base::words::codes::SittingCode;
use cet_base::words::staff::Scope;
use cet_domain::audit::Actor;
use cet_domain::import::Outcome;
use cet_domain::roster::{self, DocumentKey};
use cet_domain::upload::store::{self, New, PART, Upload};
use cet_domain::upload::verbs::{self, Asked, UploadRefusal};
use cet_domain::upload::{Kind, State, jobs};

type Error = Box<dyn std::error::Error + Send + Sync>;
type Done<T = ()> = Result<T, Error>;

/// How often each kind of candidate comes.
const PACE: Duration = Duration::from_millis(20);

fn main() -> Done {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default| arguments.get(at).map_or(Ok(default), |text| text.parse::<u64>());
    let (rows, records) = (number(0, 100_000)?, number(1, 400_000)?);
    let folder = tempfile::tempdir()?;
    let own = format!("sqlite:{}", folder.path().join("bench.sqlite").display());
    let url = arguments.get(2).cloned().unwrap_or(own);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(&url, folder.path(), rows, records))
}

async fn run(url: &str, folder: &Path, rows: u64, records: u64) -> Done {
    let clock = Clock::Real { rehearsal: false };
    let db = Db::open(Settings { url: url.to_owned(), pool: 8, durable: true, clock, node: 1 }).await?;
    db.migrate().await?;
    db.write(async |tx: &mut Tx<'_>| people::reference(tx).await).await?;
    let vault = Arc::new(Vault::parse(&Vault::new_key_file()?)?);
    let first = folder.join("roster.csv");
    people::write_roster(&first, 0..records).map_err(|error| error.to_string())?;
    let report =
        roster::file::import(&db, Arc::clone(&vault), &first, "2017-2", false, Arc::new(|_, _, _| ()))
            .await?;
    if !matches!(report.outcome, Outcome::Published { .. }) {
        return Err(format!("{:?}", report.outcome).into());
    }
    db.analyze(&[]).await;
    println!("{}: {records} students, file of {rows} rows, half of them new", db.kind());
    let next = folder.join("next.csv");
    let half = rows / 2;
    people::write_roster(&next, records.saturating_sub(half)..records.saturating_add(rows - half))
        .map_err(|error| error.to_string())?;
    let bytes = std::fs::read(&next)?;

    let quiet = Candidates::begin(&db, &vault, records);
    tokio::time::sleep(Duration::from_secs(5)).await;
    quiet.end("without an upload").await?;

    let beside = Candidates::begin(&db, &vault, records);
    let begin = Instant::now();
    let id = send(&db, bytes).await?;
    let received = begin.elapsed();
    until(&db, &vault, id, State::Ready).await?;
    println!(
        "from the first byte to the preview: {:.1?}, of which {received:.1?} receiving",
        begin.elapsed()
    );
    beside.end("while it was checked").await?;
    for _ in 0..2 {
        let beside = Candidates::begin(&db, &vault, records);
        let begin = Instant::now();
        publish(&db, id).await?;
        until(&db, &vault, id, State::Published).await?;
        println!("published: {:.1?}", begin.elapsed());
        beside.end("while it was published").await?;
        let beside = Candidates::begin(&db, &vault, records);
        let begin = Instant::now();
        withdraw(&db, id).await?;
        println!("taken back: {:.1?}", begin.elapsed());
        beside.end("while it was taken back").await?;
    }
    Ok(())
}

fn actor() -> Actor {
    Actor::Staff("national".to_owned())
}

/// Receives a file as the page does.
async fn send(db: &Db, bytes: Vec<u8>) -> Done<i64> {
    let new = New {
        kind: Kind::Roster,
        place: Scope::nation(),
        sitting: "2017-2".to_owned(),
        campus: String::new(),
        file_name: "名单.csv".to_owned(),
        account: "national".to_owned(),
    };
    let of = new.clone();
    let id = refused(db.write(async move |tx: &mut Tx<'_>| verbs::begin(tx, &of).await).await)?;
    let size = i64::try_from(bytes.len())?;
    for (number, part) in (0_i64..).zip(bytes.chunks(PART)) {
        let part = part.to_vec();
        db.write(async move |tx: &mut Tx<'_>| store::append(tx, id, number, &part).await).await?;
    }
    let all: bool = db
        .write(async move |tx: &mut Tx<'_>| verbs::received(tx, id, &new, size, (&actor(), "")).await)
        .await?;
    if all { Ok(id) } else { Err("the upload was given up".into()) }
}

async fn one(db: &Db, id: i64) -> Done<Upload> {
    let found: Option<Upload> = db
        .read(async move |tx: &mut Tx<'_>| store::one(tx, &Scope::nation(), Kind::Roster, id).await)
        .await?;
    found.ok_or_else(|| "no such upload".into())
}

/// Runs the job until the upload has this state.
async fn until(db: &Db, vault: &Arc<Vault>, id: i64, state: State) -> Done {
    for _ in 0..20 {
        jobs::round(db, vault).await?;
        let now = one(db, id).await?;
        if now.state()? == state {
            return Ok(());
        }
    }
    Err(format!("{:?}", one(db, id).await?.state()?).into())
}

fn refused<T>(done: Result<T, Stop<UploadRefusal>>) -> Done<T> {
    match done {
        Ok(done) => Ok(done),
        Err(Stop::Refused(refusal)) => Err(format!("{refusal:?}").into()),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn publish(db: &Db, id: i64) -> Done {
    let of = one(db, id).await?;
    refused(
        db.write(async move |tx: &mut Tx<'_>| {
            verbs::publish(tx, &of, Asked::default(), (&actor(), "")).await
        })
        .await,
    )
}

async fn withdraw(db: &Db, id: i64) -> Done {
    let of = one(db, id).await?;
    refused(
        db.write(async move |tx: &mut Tx<'_>| verbs::withdraw(tx, &of, "", (&actor(), "")).await.map(drop))
            .await,
    )
}

/// Those who read and write meanwhile.
struct Candidates {
    stop: Arc<AtomicBool>,
    reader: tokio::task::JoinHandle<Done<Vec<Duration>>>,
    writer: tokio::task::JoinHandle<Done<Vec<Duration>>>,
}

impl Candidates {
    fn begin(db: &Db, vault: &Arc<Vault>, records: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let reader = tokio::spawn(read(db.clone(), Arc::clone(vault), records, Arc::clone(&stop)));
        let writer = tokio::spawn(write(db.clone(), Arc::clone(&stop)));
        Self { stop, reader, writer }
    }

    async fn end(self, when: &str) -> Done {
        self.stop.store(true, Ordering::Relaxed);
        for (name, task) in [("looked up", self.reader), ("written", self.writer)] {
            let mut times = task.await??;
            times.sort_unstable();
            let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
            let longest = times.last().copied().unwrap_or_default();
            println!(
                "  {when}: {name} {}, p50 {:.1?}, p99 {:.1?}, longest {longest:.1?}",
                times.len(),
                at(50),
                at(99)
            );
        }
        Ok(())
    }
}

async fn read(db: Db, vault: Arc<Vault>, records: u64, stop: Arc<AtomicBool>) -> Done<Vec<Duration>> {
    let mut pace = tokio::time::interval(PACE);
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        pace.tick().await;
        let count = u64::try_from(times.len())?;
        let document =
            people::document(people::scatter(count) % records.max(1)).map_err(|error| error.to_string())?;
        let (key, sitting) =
            (DocumentKey::of(&vault, &document), SittingCode::parse("2017-2").map_err(|_| "sitting")?);
        let begin = Instant::now();
        let found: Option<_> = db
            .read(async move |tx: &mut Tx<'_>| {
                roster::store::find(tx, &sitting, key).await.map(|record| record.map(|record| record.campus))
            })
            .await?;
        times.push(begin.elapsed());
        if found.is_none() {
            return Err("a student of the first file is not found".into());
        }
    }
    Ok(times)
}

async fn write(db: Db, stop: Arc<AtomicBool>) -> Done<Vec<Duration>> {
    let mut pace = tokio::time::interval(PACE);
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        pace.tick().await;
        let begin = Instant::now();
        db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE campus SET name = name WHERE code = '110000'", &[]).await
        })
        .await?;
        times.push(begin.elapsed());
    }
    Ok(times)
}
