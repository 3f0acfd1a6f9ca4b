//! Numbered migrations: one text for both databases, in PostgreSQL's dialect with a few words replaced for SQLite.

use ring::digest;

use crate::vault::to_hex;

use super::connect::Lane;
use super::{Clock, DbError, OpenError, postgres::Postgres};

/// A migration; its number is its index in [`ALL`] plus one.
struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// Never edit one that has been released: add another.
const ALL: &[Migration] = &[
    Migration { name: "0001_reference", sql: include_str!("../../../../migrations/0001_reference.sql") },
    Migration { name: "0002_people", sql: include_str!("../../../../migrations/0002_people.sql") },
    Migration {
        name: "0003_registration",
        sql: include_str!("../../../../migrations/0003_registration.sql"),
    },
    Migration { name: "0004_money", sql: include_str!("../../../../migrations/0004_money.sql") },
    Migration {
        name: "0005_log_and_jobs",
        sql: include_str!("../../../../migrations/0005_log_and_jobs.sql"),
    },
    Migration { name: "0006_arrangement", sql: include_str!("../../../../migrations/0006_arrangement.sql") },
    Migration { name: "0007_account", sql: include_str!("../../../../migrations/0007_account.sql") },
    Migration { name: "0008_staff", sql: include_str!("../../../../migrations/0008_staff.sql") },
    Migration { name: "0009_review", sql: include_str!("../../../../migrations/0009_review.sql") },
    Migration { name: "0010_ticket", sql: include_str!("../../../../migrations/0010_ticket.sql") },
    Migration {
        name: "0011_collective_payment",
        sql: include_str!("../../../../migrations/0011_collective_payment.sql"),
    },
    Migration {
        name: "0012_registration_release",
        sql: include_str!("../../../../migrations/0012_registration_release.sql"),
    },
    Migration { name: "0013_money", sql: include_str!("../../../../migrations/0013_money.sql") },
    Migration { name: "0014_audit", sql: include_str!("../../../../migrations/0014_audit.sql") },
    Migration {
        name: "0015_session_shown",
        sql: include_str!("../../../../migrations/0015_session_shown.sql"),
    },
    Migration { name: "0016_photo", sql: include_str!("../../../../migrations/0016_photo.sql") },
    Migration { name: "0017_jobs", sql: include_str!("../../../../migrations/0017_jobs.sql") },
    Migration { name: "0018_vault_check", sql: include_str!("../../../../migrations/0018_vault_check.sql") },
    Migration {
        name: "0019_sitting_state",
        sql: include_str!("../../../../migrations/0019_sitting_state.sql"),
    },
    Migration {
        name: "0020_order_answer",
        sql: include_str!("../../../../migrations/0020_order_answer.sql"),
    },
    Migration { name: "0021_message", sql: include_str!("../../../../migrations/0021_message.sql") },
    Migration { name: "0022_change", sql: include_str!("../../../../migrations/0022_change.sql") },
    Migration { name: "0023_upload", sql: include_str!("../../../../migrations/0023_upload.sql") },
    Migration {
        name: "0024_record_report",
        sql: include_str!("../../../../migrations/0024_record_report.sql"),
    },
    Migration {
        name: "0025_staff_account",
        sql: include_str!("../../../../migrations/0025_staff_account.sql"),
    },
    Migration { name: "0026_portal", sql: include_str!("../../../../migrations/0026_portal.sql") },
    Migration {
        name: "0027_statistics_and_publication",
        sql: include_str!("../../../../migrations/0027_statistics_and_publication.sql"),
    },
    Migration {
        name: "0028_payment_event",
        sql: include_str!("../../../../migrations/0028_payment_event.sql"),
    },
    Migration {
        name: "0029_refund_request",
        sql: include_str!("../../../../migrations/0029_refund_request.sql"),
    },
    Migration {
        name: "0030_reconciliation",
        sql: include_str!("../../../../migrations/0030_reconciliation.sql"),
    },
    Migration { name: "0031_season_rest", sql: include_str!("../../../../migrations/0031_season_rest.sql") },
    Migration { name: "0032_waiting", sql: include_str!("../../../../migrations/0032_waiting.sql") },
    Migration { name: "0033_person", sql: include_str!("../../../../migrations/0033_person.sql") },
    Migration {
        name: "0034_draft_and_language",
        sql: include_str!("../../../../migrations/0034_draft_and_language.sql"),
    },
    Migration { name: "0035_staff_lists", sql: include_str!("../../../../migrations/0035_staff_lists.sql") },
    Migration { name: "0036_standby", sql: include_str!("../../../../migrations/0036_standby.sql") },
    Migration { name: "0037_dispute", sql: include_str!("../../../../migrations/0037_dispute.sql") },
    Migration { name: "0038_gateway", sql: include_str!("../../../../migrations/0038_gateway.sql") },
    Migration { name: "0039_exam_room", sql: include_str!("../../../../migrations/0039_exam_room.sql") },
    Migration {
        name: "0040_trade_number",
        sql: include_str!("../../../../migrations/0040_trade_number.sql"),
    },
    Migration { name: "0041_lists", sql: include_str!("../../../../migrations/0041_lists.sql") },
    Migration {
        name: "0042_standby_figures",
        sql: include_str!("../../../../migrations/0042_standby_figures.sql"),
    },
    Migration {
        name: "0043_order_number",
        sql: include_str!("../../../../migrations/0043_order_number.sql"),
    },
    Migration {
        name: "0044_notice_version",
        sql: include_str!("../../../../migrations/0044_notice_version.sql"),
    },
    Migration { name: "0045_taken_back", sql: include_str!("../../../../migrations/0045_taken_back.sql") },
    Migration { name: "0046_consent", sql: include_str!("../../../../migrations/0046_consent.sql") },
    Migration { name: "0047_archive", sql: include_str!("../../../../migrations/0047_archive.sql") },
    Migration {
        name: "0048_import_named",
        sql: include_str!("../../../../migrations/0048_import_named.sql"),
    },
    Migration { name: "0049_history", sql: include_str!("../../../../migrations/0049_history.sql") },
    Migration {
        name: "0050_node_dispute_grant",
        sql: include_str!("../../../../migrations/0050_node_dispute_grant.sql"),
    },
    Migration { name: "0051_outcomes", sql: include_str!("../../../../migrations/0051_outcomes.sql") },
    Migration {
        name: "0052_lapsed_request",
        sql: include_str!("../../../../migrations/0052_lapsed_request.sql"),
    },
    Migration {
        name: "0053_console_refund",
        sql: include_str!("../../../../migrations/0053_console_refund.sql"),
    },
    Migration { name: "0054_upload_fit", sql: include_str!("../../../../migrations/0054_upload_fit.sql") },
];

/// Statements for PostgreSQL or SQLite only: run after each new migration, so each line must be idempotent.
const AFTER_POSTGRES: &str = include_str!("../../../../migrations/after.postgres.sql");
const AFTER_SQLITE: &str = include_str!("../../../../migrations/after.sqlite.sql");

/// Which version a database or a program is at: the number of its last migration.
pub type Version = usize;

/// How a database's version compares with this program's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionState {
    /// At this program's version.
    Current,
    /// Migrations are missing: `cet migrate` runs them.
    Older {
        /// The database's version.
        found: Version,
        /// This program's version.
        wanted: Version,
    },
    /// Made by a later program.
    Newer {
        /// The database's version.
        found: Version,
        /// This program's version.
        wanted: Version,
    },
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    version    BIGINT NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    checksum   TEXT   NOT NULL,
    applied_at BIGINT NOT NULL
)";

fn checksum(sql: &str) -> String {
    to_hex(digest::digest(&digest::SHA256, sql.as_bytes()).as_ref())
}

pub(super) fn state(found: Version) -> VersionState {
    let wanted = ALL.len();
    match found.cmp(&wanted) {
        std::cmp::Ordering::Less => VersionState::Older { found, wanted },
        std::cmp::Ordering::Equal => VersionState::Current,
        std::cmp::Ordering::Greater => VersionState::Newer { found, wanted },
    }
}

/// Whether a database of this version includes a migration.
pub(super) fn has(found: Version, name: &str) -> bool {
    ALL.iter().position(|migration| migration.name == name).is_some_and(|place| place < found)
}

/// The migrations still to run, after checking that those already run are unchanged.
fn pending(ran: &[(i64, String)]) -> Result<impl Iterator<Item = (i64, &'static Migration)>, OpenError> {
    if let VersionState::Newer { found, wanted } = state(ran.len()) {
        return Err(OpenError::Migration(format!(
            "the database is at version {found}, this program at {wanted}: use the newer program"
        )));
    }
    for ((version, sum), migration) in ran.iter().zip(ALL) {
        if *sum != checksum(migration.sql) {
            return Err(OpenError::Migration(format!(
                "migration {version} ({}) was changed after it ran here",
                migration.name
            )));
        }
    }
    Ok((1..).zip(ALL).skip(ran.len()))
}

/// Replaces PostgreSQL's types by SQLite's; `BIGINT PRIMARY KEY` would not be the rowid. A comment marks the tables of
/// the hot path as `WITHOUT ROWID`, which PostgreSQL does not know.
fn for_sqlite(sql: &str) -> String {
    sql.replace("BIGINT NOT NULL PRIMARY KEY", "INTEGER NOT NULL PRIMARY KEY")
        .replace("BYTEA", "BLOB")
        .replace("/* WITHOUT ROWID */", "WITHOUT ROWID")
}

pub(super) fn sqlite_state(conn: &mut rusqlite::Connection) -> Result<VersionState, DbError> {
    conn.execute_batch(&for_sqlite(TABLE))?;
    let found: i64 = conn.query_row("SELECT COUNT(*) FROM schema_migration", [], |row| row.get(0))?;
    Ok(state(usize::try_from(found).unwrap_or(0)))
}

pub(super) fn sqlite_run(
    conn: &mut rusqlite::Connection,
    clock: &Clock,
) -> Result<Vec<&'static str>, OpenError> {
    let fault = |error: rusqlite::Error| OpenError::Database(error.into());
    conn.execute_batch(&for_sqlite(TABLE)).map_err(fault)?;
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fault)?;
    let ran: Vec<(i64, String)> = {
        let mut statement =
            tx.prepare("SELECT version, checksum FROM schema_migration ORDER BY version").map_err(fault)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(fault)?;
        rows.collect::<Result<_, _>>().map_err(fault)?
    };
    let mut names = Vec::new();
    for (version, migration) in pending(&ran)? {
        let wrong = |error: rusqlite::Error| OpenError::Migration(format!("{}: {error}", migration.name));
        tx.execute_batch(&for_sqlite(migration.sql)).map_err(wrong)?;
        tx.execute(
            "INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)",
            (version, migration.name, checksum(migration.sql), clock.process_now().micros()),
        )
        .map_err(wrong)?;
        names.push(migration.name);
    }
    if !names.is_empty() {
        tx.execute_batch(AFTER_SQLITE).map_err(fault)?;
    }
    tx.commit().map_err(fault)?;
    Ok(names)
}

pub(super) async fn postgres_state(db: &Postgres) -> Result<VersionState, DbError> {
    let client = db.client(Lane::Read).await?;
    let there: bool =
        client.query_one("SELECT to_regclass('schema_migration') IS NOT NULL", &[]).await?.try_get(0)?;
    if !there {
        return Ok(state(0));
    }
    let found: i64 = client.query_one("SELECT COUNT(*) FROM schema_migration", &[]).await?.try_get(0)?;
    Ok(state(usize::try_from(found).unwrap_or(0)))
}

pub(super) async fn postgres_run(db: &Postgres, clock: &Clock) -> Result<Vec<&'static str>, OpenError> {
    let mut client = db.client(Lane::Long).await?;
    let fault = |error: tokio_postgres::Error| OpenError::Database(error.into());
    let tx = client.transaction().await.map_err(fault)?;
    // An advisory lock: two nodes that start at once must not both migrate. The number is arbitrary.
    tx.batch_execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
         SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(993010)",
    )
    .await
    .map_err(fault)?;
    // Waiting for a table lock blocks everybody queued behind it: rather fail and be run again.
    tx.batch_execute("SET LOCAL lock_timeout = '5s'").await.map_err(fault)?;
    tx.batch_execute(TABLE).await.map_err(fault)?;
    let rows = tx
        .query("SELECT version, checksum FROM schema_migration ORDER BY version", &[])
        .await
        .map_err(fault)?;
    let ran = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<Vec<(i64, String)>, tokio_postgres::Error>>()
        .map_err(fault)?;
    let mut names = Vec::new();
    for (version, migration) in pending(&ran)? {
        let wrong = |error: tokio_postgres::Error| {
            OpenError::Migration(format!("{}: {}", migration.name, DbError::from(error)))
        };
        tx.batch_execute(migration.sql).await.map_err(wrong)?;
        tx.execute(
            "INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
            &[&version, &migration.name, &checksum(migration.sql), &clock.process_now().micros()],
        )
        .await
        .map_err(wrong)?;
        names.push(migration.name);
    }
    if !names.is_empty() {
        tx.batch_execute(AFTER_POSTGRES).await.map_err(fault)?;
    }
    tx.commit().await.map_err(fault)?;
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_that_was_changed_after_it_ran_is_refused() {
        let ran = [(1, "another".to_owned())];
        assert!(matches!(pending(&ran).err(), Some(OpenError::Migration(_))));
    }

    #[test]
    fn a_database_of_a_later_program_is_refused() {
        let ran: Vec<_> =
            (1..).zip(ALL).map(|(n, m)| (n, checksum(m.sql))).chain([(99, String::new())]).collect();
        assert!(matches!(pending(&ran).err(), Some(OpenError::Migration(_))));
    }
}
