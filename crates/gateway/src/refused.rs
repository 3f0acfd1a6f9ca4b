use std::fmt;

/// Why a message of the other side was not trusted or not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WireError {
    /// Larger than any valid message, or with more fields.
    TooLarge,
    /// Not a form, JSON or XML as the protocol defines it; names the invalid part.
    Malformed(&'static str),
    /// Invalid bytes in the pinned charset.
    Encoding,
    /// A duplicate name; two readers could choose differently.
    DuplicateField(String),
    /// A mandatory field is missing.
    MissingField(&'static str),
    /// The named signature or MAC is not valid for the message.
    BadSignature(&'static str),
    /// Signed with a key that is not one of the gateway's configured ones; names the key.
    UnknownKey(String),
    /// Signed too long ago, or in the future: our clock or theirs is wrong, or somebody repeats an old message.
    WrongTime,
    /// A signature algorithm other than the pinned one.
    WrongSignType,
    /// A charset other than the pinned one.
    WrongCharset,
    /// Another merchant (`seller_id`, `v_mid`).
    WrongMerchant,
    /// Another application (`app_id`).
    WrongApp,
    /// An order number that can't be ours, or not the requested one.
    WrongOrder,
    /// Not an amount in yuan with at most two decimals, or not the requested amount.
    BadAmount,
    /// Not CNY.
    WrongCurrency,
    /// A state that this version of the protocol does not have.
    UnknownStatus,
    /// `v_count` and the joined fields disagree, or there are not 1 to 4 orders.
    BadCount,
    /// The gateway responded with this HTTP status instead of 200.
    HttpStatus(u16),
    /// The gateway refused the request, with its own codes.
    Gateway {
        /// `code` or `status`.
        code: String,
        /// `sub_code` or `statusdesc`.
        detail: String,
    },
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("message too large"),
            Self::Malformed(part) => write!(f, "malformed {part}"),
            Self::Encoding => f.write_str("not text in the agreed charset"),
            Self::DuplicateField(name) => write!(f, "duplicate field {name:?}"),
            Self::MissingField(name) => write!(f, "field {name} is missing"),
            Self::BadSignature(name) => write!(f, "{name} is not valid for the message"),
            Self::UnknownKey(id) => write!(f, "signed with an unknown key {id:?}"),
            Self::WrongTime => f.write_str("signed more than five minutes from our own time"),
            Self::WrongSignType => f.write_str("sign_type is not the pinned one"),
            Self::WrongCharset => f.write_str("charset is not the pinned one"),
            Self::WrongMerchant => f.write_str("another merchant"),
            Self::WrongApp => f.write_str("another application"),
            Self::WrongOrder => f.write_str("another order"),
            Self::BadAmount => f.write_str("bad amount"),
            Self::WrongCurrency => f.write_str("not CNY"),
            Self::UnknownStatus => f.write_str("unknown state"),
            Self::BadCount => f.write_str("count and fields disagree"),
            Self::HttpStatus(status) => write!(f, "HTTP status {status}"),
            Self::Gateway { code, detail } => write!(f, "the gateway says {code} {detail:?}"),
        }
    }
}

impl std::error::Error for WireError {}

/// Why a request can't be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildError {
    /// Not twenty digits.
    OrderNumber,
    /// Below 0.01 or above 100 000 000.00 yuan.
    Amount,
    /// Empty or longer than the protocol allows.
    Subject,
    /// A bank number that is not 1 to 4 digits.
    Bank,
    /// The deadline has already passed.
    Expired,
    /// A setting (merchant number, URL) that the protocol can't carry.
    Setting(&'static str),
    /// A character that the wire charset does not have.
    Encoding,
    /// The private key can't sign.
    Signing,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OrderNumber => {
                f.write_str("an order number must be a school's five digits and fifteen more")
            }
            Self::Amount => f.write_str("the amount is outside 0.01 to 100000000.00 yuan"),
            Self::Subject => f.write_str("the subject is empty or too long"),
            Self::Bank => f.write_str("the bank number is not 1 to 4 digits"),
            Self::Expired => f.write_str("the deadline has passed"),
            Self::Setting(name) => write!(f, "the protocol cannot carry this {name}"),
            Self::Encoding => f.write_str("a character is missing from the wire charset"),
            Self::Signing => f.write_str("the private key cannot sign"),
        }
    }
}

impl std::error::Error for BuildError {}
