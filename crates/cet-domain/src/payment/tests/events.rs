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
    let word = |told: &PastEvent| {
        let more = told.detail.reason.clone().or_else(|| told.detail.answer.clone());
        more.map_or_else(|| told.kind.wire().to_owned(), |more| format!("{} {more}", told.kind.wire()))
    };
    events.iter().map(word).collect()
}

on_both! {
    async fn of_an_order_of_which_too_much_is_told_the_newest_is_read(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "alipay").await;
        let of = order.clone();
        m.world.t.db.write(async move |tx: &mut Tx<'_>| {
            for _ in 0..250 {
                record(tx, &of, Event::new(Kind::Returned)).await?;
            }
            Ok::<_, DbError>(())
        }).await.unwrap();
        m.pays_and_tells(&order).await;
        let all = told(&m, &order).await;
        assert_eq!((all.len(), all.last().map(String::as_str)), (200, Some("booked")));
        let money = m.world.t.db.read(async move |tx: &mut Tx<'_>| {
            let of = crate::payment::verbs::money_of(tx, who).await?;
            crate::payment::verbs::truths(tx, who, &of).await
        }).await.unwrap();
        let kinds: Vec<_> = money[0].events.iter().map(|told| told.kind).collect();
        assert_eq!((kinds.first(), kinds.last()), (Some(&Kind::Opened), Some(&Kind::Booked)));
    }
}

#[test]
fn every_kind_has_a_word_of_its_own() {
    let words: BTreeSet<&str> = Kind::ALL.map(Kind::wire).into_iter().collect();
    assert_eq!(words.len(), Kind::ALL.len());
}

/// A candidate has paid one subject, which keeps the registration, and opened an order for subject 1.
async fn with_a_paid_one(m: &PaymentWorld, n: i64) -> Order {
    let who = m.world.candidate(n).await;
    let entries = m.world.enter(who, "1;2").await.unwrap();
    let first = m.pay(who, &entries[1..], "alipay").await.unwrap();
    m.pays_and_tells(&m.order(first).await).await;
    m.opened(who, "alipay").await
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
        came_back(&m.payments, who, None).await.unwrap();
        came_back(&m.payments, who, None).await.unwrap();
        m.bank.set(&m.wire_number(&order), order.amount.get(), TradeIs::Waiting);
        for _ in 0..3 {
            refresh(&m.payments, who).await.unwrap();
        }
        m.pays_and_tells(&order).await;
        m.pays_and_tells(&order).await;
        assert_eq!(
            told(&m, &order).await,
            [
                "opened",
                "sent-to-gateway",
                "returned",
                "asked",
                "answered waiting",
                "asked",
                "notified",
                "booked",
                "booked"
            ]
        );
        m.assert_all_agrees().await;
    }

    async fn late_money_is_told_by_what_became_of_its_line_and_so_is_its_way_back(t: TestDb) {
        let m = PaymentWorld::open(t, 1).await;
        let late = async |order: &Order, other: Option<i64>| {
            m.world.advance(SignedDuration::from_hours(25));
            m.run_jobs().await;
            if let Some(n) = other {
                let other = m.world.candidate(n).await;
                m.world.enter(other, "1").await.unwrap();
            }
            m.pays_and_tells(order).await;
            sent_back(&m).await;
            told(&m, order).await[2..].to_vec()
        };
        let order = with_a_paid_one(&m, 1).await;
        let all = late(&order, Some(2)).await;
        assert_eq!(all, ["closed deadline", "notified", "not-booked no-seat", "refund-due no-seat", "refund-sent", "refund-done"]);
        m.assert_all_agrees().await;
    }

    async fn late_money_that_finds_its_seat_is_told_as_seated_again(t: TestDb) {
        let m = PaymentWorld::open(t, 1).await;
        let order = with_a_paid_one(&m, 1).await;
        m.world.advance(SignedDuration::from_hours(25));
        m.run_jobs().await;
        m.pays_and_tells(&order).await;
        assert_eq!(told(&m, &order).await[2..], ["closed deadline", "notified", "seated-again"]);
        m.assert_all_agrees().await;
    }

    /// Seats are free, and nobody is told that they are taken.
    async fn late_money_after_registration_is_told_that_it_is_over_and_not_that_seats_are_taken(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = with_a_paid_one(&m, 1).await;
        m.world.advance(SignedDuration::from_hours(24 * 90));
        m.run_jobs().await;
        m.pays_and_tells(&order).await;
        let all = told(&m, &order).await;
        assert!(all.contains(&"not-booked window-closed".to_owned()), "{all:?}");
        assert_eq!(m.refunds().await, ["no-seat"]);
    }

    /// TH37: the order was not replaced by another one.
    async fn money_for_an_order_that_ended_with_a_cancelled_subject_is_told_so(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.reachable(1).await;
        let entries = m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "payease").await;
        crate::payment::verbs::end_open(&m.payments, who, crate::entry::testing::sitting()).await.map_err(refused).unwrap();
        m.world.cancel(who, entries[0]).await.unwrap();
        m.pays_and_tells(&order).await;
        let all = told(&m, &order).await;
        assert_eq!(
            all[2..],
            ["closed given-up", "notified", "not-booked given-up", "not-booked given-up", "refund-due given-up"]
        );
        assert_eq!(m.refunds().await, ["cancelled"]);
        let told = m.world.told_of(who, crate::message::Kind::RefundDue).await;
        assert!(
            matches!(&told[..], [crate::message::Facts::RefundDue { reason, lines, .. }] if reason == "given-up-owed" && lines.len() == 2),
            "{told:?}"
        );
        // Nothing is left to pay, and nobody is asked to.
        let other = m.world.reachable(2).await;
        let entries = m.world.enter(other, "1").await.unwrap();
        let order = m.opened(other, "payease").await;
        crate::payment::verbs::end_open(&m.payments, other, crate::entry::testing::sitting()).await.map_err(refused).unwrap();
        m.world.cancel(other, entries[0]).await.unwrap();
        m.pays_and_tells(&order).await;
        let told = m.world.told_of(other, crate::message::Kind::RefundDue).await;
        assert!(matches!(&told[..], [crate::message::Facts::RefundDue { reason, .. }] if reason == "given-up"), "{told:?}");
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
