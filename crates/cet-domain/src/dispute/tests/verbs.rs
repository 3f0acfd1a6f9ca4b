//! Opening, deciding, approving, lapsing: who may, once, and who is told (R24).

use super::world::*;
use super::*;
use crate::entry::testing::hours;
use crate::message::{DisputeEnd, Facts, Kind};
use crate::on_both;
use crate::store::{DbError, Tx};
use crate::words::ids::PassportId;

async fn ended(w: &DisputeWorld, who: PassportId) -> Vec<DisputeEnd> {
    let told = w.m.world.told_of(who, Kind::DisputeEnded).await;
    told.into_iter()
        .map(|facts| match facts {
            Facts::DisputeEnded { end, .. } => end,
            other => panic!("{other:?}"),
        })
        .collect()
}

on_both! {
    /// R24.
    async fn one_dispute_of_a_claimant_waits_and_both_sides_are_told_of_it(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        assert_eq!(w.disputes(HOLDER).await, Err(DisputeRefusal::Free), "one's own");
        let id = w.disputes(CLAIMANT).await.unwrap();
        assert_eq!(w.disputes(CLAIMANT).await, Ok(id), "the same again");
        assert_eq!(w.disputes_with(CLAIMANT, "20160001", "更多").await, Err(DisputeRefusal::Open));
        assert_eq!(w.m.world.told_of(HOLDER, Kind::DisputeOpened).await.len(), 1);
        assert_eq!(w.m.world.told_of(CLAIMANT, Kind::DisputeReceived).await.len(), 1);
        w.m.assert_all_agrees().await;
    }

    /// R24.
    async fn who_is_first_shuts_nobody_out_and_the_one_that_is_decided_for_ends_the_others(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let (stranger, owner) = (CLAIMANT, PassportId(3));
        let first = w.disputes(stranger).await.unwrap();
        let second = w.disputes(owner).await.unwrap();
        assert_ne!(first, second);
        w.decides("one", first, Decision::Move).await.unwrap();
        w.decides("one", second, Decision::Move).await.unwrap();
        w.approves("two", second).await.unwrap();
        assert!(w.m.world.registration(owner).await.is_some());
        assert_eq!(ended(&w, owner).await, [DisputeEnd::Given]);
        assert_eq!(ended(&w, stranger).await, [DisputeEnd::GivenToAnother]);
        assert_eq!(ended(&w, HOLDER).await, [DisputeEnd::GivenAway]);
        assert_eq!(w.approves("two", first).await, Ok(()), "it was ended by the same two");
        assert_eq!(w.approves("province", first).await, Err(DisputeRefusal::Over));
        assert_eq!(w.m.world.count("SELECT COUNT(*) FROM dispute WHERE state = 'refused'").await, 1);
        w.m.assert_all_agrees().await;
    }

    /// R24.
    async fn one_that_is_turned_down_leaves_the_others_to_be_decided_and_letting_go_ends_them(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let owner = PassportId(3);
        let first = w.decided(Decision::Refuse).await;
        let second = w.disputes(owner).await.unwrap();
        w.approves("two", first).await.unwrap();
        assert!(ended(&w, owner).await.is_empty());
        let third = w.disputes(CLAIMANT).await.unwrap();
        w.decides("one", second, Decision::Release).await.unwrap();
        w.approves("two", second).await.unwrap();
        assert_eq!(ended(&w, owner).await, [DisputeEnd::Free]);
        assert_eq!(ended(&w, CLAIMANT).await, [DisputeEnd::Refused, DisputeEnd::Lapsed]);
        assert_eq!(w.decides("one", third, Decision::Move).await, Err(DisputeRefusal::Over));
        w.m.assert_all_agrees().await;
    }

    /// R24: strangers' guesses press the brake of the student, and who knows the number is not kept out by it.
    async fn guesses_about_a_student_are_braked_and_lock_nobody_out(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        for passport in 10..15 {
            w.m.world.passport(passport, "zh").await;
            w.disputes_with(PassportId(passport), "20169999", "").await.unwrap();
        }
        w.m.world.passport(15, "zh").await;
        let sixth = w.disputes_with(PassportId(15), "20169999", "").await;
        assert!(matches!(sixth, Err(DisputeRefusal::TooMany(_))), "{sixth:?}");
        w.disputes(PassportId(3)).await.unwrap();
        w.m.assert_all_agrees().await;
    }

    /// R24, S1.
    async fn another_person_of_the_same_or_a_higher_place_approves(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let id = w.disputes(CLAIMANT).await.unwrap();
        assert_eq!(w.approves("two", id).await, Err(DisputeRefusal::Over), "nothing is decided");
        w.decides("one", id, Decision::Move).await.unwrap();
        for who in ["one", "one-too", "campus"] {
            assert_eq!(w.approves(who, id).await, Err(DisputeRefusal::NeedsSecond), "{who}");
        }
        w.approves("province", id).await.unwrap();
        w.approves("province", id).await.unwrap();
        assert_eq!(w.approves("two", id).await, Err(DisputeRefusal::Over));
        assert_eq!(w.decides("two", id, Decision::Release).await, Err(DisputeRefusal::Over));
        assert!(w.m.world.registration(CLAIMANT).await.is_some());
        assert!(w.m.world.registration(HOLDER).await.is_none());
        assert_eq!(ended(&w, HOLDER).await, [DisputeEnd::GivenAway]);
        assert_eq!(ended(&w, CLAIMANT).await, [DisputeEnd::Given]);
        w.m.assert_all_agrees().await;
    }

    /// R24.
    async fn who_disagrees_decides_otherwise_and_then_the_first_one_may_approve(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let id = w.decided(Decision::Move).await;
        w.decides("two", id, Decision::Refuse).await.unwrap();
        assert_eq!(w.approves("two", id).await, Err(DisputeRefusal::NeedsSecond));
        w.approves("one", id).await.unwrap();
        assert!(w.m.world.registration(HOLDER).await.is_some());
        assert_eq!(ended(&w, HOLDER).await, [DisputeEnd::Stays]);
        assert_eq!(ended(&w, CLAIMANT).await, [DisputeEnd::Refused]);
        w.m.assert_all_agrees().await;
    }

    /// R24.
    async fn a_decision_lapses_after_a_week_and_can_be_made_again(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        w.m.world.enter(HOLDER, "1").await.unwrap();
        let order = w.m.opened(HOLDER, "alipay").await;
        w.m.pays_and_tells(&order).await;
        let id = w.decided(Decision::Move).await;
        w.m.world.advance(rules::LIFE);
        assert_eq!(w.approves("two", id).await, Err(DisputeRefusal::Over));
        w.decides("one", id, Decision::Refuse).await.unwrap();
        w.approves("two", id).await.unwrap();
        w.m.assert_all_agrees().await;
    }

    /// R24, R7.
    async fn a_registration_that_runs_out_ends_the_dispute_and_the_claimant_is_told(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let id = w.decided(Decision::Move).await;
        assert_eq!(jobs::lapse(w.db()).await.unwrap(), 0);
        w.m.world.advance(hours(25));
        w.m.world.sweep().await;
        assert_eq!(w.approves("two", id).await, Err(DisputeRefusal::Over));
        assert_eq!(jobs::lapse(w.db()).await.unwrap(), 1);
        assert_eq!(ended(&w, CLAIMANT).await, [DisputeEnd::Lapsed]);
        assert!(ended(&w, HOLDER).await.is_empty());
        w.save(CLAIMANT).await.unwrap();
        assert_eq!(w.disputes(PassportId(3)).await.map(|_| ()), Ok(()), "the next dispute is another one");
        w.m.assert_all_agrees().await;
    }

    /// R24, W3.
    async fn whom_it_went_against_cannot_save_the_student_again(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let id = w.decided(Decision::Release).await;
        w.approves("two", id).await.unwrap();
        assert_eq!(w.save(HOLDER).await, Err(vec!["dispute-decided"]));
        assert_eq!(ended(&w, CLAIMANT).await, [DisputeEnd::Free]);
        w.save(CLAIMANT).await.unwrap();
        w.m.assert_all_agrees().await;
    }

    /// R24: what is done to a registration waits for its lock, not for the page.
    async fn a_claimant_who_holds_another_student_by_now_gets_nothing(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let id = w.decided(Decision::Move).await;
        crate::entry::testing::bound(w.db(), &w.m.world.catalogue, CLAIMANT.0, 77).await.unwrap();
        assert_eq!(w.approves("two", id).await, Err(DisputeRefusal::ClaimantBound));
        assert!(w.m.world.registration(HOLDER).await.is_some());
        w.m.assert_all_agrees().await;
    }

    /// R24, A11.
    async fn nothing_moves_to_an_account_that_was_closed(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let id = w.decided(Decision::Move).await;
        let closed: Result<(), DbError> =
            w.db().write(async |tx: &mut Tx<'_>| crate::passport::store::erase(tx, CLAIMANT).await).await;
        closed.unwrap();
        assert_eq!(w.approves("two", id).await, Err(DisputeRefusal::ClaimantGone));
        assert!(w.m.world.registration(HOLDER).await.is_some());
        assert_eq!(w.decides("two", id, Decision::Move).await, Err(DisputeRefusal::ClaimantGone));
        w.decides("two", id, Decision::Release).await.unwrap();
        w.approves("one", id).await.unwrap();
        assert!(w.m.world.registration(HOLDER).await.is_none());
    }

    /// I15, I16.
    async fn what_breaks_an_invariant_of_disputes_is_found(t: TestDb) {
        let w = DisputeWorld::open(t).await;
        let id = w.decided(Decision::Refuse).await;
        w.approves("two", id).await.unwrap();
        w.m.assert_all_agrees().await;
        w.m.world.sql("UPDATE dispute SET ended_at = ended_at + 604800000000").await;
        assert_eq!(w.m.broken().await, ["I15"]);
        w.m.world.sql("UPDATE dispute SET ended_at = ended_at - 604800000000, approved_by = 'three'").await;
        assert_eq!(w.m.broken().await, ["I16"]);
    }
}
