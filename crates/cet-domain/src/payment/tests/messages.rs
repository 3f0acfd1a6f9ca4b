//! What candidates are told of money (A10, Y4).

use super::world::*;
use crate::entry::testing::{HOME, hours, minutes};
use crate::message::{Facts, Kind, facts::PaidBy, facts::sum};
use crate::on_both;

on_both! {
    /// Y4.
    async fn money_that_pays_is_receipted_once_with_order_sum_and_what_is_left(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.reachable(1).await;
        let first = m.world.enter(who, "1").await.unwrap();
        m.world.enter_oral(who, "F", HOME).await.unwrap();
        let id = m.pay(who, &first, "alipay").await.unwrap();
        let order = m.order(id).await;
        for _ in 0..3 {
            m.pays_and_tells(&order).await;
            m.run_jobs().await;
        }
        let told = m.world.told_of(who, Kind::Paid).await;
        let [Facts::Paid { lines, by, unpaid, late: false }] = &told[..] else { panic!("{told:?}") };
        assert_eq!((lines.len(), lines[0].zh.as_str(), sum(lines).to_string()), (1, "1", "0.01".to_owned()));
        assert_eq!(unpaid.iter().map(|line| line.zh.as_str()).collect::<Vec<_>>(), ["F"]);
        let expected = PaidBy::Order { number: order.number.to_string(), gateway: "alipay".to_owned() };
        assert_eq!(*by, expected);
        // The rest is another receipt, after which nothing is left.
        let rest = m.opened(who, "payease").await;
        m.pays_and_tells(&rest).await;
        let told = m.world.told_of(who, Kind::Paid).await;
        assert!(matches!(&told[1], Facts::Paid { unpaid, .. } if unpaid.is_empty()), "{told:?}");
        assert_eq!(told.len(), 2);
        m.assert_all_agrees().await;
    }

    /// R13: what the school pays for is nothing that its candidate still has to do.
    async fn what_the_school_pays_for_is_not_told_as_unpaid(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.reachable(1).await;
        let entries = m.world.enter(who, "1;2").await.unwrap();
        let order = m.pay(who, &entries[..1], "alipay").await.unwrap();
        m.world.sql("UPDATE entry SET locked_by = 7 WHERE order_id IS NULL").await;
        m.pays_and_tells(&m.order(order).await).await;
        let told = m.world.told_of(who, Kind::Paid).await;
        assert!(matches!(&told[..], [Facts::Paid { unpaid, lines, .. }] if unpaid.is_empty() && lines.len() == 1), "{told:?}");
    }

    /// Y4.
    async fn late_money_says_that_the_seat_was_taken_again(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.reachable(1).await;
        // A second subject keeps the registration.
        let entries = m.world.enter(who, "1;2").await.unwrap();
        let kept = m.pay(who, &entries[1..], "alipay").await.unwrap();
        m.pays_and_tells(&m.order(kept).await).await;
        let order = m.opened(who, "payease").await;
        m.world.advance(hours(25));
        m.run_jobs().await;
        // An order that was closed at the end: the subject expired with it.
        let told = m.world.told_of(who, Kind::Expired).await;
        assert!(matches!(&told[..], [Facts::Expired { lines, released: false, .. }] if lines.len() == 1), "{told:?}");
        m.pays_and_tells(&order).await;
        let told = m.world.told_of(who, Kind::Paid).await;
        assert!(matches!(&told[..], [Facts::Paid { late: false, .. }, Facts::Paid { late: true, lines, .. }] if lines.len() == 1), "{told:?}");
        m.assert_all_agrees().await;
    }

    /// Y4.
    async fn a_refund_is_told_when_it_is_due_and_when_it_is_done(t: TestDb) {
        let m = PaymentWorld::open(t, 1).await;
        let who = m.world.reachable(1).await;
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "alipay").await;
        m.world.advance(hours(25));
        m.run_jobs().await;
        let other = m.world.candidate(2).await;
        m.world.enter(other, "1").await.unwrap();
        m.pays_and_tells(&order).await;
        m.pays_and_tells(&order).await;
        assert!(m.world.told_of(who, Kind::RefundDone).await.is_empty());
        for _ in 0..3 {
            m.run_jobs().await;
            m.world.advance(minutes(1));
        }
        let number = order.number.to_string();
        let told = m.world.told_of(who, Kind::RefundDue).await;
        let [Facts::RefundDue { number: of, amount: 1, reason, lines, ended: None }] = &told[..] else { panic!("{told:?}") };
        // The registration is gone, and its student is in no roster of this world: it can't come back, whatever the seats.
        assert_eq!((of, reason.as_str(), sum(lines).to_string()), (&number, "not-allowed", "0.01".to_owned()));
        assert_eq!(lines.iter().map(|line| line.zh.as_str()).collect::<Vec<_>>(), ["1"]);
        let done = Facts::RefundDone { number, amount: 1, gateway: "alipay".to_owned(), lines: lines.clone() };
        assert_eq!(m.world.told_of(who, Kind::RefundDone).await, [done]);
        assert!(m.world.told_of(who, Kind::Paid).await.is_empty());
        m.assert_all_agrees().await;
        // The message is what the check looks for.
        m.world.sql("UPDATE message SET event = '1' WHERE kind = 'refund-due'").await;
        assert_eq!(m.broken().await, ["I20"]);
    }

    /// A10.
    async fn a_refund_that_its_gateway_does_not_explain_is_told_once_as_one_that_staff_see_to(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.reachable(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "payease").await;
        m.world.sql("UPDATE entry SET locked_by = 7, order_id = NULL").await;
        m.pays_and_tells(&order).await;
        *m.bank.listing.lock().unwrap() = Listing::ReasonsDropped;
        m.bank.fail(&[Fault::AnswerLost]);
        for _ in 0..4 {
            m.run_jobs().await;
            m.world.advance(hours(7));
        }
        let told = m.world.told_of(who, Kind::RefundRefused).await;
        let [Facts::RefundRefused { amount: 2, unknown: true, lines, .. }] = &told[..] else { panic!("{told:?}") };
        assert_eq!(lines.len(), 2);
        assert!(m.world.told_of(who, Kind::RefundDone).await.is_empty(), "nobody knows yet");
        m.assert_all_agrees().await;
    }
}
