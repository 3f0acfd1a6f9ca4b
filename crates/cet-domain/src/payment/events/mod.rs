//! What happened to an order and to its money, told step by step (Y3, Y4): candidates and finance staff read the same rows.
//!
//! Each is written by the transaction that does what it tells, so that none is missing and none is ahead of the books; rows are
//! only added. `docs/money.md` has the table of kinds. An event holds codes only: whoever reads it makes the words, and a
//! candidate never learns which account acted.

mod kind;
mod store;
#[cfg(test)]
#[path = "../tests/events.rs"]
mod tests;

pub use kind::Kind;
pub(crate) use store::last_of;
pub use store::{PastEvent, of_order, of_passport};

use gateway::GatewayCode;
use serde::{Deserialize, Serialize};

use super::choice::Method;
use super::store::Order;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::FenSum;
use crate::words::ids::EntryId;

/// Which order an event is of: its home school and its number. Money that fits no order has [`SchoolCode::NONE`] and the
/// number that the gateway told.
#[derive(Clone, Copy, Debug)]
pub struct Of<'o> {
    /// The home school.
    pub school: SchoolCode,
    /// The number.
    pub number: &'o str,
}

impl<'o> From<&'o Order> for Of<'o> {
    fn from(order: &'o Order) -> Self {
        Self { school: order.school, number: order.number.as_str() }
    }
}

/// The codes of an event. No personal data and no secret (TH22).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
    /// The bank's number at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// The gateway's own number of the trade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade: Option<String>,
    /// `notice`, `hint` or `query`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// Why: the code of a refund, a doubt, the end of an order, or the gateway's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the gateway said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The account of staff that acted: for staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// An event to be written.
#[derive(Clone, Debug)]
pub struct Event {
    kind: Kind,
    entry: Option<EntryId>,
    receipt: Option<i64>,
    refund: Option<i64>,
    amount: Option<FenSum>,
    detail: Detail,
}

impl Event {
    /// An event without more than its kind.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, entry: None, receipt: None, refund: None, amount: None, detail: Detail::default() }
    }

    /// It tells of one line.
    #[must_use]
    pub fn entry(mut self, entry: EntryId) -> Self {
        self.entry = Some(entry);
        self
    }

    /// It tells of this receipt.
    #[must_use]
    pub fn receipt(mut self, receipt: i64) -> Self {
        self.receipt = Some(receipt);
        self
    }

    /// It tells of this refund.
    #[must_use]
    pub fn refund(mut self, refund: i64) -> Self {
        self.refund = Some(refund);
        self
    }

    /// How much.
    #[must_use]
    pub fn amount(mut self, amount: FenSum) -> Self {
        self.amount = Some(amount);
        self
    }

    /// At which gateway.
    #[must_use]
    pub fn at(mut self, gateway: GatewayCode) -> Self {
        self.detail.gateway = Some(gateway.as_str().to_owned());
        self
    }

    /// By which way to pay.
    #[must_use]
    pub fn method(mut self, method: &Method) -> Self {
        self.detail.bank = (!method.bank.is_empty()).then(|| method.bank.clone());
        self.at(method.gateway)
    }

    /// By which trade, and how that is proven.
    #[must_use]
    pub fn trade(mut self, trade: &str, proof: &str) -> Self {
        self.detail.trade = Some(trade.to_owned());
        self.detail.proof = Some(proof.to_owned());
        self
    }

    /// Why.
    #[must_use]
    pub fn because(mut self, reason: &str) -> Self {
        self.detail.reason = Some(reason.to_owned());
        self
    }

    /// What the gateway said.
    #[must_use]
    pub fn said(mut self, answer: &str) -> Self {
        self.detail.answer = Some(answer.to_owned());
        self
    }

    /// Which account of staff acted.
    #[must_use]
    pub fn by(mut self, account: &str) -> Self {
        self.detail.by = Some(account.to_owned());
        self
    }
}

/// Writes an event of an order, in the transaction of what it tells.
///
/// # Errors
/// [`DbError`]: the use case must fail with it, so that nothing happens untold.
pub async fn record<'o>(tx: &mut Tx<'_>, of: impl Into<Of<'o>>, event: Event) -> Result<(), DbError> {
    store::insert(tx, of.into(), &event).await
}
