//! The messages between a merchant and any gateway.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::bill::{BillAddress, BillRequest};
use crate::fields::Charset;
use crate::http::{Acknowledgement, HttpNotice, HttpReply, HttpRequest, NoticeReply};
use crate::order_number::OrderNumber;
use crate::refused::{BuildError, WireError};
use crate::registry::{GatewayCode, PayFlow};

/// The currency of an amount; there is only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Currency {
    /// 人民币.
    Cny,
}

/// Identifies an order at the gateway, for queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRef {
    /// Our number.
    pub number: OrderNumber,
    /// When the order was opened; its day in China is part of PayEase's number.
    pub made_at: Timestamp,
}

/// An order that is about to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderToPay {
    /// Number and time.
    pub order: OrderRef,
    /// The amount in fen, 1 or more.
    pub amount_fen: i64,
    /// The subject that the gateway shows; at most 256 characters.
    pub subject: String,
    /// The payment deadline. PayEase has no field for it.
    pub expires_at: Timestamp,
    /// Where the browser returns to.
    pub return_url: String,
    /// Where the gateway sends the outcome; PayEase has it on file and is not sent one.
    pub notify_url: String,
    /// PayEase's number of the bank (`v_pmode`), e.g. 85 for 中国银行; without it PayEase asks.
    pub bank: Option<String>,
}

/// A payer for whom an address is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payer {
    /// How they get to the gateway; not [`PayFlow::Form`].
    pub way: PayFlow,
    /// The network address of their browser, which 微信支付 wants to know of a telephone.
    pub address: String,
}

/// A form that the candidate's browser sends to the gateway by POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayForm {
    /// The URL.
    pub action: String,
    /// The value of `accept-charset`.
    pub charset: Charset,
    /// The hidden fields, in order.
    pub fields: Vec<(String, String)>,
}

/// The outcome of one order in a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Paid.
    Paid,
    /// Not decided yet.
    Pending,
    /// The bank declined; the order may be tried again.
    Declined,
    /// Closed without payment.
    Closed,
    /// Paid earlier, and refunded by this total.
    Refunded {
        /// The sum of all refunds so far, in fen; 0: the notification does not tell it (PayEase).
        total_fen: i64,
        /// Our number of the refund that this notification is about.
        refund_number: Option<String>,
    },
    /// One refund, of those that may have been made.
    OneRefund {
        /// The number that whoever asked for it gave it.
        refund_number: String,
        /// Its amount in fen.
        amount_fen: i64,
        /// Whether the money went back; else the gateway gave it up.
        is_done: bool,
    },
}

/// One order of a notification whose signatures and merchant were verified.
///
/// The caller must still compare order number and amount with its own order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sender.
    pub gateway: GatewayCode,
    /// Our number.
    pub order_number: OrderNumber,
    /// The number on the wire; must equal [`Gateway::wire_number`] of our order.
    pub wire_number: String,
    /// The order's amount in fen.
    pub amount_fen: i64,
    /// Always CNY; other currencies are rejected.
    pub currency: Currency,
    /// What happened.
    pub outcome: Outcome,
    /// The gateway's own number; unique for one payment at this gateway. PayEase has none, so it is `v_oid`.
    pub trade_no: String,
    /// Whether a signature binds order, state and amount together. Without it (PayEase without `v_sign`) the
    /// notification is a hint: query the gateway before anything is marked as paid.
    pub proven: bool,
}

/// One order of a notification whose signatures are valid, but which can't be one of our orders: it has another
/// merchant or application, an unknown number, another currency, or an unknown state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubtful {
    /// The sender.
    pub gateway: GatewayCode,
    /// The number on the wire, whoever it belongs to.
    pub wire_number: String,
    /// The gateway's own number.
    pub trade_no: String,
    /// The order's amount in fen, if it can be parsed.
    pub amount_fen: Option<i64>,
    /// The outcome, if it can be parsed.
    pub outcome: Option<Outcome>,
    /// Why it is not one of ours.
    pub why: WireError,
    /// As in [`Notice::proven`].
    pub proven: bool,
}

/// Whether one order of a notification can be one of ours.
pub type Verdict = Result<Notice, Box<Doubtful>>;

/// What the browser returned with; for display only, it decides nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Our number.
    pub order_number: OrderNumber,
    /// What the page may show.
    pub hint: ReturnHint,
}

/// What a return page may show while the gateway is being queried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnHint {
    /// Unknown (Alipay never says).
    Unsaid,
    /// The bank has the order and has not decided yet.
    Submitted,
    /// The gateway says it is paid.
    SaysPaid,
    /// The gateway says it failed.
    SaysFailed,
}

/// The state of an order, as the gateway answers a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TradeState {
    /// The gateway has no such trade (yet): no one opened its page, though the form may still be submitted.
    NotExist,
    /// Waiting for payment.
    Waiting,
    /// The last attempt failed and nothing was taken; another is possible.
    Declined,
    /// Paid. The reader compares the amount with its order.
    Paid {
        /// The gateway's own number.
        trade_no: String,
        /// The amount in fen.
        amount_fen: i64,
    },
    /// Closed unpaid, or refunded in full.
    Closed,
}

/// The gateway's answer to a close request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseAnswer {
    /// It can no longer be paid.
    Closed,
    /// There is no such trade; treated as closed, though a form that is still open can create it.
    NotExist,
    /// It is already paid or in another state: query before anything else.
    AskAgain,
}

/// A refund that was approved by two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundToMake {
    /// The order that was paid.
    pub order: OrderRef,
    /// What was paid for it, in fen.
    pub order_fen: i64,
    /// Our number of the refund, 1 to 64 of `[A-Za-z0-9_]`; Alipay never pays the same number twice. PayEase stores it
    /// as the reason and ignores it: query before repeating.
    pub refund_number: String,
    /// The amount in fen.
    pub amount_fen: i64,
    /// The reason, shown to the payer.
    pub reason: String,
    /// The operator, for PayEase (`v_refoprt`), ASCII.
    pub operator: String,
}

/// The state of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// Refunded.
    Done {
        /// The amount of this refund in fen.
        amount_fen: i64,
        /// The gateway's number, if it has one.
        reference: Option<String>,
    },
    /// Accepted, or unknown: query it.
    Pending,
    /// The gateway has no refund with this number.
    NotExist,
    /// The gateway has no refund with this number, but others of the same sum, with these reasons: one of them may be
    /// ours, whose reason was dropped or changed. An empty one: a list whose shape is not known.
    Unexplained {
        /// Their reasons, as the gateway tells them.
        reasons: Vec<String>,
    },
    /// Refused by the gateway.
    Refused {
        /// The gateway's code.
        code: String,
    },
}

/// One payment gateway, from the merchant's side: builds requests and parses messages without sending anything.
///
/// Every request has a parser with the same name. A parser trusts nothing before the signatures are verified.
pub trait Gateway: Send + Sync {
    /// The gateway's code.
    fn code(&self) -> GatewayCode;

    /// Our number as a merchant, which stands in its bills.
    fn merchant(&self) -> &str;

    /// The order's number on the wire of this gateway.
    fn wire_number(&self, order: &OrderRef) -> String;

    /// The form that sends the candidate's browser to the payment page; only for gateways with [`PayFlow::Form`].
    ///
    /// # Errors
    /// Any [`BuildError`]; [`BuildError::Setting`] if there is no such way.
    fn pay_form(&self, _order: &OrderToPay, _now: Timestamp) -> Result<PayForm, BuildError> {
        Err(BuildError::Setting("way"))
    }

    /// Asks for the address under which an order can be paid; only for gateways with such a [`PayFlow`].
    ///
    /// # Errors
    /// Any [`BuildError`]; [`BuildError::Setting`] if there is no such way.
    fn address_request(
        &self,
        _order: &OrderToPay,
        _payer: &Payer,
        _now: Timestamp,
    ) -> Result<HttpRequest, BuildError> {
        Err(BuildError::Setting("way"))
    }

    /// Parses the answer to [`Self::address_request`]. Only an address of the gateway's own is returned: for
    /// [`PayFlow::Scan`] what the code says, for [`PayFlow::Phone`] where the browser goes.
    ///
    /// # Errors
    /// Any [`WireError`].
    fn parse_address(
        &self,
        _order: &OrderToPay,
        _payer: &Payer,
        _reply: HttpReply<'_>,
    ) -> Result<String, WireError> {
        Err(WireError::Malformed("address: this gateway gives none"))
    }

    /// Queries the state of an order.
    ///
    /// # Errors
    /// Any [`BuildError`].
    fn query_request(&self, order: &OrderRef, now: Timestamp) -> Result<HttpRequest, BuildError>;

    /// Parses the answer to [`Self::query_request`].
    ///
    /// # Errors
    /// Any [`WireError`]; then the state is unknown.
    fn parse_query(&self, order: &OrderRef, reply: HttpReply<'_>) -> Result<TradeState, WireError>;

    /// Closes an unpaid order; `None` if the protocol has no such request (PayEase).
    ///
    /// # Errors
    /// Any [`BuildError`].
    fn close_request(&self, order: &OrderRef, now: Timestamp) -> Result<Option<HttpRequest>, BuildError>;

    /// Parses the answer to [`Self::close_request`].
    ///
    /// # Errors
    /// Any [`WireError`]; then the state is unknown.
    fn parse_close(&self, order: &OrderRef, reply: HttpReply<'_>) -> Result<CloseAnswer, WireError>;

    /// Requests a refund.
    ///
    /// # Errors
    /// Any [`BuildError`].
    fn refund_request(&self, refund: &RefundToMake, now: Timestamp) -> Result<HttpRequest, BuildError>;

    /// Parses the answer to [`Self::refund_request`].
    ///
    /// # Errors
    /// Any [`WireError`]; then the refund must be queried.
    fn parse_refund(&self, refund: &RefundToMake, reply: HttpReply<'_>) -> Result<RefundState, WireError>;

    /// Queries the state of a refund.
    ///
    /// # Errors
    /// Any [`BuildError`].
    fn refund_query_request(&self, refund: &RefundToMake, now: Timestamp) -> Result<HttpRequest, BuildError>;

    /// Parses the answer to [`Self::refund_query_request`].
    ///
    /// # Errors
    /// Any [`WireError`]; then the state is unknown.
    fn parse_refund_query(
        &self,
        refund: &RefundToMake,
        reply: HttpReply<'_>,
    ) -> Result<RefundState, WireError>;

    /// Parses a notification: one order for Alipay and 微信支付, one to four for PayEase, each with its own verdict;
    /// none if it tells of something else.
    ///
    /// # Errors
    /// Any [`WireError`]: an invalid signature, or a form that does not follow the protocol. Then no part of it is
    /// trusted.
    fn parse_notice(&self, notice: HttpNotice<'_>) -> Result<Vec<Verdict>, WireError>;

    /// Parses the query string that the browser returns with.
    ///
    /// # Errors
    /// Any [`WireError`]; the page then shows the order's own state without a hint from the gateway.
    fn parse_return(&self, query: &[u8]) -> Result<Returned, WireError>;

    /// Asks for the keys that the gateway signs with, where it hands them out: an answer or a notification named one that is
    /// not known.
    ///
    /// # Errors
    /// Any [`BuildError`].
    fn keys_request(&self, _now: Timestamp) -> Result<Option<HttpRequest>, BuildError> {
        Ok(None)
    }

    /// Takes the answer to [`Self::keys_request`]: from now on these keys are known.
    ///
    /// # Errors
    /// Any [`WireError`]; then no key changes.
    fn take_keys(&self, _reply: HttpReply<'_>) -> Result<(), WireError> {
        Err(WireError::MissingField("keys"))
    }

    /// The exact response to a notification.
    fn acknowledge(&self, answer: Acknowledgement) -> NoticeReply;

    /// Builds the request for the bill of a day, in China's time.
    ///
    /// # Errors
    /// Any [`BuildError`].
    fn bill_request(&self, day: Date, now: Timestamp) -> Result<BillRequest, BuildError>;

    /// Parses the answer to [`BillRequest::AddressBy`]. Only a URL of the gateway's own host is returned.
    ///
    /// # Errors
    /// Any [`WireError`].
    fn parse_bill_address(&self, reply: HttpReply<'_>) -> Result<BillAddress, WireError>;
}
