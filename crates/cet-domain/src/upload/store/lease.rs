//! The lease by which a node works on an upload, and what it writes with it.

use jiff::SignedDuration;

use super::kept;
use super::pictures::{self, NewPicture};
use super::{Finding, Upload, next};
use crate::params;
use crate::store::{DbError, Tx};
use crate::upload::{Failure, State, Summary};
use crate::words::time::Time;

/// How long a node may work without a sign of life.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// An upload that a node works on.
#[derive(Clone, Debug)]
pub(in crate::upload) struct Claim {
    pub(in crate::upload) upload: Upload,
    pub(in crate::upload) worker: i64,
}

/// Takes the upload that has waited longest, if there is one.
pub(in crate::upload) async fn claim(tx: &mut Tx<'_>) -> Result<Option<Claim>, DbError> {
    let now = tx.now().await?;
    let worker = tx.new_id();
    let found = next(tx, now).await?;
    let Some(upload) = found else { return Ok(None) };
    let taken = tx
        .execute(
            "UPDATE upload
                SET worker = $2, lease_until = $3, tries = tries + 1
              WHERE id = $1
                AND state IN ('checking', 'publishing')
                AND (lease_until IS NULL OR lease_until < $4)",
            params![upload.id, worker, now.plus(LEASE), now],
        )
        .await?;
    Ok((taken == 1).then_some(Claim { upload, worker }))
}

/// Whether uploads wait for a node.
pub(in crate::upload) async fn has_work(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let found: Option<(i64,)> = tx
        .query_opt(
            "SELECT id
               FROM upload
              WHERE state IN ('checking', 'publishing')
                AND (lease_until IS NULL OR lease_until < $1)
              LIMIT 1",
            params![now],
        )
        .await?;
    Ok(found.is_some())
}

/// How far the work is.
#[derive(Clone, Debug, Default)]
pub(in crate::upload) struct At {
    /// `checking`, `comparing` or `staging`.
    pub(in crate::upload) step: String,
    pub(in crate::upload) done: i64,
    /// 0: not known.
    pub(in crate::upload) total: i64,
}

/// Renews a lease and keeps the progress; returns whether it was still held.
pub(in crate::upload) async fn renew(tx: &mut Tx<'_>, claim: &Claim, at: &At) -> Result<bool, DbError> {
    let until = tx.now().await?.plus(LEASE);
    let renewed = tx
        .execute(
            "UPDATE upload
                SET lease_until = $3, step = $4, done = $5, total = $6
              WHERE id = $1
                AND worker = $2
                AND state IN ('checking', 'publishing')",
            params![claim.upload.id, claim.worker, until, at.step, at.done, at.total],
        )
        .await?;
    Ok(renewed == 1)
}

/// Lets go of an upload, so that a node takes it again at once.
pub(in crate::upload) async fn let_go(tx: &mut Tx<'_>, claim: &Claim) -> Result<(), DbError> {
    let sql = "UPDATE upload SET worker = NULL, lease_until = NULL WHERE id = $1 AND worker = $2";
    tx.execute(sql, params![claim.upload.id, claim.worker]).await?;
    Ok(())
}

/// Has an upload compared again, because another one was published in the meantime.
pub(in crate::upload) async fn compare_again(tx: &mut Tx<'_>, claim: &Claim) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let summary = Summary { again: true, ..Summary::default() };
    let summary = serde_json::to_string(&summary).map_err(|error| DbError::Other(error.to_string()))?;
    let done = tx
        .execute(
            "UPDATE upload
                SET state = 'checking', summary = $3, import_id = NULL, changed_at = $4, worker = NULL,
                    lease_until = NULL, tries = 0, step = '', done = 0, total = 0
              WHERE id = $1
                AND worker = $2
                AND state = 'publishing'",
            params![claim.upload.id, claim.worker, summary, now],
        )
        .await?;
    Ok(done == 1)
}

/// Takes an upload's publication back, because it can't be compared again without its bytes: its rows stay, and don't
/// count.
pub(in crate::upload) async fn stays_withdrawn(tx: &mut Tx<'_>, claim: &Claim) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE upload
                SET state = 'withdrawn', changed_at = $3, worker = NULL, lease_until = NULL, tries = 0, step = '',
                    done = 0, total = 0
              WHERE id = $1
                AND worker = $2
                AND state = 'publishing'",
            params![claim.upload.id, claim.worker, now],
        )
        .await?;
    Ok(done == 1)
}

/// What a node found out about an upload.
#[derive(Clone, Debug)]
pub(in crate::upload) struct Finished {
    pub(in crate::upload) state: State,
    pub(in crate::upload) summary: Summary,
    pub(in crate::upload) failure: Option<Failure>,
    pub(in crate::upload) import: Option<i64>,
    pub(in crate::upload) turn: i64,
    pub(in crate::upload) looked: String,
    pub(in crate::upload) findings: Vec<Finding>,
    /// Whose photos it holds, in parts.
    pub(in crate::upload) fits: Vec<String>,
    pub(in crate::upload) pictures: Vec<NewPicture>,
}

impl Finished {
    pub(in crate::upload) fn of(state: State, summary: Summary) -> Self {
        let (failure, import, turn, looked) = (None, None, 0, String::new());
        let (findings, fits, pictures) = (Vec::new(), Vec::new(), Vec::new());
        Self { state, summary, failure, import, turn, looked, findings, fits, pictures }
    }
}

/// Keeps the result of a check, if the lease is still held.
pub(in crate::upload) async fn finish(
    tx: &mut Tx<'_>,
    claim: &Claim,
    result: &Finished,
    now: Time,
) -> Result<bool, DbError> {
    let text =
        |value: Result<String, serde_json::Error>| value.map_err(|error| DbError::Other(error.to_string()));
    let summary = text(serde_json::to_string(&result.summary))?;
    let failure = match &result.failure {
        Some(failure) => text(serde_json::to_string(failure))?,
        None => String::new(),
    };
    let done = tx
        .execute(
            "UPDATE upload
                SET state = $3, summary = $4, failure = $5, import_id = $6, turn = $7, looked = $8,
                    checked_at = $9, changed_at = $9, worker = NULL, lease_until = NULL, tries = 0, step = '', done = 0, total = 0
              WHERE id = $1
                AND worker = $2
                AND state = 'checking'",
            params![
                claim.upload.id,
                claim.worker,
                result.state.wire(),
                summary,
                failure,
                result.import,
                result.turn,
                result.looked,
                now,
            ],
        )
        .await?;
    if done != 1 {
        return Ok(false);
    }
    tx.execute("DELETE FROM upload_finding WHERE upload_id = $1", params![claim.upload.id]).await?;
    for (number, finding) in (0_i64..).zip(&result.findings) {
        tx.execute(
            "INSERT INTO upload_finding (upload_id, number, level, sheet, line, subject, zh, en)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![
                claim.upload.id,
                number,
                finding.level,
                finding.sheet,
                finding.line,
                finding.subject,
                finding.zh,
                finding.en,
            ],
        )
        .await?;
    }
    kept::keep_fits(tx, claim.upload.id, &result.fits).await?;
    pictures::replace(tx, claim.upload.id, &result.pictures).await?;
    Ok(true)
}

/// Ends a publication, if the lease is still held.
pub(in crate::upload) async fn published(
    tx: &mut Tx<'_>,
    claim: &Claim,
    summary: &Summary,
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let summary = serde_json::to_string(summary).map_err(|error| DbError::Other(error.to_string()))?;
    let done = tx
        .execute(
            "UPDATE upload
                SET state = 'published', summary = $3, published_at = $4, changed_at = $4, worker = NULL,
                    lease_until = NULL, tries = 0, step = '', done = 0, total = 0
              WHERE id = $1
                AND worker = $2
                AND state = 'publishing'",
            params![claim.upload.id, claim.worker, summary, now],
        )
        .await?;
    if done == 1 {
        kept::forget_fits(tx, claim.upload.id).await?;
    }
    Ok(done == 1)
}

/// Keeps the counts of an upload.
pub(in crate::upload) async fn summarised(
    tx: &mut Tx<'_>,
    id: i64,
    summary: &Summary,
) -> Result<(), DbError> {
    let summary = serde_json::to_string(summary).map_err(|error| DbError::Other(error.to_string()))?;
    tx.execute("UPDATE upload SET summary = $2 WHERE id = $1", params![id, summary]).await?;
    Ok(())
}
