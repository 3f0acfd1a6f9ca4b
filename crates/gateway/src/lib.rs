//! Wire formats of 支付宝 (Alipay 电脑网站支付), 首信易支付 (PayEase, the `v_*` interface of 2017) and 微信支付 (API v3:
//! Native and H5).
//!
//! This crate opens no connections and reads no clock: it builds requests and parses replies and notifications, and
//! time is an argument. A merchant uses all gateways through [`Gateway`]; another gateway is another implementation and
//! a row of the registry ([`GatewayCode`], [`Profile`]). What the *other* side needs (parsing the merchant's requests,
//! signing answers) is in [`alipay::platform`], [`payease::platform`] and [`wechat::platform`], for the sandbox.
//!
//! Three rules hold for every parser. A duplicate field rejects the whole message, since two readers could choose
//! differently. The signature is checked before anything else is trusted, and its algorithm is pinned. Amounts are
//! whole fen throughout.

pub mod alipay;
mod amount;
pub mod bill;
mod fields;
mod http;
mod json;
pub mod keys;
mod order_number;
pub mod payease;
mod refused;
mod registry;
mod vocabulary;
pub mod wechat;
mod xml;

pub use amount::{MAX_FEN, format_yuan, parse_yuan, parse_yuan_two_decimals};
pub use bill::{BillAddress, BillFile, BillRequest, Packing};
pub use fields::{Charset, Fields};
pub use http::{Acknowledgement, Headers, HttpNotice, HttpReply, HttpRequest, NoticeReply, Verb};
pub use json::Object;
pub use order_number::OrderNumber;
pub use refused::{BuildError, WireError};
pub use registry::{GatewayCode, PayFlow, Profile};
pub use vocabulary::{
    CloseAnswer, Currency, Doubtful, Gateway, Notice, OrderRef, OrderToPay, Outcome, PayForm, Payer,
    RefundState, RefundToMake, ReturnHint, Returned, TradeState, Verdict,
};

/// China Standard Time, which all gateways use for their times.
pub const CHINA: jiff::tz::Offset = jiff::tz::offset(8);
