//! Mail that is owed: a row written in the transaction of the event, sent by a job, one mail for one event (O4, I20).

pub mod delivery;
pub mod jobs;
mod message;
pub mod store;

pub use message::{Mail, Part};

use crate::store::{DbError, Tx};
use crate::vault::Vault;
use crate::words::codes::SchoolCode;

/// Owes a mail, in the transaction of the event that it tells of. The same kind and event twice owes one mail.
///
/// # Errors
/// [`DbError`]: then the event itself is undone.
pub async fn post(
    tx: &mut Tx<'_>,
    vault: &Vault,
    school: SchoolCode,
    kind: &'static str,
    event: &str,
    mail: &Mail,
) -> Result<(), DbError> {
    let sealed = vault.seal(&mail.to_json()?).map_err(|error| DbError::Other(error.to_string()))?;
    store::insert(tx, school, kind, event, mail.lang.code(), sealed).await
}
