//! A lost answer to COMMIT, settled by running the use case again.

use std::sync::Arc;

use super::{Db, DbError, Stop, Tx};

/// An error of a use case that may be a fault of this layer.
pub trait Ending: From<DbError> {
    /// The fault, if it was one.
    fn fault(&self) -> Option<&DbError>;
}

impl Ending for DbError {
    fn fault(&self) -> Option<&DbError> {
        Some(self)
    }
}

impl<R> Ending for Stop<R> {
    fn fault(&self) -> Option<&DbError> {
        match self {
            Self::Refused(_) => None,
            Self::Fault(fault) => Some(fault),
        }
    }
}

impl Db {
    /// As [`Db::write`], for an idempotent use case: under its locks it finds what an earlier run did, by its command
    /// id, by an id or token that was chosen before, or by the natural key. When the answer to COMMIT is lost, it is
    /// run once more: it then finds that its work was kept, or does it now, or is refused for what has changed. Only
    /// when the second run fails too is the outcome left unknown.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_again<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: Ending + Send + 'static,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static,
    {
        let use_case = Arc::new(use_case);
        let mut lost = None;
        loop {
            let run = Arc::clone(&use_case);
            // Written once: each call would be a copy of the store's code and of the use case.
            match (self.write(async move |tx: &mut Tx<'_>| run(tx).await).await, lost.take()) {
                (Err(error), None) if matches!(error.fault(), Some(DbError::Unknown(_))) => {
                    lost = Some(error);
                }
                // Whatever fails now, the outcome of the first run stays unknown.
                (Err(error), Some(lost)) if error.fault().is_some() => return Err(lost),
                (settled, _) => return settled,
            }
        }
    }
}
