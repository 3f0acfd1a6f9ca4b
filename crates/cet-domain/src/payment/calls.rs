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
    /// The address under which an order is paid.
    Address,
    /// The bill of a day.
    Bill,
    /// The keys that it signs with.
    Keys,
}

impl Call {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Query, Self::Close, Self::Refund, Self::RefundQuery, Self::Address, Self::Bill, Self::Keys];

    /// The label in `/metrics` and in the log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Close => "close",
            Self::Refund => "refund",
            Self::RefundQuery => "refund-query",
            Self::Address => "address",
            Self::Bill => "bill",
            Self::Keys => "keys",
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
pub struct Calls(Vec<(GatewayCode, OfGateway)>);

/// The calls to one gateway, by kind.
type OfGateway = [OfCall; Call::ALL.len()];

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
    /// Counters for these gateways; calls to others are not counted.
    pub fn to(gateways: impl IntoIterator<Item = GatewayCode>) -> Self {
        Self(gateways.into_iter().map(|gateway| (gateway, OfGateway::default())).collect())
    }

    /// The calls of one kind to one gateway; `None` if they are not counted.
    #[must_use]
    pub fn of(&self, gateway: GatewayCode, call: Call) -> Option<&OfCall> {
        let (_, calls) = self.0.iter().find(|(known, _)| *known == gateway)?;
        Some(of_call(calls, call))
    }

    /// Every kind of call to every gateway.
    pub fn all(&self) -> impl Iterator<Item = (GatewayCode, Call, &OfCall)> {
        let of =
            |(gateway, calls)| Call::ALL.into_iter().map(move |call| (gateway, call, of_call(calls, call)));
        self.0.iter().map(|(gateway, calls)| (*gateway, calls)).flat_map(of)
    }

    /// Whether this gateway was called at all.
    #[must_use]
    pub fn is_used(&self, gateway: GatewayCode) -> bool {
        let called = |of: &OfCall| Outcome::ALL.into_iter().any(|outcome| of.count(outcome) > 0);
        self.all().any(|(known, _, of)| known == gateway && called(of))
    }

    /// Records a call.
    pub fn note(&self, gateway: GatewayCode, call: Call, outcome: Outcome, took: Duration) {
        let Some(calls) = self.of(gateway, call) else { return };
        calls.outcome(outcome).inc();
        if outcome != Outcome::NotSent {
            calls.seconds.observe(took);
        }
    }
}

fn of_call(calls: &OfGateway, call: Call) -> &OfCall {
    let [query, close, refund, refund_query, address, bill, keys] = calls;
    match call {
        Call::Query => query,
        Call::Close => close,
        Call::Refund => refund,
        Call::RefundQuery => refund_query,
        Call::Address => address,
        Call::Bill => bill,
        Call::Keys => keys,
    }
}
