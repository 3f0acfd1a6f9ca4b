//! Bills as they came.

use std::path::Path;

use jiff::SignedDuration;

use crate::params;
use crate::reconciliation::Of;
use crate::record;
use crate::store::{Db, DbError, Tx};
use crate::words::time::Time;

/// The size of a part in bytes.
pub const PART: usize = 256 * 1024;
/// Parts that are deleted per transaction.
const DELETED_AT_ONCE: i64 = 40;
/// How long a comparison may take before another node begins it again.
const LEASE: SignedDuration = SignedDuration::from_mins(15);

record! {
    /// A bill's file.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FileRow {
        /// Its id.
        pub id: i64,
        /// The gateway.
        pub gateway: String,
        /// The day.
        pub day: String,
        /// `receiving`, `received`, `bad`, `compared` or `replaced`.
        pub state: String,
        /// Its name.
        pub file_name: String,
        /// In bytes.
        pub size: i64,
        /// Who sent it; empty: a job.
        pub account: String,
        /// When.
        pub received_at: Time,
        /// Why it is bad.
        pub fault: String,
        /// The line to blame; 0: none.
        pub fault_line: i64,
        /// How often a node began with it.
        pub tries: i64,
    }
}

impl FileRow {
    /// Whether it stands for the gateway's answer that it has no bill of the day.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        self.size == 0 && self.account.is_empty()
    }
}

/// Begins a file, whose bytes then arrive part by part.
pub async fn insert(tx: &mut Tx<'_>, account: &str) -> Result<i64, DbError> {
    let (id, now) = (tx.new_id(), tx.now().await?);
    tx.execute(
        "INSERT INTO reconciliation_file
            (id, gateway, day, state, file_name, size, digest, account, received_at, fault, fault_line, worker,
             lease_until, tries)
         VALUES ($1, '', '', 'receiving', '', 0, '', $2, $3, '', 0, NULL, NULL, 0)",
        params![id, account, now],
    )
    .await?;
    Ok(id)
}

/// Stores a part.
pub async fn append(tx: &mut Tx<'_>, file: i64, number: i64, body: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO reconciliation_part (file_id, number, body) VALUES ($1, $2, $3)",
        params![file, number, body],
    )
    .await?;
    Ok(())
}

/// Ends a file: from now on it is compared.
pub async fn received(
    tx: &mut Tx<'_>,
    id: i64,
    of: Of,
    (name, size, digest): (&str, i64, &str),
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let ended = tx
        .execute(
            "UPDATE reconciliation_file
                SET state = 'received', gateway = $2, day = $3, file_name = $4, size = $5, digest = $6, received_at = $7
              WHERE id = $1
                AND state = 'receiving'",
            params![id, of.gateway.as_str(), of.day.to_string(), name, size, digest, now],
        )
        .await?;
    Ok(ended == 1)
}

/// Deletes a file that did not arrive as a whole, or that is there already.
pub async fn discard(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    tx.execute("DELETE FROM reconciliation_part WHERE file_id = $1", params![id]).await?;
    tx.execute("DELETE FROM reconciliation_file WHERE id = $1 AND state = 'receiving'", params![id]).await?;
    Ok(())
}

/// A file that has not arrived as a whole since a time, and who sent it; empty: a job.
pub(in crate::reconciliation) async fn broken_off(
    tx: &mut Tx<'_>,
    before: Time,
) -> Result<Option<(i64, String)>, DbError> {
    tx.query_opt(
        "SELECT id, account
           FROM reconciliation_file
          WHERE state = 'receiving'
            AND received_at < $1
          ORDER BY id
          LIMIT 1",
        params![before],
    )
    .await
}

/// The digests of the bills of a day that were compared last or wait for it.
pub(crate) async fn digest_of(tx: &mut Tx<'_>, of: Of) -> Result<Vec<(String,)>, DbError> {
    tx.query(
        "SELECT digest
           FROM reconciliation_file
          WHERE gateway = $1
            AND day = $2
            AND state IN ('received', 'compared')",
        params![of.gateway.as_str(), of.day.to_string()],
    )
    .await
}

/// The file of a day that waits to be compared, whatever has become of newer ones; where none waits, the newest that has
/// arrived, which may be bad while an older one counts.
pub async fn working_on(tx: &mut Tx<'_>, of: Of) -> Result<Option<FileRow>, DbError> {
    tx.query_opt(
        "SELECT id, gateway, day, state, file_name, size, account, received_at, fault, fault_line, tries
           FROM reconciliation_file
          WHERE gateway = $1
            AND day = $2
          ORDER BY CASE WHEN state = 'received' THEN 0 ELSE 1 END, id DESC
          LIMIT 1",
        params![of.gateway.as_str(), of.day.to_string()],
    )
    .await
}

/// A file.
pub async fn file(tx: &mut Tx<'_>, id: i64) -> Result<Option<FileRow>, DbError> {
    tx.query_opt(
        "SELECT id, gateway, day, state, file_name, size, account, received_at, fault, fault_line, tries
           FROM reconciliation_file
          WHERE id = $1",
        params![id],
    )
    .await
}

/// A part of a file.
pub async fn part(tx: &mut Tx<'_>, id: i64, number: i64) -> Result<Option<Vec<u8>>, DbError> {
    let sql = "SELECT body FROM reconciliation_part WHERE file_id = $1 AND number = $2";
    let row: Option<(Vec<u8>,)> = tx.query_opt(sql, params![id, number]).await?;
    Ok(row.map(|(body,)| body))
}

/// Writes a file to a new one outside the database.
pub(in crate::reconciliation) async fn write_file(db: &Db, id: i64, path: &Path) -> Result<(), DbError> {
    use std::io::Write as _;
    let io = |error: std::io::Error| DbError::Other(error.to_string());
    let mut to = cet_base::private_file::create_new(path).map_err(io)?;
    for number in 0_i64.. {
        let body: Option<Vec<u8>> = db.read(async move |tx: &mut Tx<'_>| part(tx, id, number).await).await?;
        let Some(body) = body else { break };
        to.write_all(&body).map_err(io)?;
    }
    to.flush().map_err(io)
}

/// A file that this node compares.
#[derive(Clone, Debug)]
pub(in crate::reconciliation) struct Claim {
    pub(in crate::reconciliation) file: FileRow,
    pub(in crate::reconciliation) worker: i64,
}

/// Whether bills wait for a node.
pub(in crate::reconciliation) async fn has_work(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    let found: Option<(i64,)> =
        tx.query_opt("SELECT id FROM reconciliation_file WHERE state = 'received' LIMIT 1", &[]).await?;
    Ok(found.is_some())
}

/// Takes the file that has waited longest, if there is one.
pub(in crate::reconciliation) async fn claim(tx: &mut Tx<'_>) -> Result<Option<Claim>, DbError> {
    let (worker, now) = (tx.new_id(), tx.now().await?);
    let found: Option<FileRow> = tx
        .query_opt(
            "SELECT id, gateway, day, state, file_name, size, account, received_at, fault, fault_line, tries
               FROM reconciliation_file
              WHERE state = 'received'
                AND (lease_until IS NULL OR lease_until < $1)
              ORDER BY id
              LIMIT 1",
            params![now],
        )
        .await?;
    let Some(file) = found else { return Ok(None) };
    let taken = tx
        .execute(
            "UPDATE reconciliation_file
                SET worker = $2, lease_until = $3, tries = tries + 1
              WHERE id = $1
                AND state = 'received'
                AND (lease_until IS NULL OR lease_until < $4)",
            params![file.id, worker, now.plus(LEASE), now],
        )
        .await?;
    Ok((taken == 1).then_some(Claim { file, worker }))
}

/// Notes that a file was compared, and that it replaces those before; false: the lease was lost.
pub(in crate::reconciliation) async fn compared(
    tx: &mut Tx<'_>,
    claim: &Claim,
    of: Of,
) -> Result<bool, DbError> {
    let done = tx
        .execute(
            "UPDATE reconciliation_file
                SET state = 'compared', lease_until = NULL
              WHERE id = $1
                AND worker = $2
                AND state = 'received'",
            params![claim.file.id, claim.worker],
        )
        .await?;
    if done == 1 {
        tx.execute(
            "UPDATE reconciliation_file
                SET state = 'replaced'
              WHERE gateway = $1
                AND day = $2
                AND id <> $3
                AND state = 'compared'",
            params![of.gateway.as_str(), of.day.to_string(), claim.file.id],
        )
        .await?;
    }
    Ok(done == 1)
}

/// Notes why a file is bad; false: the lease was lost.
pub(in crate::reconciliation) async fn bad(
    tx: &mut Tx<'_>,
    claim: &Claim,
    (fault, line): (&str, i64),
) -> Result<bool, DbError> {
    let done = tx
        .execute(
            "UPDATE reconciliation_file
                SET state = 'bad', lease_until = NULL, fault = $3, fault_line = $4
              WHERE id = $1
                AND worker = $2
                AND state = 'received'",
            params![claim.file.id, claim.worker, fault, line],
        )
        .await?;
    Ok(done == 1)
}

/// Some bytes of files that can't be read: nothing shows them any more. A file that we failed at keeps its own.
pub(in crate::reconciliation) async fn of_bad(tx: &mut Tx<'_>) -> Result<Vec<(i64, i64)>, DbError> {
    tx.query(
        "SELECT p.file_id, p.number
           FROM reconciliation_file f
           JOIN reconciliation_part p
             ON p.file_id = f.id
          WHERE f.state = 'bad'
            AND f.fault <> 'bill-not-compared'
          LIMIT $1",
        params![DELETED_AT_ONCE],
    )
    .await
}

/// Deletes a part of a file.
pub(in crate::reconciliation) async fn delete_part(
    tx: &mut Tx<'_>,
    file: i64,
    number: i64,
) -> Result<(), DbError> {
    let sql = "DELETE FROM reconciliation_part WHERE file_id = $1 AND number = $2";
    tx.execute(sql, params![file, number]).await?;
    Ok(())
}
