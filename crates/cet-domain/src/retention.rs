//! Empties what has been kept long enough (PIPL 19, ASVS 14.2.7): each class of data after its time in `[retention]`, some rows a
//! transaction, with a line in the log that says how many.
//!
//! Rows stay, with what numbers and the log need: who decided, when, and how. What people typed becomes an empty sealed text, so
//! that every page that shows such a row still can. Of a sitting that is over and closed, records and photos are deleted, and
//! registrations keep what orders, seats and statistics count by, under the keyed hash of the document. Each class is found by an
//! index in the order in which it becomes due, so that a round costs what is due and no more.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;

use crate::audit::{self, Actor, Changes, Event, Value};
use crate::config::Retention;
use crate::jobs::batch::Round;
use crate::store::{Db, DbError, Tx};
use crate::vault::Vault;
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// Rows per transaction.
const BATCH: i64 = 200;
/// The job's name, in the log too.
pub const JOB: &str = "retention";

/// A class of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Reports,
    Disputes,
    Reviews,
    Moves,
    Words,
    Lookups,
    Records,
    Photos,
    Registrations,
}

impl Class {
    const ALL: [Self; 9] = [
        Self::Reports,
        Self::Disputes,
        Self::Reviews,
        Self::Moves,
        Self::Words,
        Self::Lookups,
        Self::Records,
        Self::Photos,
        Self::Registrations,
    ];

    /// The key in the configuration, and in the log.
    const fn name(self) -> &'static str {
        match self {
            Self::Reports => "reports",
            Self::Disputes => "disputes",
            Self::Reviews => "reviews",
            Self::Moves => "moves",
            Self::Words => "words",
            Self::Lookups => "lookups",
            Self::Records => "records",
            Self::Photos => "photos",
            Self::Registrations => "registrations",
        }
    }

    const fn days(self, of: &Retention) -> i64 {
        match self {
            Self::Reports => of.reports,
            Self::Disputes => of.disputes,
            Self::Reviews => of.reviews,
            Self::Moves => of.moves,
            Self::Words => of.words,
            Self::Lookups => of.lookups,
            Self::Records => of.records,
            Self::Photos => of.photos,
            Self::Registrations => of.registrations,
        }
    }

    /// Empties some rows of before a time; returns how many.
    async fn empty(self, tx: &mut Tx<'_>, before: Time, nothing: &[u8]) -> Result<u64, DbError> {
        match self {
            Self::Reports => crate::record_report::store::empty(tx, before, nothing, BATCH).await,
            Self::Disputes => crate::dispute::store::empty(tx, before, nothing, BATCH).await,
            Self::Reviews => crate::review::store::empty(tx, before, nothing, BATCH).await,
            Self::Moves => crate::staff::store::rebinds::empty(tx, before, nothing, BATCH).await,
            Self::Words => crate::message::store::empty(tx, before, BATCH).await,
            Self::Lookups => crate::registration::store::look_up::forget(tx, before, BATCH).await,
            Self::Records | Self::Photos | Self::Registrations => self.of_past(tx, before).await,
        }
    }

    /// The same of the sittings that ended before then.
    async fn of_past(self, tx: &mut Tx<'_>, before: Time) -> Result<u64, DbError> {
        let mut done = 0_u64;
        for sitting in crate::sitting::store::over_before(tx, before).await? {
            let most = BATCH.saturating_sub(i64::try_from(done).unwrap_or(BATCH));
            if most <= 0 {
                break;
            }
            let of_this = match self {
                Self::Records => {
                    let named = crate::import::store::forget_named(tx, sitting.as_str(), most).await?;
                    crate::roster::store::removal::forget(tx, &sitting, most).await?.saturating_add(named)
                }
                Self::Photos => crate::ticket::store::forget(tx, &sitting, most).await?,
                Self::Registrations => crate::registration::store::past::empty(tx, &sitting, most).await?,
                // These go by times of their own.
                Self::Reports
                | Self::Disputes
                | Self::Reviews
                | Self::Moves
                | Self::Words
                | Self::Lookups => 0,
            };
            done = done.saturating_add(of_this);
        }
        Ok(done)
    }
}

/// Between two looks that found nothing: nothing hurries.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// When a node last looked and found nothing.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Option<Time>>);

/// One round, unless the last one found nothing within the hour.
///
/// # Errors
/// [`DbError`]; what was emptied until then stays so.
pub async fn round_due(
    db: &Db,
    vault: &Arc<Vault>,
    of: &Retention,
    memory: &Memory,
) -> Result<Round, DbError> {
    let now = db.clock().process_now();
    let last = *memory.0.lock().unwrap_or_else(PoisonError::into_inner);
    if last.is_some_and(|last| now >= last && now.since(last) < PAUSE) {
        return Ok(Round::default());
    }
    let done = round(db, vault, of).await?;
    if done.done == 0 {
        *memory.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
    Ok(done)
}

/// One round over all classes.
///
/// # Errors
/// [`DbError`]; what was emptied until then stays so.
pub async fn round(db: &Db, vault: &Arc<Vault>, of: &Retention) -> Result<Round, DbError> {
    let mut whole = Round::default();
    for class in Class::ALL {
        let days = class.days(of);
        if days > 0 {
            whole = whole.and(one(db, vault, class, days).await?);
        }
    }
    Ok(whole)
}

async fn one(db: &Db, vault: &Arc<Vault>, class: Class, days: i64) -> Result<Round, DbError> {
    let nothing = vault.seal("").map_err(|error| DbError::Other(error.to_string()))?;
    let kept = SignedDuration::from_hours(days.saturating_mul(24));
    let emptied = db
        .write(async move |tx: &mut Tx<'_>| {
            let before = tx.now().await?.minus(kept);
            let emptied = class.empty(tx, before, &nothing).await?;
            if emptied > 0 {
                record(tx, class, emptied).await?;
            }
            Ok::<_, DbError>(emptied)
        })
        .await?;
    Ok(Round::of(i64::try_from(emptied).unwrap_or(i64::MAX)))
}

async fn record(tx: &mut Tx<'_>, class: Class, emptied: u64) -> Result<(), DbError> {
    let count = Value::Number(i64::try_from(emptied).unwrap_or(i64::MAX));
    let event = Event {
        school: SchoolCode::NONE,
        actor: Actor::Job(JOB),
        action: "data-emptied",
        object_kind: "data",
        object: class.name(),
        address: "",
        detail: "",
        changes: Changes::NONE.set("count", count),
    };
    audit::record(tx, &event).await
}

#[cfg(test)]
#[path = "retention/tests.rs"]
mod tests;
