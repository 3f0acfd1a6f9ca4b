//! Binding and releasing, on both databases; the race for a student, and the same without the key that decides it.

use std::sync::Arc;

use super::*;
use crate::entry::testing::*;
use crate::on_both;
use crate::registration::RegistrationRefusal;
use crate::registration::verbs::{accept_agreement, grant_cet6, has_accepted};
use crate::store::Db;
use crate::store::Stop;
use crate::words::ids::PassportId;

async fn bind_code(
    db: &Db,
    world: &World,
    passport: i64,
    student: i64,
) -> Result<RegistrationId, &'static str> {
    match bound(db, &world.catalogue, passport, student).await {
        Ok(of) => Ok(of.id),
        Err(Stop::Refused(refusal)) => Err(refusal.code()),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}

impl World {
    async fn bind(&self, passport: i64, student: i64) -> Result<RegistrationId, &'static str> {
        bind_code(&self.t.db, self, passport, student).await
    }
}

on_both! {
    /// R6.
    async fn one_passport_and_one_student_belong_to_each_other(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let first = world.bind(1, 1).await.unwrap();
        assert_eq!(world.bind(1, 1).await, Ok(first));
        assert_eq!(world.bind(1, 2).await, Err("passport-bound"));
        assert_eq!(world.bind(2, 1).await, Err("student-bound"));
        world.bind(2, 2).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM passport_claim").await, 2);
        assert_eq!(world.count("SELECT COUNT(*) FROM audit_log WHERE action = 'registration-saved'").await, 2);
    }

    async fn a_refused_binding_leaves_nothing(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        world.bind(1, 1).await.unwrap();
        world.bind(2, 1).await.unwrap_err();
        assert_eq!(world.registration(PassportId(2)).await, None);
        assert_eq!(world.count("SELECT COUNT(*) FROM passport_claim").await, 1);
        world.bind(2, 2).await.unwrap();
    }

    /// R7.
    async fn an_empty_registration_is_gone_after_a_day_on_both_sides(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        world.bind(1, 1).await.unwrap();
        world.advance(hours(24).checked_sub(micros(1)).unwrap());
        assert!(world.registration(PassportId(1)).await.is_some());
        assert_eq!(world.bind(2, 1).await, Err("student-bound"));
        world.advance(micros(1));
        assert_eq!(world.registration(PassportId(1)).await, None);
        // Without any job: binding either side releases it.
        world.bind(2, 1).await.unwrap();
        world.bind(1, 2).await.unwrap();
        let empty = world.count("SELECT COUNT(*) FROM registration WHERE state = 'released' AND name = '' AND snapshot_hash = ''").await;
        assert_eq!(empty, 1);
    }

    async fn a_registration_with_an_entry_stays_and_one_with_an_overdue_entry_goes(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let (one, two) = (world.candidate(1).await, world.candidate(2).await);
        let paid = world.enter(one, "1").await.unwrap();
        world.enter(two, "1").await.unwrap();
        world.pay(&paid).await;
        world.advance(hours(30));
        assert_eq!(world.bind(3, 1).await, Err("student-bound"));
        world.bind(3, 2).await.unwrap();
        assert_eq!(world.taken("1").await, 1);
        world.assert_sums_agree().await;
    }

    /// I23.
    async fn a_registration_with_money_is_never_released(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        world.bind(1, 1).await.unwrap();
        world.sql(
            "INSERT INTO payment_order (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount,
                state, opened_at, deadline_at, settled_at, ask_at, asked)
             SELECT school, 1, '1', id, 1, '2017-2', 'alipay', '', 5, 'paid', 0, 0, 0, NULL, 0 FROM registration",
        ).await;
        world.sql(
            "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
             VALUES ('99301', 2, 1, 'alipay', 't', 5, 'notice', 0)",
        ).await;
        world.sql(
            "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, tries)
             VALUES ('99301', 3, 1, 2, 5, 'no-seat', 'r', 'due', 0, 0)",
        ).await;
        world.advance(hours(48));
        world.sweep().await;
        assert!(world.registration(PassportId(1)).await.is_some());
        world.sql("UPDATE refund SET state = 'done', done_at = 1").await;
        world.advance(minutes(10));
        world.sweep().await;
        assert_eq!(world.registration(PassportId(1)).await, None);
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE state = 'released'").await, 1);
    }

    /// W3.
    async fn th71_after_two_releases_without_a_payment_the_passport_waits_and_then_longer(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        for student in 1..=2 {
            world.bind(1, student).await.unwrap();
            world.advance(hours(24));
        }
        assert_eq!(world.bind(1, 3).await, Err("too-many"));
        world.sweep().await;
        assert_eq!(world.bind(1, 3).await, Err("too-many"));
        world.advance(minutes(30));
        world.bind(1, 3).await.unwrap();
        world.advance(hours(24));
        world.sweep().await;
        world.advance(minutes(59));
        assert_eq!(world.bind(1, 3).await, Err("too-many"));
        world.advance(minutes(1));
        world.bind(1, 3).await.unwrap();
    }

    /// R2.
    async fn an_agreement_is_accepted_once_and_only_in_its_current_version(t: TestDb) {
        let mut world = World::with_seats(t, 5).await;
        world.sql("INSERT INTO sitting_text (sitting, kind, lang, version, body) VALUES ('2017-2', 'agreement', 'zh', 3, 'x')").await;
        world.reload().await;
        let plan = Arc::clone(world.catalogue.current().unwrap());
        let accept = async |version: i64| {
            let plan = Arc::clone(&plan);
            world.t.db.write(async move |tx| accept_agreement(tx, &plan, PassportId(1), version, "").await).await
        };
        let accepted = async || {
            let plan = Arc::clone(&plan);
            world.t.db.read(async move |tx| has_accepted(tx, &plan, PassportId(1)).await).await.unwrap()
        };
        assert_eq!(accept(2).await, Err(Stop::Refused(RegistrationRefusal::AgreementNeeded)));
        assert!(!accepted().await);
        assert_eq!((accept(3).await, accept(3).await), (Ok(()), Ok(())));
        assert!(accepted().await);
        assert_eq!(world.count("SELECT COUNT(*) FROM audit_log WHERE action = 'agreement-accepted'").await, 1);
    }

    async fn a_review_adds_cet6_and_what_the_rules_make_of_it(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        world.bind(1, 1).await.unwrap();
        world.sql("UPDATE registration SET subjects = '1'").await;
        let of = world.registration(PassportId(1)).await.unwrap();
        let before = world.count("SELECT COUNT(*) FROM registration WHERE snapshot_hash <> ''").await;
        let catalogue = Arc::clone(&world.catalogue);
        let (school, id) = (of.school, of.id);
        let (had, subjects) = world.t.db.write(async move |tx| grant_cet6(tx, &catalogue, school, id).await).await.unwrap().unwrap();
        assert_eq!(had, [subject("1")]);
        assert!(subjects.contains(&subject("2")) && subjects.contains(&subject("S")));
        assert_eq!(before, 1);
        world.enter(PassportId(1), "2").await.unwrap();
    }

    /// R6.
    async fn of_two_passports_that_save_one_student_at_once_exactly_one_wins(t: TestDb) {
        let world = Arc::new(World::with_seats(t, 5).await);
        let other = world.t.another_node().await;
        for student in 1..=60 {
            let tasks: Vec<_> = [(world.t.db.clone(), student * 2), (other.clone(), student * 2 + 1)].into_iter().map(|(db, passport)| {
                let world = Arc::clone(&world);
                tokio::spawn(async move { bind_code(&db, &world, passport, student).await })
            }).collect();
            let mut answers = Vec::new();
            for task in tasks {
                answers.push(task.await.unwrap());
            }
            assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
            assert!(answers.contains(&Err("student-bound")), "{answers:?}");
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE state = 'live'").await, 60);
        assert_eq!(world.count("SELECT COUNT(*) FROM passport_claim").await, 60);
    }

    /// R6.
    async fn twin_without_the_key_of_a_student_two_passports_are_told_that_they_won(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        world.sql("DROP INDEX registration_student").await;
        for passport in 1..=2 {
            bind_code(&world.t.another_node().await, &world, passport, 1).await.unwrap();
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE state = 'live'").await, 2);
    }

    async fn one_passport_that_saves_two_students_at_once_gets_one(t: TestDb) {
        let world = Arc::new(World::with_seats(t, 5).await);
        let other = world.t.another_node().await;
        for passport in 1..=30 {
            let tasks: Vec<_> = [(world.t.db.clone(), passport * 2), (other.clone(), passport * 2 + 1)].into_iter().map(|(db, student)| {
                let world = Arc::clone(&world);
                tokio::spawn(async move { bind_code(&db, &world, passport, student).await })
            }).collect();
            let mut answers = Vec::new();
            for task in tasks {
                answers.push(task.await.unwrap());
            }
            assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE state = 'live'").await, 30);
    }
}
