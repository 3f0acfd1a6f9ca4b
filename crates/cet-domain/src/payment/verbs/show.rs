//! The data of the payment pages.

use std::collections::BTreeSet;

use crate::entry::rules::Standing;
use crate::payment::choice::{self, EntryFacts, Needs};
use crate::payment::entries;
use crate::payment::refusal::{PaymentRefusal, Stop};
use crate::payment::rules::outcome::Outcome;
use crate::payment::rules::{EntryState, OrderState, pay_until};
use crate::payment::store::history::{Returned, received_of};
use crate::payment::store::{self, Order, RefundShown};
use crate::payment::verbs::OrderMoney;
use crate::payment::verbs::history::returned;
use crate::registration;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;
use crate::words::fen::{Fen, FenSum};
use crate::words::ids::{EntryId, OrderId, PassportId, RegistrationId};
use crate::words::time::Time;

/// One entry on `/payment`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmRow {
    /// The entry.
    pub entry: EntryFacts,
    /// Whether it can be paid, alone or with others on the page; a locked one can't.
    pub payable: bool,
    /// Whether its box is ticked.
    pub ticked: bool,
    /// Whether it is an oral one whose written entry is not paid yet (R10).
    pub needs_written: bool,
}

/// The data of `/payment`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The unpaid entries.
    pub rows: Vec<ConfirmRow>,
    /// The sum of the ticked ones.
    pub total: FenSum,
    /// Until when the first of the payable ones can be paid.
    pub due: Option<Time>,
    /// An order that is already open.
    pub open: Option<Order>,
    /// Whether that order accepts no more money, and its gateway is being queried.
    pub open_is_over: bool,
}

/// What a candidate may pay now (Y1). `chosen` are the ticked ones; if empty, all that can be paid.
///
/// # Errors
/// [`PaymentRefusal::NotBound`].
pub async fn confirm(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    chosen: &BTreeSet<EntryId>,
    needs: &Needs,
) -> Result<Confirmation, Stop> {
    let of =
        registration::verbs::of_passport(tx, passport, sitting).await?.ok_or(PaymentRefusal::NotBound)?;
    let (school, registration) = (of.school, of.id);
    let now = tx.now().await?;
    let all = entries::all(tx, school, registration).await?;
    let paid: BTreeSet<EntryId> =
        all.iter().filter(|entry| entry.state == EntryState::Paid).map(|entry| entry.id).collect();
    let proposed: BTreeSet<EntryId> = choice::entries(&all, &BTreeSet::new(), needs, now)
        .map(|lines| lines.iter().map(|entry| entry.id).collect())
        .unwrap_or_default();
    let rows: Vec<ConfirmRow> = all
        .iter()
        .filter(|entry| entry.is_unpaid(now))
        .map(|entry| ConfirmRow {
            payable: proposed.contains(&entry.id),
            ticked: proposed.contains(&entry.id) && (chosen.is_empty() || chosen.contains(&entry.id)),
            needs_written: needs.lacks(entry, &all, &paid),
            entry: entry.clone(),
        })
        .collect();
    let ticked = rows.iter().filter(|row| row.ticked).map(|row| row.entry.fee);
    let total = FenSum::of(ticked);
    let open = store::open_of(tx, school, registration).await?;
    let open_is_over = open.as_ref().is_some_and(|order| order.deadline_at <= now);
    let until = |entry: &EntryFacts| pay_until(now, entry.expires_at, ends_of(open.as_ref(), entry.order));
    let due = rows.iter().filter(|row| row.payable).map(|row| until(&row.entry)).min();
    Ok(Confirmation { rows, total, due, open, open_is_over })
}

/// The deadline of the open order, if it pays for an entry with this `order`.
#[must_use]
pub fn ends_of(open: Option<&Order>, order: Option<OrderId>) -> Option<Time> {
    open.filter(|open| Some(open.id) == order).map(|open| open.deadline_at)
}

/// One line of an order with its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFacts {
    /// The current state of the entry.
    pub entry: EntryFacts,
    /// The frozen price.
    pub amount: Fen,
}

/// The data of `/payment/{order}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLook {
    /// The order.
    pub order: Order,
    /// Its lines.
    pub lines: Vec<OrderFacts>,
    /// Its refunds.
    pub refunds: Vec<RefundShown>,
    /// What refunds of finance staff give back of which line.
    pub returned: Vec<Returned>,
    /// What has become of it and of its money.
    pub outcome: Outcome,
    /// Whether it can be paid now: open, before its deadline, and all of its entries can still be paid. Only then the
    /// page has a form to the gateway, see [`Gateways::pay_form`](crate::payment::gateways::Gateways::pay_form).
    pub payable: bool,
    /// Whether it can't be paid, but its entries still wait for payment.
    pub pay_again: bool,
}

/// An order for its owner (Y4): the passport that opened it, whether or not the registration that it paid for still exists.
///
/// # Errors
/// [`PaymentRefusal::NotFound`] for an order that is not the passport's own.
pub async fn order_page(tx: &mut Tx<'_>, passport: PassportId, id: OrderId) -> Result<OrderLook, Stop> {
    let order = store::of_passport(tx, passport, id).await?.ok_or(PaymentRefusal::NotFound)?;
    let now = tx.now().await?;
    let all = entries::all(tx, order.school, order.registration).await?;
    let mut lines = Vec::new();
    for line in store::lines_of(tx, order.school, id).await? {
        let entry =
            all.iter().find(|entry| entry.id == line.entry).ok_or(DbError::Decode("entry of a line"))?;
        lines.push(OrderFacts { entry: entry.clone(), amount: line.amount });
    }
    let refunds = store::refunds_of_order(tx, order.school, id).await?;
    let received = received_of(tx, order.school, id).await?;
    let returned = returned(tx, passport, Some((id, id)), &refunds).await?;
    let money = OrderMoney { order, received, refunds, returned };
    let outcome = money.outcome(now);
    let OrderMoney { order, refunds, returned, .. } = money;
    let held = |line: &OrderFacts| line.entry.standing(now) == Standing::Held;
    let payable = order.state == OrderState::Open && now < order.deadline_at && lines.iter().all(held);
    let pay_again = !payable && lines.iter().any(held);
    Ok(OrderLook { order, lines, refunds, returned, outcome, payable, pay_again })
}

/// The payment data of the information page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PassportMoney {
    /// The passport's newest orders.
    pub orders: Vec<Order>,
    /// The refunds of its orders, the newest first.
    pub refunds: Vec<RefundShown>,
    /// What refunds of finance staff give back of which line.
    pub returned: Vec<Returned>,
}

impl PassportMoney {
    /// The money of some of the orders.
    #[must_use]
    pub fn of_orders(&self, orders: Vec<Order>) -> Self {
        let own = |id| orders.iter().any(|order| order.id == id);
        Self {
            refunds: self.refunds.iter().filter(|refund| own(refund.order)).cloned().collect(),
            returned: self.returned.iter().filter(|line| own(line.order)).cloned().collect(),
            orders,
        }
    }

    /// The open order of a registration; there is at most one.
    #[must_use]
    pub fn open(&self, registration: RegistrationId) -> Option<&Order> {
        let mut own = self.orders.iter().filter(|order| order.registration == registration);
        own.find(|order| order.state == OrderState::Open)
    }
}

/// The orders and refunds of a passport, whatever became of its registrations (Y4).
///
/// # Errors
/// [`DbError`].
pub async fn money_of(tx: &mut Tx<'_>, passport: PassportId) -> Result<PassportMoney, DbError> {
    let orders = store::newest_of(tx, passport).await?;
    // Only a settled order can have refunds.
    let settled = orders.iter().any(|order| order.state != OrderState::Open);
    let refunds = if settled { store::refunds_of(tx, passport).await? } else { Vec::new() };
    let ids = || orders.iter().map(|order| order.id);
    let returned = returned(tx, passport, ids().min().zip(ids().max()), &refunds).await?;
    Ok(PassportMoney { orders, refunds, returned })
}
