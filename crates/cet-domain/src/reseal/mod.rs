//! Seals anew with the vault's first key whatever was sealed with an older one, while nodes serve (ASVS 11.2.2): so that an
//! older key can be taken out of the file. Binds to their places the values that were sealed before they were bound (TH61).
//! What is sealed already is passed over: a run that was cut off is simply begun again.

mod store;

use std::sync::Arc;

use crate::audit::{self, Actor, Changes, Event, Value};
use crate::key_check;
use crate::sealed::{Document, OwnDocument, Purpose, Sealed, SecondFactor, Telephone, TelephoneOf};
use crate::store::{Db, DbError, Stop, Tx};
use crate::vault::{Vault, VaultError};
use crate::words::codes::SchoolCode;
use crate::words::ids::{DisputeId, PassportId};
use store::{Anew, Bound, COLUMNS, Column, Held, Key};

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

/// What one run through all sealed columns found and did: only [`run`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// With which key it sealed.
    key: u8,
    all: Vec<Outcome>,
}

impl Run {
    /// How many values were sealed anew.
    #[must_use]
    pub fn anew(&self) -> i64 {
        self.sum(|of| of.anew)
    }

    /// Whether everything can be read and nothing was left behind.
    ///
    /// # Errors
    /// [`NotYet::Unreadable`], [`NotYet::Left`].
    pub fn finished(&self) -> Result<(), NotYet> {
        match (self.sum(|of| of.unreadable), self.sum(|of| of.left)) {
            (0, 0) => Ok(()),
            (0, left) => Err(NotYet::Left(left)),
            (unreadable, _) => Err(NotYet::Unreadable(unreadable)),
        }
    }

    fn sum(&self, part: fn(&Outcome) -> i64) -> i64 {
        self.all.iter().map(part).fold(0, i64::saturating_add)
    }
}

/// Why the older keys are still needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotYet {
    /// So many values open with no key of the file.
    Unreadable(i64),
    /// So many values changed under way each time.
    Left(i64),
    /// So many values were sealed anew just now: a node that still seals with an older key may go on doing so.
    SealedAnew(i64),
    /// The run sealed with another key than this file begins with.
    AnotherKey,
}

/// Goes through every sealed column; `told` hears of each when it is done.
///
/// # Errors
/// [`DbError`]. What was sealed anew until then stays so.
pub async fn run(db: &Db, vault: &Arc<Vault>, mut told: impl FnMut(&Outcome)) -> Result<Run, DbError> {
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
    let run = Run { key: vault.sealing_key(), all };
    if run.anew() > 0 {
        record(db, run.key, run.anew()).await?;
    }
    Ok(run)
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
        let anew = sealed_anew(column, vault, &held, &mut outcome)?;
        if anew.is_empty() {
            continue;
        }
        let due = i64::try_from(anew.len()).unwrap_or(i64::MAX);
        let done = db.write(async move |tx: &mut Tx<'_>| column.replace(tx, &anew).await).await?;
        outcome.anew = outcome.anew.saturating_add(done);
        outcome.left = outcome.left.saturating_add(due.saturating_sub(done));
    }
}

/// Those of a page that an older key has sealed, or that are not bound to their place yet, sealed with the first one.
fn sealed_anew(
    column: &Column,
    vault: &Vault,
    held: &[Held],
    outcome: &mut Outcome,
) -> Result<Vec<Anew>, DbError> {
    let mut anew = Vec::new();
    for of in held {
        // Emptied, or never there.
        let Some(old) = of.sealed.as_ref().filter(|sealed| !sealed.is_empty()) else { continue };
        outcome.values = outcome.values.saturating_add(1);
        match one_anew(column, vault, of, old) {
            Ok(None) => {}
            Ok(Some(new)) => anew.push(Anew { key: of.key.clone(), old: old.clone(), new }),
            Err(VaultError::Sealed) => outcome.unreadable = outcome.unreadable.saturating_add(1),
            Err(error) => return Err(DbError::Other(error.to_string())),
        }
    }
    Ok(anew)
}

/// A value sealed with the first key and bound to its place; `None` if it is so already.
fn one_anew(column: &Column, vault: &Vault, of: &Held, old: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
    fn anew<P: Purpose>(vault: &Vault, at: P::Place<'_>, old: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        Ok(Sealed::<P>::stored(old.to_vec()).anew(vault, at)?.map(Sealed::into_bytes))
    }
    match (column.bound, &of.key) {
        (Bound::Document, _) => anew::<Document>(vault, &of.document_key, old),
        (Bound::Passport, Key::Number(id)) => anew::<OwnDocument>(vault, PassportId(*id), old),
        (Bound::PassportsTelephone, Key::Number(id)) => {
            anew::<Telephone>(vault, TelephoneOf::Passport(PassportId(*id)), old)
        }
        (Bound::DisputesTelephone, Key::Place(school, id)) => {
            let school = SchoolCode::parse(school).map_err(|_| VaultError::Sealed)?;
            anew::<Telephone>(vault, TelephoneOf::Dispute(school, DisputeId(*id)), old)
        }
        (Bound::Account, Key::Name(name)) => anew::<SecondFactor>(vault, name, old),
        _ => vault.anew(old),
    }
}

/// Notes that nothing is sealed with the older keys any more, so that a file without them is taken: only after a run that
/// found nothing to do (ASVS 11.2.2). Returns their numbers.
///
/// # Errors
/// [`NotYet`], and nothing is noted; a [`DbError`].
pub async fn retire(db: &Db, vault: &Arc<Vault>, run: &Run) -> Result<Vec<u8>, Stop<NotYet>> {
    run.finished().map_err(Stop::Refused)?;
    if run.anew() > 0 {
        return Err(Stop::Refused(NotYet::SealedAnew(run.anew())));
    }
    if run.key != vault.sealing_key() {
        return Err(Stop::Refused(NotYet::AnotherKey));
    }
    Ok(key_check::retire(db, vault).await?)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
