//! A refund that somebody made in the gateway's own console, from the notification until it is in the books.

use gateway::payease::NoticeStatus;
use gateway::{Charset, Fields};

use super::requests::{asked, by, paid, seen, wanted};
use super::suspense::open_orders;
use super::world::*;
use crate::message::Kind;
use crate::on_both;
use crate::payment::refund_request::{Of, RequestRefusal};
use crate::payment::rules::refunding::Unfit;
use crate::payment::store::Order;
use crate::payment::verbs::{Fate, SettleRefusal, SettledAs, Settlement, settle_suspense};
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::{Fen, FenSum};

/// The gateway tells that so much of the order went back in all.
async fn tells(m: &PaymentWorld, order: &Order, total: &str) {
    let told = [("refund_fee", total), ("gmt_refund", "2017-09-20 12:30:00"), ("out_biz_no", "console")];
    assert_eq!(m.notify(&alipay_notice(order, "TRADE_SUCCESS", &told)).await, "success");
}

/// Finance settles the newest of what waits, or what was settled last.
async fn settles(m: &PaymentWorld, settled: SettledAs, sum: Option<i64>) -> Result<(), SettleRefusal> {
    let read = async |tx: &mut Tx<'_>| {
        tx.query_one("SELECT school, MAX(id) FROM suspense GROUP BY school", &[]).await
    };
    let found: Result<(SchoolCode, i64), DbError> = m.world.t.db.read(read).await;
    let (key, catalogue) = (found.unwrap(), std::sync::Arc::clone(&m.world.catalogue));
    let sum = sum.map(|fen| Fen::new(fen).unwrap());
    let wanted = Settlement { settled, sum, note: "seen in the console".to_owned() };
    let done: Result<(), Stop<SettleRefusal>> = m
        .world
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            settle_suspense(tx, &catalogue, by("three"), key, wanted.clone()).await
        })
        .await;
    match done {
        Ok(()) => Ok(()),
        Err(Stop::Refused(why)) => Err(why),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}

async fn booked(m: &PaymentWorld) -> (i64, i64) {
    let rows =
        m.world.count("SELECT COUNT(*) FROM refund WHERE state = 'done' AND suspense_id IS NOT NULL").await;
    let of_lines = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM refund_line";
    (rows, m.world.count(of_lines).await)
}

on_both! {
    /// Y9, I3.
    async fn a_refund_of_the_console_that_finance_settles_as_one_is_in_the_books_and_can_not_go_back_again(t: TestDb) {
        let (m, order, entries) = paid(t).await;
        let whole = || wanted(Of::Order(order.number.clone()), &[]);
        tells(&m, &order, "0.01").await;
        assert_eq!(seen(&m, &order).await.0.in_doubt, [FenSum::new(1).unwrap()], "what waits is told");
        for _ in 0..2 {
            assert_eq!(settles(&m, SettledAs::Refund, None).await, Ok(()));
            assert_eq!(booked(&m).await, (1, 1), "once");
        }
        tells(&m, &order, "0.01").await;
        assert_eq!(m.world.count("SELECT COUNT(*) FROM suspense").await, 1, "told again it is the same");
        let (truth, _, now) = seen(&m, &order).await;
        assert!(truth.in_doubt.is_empty());
        assert_eq!(truth.money.flow().done.get(), 1);
        assert_eq!(truth.fate(now), Fate::PaidLess { part: FenSum::new(1).unwrap(), is_back: true });
        assert_eq!(m.paid_entries().await, 2, "paid stays paid (I7)");
        let told = format!("SELECT COUNT(*) FROM message WHERE kind = '{}'", Kind::RefundDone.wire());
        assert_eq!(m.world.count(Box::leak(told.into_boxed_str())).await, 1);
        m.assert_all_agrees().await;
        // Of the line that has gone back nothing is left, and of the order only the other one.
        let again = wanted(Of::Order(order.number.clone()), &[(entries[0], Some(1))]);
        assert_eq!(asked(&m, "one", again).await, Err(RequestRefusal::Unfit(entries[0], Unfit::TooMuch)));
        asked(&m, "one", whole()).await.unwrap();
        assert_eq!(m.world.count("SELECT amount FROM refund_request").await, 1);
        // The rest goes back in the console too, and then nothing is left.
        tells(&m, &order, "0.02").await;
        assert_eq!(settles(&m, SettledAs::Ours, None).await, Ok(()));
        assert_eq!(booked(&m).await, (2, 2));
        tells(&m, &order, "0.03").await;
        assert_eq!(settles(&m, SettledAs::Refund, None).await, Err(SettleRefusal::TooMuch));
        assert_eq!(m.world.count("SELECT COUNT(*) FROM suspense WHERE state = 'open'").await, 1, "it waits on");
        assert_eq!(settles(&m, SettledAs::Explained, None).await, Ok(()));
        assert_eq!(booked(&m).await, (2, 2));
        m.assert_all_agrees().await;
    }

    /// I3: the books are asked for what finance settled.
    async fn a_settled_refund_of_the_console_without_its_sum_is_found(t: TestDb) {
        let (m, order, _) = paid(t).await;
        tells(&m, &order, "0.01").await;
        for settled in [SettledAs::Foreign, SettledAs::Explained] {
            assert_eq!(settles(&m, settled, None).await, Ok(()));
            assert_eq!(booked(&m).await, (0, 0));
            m.assert_all_agrees().await;
            m.world.sql("UPDATE suspense SET state = 'open'").await;
        }
        assert_eq!(settles(&m, SettledAs::Refund, None).await, Ok(()));
        m.world.sql("UPDATE refund SET suspense_id = NULL").await;
        assert!(m.broken().await.contains(&"I3"));
    }

    /// 首信易支付 tells no sum: whoever books it reads it in the console.
    async fn a_refund_of_which_no_sum_was_told_is_booked_with_the_one_that_finance_read(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        m.finance(&["three"]).await;
        m.world.passport(1, "zh").await;
        let order = open_orders(&m, 1, "payease").await.remove(0);
        m.pays_and_tells(&order).await;
        let told = [(payease_order(&m.wire_number(&order), 1), NoticeStatus::Refunding)];
        let body = Fields::encode(&merchant().notice(&told).unwrap(), Charset::Gbk).unwrap().into_bytes();
        assert_eq!(m.notify(&body).await, "sent");
        assert_eq!(seen(&m, &order).await.0.in_doubt, [FenSum::ZERO]);
        assert_eq!(settles(&m, SettledAs::Refund, None).await, Err(SettleRefusal::NoSum));
        assert_eq!(settles(&m, SettledAs::Refund, Some(2)).await, Err(SettleRefusal::TooMuch));
        assert_eq!(settles(&m, SettledAs::Refund, Some(1)).await, Ok(()));
        assert_eq!(booked(&m).await, (1, 1));
        m.assert_all_agrees().await;
    }
}
