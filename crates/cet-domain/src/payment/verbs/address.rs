//! Gets the address under which a gateway takes an order's money: the text of a code to scan, or a page for telephones.

use gateway::{PayFlow, Payer};
use jiff::SignedDuration;

use super::show::order_page;
use crate::payment::context::PaymentContext;
use crate::payment::refusal::Stop;
use crate::payment::store::{self, Order};
use crate::store::{DbError, Tx};
use crate::words::ids::{OrderId, PassportId};
use crate::words::time::Time;

/// Who pays which order, and how they get to the gateway.
#[derive(Clone, Debug)]
pub struct Prepare {
    /// The passport.
    pub passport: PassportId,
    /// The order.
    pub order: OrderId,
    /// The way and the payer's network address.
    pub payer: Payer,
    /// What the gateway shows as sold.
    pub subject: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prepared {
    /// The address.
    At(String),
    /// The order can't be paid (any more), or its gateway has no such way.
    NotPayable,
    /// The order went another way before, and its gateway takes one way under one number: paying by this one needs
    /// another order.
    OtherWay,
    /// The gateway gave no answer to be believed.
    Silent,
}

/// How long an address may be shown again: the gateway's codes hold for two hours, its pages for five minutes.
const fn holds(way: PayFlow) -> SignedDuration {
    match way {
        PayFlow::Form | PayFlow::Scan => SignedDuration::from_mins(110),
        PayFlow::Phone => SignedDuration::from_mins(4),
    }
}

/// Until when an address may be shown: never past the time in which the order can be paid.
fn shown_until(order: &Order, way: PayFlow, now: Time) -> Time {
    now.plus(holds(way)).min(order.deadline_at)
}

/// The address of an order that can be paid now. The gateway is asked at most once for as long as an address holds, so that
/// pressing a button again costs nothing.
///
/// # Errors
/// [`PaymentRefusal::NotFound`](crate::payment::refusal::PaymentRefusal::NotFound) for an order that is not the
/// passport's own.
pub async fn prepare(payments: &PaymentContext, wish: &Prepare) -> Result<Prepared, Stop> {
    let (passport, id, way) = (wish.passport, wish.order, wish.payer.way);
    let read: Result<_, Stop> = payments
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let look = order_page(tx, passport, id).await?;
            let known = store::address_of(tx, &look.order, way).await?;
            let went = store::way_of(tx, &look.order).await?;
            Ok((Some(look.order).filter(|_| look.payable), known, went))
        })
        .await;
    let (order, known, went) = read?;
    let Some(order) = order.filter(|order: &Order| order.method.gateway.profile().ways.contains(&way)) else {
        return Ok(Prepared::NotPayable);
    };
    if payments.gateways.gateway(order.method.gateway).is_none() {
        return Ok(Prepared::NotPayable);
    }
    if let Some(address) = known {
        return Ok(Prepared::At(address));
    }
    if went.is_some_and(|went| went != way) {
        return Ok(Prepared::OtherWay);
    }
    let now = payments.now().await?;
    let Some(address) = payments.gateways.address(&order, &wish.subject, &wish.payer, now).await else {
        return Ok(Prepared::Silent);
    };
    let until = shown_until(&order, way, now);
    let given = address.clone();
    let kept: bool = payments
        .db
        .write(async move |tx: &mut Tx<'_>| store::set_address(tx, &order, (way, &given, until)).await)
        .await?;
    // It was settled while the gateway answered: nobody pays for it any more.
    Ok(if kept { Prepared::At(address) } else { Prepared::NotPayable })
}

/// The ways in which an order can be paid: all of its gateway's until one was taken.
///
/// # Errors
/// [`DbError`].
pub async fn ways_of(tx: &mut Tx<'_>, order: &Order) -> Result<Vec<PayFlow>, DbError> {
    let went = store::way_of(tx, order).await?;
    let ways = order.method.gateway.profile().ways.iter().copied();
    Ok(ways.filter(|way| went.is_none_or(|went| went == *way)).collect())
}

/// The code of an order, if one may be shown now: not past its deadline (Y4).
///
/// # Errors
/// [`DbError`].
pub async fn code_of(tx: &mut Tx<'_>, order: &Order) -> Result<Option<String>, DbError> {
    store::address_of(tx, order, PayFlow::Scan).await
}
