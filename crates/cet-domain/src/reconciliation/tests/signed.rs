//! A day that is signed.

use super::days::pays;
use super::*;
use crate::on_both;

on_both! {
    async fn who_decides_again_on_a_signed_day_is_told_that_it_is_signed(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        pays(&w, 1, "alipay").await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        assert_eq!(compared(&w, of, &[]).await.len(), 1);
        let id = differences(&w, of).await[0].id;
        assert_eq!(decides(&w, of, id, Decision::Explained, "letter 7").await, Ok(()));
        assert_eq!(decides(&w, of, id, Decision::Explained, "letter 7").await, Err(Refusal::Resolved));
        assert_eq!(signs(&w, of, "second").await, Ok(()));
        for decision in [Decision::Explained, Decision::Follow, Decision::Booked] {
            assert_eq!(decides(&w, of, id, decision, "letter 8").await, Err(Refusal::Signed));
        }
    }
}
