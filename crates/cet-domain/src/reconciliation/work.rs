//! Compares one bill with our books.

use std::sync::Arc;

use gateway::bill::{BillKind, BillRow};
use gateway::{GatewayCode, OrderNumber};
use tempfile::TempDir;

use super::bill::{self, Bill, BillFault};
use super::rules::{self, Comparison, Found, Known, Ours, Verdict, school_of_refund};
use super::store::{self, Claim, Place};
use super::{Class, Of};
use crate::audit::{self, Actor, Changes, Event};
use crate::payment::context::PaymentContext;
use crate::payment::events::{self, Event as StepTold, Kind};
use crate::store::{Db, DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// Rows of ours that are read at once.
const PAGE: i64 = 2_000;
/// Rows of a bill that are looked up in one transaction.
const LOOKED_UP: usize = 200;
/// A bill with which nodes begin more often than this is given up.
const MOST_TRIES: i64 = 3;

/// Takes the next bill and compares it; returns how many were worked on.
pub(super) async fn next(payments: &PaymentContext) -> Result<i64, DbError> {
    let has_work: bool = payments.db.read(async |tx: &mut Tx<'_>| store::has_work(tx).await).await?;
    if !has_work {
        return Ok(0);
    }
    let claim: Option<Claim> = payments.db.write(async |tx: &mut Tx<'_>| store::claim(tx).await).await?;
    let Some(claim) = claim else { return Ok(0) };
    let of = Of::read(&claim.file.gateway, &claim.file.day)?;
    if claim.file.tries >= MOST_TRIES {
        tracing::error!(file = claim.file.id, "a bill can't be compared");
        refuse(&payments.db, &claim, BillFault::Ours).await?;
        return Ok(1);
    }
    let compared = match load(payments, &claim, of).await? {
        Ok(bill) => compare(payments, of, bill).await?,
        Err(fault) => Err(fault),
    };
    match compared {
        Ok(result) => {
            let result = Arc::new(result);
            payments.db.write(async move |tx: &mut Tx<'_>| finish(tx, &claim, of, &result).await).await?;
        }
        Err(fault) => refuse(&payments.db, &claim, fault).await?,
    }
    Ok(1)
}

async fn refuse(db: &Db, claim: &Claim, fault: BillFault) -> Result<(), DbError> {
    let claim = claim.clone();
    db.write(async move |tx: &mut Tx<'_>| {
        store::bad(tx, &claim, (fault.code(), fault.line())).await.map(|_held| ())
    })
    .await
}

/// Reads the bill, on a thread of its own.
async fn load(payments: &PaymentContext, claim: &Claim, of: Of) -> Result<Result<Bill, BillFault>, DbError> {
    let Some(gateway) = payments.gateways.gateway(of.gateway) else { return Ok(Err(BillFault::Ours)) };
    if claim.file.is_absent() {
        return Ok(Ok(Bill::default()));
    }
    let merchant = gateway.merchant().to_owned();
    let io = |error: std::io::Error| DbError::Other(error.to_string());
    let folder: TempDir = tempfile::Builder::new().prefix("cet-bill-").tempdir().map_err(io)?;
    let path = folder.path().join("bill");
    store::write_file(&payments.db, claim.file.id, &path).await?;
    let read = tokio::task::spawn_blocking(move || {
        let read = bill::read(&path, of, &merchant);
        drop(folder);
        read
    });
    read.await.map_err(DbError::from)
}

/// What a comparison found.
struct Compared {
    figures: store::Figures,
    found: Vec<Found>,
    late: Vec<(BillKind, String)>,
}

async fn compare(
    payments: &PaymentContext,
    of: Of,
    bill: Bill,
) -> Result<Result<Compared, BillFault>, DbError> {
    let elsewhere = payments.db.read_long(async move |tx: &mut Tx<'_>| store::on_other_days(tx, of).await);
    let elsewhere: Result<Vec<(BillKind, String)>, DbError> = elsewhere.await;
    let mut comparison = Comparison::new(bill).beside(elsewhere?);
    for kind in [BillKind::Payment, BillKind::Refund] {
        let mut cursor = (of.day.begins(), String::new(), -1);
        loop {
            let page = page(&payments.db, of, kind, cursor.clone()).await?;
            let Some(last) = page.last() else { break };
            cursor = (last.at, last.school.to_string(), last.id);
            for place in page {
                if !comparison.ours(ours(of.gateway, kind, place)) {
                    return Ok(Err(BillFault::Strange));
                }
            }
        }
    }
    comparison.of_console();
    let Some(left) = comparison.left() else { return Ok(Err(BillFault::Strange)) };
    let mut late = Vec::new();
    let merchant = payments.gateways.gateway(of.gateway).map(|gateway| gateway.merchant().to_owned());
    let merchant: Arc<str> = merchant.unwrap_or_default().into();
    for rows in left.chunks(LOOKED_UP) {
        let (rows, merchant) = (rows.to_vec(), Arc::clone(&merchant));
        let looked: Vec<(BillRow, Verdict, String)> = payments
            .db
            .read_long(async move |tx: &mut Tx<'_>| look_up(tx, of, &merchant, &rows).await)
            .await?;
        for (row, verdict, number) in looked {
            match verdict {
                Verdict::Differs(found) => comparison.found.push(found),
                Verdict::Late => late.push((row.kind, number)),
            }
        }
    }
    let alone = std::mem::take(&mut comparison.alone);
    for some in alone.chunks(LOOKED_UP) {
        let some = some.to_vec();
        let found: Vec<Found> =
            payments.db.read_long(async move |tx: &mut Tx<'_>| missing(tx, of, &some).await).await?;
        comparison.found.extend(found);
    }
    Ok(Ok(Compared {
        figures: store::Figures {
            ours: comparison.ours,
            theirs: comparison.theirs(),
            matched: comparison.matched,
            late: u64::try_from(late.len()).unwrap_or(u64::MAX),
        },
        found: comparison.found,
        late,
    }))
}

async fn page(db: &Db, of: Of, kind: BillKind, cursor: (Time, String, i64)) -> Result<Vec<Place>, DbError> {
    let when = (of.day.begins(), of.day.next().begins());
    db.read_long(async move |tx: &mut Tx<'_>| {
        let (gateway, cursor) = (of.gateway.as_str(), cursor.clone());
        match kind {
            BillKind::Payment => store::payments(tx, gateway, when, cursor, PAGE).await,
            BillKind::Refund => store::refunds(tx, gateway, when, cursor, PAGE).await,
        }
    })
    .await
}

fn ours(gateway: GatewayCode, kind: BillKind, of: Place) -> Ours {
    let key = match (kind, gateway) {
        (BillKind::Refund, _) => of.reference,
        (BillKind::Payment, gateway) => gateway.number_in_bill(&of.order_number, &of.trade_no).to_owned(),
    };
    Ours {
        kind,
        key,
        order_number: of.order_number,
        trade_no: of.trade_no,
        amount: of.amount,
        divided: of.divided,
        at: of.at,
    }
}

/// The number under which money is known in both books.
fn number(row: &BillRow) -> &str {
    match row.kind {
        BillKind::Payment => &row.trade_no,
        BillKind::Refund => &row.reference,
    }
}

/// The school of an order or refund of ours; `None` where it can't be ours.
pub(super) fn school_of(of: GatewayCode, merchant: &str, wire: &str) -> Option<(SchoolCode, OrderNumber)> {
    let number = of.order_number(wire, merchant)?;
    let school = SchoolCode::parse(number.as_str().get(..5)?).ok()?;
    Some((school, number))
}

async fn look_up(
    tx: &mut Tx<'_>,
    of: Of,
    merchant: &str,
    rows: &[(BillRow, bool)],
) -> Result<Vec<(BillRow, Verdict, String)>, DbError> {
    let mut looked = Vec::with_capacity(rows.len());
    for (row, again) in rows {
        let (known, number) = known(tx, of, merchant, row).await?;
        looked.push((row.clone(), rules::of_theirs(row, *again, &known), number));
    }
    Ok(looked)
}

/// What our books know of a row, and under which number they have it.
pub(super) async fn known(
    tx: &mut Tx<'_>,
    of: Of,
    merchant: &str,
    row: &BillRow,
) -> Result<(Known, String), DbError> {
    let gateway = of.gateway.as_str();
    let ours = number(row).to_owned();
    let (order_number, booked, is_paid) = match row.kind {
        BillKind::Payment => {
            let Some((school, number)) = school_of(of.gateway, merchant, &row.wire_number) else {
                return Ok((Known::Nothing, ours));
            };
            let key = (gateway, number.as_str(), row.trade_no.as_str());
            let Some((amount, at, receipts)) = store::known_order(tx, school, key).await? else {
                return Ok((Known::Nothing, ours));
            };
            (number.to_string(), amount.zip(at), receipts > 0)
        }
        BillKind::Refund => {
            let found = match school_of_refund(&row.reference) {
                Some(school) => store::known_refund(tx, school, (gateway, &row.reference)).await?,
                None => None,
            };
            match found {
                None => return of_our_order(tx, of, merchant, row).await,
                Some((number, amount, at)) => (number, Some(amount).zip(at), false),
            }
        }
    };
    let Some((amount, at)) = booked else { return Ok((Known::Owed { order_number, is_paid }, ours)) };
    let is_taken = is_taken(tx, of, (row.kind, &ours), at).await?;
    Ok((Known::Booked { order_number, amount, is_taken }, ours))
}

/// Whether another row has money that was booked then: one of the same bill, or of another day's.
async fn is_taken(
    tx: &mut Tx<'_>,
    of: Of,
    (kind, number): (BillKind, &str),
    at: Time,
) -> Result<bool, DbError> {
    let day = Of { day: super::Day::of(at), ..of };
    let missing = match kind {
        BillKind::Payment => Class::OursOnly,
        BillKind::Refund => Class::RefundMissing,
    };
    Ok(day.day == of.day
        || store::elsewhere(tx, of, kind, number).await?
        || store::matched_here(tx, day, missing.wire(), number).await?)
}

/// What is known of a refund that is not ours: the order that it names, where that is ours, and whether finance has booked it as
/// one of the gateway's console.
async fn of_our_order(
    tx: &mut Tx<'_>,
    of: Of,
    merchant: &str,
    row: &BillRow,
) -> Result<(Known, String), DbError> {
    let theirs = row.reference.clone();
    let Some((school, number)) = school_of(of.gateway, merchant, &row.wire_number) else {
        return Ok((Known::Nothing, theirs));
    };
    let key = (of.gateway.as_str(), number.as_str(), row.trade_no.as_str());
    if store::known_order(tx, school, key).await?.is_none() {
        return Ok((Known::Nothing, theirs));
    }
    let order_number = number.to_string();
    let mut taken = None;
    for (ours, at) in store::console_refunds(tx, school, key, row.amount_fen).await? {
        let amount = row.amount_fen;
        if !is_taken(tx, of, (BillKind::Refund, &ours), at).await? {
            return Ok((Known::Booked { order_number, amount, is_taken: false }, ours));
        }
        taken.get_or_insert(ours);
    }
    Ok(match taken {
        Some(ours) => (Known::Booked { order_number, amount: row.amount_fen, is_taken: true }, ours),
        None => (Known::Owed { order_number, is_paid: false }, theirs),
    })
}

async fn missing(tx: &mut Tx<'_>, of: Of, alone: &[Ours]) -> Result<Vec<Found>, DbError> {
    let next = store::day(tx, Of { day: of.day.next(), ..of }).await?;
    let next_is_there = next.is_some_and(|day| day.state != "waiting");
    let mut found = Vec::new();
    for ours in alone {
        let number = if ours.kind == BillKind::Payment { &ours.trade_no } else { &ours.key };
        let elsewhere = store::elsewhere(tx, of, ours.kind, number).await?
            || ours.is_of_console() && store::extra_elsewhere(tx, of, (&ours.trade_no, ours.amount)).await?;
        found.extend(rules::of_ours(ours, of.day, elsewhere, next_is_there));
    }
    Ok(found)
}

/// Tells of an order of ours what a bill says of it.
pub(super) async fn tell(tx: &mut Tx<'_>, class: &str, number: &str, told: StepTold) -> Result<(), DbError> {
    let school = number.get(..5).and_then(|code| SchoolCode::parse(code).ok());
    match school.filter(|_| class != Class::UnknownOrder.wire() && number.parse::<OrderNumber>().is_ok()) {
        Some(school) => events::record(tx, events::Of { school, number }, told).await,
        None => Ok(()),
    }
}

/// Keeps the result, all of it or nothing.
async fn finish(tx: &mut Tx<'_>, claim: &Claim, of: Of, result: &Compared) -> Result<(), DbError> {
    store::make_day(tx, of).await?;
    if !store::compared(tx, of, claim.file.id, &result.figures).await? {
        store::bad(tx, claim, (BillFault::Ours.code(), 0)).await?;
        return Ok(());
    }
    if !store::file_compared(tx, claim, of).await? {
        return Err(DbError::Other("the lease of a bill was lost".to_owned()));
    }
    store::drop_late(tx, of).await?;
    for (kind, number) in &result.late {
        store::late(tx, of, *kind, number).await?;
    }
    let before = store::list(tx, of, "", 0, i64::MAX).await?;
    for known in before {
        let same = |found: &&Found| {
            found.class.wire() == known.class
                && found.order_number == known.order_number
                && found.trade_no == known.trade_no
                && found.reference == known.reference
        };
        if !result.found.iter().any(|found| same(&found)) {
            store::gone(tx, known.id).await?;
        }
    }
    for found in &result.found {
        if store::insert(tx, of, found).await? == 0 {
            store::keep(tx, of, found).await?;
        } else {
            let class = found.class.wire();
            let told = StepTold::new(Kind::Reconciled).at(of.gateway).because(class).said("different");
            tell(tx, class, &found.order_number, told).await?;
        }
    }
    store::no_more_next_day(tx, of.gateway.as_str(), of.day.before()).await?;
    let event = Event {
        school: SchoolCode::NONE,
        actor: Actor::Job("reconciliation"),
        action: "bill-compared",
        object_kind: "bill",
        object: &format!("{} {}", of.gateway.as_str(), of.day),
        address: "",
        detail: &format!(
            "rows={} matched={} late={} differences={}",
            result.figures.theirs.payments.saturating_add(result.figures.theirs.refunds),
            result.figures.matched,
            result.figures.late,
            result.found.len()
        ),
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await
}
