//! Events, and the state that follows from them. Pure: the journal replays it.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Falsify;

/// Which gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Side {
    Alipay,
    PayEase,
    #[serde(rename = "wechat")]
    WeChat,
}

/// The merchant's form when the payment page was first opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Opening {
    pub(crate) side: Side,
    /// The merchant's order number on the wire.
    pub(crate) number: String,
    pub(crate) amount_fen: i64,
    pub(crate) subject: String,
    /// PayEase's number of the bank.
    pub(crate) bank: Option<String>,
    /// 微信支付: `NATIVE` or `MWEB`.
    #[serde(default)]
    pub(crate) trade_type: Option<String>,
    pub(crate) return_url: String,
    pub(crate) notify_url: Option<String>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) at: Timestamp,
}

/// A completed refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refund {
    /// Alipay: `out_request_no`; PayEase: the reason.
    pub(crate) request: String,
    pub(crate) reference: String,
    pub(crate) amount_fen: i64,
    pub(crate) at: Timestamp,
}

/// The content of a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NoticeContent {
    Paid,
    Declined,
    Refunded { total_fen: i64, request: String },
}

/// A notification to be delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) id: u64,
    pub(crate) side: Side,
    pub(crate) number: String,
    pub(crate) told: NoticeContent,
    pub(crate) url: String,
    pub(crate) falsify: Falsify,
    pub(crate) extra_copies: u8,
    /// When it is sent next; `None` once it is acknowledged or given up.
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) tries: u32,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Event {
    Opened(Opening),
    Paid { side: Side, number: String, trade_no: String, at: Timestamp, delivery: Option<Delivery> },
    Declined { side: Side, number: String, delivery: Option<Delivery> },
    Closed { side: Side, number: String, at: Timestamp },
    Refunded { side: Side, number: String, refund: Refund, delivery: Option<Delivery> },
    Attempted { id: u64, next: Option<Timestamp> },
}

/// A trade's stored state; expiry is derived from the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    Waiting,
    Paid { trade_no: String, at: Timestamp },
    Closed,
}

/// A trade's state at a given time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Paid {
        trade_no: String,
        at: Timestamp,
    },
    /// Closed by the merchant or by its deadline.
    Closed,
    /// Paid and refunded in full.
    Refunded {
        trade_no: String,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Trade {
    pub(crate) opening: Opening,
    pub(crate) recorded: Recorded,
    pub(crate) declined: bool,
    pub(crate) refunds: Vec<Refund>,
}

impl Trade {
    pub(crate) fn refunded_fen(&self) -> i64 {
        self.refunds.iter().fold(0, |sum, refund| sum.saturating_add(refund.amount_fen))
    }

    pub(crate) fn state(&self, now: Timestamp) -> State {
        match &self.recorded {
            Recorded::Paid { trade_no, .. } if self.refunded_fen() >= self.opening.amount_fen => {
                State::Refunded { trade_no: trade_no.clone() }
            }
            Recorded::Paid { trade_no, at } => State::Paid { trade_no: trade_no.clone(), at: *at },
            Recorded::Closed => State::Closed,
            Recorded::Waiting if self.opening.expires_at.is_some_and(|end| end <= now) => State::Closed,
            Recorded::Waiting => State::Waiting,
        }
    }
}

/// All trades, and the notifications still to be sent.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    trades: HashMap<(Side, String), Trade>,
    deliveries: Vec<Delivery>,
    next_id: u64,
}

impl Ledger {
    pub(crate) fn trade(&self, side: Side, number: &str) -> Option<&Trade> {
        self.trades.get(&(side, number.to_owned()))
    }

    /// The trade with this number of the gateway.
    pub(crate) fn by_trade_no(&self, side: Side, wanted: &str) -> Option<&Trade> {
        let is_it =
            |trade: &&Trade| matches!(&trade.recorded, Recorded::Paid { trade_no, .. } if trade_no == wanted);
        self.trades(side).find(is_it)
    }

    /// All trades of one side.
    pub(crate) fn trades(&self, side: Side) -> impl Iterator<Item = &Trade> {
        self.trades.values().filter(move |trade| trade.opening.side == side)
    }

    /// The notifications that are neither acknowledged nor given up, oldest first.
    pub(crate) fn open_deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.iter()
    }

    /// A number that no earlier delivery, trade or refund has.
    pub(crate) const fn next_id(&self) -> u64 {
        self.next_id
    }

    pub(crate) fn apply(&mut self, event: &Event) {
        self.next_id = self.next_id.saturating_add(1);
        match event {
            Event::Opened(opening) => {
                let key = (opening.side, opening.number.clone());
                let fresh = Trade {
                    opening: opening.clone(),
                    recorded: Recorded::Waiting,
                    declined: false,
                    refunds: Vec::new(),
                };
                self.trades.entry(key).or_insert(fresh);
            }
            Event::Paid { side, number, trade_no, at, delivery } => {
                self.change(*side, number, |trade| {
                    trade.recorded = Recorded::Paid { trade_no: trade_no.clone(), at: *at };
                    trade.declined = false;
                });
                self.deliveries.extend(delivery.clone());
            }
            Event::Declined { side, number, delivery } => {
                self.change(*side, number, |trade| trade.declined = true);
                self.deliveries.extend(delivery.clone());
            }
            Event::Closed { side, number, .. } => {
                self.change(*side, number, |trade| trade.recorded = Recorded::Closed);
            }
            Event::Refunded { side, number, refund, delivery } => {
                self.change(*side, number, |trade| trade.refunds.push(refund.clone()));
                self.deliveries.extend(delivery.clone());
            }
            Event::Attempted { id, next } => {
                for delivery in self.deliveries.iter_mut().filter(|delivery| delivery.id == *id) {
                    delivery.tries = delivery.tries.saturating_add(1);
                    delivery.due_at = *next;
                }
                self.deliveries.retain(|delivery| delivery.due_at.is_some());
            }
        }
    }

    fn change(&mut self, side: Side, number: &str, change: impl FnOnce(&mut Trade)) {
        if let Some(trade) = self.trades.get_mut(&(side, number.to_owned())) {
            change(trade);
        }
    }
}
