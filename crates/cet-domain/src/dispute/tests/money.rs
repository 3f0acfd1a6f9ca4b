//! Money and seats of a decision, exactly (R24, ADR 11): the payer's money goes back, no seat is lost or doubled.

use std::sync::Arc;

use super::world::*;
use super::*;
use crate::entry::testing::{hours, sitting, subject};
use crate::handout::StandbyRefusal;
use crate::handout::verbs::{JoinCommand, join};
use crate::on_both;
use crate::payment::rules::OrderState;
use crate::payment::store::Order;
use crate::payment::verbs::{Proof, ProofBy, Settled, WHOEVER_PAYS, end_open, settle};
use crate::store::{DbError, Stop, Tx};
use crate::words::ids::StandbyId;

const STATES: &str = "SELECT COUNT(*) FROM entry WHERE state = 'held' AND expires_at = ";

async fn paid(w: &DisputeWorld, subjects: &str) -> Order {
    w.m.world.enter(HOLDER, subjects).await.unwrap();
    let order = w.m.opened(HOLDER, "alipay").await;
    w.m.pays_and_tells(&order).await;
    order
}

on_both! {
    /// R24, I7.
    async fn what_moves_is_unpaid_on_the_same_seats_and_the_money_goes_back_to_who_paid(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let order = paid(&w, "1").await;
        let entered = w.m.world.count("SELECT CAST(MIN(entered_at) AS BIGINT) FROM entry").await;
        w.m.world.advance(hours(2));
        w.m.world.enter_oral(HOLDER, "F", crate::entry::testing::HOME).await.unwrap();
        let id = w.decided(Decision::Move).await;
        assert_eq!(w.taken().await, 2);
        w.approves("two", id).await.unwrap();
        assert_eq!((w.taken().await, w.m.paid_entries().await), (2, 0));
        assert_eq!(w.m.world.live(CLAIMANT).await, ["1", "F"]);
        let until = w.m.world.now().plus(hours(24)).micros();
        assert_eq!(w.m.world.count(Box::leak(format!("{STATES}{until}").into_boxed_str())).await, 2);
        let kept = Box::leak(format!("SELECT COUNT(*) FROM entry WHERE state = 'held' AND entered_at = {entered}").into_boxed_str());
        assert_eq!(w.m.world.count(kept).await, 1, "the seat was taken inside the window (I19)");
        assert_eq!(w.m.refunds().await, ["mistaken"]);
        w.m.assert_all_agrees().await;
        w.m.run_jobs().await;
        assert_eq!(w.m.world.count("SELECT COUNT(*) FROM refund WHERE state = 'done'").await, 1);
        assert_eq!(w.m.order(order.id).await.passport, HOLDER, "the order stays its payer's");
        // The real candidate pays for the same subjects.
        let own = w.m.opened(CLAIMANT, "alipay").await;
        assert_eq!(w.m.pays_and_tells(&own).await, "success");
        assert_eq!((w.m.paid_entries().await, w.taken().await), (2, 2));
        w.m.assert_all_agrees().await;
    }

    /// R24, I23.
    async fn what_is_let_go_frees_its_seats_at_once_though_the_money_is_still_on_its_way(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        paid(&w, "1").await;
        let id = w.decided(Decision::Release).await;
        w.approves("two", id).await.unwrap();
        assert_eq!((w.taken().await, w.m.refunds().await), (0, vec!["mistaken".to_owned()]));
        assert!(w.m.world.registration(HOLDER).await.is_none());
        w.save(CLAIMANT).await.unwrap();
        w.m.world.enter(CLAIMANT, "1").await.unwrap();
        w.m.assert_all_agrees().await;
    }

    /// R24, R16: nobody stands behind a registration that is no more.
    async fn what_is_let_go_leaves_its_lines_and_the_seat_goes_to_the_next_one(t: TestDb) {
        let w = DisputeWorld::with_seats(t, 1).await;
        let (seated, next) = (w.m.world.candidate(3).await, w.m.world.candidate(4).await);
        let entries = w.m.world.enter(seated, "1").await.unwrap();
        waits(&w, HOLDER).await;
        waits(&w, next).await;
        let id = w.decided(Decision::Release).await;
        w.approves("two", id).await.unwrap();
        assert_eq!(w.m.world.count("SELECT CAST(SUM(waiting) AS BIGINT) FROM seat_pool").await, 1);
        w.m.assert_all_agrees().await;
        w.m.world.cancel(seated, entries[0]).await.unwrap();
        crate::handout::jobs::round(w.db(), Arc::clone(&w.m.world.catalogue)).await.unwrap();
        assert_eq!(w.m.world.live(next).await, ["1"]);
        w.m.assert_all_agrees().await;
    }

    /// R24, R7, R16.
    async fn what_moves_keeps_its_place_in_line_and_is_not_released_meanwhile(t: TestDb) {
        let w = DisputeWorld::with_seats(t, 1).await;
        let seated = w.m.world.candidate(3).await;
        let entries = w.m.world.enter(seated, "1").await.unwrap();
        waits(&w, HOLDER).await;
        let id = w.decided(Decision::Move).await;
        w.approves("two", id).await.unwrap();
        let of = w.m.world.registration(CLAIMANT).await.unwrap();
        assert_eq!((of.in_line, of.release_at), (1, None));
        w.m.world.cancel(seated, entries[0]).await.unwrap();
        crate::handout::jobs::round(w.db(), Arc::clone(&w.m.world.catalogue)).await.unwrap();
        assert_eq!(w.m.world.live(CLAIMANT).await, ["1"]);
        w.m.assert_all_agrees().await;
    }

    /// R24, Y6.
    async fn what_the_school_paid_stays_with_the_student(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        w.m.world.enter(HOLDER, "1").await.unwrap();
        for sql in [
            "INSERT INTO collective_payment
                (school, id, sitting, scope, state, made_by, made_at, locks_until, settled_by, settled_at, entries, amount, note)
             VALUES ('99301', 7, '2017-2', '99301', 'paid', 'one', 0, 1, 'one', 1, 1, 1, '')",
            "INSERT INTO collective_payment_line (school, collective_payment_id, entry_id, registration_id, subject, amount)
             SELECT school, 7, id, registration_id, subject, fee FROM entry",
            "UPDATE entry SET state = 'paid', paid_at = entered_at",
        ] {
            w.m.world.sql(sql).await;
        }
        let id = w.decided(Decision::Release).await;
        w.approves("two", id).await.unwrap();
        assert_eq!((w.taken().await, w.m.paid_entries().await, w.m.refunds().await.len()), (1, 1, 0));
        assert!(w.m.world.registration(HOLDER).await.is_none());
        w.m.assert_all_agrees().await;
        w.save(CLAIMANT).await.unwrap();
        assert_eq!(w.m.world.live(CLAIMANT).await, ["1"], "it waits for its student as the school's");
        w.m.assert_all_agrees().await;
    }

    /// R24, Y4.
    async fn an_open_order_of_the_holder_ends_first_or_nothing_is_done(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        w.m.world.enter(HOLDER, "1").await.unwrap();
        let order = w.m.opened(HOLDER, "alipay").await;
        let id = w.decided(Decision::Move).await;
        assert_eq!(w.approves("two", id).await, Err(DisputeRefusal::OrderOpen));
        assert!(w.m.world.registration(HOLDER).await.is_some());
        end_open(&w.m.payments, HOLDER, sitting()).await.unwrap();
        w.approves("two", id).await.unwrap();
        assert_eq!(w.m.world.live(CLAIMANT).await, ["1"]);
        // The holder's money comes all the same.
        w.m.pays_and_tells(&order).await;
        assert_eq!((w.m.paid_entries().await, w.m.refunds().await), (0, vec!["cancelled".to_owned()]));
        w.m.assert_all_agrees().await;
    }

    /// R24, Y4.
    async fn late_money_of_the_former_holder_takes_no_seat_for_somebody_else(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let first = late(&w, Decision::Move).await;
        comes(&w, &first, true).await;
        assert_eq!((w.m.paid_entries().await, w.m.refunds().await), (0, vec!["mistaken".to_owned(), "cancelled".to_owned()]));
        w.m.assert_all_agrees().await;
    }

    /// R24, W3, Y4.
    async fn late_money_of_who_lost_a_dispute_does_not_bring_the_registration_back(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let first = late(&w, Decision::Release).await;
        comes(&w, &first, true).await;
        assert!(w.m.world.registration(HOLDER).await.is_none());
        assert_eq!((w.m.paid_entries().await, w.m.refunds().await), (0, vec!["mistaken".to_owned(), "no-seat".to_owned()]));
        w.m.assert_all_agrees().await;
        w.save(CLAIMANT).await.unwrap();
        w.m.assert_all_agrees().await;
    }

    /// Without the guard the holder's money pays for a seat of the claimant.
    async fn twin_late_money_pays_for_whoever_has_the_registration_now(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let first = late(&w, Decision::Move).await;
        comes(&w, &first, false).await;
        assert_eq!(w.m.paid_entries().await, 1);
    }
}

/// Joins the line of subject 1.
async fn waits(w: &DisputeWorld, who: PassportId) {
    let catalogue = Arc::clone(&w.m.world.catalogue);
    let cmd = JoinCommand {
        passport: who,
        sitting: sitting(),
        subject: subject("1"),
        campuses: Vec::new(),
        address: String::new(),
    };
    let joined: Result<StandbyId, Stop<Vec<StandbyRefusal>>> =
        w.db().write(async move |tx: &mut Tx<'_>| join(tx, &catalogue, &cmd).await).await;
    assert!(joined.is_ok());
}

/// The money of an order comes, with or without the guard that compares the passports.
async fn comes(w: &DisputeWorld, order: &Order, guarded: bool) {
    let proof = Proof {
        gateway: order.method.gateway,
        trade_no: "late".to_owned(),
        amount_fen: order.amount.get(),
        by: ProofBy::Notice,
    };
    let (order, books) = (order.clone(), w.m.payments.books());
    let done: Result<Settled, DbError> = w
        .db()
        .write(async move |tx: &mut Tx<'_>| {
            let settled = settle(tx, &order, &proof, &books);
            if guarded { settled.await } else { WHOEVER_PAYS.scope((), settled).await }
        })
        .await;
    assert!(matches!(done.unwrap(), Settled::Booked { .. }));
}

/// An order of the holder runs out, what else was paid keeps the registration, and it moves or is let go.
async fn late(w: &DisputeWorld, decision: Decision) -> Order {
    paid(w, "2").await;
    w.m.world.enter(HOLDER, "1").await.unwrap();
    let first = w.m.opened(HOLDER, "payease").await;
    w.m.world.advance(hours(24));
    w.m.run_jobs().await;
    assert!(matches!(w.m.order(first.id).await.state, OrderState::Closed(_)));
    assert_eq!(w.m.world.count("SELECT COUNT(*) FROM entry WHERE state = 'expired'").await, 1);
    let id = w.decided(decision).await;
    w.approves("two", id).await.unwrap();
    first
}
