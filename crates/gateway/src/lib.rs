//! Wire formats of 支付宝 (Alipay 电脑网站支付) and 首信易支付 (PayEase, the `v_*` interface of 2017).
//!
//! Nothing here opens a connection or reads a clock: requests are built, replies and notifications are parsed, and
//! time comes in as an argument. A merchant talks to both through [`Gateway`]; one more gateway is one more
//! implementation. What the *other* side needs (parse the merchant's requests, sign the answers) stands in
//! [`alipay::platform`] and [`payease::platform`] and serves the sandbox.
//!
//! Three rules run through every parser. A doubled field refuses the whole message, since two readers would choose
//! differently. The signature is checked before anything else is believed, and its algorithm is pinned. Money is
//! whole fen from the first digit on.

pub mod alipay;
mod amount;
mod fields;
mod json;
pub mod keys;
mod order_number;
pub mod payease;
mod refused;
mod vocabulary;
mod xml;

pub use amount::{MAX_FEN, format_yuan, parse_yuan, parse_yuan_two_decimals};
pub use fields::{Charset, Fields};
pub use json::Object;
pub use order_number::OrderNumber;
pub use refused::{BuildError, WireError};
pub use vocabulary::{
    Acknowledgement, CloseAnswer, Currency, Doubtful, Gateway, GatewayCode, HttpReply, HttpRequest, Notice,
    OrderRef, OrderToPay, Outcome, PayForm, RefundState, RefundToMake, ReturnHint, Returned, TradeState,
    Verdict,
};

/// China Standard Time, in which both gateways write their times.
pub const CHINA: jiff::tz::Offset = jiff::tz::offset(8);
