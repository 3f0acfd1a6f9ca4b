//! Bills of both gateways, written as they write them, against orders that were really paid.

mod by_hand;
mod checks;
mod console;
mod days;
mod fetching;
mod files;
mod given_back;
mod rules;
mod signed;
mod waiting;

use gateway::bill::{BillKind, BillRow, BillWriter};
use jiff::SignedDuration;

use super::store::{self, DayRow, Difference, FileRow};
use super::verbs::{self, By, Decide};
use super::{Day, Decision, Of, ReconciliationRefusal as Refusal, jobs};
use crate::payment::store::Order;
use crate::payment::tests::world::PaymentWorld;
use crate::store::{DbError, Stop, Tx};
use crate::vault::to_hex;
use crate::words::time::Time;

/// The first finance person, who handles differences; the other signs.
pub(super) fn by(name: &str) -> By {
    By { account: name.to_owned(), person: format!("person of {name}"), address: String::new() }
}

/// A payment as the gateway has it.
pub(super) fn paid(w: &PaymentWorld, order: &Order, at: Time) -> BillRow {
    let wire_number = w.wire_number(order);
    let trade_no = if order.method.gateway.profile().trades_are_orders {
        wire_number.clone()
    } else {
        format!("T{}", order.number)
    };
    BillRow {
        kind: BillKind::Payment,
        reference: trade_no.clone(),
        wire_number,
        trade_no,
        amount_fen: order.amount.get(),
        at: at.timestamp(),
    }
}

pub(super) fn bill(w: &PaymentWorld, of: Of, rows: &[BillRow]) -> Vec<u8> {
    let merchant = w.payments.gateways.gateway(of.gateway).unwrap().merchant().to_owned();
    let mut writer = BillWriter::new(of.gateway, &merchant, of.day.date());
    for row in rows {
        writer.row(row, "CET", row.at);
    }
    writer.end(of.day.next().begins().timestamp()).unwrap()
}

/// A file of a bill arrives.
pub(super) async fn arrives(w: &PaymentWorld, of: Of, bytes: &[u8]) -> Result<(), Refusal> {
    let bytes = bytes.to_vec();
    let digest = to_hex(ring::digest::digest(&ring::digest::SHA256, &bytes).as_ref());
    let stored: Result<(), Stop<Refusal>> = w
        .world
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let id = store::insert_file(tx, "uploader").await?;
            for (number, part) in (0..).zip(bytes.chunks(store::PART)) {
                store::append(tx, id, number, part).await?;
            }
            let size = i64::try_from(bytes.len()).unwrap_or(0);
            verbs::receive(tx, id, of, ("bill.csv", size, &digest), &by("uploader")).await
        })
        .await;
    stored.map_err(|stop| match stop {
        Stop::Refused(why) => why,
        Stop::Fault(fault) => panic!("{fault}"),
    })
}

/// The same, and the job compares it.
pub(super) async fn compared(w: &PaymentWorld, of: Of, rows: &[BillRow]) -> Vec<(String, String)> {
    arrives(w, of, &bill(w, of, rows)).await.unwrap();
    while jobs::round(&w.payments).await.unwrap() > 0 {}
    let file = newest(w, of).await;
    assert_eq!((file.state.as_str(), file.fault.as_str()), ("compared", ""), "{file:?}");
    differences(w, of).await.into_iter().map(|of| (of.class, of.state)).collect()
}

pub(super) async fn newest(w: &PaymentWorld, of: Of) -> FileRow {
    let read = async move |tx: &mut Tx<'_>| store::working_on(tx, of).await;
    let file: Result<_, DbError> = w.world.t.db.read(read).await;
    file.unwrap().unwrap()
}

pub(super) async fn differences(w: &PaymentWorld, of: Of) -> Vec<Difference> {
    let read = async move |tx: &mut Tx<'_>| store::list(tx, of, "", 0, 100).await;
    let found: Result<_, DbError> = w.world.t.db.read(read).await;
    found.unwrap()
}

pub(super) async fn day(w: &PaymentWorld, of: Of) -> DayRow {
    let read = async move |tx: &mut Tx<'_>| store::day(tx, of).await;
    let found: Result<_, DbError> = w.world.t.db.read(read).await;
    found.unwrap().unwrap()
}

pub(super) async fn decides(
    w: &PaymentWorld,
    of: Of,
    id: i64,
    decision: Decision,
    note: &str,
) -> Result<(), Refusal> {
    let cmd = Decide { of, id, decision, note: note.to_owned(), by: by("first") };
    let done = match decision {
        Decision::Booked => verbs::book(&w.payments, &cmd).await,
        Decision::Explained | Decision::Follow => {
            w.world.t.db.write(async move |tx: &mut Tx<'_>| verbs::decide(tx, &cmd).await).await
        }
    };
    done.map_err(refused)
}

pub(super) async fn signs(w: &PaymentWorld, of: Of, who: &'static str) -> Result<(), Refusal> {
    let signed: Result<(), Stop<Refusal>> =
        w.world.t.db.write(async move |tx: &mut Tx<'_>| verbs::sign(tx, of, &by(who)).await).await;
    signed.map_err(refused)
}

fn refused(stop: Stop<Refusal>) -> Refusal {
    match stop {
        Stop::Refused(why) => why,
        Stop::Fault(fault) => panic!("{fault}"),
    }
}

pub(super) fn now(w: &PaymentWorld) -> Time {
    w.world.t.db.clock().process_now()
}

/// Sets the clock to the next day's morning; returns the day that is over.
pub(super) fn tomorrow(w: &PaymentWorld) -> Day {
    let today = Day::of(now(w));
    w.world.t.clock.set(today.next().begins().plus(SignedDuration::from_hours(3)));
    today
}
