//! The use cases of disputes; each is one transaction.

mod approve;
mod decide;
mod lapse;
mod open;
mod read;

pub use approve::{ApproveCommand, approve};
pub use decide::{DecideCommand, decide};
pub(crate) use lapse::lapse_some;
pub use open::{OpenCommand, open};
pub use read::{Disputed, Line, Read, holder_to_settle, read};

use super::Dispute;
use crate::audit::{self, Actor, Changes};
use crate::store::{DbError, Tx};
use crate::vault::{Vault, VaultError};

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn fault(error: VaultError) -> DbError {
    DbError::Other(error.to_string())
}

fn sealed(vault: &Vault, text: &str) -> Result<Vec<u8>, DbError> {
    vault.seal(text).map_err(fault)
}

fn opened(vault: &Vault, sealed: &[u8]) -> Result<String, DbError> {
    vault.open(sealed).map_err(fault)
}

async fn log(
    tx: &mut Tx<'_>,
    of: &Dispute,
    (actor, address): (Actor, &str),
    (action, changes): (&'static str, Changes),
) -> Result<(), DbError> {
    let event = audit::Event {
        school: of.school,
        actor,
        action,
        object_kind: "dispute",
        object: &of.id.to_string(),
        address,
        detail: &format!("registration={} holder={} claimant={}", of.registration, of.holder, of.claimant),
        changes,
    };
    audit::record(tx, &event).await
}
