//! One order for staff: everything that is known of it, and a question to its gateway.

use gateway::OrderNumber;
use jiff::SignedDuration;

use super::ask::apply_answer;
use crate::audit::{self, Actor, Changes};
use crate::limit::{self, Rule, Then, Wait};
use crate::payment::context::PaymentContext;
use crate::payment::events::{self, Kind};
use crate::payment::gateways::{GatewayAnswer, Gateways};
use crate::payment::store::dossier::{self, Found, LineSeen, OtherOrder, ReceiptSeen};
use crate::payment::store::scoped::RefundSeen;
use crate::payment::store::suspense::SuspenseSeen;
use crate::payment::store::{self, Order};
use crate::store::{DbError, Stop, Tx};
use crate::words::staff::{By, Scope};

/// How often staff may have a gateway asked for one order: gateways limit their merchants too.
const QUESTIONS: Rule =
    Rule { what: "order-asked", most: 3, period: SignedDuration::from_mins(1), then: Then::Rest };

/// An order with everything that belongs to it. It has no Debug: it is personal data.
pub struct Dossier {
    /// Its candidate.
    pub found: Found,
    /// The order.
    pub order: Order,
    /// Its lines with their entries.
    pub lines: Vec<LineSeen>,
    /// The money that was booked for it.
    pub receipts: Vec<ReceiptSeen>,
    /// Its refunds.
    pub refunds: Vec<RefundSeen>,
    /// Money that names it and does not fit.
    pub suspense: Vec<SuspenseSeen>,
    /// The candidate's other orders.
    pub others: Vec<OtherOrder>,
    /// What happened, the oldest first.
    pub events: Vec<events::PastEvent>,
}

/// Everything that is known of an order of a scope (TH22); `None`: no such order there.
///
/// # Errors
/// [`DbError`].
pub async fn dossier(
    tx: &mut Tx<'_>,
    scope: &Scope,
    number: &OrderNumber,
    gateways: &Gateways,
) -> Result<Option<Dossier>, DbError> {
    let Some(found) = dossier::find(tx, scope, number).await? else { return Ok(None) };
    let (school, id) = (found.school, found.id);
    let order = store::by_id(tx, school, id).await?.ok_or(DbError::Decode("order"))?;
    let gateway = gateways.gateway(order.method.gateway);
    let wire_number = gateway.map(|gateway| gateway.wire_number(&order.reference())).unwrap_or_default();
    Ok(Some(Dossier {
        lines: dossier::lines(tx, school, id).await?,
        receipts: dossier::receipts(tx, school, id).await?,
        refunds: dossier::refunds(tx, school, id).await?,
        suspense: dossier::suspense(tx, school, (number, &wire_number)).await?,
        events: events::of_order(tx, (&order).into(), 0).await?,
        others: dossier::others(tx, school, order.registration, id).await?,
        found,
        order,
    }))
}

/// Why the gateway is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskRefusal {
    /// No such order in the scope.
    NotFound,
    /// It was asked a moment ago.
    TooMany(Wait),
}

/// Asks an order's gateway for staff and applies its answer, as 更新 does (Y5); returns what it said.
///
/// # Errors
/// [`AskRefusal`]; [`DbError`].
pub async fn ask_for_staff(
    payments: &PaymentContext,
    by: By,
    number: OrderNumber,
) -> Result<GatewayAnswer, Stop<AskRefusal>> {
    let order = payments.db.write(async move |tx: &mut Tx<'_>| note_question(tx, &by, &number).await).await?;
    let now = payments.now().await?;
    let answer = payments.gateways.query(&order, now).await;
    apply_answer(payments, &order, answer.clone(), None).await?;
    Ok(answer)
}

/// Counts the question and logs who asked, before anything is sent.
async fn note_question(tx: &mut Tx<'_>, by: &By, number: &OrderNumber) -> Result<Order, Stop<AskRefusal>> {
    let found = dossier::find(tx, &by.scope, number).await?.ok_or(Stop::Refused(AskRefusal::NotFound))?;
    limit::spend(tx, &QUESTIONS, number.as_str()).await.map_err(|stop| stop.map(AskRefusal::TooMany))?;
    let event = audit::Event {
        school: found.school,
        actor: Actor::Staff(by.account.clone()),
        action: "order-asked",
        object_kind: "order",
        object: &found.id.to_string(),
        address: &by.address,
        detail: "",
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await?;
    let order = store::by_id(tx, found.school, found.id).await?.ok_or(DbError::Decode("order"))?;
    let told = events::Event::new(Kind::Asked).at(order.method.gateway).by(&by.account);
    events::record(tx, &order, told).await?;
    Ok(order)
}
