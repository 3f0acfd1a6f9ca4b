use serde::{Deserialize, Serialize};

/// How the gateways behave from now on; the default is an honest gateway that asks.
///
/// What concerns notifications is read when somebody pays, and stays with that payment's notification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// Whether the cashier asks or decides by itself.
    pub outcome: CashierBehaviour,
    /// Seconds from payment to notification.
    pub delay: u32,
    /// Send no notification at all.
    pub drop: bool,
    /// How many times each notification is sent once more, whatever the answer.
    pub duplicates: u8,
    /// Hold back every second notification for 20 seconds, so that the one after it overtakes it.
    pub reorder: bool,
    /// Send something untrue instead of the notification.
    pub falsify: Falsify,
    /// What query, close and refund meet.
    pub trouble: Trouble,
    /// Let a closed or expired trade be paid all the same.
    pub late_payment: bool,
}

impl Behaviour {
    /// Reads a stored row; an empty one is the default.
    ///
    /// # Errors
    /// The JSON's, also for an unknown name.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        if json.is_empty() { Ok(Self::default()) } else { serde_json::from_str(json) }
    }
}

/// What happens when the cashier opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CashierBehaviour {
    /// Show the page with its buttons.
    #[default]
    Ask,
    /// Pay at once and go back.
    Pay,
    /// Decline at once and go back.
    Decline,
}

/// What is untrue in a notification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Falsify {
    /// Nothing.
    #[default]
    None,
    /// The signatures do not fit.
    Signature,
    /// One fen more, validly signed.
    Amount,
    /// Another merchant, validly signed.
    Merchant,
    /// Another order, validly signed.
    Order,
    /// Another state, altered after signing: a valid signature would make it the gateway's own word.
    State,
    /// US dollars, validly signed.
    Currency,
}

/// How the API answers; the pages are not touched by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// As it should.
    #[default]
    None,
    /// 503 at once, nothing done.
    Unreachable,
    /// 503 after half a minute, nothing done.
    Slow,
    /// The gateway's own word for a system error, nothing done.
    Error,
    /// Does what is asked, then breaks off in the middle of its answer.
    Garbled,
    /// Does what is asked, then answers 503.
    AnswerLost,
}
