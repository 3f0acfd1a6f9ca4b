//! 微信支付, API v3: Native (a code that is scanned) and H5 (the browser of a telephone).
//!
//! Pitfalls (see the tests): a signature covers time, nonce and body, and its key is named beside it, of which two are
//! live while they change; answers are signed with deliberately wrong signatures now and then, which must not be
//! believed; a notification's content is sealed, and proves nothing without the signature outside; every refund of a
//! trade turns its state into `REFUND`, also a partial one.

mod answer;
mod members;
mod merchant;
mod notice;
pub mod platform;
mod sign;
#[cfg(test)]
mod sign_tests;

pub use merchant::{WeChat, WeChatSettings};
pub use sign::{PlatformKey, SKEW_SECONDS};

use jiff::Timestamp;

use crate::CHINA;
use crate::bill::{Format, Packing};
use crate::registry::{GatewayCode, PayFlow, Profile};

static PROFILE: Profile = Profile {
    code: "wechat",
    name: "payment-wechat",
    hint: "payment-wechat-hint",
    needs: "payment-wechat-needs",
    ways: &[PayFlow::Scan, PayFlow::Phone],
    has_banks: false,
    ends_trades: true,
    parts_close: true,
    trades_are_orders: false,
    signs_time: true,
    order_number: |wire, _merchant| wire.parse().ok(),
    bill: Format::Ticked,
    bill_packing: Packing::Gzip,
};

/// 微信支付 in the registry.
pub const CODE: GatewayCode = GatewayCode::of(&PROFILE);

/// The only algorithm of signatures that is used or accepted.
const SIGNATURE_TYPE: &str = "WECHATPAY2-SHA256-RSA2048";
/// The only algorithm of sealed content that is accepted.
const SEAL: &str = "AEAD_AES_256_GCM";
/// The only currency on the wire.
pub const CURRENCY: &str = "CNY";

/// The paths of the API, without what is in them of an order.
mod path {
    pub(super) const NATIVE: &str = "/v3/pay/transactions/native";
    pub(super) const H5: &str = "/v3/pay/transactions/h5";
    pub(super) const ORDER: &str = "/v3/pay/transactions/out-trade-no/";
    pub(super) const REFUNDS: &str = "/v3/refund/domestic/refunds";
    pub(super) const BILL: &str = "/v3/bill/tradebill";
}

/// Formats a time as the API does: RFC 3339 in China's time, whole seconds.
#[must_use]
pub fn format_time(at: Timestamp) -> String {
    format!("{}+08:00", CHINA.to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S"))
}
