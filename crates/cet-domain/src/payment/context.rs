//! What verbs of payment need besides the transaction.

use std::sync::Arc;

use super::choice::Needs;
use super::gateways::Gateways;
use super::refresh_limit::RefreshLimit;
use crate::alarms::Alarms;
use crate::sitting::{Catalogue, CatalogueCell};
use crate::store::{Db, DbError};
use crate::words::codes::SittingCode;
use crate::words::time::Time;

/// A guard that the simulation takes away, to see that its absence is found.
#[cfg(test)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Without {
    #[default]
    Nothing,
    /// The sum of money is compared with its order's (Y3).
    Amount,
    /// What an order was closed for decides where late money goes (Y4).
    OrderState,
    /// A seat is taken only where one is free (I1).
    SeatCheck,
    /// A refund that may have been sent is asked for before it is sent again (F10).
    AskBeforeResend,
}

/// The database, the gateways and the sittings' rules, for the verbs that call gateways. Clones share it.
#[derive(Clone)]
pub struct PaymentContext {
    /// The database.
    pub db: Db,
    /// The gateways.
    pub gateways: Arc<Gateways>,
    /// The sittings.
    pub catalogue: Arc<CatalogueCell>,
    /// What an operator's monitoring hears.
    pub alarms: Arc<Alarms>,
    /// How often candidates press 更新 on this node.
    pub refreshes: Arc<RefreshLimit>,
    #[cfg(test)]
    pub(crate) without: Without,
}

/// The context for booking money besides the transaction, as of the moment it begins.
#[derive(Clone)]
pub struct BookingContext {
    /// The sittings.
    pub catalogue: Arc<Catalogue>,
    /// What an operator's monitoring hears. A transaction that fails after it was heard is repeated.
    pub alarms: Arc<Alarms>,
    #[cfg(test)]
    pub(crate) without: Without,
}

impl PaymentContext {
    /// The context for booking money.
    #[must_use]
    pub fn books(&self) -> BookingContext {
        BookingContext {
            catalogue: self.catalogue.get(),
            alarms: Arc::clone(&self.alarms),
            #[cfg(test)]
            without: self.without,
        }
    }

    /// The written subjects that the oral ones of a sitting require.
    #[must_use]
    pub fn needs(&self, sitting: &SittingCode) -> Needs {
        Needs::of(&self.catalogue.get(), sitting)
    }

    /// The time of the database.
    pub async fn now(&self) -> Result<Time, DbError> {
        self.db.read(async |tx| tx.now().await).await
    }
}
