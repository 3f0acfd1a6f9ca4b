//! Opens an order, or continues the open one.

use std::collections::BTreeSet;

use gateway::OrderNumber;
use jiff::SignedDuration;

use super::ask::{apply_answer, end_order};
use crate::audit::{self, Actor, Changes, Value};
use crate::consent;
use crate::entry;
use crate::payment::choice::{self, EntryFacts, Method, Needs};
use crate::payment::context::PaymentContext;
use crate::payment::entries;
use crate::payment::events::{self, Event, Kind};
use crate::payment::refusal::{PaymentRefusal, Stop};
use crate::payment::rules::asking::{Asking, next_ask};
use crate::payment::rules::{ClosedFor, OrderState, deadline};
use crate::payment::store::{self, Line, NewOrder, Order};
use crate::registration;
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::fen::FenSum;
use crate::words::ids::{EntryId, OrderId, PassportId, RegistrationId};
use crate::words::time::Time;

/// How many orders a passport opens within [`ORDERS_WITHIN`] at most. Each is asked for several times after it is closed, by the
/// same job that everybody's lost notifications wait for.
const MOST_ORDERS: usize = 20;
/// The time in which they are counted.
const ORDERS_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// The request to pay.
#[derive(Clone, Debug)]
pub struct Pay {
    /// The passport.
    pub passport: PassportId,
    /// The sitting.
    pub sitting: SittingCode,
    /// The chosen entries; empty: all unpaid ones.
    pub entries: BTreeSet<EntryId>,
    /// Gateway and bank as parsed by [`choice::method`], or its refusal.
    pub method: Result<Method, PaymentRefusal>,
    /// The network address of the request, for the log.
    pub address: String,
}

/// The result of [`open_order`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The order to pay: a new one, or the open one of the same choice; or the one that has already paid it.
    Order(OrderId),
    /// Its candidate came back from the gateway of this order, which must be asked first, then the request retried.
    MustAsk(Box<Order>),
    /// This older order must be ended first for this reason, then the request retried.
    MustSettle(Box<Order>, ClosedFor),
}

/// Opens an order with frozen lines, or finds the open one of the same choice, or the one that has paid it. However
/// many requests arrive at once, only one order is opened (Y1, TH39).
///
/// # Errors
/// Every [`PaymentRefusal`] that applies; a refused request changes nothing.
pub async fn open_order(tx: &mut Tx<'_>, pay: &Pay, catalogue: &Catalogue) -> Result<Opening, Stop> {
    let of = registration::verbs::lock_of_passport(tx, pay.passport, &pay.sitting).await?;
    let of = of.ok_or_else(|| not_bound(pay))?;
    let (school, registration) = (of.school, of.id);
    let now = tx.now().await?;
    let needs = Needs::of(catalogue, &pay.sitting);
    let all = entries::all(tx, school, registration).await?;
    let (lines, method) = match (choice::entries(&all, &pay.entries, &needs, now), &pay.method) {
        (Ok(lines), Ok(method)) => (lines, method),
        (Ok(_), Err(refusal)) => return Err((*refusal).into()),
        (Err(mut refusals), method) => {
            // An entry past its hold only waits for its order: the gateway's answer decides.
            if method.is_ok() && refusals.iter().any(|why| matches!(why, PaymentRefusal::OrderOpen(_))) {
                let open = store::open_of(tx, school, registration).await?;
                if let Some(open) = open.filter(|open| open.deadline_at <= now) {
                    return Ok(Opening::MustSettle(Box::new(open), ClosedFor::Deadline));
                }
            }
            if let (true, Ok(method)) = (all_paid(&refusals), method)
                && let Some(order) =
                    paid_before(tx, (pay.passport, registration), &pay.entries, method).await?
            {
                return Ok(Opening::Order(order));
            }
            refusals.extend(method.as_ref().err());
            return Err(Stop::Refused(refusals));
        }
    };
    if let Some(open) = store::open_of(tx, school, registration).await? {
        let same = open.method == *method && same_entries(tx, &open, &lines).await?;
        // Who came back may have paid it: nothing of it is forgotten until its gateway has said (Y3). Another choice settles it.
        if same && now < open.deadline_at && open.is_asked(now) {
            return Ok(Opening::MustAsk(Box::new(open)));
        }
        return Ok(match why_ended(&open, same, now) {
            None => {
                if open.returned_at.is_some() {
                    store::is_paying_again(tx, school, open.id).await?;
                    events::record(tx, &open, Event::new(Kind::SentToGateway).method(method)).await?;
                }
                Opening::Order(open.id)
            }
            Some(why) => {
                may_open(tx, pay.passport, now).await?;
                Opening::MustSettle(Box::new(open), why)
            }
        });
    }
    may_open(tx, pay.passport, now).await?;
    consent::note(tx, pay.passport, consent::Kind::Payment).await?;
    let order = draft(tx, pay, (school, registration), method, &lines, now)?;
    let (id, number) = insert(tx, order).await?;
    let ids: Vec<EntryId> = lines.iter().map(|entry| entry.id).collect();
    if let Some(locked) = entry::verbs::tie_to_order(tx, school, &ids, id).await?.first() {
        return Err(PaymentRefusal::EntryLocked(*locked).into());
    }
    for entry in &lines {
        let line = Line { entry: entry.id, subject: entry.subject, amount: entry.fee };
        store::insert_line(tx, school, id, &line).await?;
    }
    let amount = FenSum::of(lines.iter().map(|entry| entry.fee));
    let of = events::Of { school, number: number.as_str() };
    events::record(tx, of, Event::new(Kind::Opened).method(method).amount(amount)).await?;
    events::record(tx, of, Event::new(Kind::SentToGateway).method(method)).await?;
    record(tx, pay, (school, id), method, amount).await?;
    Ok(Opening::Order(id))
}

/// Without a registration nothing can be paid, whatever else is wrong with the request.
fn not_bound(pay: &Pay) -> Stop {
    let mut all = vec![PaymentRefusal::NotBound];
    all.extend(pay.method.as_ref().err());
    Stop::Refused(all)
}

/// Whether a passport may open another order now. It is refused before an older one is ended for it.
async fn may_open(tx: &mut Tx<'_>, passport: PassportId, now: Time) -> Result<(), Stop> {
    let newest = store::newest_of(tx, passport).await?;
    let Some(first) = newest.get(MOST_ORDERS.saturating_sub(1)) else { return Ok(()) };
    let until = first.opened_at.plus(ORDERS_WITHIN);
    if now >= until {
        return Ok(());
    }
    let seconds = u64::try_from(until.since(now).as_secs()).unwrap_or(0).saturating_add(1);
    Err(PaymentRefusal::TooMany(seconds).into())
}

fn all_paid(refusals: &[PaymentRefusal]) -> bool {
    refusals.iter().all(|refusal| matches!(refusal, PaymentRefusal::EntryPaid(_)))
}

/// The order that has paid exactly these entries with this method: a repeated request returns it again.
async fn paid_before(
    tx: &mut Tx<'_>,
    (passport, registration): (PassportId, RegistrationId),
    chosen: &BTreeSet<EntryId>,
    method: &Method,
) -> Result<Option<OrderId>, DbError> {
    for order in store::newest_of(tx, passport).await? {
        let is_paid = order.state == OrderState::Paid && order.registration == registration;
        if is_paid && order.method == *method {
            let lines = store::lines_of(tx, order.school, order.id).await?;
            if lines.iter().map(|line| line.entry).collect::<BTreeSet<_>>() == *chosen {
                return Ok(Some(order.id));
            }
        }
    }
    Ok(None)
}

/// Whether an open order must be ended before the candidate's request, and why.
fn why_ended(open: &Order, same: bool, now: Time) -> Option<ClosedFor> {
    match (now < open.deadline_at, same) {
        (true, true) => None,
        (true, false) => Some(ClosedFor::Replaced),
        (false, _) => Some(ClosedFor::Deadline),
    }
}

async fn same_entries(tx: &mut Tx<'_>, open: &Order, lines: &[&EntryFacts]) -> Result<bool, DbError> {
    let old = store::lines_of(tx, open.school, open.id).await?;
    let old: BTreeSet<EntryId> = old.iter().map(|line| line.entry).collect();
    Ok(old == lines.iter().map(|entry| entry.id).collect())
}

fn draft(
    tx: &Tx<'_>,
    pay: &Pay,
    (school, registration): (SchoolCode, RegistrationId),
    method: &Method,
    lines: &[&EntryFacts],
    now: Time,
) -> Result<NewOrder, Stop> {
    let amount = FenSum::of(lines.iter().map(|entry| entry.fee));
    let hold_ends = lines.iter().map(|entry| entry.expires_at).min();
    let (false, Some(hold_ends)) = (amount.is_zero(), hold_ends) else {
        return Err(PaymentRefusal::NothingToPay.into());
    };
    let deadline_at = deadline(now, hold_ends);
    let id = tx.new_id();
    let asking = Asking {
        state: OrderState::Open,
        asked: 0,
        deadline: deadline_at,
        settled_at: deadline_at,
        ends_trades: method.gateway.ends_trades(),
        returned_at: None,
    };
    Ok(NewOrder {
        school,
        id: OrderId(id),
        number: number(school, id)?,
        registration,
        passport: pay.passport,
        sitting: pay.sitting.clone(),
        method: method.clone(),
        amount,
        opened_at: now,
        deadline_at,
        ask_at: next_ask(&asking, now),
    })
}

/// The school's code and fifteen digits of the id: its milliseconds, then the part that distinguishes ids of one
/// millisecond. Two ids may map to the same number; the unique key detects that, and another id is used.
fn number(school: SchoolCode, id: i64) -> Result<OrderNumber, DbError> {
    const PER_MS: i64 = 400;
    let serial = (id >> 22).saturating_mul(PER_MS).saturating_add((id & 0x003f_ffff) % PER_MS);
    let serial = u64::try_from(serial).map_err(|_| DbError::Decode("id"))?;
    OrderNumber::new(school.as_str(), serial).map_err(|_| DbError::Decode("order number"))
}

async fn insert(tx: &mut Tx<'_>, mut order: NewOrder) -> Result<(OrderId, OrderNumber), DbError> {
    for _ in 0..8 {
        if store::insert(tx, &order).await? == 1 {
            return Ok((order.id, order.number));
        }
        let id = tx.new_id();
        order = NewOrder { id: OrderId(id), number: number(order.school, id)?, ..order };
    }
    Err(DbError::Retry)
}

async fn record(
    tx: &mut Tx<'_>,
    pay: &Pay,
    (school, id): (SchoolCode, OrderId),
    method: &Method,
    amount: FenSum,
) -> Result<(), DbError> {
    let event = audit::Event {
        school,
        actor: Actor::Passport(pay.passport),
        action: "order-opened",
        object_kind: "order",
        object: &id.to_string(),
        address: &pay.address,
        detail: &format!("gateway={} bank={}", method.gateway.as_str(), method.bank),
        changes: Changes::NONE.set("state", Value::code(OrderState::Open.wire())).set("amount", amount),
    };
    audit::record(tx, &event).await
}

/// Opens an order; one that its candidate came back from is asked for first (Y3), and a conflicting older one is queried, ended
/// and closed first (Y1).
///
/// # Errors
/// As [`open_order`]; [`PaymentRefusal::OrderOpen`] when the older order's gateway does not answer.
pub async fn pay(payments: &PaymentContext, pay: Pay) -> Result<OrderId, Stop> {
    let mut in_the_way = None;
    // A round may ask for an order, each other ends one, and only another device of the same candidate can open a new one in the meantime.
    for _ in 0..4 {
        let (wish, catalogue) = (pay.clone(), payments.catalogue.get());
        match payments
            .db
            .write_again(async move |tx: &mut Tx<'_>| open_order(tx, &wish, &catalogue).await)
            .await?
        {
            Opening::Order(id) => return Ok(id),
            Opening::MustAsk(open) => {
                in_the_way = Some(open.id);
                if !has_said(payments, &open).await? {
                    return Ok(open.id);
                }
            }
            Opening::MustSettle(old, why) => {
                in_the_way = Some(old.id);
                if end_order(payments, &old, why).await?.state == OrderState::Open {
                    break;
                }
            }
        }
    }
    Err(in_the_way.map_or(PaymentRefusal::NothingToPay, PaymentRefusal::OrderOpen).into())
}

/// Asks the gateway of an order whose candidate came back: whether it has said that nothing was paid, so that another payment
/// may begin.
async fn has_said(payments: &PaymentContext, open: &Order) -> Result<bool, DbError> {
    if payments.refreshes.count(open.passport, payments.db.clock().process_now()).is_err() {
        return Ok(false);
    }
    let now = payments.now().await?;
    let answer = payments.gateways.query(open, now).await;
    let after = apply_answer(payments, open, answer, None).await?;
    Ok(match after.state {
        OrderState::Open => !after.is_asked(payments.now().await?),
        OrderState::Paid => false,
        OrderState::Closed(_) => true,
    })
}
