//! Outgoing mail: a row is written in the transaction of the event and sent by a job, one mail per event (O4, I20).

pub mod delivery;
pub mod jobs;
mod message;
pub mod store;

pub use message::{Ends, Mail, Part, as_of};

use crate::store::{DbError, Tx};
use crate::vault::Vault;
use crate::words::codes::SchoolCode;

/// Queues a mail, in the transaction of its event. Idempotent for the same kind and event.
///
/// # Errors
/// [`DbError`]: the event's transaction is rolled back.
pub async fn post(
    tx: &mut Tx<'_>,
    vault: &Vault,
    school: SchoolCode,
    kind: &'static str,
    event: &str,
    mail: &Mail,
) -> Result<(), DbError> {
    post_until(tx, vault, (school, kind, event.to_owned()), mail, None).await
}

/// As [`post`], of a mail whose words are true only until a time: sent later, it says what is true then, or is left out.
///
/// # Errors
/// As [`post`].
pub async fn post_until(
    tx: &mut Tx<'_>,
    vault: &Vault,
    (school, kind, event): (SchoolCode, &'static str, String),
    mail: &Mail,
    ends: Option<&Ends>,
) -> Result<(), DbError> {
    let sealed = vault.seal(&mail.to_json(ends)?).map_err(|error| DbError::Other(error.to_string()))?;
    store::insert(tx, school, kind, &event, mail.lang.code(), sealed).await
}
