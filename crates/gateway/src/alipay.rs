//! 支付宝电脑网站支付: `alipay.trade.page.pay` and the calls around it, signed with RSA2.
//!
//! Traps (see the tests): a request signs `sign_type`, a notification does not; an answer is signed as raw text;
//! a partial refund is told as `TRADE_SUCCESS` once more.

mod answer;
mod merchant;
mod notice;
pub mod platform;
mod sign_text;

pub use merchant::{Alipay, AlipaySettings};

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::CHINA;

/// The only algorithm that is written or believed.
const SIGN_TYPE: &str = "RSA2";
/// The only charset that is written or believed.
const CHARSET: &str = "utf-8";

/// A call of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The cashier in the browser.
    PagePay,
    /// State of a trade.
    Query,
    /// End of an unpaid trade.
    Close,
    /// Money back.
    Refund,
    /// State of a refund.
    RefundQuery,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::PagePay, Self::Query, Self::Close, Self::Refund, Self::RefundQuery];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PagePay => "alipay.trade.page.pay",
            Self::Query => "alipay.trade.query",
            Self::Close => "alipay.trade.close",
            Self::Refund => "alipay.trade.refund",
            Self::RefundQuery => "alipay.trade.fastpay.refund.query",
        }
    }

    /// The method of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// The member of an answer that holds the content.
    #[must_use]
    pub fn answer_member(self) -> String {
        format!("{}_response", self.name().replace('.', "_"))
    }
}

/// Writes a time as Alipay does: China's clock, whole seconds, rounded down.
#[must_use]
pub fn format_time(at: Timestamp) -> String {
    CHINA.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Reads what [`format_time`] writes.
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
    CHINA.to_timestamp(time).ok()
}
