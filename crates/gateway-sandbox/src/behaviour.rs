use serde::{Deserialize, Serialize};

/// How the gateways behave from now on; the default is an honest gateway that asks.
///
/// What concerns notifications is read when somebody pays, and stays with that payment's notification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// Whether the cashier asks or decides by itself.
    pub cashier: CashierBehaviour,
    /// Seconds from payment to notification.
    pub notice_delay_seconds: u32,
    /// Send no notification at all.
    pub drop_notices: bool,
    /// How many times each notification is sent once more, whatever the answer.
    pub extra_copies: u8,
    /// Hold back every second notification for 20 seconds, so that the ones after it overtake it.
    pub reorder_notices: bool,
    /// Send something untrue instead of the notification.
    pub falsify: Falsify,
    /// What query, close and refund meet.
    pub api: ApiBehaviour,
    /// Let a closed or expired trade be paid all the same.
    pub late_payment: bool,
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
    Nothing,
    /// The signatures do not fit.
    Signature,
    /// One fen more, validly signed.
    Amount,
    /// Another merchant, validly signed.
    Merchant,
    /// Another order, validly signed.
    Order,
}

/// How the API answers; the pages are not touched by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApiBehaviour {
    /// As it should.
    #[default]
    Normal,
    /// 503 at once, nothing done.
    Failing,
    /// After half a minute, nothing done.
    Slow,
    /// Does what is asked, then answers 503: the answer is lost.
    AnswerLost,
}
