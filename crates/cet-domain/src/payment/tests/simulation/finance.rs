//! What finance does: it asks for refunds, a second person decides, and it settles what no job can.

use super::super::requests::{approved, asked, by, refused_by, wanted};
use super::Season;
use crate::payment::refund_request::Of;
use crate::payment::verbs::{SettledAs, Settlement, refund_by_hand, retry_refund, settle_suspense};
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::OrderId;

pub(super) async fn step(season: &mut Season) -> String {
    match season.dice.below(4) {
        0 => asks(season).await,
        1 | 2 => decides(season).await,
        _ => settle(season).await,
    }
}

/// Somebody asks that an order goes back, without looking whether that can be.
async fn asks(season: &mut Season) -> String {
    let Some(order) = season.any_order() else { return "no order".to_owned() };
    let done = asked(&season.m, "one", wanted(Of::Order(order.number.clone()), &[])).await;
    if let Ok(id) = done {
        season.asked.push(id);
    }
    format!("{} shall go back: {done:?}", order.number)
}

/// Whoever asked may not approve; somebody else may, once.
async fn decides(season: &mut Season) -> String {
    let Some(id) = season.asked.pop() else { return "nothing is asked".to_owned() };
    assert!(approved(&season.m, "one", id).await.is_err(), "one person asked and approved");
    if season.dice.below(4) == 0 {
        return format!("{id} is refused: {:?}", refused_by(&season.m, "two", id).await);
    }
    format!("{id} is approved: {:?}", approved(&season.m, "two", id).await)
}

/// Looks at what waits: a refund that the gateway does not have is sent again, any other one was paid; money in suspense is
/// explained.
pub(super) async fn settle(season: &Season) -> String {
    let db = &season.m.world.t.db;
    let read: Result<_, DbError> = db
        .read(async |tx: &mut Tx<'_>| {
            let refunds: Vec<(SchoolCode, i64, OrderId, String)> = tx
                .query(
                    "SELECT school, id, order_id, request_no FROM refund WHERE stopped_at IS NOT NULL",
                    &[],
                )
                .await?;
            let suspense: Vec<(SchoolCode, i64)> =
                tx.query("SELECT school, id FROM suspense WHERE state = 'open'", &[]).await?;
            Ok((refunds, suspense))
        })
        .await;
    let (refunds, suspense) = read.unwrap();
    let mut said = Vec::new();
    for (school, id, order, number) in refunds {
        let has_it = season.bank_has(order, &number);
        let catalogue = std::sync::Arc::clone(&season.m.world.catalogue);
        let done: Result<(), Stop<_>> = if has_it {
            db.write(async move |tx: &mut Tx<'_>| {
                refund_by_hand(tx, &catalogue, by("one"), (school, id), "in the console".to_owned()).await
            })
            .await
        } else {
            db.write(async move |tx: &mut Tx<'_>| retry_refund(tx, by("one"), (school, id)).await).await
        };
        said.push(format!("{number}, at the gateway {has_it}: {}", done.is_ok()));
    }
    for (school, id) in suspense {
        let catalogue = std::sync::Arc::clone(&season.m.world.catalogue);
        let done: Result<(), Stop<_>> = db
            .write(async move |tx: &mut Tx<'_>| {
                let note = "looked at".to_owned();
                let wanted = Settlement { settled: SettledAs::Explained, sum: None, note };
                settle_suspense(tx, &catalogue, by("two"), (school, id), wanted).await
            })
            .await;
        said.push(format!("suspense {id}: {}", done.is_ok()));
    }
    format!("settles {said:?}")
}
