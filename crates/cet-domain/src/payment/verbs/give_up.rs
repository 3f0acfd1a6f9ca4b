//! Before an entry of an open order is cancelled, the order must end (TH37).

use super::end_order;
use crate::payment::context::PaymentContext;
use crate::payment::refusal::{PaymentRefusal, Stop};
use crate::payment::rules::{ClosedFor, OrderState};
use crate::payment::store;
use crate::registration;
use crate::store::Tx;
use crate::words::codes::SittingCode;
use crate::words::ids::PassportId;

/// Ends the open order of a passport's registration, if there is one: the gateway is queried, its trade closed, then
/// the order (Y1). Money that was paid in the meantime is booked instead.
///
/// # Errors
/// [`PaymentRefusal::NotBound`] without a registration; [`PaymentRefusal::OrderOpen`] when the gateway does not answer, which
/// leaves the order open.
pub async fn end_open(
    payments: &PaymentContext,
    passport: PassportId,
    sitting: SittingCode,
) -> Result<(), Stop> {
    let found = payments.db.read(async move |tx: &mut Tx<'_>| {
        let of = registration::verbs::of_passport(tx, passport, &sitting)
            .await?
            .ok_or(PaymentRefusal::NotBound)?;
        Ok::<_, Stop>(store::open_of(tx, of.school, of.id).await?)
    });
    let Some(order) = found.await? else { return Ok(()) };
    let after = end_order(payments, &order, ClosedFor::GivenUp).await?;
    if after.state == OrderState::Open { Err(PaymentRefusal::OrderOpen(order.id).into()) } else { Ok(()) }
}
