//! Imports for the operator: what was imported, by file or by upload, and taking one back.

use super::verbs::{self, By, UploadRefusal, Withdrawn};
use super::{Kind, store};
use crate::import::ImportError;
use crate::store::{DbError, Stop, Tx};
use crate::words::staff::Scope;

pub use store::imports::{Import, list};

/// Why an import can't be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WithdrawRefusal {
    /// There is none with this id.
    Unknown,
    /// It is not published, but in this state.
    State(String),
    /// What stood before its photos or campuses is not kept.
    NothingKept,
}

/// Takes an import back as its page does, or goes on with it; returns it and what that came to.
///
/// # Errors
/// [`WithdrawRefusal`].
pub async fn withdraw(
    tx: &mut Tx<'_>,
    id: i64,
    reason: &str,
    by: By<'_>,
) -> Result<(Import, Withdrawn), Stop<WithdrawRefusal>> {
    let found = store::imports::one(tx, id).await?;
    let import = found.ok_or(Stop::Refused(WithdrawRefusal::Unknown))?;
    let refused = || Stop::Refused(WithdrawRefusal::State(import.state.clone()));
    let kind = Kind::from_wire(&import.kind).ok_or(DbError::Decode("kind"))?;
    if import.state != "published" {
        return Err(refused());
    }
    let kept = match import.upload {
        None => match verbs::take_back(tx, (kind, id), &import.sitting, reason, by).await {
            Ok(kept) => Withdrawn::Done(kept),
            Err(Stop::Refused(ImportError::Fault(fault)) | Stop::Fault(fault)) => {
                return Err(Stop::Fault(fault));
            }
            Err(Stop::Refused(_)) => return Err(refused()),
        },
        Some(upload) => {
            let of = store::one(tx, &Scope::nation(), kind, upload).await?.ok_or_else(refused)?;
            match verbs::withdraw(tx, &of, reason, by).await {
                Ok(withdrawn) => withdrawn,
                Err(Stop::Refused(UploadRefusal::NothingKept)) => {
                    return Err(Stop::Refused(WithdrawRefusal::NothingKept));
                }
                Err(Stop::Refused(_)) => return Err(refused()),
                Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
            }
        }
    };
    Ok((import, kept))
}
