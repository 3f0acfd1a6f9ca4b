//! The registrations that staff ticked in their list.

use std::collections::BTreeSet;

use super::{Key, Seen};
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;
use crate::words::ids::RegistrationId;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

/// The ticked registrations of a scope.
#[derive(Default)]
pub struct Ticked {
    /// Those that are live, in the order of their keys.
    pub current: Vec<Seen>,
    /// How many have ended since the list was shown.
    pub gone: usize,
}

/// Finds ticked registrations. `None` if one of them is not in the scope: then nothing is done with the others either
/// (TH22).
pub async fn find(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    keys: &BTreeSet<Key>,
) -> Result<Option<Ticked>, DbError> {
    let now = tx.now().await?;
    let mut found = Ticked::default();
    for key in keys {
        match live(tx, scope, (sitting, now), *key).await? {
            Some(of) => found.current.push(of),
            None if is_in_scope(tx, scope, *key).await? => found.gone = found.gone.saturating_add(1),
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

async fn live(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (sitting, now): (&SittingCode, Time),
    (school, id): Key,
) -> Result<Option<Seen>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                seen_columns!(),
                "
           FROM registration
          WHERE school = $5
            AND id = $6
            AND sitting = $7
            AND state = 'live'
            AND (release_at IS NULL OR release_at > $8)
            AND ",
                in_scope!("school", "campus")
            ),
            params![school, id, sitting, now],
        )
        .await
}

/// Whether a registration, live or not, is in the scope.
async fn is_in_scope(tx: &mut Tx<'_>, scope: &Scope, (school, id): Key) -> Result<bool, DbError> {
    let found: Option<(RegistrationId,)> = scope
        .query_opt(
            tx,
            scoped!(
                "SELECT id
                   FROM registration
                  WHERE school = $5
                    AND id = $6
                    AND ",
                in_scope!("school", "campus")
            ),
            params![school, id],
        )
        .await?;
    Ok(found.is_some())
}
