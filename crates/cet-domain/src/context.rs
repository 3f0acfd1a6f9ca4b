//! The shared context of use cases that need more than their transaction.

use std::sync::Arc;

use crate::config::Config;
use crate::store::Db;
use crate::vault::Vault;

/// The parts of an installation that use cases and jobs need; clones share them.
#[derive(Clone)]
pub struct Context {
    /// The configuration.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
    /// Keys for personal data.
    pub vault: Arc<Vault>,
}
