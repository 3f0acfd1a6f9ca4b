//! 支付宝电脑网站支付: `alipay.trade.page.pay` and the calls around it, signed with RSA2.
//!
//! Pitfalls (see the tests): a request signs `sign_type`, a notification does not; an answer is signed as raw text; a
//! partial refund is notified as another `TRADE_SUCCESS`.

mod answer;
mod merchant;
mod notice;
pub mod platform;
mod sign_text;

pub use merchant::{Alipay, AlipaySettings};

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::CHINA;
use crate::bill::{ALIPAY, Format, Packing};
use crate::registry::{GatewayCode, PayFlow, Profile};

static PROFILE: Profile = Profile {
    code: "alipay",
    name: "payment-alipay",
    hint: "payment-alipay-hint",
    needs: "payment-alipay-needs",
    ways: &[PayFlow::Form],
    has_banks: false,
    ends_trades: true,
    parts_close: false,
    trades_are_orders: false,
    signs_time: false,
    order_number: |wire, _merchant| wire.parse().ok(),
    bill: Format::Titled(&ALIPAY),
    bill_packing: Packing::Zip,
};

/// 支付宝 in the registry.
pub const CODE: GatewayCode = GatewayCode::of(&PROFILE);

/// The only algorithm that is used or accepted.
const SIGN_TYPE: &str = "RSA2";
/// The only charset that is used or accepted.
const CHARSET: &str = "utf-8";

/// An API call of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The checkout page in the browser.
    PagePay,
    /// Queries the state of a trade.
    Query,
    /// Closes an unpaid trade.
    Close,
    /// Refunds a trade.
    Refund,
    /// Queries the state of a refund.
    RefundQuery,
    /// Asks where the bill of a day is.
    Bill,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 6] =
        [Self::PagePay, Self::Query, Self::Close, Self::Refund, Self::RefundQuery, Self::Bill];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PagePay => "alipay.trade.page.pay",
            Self::Query => "alipay.trade.query",
            Self::Close => "alipay.trade.close",
            Self::Refund => "alipay.trade.refund",
            Self::RefundQuery => "alipay.trade.fastpay.refund.query",
            Self::Bill => "alipay.data.dataservice.bill.downloadurl.query",
        }
    }

    /// The method with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// The member of an answer that has the content.
    #[must_use]
    pub fn answer_member(self) -> String {
        format!("{}_response", self.name().replace('.', "_"))
    }
}

/// Formats a time as Alipay does: China Standard Time, truncated to whole seconds.
#[must_use]
pub fn format_time(at: Timestamp) -> String {
    CHINA.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Parses what [`format_time`] writes.
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
    CHINA.to_timestamp(time).ok()
}
