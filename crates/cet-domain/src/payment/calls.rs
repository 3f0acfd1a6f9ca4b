//! Counts and times calls to the gateways.

use std::time::Duration;

use gateway::GatewayCode;

use crate::meter::{Counter, Histogram};

/// A kind of request to a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// The state of an order.
    Query,
    /// Close a trade.
    Close,
    /// Send a refund.
    Refund,
    /// The state of a refund.
    RefundQuery,
    /// The bill of a day.
    Bill,
}

impl Call {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Query, Self::Close, Self::Refund, Self::RefundQuery, Self::Bill];

    /// The label in `/metrics` and in the log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Close => "close",
            Self::Refund => "refund",
            Self::RefundQuery => "refund-query",
            Self::Bill => "bill",
        }
    }
}

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer was complete and authentic, whatever it said.
    Answered,
    /// The answer violated the protocol, or was not signed by the gateway.
    NotBelieved,
    /// No connection, or it broke.
    Broken,
    /// Too slow.
    Timeout,
    /// Longer than any legitimate answer.
    TooLong,
    /// The request could not be built, so nothing was sent.
    NotSent,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 6] =
        [Self::Answered, Self::NotBelieved, Self::Broken, Self::Timeout, Self::TooLong, Self::NotSent];

    /// The label in `/metrics`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NotBelieved => "not-believed",
            Self::Broken => "broken",
            Self::Timeout => "timeout",
            Self::TooLong => "too-long",
            Self::NotSent => "not-sent",
        }
    }
}

/// The calls of this node since its start.
#[derive(Debug, Default)]
pub struct Calls {
    alipay: [OfCall; Call::ALL.len()],
    payease: [OfCall; Call::ALL.len()],
}

/// The calls of one kind to one gateway.
#[derive(Debug, Default)]
pub struct OfCall {
    /// Their durations, except for those that were not sent.
    pub seconds: Histogram,
    outcomes: [Counter; Outcome::ALL.len()],
}

impl OfCall {
    /// How many had this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.outcome(outcome).get()
    }

    fn outcome(&self, outcome: Outcome) -> &Counter {
        let [answered, not_believed, broken, timeout, too_long, not_sent] = &self.outcomes;
        match outcome {
            Outcome::Answered => answered,
            Outcome::NotBelieved => not_believed,
            Outcome::Broken => broken,
            Outcome::Timeout => timeout,
            Outcome::TooLong => too_long,
            Outcome::NotSent => not_sent,
        }
    }
}

impl Calls {
    /// The calls of one kind to one gateway.
    #[must_use]
    pub fn of(&self, gateway: GatewayCode, call: Call) -> &OfCall {
        let [query, close, refund, refund_query, bill] = match gateway {
            GatewayCode::Alipay => &self.alipay,
            GatewayCode::PayEase => &self.payease,
        };
        match call {
            Call::Query => query,
            Call::Close => close,
            Call::Refund => refund,
            Call::RefundQuery => refund_query,
            Call::Bill => bill,
        }
    }

    /// Every kind of call to every gateway.
    pub fn all(&self) -> impl Iterator<Item = (GatewayCode, Call, &OfCall)> {
        let gateways = [GatewayCode::Alipay, GatewayCode::PayEase];
        gateways.into_iter().flat_map(move |gateway| {
            Call::ALL.into_iter().map(move |call| (gateway, call, self.of(gateway, call)))
        })
    }

    /// Records a call.
    pub fn note(&self, gateway: GatewayCode, call: Call, outcome: Outcome, took: Duration) {
        let calls = self.of(gateway, call);
        calls.outcome(outcome).inc();
        if outcome != Outcome::NotSent {
            calls.seconds.observe(took);
        }
    }
}
