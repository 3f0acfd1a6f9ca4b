//! Refunds that two people decide: what they do to money, entry and seat, exactly, whatever happens at once.

use std::sync::Arc;

use cet_base::form_mark::Seen;

use super::world::*;
use crate::audit::testing::told_of;
use crate::entry::testing::hours;
use crate::message::{Facts, Kind};
use crate::on_both;
use crate::payment::refund_request::{Of, RequestRefusal, Wanted};
use crate::payment::rules::RefundReason;
use crate::payment::rules::refunding::Unfit;
use crate::payment::store::Order;
use crate::payment::store::refund_requests::decide;
use crate::payment::verbs::{Fate, LineFate, OrderTruth, approve, ask, refuse, truths};
use crate::situation::{self, Note};
use crate::store::{Db, DbError, Stop, Tx};
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::fen::{Fen, FenSum};
use crate::words::ids::EntryId;
use crate::words::staff::{By, Scope};
use crate::words::time::Time;

pub(super) fn by(account: &str) -> By {
    By {
        account: account.to_owned(),
        person: format!("person of {account}"),
        scope: Scope::nation(),
        address: String::new(),
    }
}

fn result<T>(done: Result<T, Stop<RequestRefusal>>) -> Result<T, RequestRefusal> {
    match done {
        Ok(value) => Ok(value),
        Err(Stop::Refused(why)) => Err(why),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}

pub(crate) fn wanted(of: Of, lines: &[(EntryId, Option<i64>)]) -> Wanted {
    Wanted {
        of,
        lines: lines.iter().map(|(id, fen)| (*id, fen.map(|fen| Fen::new(fen).unwrap()))).collect(),
        why: RefundReason::Instructed,
        reason: "letter 7".to_owned(),
    }
}

pub(crate) async fn asked(m: &PaymentWorld, who: &str, wanted: Wanted) -> Result<i64, RequestRefusal> {
    let (by, catalogue) = (by(who), Arc::clone(&m.world.catalogue));
    let done: Result<i64, Stop<RequestRefusal>> = m
        .world
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            ask(tx, Arc::clone(&catalogue), by.clone(), wanted.clone(), Seen::default()).await
        })
        .await;
    result(done)
}

async fn approved_on(db: &Db, m: &PaymentWorld, who: &str, id: i64) -> Result<(), RequestRefusal> {
    let (by, catalogue) = (by(who), Arc::clone(&m.world.catalogue));
    let done: Result<(), Stop<RequestRefusal>> = db
        .write_again(async move |tx: &mut Tx<'_>| approve(tx, Arc::clone(&catalogue), by.clone(), id).await)
        .await;
    result(done)
}

pub(crate) async fn approved(m: &PaymentWorld, who: &str, id: i64) -> Result<(), RequestRefusal> {
    approved_on(&m.world.t.db, m, who, id).await
}

pub(super) async fn refused_by(m: &PaymentWorld, who: &str, id: i64) -> Result<(), RequestRefusal> {
    let by = by(who);
    let done: Result<(), Stop<RequestRefusal>> = m
        .world
        .t
        .db
        .write_again(async move |tx: &mut Tx<'_>| refuse(tx, by.clone(), id, "no".to_owned()).await)
        .await;
    result(done)
}

/// A paid order of the subjects 1 and 2, a fen each.
pub(super) async fn paid(t: crate::store::testing::TestDb) -> (PaymentWorld, Order, Vec<EntryId>) {
    let m = PaymentWorld::open(t, 9).await;
    m.finance(&["one", "two", "three", "four"]).await;
    m.world.passport(1, "zh").await;
    let who = m.world.candidate(1).await;
    m.world.enter(who, "1;2").await.unwrap();
    let order = m.opened(who, "alipay").await;
    m.pays_and_tells(&order).await;
    assert_eq!(m.paid_entries().await, 2);
    let db = &m.world.t.db;
    let rows: Vec<(EntryId,)> = db
        .read(async |tx: &mut Tx<'_>| tx.query("SELECT id FROM entry ORDER BY subject", &[]).await)
        .await
        .unwrap();
    (m, order, rows.into_iter().map(|(id,)| id).collect())
}

async fn taken(m: &PaymentWorld) -> i64 {
    m.world.count("SELECT CAST(SUM(taken) AS BIGINT) FROM seat_pool").await
}

async fn withdrawn(m: &PaymentWorld) -> i64 {
    m.world.count("SELECT COUNT(*) FROM entry WHERE state = 'withdrawn'").await
}

async fn three_fen_each(m: &PaymentWorld) {
    m.world.sql("UPDATE entry SET fee = 3").await;
    m.world.sql("UPDATE order_line SET amount = 3").await;
    m.world.sql("UPDATE payment_order SET amount = 6").await;
    m.world.sql("UPDATE receipt SET amount = 6").await;
    m.world.sql("UPDATE receipt_line SET amount = 3").await;
}

/// What the pages of the only candidate are made of.
pub(super) async fn seen(m: &PaymentWorld, order: &Order) -> (OrderTruth, Vec<Note>, Time) {
    let (who, plan) = (order.passport, Arc::clone(m.world.catalogue.current().unwrap()));
    let read: Result<_, DbError> = m
        .world
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let standing = situation::verbs::read(tx, &plan, who, (None, false)).await?;
            let truth = truths(tx, who, &standing.money).await?.pop().unwrap();
            Ok((truth, situation::decide(&standing.facts, &plan, standing.now).notes, standing.now))
        })
        .await;
    read.unwrap()
}

on_both! {
    /// TH24, I15: whoever makes accounts makes none for both ends of a refund.
    async fn two_new_accounts_of_one_hand_are_not_the_two_people_of_a_refund(t: TestDb) {
        let (m, order, entries) = paid(t).await;
        m.world.sql("UPDATE staff_grant SET by_person = 'anna' WHERE account IN ('one', 'two')").await;
        let id = asked(&m, "one", wanted(Of::Order(order.number.clone()), &[(entries[0], None)])).await.unwrap();
        assert_eq!(approved(&m, "two", id).await, Err(RequestRefusal::TooClose));
        approved(&m, "three", id).await.unwrap();
    }

    /// Y4, Y5: whoever loses one of two tests is told which, when, and how much goes back for it.
    async fn what_staff_ended_is_named_with_its_time_and_a_part_of_a_fee_ends_nothing(t: TestDb) {
        let (m, order, entries) = paid(t).await;
        three_fen_each(&m).await;
        let part = asked(&m, "one", wanted(Of::Order(order.number.clone()), &[(entries[1], Some(1))])).await.unwrap();
        approved(&m, "two", part).await.unwrap();
        let (truth, notes, _) = seen(&m, &order).await;
        assert_eq!(entries.iter().map(|entry| truth.line_fate(*entry)).collect::<Vec<_>>(), [LineFate::Paid; 2]);
        assert_eq!(truth.money.returned.iter().map(|one| (one.entry, one.amount.get(), one.is_ended)).collect::<Vec<_>>(), [(entries[1], 1, false)]);
        assert!(matches!(&notes[..], [Note::Refund(back)] if back.ended.is_none()), "{notes:?}");
        let told = m.world.told_of(order.passport, Kind::RefundDue).await;
        assert!(matches!(&told[..], [Facts::RefundDue { lines, ended: Some(ended), .. }] if lines.len() == 1 && lines[0].fee == 1 && ended.is_empty()), "{told:?}");
        m.world.advance(hours(1));
        let whole = asked(&m, "one", wanted(Of::Order(order.number.clone()), &[(entries[0], None)])).await.unwrap();
        approved(&m, "two", whole).await.unwrap();
        let (truth, notes, at) = seen(&m, &order).await;
        for _ in 0..3 {
            m.world.advance(hours(1));
            m.run_jobs().await;
        }
        let (later, noted, _) = seen(&m, &order).await;
        for truth in [&truth, &later] {
            assert_eq!(entries.iter().map(|entry| truth.line_fate(*entry)).collect::<Vec<_>>(), [LineFate::Ended(at), LineFate::Paid]);
        }
        assert_eq!((truth.fate(at), later.fate(at)), (Fate::InPart { rest: FenSum::new(4).unwrap(), is_back: false }, Fate::InPart { rest: FenSum::new(4).unwrap(), is_back: true }));
        for notes in [&notes, &noted] {
            let Some(Note::Refund(back)) = notes.first() else { panic!("{notes:?}") };
            assert_eq!((back.sum.get(), &back.ended), (3, &Some((vec![SubjectCode::parse("1").unwrap()], at))));
        }
        let told = m.world.told_of(order.passport, Kind::RefundDue).await;
        let Some(Facts::RefundDue { ended: Some(ended), .. }) = told.last() else { panic!("{told:?}") };
        assert_eq!(ended.iter().map(|line| line.zh.as_str()).collect::<Vec<_>>(), ["1"]);
        m.assert_all_agrees().await;
    }

    /// Y5: what a job carries out after an approval is looked at again.
    async fn a_line_of_which_a_part_went_back_between_approval_and_job_is_left_as_it_is(t: TestDb) {
        let (m, order, entries) = paid(t).await;
        three_fen_each(&m).await;
        let part = |reason: &str| {
            let of = wanted(Of::Order(order.number.clone()), &[(entries[0], Some(1))]);
            Wanted { reason: reason.to_owned(), ..of }
        };
        let late = asked(&m, "one", part("letter 7")).await.unwrap();
        let first = asked(&m, "one", part("letter 8")).await.unwrap();
        // Approved and not begun, as the rest of a long request stands.
        let decided: Result<bool, DbError> = m
            .world
            .t
            .db
            .write(async move |tx: &mut Tx<'_>| {
                decide(tx, late, ("approved", ""), ("two", "person of two")).await
            })
            .await;
        assert!(decided.unwrap());
        approved(&m, "two", first).await.unwrap();
        m.run_jobs().await;
        assert_eq!(m.world.count("SELECT CAST(SUM(amount) AS BIGINT) FROM refund").await, 1);
        assert_eq!(m.world.count("SELECT COUNT(*) FROM refund_request_line WHERE state = 'left'").await, 1);
        m.assert_all_agrees().await;
    }

    async fn a_whole_fee_that_two_people_send_back_ends_the_entry_and_frees_its_seat(t: TestDb) {
        let (m, order, entries) = paid(t).await;
        assert_eq!(taken(&m).await, 2);
        let id = asked(&m, "one", wanted(Of::Order(order.number.clone()), &[(entries[0], None)])).await.unwrap();
        assert_eq!((withdrawn(&m).await, m.refunds().await.len()), (0, 0), "asking alone does nothing");
        assert_eq!(approved(&m, "one", id).await, Err(RequestRefusal::SamePerson));
        approved(&m, "two", id).await.unwrap();
        approved(&m, "two", id).await.unwrap();
        assert_eq!((withdrawn(&m).await, m.paid_entries().await, taken(&m).await), (1, 1, 1));
        assert_eq!(m.refunds().await, ["instructed"]);
        m.run_jobs().await;
        assert_eq!(m.bank.refunded(), 1);
        assert_eq!(m.world.told_of(order.passport, Kind::RefundDue).await.len(), 1);
        assert_eq!(told_of(&m.world.t.db, "entry-withdrawn").await.unwrap().len(), 1);
        m.assert_all_agrees().await;
    }

    async fn a_part_leaves_the_entry_and_its_rest_ends_it(t: TestDb) {
        let (m, order, entries) = paid(t).await;
        three_fen_each(&m).await;
        let of = || Of::Order(order.number.clone());
        assert_eq!(
            asked(&m, "one", wanted(of(), &[(entries[0], Some(4))])).await,
            Err(RequestRefusal::Unfit(entries[0], Unfit::TooMuch))
        );
        let part = asked(&m, "one", wanted(of(), &[(entries[0], Some(1))])).await.unwrap();
        approved(&m, "two", part).await.unwrap();
        assert_eq!((withdrawn(&m).await, m.paid_entries().await), (0, 2));
        m.assert_all_agrees().await;
        let rest = asked(&m, "two", wanted(of(), &[(entries[0], None)])).await.unwrap();
        approved(&m, "one", rest).await.unwrap();
        assert_eq!((withdrawn(&m).await, m.paid_entries().await), (1, 1));
        assert_eq!(m.world.count("SELECT CAST(SUM(amount) AS BIGINT) FROM refund").await, 3);
        m.assert_all_agrees().await;
    }

    async fn nothing_goes_back_of_an_order_while_a_refund_in_the_gateways_console_is_unexplained(t: TestDb) {
        let (m, order, entries) = paid(t).await;
        let whole = || wanted(Of::Order(order.number.clone()), &[(entries[0], None)]);
        let before = asked(&m, "one", whole()).await.unwrap();
        let elsewhere = [("refund_fee", "0.01"), ("gmt_refund", "2017-09-20 12:30:00"), ("out_biz_no", "console-1")];
        assert_eq!(m.notify(&alipay_notice(&order, "TRADE_SUCCESS", &elsewhere)).await, "success");
        assert_eq!(
            asked(&m, "two", whole()).await,
            Err(RequestRefusal::Unfit(entries[0], Unfit::Unexplained))
        );
        assert_eq!(approved(&m, "two", before).await, Err(RequestRefusal::Unexplained), "asked before it was known");
        assert_eq!((m.paid_entries().await, m.refunds().await.len()), (2, 0));
        m.world.sql("UPDATE suspense SET state = 'settled', settled_as = 'explained', settled_by = 'three', settled_at = 1").await;
        let after = asked(&m, "one", whole()).await.unwrap();
        approved(&m, "two", after).await.unwrap();
        assert_eq!((m.paid_entries().await, m.refunds().await.len()), (1, 1));
    }

    async fn of_two_requests_for_one_line_only_the_first_approved_is_carried_out(t: TestDb) {
        let (m, order, entries) = paid(t).await;
        let of = || Of::Order(order.number.clone());
        let first = asked(&m, "one", wanted(of(), &[(entries[0], None)])).await.unwrap();
        let both = asked(&m, "one", wanted(of(), &[])).await.unwrap();
        assert_eq!(asked(&m, "one", wanted(of(), &[])).await.unwrap(), both, "the form was sent again");
        approved(&m, "two", first).await.unwrap();
        assert_eq!(approved(&m, "two", both).await, Err(RequestRefusal::Changed));
        assert_eq!((withdrawn(&m).await, m.refunds().await.len()), (1, 1));
        m.assert_all_agrees().await;
    }

    async fn approvals_and_refusals_at_once_send_the_money_back_once_or_not_at_all(t: TestDb) {
        let (m, order, _) = paid(t).await;
        let other = m.world.t.another_node().await;
        let id = asked(&m, "one", wanted(Of::Order(order.number.clone()), &[])).await.unwrap();
        let (first, second, refusal) = tokio::join!(
            approved(&m, "two", id),
            approved_on(&other, &m, "three", id),
            refused_by(&m, "four", id),
        );
        let decided = [first, second, refusal];
        assert_eq!(decided.iter().filter(|done| done.is_ok()).count(), 1, "{decided:?}");
        let back = m.world.count("SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0) FROM refund").await;
        let gone = if decided[2].is_ok() { 0 } else { 2 };
        assert_eq!((back, withdrawn(&m).await, taken(&m).await), (gone, gone, 2 - gone));
        m.assert_all_agrees().await;
    }

    /// Whoever decides again, from another window or on the other side of the desk, changes nothing.
    async fn a_request_that_is_decided_is_decided_for_everybody_and_a_repeat_is_no_second_decision(t: TestDb) {
        let (m, order, _) = paid(t).await;
        let of = || wanted(Of::Order(order.number.clone()), &[]);
        let told = async || {
            m.world.count("SELECT COUNT(*) FROM payment_event WHERE kind IN ('refund-approved', 'refund-turned-down')").await
        };
        let refused = asked(&m, "one", of()).await.unwrap();
        refused_by(&m, "two", refused).await.unwrap();
        refused_by(&m, "two", refused).await.unwrap();
        for who in ["one", "two", "three"] {
            assert_eq!(approved(&m, who, refused).await, Err(RequestRefusal::Over), "{who}");
        }
        assert_eq!(refused_by(&m, "one", refused).await, Err(RequestRefusal::Over), "it is not taken back any more");
        assert_eq!((told().await, m.refunds().await.len(), withdrawn(&m).await), (1, 0, 0));
        let given = asked(&m, "one", of()).await.unwrap();
        approved(&m, "two", given).await.unwrap();
        approved(&m, "two", given).await.unwrap();
        for who in ["one", "three"] {
            assert_eq!(approved(&m, who, given).await, Err(RequestRefusal::Over), "{who}");
        }
        for who in ["one", "two", "three"] {
            assert_eq!(refused_by(&m, who, given).await, Err(RequestRefusal::Over), "{who}");
        }
        assert_eq!((told().await, m.refunds().await.len(), withdrawn(&m).await), (2, 1, 2));
        m.assert_all_agrees().await;
    }

    async fn a_request_lapses_after_seven_days(t: TestDb) {
        let (m, order, _) = paid(t).await;
        let id = asked(&m, "one", wanted(Of::Order(order.number.clone()), &[])).await.unwrap();
        m.world.advance(hours(24 * 7));
        assert_eq!(approved(&m, "two", id).await, Err(RequestRefusal::Over));
        assert_eq!(withdrawn(&m).await, 0);
    }

    async fn a_cancelled_exam_sends_back_what_everybody_paid_for_it_and_nothing_else(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        m.finance(&["one", "two"]).await;
        for n in 1..=3 {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1;2").await.unwrap();
            let order = m.opened(who, if n == 2 { "payease" } else { "alipay" }).await;
            m.pays_and_tells(&order).await;
        }
        let exam = |subject: &str, campus: &str| Of::Exam {
            sitting: crate::entry::testing::sitting(),
            subject: SubjectCode::parse(subject).ok(),
            campus: CampusCode::parse(campus).ok(),
        };
        // Without a campus at every one, without a subject every one, and with neither the whole sitting.
        let home = crate::entry::testing::HOME;
        for (subject, campus, lines) in [("1", "", 3), ("", home, 6), ("", "", 6), ("3", "", 0), ("", "110010", 0)] {
            let id = asked(&m, "one", wanted(exam(subject, campus), &[])).await;
            let expected = if lines == 0 { Err(RequestRefusal::Nothing) } else { Ok(lines) };
            let asked = match id {
                Ok(_) => Ok(m.world.count("SELECT line_count FROM refund_request ORDER BY id DESC LIMIT 1").await),
                Err(why) => Err(why),
            };
            assert_eq!(asked, expected, "{subject} at {campus}");
        }
        m.world.sql("DELETE FROM refund_request_line").await;
        m.world.sql("DELETE FROM refund_request").await;
        let id = asked(&m, "one", wanted(exam("1", home), &[])).await.unwrap();
        approved(&m, "two", id).await.unwrap();
        for _ in 0..3 {
            m.run_jobs().await;
            m.world.advance(crate::entry::testing::minutes(2));
        }
        assert_eq!((withdrawn(&m).await, m.paid_entries().await, m.bank.refunded()), (3, 3, 3));
        // Each order is told who asked and who approved.
        for (sql, n) in [
            ("SELECT COUNT(*) FROM payment_event WHERE kind = 'refund-asked' AND detail LIKE '%\"by\":\"one\"%'", 3),
            ("SELECT COUNT(*) FROM payment_event WHERE kind = 'refund-approved' AND detail LIKE '%\"by\":\"two\"%'", 3),
        ] {
            assert_eq!(m.world.count(sql).await, n, "{sql}");
        }
        assert_eq!(m.world.count("SELECT COUNT(*) FROM entry WHERE state = 'withdrawn' AND subject <> '1'").await, 0);
        m.assert_all_agrees().await;
    }
}
