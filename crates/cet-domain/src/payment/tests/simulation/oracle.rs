//! What really happened, compared with the books: by the gateways' own ledger and statements of its own, not by the code
//! that decides.

use std::collections::BTreeSet;

use super::Season;
use super::gateways::CONSOLE;
use crate::store::{DbError, Tx};
use crate::words::ids::OrderId;

/// A refund of ours: its order, number, sum and state.
type Refund = (OrderId, String, i64, String);

impl Season {
    /// Whether the gateway made a refund of this number.
    pub(super) fn bank_has(&self, order: OrderId, number: &str) -> bool {
        self.refunded_at_bank(order).iter().any(|(known, _)| known == number)
    }

    /// What the gateway gave back for an order, by number.
    fn refunded_at_bank(&self, order: OrderId) -> Vec<(String, i64)> {
        let Some(order) = self.orders.iter().find(|one| one.id == order) else { return Vec::new() };
        let trades = self.m.bank.trades.lock().unwrap();
        trades.get(&self.m.wire_number(order)).map(|trade| trade.refunds.clone()).unwrap_or_default()
    }

    async fn refunds(&self) -> Vec<Refund> {
        let db = &self.m.world.t.db;
        let sql = "SELECT order_id, request_no, amount, state FROM refund";
        db.read(async move |tx: &mut Tx<'_>| tx.query(sql, &[]).await).await.unwrap()
    }
}

pub(super) async fn check(season: &Season) {
    booked_is_what_came(season).await;
    gone_back_once(season).await;
    given_up_money_pays_nothing(season).await;
}

/// Each receipt is of money that a gateway took, once, of its sum.
async fn booked_is_what_came(season: &Season) {
    let read: Result<Vec<(OrderId, String, i64)>, DbError> = season
        .m
        .world
        .t
        .db
        .read(async |tx: &mut Tx<'_>| tx.query("SELECT order_id, trade_no, amount FROM receipt", &[]).await)
        .await;
    let mut seen = BTreeSet::new();
    for (order, trade, sum) in read.unwrap() {
        assert_eq!(season.came.get(&trade), Some(&(order, sum)), "the receipt of {trade}");
        assert!(seen.insert(trade.clone()), "{trade} is booked twice");
    }
}

/// A refund that is done was made, and none was made twice; what was made is ours or the console's.
async fn gone_back_once(season: &Season) {
    let refunds = season.refunds().await;
    for (order, number, sum, state) in &refunds {
        let made = season.refunded_at_bank(*order);
        let same: Vec<_> = made.iter().filter(|(known, _)| known == number).collect();
        assert!(same.len() <= 1, "{number} was made {} times", same.len());
        assert!(same.iter().all(|(_, fen)| fen == sum), "{number} was made of another sum");
        if state == "done" {
            assert!(!same.is_empty(), "{number} is called done, and was not made");
        }
    }
    for order in &season.orders {
        for (number, _) in season.refunded_at_bank(order.id) {
            let ours = refunds.iter().any(|(of, known, ..)| *of == order.id && *known == number);
            assert!(ours || number == CONSOLE, "{number} was made, and is not in the books");
        }
    }
}

/// Money that comes after its candidate chose another way, or gave an entry up, goes back (Y4).
async fn given_up_money_pays_nothing(season: &Season) {
    let found = season
        .m
        .world
        .count(
            "SELECT COUNT(*) FROM payment_event closed
               JOIN payment_event booked ON booked.school = closed.school AND booked.number = closed.number
              WHERE closed.kind = 'closed'
                AND (closed.detail LIKE '%replaced%' OR closed.detail LIKE '%given-up%')
                AND booked.kind IN ('booked', 'seated-again') AND booked.id > closed.id",
        )
        .await;
    assert_eq!(found, 0, "money of an order that was given up paid for something");
}

pub(super) async fn check_in_the_end(season: &Season) {
    let db = &season.m.world.t.db;
    let read: Result<_, DbError> = db
        .read(async |tx: &mut Tx<'_>| {
            let known: Vec<(String, String)> = tx
                .query(
                    "SELECT trade_no, '' FROM receipt UNION SELECT trade_no, order_number FROM suspense",
                    &[],
                )
                .await?;
            let (waiting,): (i64,) =
                tx.query_one("SELECT COUNT(*) FROM payment_order WHERE state = 'open'", &[]).await?;
            Ok((known, waiting))
        })
        .await;
    let (known, waiting) = read.unwrap();
    assert_eq!(waiting, 0, "an order waits for ever");
    for (trade, (order, _)) in &season.came {
        let number = season.orders.iter().find(|one| one.id == *order).map(|one| one.number.to_string());
        // What went back in the console before it was booked is before finance under its order.
        let is_known = known.iter().any(|(trade_no, of)| trade_no == trade || number.as_ref() == Some(of));
        assert!(is_known, "{trade} came and is nowhere");
    }
    for (_, number, _, state) in season.refunds().await {
        assert!(state == "done" || state == "by-hand", "{number} is {state} in the end");
    }
}
