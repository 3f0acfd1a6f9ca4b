//! Which process holds the number of a node (`server.node`). Ids are made of the time, the number and a count, so two processes
//! with one number would make the same ones. Each start takes its number as a row, renews it every second, and gives it back when
//! it stops. That another process lives is seen by its row changing, whatever clocks say, which a rehearsal moves.

pub mod jobs;
mod rules;
mod store;
#[cfg(test)]
mod tests;
mod verbs;

use std::sync::OnceLock;

pub use rules::{LEASE, LOOK, is_lapsed};
pub use store::{NodeRow, all};
pub use verbs::{give_back, take};

use crate::vault::{Vault, VaultError, to_hex};
use crate::words::time::Time;

/// A process that serves, or wants to, under a number.
#[derive(Debug)]
pub struct Holder {
    number: u16,
    mark: String,
    boot: String,
    lost: OnceLock<Held>,
}

impl Holder {
    /// A start of the program, under its configured number and mark.
    ///
    /// # Errors
    /// [`VaultError`] if the system gives no random bytes.
    pub fn new((number, mark): (u16, &str), vault: &Vault) -> Result<Self, VaultError> {
        let boot: [u8; 16] = vault.random()?;
        Ok(Self { number, mark: mark.to_owned(), boot: to_hex(&boot), lost: OnceLock::new() })
    }

    /// Who took the number over while this process served: from then on it writes nothing, until it is started again.
    #[must_use]
    pub fn lost(&self) -> Option<&Held> {
        self.lost.get()
    }
}

/// A number that another living process holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The number.
    pub number: i64,
    /// The short name of the other node.
    pub mark: String,
    /// When it took the number, by the database's clock.
    pub since: Time,
}

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "server.node {}: another running node (server.node_mark {}) has held this number since {}, and both would make the \
             same ids. Set server.node to a number of this node's own, or stop the other one; `cet doctor` lists all nodes",
            self.number, self.mark, self.since
        )
    }
}
