//! Seals anew with the vault's first key whatever was sealed with an older one, while nodes serve (ASVS 11.2.2): so that an
//! older key can be taken out of the file. What is sealed already is passed over: a run that was cut off is simply begun
//! again.

mod store;

use std::sync::Arc;

use crate::audit::{self, Actor, Changes, Event, Value};
use crate::key_check;
use crate::store::{Db, DbError, Tx};
use crate::vault::Vault;
use crate::words::codes::SchoolCode;
use store::{Anew, COLUMNS, Column, Held};

/// Values per transaction: so few that nobody waits for it.
const BATCH: i64 = 500;
/// How often a column is gone through again because values changed meanwhile.
const ROUNDS: usize = 5;

/// What became of the values of one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// `table.column`.
    pub column: &'static str,
    /// Values that were there.
    pub values: i64,
    /// Sealed anew.
    pub anew: i64,
    /// No key of the file opens them: damaged, or sealed with a key that was taken out too early.
    pub unreadable: i64,
    /// Changed under way each time: still sealed with an older key, perhaps.
    pub left: i64,
}

/// Goes through every sealed column; `told` hears of each when it is done.
///
/// # Errors
/// [`DbError`]. What was sealed anew until then stays so.
pub async fn run(
    db: &Db,
    vault: &Arc<Vault>,
    mut told: impl FnMut(&Outcome),
) -> Result<Vec<Outcome>, DbError> {
    let mut all = Vec::new();
    for column in COLUMNS {
        let mut outcome = one(db, vault, column).await?;
        for _ in 1..ROUNDS {
            if outcome.left == 0 {
                break;
            }
            let again = one(db, vault, column).await?;
            outcome = Outcome { anew: outcome.anew.saturating_add(again.anew), ..again };
        }
        told(&outcome);
        all.push(outcome);
    }
    let anew = all.iter().fold(0_i64, |sum, of| sum.saturating_add(of.anew));
    if anew > 0 {
        record(db, vault.sealing_key(), anew).await?;
    }
    Ok(all)
}

async fn record(db: &Db, key: u8, anew: i64) -> Result<(), DbError> {
    db.write(async move |tx: &mut Tx<'_>| {
        let key = key.to_string();
        let event = Event {
            school: SchoolCode::NONE,
            actor: Actor::Command("vault"),
            action: "vault-resealed",
            object_kind: "vault",
            object: &key,
            address: "",
            detail: "",
            changes: Changes::NONE.set("count", Value::Number(anew)),
        };
        audit::record(tx, &event).await
    })
    .await
}

/// Goes through one column by its key.
async fn one(db: &Db, vault: &Arc<Vault>, column: &'static Column) -> Result<Outcome, DbError> {
    let mut outcome = Outcome { column: column.name, ..Outcome::default() };
    let mut after = column.key.first();
    loop {
        let from = after.clone();
        let held = db.read_long(async move |tx: &mut Tx<'_>| column.page(tx, &from, BATCH).await).await?;
        let Some(last) = held.last() else { return Ok(outcome) };
        after = last.key.clone();
        let anew = sealed_anew(vault, &held, &mut outcome)?;
        if anew.is_empty() {
            continue;
        }
        let due = i64::try_from(anew.len()).unwrap_or(i64::MAX);
        let done = db.write(async move |tx: &mut Tx<'_>| column.replace(tx, &anew).await).await?;
        outcome.anew = outcome.anew.saturating_add(done);
        outcome.left = outcome.left.saturating_add(due.saturating_sub(done));
    }
}

/// Those of a page that an older key has sealed, sealed with the first one.
fn sealed_anew(vault: &Vault, held: &[Held], outcome: &mut Outcome) -> Result<Vec<Anew>, DbError> {
    let mut anew = Vec::new();
    for of in held {
        // Emptied, or never there.
        let Some(old) = of.sealed.as_ref().filter(|sealed| !sealed.is_empty()) else { continue };
        outcome.values = outcome.values.saturating_add(1);
        if old.first() == Some(&vault.sealing_key()) {
            continue;
        }
        let Ok(plain) = vault.open(old) else {
            outcome.unreadable = outcome.unreadable.saturating_add(1);
            continue;
        };
        let new = vault.seal(&plain).map_err(|error| DbError::Other(error.to_string()))?;
        anew.push(Anew { key: of.key.clone(), old: old.clone(), new });
    }
    Ok(anew)
}

/// Notes that nothing is sealed with the older keys any more, so that a file without them is taken: only after a run that
/// found nothing to do. Returns their numbers.
///
/// # Errors
/// [`DbError`].
pub async fn retire(db: &Db, vault: &Arc<Vault>) -> Result<Vec<u8>, DbError> {
    key_check::retire(db, vault).await
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
