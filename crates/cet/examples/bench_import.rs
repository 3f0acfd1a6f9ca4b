//! Measures how fast a roster is imported, and how fast documents and scores are found among many.
//!
//! `cargo run --release -p cet --example bench_import -- [ROWS [RECORDS [URL]]]`
//!
//! 1. Generates a roster of ROWS made-up students (default 1,000,000) over 2,000 campuses as CSV in a temporary folder,
//!    imports it with the use case of `cet import roster`, and prints rows per second, CPU time and peak memory.
//! 2. Fills up to RECORDS (default 10,000,000; 0 skips this and the next step) roster records and as many scores,
//!    directly into the tables and in key order, because only the look-ups among them are of interest.
//! 3. Looks up random documents and tickets, one after another, and prints p50 and p99.
//!
//! URL is `sqlite:PATH` (a new file) or `postgres://…/DATABASE` (an empty database); without it a new SQLite file in
//! the temporary folder, which is deleted at the end. Ten million of both take about 8 GB. Commits are durable.

#[path = "bench_import/people.rs"]
mod people;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cet_base::sealed::{Document, Sealed};
use cet_base::store::{Clock, Db, DbError, Param, Settings, Tx};
use cet_base::vault::Vault;
use cet_base::words::codes::SittingCode;
use cet_base::{params, words::time::Time};
use cet_domain::import::Outcome;
use cet_domain::roster::{self, DocumentKey};
use cet_domain::score;

/// Rows per statement, and per transaction, while filling.
const OF_A_STATEMENT: usize = 50;
const OF_A_TRANSACTION: usize = 5_000;
/// Look-ups of each kind.
const LOOK_UPS: u64 = 20_000;

type Done = Result<(), Box<dyn std::error::Error>>;

fn main() -> Done {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default| arguments.get(at).map_or(Ok(default), |text| text.parse::<u64>());
    let (rows, records) = (number(0, 1_000_000)?, number(1, 10_000_000)?);
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
    db.write(async |tx: &mut Tx<'_>| reference(tx).await).await?;
    let vault = Arc::new(Vault::parse(&Vault::new_key_file()?)?);
    import(&db, Arc::clone(&vault), folder, rows).await?;
    if records == 0 {
        return Ok(());
    }
    let begin = Instant::now();
    let keys = sorted_keys(&vault, records)?;
    fill_roster(&db, &vault, &keys, rows).await?;
    fill_scores(&db, &keys).await?;
    db.analyze(&[]).await;
    println!("{}: filled up to {records} records and scores in {:.0?}", db.kind(), begin.elapsed());
    look_up(&db, &vault, records).await
}

async fn import(db: &Db, vault: Arc<Vault>, folder: &Path, rows: u64) -> Done {
    let file = folder.join("roster.csv");
    people::write_roster(&file, 0..rows)?;
    let size = std::fs::metadata(&file)?.len();
    let (begin, cpu) = (Instant::now(), cpu_millis());
    let report = roster::file::import(db, vault, &file, "2017-2", false, Arc::new(|_, _, _| ())).await?;
    let (took, cpu) = (begin.elapsed(), cpu_millis().saturating_sub(cpu));
    if report.rows != rows || !matches!(report.outcome, Outcome::Published { .. }) {
        return Err(format!("{} rows, {:?}", report.rows, report.outcome).into());
    }
    println!(
        "{}: roster of {rows} rows ({} MB) imported in {took:.1?} = {} rows/s, CPU {}.{:03} s, {}",
        db.kind(),
        size / 1_000_000,
        u128::from(rows) * 1_000_000 / took.as_micros().max(1),
        cpu / 1_000,
        cpu % 1_000,
        memory(),
    );
    std::fs::remove_file(&file)?;
    Ok(())
}

/// A sitting with English 4, and the campuses.
async fn reference(tx: &mut Tx<'_>) -> Result<(), DbError> {
    people::reference(tx).await?;
    for (id, kind, sitting) in [(1_i64, "roster", "2017-2"), (2, "scores", "")] {
        tx.execute(
            "INSERT INTO import (id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at)
             VALUES ($1, $2, $3, '', '', 0, 'staging', $4, NULL)",
            params![id, kind, sitting, Time::from_micros(i64::MAX)],
        )
        .await?;
    }
    Ok(())
}

/// The look-up keys of all students, sorted, each with the student's number.
fn sorted_keys(vault: &Vault, records: u64) -> Result<Vec<(DocumentKey, u64)>, Box<dyn std::error::Error>> {
    let key = |n| Ok((DocumentKey::of(vault, &people::document(n)?), n));
    let mut keys = (0..records).map(key).collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
    keys.sort_unstable();
    Ok(keys)
}

/// Adds the records that the imported file did not contain.
async fn fill_roster(db: &Db, vault: &Vault, keys: &[(DocumentKey, u64)], imported: u64) -> Done {
    let total = u64::try_from(keys.len())?.max(1);
    let missing = (0_u64..).zip(keys).filter(|(_, (_, n))| *n >= imported);
    let mut rows = Vec::with_capacity(OF_A_TRANSACTION);
    for (place, (key, n)) in missing {
        let student = people::student(*n);
        // In ascending key order, so that every index grows at its end.
        let campus = people::campus(place * people::CAMPUSES / total);
        let sealed = Sealed::<Document>::new(vault, &key.bytes(), &people::number(*n))?;
        let id = i64::try_from(place)?.saturating_add(1);
        rows.push((campus, id, *key, student, sealed));
        if rows.len() == OF_A_TRANSACTION {
            records_of(db, std::mem::take(&mut rows)).await?;
        }
    }
    records_of(db, rows).await?;
    publish(db, 1).await
}

type Record = (String, i64, DocumentKey, people::Student, Sealed<Document>);

async fn records_of(db: &Db, rows: Vec<Record>) -> Result<(), DbError> {
    const INSERT: &str = "INSERT INTO student_record
        (school, id, sitting, import_id, campus, name, name_key, sex, document_kind, document_sealed, document_key,
         education, duration, entry_year, grade, college, major, class, student_number, remark, listed_subjects,
         barred_subjects) VALUES ";
    const ROW: &str = "($, $, '2017-2', 1, $, $, $, $, 'resident-id', $, $, '本科', '4', '16', '02', $, $, $, $, '', '', '')";
    db.write(async move |tx: &mut Tx<'_>| {
        for rows in rows.chunks(OF_A_STATEMENT) {
            let schools: Vec<&str> = rows.iter().map(|row| row.0.get(..5).unwrap_or_default()).collect();
            let values =
                rows.iter().zip(&schools).flat_map(|((campus, id, key, student, sealed), school)| {
                    let (name, class) = (&student.name, &student.class);
                    let values: [&dyn Param; 12] = [
                        school,
                        id,
                        campus,
                        name,
                        name,
                        &student.sex,
                        sealed,
                        key,
                        &student.college,
                        &student.major,
                        class,
                        &student.number,
                    ];
                    values
                });
            insert(tx, INSERT, ROW, rows.len(), &values.collect::<Vec<_>>()).await?;
        }
        Ok(())
    })
    .await
}

async fn fill_scores(db: &Db, keys: &[(DocumentKey, u64)]) -> Done {
    const INSERT: &str = "INSERT INTO score (ticket, import_id, name, name_key, document_key, subject, points, sitting) VALUES ";
    for (first, rows) in (0_u64..).step_by(OF_A_TRANSACTION).zip(keys.chunks(OF_A_TRANSACTION)) {
        let rows: Vec<(String, DocumentKey, String, i64)> = (first..)
            .zip(rows)
            .map(|(place, (key, n))| {
                (
                    people::ticket(place),
                    *key,
                    people::student(*n).name,
                    i64::try_from(220 + n % 480).unwrap_or(425),
                )
            })
            .collect();
        db.write(async move |tx: &mut Tx<'_>| {
            for rows in rows.chunks(OF_A_STATEMENT) {
                let values = rows.iter().flat_map(|(ticket, key, name, points)| {
                    let values: [&dyn Param; 5] = [ticket, name, name, key, points];
                    values
                });
                insert(
                    tx,
                    INSERT,
                    "($, 2, $, $, $, '1', $, '2016-2')",
                    rows.len(),
                    &values.collect::<Vec<_>>(),
                )
                .await?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
    }
    publish(db, 2).await
}

/// Inserts `rows` with one statement; each `$` in a row's text is its next value.
async fn insert(
    tx: &mut Tx<'_>,
    into: &str,
    row: &str,
    rows: usize,
    values: &[&dyn Param],
) -> Result<(), DbError> {
    let mut sql = into.to_owned();
    let mut number = 0_usize;
    for at in 0..rows {
        sql.push_str(if at == 0 { "" } else { ", " });
        for (piece, text) in row.split('$').enumerate() {
            if piece > 0 {
                number = number.saturating_add(1);
                sql.push_str(&format!("${number}"));
            }
            sql.push_str(text);
        }
    }
    tx.execute(&sql, values).await?;
    Ok(())
}

async fn publish(db: &Db, import: i64) -> Done {
    db.write(async move |tx: &mut Tx<'_>| {
        tx.execute("UPDATE import SET state = 'published', published_at = 1 WHERE id = $1", params![import])
            .await
    })
    .await?;
    Ok(())
}

async fn look_up(db: &Db, vault: &Arc<Vault>, records: u64) -> Done {
    let sitting = SittingCode::parse("2017-2").map_err(|error| error.what)?;
    let (mut records_found, mut scores_found, mut best_found, mut missed) = (vec![], vec![], vec![], vec![]);
    for turn in 0..LOOK_UPS {
        let n = people::scatter(turn) % records.max(1);
        let (document, stranger) = (people::document(n)?, people::document(n.saturating_add(records))?);
        let ticket = score::Ticket::parse(&people::ticket(n)).ok_or("a ticket")?;
        let (of, key) = (sitting.clone(), DocumentKey::of(vault, &document));
        let begin = Instant::now();
        let found = db.read(async move |tx: &mut Tx<'_>| roster::store::find(tx, &of, key).await).await?;
        records_found.push(begin.elapsed());
        found.ok_or("a record is not found")?;
        let begin = Instant::now();
        let name = people::student(n).name;
        let found = db
            .read(async move |tx: &mut Tx<'_>| score::store::by_ticket(tx, ticket, &key.bytes(), &name).await)
            .await?;
        scores_found.push(begin.elapsed());
        found.ok_or("a score is not found")?;
        let begin = Instant::now();
        let found = db.read(async move |tx: &mut Tx<'_>| score::store::best_cet4(tx, key).await).await?;
        best_found.push(begin.elapsed());
        found.ok_or("the scores of a document are not found")?;
        let (of, key) = (sitting.clone(), DocumentKey::of(vault, &stranger));
        let begin = Instant::now();
        let found = db.read(async move |tx: &mut Tx<'_>| roster::store::find(tx, &of, key).await).await?;
        missed.push(begin.elapsed());
        if found.is_some() {
            return Err("a stranger is found".into());
        }
    }
    for (what, times) in [
        ("record by document", records_found),
        ("document that is not there", missed),
        ("score by ticket", scores_found),
        ("best CET4 score by document", best_found),
    ] {
        print_times(db.kind(), what, records, times);
    }
    Ok(())
}

fn print_times(kind: &str, what: &str, records: u64, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    println!(
        "{kind}: {what} among {records}: p50 {:.1?}, p99 {:.1?}, slowest {:.1?} of {}",
        at(50),
        at(99),
        times.last().copied().unwrap_or_default(),
        times.len()
    );
}

/// The peak memory of this process, as reported by Linux.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown");
    format!("peak memory {}", peak.trim())
}

/// The CPU time of this process so far, user and system; Linux counts in hundredths of a second.
fn cpu_millis() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks = after_name.split(' ').skip(11).take(2).filter_map(|text| text.parse::<u64>().ok());
    ticks.sum::<u64>() * 10
}
