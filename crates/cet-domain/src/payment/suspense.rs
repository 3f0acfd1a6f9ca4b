//! Money of which a gateway tells and that fits nothing is kept, with a line in the log, and put before finance staff: it is
//! neither booked nor forgotten.

use gateway::{Doubtful, GatewayCode, Notice, WireError};

use super::store::{self, Order};
use crate::audit::{self, Actor, Changes};
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;

/// The longest number of an order or a trade that is kept, in characters: those of the protocols are shorter.
const LONGEST: usize = 64;

/// Why money fits nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// Another sum than the order's, or one that can't be read.
    Sum,
    /// The trade was booked for another order.
    Trade,
    /// No order of ours has this number.
    Order,
    /// The order was opened at another gateway.
    Gateway,
    /// It is another merchant's.
    Merchant,
    /// It is another application's.
    Application,
    /// Another currency.
    Currency,
    /// In a state that the protocol does not know.
    State,
}

impl Doubt {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Sum,
        Self::Trade,
        Self::Order,
        Self::Gateway,
        Self::Merchant,
        Self::Application,
        Self::Currency,
        Self::State,
    ];

    /// The word in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Trade => "trade",
            Self::Order => "order",
            Self::Gateway => "gateway",
            Self::Merchant => "merchant",
            Self::Application => "application",
            Self::Currency => "currency",
            Self::State => "state",
        }
    }

    /// The reason of this word.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|doubt| doubt.wire() == text)
    }

    /// What stands in the way of a notification that is believed and not ours.
    const fn of(why: &WireError) -> Self {
        match why {
            WireError::WrongMerchant => Self::Merchant,
            WireError::WrongApp => Self::Application,
            WireError::WrongCurrency => Self::Currency,
            WireError::BadAmount => Self::Sum,
            WireError::UnknownStatus => Self::State,
            _ => Self::Order,
        }
    }
}

/// Money that is put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspense {
    /// The home school of the order; [`SchoolCode::NONE`] for what is no order of ours.
    pub school: SchoolCode,
    /// Which gateway tells of it.
    pub gateway: GatewayCode,
    /// The order's number, or of one that is not ours its number on the wire.
    pub order_number: String,
    /// The gateway's own number of the trade.
    pub trade_no: String,
    /// In fen, as told; nothing where it could not be read.
    pub amount_fen: i64,
    /// Why.
    pub doubt: Doubt,
    /// `notice`, `hint` or `query`.
    pub proof: &'static str,
}

impl Suspense {
    /// What a notification tells of an order that is not ours.
    #[must_use]
    pub fn of_doubtful(told: Doubtful) -> Self {
        Self {
            school: SchoolCode::NONE,
            gateway: told.gateway,
            order_number: told.wire_number,
            trade_no: told.trade_no,
            amount_fen: told.amount_fen.unwrap_or(0),
            doubt: Doubt::of(&told.why),
            proof: proof(told.proven),
        }
    }

    /// What a notification tells of an order of ours, or of one that would have its number.
    #[must_use]
    pub fn of_notice(notice: Notice, order: Option<&Order>, doubt: Doubt) -> Self {
        Self {
            school: order.map_or(SchoolCode::NONE, |order| order.school),
            gateway: notice.gateway,
            order_number: order.map_or(notice.wire_number, |order| order.number.to_string()),
            trade_no: notice.trade_no,
            amount_fen: notice.amount_fen,
            doubt,
            proof: proof(notice.proven),
        }
    }
}

const fn proof(proven: bool) -> &'static str {
    if proven { "notice" } else { "hint" }
}

/// Keeps money that fits nothing, once however often it is told, and with it a line of the log.
pub async fn keep(tx: &mut Tx<'_>, money: &Suspense) -> Result<(), DbError> {
    let cut = |text: &str| text.chars().take(LONGEST).collect::<String>();
    let money =
        Suspense { order_number: cut(&money.order_number), trade_no: cut(&money.trade_no), ..money.clone() };
    if store::suspense::insert(tx, &money).await? == 0 {
        return Ok(());
    }
    tracing::error!(
        order = money.order_number,
        gateway = money.gateway.as_str(),
        reason = money.doubt.wire(),
        "a gateway tells of money that fits nothing: it is put before finance"
    );
    let event = audit::Event {
        school: money.school,
        actor: Actor::Gateway(money.gateway.as_str()),
        action: "money-doubtful",
        object_kind: "order",
        object: &money.order_number,
        address: "",
        detail: &format!("reason={} amount={} proof={}", money.doubt.wire(), money.amount_fen, money.proof),
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await
}
