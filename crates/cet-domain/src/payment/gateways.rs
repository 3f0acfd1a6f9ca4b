//! The gateways configured for this installation, and the calls to them. No transaction is open here.

use std::sync::Arc;
use std::time::Instant;

use gateway::{
    BillAddress, BillFile, BillRequest, BuildError, CloseAnswer, Gateway, GatewayCode, OrderToPay, PayFlow,
    PayForm, Payer, RefundState, RefundToMake, TradeState, WireError,
};

use jiff::civil::Date;

use super::calls::{Call, Calls, OfCall, Outcome};
use super::choice::Offered;
use super::gateway_keys::KeysAsked;
use super::rules::Event;
use super::rules::asking::Answer;
use super::store::Order;
use super::wire::{NoReply, Reply, Wire};
use crate::config::Bank;
use crate::words::time::Time;

/// A gateway's answer to a query about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayAnswer {
    /// Paid.
    Paid {
        /// The gateway's own number.
        trade_no: String,
        /// In fen.
        amount_fen: i64,
    },
    /// The trade is closed.
    Closed,
    /// It waits for the payer, and can't be or was not closed.
    Waiting,
    /// There is no such trade.
    Missing,
    /// The bank said no; the payer may try again.
    Declined,
    /// No answer, or none that can be trusted.
    Silence,
}

impl GatewayAnswer {
    /// The event of the rules' table, for everything but money.
    #[must_use]
    pub const fn event(&self) -> Event {
        match self {
            Self::Paid { .. } => Event::Money,
            Self::Closed => Event::TradeClosed,
            // A declined attempt leaves the trade open for another.
            Self::Waiting | Self::Declined => Event::TradeWaiting,
            Self::Missing => Event::TradeMissing,
            Self::Silence => Event::Silence,
        }
    }

    /// What it says of an order that stays open.
    #[must_use]
    pub(crate) const fn of_open(&self) -> Option<Answer> {
        match self {
            Self::Paid { .. } | Self::Closed => None,
            Self::Waiting => Some(Answer::Waiting),
            Self::Missing => Some(Answer::Missing),
            Self::Declined => Some(Answer::Declined),
            Self::Silence => Some(Answer::Silence),
        }
    }
}

impl From<TradeState> for GatewayAnswer {
    fn from(state: TradeState) -> Self {
        match state {
            TradeState::NotExist => Self::Missing,
            TradeState::Waiting => Self::Waiting,
            TradeState::Declined => Self::Declined,
            TradeState::Paid { trade_no, amount_fen } => Self::Paid { trade_no, amount_fen },
            TradeState::Closed => Self::Closed,
        }
    }
}

/// What became of the question for a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BillAnswer {
    /// The file.
    File(Vec<u8>),
    /// There is none yet.
    NotYet,
    /// There is none: the day has no trades, or its bill is not ready.
    Absent,
    /// No answer, or none that can be trusted.
    Silence,
}

/// The gateways and the data for calling them.
pub struct Gateways {
    /// The configured gateways.
    pub all: Vec<Arc<dyn Gateway>>,
    /// The banks of 首信易支付.
    pub banks: Vec<Bank>,
    /// The transport to the gateways.
    pub wire: Arc<dyn Wire>,
    /// Scheme and host under which browsers and gateways reach us, without a trailing slash.
    pub origin: String,
    /// Counters of calls to the gateways.
    pub calls: Calls,
    /// When keys of gateways were asked for last.
    pub keys: KeysAsked,
}

impl Gateways {
    /// The gateway of this code, if it is configured.
    #[must_use]
    pub fn gateway(&self, code: GatewayCode) -> Option<&Arc<dyn Gateway>> {
        self.all.iter().find(|gateway| gateway.code() == code)
    }

    /// The calls to the gateways that are configured, or were called; to all where none is.
    pub fn counted(&self) -> impl Iterator<Item = (GatewayCode, Call, &OfCall)> {
        let is_told = move |gateway| self.gateway(gateway).is_some() || self.calls.is_used(gateway);
        self.calls.all().filter(move |(gateway, ..)| self.all.is_empty() || is_told(*gateway))
    }

    /// The choices of a form.
    #[must_use]
    pub fn offered(&self) -> Offered {
        Offered {
            gateways: self.all.iter().map(|gateway| gateway.code()).collect(),
            banks: self.banks.iter().map(|bank| bank.number.clone()).collect(),
        }
    }

    /// The form with which a browser goes to the gateway to pay an open order.
    ///
    /// # Errors
    /// [`BuildError`]; [`BuildError::Expired`] after the deadline.
    pub fn pay_form(&self, order: &Order, subject: &str, now: Time) -> Result<PayForm, BuildError> {
        let gateway = self.gateway(order.method.gateway).ok_or(BuildError::Setting("gateway"))?;
        gateway.pay_form(&self.to_pay(order, subject), now.timestamp())
    }

    /// Where the payer of an order comes back. Gateways with a form give the order's number along; of others the address names it.
    #[must_use]
    pub fn return_url(&self, order: &Order) -> String {
        let gateway = order.method.gateway;
        let names_it = !gateway.profile().ways.contains(&PayFlow::Form);
        let number = if names_it { format!("?out_trade_no={}", order.number) } else { String::new() };
        format!("{}/payment/return/{}{number}", self.origin, gateway.as_str())
    }

    fn to_pay(&self, order: &Order, subject: &str) -> OrderToPay {
        let code = order.method.gateway.as_str();
        OrderToPay {
            order: order.reference(),
            amount_fen: order.amount.get(),
            subject: subject.to_owned(),
            expires_at: order.deadline_at.timestamp(),
            return_url: self.return_url(order),
            notify_url: format!("{}/notify/{code}", self.origin),
            bank: Some(order.method.bank.clone()).filter(|bank| !bank.is_empty()),
        }
    }

    /// Asks a gateway for the address under which an open order is paid: of a code to scan, or of a page for telephones.
    /// `None`: there was no answer to be believed, or the order's time is over.
    pub async fn address(&self, order: &Order, subject: &str, payer: &Payer, now: Time) -> Option<String> {
        let gateway = self.gateway(order.method.gateway)?;
        let to_pay = self.to_pay(order, subject);
        let request = gateway.address_request(&to_pay, payer, now.timestamp());
        let parse = |reply: &Reply| gateway.parse_address(&to_pay, payer, reply.parts(now.timestamp()));
        match self.call((gateway.code(), Call::Address, now), request, parse).await {
            Ok(address) => Some(address),
            Err(why) => {
                silence(order, "address", &why);
                None
            }
        }
    }

    /// Queries an order.
    pub async fn query(&self, order: &Order, now: Time) -> GatewayAnswer {
        let Some(gateway) = self.gateway(order.method.gateway) else { return GatewayAnswer::Silence };
        let reference = order.reference();
        let request = gateway.query_request(&reference, now.timestamp());
        let parse = |reply: &Reply| gateway.parse_query(&reference, reply.parts(now.timestamp()));
        match self.call((gateway.code(), Call::Query, now), request, parse).await {
            Ok(state) => state.into(),
            Err(why) => silence(order, "query", &why),
        }
    }

    /// Queries an order and, if it is not paid, closes its trade, so that as far as the protocol can guarantee it no
    /// more money arrives.
    pub async fn end(&self, order: &Order, now: Time) -> GatewayAnswer {
        let heard = self.query(order, now).await;
        if !matches!(heard, GatewayAnswer::Waiting | GatewayAnswer::Declined) {
            return heard;
        }
        let Some(gateway) = self.gateway(order.method.gateway) else { return GatewayAnswer::Silence };
        let reference = order.reference();
        let request = match gateway.close_request(&reference, now.timestamp()) {
            Ok(Some(request)) => request,
            // This protocol has no close request: later money is late money.
            Ok(None) => return GatewayAnswer::Waiting,
            Err(error) => return silence(order, "close", &NoAnswer::Build(error)),
        };
        let parse = |reply: &Reply| gateway.parse_close(&reference, reply.parts(now.timestamp()));
        match self.call((gateway.code(), Call::Close, now), Ok(request), parse).await {
            Ok(CloseAnswer::Closed) => GatewayAnswer::Closed,
            Ok(CloseAnswer::NotExist) => GatewayAnswer::Missing,
            Ok(CloseAnswer::AskAgain) => match self.query(order, now).await {
                // It can't be closed and is not paid: contradictory, so nothing is known.
                GatewayAnswer::Waiting | GatewayAnswer::Declined => GatewayAnswer::Silence,
                heard => heard,
            },
            Err(why) => silence(order, "close", &why),
        }
    }

    /// Sends a refund.
    pub(super) async fn refund(
        &self,
        gateway: &dyn Gateway,
        refund: &RefundToMake,
        now: Time,
    ) -> RefundState {
        let request = gateway.refund_request(refund, now.timestamp());
        let parse = |reply: &Reply| gateway.parse_refund(refund, reply.parts(now.timestamp()));
        let parsed = self.call((gateway.code(), Call::Refund, now), request, parse).await;
        parsed.unwrap_or_else(|why| unknown(refund, &why))
    }

    /// Queries the state of a refund.
    pub(super) async fn refund_query(
        &self,
        gateway: &dyn Gateway,
        refund: &RefundToMake,
        now: Time,
    ) -> RefundState {
        let request = gateway.refund_query_request(refund, now.timestamp());
        let parse = |reply: &Reply| gateway.parse_refund_query(refund, reply.parts(now.timestamp()));
        let parsed = self.call((gateway.code(), Call::RefundQuery, now), request, parse).await;
        parsed.unwrap_or_else(|why| unknown(refund, &why))
    }

    /// Loads the bill of a day.
    pub async fn bill(&self, code: GatewayCode, day: Date, now: Time) -> BillAnswer {
        let Some(gateway) = self.gateway(code) else { return BillAnswer::Silence };
        let BillFile { request, sha1 } = match gateway.bill_request(day, now.timestamp()) {
            Err(error) => return no_bill(code, &NoAnswer::Build(error)),
            Ok(BillRequest::FileBy(request)) => BillFile { request, sha1: None },
            Ok(BillRequest::AddressBy(request)) => {
                let parse = |reply: &Reply| gateway.parse_bill_address(reply.parts(now.timestamp()));
                match self.call((code, Call::Bill, now), Ok(request), parse).await {
                    Ok(BillAddress::At(file)) => file,
                    Ok(BillAddress::NotYet) => return BillAnswer::NotYet,
                    Ok(BillAddress::Absent) => return BillAnswer::Absent,
                    Err(why) => return no_bill(code, &why),
                }
            }
        };
        let asked = Instant::now();
        let heard = match self.wire.load(request).await {
            Ok(reply) if matches!(reply.status, 200 | 404) => Ok(reply),
            Ok(reply) => Err(NoAnswer::Wire(WireError::HttpStatus(reply.status))),
            Err(why) => Err(NoAnswer::NoReply(why)),
        };
        let outcome = heard.as_ref().map_or_else(NoAnswer::outcome, |_| Outcome::Answered);
        self.calls.note(code, Call::Bill, outcome, asked.elapsed());
        match heard {
            Ok(reply) if reply.status == 404 => BillAnswer::NotYet,
            Ok(reply) => announced(code, sha1, reply.body).await,
            Err(why) => no_bill(code, &why),
        }
    }

    /// Sends a request and verifies its answer.
    pub(super) async fn call<T>(
        &self,
        (gateway, call, now): (GatewayCode, Call, Time),
        request: Result<gateway::HttpRequest, BuildError>,
        parse: impl Fn(&Reply) -> Result<T, WireError>,
    ) -> Result<T, NoAnswer> {
        let asked = Instant::now();
        let heard = match request {
            Ok(request) => self.wire.send(request).await.map_err(NoAnswer::NoReply),
            Err(error) => Err(NoAnswer::Build(error)),
        };
        let (reply, mut parsed) = match heard {
            Ok(reply) => {
                let parsed = parse(&reply).map_err(NoAnswer::Wire);
                (Some(reply), parsed)
            }
            Err(why) => (None, Err(why)),
        };
        let took = asked.elapsed();
        if let (Some(reply), Err(NoAnswer::Wire(why))) = (&reply, &parsed)
            && self.knows_more_keys(gateway, why, now).await
        {
            parsed = parse(reply).map_err(NoAnswer::Wire);
        }
        let outcome = parsed.as_ref().map_or_else(NoAnswer::outcome, |_| Outcome::Answered);
        self.calls.note(gateway, call, outcome, took);
        parsed
    }
}

impl std::fmt::Debug for Gateways {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateways").field("offered", &self.offered()).finish_non_exhaustive()
    }
}

/// Why there was no answer.
pub(super) enum NoAnswer {
    Build(BuildError),
    NoReply(NoReply),
    Wire(WireError),
}

impl NoAnswer {
    pub(super) const fn outcome(&self) -> Outcome {
        match self {
            Self::Build(_) => Outcome::NotSent,
            Self::NoReply(NoReply::Broken) => Outcome::Broken,
            Self::NoReply(NoReply::Timeout) => Outcome::Timeout,
            Self::NoReply(NoReply::TooLong) => Outcome::TooLong,
            Self::Wire(_) => Outcome::NotBelieved,
        }
    }
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::NoReply(NoReply::Broken) => f.write_str("no connection, or a broken one"),
            Self::NoReply(NoReply::Timeout) => f.write_str("too slow"),
            Self::NoReply(NoReply::TooLong) => f.write_str("too long an answer"),
            Self::Wire(error) => error.fmt(f),
        }
    }
}

fn no_bill(gateway: GatewayCode, why: &NoAnswer) -> BillAnswer {
    tracing::warn!(gateway = gateway.as_str(), %why, "a gateway gave no bill");
    BillAnswer::Silence
}

/// The file, if it is the one that the gateway announced.
async fn announced(gateway: GatewayCode, sha1: Option<[u8; 20]>, file: Vec<u8>) -> BillAnswer {
    let checked = tokio::task::spawn_blocking(move || BillFile::is(sha1, &file).then_some(file));
    match checked.await {
        Ok(Some(file)) => BillAnswer::File(file),
        Ok(None) | Err(_) => no_bill(gateway, &NoAnswer::Wire(WireError::BadSignature("hash_value"))),
    }
}

fn silence(order: &Order, what: &'static str, why: &NoAnswer) -> GatewayAnswer {
    tracing::warn!(order = %order.number, gateway = order.method.gateway.as_str(), what, %why, "a gateway gave no answer to believe");
    GatewayAnswer::Silence
}

fn unknown(refund: &RefundToMake, why: &NoAnswer) -> RefundState {
    tracing::warn!(refund = refund.refund_number, %why, "a gateway gave no answer to believe to a refund");
    RefundState::Pending
}
