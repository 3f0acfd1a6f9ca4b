//! Whether two accounts can be the two persons of one act (TH24, I15). Whoever makes accounts could make one for each end of an
//! act: an account whose role is new is not the second person of whoever gave it, nor of another account that the same person made.

mod rules;
mod store;
#[cfg(test)]
mod tests;

pub use rules::YOUNG;

use crate::store::{DbError, Tx};

/// An account and its person.
pub type Whose<'a> = (&'a str, &'a str);

/// Whether two accounts are too close to be the two ends of one act now.
pub(crate) async fn too_close(tx: &mut Tx<'_>, one: Whose<'_>, other: Whose<'_>) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let (ours, theirs) = (store::grants(tx, one.0).await?, store::grants(tx, other.0).await?);
    Ok(rules::too_close((one.1, &ours), (other.1, &theirs), now))
}
