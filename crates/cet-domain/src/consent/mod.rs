//! What a passport agreed to, kind by kind (A11, PIPL 14 and 29): said by the act that needs it, under a text beside its button, and
//! taken back as easily. What taking back does to other modules' data is done by [`privacy::withdrawing`](crate::privacy::withdrawing).

pub mod rules;
pub mod store;

pub use rules::{Kind, Standing};

use crate::store::{DbError, Tx};
use crate::words::ids::PassportId;

/// Notes that a passport agrees by what it just did, unless it stands already.
pub(crate) async fn note(tx: &mut Tx<'_>, passport: PassportId, kind: Kind) -> Result<(), DbError> {
    store::give(tx, passport, kind).await
}

/// Whether a passport has taken its consent back.
pub(crate) async fn is_withdrawn(tx: &mut Tx<'_>, passport: PassportId, kind: Kind) -> Result<bool, DbError> {
    let said = store::all(tx, passport).await?;
    Ok(matches!(rules::standing(&said, kind), Standing::Withdrawn { .. }))
}
