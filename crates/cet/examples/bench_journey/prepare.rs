//! Prepares a demo with a large roster and signed-in candidates.

use std::time::{Duration, Instant};

use cet_base::config::Config;
use cet_base::params;
use cet_base::store::{Clock, Db, DbError, Tx};
use cet_base::vault::token_hash;
use cet_domain::installation::open_database;

use super::people;
use super::server::{Fault, Folder, Server, command};

/// Passports created per transaction.
const BATCH: usize = 1_000;
/// The first passport id: above those of the demo.
const FIRST: i64 = 1 << 40;
/// The demo's campuses.
const CAMPUSES: [&str; 2] = ["993010", "991010"];

/// Creates `count` candidates with a record and a session each; returns the sessions' tokens. Rows are inserted
/// directly, so that a server of another version finds them as well.
pub(crate) async fn candidates(folder: &Folder, count: usize) -> Result<Vec<String>, Fault> {
    Server::demo(folder)?.stop()?;
    let roster = folder.file("many.csv");
    write_roster(&roster, count)?;
    command(folder, &["import", "roster", &roster.display().to_string(), "--sitting", "2017-2"])?;
    let roomy = folder.file("roomy.toml");
    std::fs::write(&roomy, with_room(&std::fs::read_to_string(folder.file("sitting.toml"))?))?;
    command(folder, &["import", "sitting", &roomy.display().to_string()])?;
    let db = database(folder).await?;
    let tokens: Vec<String> = (0..count).map(|n| format!("journey{n:057}")).collect();
    for (batch, some) in tokens.chunks(BATCH).enumerate() {
        let (some, first) = (some.to_vec(), batch.saturating_mul(BATCH));
        db.write(async move |tx: &mut Tx<'_>| passports(tx, first, &some).await).await?;
    }
    db.analyze(&[]).await;
    Ok(tokens)
}

/// The demo's sitting with seats for everybody, as a file: `cet verify` compares each setting with its changes.
fn with_room(sitting: &str) -> String {
    let line = |line: &str| {
        if line.starts_with("capacity = ") { "capacity = 1000000\n".to_owned() } else { format!("{line}\n") }
    };
    sitting.lines().map(line).collect()
}

async fn database(folder: &Folder) -> Result<Db, Fault> {
    let config =
        Config::load(&folder.file("cet.toml"), folder.environment().into_iter()).map_err(|faults| {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            lines.join("\n")
        })?;
    let node = config.server.node ^ 0x200;
    Ok(open_database(&config, Clock::Real { rehearsal: true }, node).await?)
}

async fn passports(tx: &mut Tx<'_>, first: usize, tokens: &[String]) -> Result<(), DbError> {
    let now = tx.now().await?;
    for (token, n) in tokens.iter().zip(first..) {
        let id = FIRST.saturating_add(i64::try_from(n).unwrap_or(0));
        let email = format!("journey{n}@example.cn");
        tx.execute_soon(
            "INSERT INTO passport (id, public_id, email, password_hash, name, created_at, credential_changed_at)
             VALUES ($1, $2, $3, '', '', $4, $4)",
            params![id, format!("{id:032X}"), email, now],
        )
        .await?
        .ignore();
        tx.execute_soon(
            "INSERT INTO passport_email (email_key, passport_id) VALUES ($1, $2)",
            params![email, id],
        )
        .await?
        .ignore();
        tx.execute_soon(
            "INSERT INTO session (token_hash, passport_id, created_at, seen_at) VALUES ($1, $2, $3, $3)",
            params![token_hash(token), id, now],
        )
        .await?
        .ignore();
    }
    Ok(())
}

fn write_roster(path: &std::path::Path, count: usize) -> Result<(), Fault> {
    let mut file = csv::Writer::from_path(path)?;
    file.write_record(cet_domain::roster::file::COLUMNS)?;
    for n in 0..count {
        let of = people::student(u64::try_from(n)?);
        let number = people::number(u64::try_from(n)?);
        let campus = CAMPUSES.get(n % CAMPUSES.len()).copied().unwrap_or_default();
        let school = campus.get(..5).unwrap_or_default();
        file.write_record([
            of.name.as_str(),
            of.sex,
            "中华人民共和国居民身份证",
            &number,
            school,
            campus,
            "本科",
            "4",
            "16",
            "02",
            of.college,
            of.major,
            &of.class,
            &of.number,
            "",
            "1",
            "",
        ])?;
    }
    file.flush()?;
    Ok(())
}

/// Waits until the audit log is linked; returns the number of links.
pub(crate) async fn until_linked(folder: &Folder, most: Duration) -> Result<String, Fault> {
    let db = database(folder).await?;
    let begun = Instant::now();
    loop {
        let (rows, links): (i64, i64) = db
            .read_long(async |tx: &mut Tx<'_>| {
                tx.query_one(
                    "SELECT (SELECT COUNT(*) FROM audit_log) AS logged, (SELECT COUNT(*) FROM audit_chain) AS linked",
                    &[],
                )
                .await
            })
            .await?;
        if rows == links {
            return Ok(format!("{links} rows"));
        }
        if begun.elapsed() > most {
            return Ok(format!("NOT YET: {links} of {rows} rows"));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
