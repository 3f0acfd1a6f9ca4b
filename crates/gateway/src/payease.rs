//! 首信易支付, the `v_*` interface of 2017.
//!
//! Its MACs (HMAC-MD5) cover either the order and its state or the amount, never both, and they concatenate fields
//! without a separator. Only `v_sign` (RSA over MD5) binds order, state and amount, so a notification without it is
//! only a hint. The same field `v_pstatus` has a different meaning in each message; [`NoticeStatus`], [`ReturnStatus`]
//! and [`QueryStatus`] can't be mixed up.

mod merchant;
mod notice;
mod number;
pub mod platform;
mod query;
mod refund;
mod returned;
mod status;

pub use merchant::{PayEase, PayEaseSettings, QueryTrust};
pub use number::{day_of, order_number_of, wire_number};
pub use status::{NoticeStatus, QueryStatus, ReturnStatus};

use crate::amount::parse_yuan_two_decimals;
use crate::bill::{Format, PAYEASE, Packing};
use crate::fields::{Charset, Fields, escape};
use crate::refused::{BuildError, WireError};
use crate::registry::{GatewayCode, PayFlow, Profile};

static PROFILE: Profile = Profile {
    code: "payease",
    name: "payment-payease",
    hint: "payment-payease-hint",
    needs: "payment-payease-needs",
    ways: &[PayFlow::Form],
    has_banks: true,
    // Its page accepts payment as long as it is open in a browser.
    ends_trades: false,
    parts_close: false,
    trades_are_orders: true,
    signs_time: false,
    order_number: |wire, merchant| order_number_of(wire, merchant).ok(),
    bill: Format::Titled(&PAYEASE),
    bill_packing: Packing::Text,
};

/// 首信易支付 in the registry.
pub const CODE: GatewayCode = GatewayCode::of(&PROFILE);

/// The separator between the orders of one notification.
const SEPARATOR: &str = "|_|";
/// The maximum number of orders in one notification.
pub const MAX_ORDERS: usize = 4;
/// `v_moneytype` of 人民币.
const CNY: &str = "0";

/// Which bytes of a Chinese field go into a MAC. Implementations differ; this must be found out with real traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MacText {
    /// The bytes on the wire, percent-decoded.
    #[default]
    Gbk,
    /// The text in UTF-8.
    Utf8,
    /// The text in UTF-8, then percent-encoded as Java does.
    UrlEncodedUtf8,
}

impl MacText {
    fn of_field(self, fields: &Fields, name: &'static str) -> Result<Vec<u8>, WireError> {
        match self {
            Self::Gbk => fields.require_bytes(name).map(<[u8]>::to_vec),
            Self::Utf8 => fields.require(name).map(|text| text.as_bytes().to_vec()),
            Self::UrlEncodedUtf8 => fields.require(name).map(url_encoded),
        }
    }

    fn of_text(self, text: &str) -> Result<Vec<u8>, BuildError> {
        match self {
            Self::Gbk => Charset::Gbk.encode(text).map(std::borrow::Cow::into_owned),
            Self::Utf8 => Ok(text.as_bytes().to_vec()),
            Self::UrlEncodedUtf8 => Ok(url_encoded(text)),
        }
    }
}

fn url_encoded(text: &str) -> Vec<u8> {
    let mut encoded = String::new();
    escape(text.as_bytes(), &mut encoded);
    encoded.into_bytes()
}

fn cny(moneytype: &str) -> Result<(), WireError> {
    if moneytype == CNY { Ok(()) } else { Err(WireError::WrongCurrency) }
}

fn yuan(text: &str) -> Result<i64, WireError> {
    parse_yuan_two_decimals(text).ok_or(WireError::BadAmount)
}
