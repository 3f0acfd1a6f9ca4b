//! The payments of a passport, page by page, and the receipt of one: of every sitting, also when the registration is gone.

use crate::payment::refusal::{PaymentRefusal, Stop};
use crate::payment::rules::OrderState;
use crate::payment::rules::asking::{Outlook, outlook};
use crate::payment::rules::outcome::{Flow, Outcome, outcome};
use crate::payment::store::history::{
    Received, Returned, in_doubt_between, received_between, received_of, refunds_between, returned_between,
    subjects_between,
};
use crate::payment::store::{self, Order, RefundShown};
use crate::payment::verbs::{OrderFacts, PassportMoney};
use crate::registration;
use crate::roster::Snapshot;
use crate::store::{DbError, Tx};
use crate::words::codes::SubjectCode;
use crate::words::fen::FenSum;
use crate::words::ids::{OrderId, PassportId};
use crate::words::time::Time;

/// An order with its money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderMoney {
    /// The order.
    pub order: Order,
    /// Money that arrived, the oldest first.
    pub received: Vec<Received>,
    /// Refunds, the oldest first.
    pub refunds: Vec<RefundShown>,
    /// What refunds of finance staff give back of which line.
    pub returned: Vec<Returned>,
}

impl OrderMoney {
    /// The sums.
    #[must_use]
    pub fn flow(&self) -> Flow {
        let back = |done: bool| {
            FenSum::of(self.refunds.iter().filter(|one| one.done_at.is_some() == done).map(|one| one.amount))
        };
        Flow {
            received: FenSum::of(self.received.iter().map(|one| one.amount)),
            due: back(false),
            done: back(true),
        }
    }

    /// The state to show.
    #[must_use]
    pub fn outcome(&self, now: Time) -> Outcome {
        match outcome(self.order.state, self.order.is_asked(now), self.flow()) {
            // Somebody has paid on a page that stayed open: its money may come any second.
            Outcome::Closed if self.order.is_asked_late(now).is_some() => Outcome::Asking,
            told => told,
        }
    }

    /// Whether the bank said no to who came back, and it can be paid again.
    #[must_use]
    pub fn is_declined(&self, now: Time) -> bool {
        let outlook = outlook(self.order.returned_at, self.order.answer, now);
        self.outcome(now) == Outcome::Waiting && outlook == Outlook::Declined
    }

    /// When the first money came.
    #[must_use]
    pub fn paid_at(&self) -> Option<Time> {
        self.received.first().map(|one| one.received_at)
    }
}

/// The newest orders of a passport with all of their money, whether or not its registrations still exist (Y4).
///
/// # Errors
/// [`DbError`].
pub async fn with_money(
    tx: &mut Tx<'_>,
    passport: PassportId,
    of: &PassportMoney,
) -> Result<Vec<OrderMoney>, DbError> {
    let span = of.orders.iter().map(|order| order.id).min().zip(of.orders.iter().map(|order| order.id).max());
    // Only a settled order can have money.
    let settled = of.orders.iter().any(|order| order.state != OrderState::Open);
    let received = match span.filter(|_| settled) {
        Some(span) => received_between(tx, passport, span).await?,
        None => Vec::new(),
    };
    let whole = |order: &Order| OrderMoney {
        order: order.clone(),
        received: received.iter().filter(|one| one.order == order.id).cloned().collect(),
        refunds: of.refunds.iter().filter(|one| one.order == order.id).cloned().collect(),
        returned: of.returned.iter().filter(|one| one.order == order.id).cloned().collect(),
    };
    Ok(of.orders.iter().map(whole).collect())
}

/// What the refunds of these orders give back of which line; without a refund nothing is read.
pub(super) async fn returned(
    tx: &mut Tx<'_>,
    passport: PassportId,
    span: Option<(OrderId, OrderId)>,
    refunds: &[RefundShown],
) -> Result<Vec<Returned>, DbError> {
    match span.filter(|_| !refunds.is_empty()) {
        Some(span) => returned_between(tx, passport, span).await,
        None => Ok(Vec::new()),
    }
}

/// One order of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastOrder {
    /// The order and its money.
    pub money: OrderMoney,
    /// What it pays for.
    pub subjects: Vec<SubjectCode>,
}

/// A page of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The orders, the newest first.
    pub orders: Vec<PastOrder>,
    /// The last order of this page, if there is a next page.
    pub next: Option<OrderId>,
    /// The time of asking.
    pub now: Time,
}

/// A passport's orders before one of them, the newest first, at most so many.
///
/// # Errors
/// [`DbError`].
pub async fn history(
    tx: &mut Tx<'_>,
    passport: PassportId,
    before: Option<OrderId>,
    most: usize,
) -> Result<History, DbError> {
    let now = tx.now().await?;
    let asked = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let mut orders = store::page_of(tx, passport, before, asked).await?;
    let goes_on = orders.len() > most;
    orders.truncate(most);
    let (Some(newest), Some(oldest)) = (orders.first(), orders.last()) else {
        return Ok(History { orders: Vec::new(), next: None, now });
    };
    let (span, next) = ((oldest.id, newest.id), goes_on.then_some(oldest.id));
    let subjects = subjects_between(tx, passport, span).await?;
    let received = received_between(tx, passport, span).await?;
    let refunds = refunds_between(tx, passport, span).await?;
    let returned = returned(tx, passport, Some(span), &refunds).await?;
    let whole = |order: Order| {
        let id = order.id;
        PastOrder {
            subjects: subjects.iter().filter(|(of, _)| *of == id).map(|(_, subject)| *subject).collect(),
            money: OrderMoney {
                order,
                received: received.iter().filter(|one| one.order == id).cloned().collect(),
                refunds: refunds.iter().filter(|one| one.order == id).cloned().collect(),
                returned: returned.iter().filter(|one| one.order == id).cloned().collect(),
            },
        }
    };
    Ok(History { orders: orders.into_iter().map(whole).collect(), next, now })
}

/// The content of the receipt of an order. Personal data, so no Debug.
pub struct Receipt {
    /// The order and its money; at least one receipt.
    pub money: OrderMoney,
    /// What it pays for.
    pub lines: Vec<OrderFacts>,
    /// What its gateway says that it refunded while finance checks it; zero where no sum was told.
    pub in_doubt: Vec<FenSum>,
    /// The registered student; `None` once the registration was released, which clears it.
    pub payer: Option<Snapshot>,
    /// The time of printing.
    pub now: Time,
}

/// The receipt of a passport's own order.
///
/// # Errors
/// [`PaymentRefusal::NotFound`] for what is not the passport's own, and for an order that no money came for.
pub async fn receipt(tx: &mut Tx<'_>, passport: PassportId, id: OrderId) -> Result<Receipt, Stop> {
    let look = super::order_page(tx, passport, id).await?;
    let (school, registration) = (look.order.school, look.order.registration);
    let received = received_of(tx, school, id).await?;
    if received.is_empty() {
        return Err(PaymentRefusal::NotFound.into());
    }
    // A released registration can be live again under another passport, whose data must not be printed here.
    let own = registration::store::live(tx, school, registration).await?;
    let payer = match own.filter(|of| of.passport == passport) {
        Some(_) => registration::store::snapshot(tx, school, registration).await?,
        None => None,
    };
    let mut refunds = look.refunds;
    refunds.reverse();
    let money = OrderMoney { order: look.order, received, refunds, returned: look.returned };
    let doubts = in_doubt_between(tx, passport, (id, id)).await?;
    let in_doubt = doubts.into_iter().map(|(_, sum)| sum).collect();
    Ok(Receipt { money, lines: look.lines, in_doubt, payer, now: tx.now().await? })
}
