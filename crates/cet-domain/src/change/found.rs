//! Settings that were there before changes were recorded: a change of its own says that they were found.

use std::collections::BTreeMap;

use super::setting::Line;
use super::store::{self, Change, StoredLine};
use super::verbs::seal;
use super::verify::all_now;
use crate::sitting::store as sittings;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;

/// Records the settings of all sittings that have no change yet; returns how many sittings had some. `cet migrate`
/// calls it once, after the migration that adds changes.
///
/// # Errors
/// [`DbError`].
pub async fn record(tx: &mut Tx<'_>) -> Result<usize, DbError> {
    let mut recorded: usize = 0;
    let sittings: Vec<(SittingCode,)> = tx.query("SELECT code FROM sitting ORDER BY code", &[]).await?;
    for (sitting,) in sittings {
        let known: BTreeMap<[String; 3], Option<String>> = store::sums(tx, sitting.as_str())
            .await?
            .into_iter()
            .map(|(kind, place, item, value)| ([kind, place, item], value))
            .collect();
        let mut lines = Vec::new();
        for (key, value) in all_now(tx, &sitting).await? {
            let line = StoredLine::of(&Line { key, before: None, after: Some(value) })?;
            if !known.contains_key(&line.setting) {
                lines.push(line);
            }
        }
        if lines.is_empty() {
            continue;
        }
        let now = tx.now().await?;
        let change = Change {
            id: tx.new_id(),
            sitting: sitting.to_string(),
            place: String::new(),
            origin: "found".to_owned(),
            state: "done".to_owned(),
            reason: String::new(),
            account: "migrate".to_owned(),
            person: String::new(),
            scope: String::new(),
            asked_at: now,
            expires_at: None,
            approver: None,
            approver_person: None,
            decided_at: Some(now),
            undoes: None,
            version: Some(sittings::version(tx).await?),
            hash: Vec::new(),
            from_at: None,
        };
        let change = seal(change, &lines);
        store::insert(tx, &change).await?;
        store::insert_lines(tx, &change, &lines).await?;
        recorded = recorded.saturating_add(1);
    }
    Ok(recorded)
}
