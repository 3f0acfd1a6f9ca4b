//! The invariants (I…, J…, V…, W… of `docs/rules.md`) in a live database: each is a query that must return no rows.
//!
//! Read-only, so that it may run while nodes work. Each check is one statement, which sees one snapshot.

mod bindings;
mod money;
mod seats;
mod windows;

use crate::invariant::LISTED;
pub use crate::invariant::{Finding, Question};
use crate::sitting::catalogue::Catalogue;
use crate::store::{Db, DbError, Tx};

/// The checks that are one statement each, by room.
const ROOMS: [&[Question]; 11] = [
    seats::QUESTIONS,
    bindings::QUESTIONS,
    money::QUESTIONS,
    crate::passport::verify::QUESTIONS,
    crate::staff::verify::QUESTIONS,
    crate::dispute::verify::QUESTIONS,
    crate::review::verify::QUESTIONS,
    crate::statistics::verify::QUESTIONS,
    crate::message::verify::QUESTIONS,
    crate::reconciliation::verify::QUESTIONS,
    crate::standby::verify::QUESTIONS,
];

/// The statements that find something, of one moment: as a test asks them after each of its steps.
#[cfg(test)]
pub(crate) async fn found_now(tx: &mut Tx<'_>) -> Result<Vec<&'static str>, DbError> {
    let now = tx.now().await?;
    let mut found = Vec::new();
    for question in ROOMS.into_iter().flatten() {
        let rows: Vec<(String,)> = tx.query(question.sql, crate::params![now, LISTED]).await?;
        if !rows.is_empty() {
            found.push(question.invariant);
        }
    }
    Ok(found)
}

/// Runs all checks.
pub async fn run(db: &Db, catalogue: &Catalogue) -> Result<Vec<Finding>, DbError> {
    let mut findings = Vec::new();
    for question in ROOMS.into_iter().flatten() {
        let (sql, says, invariant) = (question.sql, question.says, question.invariant);
        let rows: Vec<(String,)> = db
            .read_long(async move |tx: &mut Tx<'_>| {
                let now = tx.now().await?;
                // Every check may use $1 (now) and $2 (the most rows that are listed).
                tx.query(sql, crate::params![now, LISTED]).await
            })
            .await?;
        findings.push(Finding { invariant, says, violations: rows.into_iter().map(|(row,)| row).collect() });
    }
    findings.push(bindings::snapshots(db).await?);
    findings.extend(crate::arrangement::verify::findings(db, catalogue).await?);
    findings.extend(crate::audit::verify::run(db).await?);
    findings.push(windows::entries_inside(db).await?);
    findings.push(crate::change::verify::finding(db).await?);
    findings.push(crate::handout::verify::finding(db, catalogue).await?);
    findings.push(crate::jobs::batch::finding(db).await?);
    findings
        .sort_by_key(|finding| finding.invariant.trim_start_matches('I').parse::<u32>().unwrap_or(u32::MAX));
    Ok(findings)
}

#[cfg(test)]
mod tests;
