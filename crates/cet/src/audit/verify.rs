//! I16: the log's rows are as they were written, in unbroken chains, linked within a minute.

use jiff::SignedDuration;

use super::line::{Line, link_hash};
use crate::params;
use crate::store::{Db, DbError, Tx};
use crate::verify::{Finding, LISTED};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// How long a row may be in no chain (S7).
const UNLINKED: SignedDuration = SignedDuration::from_mins(1);
/// Links read at once.
const PAGE: i64 = 1_000;

/// Asks both questions.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn run(db: &Db) -> Result<Vec<Finding>, DbError> {
    Ok(vec![chains(db).await?, unlinked(db).await?])
}

async fn unlinked(db: &Db) -> Result<Finding, DbError> {
    let rows: Vec<(SchoolCode, i64)> = db
        .read_long(async |tx: &mut Tx<'_>| {
            let before = tx.now().await?.minus(UNLINKED);
            late(tx, before).await
        })
        .await?;
    Ok(Finding {
        invariant: "I16",
        says: "no row of the log is in no chain for over a minute",
        violations: rows.iter().map(|(school, id)| format!("school {school}, row {id}")).collect(),
    })
}

async fn late(tx: &mut Tx<'_>, before: Time) -> Result<Vec<(SchoolCode, i64)>, DbError> {
    tx.query(
        "SELECT a.school, a.id
           FROM audit_log a
          WHERE a.at < $1
            AND NOT EXISTS (SELECT 1
                              FROM audit_chain c
                             WHERE c.school = a.school
                               AND c.audit_id = a.id)
          ORDER BY a.school, a.id
          LIMIT $2",
        params![before, LISTED],
    )
    .await
}

/// One link and the row it names.
type Link = (SchoolCode, i64, i64, Vec<u8>);

async fn chains(db: &Db) -> Result<Finding, DbError> {
    let mut violations = Vec::new();
    let mut at = (String::new(), 0_i64);
    let mut before: (Option<SchoolCode>, i64, Vec<u8>) = (None, 0, Vec::new());
    loop {
        let from = at.clone();
        let page = db.read_long(async move |tx: &mut Tx<'_>| page_after(tx, &from).await).await?;
        let Some(((school, place, ..), _)) = page.last() else { break };
        at = (school.to_string(), *place);
        for (link, line) in &page {
            if before.0 != Some(link.0) {
                before = (Some(link.0), 0, Vec::new());
            }
            if let Some(what) = broken(link, line.as_ref(), before.1, &before.2) {
                violations.push(format!("school {}, link {}: {what}", link.0, link.1));
            }
            before = (Some(link.0), link.1, link.3.clone());
        }
        if i64::try_from(violations.len()).unwrap_or(LISTED) >= LISTED {
            break;
        }
    }
    Ok(Finding {
        invariant: "I16",
        says: "each row of the log is as it was written, and each chain is unbroken",
        violations,
    })
}

fn broken(link: &Link, line: Option<&Line>, place: i64, before: &[u8]) -> Option<&'static str> {
    let Some(line) = line else { return Some("its row is gone") };
    if link.1 != place.saturating_add(1) {
        Some("a link before it is gone")
    } else if line.content_hash() != line.hash {
        Some("its row was changed")
    } else if link_hash(before, link.0, link.1, link.2, &line.hash) != link.3 {
        Some("it does not follow from the link before it")
    } else {
        None
    }
}

async fn page_after(tx: &mut Tx<'_>, after: &(String, i64)) -> Result<Vec<(Link, Option<Line>)>, DbError> {
    let links: Vec<Link> = tx
        .query(
            "SELECT school, place, audit_id, hash
               FROM audit_chain
              WHERE school > $1 OR (school = $1 AND place > $2)
              ORDER BY school, place
              LIMIT $3",
            params![after.0, after.1, PAGE],
        )
        .await?;
    let mut found = Vec::with_capacity(links.len());
    for link in links {
        let line = super::search::one(tx, link.0, link.2).await?;
        found.push((link, line));
    }
    Ok(found)
}
