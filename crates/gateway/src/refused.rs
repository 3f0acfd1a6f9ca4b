use std::fmt;

/// Why a message of the other side was not believed or not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WireError {
    /// Longer than any honest message, or with more fields.
    TooLarge,
    /// Not a form, JSON or XML text as the protocol writes it; names the broken part.
    Malformed(&'static str),
    /// Bytes that are no text in the pinned charset.
    Encoding,
    /// One name twice; two readers could choose differently.
    DuplicateField(String),
    /// A field that the protocol always sends is not there.
    MissingField(&'static str),
    /// The named signature or MAC does not fit the message.
    BadSignature(&'static str),
    /// A signature algorithm other than the pinned one.
    WrongSignType,
    /// A charset other than the pinned one.
    WrongCharset,
    /// Another merchant (`seller_id`, `v_mid`).
    WrongMerchant,
    /// Another application (`app_id`).
    WrongApp,
    /// An order number that cannot be ours, or not the one that was asked for.
    WrongOrder,
    /// Not an amount in yuan with at most two decimals, or not the amount that was asked for.
    BadAmount,
    /// Not CNY.
    WrongCurrency,
    /// A state that this version of the protocol does not know.
    UnknownStatus,
    /// `v_count` and the joined fields disagree, or are not 1 to 4 orders.
    BadCount,
    /// The gateway answered with this HTTP status instead of 200.
    HttpStatus(u16),
    /// The gateway refused the request, in its own words.
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
            Self::DuplicateField(name) => write!(f, "field {name:?} is there twice"),
            Self::MissingField(name) => write!(f, "field {name} is missing"),
            Self::BadSignature(name) => write!(f, "{name} does not fit the message"),
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

/// Why a request could not be built.
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
    /// The deadline is already over.
    Expired,
    /// A setting (merchant number, address) the protocol cannot carry.
    Setting(&'static str),
    /// A character that the wire charset does not have.
    Encoding,
    /// The private key could not sign.
    Signing,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OrderNumber => f.write_str("an order number has a school's five digits and fifteen more"),
            Self::Amount => f.write_str("the amount is outside 0.01 to 100000000.00 yuan"),
            Self::Subject => f.write_str("the subject is empty or too long"),
            Self::Bank => f.write_str("the bank number is not 1 to 4 digits"),
            Self::Expired => f.write_str("the deadline is over"),
            Self::Setting(name) => write!(f, "the protocol cannot carry this {name}"),
            Self::Encoding => f.write_str("a character is missing from the wire charset"),
            Self::Signing => f.write_str("the private key could not sign"),
        }
    }
}

impl std::error::Error for BuildError {}
