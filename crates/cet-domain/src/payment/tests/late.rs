//! Money for a registration that was released with its last entry (R7, Y4).

use super::world::*;
use crate::audit::testing::told_of;
use crate::entry::testing::{HOME, bound, bound_by, hours, minutes};
use crate::on_both;
use crate::params;
use crate::payment::rules::OrderState;
use crate::payment::store::{self, Order};
use crate::payment::verbs::{Refreshed, order_page, refresh};
use crate::registration::store::{self as registration, scoped};
use crate::store::testing::TestDb;
use crate::store::{DbError, Tx};
use crate::words::ids::PassportId;

/// What the payer is told of the only refund.
async fn told_why(m: &PaymentWorld) -> String {
    let sql = "SELECT COALESCE(told, reason) FROM refund";
    let (told,) = m
        .world
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| tx.query_one::<(String,)>(sql, &[]).await)
        .await
        .unwrap();
    told
}

/// Candidate 1, a student in the roster, has let an order for English 4 expire; the registration is gone.
async fn run_out(t: TestDb, subjects: &str) -> (PaymentWorld, PassportId, Order) {
    let m = PaymentWorld::open(t, 1).await;
    let who = m.world.candidate(1).await;
    let known: Result<(), DbError> = m
        .world
        .t
        .db
        .write(async |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO import (id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at)
                 VALUES (1, 'roster', '2017-2', '', '', 1, 'published', 0, 0)",
                &[],
            )
            .await?;
            tx.execute(
                "INSERT INTO student_record
                    (school, id, sitting, import_id, campus, name, name_key, sex, document_kind, document_sealed,
                     document_key, education, duration, entry_year, grade, college, major, class, student_number,
                     remark, listed_subjects, barred_subjects)
                 VALUES ($1, 1, '2017-2', 1, $2, '颜', '颜', '女', 'macau-id', $3, $4, '', '', '', '', '', '', '', '',
                         '', '', '')",
                params![school(), HOME, vec![7_u8], vec![7_u8; 16]],
            )
            .await?;
            Ok(())
        })
        .await;
    known.unwrap();
    m.world.enter(who, subjects).await.unwrap();
    let order = m.opened(who, "payease").await;
    m.world.advance(hours(25));
    m.run_jobs().await;
    assert!(m.world.registration(who).await.is_none());
    (m, who, order)
}

on_both! {
    /// R7, Y4.
    async fn late_money_brings_the_registration_back_with_its_seat(t: TestDb) {
        let (m, who, order) = run_out(t, "1").await;
        assert_eq!(m.pays_and_tells(&order).await, "sent");
        assert!(m.world.registration(who).await.is_some());
        assert_eq!((m.paid_entries().await, m.world.taken("1").await, m.refunds().await), (1, 1, Vec::new()));
        let told = async |action| told_of(&m.world.t.db, action).await.unwrap();
        let (retaken, bound) = (told("entry-retaken").await, format!("Passport: (none) → {who}"));
        assert!(matches!(&retaken[..], [line] if line.ends_with("; State: expired → paid; Amount: (none) → 0.01 yuan")), "{retaken:?}");
        assert_eq!((told("registration-revived").await, told("entry-paid").await), (vec![bound], Vec::new()));
        assert_eq!(told("registration-released").await, [format!("Passport: {who} → (none)")]);
        m.assert_all_agrees().await;
    }

    async fn without_a_seat_the_money_goes_back_and_the_registration_stays_gone(t: TestDb) {
        let (m, who, order) = run_out(t, "1").await;
        let second = m.world.candidate(2).await;
        m.world.enter(second, "1").await.unwrap();
        assert_eq!(m.pays_and_tells(&order).await, "sent");
        assert!(m.world.registration(who).await.is_none());
        assert_eq!((m.paid_entries().await, m.refunds().await), (0, vec!["no-seat".to_owned()]));
        m.assert_all_agrees().await;
    }

    async fn a_student_or_passport_bound_anew_is_left_alone_and_the_money_goes_back(t: TestDb) {
        let (m, who, order) = run_out(t, "1").await;
        m.world.advance(hours(30));
        let bound = bound(&m.world.t.db, &m.world.catalogue, 1, 5).await.unwrap();
        assert_eq!(m.pays_and_tells(&order).await, "sent");
        assert_eq!(m.world.registration(who).await.map(|of| of.id), Some(bound.id));
        assert_eq!((m.paid_entries().await, m.refunds().await), (0, vec!["no-seat".to_owned()]));
        assert_eq!(told_why(&m).await, "not-allowed");
        m.assert_all_agrees().await;
    }

    /// W3: who paid is told that the student is another passport's by now, and nothing of whose.
    async fn money_for_a_student_whom_another_passport_has_bound_meanwhile_goes_back_as_bound_elsewhere(t: TestDb) {
        let (m, who, order) = run_out(t, "1").await;
        let (db, catalogue) = (&m.world.t.db, &m.world.catalogue);
        // By the document of the record that the released registration was of.
        let other = bound_by(db, catalogue, 2, (1, vec![7_u8; 16])).await.unwrap();
        assert_eq!(m.pays_and_tells(&order).await, "sent");
        assert_eq!(told_why(&m).await, "bound-elsewhere");
        assert_eq!((m.paid_entries().await, m.refunds().await), (0, vec!["no-seat".to_owned()]));
        assert!(m.world.registration(who).await.is_none());
        assert_eq!(m.world.registration(other.passport).await.map(|of| of.id), Some(other.id), "it stays where it is");
        m.assert_all_agrees().await;
    }

    async fn what_the_roster_no_longer_grants_is_not_seated_again(t: TestDb) {
        let (m, who, order) = run_out(t, "2").await;
        assert_eq!(m.pays_and_tells(&order).await, "sent");
        assert!(m.world.registration(who).await.is_none(), "without a score CET6 is not granted");
        assert_eq!((m.paid_entries().await, m.refunds().await), (0, vec!["no-seat".to_owned()]));
        assert_eq!(told_why(&m).await, "not-granted");
        m.assert_all_agrees().await;
    }

    async fn a_lost_notice_of_a_released_registration_is_made_up_for_by_the_candidate(t: TestDb) {
        let (m, who, order) = run_out(t, "1").await;
        m.pays(&order);
        let look = m.world.t.db.read(async move |tx: &mut Tx<'_>| order_page(tx, who, order.id).await).await.unwrap();
        assert!(!look.payable && !look.pay_again);
        assert_eq!(refresh(&m.payments, PassportId(7)).await.unwrap(), Refreshed::NothingOpen, "nobody else's");
        assert_eq!(refresh(&m.payments, who).await.unwrap(), Refreshed::Answered);
        assert!(m.world.registration(who).await.is_some());
        assert_eq!((m.paid_entries().await, m.order(order.id).await.state), (1, OrderState::Paid));
        m.assert_all_agrees().await;
    }

    async fn a_lost_notice_is_made_up_for_by_a_job_ten_minutes_after_the_closing(t: TestDb) {
        let (m, who, order) = run_out(t, "1").await;
        m.pays(&order);
        m.run_jobs().await;
        assert_eq!(m.paid_entries().await, 0, "not before its time");
        m.world.advance(minutes(10));
        m.run_jobs().await;
        assert!(m.world.registration(who).await.is_some());
        assert_eq!((m.paid_entries().await, m.refunds().await), (1, Vec::new()));
        m.assert_all_agrees().await;
    }

    async fn who_paid_again_sees_the_first_payment_and_its_refund(t: TestDb) {
        let (m, who, first) = run_out(t, "1").await;
        m.world.advance(hours(30));
        bound(&m.world.t.db, &m.world.catalogue, 1, 1).await.unwrap();
        m.world.enter(who, "1").await.unwrap();
        let second = m.opened(who, "alipay").await;
        assert_eq!(m.pays_and_tells(&second).await, "success");
        m.pays(&first);
        assert_eq!(refresh(&m.payments, who).await.unwrap(), Refreshed::Answered);
        let money = m.world.t.db.read(async move |tx: &mut Tx<'_>| crate::payment::verbs::money_of(tx, who).await).await.unwrap();
        assert_eq!(money.orders.iter().map(|order| order.id).collect::<Vec<_>>(), [second.id, first.id]);
        assert_eq!(money.refunds.iter().map(|refund| refund.order).collect::<Vec<_>>(), [first.id]);
        assert_eq!(m.refunds().await, ["surplus"], "the subject is paid: this payment came twice");
        m.assert_all_agrees().await;
    }

    /// A7.
    async fn with_the_registration_the_payments_of_former_ones_move_to_another_passport(t: TestDb) {
        let (m, old, order) = run_out(t, "1").await;
        m.world.advance(hours(30));
        let of = bound(&m.world.t.db, &m.world.catalogue, 1, 1).await.unwrap();
        let other = m.world.candidate(2).await;
        m.world.enter(other, "2").await.unwrap();
        let others = m.opened(other, "alipay").await;
        let new = PassportId(9);
        let moved: Result<(), DbError> = m.world.t.db.write(async move |tx: &mut Tx<'_>| {
            registration::delete_claim(tx, &of).await?;
            registration::insert_claim(tx, new, &of.sitting, of.school, of.id).await?;
            scoped::move_to(tx, &of, new).await?;
            store::give_to_passport(tx, of.school, of.id, (old, new)).await?;
            Ok(())
        }).await;
        moved.unwrap();
        let bound_by = "SELECT document_key FROM registration WHERE passport_id = 9";
        let (key,) = m.world.t.db.read(async move |tx: &mut Tx<'_>| tx.query_one::<(Vec<u8>,)>(bound_by, &[]).await).await.unwrap();
        m.world.sql("UPDATE registration SET document_key = (SELECT document_key FROM student_record) WHERE passport_id = 9").await;
        let sees = async |who: PassportId, id| {
            m.world.t.db.read(async move |tx: &mut Tx<'_>| order_page(tx, who, id).await).await.is_ok()
        };
        assert!(sees(new, order.id).await && !sees(old, order.id).await);
        assert!(sees(other, others.id).await && !sees(new, others.id).await);
        m.pays(&order);
        assert_eq!(refresh(&m.payments, old).await.unwrap(), Refreshed::NothingOpen);
        assert_eq!(refresh(&m.payments, new).await.unwrap(), Refreshed::Answered);
        assert_eq!(m.refunds().await, ["no-seat"]);
        // As it was saved.
        let back = "UPDATE registration SET document_key = $1 WHERE passport_id = 9";
        m.world.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(back, crate::params![key]).await).await.unwrap();
        m.assert_all_agrees().await;
    }
}
