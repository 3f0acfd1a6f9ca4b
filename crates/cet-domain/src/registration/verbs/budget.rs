//! The daily limit of lookups (W2, TH8).

use crate::registration::{RegistrationRefusal, rules, store};
use crate::store::{DbError, Tx};
use crate::words::ids::PassportId;

/// Counts a lookup of a document against the daily limit `most` (`[limits] documents`); the same document again on the
/// same day is free. The count must be committed even if the lookup finds nothing, so the refusal is not an `Err` of
/// the transaction.
///
/// # Errors
/// [`DbError`]; the inner error is [`RegistrationRefusal::TooMany`] until midnight.
pub(crate) async fn spend_look_up(
    tx: &mut Tx<'_>,
    passport: PassportId,
    document_key: &[u8],
    most: usize,
) -> Result<Result<(), RegistrationRefusal>, DbError> {
    let (day, tomorrow) = rules::budget_day(tx.now().await?);
    // Another lookup of the passport may take the slot first: then the list is read again, with one slot less.
    for _ in 0..=most {
        let known = store::look_up::looked_up(tx, passport, &day).await?;
        if known.iter().any(|(key,)| key == document_key) {
            return Ok(Ok(()));
        }
        if known.len() >= most {
            break;
        }
        let slot = i64::try_from(known.len()).unwrap_or(i64::MAX);
        if store::look_up::use_slot(tx, passport, &day, slot, document_key).await? {
            return Ok(Ok(()));
        }
    }
    Ok(Err(RegistrationRefusal::TooMany(tomorrow)))
}

/// How many more documents a passport may look up today.
pub async fn look_ups_left(tx: &mut Tx<'_>, passport: PassportId, most: usize) -> Result<usize, DbError> {
    let (day, _) = rules::budget_day(tx.now().await?);
    let known = store::look_up::looked_up(tx, passport, &day).await?;
    Ok(most.saturating_sub(known.len()))
}

#[cfg(test)]
#[path = "../tests/budget.rs"]
mod tests;
