//! What a passport reads of its payments agrees with the books.

use super::world::*;
use crate::entry::testing::{hours, minutes};
use crate::on_both;
use crate::payment::refusal::PaymentRefusal;
use crate::payment::rules::outcome::{Flow, Outcome};
use crate::payment::store::Order;
use crate::payment::verbs::{self, History, Receipt};
use crate::store::Tx;
use crate::words::fen::FenSum;
use crate::words::ids::{OrderId, PassportId};

async fn history(m: &PaymentWorld, who: PassportId, before: Option<OrderId>, most: usize) -> History {
    let db = &m.world.t.db;
    db.read(async move |tx: &mut Tx<'_>| verbs::history(tx, who, before, most).await).await.unwrap()
}

async fn receipt(m: &PaymentWorld, who: PassportId, order: OrderId) -> Result<Receipt, Vec<PaymentRefusal>> {
    let db = &m.world.t.db;
    db.read(async move |tx: &mut Tx<'_>| verbs::receipt(tx, who, order).await).await.map_err(refused)
}

fn flow(received: i64, due: i64, done: i64) -> Flow {
    let sum = |fen| FenSum::new(fen).unwrap();
    Flow { received: sum(received), due: sum(due), done: sum(done) }
}

/// All money of the books: received, owed back, back.
async fn books(m: &PaymentWorld) -> Flow {
    flow(
        m.world.count("SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0) FROM receipt").await,
        m.world
            .count("SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0) FROM refund WHERE state = 'due'")
            .await,
        m.world
            .count("SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0) FROM refund WHERE state = 'done'")
            .await,
    )
}

fn sums(history: &History) -> Flow {
    history.orders.iter().fold(Flow::default(), |all, order| {
        let own = order.money.flow();
        Flow {
            received: all.received.plus(own.received),
            due: all.due.plus(own.due),
            done: all.done.plus(own.done),
        }
    })
}

async fn twice(m: &PaymentWorld, order: &Order) {
    let another = format!("X{}", order.number);
    let again = alipay_notice(order, "TRADE_SUCCESS", &[("trade_no", &another)]);
    assert_eq!(m.notify(&again).await, "success");
}

on_both! {
    async fn the_history_of_a_passport_agrees_with_the_books_at_every_step(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "alipay").await;
        let now = history(&m, who, None, 20).await;
        assert_eq!(now.orders[0].money.outcome(now.now), Outcome::Waiting);
        assert_eq!((sums(&now), books(&m).await), (flow(0, 0, 0), flow(0, 0, 0)));
        assert_eq!(receipt(&m, who, order.id).await.err(), Some(vec![PaymentRefusal::NotFound]), "nothing was paid");
        m.pays_and_tells(&order).await;
        let now = history(&m, who, None, 20).await;
        assert_eq!(now.orders[0].money.outcome(now.now), Outcome::Paid);
        assert_eq!(now.orders[0].subjects.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((sums(&now), books(&m).await), (flow(2, 0, 0), flow(2, 0, 0)));
        // The same order is paid a second time: that money goes back, the order stays paid.
        twice(&m, &order).await;
        let now = history(&m, who, None, 20).await;
        assert_eq!(now.orders[0].money.outcome(now.now), Outcome::Paid);
        assert_eq!((sums(&now), books(&m).await), (flow(4, 2, 0), flow(4, 2, 0)));
        m.world.advance(minutes(1));
        m.run_jobs().await;
        let now = history(&m, who, None, 20).await;
        assert_eq!((sums(&now), books(&m).await), (flow(4, 0, 2), flow(4, 0, 2)));
        let printed = receipt(&m, who, order.id).await.unwrap();
        assert_eq!((printed.money.flow(), printed.money.flow().kept()), (flow(4, 0, 2), FenSum::new(2).unwrap()));
        assert_eq!(FenSum::of(printed.lines.iter().map(|line| line.amount)), order.amount);
        assert_eq!(printed.money.received.len(), 2);
        assert!(printed.payer.is_some());
    }

    async fn money_that_came_too_late_stands_in_the_history_with_its_way_back(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "alipay").await;
        m.world.sql("UPDATE entry SET locked_by = 7, order_id = NULL").await;
        m.pays_and_tells(&order).await;
        let now = history(&m, who, None, 20).await;
        assert_eq!(now.orders[0].money.outcome(now.now), Outcome::GoingBack);
        m.world.advance(hours(1));
        m.run_jobs().await;
        let now = history(&m, who, None, 20).await;
        assert_eq!(now.orders[0].money.outcome(now.now), Outcome::Back);
        assert_eq!((sums(&now), books(&m).await), (flow(2, 0, 2), flow(2, 0, 2)));
        assert!(receipt(&m, who, order.id).await.unwrap().money.flow().kept().is_zero());
    }

    async fn another_passport_reads_neither_the_history_nor_the_receipt(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let (who, other) = (m.world.candidate(1).await, m.world.candidate(2).await);
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "alipay").await;
        m.pays_and_tells(&order).await;
        assert!(history(&m, other, None, 20).await.orders.is_empty());
        assert_eq!(receipt(&m, other, order.id).await.err(), Some(vec![PaymentRefusal::NotFound]));
        // Released, and bound again by somebody else: the payer keeps the receipt, without the other's data.
        m.world.sql("UPDATE registration SET passport_id = 2 WHERE passport_id = 1").await;
        assert!(receipt(&m, who, order.id).await.unwrap().payer.is_none());
    }

    async fn a_long_history_is_read_page_by_page_and_no_order_twice(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let mut made = Vec::new();
        // Another way to pay replaces the order before.
        for gateway in ["alipay", "payease", "alipay", "payease", "alipay"] {
            made.insert(0, m.opened(who, gateway).await.id);
        }
        let mut read = Vec::new();
        let mut before = None;
        loop {
            let page = history(&m, who, before, 2).await;
            assert!(page.orders.len() <= 2);
            read.extend(page.orders.iter().map(|order| order.money.order.id));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(read, made);
        assert!(history(&m, who, made.last().copied(), 2).await.orders.is_empty());
    }
}
