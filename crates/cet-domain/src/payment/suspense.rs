//! Money that a gateway reports and that matches no order is stored, logged, and shown to finance staff: it is neither
//! booked nor lost.

use gateway::{Doubtful, GatewayCode, Notice, WireError};

use super::events::{self, Event, Kind};
use super::store::{self, Order};
use crate::audit::{self, Actor, Changes};
use crate::registration;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::FenSum;

/// The longest stored number of an order or a trade, in characters: those of the protocols are shorter.
const LONGEST: usize = 64;

/// Why money matches no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// Another sum than the order's, or an unreadable one.
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
    /// A state that the protocol does not define.
    State,
    /// It went back, and this system did not send it: somebody used the gateway's own console.
    Refunded,
}

impl Doubt {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::Sum,
        Self::Trade,
        Self::Order,
        Self::Gateway,
        Self::Merchant,
        Self::Application,
        Self::Currency,
        Self::State,
        Self::Refunded,
    ];

    /// The name in the database.
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
            Self::Refunded => "refunded",
        }
    }

    /// Parses that name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|doubt| doubt.wire() == text)
    }

    /// Why an authenticated notification is not ours.
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

/// Unmatched money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspense {
    /// The home school of the order; [`SchoolCode::NONE`] if the order is not ours.
    pub school: SchoolCode,
    /// The gateway that reports it.
    pub gateway: GatewayCode,
    /// The order's number, or, if it is not ours, its number in the notification.
    pub order_number: String,
    /// The gateway's own number of the trade.
    pub trade_no: String,
    /// In fen, as reported; 0 if it could not be read.
    pub amount_fen: i64,
    /// The reason.
    pub doubt: Doubt,
    /// `notice`, `hint` or `query`.
    pub proof: &'static str,
}

impl Suspense {
    /// From a notification about an order that is not ours.
    #[must_use]
    pub(crate) fn of_doubtful(told: Doubtful) -> Self {
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

    /// From a notification about one of our orders, or with a number like ours.
    #[must_use]
    pub(crate) fn of_notice(notice: Notice, order: Option<&Order>, doubt: Doubt) -> Self {
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

pub(super) const fn proof(proven: bool) -> &'static str {
    if proven { "notice" } else { "hint" }
}

/// The sum, unless the gateway told none that can be read: 首信易支付 says of a refund in its console only that there is one.
pub(in crate::payment) fn known_sum(stored: FenSum) -> Option<FenSum> {
    (stored.get() > 0).then_some(stored)
}

/// What a gateway says to have refunded of an order.
pub struct Refunded {
    /// The order, as it is now.
    pub order: Order,
    /// The gateway's number of the payment.
    pub trade_no: String,
    /// The sum of all refunds; 0 if it is not told: then any refund of ours explains it, and any that is not settled yet.
    pub total_fen: i64,
    /// How it came to be known.
    pub proof: &'static str,
}

/// What of an order's refunds is before finance already, settled or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::payment) struct KeptBack {
    /// How many there are.
    pub(in crate::payment) rows: i64,
    /// Their sum, of those that have one.
    pub(in crate::payment) fen: i64,
    /// How many have no sum.
    pub(in crate::payment) without_sum: i64,
    /// How many nobody has settled.
    pub(in crate::payment) open: i64,
}

/// How much of what a gateway tells is news: neither sent by us nor before finance (Y9). `Some(0)` has no sum.
pub(in crate::payment) fn news(total_fen: i64, proof: &str, ours: i64, kept: KeptBack) -> Option<i64> {
    if total_fen > 0 {
        // What has no sum may be any of it.
        let extra = total_fen.saturating_sub(ours).saturating_sub(kept.fen);
        return (extra > 0 && kept.without_sum == 0).then_some(extra);
    }
    // Asked for, a trade stays refunded; a notification tells of one more once the last one was settled.
    let is_told = if proof == "query" { kept.rows > 0 } else { kept.open > 0 };
    (ours == 0 && !is_told).then_some(0)
}

/// Stores what was refunded beyond all that this system sent and that is stored. Returns whether it is new.
///
/// Locks: the registration.
pub(crate) async fn keep_refunded(tx: &mut Tx<'_>, told: &Refunded) -> Result<bool, DbError> {
    let order = &told.order;
    registration::store::lock(tx, order.school, order.registration).await?;
    if store::dossier::receipts(tx, order.school, order.id).await?.is_empty() {
        return Ok(false);
    }
    let ours = store::sent_back(tx, order.school, order.id).await?;
    let kept = store::suspense::kept_back(tx, order).await?;
    let Some(amount_fen) = news(told.total_fen, told.proof, ours, kept) else { return Ok(false) };
    let trade_no = match kept.rows {
        0 => told.trade_no.clone(),
        // A further one of the same trade and sum is another one.
        rows => format!("{}-{}", told.trade_no, rows.saturating_add(1)),
    };
    let money = Suspense {
        school: order.school,
        gateway: order.method.gateway,
        order_number: order.number.to_string(),
        trade_no,
        amount_fen,
        doubt: Doubt::Refunded,
        proof: told.proof,
    };
    keep(tx, &money).await
}

/// Stores a refund that a gateway tells of by its own number and that this system did not send. Returns whether it is new.
pub(crate) async fn keep_other_refund(
    tx: &mut Tx<'_>,
    order: &Order,
    (number, amount_fen): (&str, i64),
    proven: bool,
) -> Result<bool, DbError> {
    let money = Suspense {
        school: order.school,
        gateway: order.method.gateway,
        order_number: order.number.to_string(),
        // Not the trade's: two such refunds of one trade are two.
        trade_no: number.to_owned(),
        amount_fen,
        doubt: Doubt::Refunded,
        proof: proof(proven),
    };
    keep(tx, &money).await
}

/// Stores and logs unmatched money, once however often it is reported (Y9); returns whether it is new.
///
/// # Errors
/// [`DbError`]: the gateway has to report it again.
pub async fn keep(tx: &mut Tx<'_>, money: &Suspense) -> Result<bool, DbError> {
    let cut = |text: &str| text.chars().take(LONGEST).collect::<String>();
    let money =
        Suspense { order_number: cut(&money.order_number), trade_no: cut(&money.trade_no), ..money.clone() };
    if store::suspense::insert(tx, &money).await? == 0 {
        return Ok(false);
    }
    tracing::error!(
        order = money.order_number,
        gateway = money.gateway.as_str(),
        reason = money.doubt.wire(),
        "a gateway tells of money that fits nothing: it is put before finance"
    );
    tell(tx, &money).await?;
    let amount = match money.amount_fen {
        0 => "unknown".to_owned(),
        fen => fen.to_string(),
    };
    let action = if money.doubt == Doubt::Refunded { "money-refunded-elsewhere" } else { "money-doubtful" };
    let event = audit::Event {
        school: money.school,
        actor: Actor::Gateway(money.gateway.as_str()),
        action,
        object_kind: "order",
        object: &money.order_number,
        address: "",
        detail: &format!("reason={} amount={amount} proof={}", money.doubt.wire(), money.proof),
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await?;
    Ok(true)
}

/// Tells how the money came to be known, and that it waits for finance.
async fn tell(tx: &mut Tx<'_>, money: &Suspense) -> Result<(), DbError> {
    let of = events::Of { school: money.school, number: &money.order_number };
    let kind = if money.proof == "query" { Kind::Answered } else { Kind::NoticeRefused };
    let about = |kind| {
        let event = Event::new(kind).at(money.gateway).trade(&money.trade_no, money.proof);
        let event = event.because(money.doubt.wire());
        match known_sum(FenSum::new(money.amount_fen).unwrap_or_default()) {
            Some(amount) => event.amount(amount),
            None => event,
        }
    };
    if money.doubt != Doubt::Refunded {
        let heard = about(kind);
        let heard = if kind == Kind::Answered { heard.said("paid") } else { heard };
        events::record(tx, of, heard).await?;
    }
    events::record(tx, of, about(Kind::SuspenseOpened)).await
}
