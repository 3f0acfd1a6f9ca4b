//! Ending sessions from outside, and leaving the accounts as they are (ASVS 7.4.5): for a lost computer, or when it is not
//! known who is in.

use super::store::session;
use super::{store, verbs};
use crate::audit::{Actor, Changes, Value};
use crate::passport;
use crate::store::{DbError, Tx};

/// Whose sessions end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Of one account of staff.
    Account(String),
    /// Of all staff.
    Staff,
    /// Of all candidates.
    Candidates,
}

/// Ends them; returns how many there were, `None` when there is no such account.
pub async fn end(tx: &mut Tx<'_>, whose: &Whose, by: Actor, address: &str) -> Result<Option<u64>, DbError> {
    let (ended, name) = match whose {
        Whose::Account(name) => {
            if store::accounts::of_anyone(tx, name).await?.is_none() {
                return Ok(None);
            }
            (session::end_all(tx, name).await?, name.as_str())
        }
        Whose::Staff => (session::end_everybodys(tx).await?, "all staff"),
        Whose::Candidates => (passport::session::end_everybodys(tx).await?, "all candidates"),
    };
    let count = Value::Number(i64::try_from(ended).unwrap_or(i64::MAX));
    let changes = Changes::NONE.set("sessions", count);
    verbs::record(tx, by, ("sessions-ended", changes), name, address, "").await?;
    Ok(Some(ended))
}
