use serde::{Deserialize, Serialize};

/// How the gateways behave from now on; by default they follow the protocol and let the payer decide.
///
/// Settings for notifications are read at payment and stay with that payment's notification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// Whether the payment page asks or decides by itself.
    pub outcome: CashierBehaviour,
    /// Seconds from payment to notification.
    pub delay: u32,
    /// Send no notification at all.
    pub drop: bool,
    /// How many additional times each notification is sent, whatever the answer.
    pub duplicates: u8,
    /// Delay every second notification by 20 seconds, so that the next one overtakes it.
    pub reorder: bool,
    /// Falsify the notification.
    pub falsify: Falsify,
    /// How query, close and refund requests fail.
    pub trouble: Trouble,
    /// Allow payment of a closed or expired trade.
    pub late_payment: bool,
    /// What is wrong in the bills that are written.
    pub bill: Vec<Plant>,
    /// Refunds made in the merchant's console, each once.
    pub console: Vec<ConsoleRefund>,
}

/// A refund that somebody makes in the merchant's console at a gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleRefund {
    /// By this number the gateway has made it or not, and tells of it.
    pub id: String,
    /// The gateway's code.
    pub gateway: String,
    /// The merchant's order number on the wire.
    pub number: String,
    /// In fen.
    pub amount_fen: i64,
}

/// A difference that is planted into a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plant {
    /// A payment is left out.
    Missing,
    /// A trade that was not paid stands as paid.
    Extra,
    /// A payment has one fen more.
    Sum,
    /// A payment stands a second time, under another trade.
    Twice,
    /// A payment of an order that nobody opened.
    UnknownOrder,
    /// A refund is left out.
    RefundMissing,
    /// A refund that nobody asked for.
    RefundExtra,
    /// The file ends in the middle.
    CutOff,
}

impl Plant {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Missing,
        Self::Extra,
        Self::Sum,
        Self::Twice,
        Self::UnknownOrder,
        Self::RefundMissing,
        Self::RefundExtra,
        Self::CutOff,
    ];
}

impl Behaviour {
    /// Parses a stored row; an empty one is the default.
    ///
    /// # Errors
    /// The JSON error, also for an unknown name.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        if json.is_empty() { Ok(Self::default()) } else { serde_json::from_str(json) }
    }
}

/// What happens when the payment page is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CashierBehaviour {
    /// Show the page with its buttons.
    #[default]
    Ask,
    /// Pay and return immediately.
    Pay,
    /// Decline and return immediately.
    Decline,
}

/// What is falsified in a notification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Falsify {
    /// Nothing.
    #[default]
    None,
    /// Invalid signatures.
    Signature,
    /// One fen more, validly signed.
    Amount,
    /// Another merchant, validly signed.
    Merchant,
    /// Another order, validly signed.
    Order,
    /// Another state, altered after signing: with a valid signature it would be the gateway's own statement.
    State,
    /// US dollars, validly signed.
    Currency,
}

/// How the API responds; the pages are not affected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// Correctly.
    #[default]
    None,
    /// 503 immediately, without processing.
    Unreachable,
    /// 503 after half a minute, without processing.
    Slow,
    /// The gateway's own system error, without processing.
    Error,
    /// Processes the request, then breaks off in the middle of its answer.
    Garbled,
    /// Processes the request, then responds with 503.
    AnswerLost,
    /// Refuses each refund for good, as with an empty account; the rest works.
    RefundRefused,
}
