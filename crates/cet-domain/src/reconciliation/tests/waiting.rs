//! Bills that have arrived and are not yet compared.

use super::days::{classes, pays};
use super::*;
use crate::on_both;

on_both! {
    /// I27.
    async fn a_day_is_not_signed_while_a_bill_of_it_waits_whatever_became_of_newer_ones(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let row = pays(&w, 1, "alipay").await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        assert_eq!(compared(&w, of, &[row]).await, []);
        arrives(&w, of, &bill(&w, of, &[])).await.unwrap();
        assert_eq!(signs(&w, of, "second").await, Err(Refusal::NotCompared));
        // Another node finds a newer one bad, while the lease of the node that died with this one lasts.
        arrives(&w, of, b"no bill\n").await.unwrap();
        w.world
            .sql(
                "UPDATE reconciliation_file SET state = 'bad', fault = 'bill-heading'
                  WHERE id = (SELECT MAX(id) FROM reconciliation_file)",
            )
            .await;
        assert_eq!(signs(&w, of, "second").await, Err(Refusal::NotCompared));
        while jobs::round(&w.payments).await.unwrap() > 0 {}
        let found = differences(&w, of).await.into_iter().map(|of| (of.class, of.state)).collect::<Vec<_>>();
        assert_eq!(classes(&found), [("ours-only", "open")]);
        assert_eq!(signs(&w, of, "second").await, Err(Refusal::Open(1, 0)));
        assert_eq!(newest(&w, of).await.state, "bad");
    }
}
