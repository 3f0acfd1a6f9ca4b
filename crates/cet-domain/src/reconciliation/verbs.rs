//! What finance staff do: one transaction each, but for 补记账, which asks the gateway in between.

use gateway::bill::{BillKind, BillRow};
use gateway::{GatewayCode, OrderNumber};
use jiff::SignedDuration;

use super::fetch::next_fetch;
use super::rules::{Known, Signing, may_sign};
use super::store::{self, Difference};
use super::{Class, Day, Decision, Of, ReconciliationRefusal as Refusal, work};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::payment::context::PaymentContext;
use crate::payment::events;
use crate::payment::store as orders;
use crate::payment::verbs as payment;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::FenSum;
use crate::words::text::is_free_text;
use crate::words::time::Time;

/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 500;

/// Who acts.
#[derive(Clone, Debug)]
pub struct By {
    /// The account.
    pub account: String,
    /// Who holds it.
    pub person: String,
    /// The network address, for the log.
    pub address: String,
}

async fn log(
    tx: &mut Tx<'_>,
    of: Of,
    by: &By,
    (action, detail): (&'static str, &str),
    changes: Changes,
) -> Result<(), DbError> {
    let actor =
        if by.account.is_empty() { Actor::Job("reconciliation") } else { Actor::Staff(by.account.clone()) };
    let event = Event {
        school: SchoolCode::NONE,
        actor,
        action,
        object_kind: "bill",
        object: &format!("{} {}", of.gateway.as_str(), of.day),
        address: &by.address,
        detail,
        changes,
    };
    audit::record(tx, &event).await
}

/// Whether a day may have a bill: it is over.
#[must_use]
pub(crate) fn is_over(day: Day, now: Time) -> bool {
    day < Day::of(now)
}

/// A bill of a day before the first order can have nothing of ours; without an order, one of so long ago.
const BEFORE_ANY_ORDER: SignedDuration = SignedDuration::from_hours(24 * 366);

/// Whether a day lies before all orders: nobody would ever have a good bill of it. The clocks of two sides may disagree about the
/// first day.
async fn is_too_early(tx: &mut Tx<'_>, of: Of, now: Time) -> Result<bool, DbError> {
    let is_before = |at: Time| of.day < Day::of(at).before();
    match store::first_day(tx, of.gateway.as_str()).await? {
        Some(at) if !is_before(at) => Ok(false),
        Some(_) | None => {
            let first = store::first_order(tx).await?;
            Ok(is_before(first.unwrap_or_else(|| now.minus(BEFORE_ANY_ORDER))))
        }
    }
}

/// Takes a bill whose bytes have arrived, to be compared by a job. The same bill again changes nothing.
///
/// # Errors
/// [`Refusal::DayInvalid`], [`Refusal::DayTooEarly`], [`Refusal::Signed`].
pub async fn receive(
    tx: &mut Tx<'_>,
    file: i64,
    of: Of,
    (name, size, digest): (&str, i64, &str),
    by: &By,
) -> Result<(), Stop<Refusal>> {
    let now = tx.now().await?;
    if !is_over(of.day, now) {
        return Err(Stop::Refused(Refusal::DayInvalid));
    }
    if is_too_early(tx, of, now).await? {
        return Err(Stop::Refused(Refusal::DayTooEarly));
    }
    store::make_day(tx, of).await?;
    store::lock(tx, of).await?;
    let day = store::day(tx, of).await?.ok_or(DbError::Decode("day"))?;
    if day.state == "signed" {
        return Err(Stop::Refused(Refusal::Signed));
    }
    if store::digest_of(tx, of).await?.iter().any(|(known,)| known == digest) {
        store::discard(tx, file).await?;
        return Ok(());
    }
    if !by.account.is_empty() {
        // What somebody uploads is heard out before the gateway's own bill takes its place.
        let next = next_fetch(0, tx.now().await?);
        store::fetch_later(tx, of, next).await?;
    }
    if store::received(tx, file, of, (name, size, digest)).await? {
        let detail = format!("bytes={size} sha256={digest}");
        log(tx, of, by, ("bill-received", &detail), Changes::NONE).await?;
    }
    Ok(())
}

/// How long a bill may take to arrive: half a gigabyte over a slow line.
const ARRIVES_WITHIN: SignedDuration = SignedDuration::from_hours(6);

/// Deletes what has arrived of one file that nobody sends any more, as after a crash; returns who sent it.
pub(super) async fn clear_up(tx: &mut Tx<'_>) -> Result<Option<String>, DbError> {
    let before = tx.now().await?.minus(ARRIVES_WITHIN);
    let Some((id, account)) = store::broken_off(tx, before).await? else { return Ok(None) };
    store::discard(tx, id).await?;
    let event = Event {
        school: SchoolCode::NONE,
        actor: Actor::Job("reconciliation"),
        action: "bill-broken-off",
        object_kind: "bill",
        object: &id.to_string(),
        address: "",
        detail: &format!("by={account}"),
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await?;
    Ok(Some(account))
}

/// What is decided about a difference.
#[derive(Clone, Debug)]
pub struct Decide {
    /// The day.
    pub of: Of,
    /// The difference.
    pub id: i64,
    /// The decision.
    pub decision: Decision,
    /// Why.
    pub note: String,
    /// Who decides.
    pub by: By,
}

impl Decide {
    /// Whether it was decided so already, by the same account in the same words: nothing is left to do.
    fn is_done(&self, of: &Difference) -> bool {
        let decided = match of.state.as_str() {
            "resolved" => of.resolved_as.as_str(),
            "follow" => Decision::Follow.wire(),
            _ => return false,
        };
        decided == self.decision.wire() && of.owner == self.by.account && of.note == self.note
    }
}

/// Explains a difference or goes on with it. Idempotent for the same decision and note of the same account.
///
/// Locks: the day, so that the same form sent twice at once is one decision.
///
/// # Errors
/// [`Refusal`]; of what is resolved [`Refusal::Resolved`], of a signed day [`Refusal::Signed`].
pub async fn decide(tx: &mut Tx<'_>, cmd: &Decide) -> Result<(), Stop<Refusal>> {
    store::lock(tx, cmd.of).await?;
    let Some(difference) = open(tx, cmd).await? else { return Ok(()) };
    let state = match cmd.decision {
        Decision::Explained => "resolved",
        Decision::Follow => "follow",
        // Only the gateway's answer books.
        Decision::Booked => return Err(Stop::Refused(Refusal::DecisionUnknown)),
    };
    if cmd.note.is_empty() {
        return Err(Stop::Refused(Refusal::NoteMissing));
    }
    settle(tx, cmd, &difference, state).await
}

/// The difference that is to be decided; `None`: it is decided so already.
async fn open(tx: &mut Tx<'_>, cmd: &Decide) -> Result<Option<Difference>, Stop<Refusal>> {
    if cmd.note.chars().count() > LONGEST_NOTE || !is_free_text(&cmd.note) {
        return Err(Stop::Refused(Refusal::NoteLong));
    }
    let found = store::by_id(tx, cmd.id).await?;
    let of_day = |found: &Difference| {
        found.gateway == cmd.of.gateway.as_str()
            && found.day == cmd.of.day.to_string()
            && found.state != "gone"
    };
    let found = found.filter(of_day).ok_or(Stop::Refused(Refusal::NotFound))?;
    if cmd.is_done(&found) {
        return Ok(None);
    }
    if found.state != "resolved" {
        return Ok(Some(found));
    }
    let is_signed = store::day(tx, cmd.of).await?.is_some_and(|day| day.state == "signed");
    Err(Stop::Refused(if is_signed { Refusal::Signed } else { Refusal::Resolved }))
}

async fn settle(tx: &mut Tx<'_>, cmd: &Decide, of: &Difference, state: &str) -> Result<(), Stop<Refusal>> {
    let by = (cmd.by.account.as_str(), cmd.note.as_str());
    if !store::decide(tx, of.id, (state, cmd.decision), by).await? {
        return Err(Stop::Refused(Refusal::Resolved));
    }
    let who = (cmd.by.account.as_str(), cmd.by.person.as_str());
    store::note(tx, of.id, who, (cmd.decision, &cmd.note)).await?;
    let detail = format!(
        "difference={} class={} order={} as={}",
        of.id,
        of.class,
        of.order_number,
        cmd.decision.wire()
    );
    if state == "resolved" {
        let told = events::Event::new(events::Kind::Reconciled).at(cmd.of.gateway);
        let told = told.because(&of.class).said("resolved").by(&cmd.by.account);
        work::tell(tx, &of.class, &of.order_number, told).await?;
    }
    let changes = Changes::NONE.field("state", Value::code(&of.state), Value::code(state));
    log(tx, cmd.of, &cmd.by, ("difference-decided", &detail), changes).await?;
    Ok(())
}

/// 补记账: asks the gateway for the order, as 更新 does, and resolves the difference if our books then say what the bill
/// says. Nothing is booked from the bill itself. Idempotent as [`decide`].
///
/// # Errors
/// [`Refusal`]; [`Refusal::NotConfirmed`] leaves the difference as it is.
pub async fn book(payments: &PaymentContext, cmd: &Decide) -> Result<(), Stop<Refusal>> {
    let asked = cmd.clone();
    let found: Option<Difference> =
        payments.db.read(async move |tx: &mut Tx<'_>| open(tx, &asked).await).await?;
    let Some(difference) = found else { return Ok(()) };
    let class = Class::from_wire(&difference.class).filter(|class| class.can_be_booked());
    let Some(class) = class else { return Err(Stop::Refused(Refusal::DecisionUnknown)) };
    ask(payments, cmd.of.gateway, &difference.order_number).await?;
    let merchant = payments.gateways.gateway(cmd.of.gateway).map(|gateway| gateway.merchant().to_owned());
    let (cmd, merchant) = (cmd.clone(), merchant.unwrap_or_default());
    payments
        .db
        .write(async move |tx: &mut Tx<'_>| {
            store::lock(tx, cmd.of).await?;
            let Some(difference) = open(tx, &cmd).await? else { return Ok(()) };
            if !agrees(tx, cmd.of, &merchant, class, &difference).await? {
                return Err(Stop::Refused(Refusal::NotConfirmed));
            }
            settle(tx, &cmd, &difference, "resolved").await
        })
        .await
}

async fn ask(payments: &PaymentContext, gateway: GatewayCode, number: &str) -> Result<(), DbError> {
    let Ok(number) = number.parse::<OrderNumber>() else { return Ok(()) };
    let found: Option<orders::Order> =
        payments.db.read(async move |tx: &mut Tx<'_>| orders::by_number(tx, &number).await).await?;
    if let Some(order) = found.filter(|order| order.method.gateway == gateway) {
        payment::ask_one(payments, order).await?;
    }
    Ok(())
}

/// Whether our books say now what the bill says.
async fn agrees(
    tx: &mut Tx<'_>,
    of: Of,
    merchant: &str,
    class: Class,
    difference: &Difference,
) -> Result<bool, DbError> {
    let kind = if class == Class::RefundExtra { BillKind::Refund } else { BillKind::Payment };
    let wire_number = of.gateway.number_in_bill(&difference.order_number, &difference.trade_no).to_owned();
    let row = BillRow {
        kind,
        wire_number,
        trade_no: difference.trade_no.clone(),
        reference: difference.reference.clone(),
        amount_fen: difference.theirs.map_or(0, FenSum::get),
        at: difference.done_at.timestamp(),
    };
    Ok(match work::known(tx, of, merchant, &row).await?.0 {
        Known::Booked { amount, .. } => amount == row.amount_fen,
        Known::Nothing | Known::Owed { .. } => false,
    })
}

/// Signs a day: by somebody who has not handled a difference of it, when none is open and no bill of it waits to be
/// compared.
///
/// # Errors
/// [`Refusal`].
pub async fn sign(tx: &mut Tx<'_>, of: Of, by: &By) -> Result<(), Stop<Refusal>> {
    store::lock(tx, of).await?;
    let day = store::day(tx, of).await?.ok_or(Stop::Refused(Refusal::NotFound))?;
    if day.state == "signed" && day.signed_by == by.account {
        // A repeat succeeds.
        return Ok(());
    }
    let at_work = store::working_on(tx, of).await?.is_some_and(|file| file.state == "received");
    let (open, next_day) = store::waits_of(tx, of).await?;
    let mine = |note: &store::Note| note.account == by.account || note.person == by.person;
    let handled = store::notes(tx, of).await?.iter().any(mine);
    may_sign(Signing { state: &day.state, at_work, open, next_day, handled }).map_err(Stop::Refused)?;
    if !store::sign(tx, of, &by.account, day.compared_at).await? {
        return Err(Stop::Refused(Refusal::NotCompared));
    }
    let changes = Changes::NONE.field("state", Value::code("compared"), Value::code("signed"));
    log(tx, of, by, ("day-signed", &format!("matched={}", day.matched)), changes).await?;
    Ok(())
}
