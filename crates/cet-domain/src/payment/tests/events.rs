//! What is told of an order, step by step, by the transactions that do it.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::*;
use crate::on_both;
use crate::payment::tests::world::*;
use crate::payment::verbs::{came_back, refresh};

/// The kinds of an order's events in their order, with the reason or the answer where there is one.
async fn told(m: &PaymentWorld, order: &Order) -> Vec<String> {
    let of = order.clone();
    let events =
        m.world.t.db.read(async move |tx: &mut Tx<'_>| of_order(tx, Of::from(&of), 0).await).await.unwrap();
    assert!(events.windows(2).all(|two| matches!(two, [a, b] if a.id < b.id && a.at <= b.at)));
    let word = |told: &Told| {
        let more = told.detail.reason.clone().or_else(|| told.detail.answer.clone());
        more.map_or_else(|| told.kind.wire().to_owned(), |more| format!("{} {more}", told.kind.wire()))
    };
    events.iter().map(word).collect()
}

#[test]
fn every_kind_has_a_word_of_its_own() {
    let words: BTreeSet<&str> = Kind::ALL.map(Kind::wire).into_iter().collect();
    assert_eq!(words.len(), Kind::ALL.len());
}

/// The jobs have sent every refund.
async fn sent_back(m: &PaymentWorld) {
    for _ in 0..3 {
        m.run_jobs().await;
        m.world.advance(SignedDuration::from_mins(1));
    }
}

/// The broken invariants after money went back and the events of one kind were lost.
async fn untold(t: crate::store::testing::TestDb, kind: &'static str) -> Vec<&'static str> {
    let m = PaymentWorld::open(t, 9).await;
    let who = m.world.candidate(1).await;
    m.world.enter(who, "1").await.unwrap();
    let order = m.opened(who, "alipay").await;
    m.world.sql("UPDATE entry SET locked_by = 7, order_id = NULL").await;
    m.pays_and_tells(&order).await;
    sent_back(&m).await;
    assert_eq!(m.broken().await, Vec::<&str>::new());
    let lost = m.world.t.db.write(async move |tx: &mut Tx<'_>| {
        tx.execute("DELETE FROM payment_event WHERE kind = $1", crate::params![kind]).await
    });
    assert!(lost.await.unwrap() > 0);
    m.broken().await
}

on_both! {
    async fn a_payment_is_told_from_its_opening_to_its_seats(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "alipay").await;
        came_back(&m.shop, who).await.unwrap();
        came_back(&m.shop, who).await.unwrap();
        m.bank.set(&m.wire_number(&order), order.amount.get(), TradeIs::Waiting);
        refresh(&m.shop, who).await.unwrap();
        m.pays_and_tells(&order).await;
        m.pays_and_tells(&order).await;
        assert_eq!(
            told(&m, &order).await,
            ["opened", "sent-to-gateway", "returned", "asked", "answered waiting", "notified", "booked", "booked"]
        );
        m.assert_all_agrees().await;
    }

    async fn late_money_is_told_line_by_line_and_so_is_its_way_back(t: TestDb) {
        let m = PaymentWorld::open(t, 1).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "alipay").await;
        m.world.advance(SignedDuration::from_hours(25));
        m.run_jobs().await;
        let other = m.world.candidate(2).await;
        m.world.enter(other, "1").await.unwrap();
        m.pays_and_tells(&order).await;
        sent_back(&m).await;
        let all = told(&m, &order).await;
        assert_eq!(
            all[2..],
            ["closed deadline", "notified", "not-booked no-seat", "seated-again", "refund-due no-seat", "refund-done"]
        );
        m.assert_all_agrees().await;
    }

    async fn a_receipt_that_nothing_tells_of_is_found(t: TestDb) {
        assert_eq!(untold(t, "not-booked").await, ["I3"]);
    }

    async fn a_refund_that_nothing_tells_of_is_found(t: TestDb) {
        assert_eq!(untold(t, "refund-due").await, ["I3"]);
    }

    async fn a_refund_whose_end_nothing_tells_of_is_found(t: TestDb) {
        assert_eq!(untold(t, "refund-done").await, ["I3"]);
    }

    async fn the_events_of_a_passport_stand_by_order(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let first = m.opened(who, "alipay").await;
        let second = m.opened(who, "payease").await;
        let span = (first.id, second.id);
        let all = m.world.t.db.read(async move |tx: &mut Tx<'_>| of_passport(tx, who, span).await).await.unwrap();
        let of = |order: &Order| {
            all.iter().filter(|(id, _)| *id == order.id).map(|(_, told)| told.kind).collect::<Vec<_>>()
        };
        assert_eq!(of(&first), [Kind::Opened, Kind::SentToGateway, Kind::Closed]);
        assert_eq!(of(&second), [Kind::Opened, Kind::SentToGateway]);
        assert_eq!(all.first().map(|(id, _)| *id), Some(second.id));
    }
}
