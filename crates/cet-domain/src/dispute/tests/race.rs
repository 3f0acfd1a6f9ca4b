//! Two approvals, two decisions, a payment at the same moment: one of them wins, and all sums agree. A twin leaves the one
//! guard out of production's statement.

use std::sync::Arc;

use tokio::sync::Notify;

use super::world::*;
use super::*;
use crate::on_both;
use crate::payment::tests::world::alipay_notice;
use crate::registration;
use crate::store::testing::{Kind, TestDb, block_on};
use crate::store::{DbError, Tx};

/// Approves as somebody who read the dispute before it ended; whether it was still decided.
async fn approved_as_seen(w: &DisputeWorld, of: &Dispute, left_out: Option<&'static str>) -> bool {
    let of = of.clone();
    let done: Result<bool, DbError> = w
        .db()
        .write(async move |tx: &mut Tx<'_>| {
            if let Some(guard) = left_out {
                tx.leave_out(guard);
            }
            store::approve(tx, &of, DisputeState::Approved, &by("two")).await
        })
        .await;
    done.unwrap()
}

async fn read(w: &DisputeWorld, id: crate::words::ids::DisputeId) -> Dispute {
    let found: Result<Option<Dispute>, DbError> =
        w.db().read(async move |tx: &mut Tx<'_>| store::scoped::find(tx, &by("one").scope, id).await).await;
    found.unwrap().unwrap()
}

on_both! {
    /// R24.
    async fn of_two_approvals_at_once_one_moves_the_registration(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let id = w.decided(Decision::Move).await;
        let other = w.m.world.t.another_node().await;
        let (one, two) = tokio::join!(w.approves("two", id), w.approves_on(&other, "province", id));
        let mut both = [one, two];
        both.sort_by_key(Result::is_err);
        assert_eq!(both, [Ok(()), Err(DisputeRefusal::Over)]);
        assert_eq!(w.m.world.count("SELECT COUNT(*) FROM audit_log WHERE action = 'registration-moved'").await, 1);
        w.m.assert_all_agrees().await;
    }

    /// R24.
    async fn a_decision_that_was_replaced_since_it_was_read_is_not_approved(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let id = w.decided(Decision::Move).await;
        let read_before = read(&w, id).await;
        w.m.world.advance(crate::entry::testing::minutes(1));
        w.decides("one", id, Decision::Refuse).await.unwrap();
        assert!(!approved_as_seen(&w, &read_before, None).await);
    }

    /// R24.
    async fn what_ended_since_it_was_read_is_not_approved_again(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let id = w.decided(Decision::Refuse).await;
        let read_before = read(&w, id).await;
        assert!(approved_as_seen(&w, &read_before, None).await);
        assert!(!approved_as_seen(&w, &read_before, None).await);
    }

    async fn twin_what_ended_is_approved_again_without_the_guard(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let id = w.decided(Decision::Refuse).await;
        let read_before = read(&w, id).await;
        assert!(approved_as_seen(&w, &read_before, None).await);
        assert!(approved_as_seen(&w, &read_before, Some("AND COALESCE(state, '') = 'decided'")).await);
    }

    /// R24, Y3.
    async fn a_payment_at_the_moment_of_the_approval_is_given_back_or_stops_it(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        w.m.world.enter(HOLDER, "1").await.unwrap();
        let order = w.m.opened(HOLDER, "alipay").await;
        let id = w.decided(Decision::Move).await;
        w.m.pays(&order);
        let body = alipay_notice(&order, "TRADE_SUCCESS", &[]);
        let (approved, noticed) = tokio::join!(w.approves("two", id), w.m.notify(&body));
        assert_eq!(noticed, "success");
        match approved {
            // The money came first: it goes back, and the claimant pays.
            Ok(()) => assert_eq!((w.m.paid_entries().await, w.m.refunds().await), (0, vec!["mistaken".to_owned()])),
            // The approval came first, and found the order open: nothing was done but the payment.
            Err(why) => assert_eq!((why, w.m.paid_entries().await), (DisputeRefusal::OrderOpen, 1)),
        }
        assert_eq!(w.taken().await, 1);
        w.m.assert_all_agrees().await;
    }
}

/// How many wait for a row that another transaction has locked.
const WAITING: &str = "SELECT COUNT(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event IN ('transactionid', 'tuple')";

/// R24. SQLite has one writer: nobody waits there with the time already read.
#[test]
fn an_approval_that_waits_for_the_registration_until_its_decision_has_lapsed_is_refused_on_postgres() {
    block_on(Kind::Postgres, async |t: TestDb| {
        let w = DisputeWorld::open(t).await;
        let id = w.decided(Decision::Refuse).await;
        let of = w.m.world.registration(HOLDER).await.unwrap();
        let (locked, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (told, waits, other) =
            (Arc::clone(&locked), Arc::clone(&go_on), w.m.world.t.another_node().await);
        let works_on_it = tokio::spawn(async move {
            let done: Result<(), DbError> = other
                .write(async move |tx: &mut Tx<'_>| {
                    registration::store::lock(tx, of.school, of.id).await?;
                    told.notify_one();
                    waits.notified().await;
                    Ok(())
                })
                .await;
            done.unwrap();
        });
        locked.notified().await;
        let meanwhile = async {
            while w.m.world.count(WAITING).await == 0 {}
            w.m.world.advance(rules::LIFE);
            go_on.notify_one();
        };
        let (approved, ()) = tokio::join!(w.approves("two", id), meanwhile);
        works_on_it.await.unwrap();
        assert_eq!(approved, Err(DisputeRefusal::Over));
    });
}
