//! Books money, and closes orders.

use std::collections::BTreeSet;

use gateway::GatewayCode;

use super::booked::{self, Booked, Unused, caused, moved};
use super::heard::note_answer;
use crate::alarms::{MONEY_DOUBTFUL, REFUNDED_ELSEWHERE};
use crate::audit;
use crate::entry::{self, verbs::LateMoney};
use crate::payment::choice::{EntryFacts, Needs};
use crate::payment::context::BookingContext;
#[cfg(test)]
use crate::payment::context::Without;
use crate::payment::events::{self, Kind};
use crate::payment::gateways::GatewayAnswer;
use crate::payment::rules::asking::{Asking, next_ask};
use crate::payment::rules::{self, ClosedFor, Event, LineStep, OrderState, RefundReason, Step, after_money};
use crate::payment::store::{self, Line, NewReceipt, Order};
use crate::payment::suspense::{self, Doubt, Suspense};
use crate::payment::{entries, mail};
use crate::registration::verbs::StaysGone;
use crate::registration::{self, Registration};
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::FenSum;
use crate::words::ids::{EntryId, OrderId};

/// The kind of proof for received money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofBy {
    /// A notification whose signature binds order, state and amount.
    Notice,
    /// The answer to our own query.
    Query,
}

/// Received money for an order, as proven by a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The gateway.
    pub gateway: GatewayCode,
    /// The gateway's own number of the trade.
    pub trade_no: String,
    /// The sum in fen.
    pub amount_fen: i64,
    /// The kind of proof.
    pub by: ProofBy,
}

/// The result of settling a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Booked, with the entries paid and the refund.
    Booked {
        /// Entries paid by this money.
        paid: Vec<EntryId>,
        /// The refund, if any, and its reason.
        refund: Option<(FenSum, RefundReason)>,
    },
    /// Already booked.
    Same,
    /// It does not match this order: it is stored as unmatched money, and somebody must look.
    Mismatch,
}

/// Books proven money for an order, once for each trade: entries are paid, or it is refunded (Y3, Y4). The order is read
/// again under the lock of its registration.
///
/// # Errors
/// [`DbError`]: nothing was booked, and the gateway must repeat it.
pub async fn settle(
    tx: &mut Tx<'_>,
    asked: &Order,
    proof: &Proof,
    books: &BookingContext,
) -> Result<Settled, DbError> {
    let live = registration::store::lock(tx, asked.school, asked.registration).await?;
    // Asked for here, the time has come with the lock; later it would cost a round trip.
    tx.now().await?;
    let order = read(tx, asked.school, asked.id).await?;
    let sum_fits = proof.amount_fen == order.amount.get();
    #[cfg(test)]
    let sum_fits = sum_fits || books.without == Without::Amount;
    let fits = proof.gateway == order.method.gateway && sum_fits;
    let receipt = NewReceipt {
        school: order.school,
        id: tx.new_id(),
        order: order.id,
        gateway: proof.gateway,
        trade_no: proof.trade_no.clone(),
        amount: order.amount,
        proof: match proof.by {
            ProofBy::Notice => "notice",
            ProofBy::Query => "query",
        },
    };
    let mut doubt = Doubt::Sum;
    let event = if !fits {
        Event::WrongMoney
    } else if store::insert_receipt(tx, &receipt).await? == 1 {
        Event::Money
    } else if store::order_of_trade(tx, order.school, proof.gateway, &proof.trade_no).await? == Some(order.id)
    {
        Event::SameMoney
    } else {
        doubt = Doubt::Trade;
        Event::WrongMoney
    };
    match rules::step(order.state, event, None) {
        Step::Book => book(tx, &order, &receipt, books, live.as_ref()).await,
        Step::Alarm => {
            let money = Suspense {
                school: order.school,
                gateway: proof.gateway,
                order_number: order.number.to_string(),
                trade_no: proof.trade_no.clone(),
                amount_fen: proof.amount_fen,
                doubt,
                proof: receipt.proof,
            };
            if suspense::keep(tx, &money).await? {
                books.alarms.sound(MONEY_DOUBTFUL);
            }
            Ok(Settled::Mismatch)
        }
        Step::Keep | Step::Close(_) | Step::End(_) => Ok(Settled::Same),
    }
}

#[cfg(test)]
tokio::task_local! {
    /// Set in a test that shows what comparing the passports is for.
    pub(crate) static WHOEVER_PAYS: ();
}

/// Divides the money of a receipt between entries and a refund.
async fn book(
    tx: &mut Tx<'_>,
    order: &Order,
    receipt: &NewReceipt,
    books: &BookingContext,
    live: Option<&Registration>,
) -> Result<Settled, DbError> {
    let needs = Needs::of(&books.catalogue, &order.sitting);
    let all = entries::all(tx, order.school, order.registration).await?;
    let lines = in_lock_order(store::lines_of(tx, order.school, order.id).await?, &all)?;
    let (reinstated, gone) = match live {
        Some(_) => (None, rules::NOT_ALLOWED),
        None => reinstate_released(tx, order, &lines, books).await?,
    };
    let live = live.or(reinstated.as_ref());
    // A dispute gave the registration to somebody else: whoever opened the order gets the money back (R24).
    let given_away = live.is_some_and(|of| of.passport != order.passport);
    #[cfg(test)]
    let given_away = given_away && WHOEVER_PAYS.try_with(|()| ()).is_err();
    let paid_before = all.iter().filter(|entry| entry.state == rules::EntryState::Paid).map(|entry| entry.id);
    let mut covered: BTreeSet<EntryId> = paid_before.collect();
    let mut booked: Vec<Booked> = Vec::new();
    let state = order.state;
    #[cfg(test)]
    let state = if books.without == Without::OrderState { OrderState::Open } else { state };
    #[cfg(test)]
    if books.without == Without::SeatCheck {
        tx.leave_out("AND taken < capacity");
    }
    for (line, entry) in lines {
        let step = if given_away {
            LineStep::Refund(RefundReason::Cancelled)
        } else {
            rules::line(state, entry.state, needs.lacks(entry, &all, &covered))
        };
        let unused = pay(tx, step, order, entry.id, (&books.catalogue, live, gone)).await?;
        let unused = booked::or_twice(tx, (order, entry), (step, unused)).await?;
        if unused.is_none() {
            store::insert_receipt_line(tx, order.school, receipt.id, entry.id, line.amount).await?;
            covered.insert(entry.id);
        }
        booked.push(Booked { entry: entry.id, was: entry.state, amount: line.amount, unused });
    }
    let paid: Vec<EntryId> = booked.iter().filter(|line| line.is_paid()).map(|line| line.entry).collect();
    let back = booked::back(&booked, tx.new_id());
    if let Some(back) = &back {
        store::insert_refund(tx, receipt, back.id, back.amount, (back.why.reason, back.why.told)).await?;
    }
    if let Some(of) = reinstated.as_ref().filter(|_| paid.is_empty()) {
        registration::verbs::release_again(tx, of).await?;
    }
    let next = after_money(order.state, !paid.is_empty());
    finish(tx, order, next, live).await?;
    for entry in &paid {
        store::wake_holding(tx, order.school, *entry).await?;
    }
    booked::log(tx, (order, next), receipt, (&booked, back.as_ref())).await?;
    booked::tell(tx, order, receipt, (&booked, back.as_ref())).await?;
    let of = (order, receipt.id, order.passport);
    let late = booked.iter().any(Booked::is_seated_again);
    mail::tell_of_payment(tx, &books.catalogue, of, (&all, &paid), late).await?;
    if let Some(back) = &back {
        let unused: Vec<EntryId> =
            booked.iter().filter(|line| !line.is_paid()).map(|line| line.entry).collect();
        let what = (back.amount, back.why.told);
        let back = mail::Back::Unused(&unused);
        mail::tell_of_refund(tx, &books.catalogue, of, (&all, back), what).await?;
    }
    Ok(Settled::Booked { paid, refund: back.map(|back| (back.amount, back.why.reason)) })
}

/// The end of its last entry has released the registration (R7): it is reinstated if one of them may take a seat again.
/// With it goes what is told of money for which it is not.
async fn reinstate_released(
    tx: &mut Tx<'_>,
    order: &Order,
    lines: &[(Line, &EntryFacts)],
    books: &BookingContext,
) -> Result<(Option<Registration>, &'static str), DbError> {
    let again = |entry: &EntryFacts| rules::line(order.state, entry.state, false) == LineStep::Retake;
    let subjects: Vec<_> =
        lines.iter().filter(|(_, entry)| again(entry)).map(|(_, entry)| entry.subject).collect();
    if subjects.is_empty() {
        return Ok((None, rules::NOT_ALLOWED));
    }
    let of = (order.registration, order.passport);
    let reinstated =
        registration::verbs::reinstate(tx, &books.catalogue, order.school, of, &subjects).await?;
    Ok(match reinstated {
        Ok(of) => (Some(of), rules::NOT_ALLOWED),
        Err(StaysGone::BoundElsewhere) => (None, rules::BOUND_ELSEWHERE),
        Err(StaysGone::NotGranted) => (None, rules::NOT_GRANTED),
        Err(StaysGone::Other) => (None, rules::NOT_ALLOWED),
    })
}

const GIVEN_UP: OrderState = OrderState::Closed(ClosedFor::GivenUp);

/// There may be a seat, but the rules do not give it.
const fn unseated(told: &'static str) -> Unused {
    Unused { reason: RefundReason::NoSeat, told }
}

/// Pays a line's entry; returns the reason if its money is refunded instead.
async fn pay(
    tx: &mut Tx<'_>,
    step: LineStep,
    order: &Order,
    id: EntryId,
    (catalogue, live, gone): (&Catalogue, Option<&Registration>, &'static str),
) -> Result<Option<Unused>, DbError> {
    let now = tx.now().await?;
    match (step, live) {
        (LineStep::Refund(RefundReason::Cancelled), _) if order.state == GIVEN_UP => {
            Ok(Some(Unused { reason: RefundReason::Cancelled, told: rules::GIVEN_UP }))
        }
        (LineStep::Refund(reason), _) => Ok(Some(reason.into())),
        (LineStep::Pay, _) => {
            let left = entry::verbs::mark_paid(tx, order.school, &[id], None, now).await?;
            if left.is_empty() {
                Ok(None)
            } else {
                Err(DbError::Decode("held entry under its registration's lock"))
            }
        }
        (LineStep::Retake, None) => Ok(Some(unseated(gone))),
        (LineStep::Retake, Some(of)) => match entry::verbs::retake(tx, catalogue, of, id).await? {
            LateMoney::Seated => Ok(None),
            LateMoney::NoSeat => Ok(Some(RefundReason::NoSeat.into())),
            LateMoney::WindowClosed => Ok(Some(unseated(rules::WINDOW_CLOSED))),
            LateMoney::NotAllowed => Ok(Some(unseated(rules::NOT_ALLOWED))),
        },
    }
}

/// The lines with their entries, written ones first, since an oral one depends on them; then in the order of pools.
fn in_lock_order(lines: Vec<Line>, all: &[EntryFacts]) -> Result<Vec<(Line, &EntryFacts)>, DbError> {
    let mut turns = Vec::new();
    for line in lines {
        let entry =
            all.iter().find(|entry| entry.id == line.entry).ok_or(DbError::Decode("entry of a line"))?;
        turns.push((line, entry));
    }
    turns.sort_by_key(|(_, entry)| (entry.mode, entry.campus, entry.subject));
    Ok(turns)
}

async fn finish(
    tx: &mut Tx<'_>,
    order: &Order,
    next: OrderState,
    live: Option<&Registration>,
) -> Result<(), DbError> {
    if next == order.state {
        return Ok(());
    }
    let now = tx.now().await?;
    let ask_at = next_ask(&Asking { state: next, settled_at: now, ..order.asking() }, now);
    if store::move_to(tx, order, next, ask_at).await? == 0 {
        return Err(DbError::Decode("order under its registration's lock"));
    }
    match (order.state, live) {
        (OrderState::Open, Some(of)) => entry::verbs::untie_from_order(tx, of, order.id).await,
        (OrderState::Open | OrderState::Paid | OrderState::Closed(_), _) => Ok(()),
    }
}

/// Applies a gateway's answer (Y3): money is booked, a closed or ended trade closes the order. Returns the resulting order.
///
/// # Errors
/// [`DbError`]: the answer changed nothing and is asked for again.
pub(crate) async fn apply_gateway_answer(
    tx: &mut Tx<'_>,
    asked: &Order,
    answer: &GatewayAnswer,
    ending: Option<ClosedFor>,
    books: &BookingContext,
) -> Result<Order, DbError> {
    if let GatewayAnswer::Paid { trade_no, amount_fen } = answer {
        let proof = Proof {
            gateway: asked.method.gateway,
            trade_no: trade_no.clone(),
            amount_fen: *amount_fen,
            by: ProofBy::Query,
        };
        if settle(tx, asked, &proof, books).await? == Settled::Mismatch {
            // That money is stored as unmatched. For this order there is none, and ending it does not wait for finance.
            close_by(tx, asked, (Event::TradeWaiting, ending), books).await?;
        }
    } else {
        close_by(tx, asked, (answer.event(), ending), books).await?;
    }
    let after = read(tx, asked.school, asked.id).await?;
    if *answer == GatewayAnswer::Closed && after.state == OrderState::Paid {
        // A paid trade is closed only by a refund: in full, unless its gateway does not tell parts apart.
        let receipts = store::dossier::receipts(tx, after.school, after.id).await?;
        let trade_no = receipts.first().map(|receipt| receipt.trade_no.clone()).unwrap_or_default();
        let parts_close = after.method.gateway.profile().parts_close;
        let (order, total_fen) = (after.clone(), if parts_close { 0 } else { after.amount.get() });
        let told = suspense::Refunded { order, trade_no, total_fen, proof: "query" };
        if suspense::keep_refunded(tx, &told).await? {
            books.alarms.sound(REFUNDED_ELSEWHERE);
        }
    }
    note_answer(tx, after, answer).await
}

/// Closes an order if the gateway's answer requires it; without money, an answer has no other effect.
async fn close_by(
    tx: &mut Tx<'_>,
    asked: &Order,
    (event, ending): (Event, Option<ClosedFor>),
    books: &BookingContext,
) -> Result<(), DbError> {
    let live = registration::store::lock(tx, asked.school, asked.registration).await?;
    let order = read(tx, asked.school, asked.id).await?;
    let Step::Close(why) = rules::step(order.state, event, ending) else { return Ok(()) };
    finish(tx, &order, OrderState::Closed(why), live.as_ref()).await?;
    let changes = moved(order.state, OrderState::Closed(why));
    let id = order.id.to_string();
    audit::record(tx, &caused(&order, "order-closed", ("order", &id), why.wire(), changes)).await?;
    events::record(tx, &order, events::Event::new(Kind::Closed).because(why.wire())).await?;
    // Entries that waited only for this order may be overdue.
    if let Some(of) = &live {
        entry::verbs::expire_entries(tx, &books.catalogue, of).await?;
    }
    Ok(())
}

async fn read(tx: &mut Tx<'_>, school: SchoolCode, id: OrderId) -> Result<Order, DbError> {
    store::by_id(tx, school, id).await?.ok_or(DbError::Decode("order"))
}
