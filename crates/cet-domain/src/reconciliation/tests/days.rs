use gateway::GatewayCode;
use gateway::bill::{BillKind, BillRow};
use jiff::SignedDuration;

use super::*;
use crate::entry::testing::minutes;
use crate::on_both;
use crate::payment::rules::OrderState;
use crate::payment::tests::world::{Fault, school};
use crate::reconciliation::Class;
use crate::reconciliation::rules::{Differing, across_days};

pub(super) const GATEWAYS: [(GatewayCode, &str); 3] = [
    (gateway::alipay::CODE, "alipay"),
    (gateway::payease::CODE, "payease"),
    (gateway::wechat::CODE, "wechat"),
];

pub(super) async fn opened(w: &PaymentWorld, n: i64, gateway: &str) -> Order {
    let who = w.world.candidate(n).await;
    w.world.enter(who, "1").await.unwrap();
    w.opened(who, gateway).await
}

/// A candidate pays, and the gateway tells us.
pub(super) async fn pays(w: &PaymentWorld, n: i64, gateway: &str) -> BillRow {
    let order = opened(w, n, gateway).await;
    w.pays_and_tells(&order).await;
    paid(w, &order, now(w))
}

pub(super) fn classes(found: &[(String, String)]) -> Vec<(&str, &str)> {
    found.iter().map(|(class, state)| (class.as_str(), state.as_str())).collect()
}

/// How much of what the day's sides are apart is across days.
async fn across(w: &PaymentWorld, of: Of) -> i64 {
    let row = day(w, of).await;
    let sums: Result<Vec<Differing>, DbError> =
        w.world.t.db.read(async move |tx: &mut Tx<'_>| store::sums(tx, of).await).await;
    across_days(row.our_paid.get() - row.their_paid.get(), &sums.unwrap())
}

on_both! {
    async fn a_day_on_which_both_books_agree_has_no_difference_and_is_signed(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        for ((code, name), n) in GATEWAYS.into_iter().zip([1, 3, 5]) {
            let rows = [pays(&w, n, name).await, pays(&w, n + 1, name).await];
            let kept = now(&w);
            let of = Of { gateway: code, day: tomorrow(&w) };
            assert_eq!(compared(&w, of, &rows).await, []);
            let figures = day(&w, of).await;
            assert_eq!((figures.matched, figures.our_payments, figures.our_paid), (2, 2, figures.their_paid));
            assert_eq!(signs(&w, of, "second").await, Ok(()));
            assert_eq!(day(&w, of).await.state, "signed");
            w.world.t.clock.set(kept);
        }
        w.assert_all_agrees().await;
    }

    /// I27.
    async fn a_day_that_is_compared_again_meanwhile_is_not_signed_as_it_was(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let rows = [pays(&w, 1, "alipay").await];
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        assert_eq!(compared(&w, of, &rows).await, []);
        let seen = day(&w, of).await.compared_at;
        w.world.t.clock.set(now(&w).plus(SignedDuration::from_secs(1)));
        assert_eq!(compared(&w, of, &[]).await.len(), 1, "a corrected bill, without our payment");
        let done: Result<bool, DbError> =
            w.world.t.db.write(async move |tx: &mut Tx<'_>| store::sign(tx, of, "second", seen).await).await;
        assert!(!done.unwrap());
    }

    async fn a_bill_that_broke_off_is_deleted_and_told_once_nobody_can_send_it_any_more(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let begun: Result<i64, DbError> = w
            .world
            .t
            .db
            .write(async |tx: &mut Tx<'_>| {
                let id = store::insert_file(tx, "uploader").await?;
                store::append(tx, id, 0, b"#").await?;
                Ok(id)
            })
            .await;
        begun.unwrap();
        let (parts, files) =
            ("SELECT COUNT(*) FROM reconciliation_part", "SELECT COUNT(*) FROM reconciliation_file");
        for (hours, kept) in [(5, 1), (2, 0), (1, 0)] {
            w.world.t.clock.set(now(&w).plus(SignedDuration::from_hours(hours)));
            jobs::round(&w.payments).await.unwrap();
            assert_eq!((w.world.count(parts).await, w.world.count(files).await), (kept, kept));
        }
        assert_eq!(w.payments.alarms.count(crate::alarms::BILL_BROKEN_OFF), 1);
        let told = crate::audit::testing::told_of(&w.world.t.db, "bill-broken-off").await.unwrap();
        assert_eq!(told.len(), 1);
    }

    async fn of_a_bill_that_cannot_be_read_the_reason_stays_and_its_bytes_go(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        let parts = "SELECT COUNT(*) FROM reconciliation_part";
        arrives(&w, of, &bill(&w, of, &[])).await.unwrap();
        while jobs::round(&w.payments).await.unwrap().done > 0 {}
        assert_eq!((newest(&w, of).await.state.as_str(), w.world.count(parts).await), ("compared", 1), "it is kept as it came");
        arrives(&w, of, b"no bill\n").await.unwrap();
        while jobs::round(&w.payments).await.unwrap().done > 0 {}
        let bad = newest(&w, of).await;
        assert_eq!((bad.state.as_str(), bad.fault.as_str()), ("bad", "bill-heading"));
        assert_eq!(w.world.count(parts).await, 1);
        w.world.sql("UPDATE reconciliation_file SET fault = 'bill-not-compared' WHERE state = 'bad'").await;
        arrives(&w, of, b"no bill either\n").await.unwrap();
        jobs::compare_next(&w.payments).await.unwrap();
        let ours = async move |tx: &mut Tx<'_>| store::append(tx, bad.id, 0, b"ours").await;
        w.world.t.db.write(ours).await.unwrap();
        while jobs::round(&w.payments).await.unwrap().done > 0 {}
        assert_eq!(w.world.count(parts).await, 2, "what we failed at is kept");
    }

    async fn a_day_without_a_bill_sounds_the_alarm_from_two_days_after_its_end(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        pays(&w, 1, "alipay").await;
        w.bank.fail(&[Fault::Timeout; 100]);
        let end = Day::of(now(&w)).next().begins();
        let missing = || w.payments.alarms.count(crate::alarms::BILL_MISSING);
        for hours in 3..49 {
            w.world.t.clock.set(end.plus(SignedDuration::from_hours(hours)));
            while jobs::round(&w.payments).await.unwrap() > 0 {}
            assert_eq!(missing(), 0, "{hours} h");
        }
        for hours in 49..56 {
            w.world.t.clock.set(end.plus(SignedDuration::from_hours(hours)));
            while jobs::round(&w.payments).await.unwrap() > 0 {}
        }
        assert!(missing() >= 1);
        // What is uploaded ends it.
        let of = Of { gateway: gateway::alipay::CODE, day: Day::of(end).before() };
        arrives(&w, of, &bill(&w, of, &[])).await.unwrap();
        while jobs::round(&w.payments).await.unwrap() > 0 {}
        let heard = missing();
        w.world.t.clock.set(end.plus(SignedDuration::from_hours(71)));
        while jobs::round(&w.payments).await.unwrap() > 0 {}
        assert_eq!(missing(), heard);
    }

    async fn a_refund_that_only_the_bill_has_is_put_before_finance_under_our_number_of_its_order(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let row = pays(&w, 1, "payease").await;
        let of = Of { gateway: gateway::payease::CODE, day: tomorrow(&w) };
        let back = BillRow { kind: BillKind::Refund, reference: "K1".to_owned(), ..row.clone() };
        assert_eq!(classes(&compared(&w, of, &[row, back]).await), [("refund-extra", "open")]);
        let number = differences(&w, of).await.remove(0).order_number;
        assert!(number.parse::<gateway::OrderNumber>().is_ok(), "{number}");
    }

    async fn a_day_without_money_waits_for_nobody(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        assert_eq!(compared(&w, of, &[]).await, []);
        let waiting: Result<_, DbError> = w.world.t.db.read(async |tx: &mut Tx<'_>| store::to_sign(tx).await).await;
        assert_eq!((day(&w, of).await.state.as_str(), waiting.unwrap()), ("compared", (0, None)));
        assert_eq!(signs(&w, of, "second").await, Ok(()), "it can be signed all the same");
    }

    async fn each_kind_of_difference_is_named(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let good = pays(&w, 1, "alipay").await;
        let ours_only = pays(&w, 2, "alipay").await;
        let other_sum = BillRow { amount_fen: 7, ..pays(&w, 3, "alipay").await };
        let at = now(&w);
        let theirs_only = paid(&w, &opened(&w, 4, "alipay").await, at);
        let again = BillRow { trade_no: "T2".to_owned(), reference: "T2".to_owned(), ..good.clone() };
        let unknown = BillRow { wire_number: "99301000000000000009".to_owned(), ..again.clone() };
        let refund = BillRow { kind: BillKind::Refund, reference: "R993019".to_owned(), ..good.clone() };
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        let rows = [good, other_sum, theirs_only, again, unknown, refund];
        let mut found = compared(&w, of, &rows).await;
        found.sort();
        assert_eq!(
            classes(&found),
            [
                ("ours-only", "open"),
                ("refund-extra", "open"),
                ("sum", "open"),
                ("theirs-only", "open"),
                ("twice", "open"),
                ("unknown-order", "open"),
            ]
        );
        let lonely = differences(&w, of).await.into_iter().find(|of| of.class == "ours-only").unwrap();
        assert_eq!(lonely.trade_no, ours_only.trade_no);
        assert_eq!(signs(&w, of, "second").await, Err(Refusal::Open(6, 0)));
    }

    /// 补记账.
    async fn money_that_only_the_bill_has_is_booked_by_the_gateways_answer_and_by_nothing_else(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        for ((code, name), n) in GATEWAYS.into_iter().zip(1..) {
            let kept = now(&w);
            let order = opened(&w, n, name).await;
            let row = paid(&w, &order, now(&w));
            let of = Of { gateway: code, day: tomorrow(&w) };
            assert_eq!(classes(&compared(&w, of, std::slice::from_ref(&row)).await), [("theirs-only", "open")]);
            let id = differences(&w, of).await[0].id;
            assert_eq!(decides(&w, of, id, Decision::Booked, "").await, Err(Refusal::NotConfirmed));
            assert_ne!(w.order(order.id).await.state, OrderState::Paid);
            w.pays(&order);
            assert_eq!(decides(&w, of, id, Decision::Booked, "").await, Ok(()));
            assert_eq!(differences(&w, of).await[0].resolved_as, "booked");
            assert_eq!(decides(&w, of, id, Decision::Follow, "x").await, Err(Refusal::Resolved));
            assert_eq!(signs(&w, of, "first").await, Err(Refusal::Handled));
            assert_eq!(signs(&w, of, "second").await, Ok(()));
            // The next day does not miss what was booked on it.
            let next = Of { day: of.day.next(), ..of };
            w.world.t.clock.set(next.day.next().begins().plus(SignedDuration::from_hours(3)));
            assert_eq!(compared(&w, next, &[]).await, []);
            w.world.t.clock.set(kept);
        }
    }

    async fn the_same_bill_again_changes_nothing_and_a_corrected_one_keeps_what_was_explained(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let (one, two) = (pays(&w, 1, "alipay").await, pays(&w, 2, "alipay").await);
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        compared(&w, of, &[]).await;
        let before = differences(&w, of).await;
        assert_eq!(before.len(), 2);
        let explained = before.iter().find(|of| of.trade_no == one.trade_no).unwrap();
        assert_eq!(decides(&w, of, explained.id, Decision::Explained, "").await, Err(Refusal::NoteMissing));
        decides(&w, of, explained.id, Decision::Explained, "the gateway says so").await.unwrap();
        let file = newest(&w, of).await.id;
        compared(&w, of, &[]).await;
        assert_eq!(newest(&w, of).await.id, file, "the same bill is taken once");
        let other = BillRow { wire_number: "99301000000000000009".to_owned(), trade_no: "T9".to_owned(), reference: "T9".to_owned(), ..two.clone() };
        compared(&w, of, &[two, other]).await;
        let after = differences(&w, of).await;
        let states: Vec<_> = after.iter().map(|of| (of.class.as_str(), of.state.as_str(), of.note.as_str())).collect();
        assert_eq!(states, [("ours-only", "resolved", "the gateway says so"), ("unknown-order", "open", "")]);
    }

    /// I27.
    async fn a_signed_day_takes_no_bill_and_no_decision(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let row = pays(&w, 1, "alipay").await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        assert_eq!(signs(&w, of, "second").await, Err(Refusal::NotFound));
        compared(&w, of, &[]).await;
        let id = differences(&w, of).await[0].id;
        decides(&w, of, id, Decision::Follow, "asked the gateway").await.unwrap();
        decides(&w, of, id, Decision::Explained, "it stands in a letter").await.unwrap();
        assert_eq!(signs(&w, of, "first").await, Err(Refusal::Handled));
        signs(&w, of, "second").await.unwrap();
        assert_eq!(signs(&w, of, "second").await, Ok(()), "a repeat");
        assert_eq!(signs(&w, of, "third").await, Err(Refusal::Signed));
        assert_eq!(arrives(&w, of, &bill(&w, of, &[row])).await, Err(Refusal::Signed));
        assert_eq!(decides(&w, of, id, Decision::Follow, "x").await, Err(Refusal::Signed));
    }

    async fn money_around_midnight_is_found_in_the_neighbours_bill(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let today = Day::of(now(&w));
        let of = Of { gateway: gateway::alipay::CODE, day: today };
        let next = Of { day: today.next(), ..of };
        // Paid before midnight, booked after it.
        w.world.t.clock.set(next.day.begins().minus(minutes(1)));
        let order = opened(&w, 1, "alipay").await;
        let early = paid(&w, &order, now(&w));
        w.world.t.clock.set(next.day.begins().plus(minutes(2)));
        w.pays_and_tells(&order).await;
        // Booked before midnight; the gateway's clock is ahead.
        w.world.t.clock.set(next.day.begins().minus(minutes(1)));
        let ahead = pays(&w, 2, "alipay").await;
        let ahead = BillRow { at: next.day.begins().timestamp(), ..ahead };
        w.world.t.clock.set(next.day.begins().plus(minutes(180)));
        assert_eq!(classes(&compared(&w, of, &[early]).await), [("ours-only", "next-day")]);
        assert_eq!(day(&w, of).await.matched_late, 1);
        assert_eq!(signs(&w, of, "second").await, Err(Refusal::Open(0, 1)));
        w.world.t.clock.set(next.day.next().begins().plus(minutes(180)));
        assert_eq!(compared(&w, next, std::slice::from_ref(&ahead)).await, []);
        assert_eq!(differences(&w, of).await, []);
        signs(&w, of, "second").await.unwrap();
        // A trade that two bills have is there twice.
        let third = Of { day: next.day.next(), ..of };
        w.world.t.clock.set(third.day.next().begins().plus(minutes(180)));
        let again = BillRow { at: third.day.begins().timestamp(), ..ahead };
        assert_eq!(classes(&compared(&w, third, &[again]).await), [("twice", "open")]);
    }

    async fn two_sides_apart_without_a_difference_have_money_across_days(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let of = Of { gateway: gateway::alipay::CODE, day: Day::of(now(&w)) };
        let next = Of { day: of.day.next(), ..of };
        // Booked before midnight; the gateway's clock is ahead.
        w.world.t.clock.set(next.day.begins().minus(minutes(1)));
        let row = BillRow { at: next.day.begins().timestamp(), ..pays(&w, 1, "alipay").await };
        w.world.t.clock.set(next.day.begins().plus(minutes(180)));
        compared(&w, of, &[]).await;
        assert_eq!(across(&w, of).await, 0, "until the next day's bill has it, it is a difference");
        w.world.t.clock.set(next.day.next().begins().plus(minutes(180)));
        assert_eq!(compared(&w, next, &[row]).await, []);
        assert_eq!((across(&w, of).await, across(&w, next).await), (1, -1));
        assert_eq!(differences(&w, of).await, []);
    }

    async fn what_the_next_days_bill_does_not_have_is_a_difference(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let today = Day::of(now(&w));
        let of = Of { gateway: gateway::payease::CODE, day: today };
        w.world.t.clock.set(of.day.next().begins().minus(minutes(1)));
        pays(&w, 1, "payease").await;
        w.world.t.clock.set(of.day.next().begins().plus(minutes(180)));
        assert_eq!(classes(&compared(&w, of, &[]).await), [("ours-only", "next-day")]);
        let next = Of { day: of.day.next(), ..of };
        w.world.t.clock.set(next.day.next().begins().plus(minutes(180)));
        compared(&w, next, &[]).await;
        assert_eq!(differences(&w, of).await[0].state, "open");
    }

    async fn refunds_are_compared_by_their_numbers(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let row = pays(&w, 1, "alipay").await;
        w.world.t.db.write(async |tx: &mut Tx<'_>| {
            let sql = "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at,
                                           done_at, try_at, tries, sent_at)
                       SELECT school, 9, order_id, id, amount, 'surplus', 'R993019', 'done', received_at, received_at, NULL,
                              1, received_at
                         FROM receipt WHERE school = $1";
            tx.execute(sql, crate::params![school()]).await
        }).await.unwrap();
        w.world.t.db.write(async |tx: &mut Tx<'_>| tx.execute("DELETE FROM receipt_line WHERE school = $1", crate::params![school()]).await).await.unwrap();
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        let back = BillRow { kind: BillKind::Refund, reference: "R993019".to_owned(), ..row.clone() };
        assert_eq!(compared(&w, of, &[row.clone(), back.clone()]).await, []);
        assert_eq!(classes(&compared(&w, of, std::slice::from_ref(&row)).await), [("refund-missing", "open")]);
        let wrong = BillRow { amount_fen: 2, ..back };
        assert_eq!(classes(&compared(&w, of, &[row, wrong]).await), [("sum", "open")]);
    }

    /// The bill is fetched in the morning, and again until there is one; from no host but the gateway's (SSRF).
    async fn a_job_fetches_each_bill_once_it_is_there_and_from_nobody_else(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        for ((code, name), n) in GATEWAYS.into_iter().zip(1..) {
            let kept = now(&w);
            let row = pays(&w, n, name).await;
            let of = Of { gateway: code, day: tomorrow(&w) };
            let written = bill(&w, of, &[row]);
            let url = format!("http://127.0.0.1:{}/bill", if name == "wechat" { 9003 } else { 9001 });
            *w.bank.bill.lock().unwrap() = Some((url.clone(), written.clone()));
            while jobs::round(&w.payments).await.unwrap() > 0 {}
            assert_eq!((day(&w, of).await.state.as_str(), day(&w, of).await.fetches), ("waiting", 0), "too early");
            w.world.advance(minutes(20));
            for foreign in ["http://127.0.0.1:9001.evil.example/bill", "http://169.254.169.254/", "http://127.0.0.1:9001@evil.example/"] {
                if name != "payease" {
                    *w.bank.bill.lock().unwrap() = Some((foreign.to_owned(), written.clone()));
                    while jobs::round(&w.payments).await.unwrap() > 0 {}
                    assert_eq!(day(&w, of).await.state, "waiting", "{foreign}");
                    w.world.advance(minutes(200));
                }
            }
            if name == "wechat" {
                *w.bank.bill.lock().unwrap() = Some((format!("{url}?altered"), written.clone()));
                while jobs::round(&w.payments).await.unwrap() > 0 {}
                assert_eq!(day(&w, of).await.state, "waiting", "not the bill that was announced");
                w.world.advance(minutes(200));
            }
            *w.bank.bill.lock().unwrap() = None;
            while jobs::round(&w.payments).await.unwrap() > 0 {}
            assert_eq!(day(&w, of).await.state, "waiting", "not yet");
            w.world.advance(minutes(200));
            *w.bank.bill.lock().unwrap() = Some((url, written));
            while jobs::round(&w.payments).await.unwrap() > 0 {}
            assert_eq!(day(&w, of).await.state, "compared");
            assert_eq!(newest(&w, of).await.account, "");
            *w.bank.bill.lock().unwrap() = None;
            w.world.t.clock.set(kept);
        }
    }

    /// I27.
    async fn the_check_of_the_database_finds_a_day_that_was_signed_too_early(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        pays(&w, 1, "alipay").await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        compared(&w, of, &[]).await;
        assert!(!w.broken().await.contains(&"I27"));
        w.world.sql("UPDATE reconciliation_day SET state = 'signed', signed_at = 1 WHERE state = 'compared'").await;
        assert!(w.broken().await.contains(&"I27"));
    }
}

#[test]
fn only_what_a_gateway_can_confirm_can_be_booked() {
    let booked: Vec<_> = Class::ALL.into_iter().filter(|class| class.can_be_booked()).collect();
    assert_eq!(booked, [Class::TheirsOnly, Class::RefundExtra]);
}
