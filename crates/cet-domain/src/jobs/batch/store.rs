//! The SQL of items that jobs have set aside.

use std::collections::BTreeMap;

use super::Key;
use crate::invariant::{Finding, LISTED};
use crate::jobs::rules;
use crate::params;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// Items per job that are stored as set aside; further ones stay at the head of the queue.
const REMEMBERED: i64 = 10_000;

/// When an item that was set aside is retried next, and how often it was tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct SetAside {
    pub(super) next: Time,
    pub(super) tries: i64,
}

pub(super) async fn set_aside_of(
    tx: &mut Tx<'_>,
    job: &str,
) -> Result<(BTreeMap<Key, SetAside>, Time), DbError> {
    let rows: Vec<(SchoolCode, String, Time, i64)> = tx
        .query(
            "SELECT school, item, next_try_at, tries
               FROM job_aside
              WHERE job = $1
              ORDER BY school, item
              LIMIT $2",
            params![job, REMEMBERED],
        )
        .await?;
    // The time is only needed if something was set aside.
    let now = if rows.is_empty() { Time::from_micros(0) } else { tx.now().await? };
    let asides =
        rows.into_iter().map(|(school, item, next, tries)| (Key { school, item }, SetAside { next, tries }));
    Ok((asides.collect(), now))
}

/// A failed item.
#[derive(Clone, Debug)]
pub(super) struct Failed {
    pub(super) job: &'static str,
    pub(super) key: Key,
    pub(super) tries: i64,
    pub(super) error: String,
}

/// Returns whether it is new.
pub(super) async fn put_aside(tx: &mut Tx<'_>, failed: &Failed) -> Result<bool, DbError> {
    let Failed { job, key, tries, error } = failed;
    let now = tx.now().await?;
    let next = now.plus(rules::wait(*tries));
    let new = tx
        .execute(
            "INSERT INTO job_aside (school, job, item, since_at, tried_at, next_try_at, tries, error)
             VALUES ($1, $2, $3, $4, $4, $5, $6, $7)
             ON CONFLICT DO NOTHING",
            params![key.school, job, key.item, now, next, tries, error],
        )
        .await?;
    if new == 0 {
        // Of several nodes that try it at once the first counts.
        tx.execute(
            "UPDATE job_aside
                SET tried_at = $4,
                    next_try_at = $5,
                    tries = $6,
                    error = $7
              WHERE school = $1
                AND job = $2
                AND item = $3
                AND tries < $6",
            params![key.school, job, key.item, now, next, tries, error],
        )
        .await?;
    }
    Ok(new == 1)
}

pub(super) async fn delete(tx: &mut Tx<'_>, job: &str, key: &Key) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM job_aside WHERE school = $1 AND job = $2 AND item = $3",
        params![key.school, job, key.item],
    )
    .await
}

/// Whether a job has set this item aside.
pub(crate) async fn is_set_aside(tx: &mut Tx<'_>, job: &str, key: &Key) -> Result<bool, DbError> {
    let found: Option<(i64,)> = tx
        .query_opt(
            "SELECT tries FROM job_aside WHERE school = $1 AND job = $2 AND item = $3",
            params![key.school, job, key.item],
        )
        .await?;
    Ok(found.is_some())
}

/// Items that jobs have set aside, for `cet verify`.
pub async fn finding(db: &Db) -> Result<Finding, DbError> {
    let rows: Vec<(SchoolCode, String, String, Time, i64, String)> = db
        .read_long(async |tx: &mut Tx<'_>| {
            tx.query(
                "SELECT school, job, item, since_at, tries, error
                   FROM job_aside
                  ORDER BY since_at, school, job, item
                  LIMIT $1",
                params![LISTED],
            )
            .await
        })
        .await?;
    let line = |(school, job, item, since, tries, error): (SchoolCode, String, String, Time, i64, String)| {
        format!("{job}: school {school}, {item}, since {}, tried {tries} times: {error}", since.page())
    };
    Ok(Finding {
        invariant: "J1",
        says: "no job has set anything aside that it can't work on",
        violations: rows.into_iter().map(line).collect(),
    })
}
