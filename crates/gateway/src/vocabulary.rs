//! What a merchant says to any gateway, and hears from it.

use jiff::Timestamp;

use crate::fields::Charset;
use crate::order_number::OrderNumber;
use crate::refused::{BuildError, WireError};

/// Which gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GatewayCode {
    /// 支付宝.
    Alipay,
    /// 首信易支付.
    PayEase,
}

impl GatewayCode {
    /// The word in addresses, forms and database rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alipay => "alipay",
            Self::PayEase => "payease",
        }
    }

    /// Whether it ends a trade on our word. PayEase has none for it: its page takes money as long as somebody has it open.
    #[must_use]
    pub const fn ends_trades(self) -> bool {
        match self {
            Self::Alipay => true,
            Self::PayEase => false,
        }
    }

    /// The gateway of this word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Alipay, Self::PayEase].into_iter().find(|code| code.as_str() == text)
    }
}

/// The currency of an amount; the examination knows one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Currency {
    /// 人民币.
    Cny,
}

/// An order as the gateway knows it; enough to ask for it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRef {
    /// Our number.
    pub number: OrderNumber,
    /// When the order was made; its day in China is part of PayEase's number.
    pub made_at: Timestamp,
}

/// An order that a candidate is about to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderToPay {
    /// Number and day.
    pub order: OrderRef,
    /// The sum in fen, 1 or more.
    pub amount_fen: i64,
    /// What is paid for, shown by the gateway; at most 256 characters.
    pub subject: String,
    /// When it can no longer be paid. PayEase has no word for it.
    pub expires_at: Timestamp,
    /// Where the browser comes back.
    pub return_url: String,
    /// Where the gateway tells the outcome; PayEase has it on file and is not sent one.
    pub notify_url: String,
    /// PayEase's number of the bank (`v_pmode`), 85 for 中国银行; without it PayEase asks.
    pub bank: Option<String>,
}

/// A form that the candidate's browser sends to the gateway by POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayForm {
    /// The address.
    pub action: String,
    /// For `accept-charset`.
    pub charset: Charset,
    /// Hidden fields in order.
    pub fields: Vec<(String, String)>,
}

/// A POST that our server sends to the gateway.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The address.
    pub url: String,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpRequest").field("url", &self.url).finish_non_exhaustive()
    }
}

/// What came back for an [`HttpRequest`].
#[derive(Clone, Copy)]
pub struct HttpReply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: &'a [u8],
}

impl<'a> HttpReply<'a> {
    pub(crate) fn ok(self) -> Result<&'a [u8], WireError> {
        if self.status == 200 { Ok(self.body) } else { Err(WireError::HttpStatus(self.status)) }
    }
}

/// What a notification says of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The money is there.
    Paid,
    /// Not decided yet.
    Pending,
    /// The bank said no; the order may be tried again.
    Declined,
    /// Closed without payment.
    Closed,
    /// Paid earlier, and this much was given back in all.
    Refunded {
        /// Everything refunded so far, in fen.
        total_fen: i64,
        /// Our number of the refund that this notification is about.
        refund_number: Option<String>,
    },
}

/// One order of a notification whose signatures and merchant were checked.
///
/// The reader still has to compare order number and amount with its own order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Who sent it.
    pub gateway: GatewayCode,
    /// Our number.
    pub order_number: OrderNumber,
    /// The number on the wire; must equal [`Gateway::wire_number`] of our order.
    pub wire_number: String,
    /// The order's sum in fen.
    pub amount_fen: i64,
    /// Always CNY; another one is refused.
    pub currency: Currency,
    /// What happened.
    pub outcome: Outcome,
    /// The gateway's own number; with the gateway it is unique for one payment. PayEase has none: its `v_oid`.
    pub trade_no: String,
    /// Whether a signature binds order, state and amount together. Without it (PayEase without `v_sign`) the notice
    /// is a hint: ask the gateway before anything is marked as paid.
    pub proven: bool,
}

/// One order of a notification whose signatures fit, though it can't be an order of ours as it is told: of another merchant
/// or application, with a number that is none of ours, in another currency, in a state that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubtful {
    /// Who sent it.
    pub gateway: GatewayCode,
    /// The number on the wire, whosever it is.
    pub wire_number: String,
    /// The gateway's own number.
    pub trade_no: String,
    /// The order's sum in fen, if it can be read.
    pub amount_fen: Option<i64>,
    /// What happened, if it can be read.
    pub outcome: Option<Outcome>,
    /// Why it is not ours.
    pub why: WireError,
    /// As of a [`Notice`].
    pub proven: bool,
}

/// Whether one order of a notification is one of ours, as it is told.
pub type Verdict = Result<Notice, Box<Doubtful>>;

/// What the browser brought back; for display only, it decides nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Our number.
    pub order_number: OrderNumber,
    /// What the page may say.
    pub hint: ReturnHint,
}

/// What a return page may say while the truth is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnHint {
    /// Nothing is known (Alipay never says).
    Unsaid,
    /// The bank has the order and has not decided.
    Submitted,
    /// The gateway says it is paid.
    SaysPaid,
    /// The gateway says it failed.
    SaysFailed,
}

/// What the gateway answers when it is asked for an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TradeState {
    /// The gateway has no such trade (yet): nobody opened its page, though the form may still be sent.
    NotExist,
    /// It waits for the money.
    Waiting,
    /// The last attempt failed and nothing was taken; another is possible.
    Declined,
    /// Paid. The reader compares the amount with its order.
    Paid {
        /// The gateway's own number.
        trade_no: String,
        /// The sum in fen.
        amount_fen: i64,
    },
    /// Closed unpaid, or refunded in full.
    Closed,
}

/// What the gateway answers to a wish to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseAnswer {
    /// It can no longer be paid.
    Closed,
    /// There is no such trade; counts as closed, though a form that is still open can create it.
    NotExist,
    /// It is paid or in another state already: query before anything else.
    AskAgain,
}

/// A refund that two people agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundToMake {
    /// The order that was paid.
    pub order: OrderRef,
    /// Our number of the refund, 1 to 64 of `[A-Za-z0-9_]`; the same number is never paid twice by Alipay. PayEase
    /// carries it as the reason and does not look at it: query before repeating.
    pub refund_number: String,
    /// How much, in fen.
    pub amount_fen: i64,
    /// Why, for the payer.
    pub reason: String,
    /// Who sends it, for PayEase (`v_refoprt`), ASCII.
    pub operator: String,
}

/// What is known of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// The money goes back.
    Done {
        /// Fen, of this refund.
        amount_fen: i64,
        /// The gateway's number, where it has one.
        reference: Option<String>,
    },
    /// Taken, or not known: query it.
    Pending,
    /// The gateway knows no refund of this number.
    NotExist,
    /// Refused, in the gateway's words.
    Refused {
        /// Its code.
        code: String,
    },
}

/// How a notification is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledgement {
    /// Dealt with and committed, or put before somebody who has to look; do not send it again.
    Done,
    /// Not believed, or something of it is still to be stored; send it again.
    Failed,
}

/// One payment gateway, seen by the merchant: builds what is sent and reads what comes, without sending anything.
///
/// Every request has a parser of the same name. A parser believes nothing before the signatures fit.
pub trait Gateway: Send + Sync {
    /// Which one.
    fn code(&self) -> GatewayCode;

    /// The order's number on this gateway's wire.
    fn wire_number(&self, order: &OrderRef) -> String;

    /// The form with which the candidate's browser goes to pay.
    ///
    /// # Errors
    /// Any [`BuildError`].
    fn pay_form(&self, order: &OrderToPay, now: Timestamp) -> Result<PayForm, BuildError>;

    /// Asks for the state of an order.
    ///
    /// # Errors
    /// Any [`BuildError`].
    fn query_request(&self, order: &OrderRef, now: Timestamp) -> Result<HttpRequest, BuildError>;

    /// Reads the answer to [`Self::query_request`].
    ///
    /// # Errors
    /// Any [`WireError`]; then nothing is known.
    fn parse_query(&self, order: &OrderRef, reply: HttpReply<'_>) -> Result<TradeState, WireError>;

    /// Asks to close an unpaid order; `None` where the protocol has no such word (PayEase).
    ///
    /// # Errors
    /// Any [`BuildError`].
    fn close_request(&self, order: &OrderRef, now: Timestamp) -> Result<Option<HttpRequest>, BuildError>;

    /// Reads the answer to [`Self::close_request`].
    ///
    /// # Errors
    /// Any [`WireError`]; then nothing is known.
    fn parse_close(&self, order: &OrderRef, reply: HttpReply<'_>) -> Result<CloseAnswer, WireError>;

    /// Gives money back.
    ///
    /// # Errors
    /// Any [`BuildError`].
    fn refund_request(&self, refund: &RefundToMake, now: Timestamp) -> Result<HttpRequest, BuildError>;

    /// Reads the answer to [`Self::refund_request`].
    ///
    /// # Errors
    /// Any [`WireError`]; then the refund has to be queried.
    fn parse_refund(&self, refund: &RefundToMake, reply: HttpReply<'_>) -> Result<RefundState, WireError>;

    /// Asks what became of a refund.
    ///
    /// # Errors
    /// Any [`BuildError`].
    fn refund_query_request(&self, refund: &RefundToMake, now: Timestamp) -> Result<HttpRequest, BuildError>;

    /// Reads the answer to [`Self::refund_query_request`].
    ///
    /// # Errors
    /// Any [`WireError`]; then nothing is known.
    fn parse_refund_query(
        &self,
        refund: &RefundToMake,
        reply: HttpReply<'_>,
    ) -> Result<RefundState, WireError>;

    /// Reads the body of a notification: one order of Alipay, one to four of PayEase, each with its own verdict.
    ///
    /// # Errors
    /// Any [`WireError`]: a signature that does not fit, or a form that is not the protocol's. Then nothing of it is
    /// believed, also not in part.
    fn parse_notice(&self, body: &[u8]) -> Result<Vec<Verdict>, WireError>;

    /// Reads the query string with which the browser comes back.
    ///
    /// # Errors
    /// Any [`WireError`]; the page then shows the order's own state without a word from the gateway.
    fn parse_return(&self, query: &[u8]) -> Result<Returned, WireError>;

    /// The exact body that answers a notification.
    fn acknowledge(&self, answer: Acknowledgement) -> &'static str;
}
