//! A school registers students who have no passport; each student takes his own over, one to one (S2, R6).

use std::sync::Arc;

use super::*;
use crate::collective_payment::group::{GroupCommand, Whom, enter_one};
use crate::entry::testing::*;
use crate::on_both;
use crate::registration::{Registration, RegistrationRefusal};
use crate::roster;
use crate::store::testing::TestDb;
use crate::store::{Db, Stop};
use crate::testing::{File, HEAD, vault};
use crate::words::codes::SchoolCode;
use crate::words::ids::{PassportId, RecordId};
use crate::words::staff::Scope;
use cet_base::form_mark::Seen;

/// The sitting with this many students in the roster of the home campus, and their rows.
async fn world(t: TestDb, students: i64) -> (Arc<World>, Vec<RecordId>) {
    let world = World::with_seats(t, 200).await;
    let line = |n: i64| {
        format!(
            "学生{n},女,澳门身份证,99301{n:06},99301,993010,本科,4,16,2,化学学院,化学,一班,2016{n:04},,1;2;F;S,\n"
        )
    };
    let file = File::of(format!("{HEAD}\n{}", (1..=students).map(line).collect::<String>()));
    roster::file::import(&world.t.db, vault(), &file.path(), "2017-2", false, Arc::new(|_, _, _| {}))
        .await
        .unwrap();
    world.sql("INSERT INTO staff_grant (account, from_at, role, scope) VALUES ('teacher', 0, 'school', '99301')").await;
    let rows: Vec<(RecordId,)> = world
        .t
        .db
        .read(async |tx| tx.query("SELECT id FROM student_record ORDER BY student_number", &[]).await)
        .await
        .unwrap();
    (Arc::new(world), rows.into_iter().map(|row| row.0).collect())
}

fn home() -> SchoolCode {
    campus(HOME).school()
}

async fn school_enters(
    db: &Db,
    world: &World,
    record: RecordId,
    (code, scope): (&str, &str),
) -> Result<(), Vec<&'static str>> {
    let catalogue = Arc::clone(&world.catalogue);
    let plan = Arc::clone(catalogue.current().unwrap());
    let cmd = GroupCommand {
        school: home(),
        scope: Scope::parse(scope).unwrap(),
        sitting: sitting(),
        whom: Whom::Student(record),
        subject: plan.subject(subject(code)).unwrap().clone(),
        command: None,
        by: "teacher".to_owned(),
        address: String::new(),
    };
    db.write(async move |tx| enter_one(tx, &catalogue, &cmd).await).await.map_err(refused)
}

async fn saves(
    db: &Db,
    world: &World,
    passport: i64,
    record: RecordId,
) -> Result<Registration, Vec<&'static str>> {
    let catalogue = Arc::clone(&world.catalogue);
    let cmd = SaveCommand {
        passport: PassportId(passport),
        sitting: sitting(),
        record: Some((home(), record)),
        seen: Seen::default(),
        checked: true,
        shown: Shown::default(),
        address: String::new(),
    };
    match db.write(async move |tx| save(tx, &catalogue, &cmd).await).await {
        Ok(of) => Ok(of),
        Err(Stop::Refused(all)) => Err(all.iter().map(RegistrationRefusal::code).collect()),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}

/// The invariants that `cet verify` would find broken.
async fn broken(world: &World) -> Vec<&'static str> {
    let findings = crate::verify::run(&world.t.db, &world.catalogue).await.unwrap();
    findings
        .iter()
        .filter(|finding| !finding.violations.is_empty())
        .map(|finding| finding.invariant)
        .collect()
}

const LIVE: &str = "SELECT COUNT(*) FROM registration WHERE state = 'live'";

on_both! {
    /// S2, R6.
    async fn what_a_school_entered_and_paid_is_its_students_once_he_saves(t: TestDb) {
        let (world, students) = world(t, 1).await;
        school_enters(&world.t.db, &world, students[0], ("1", "99301")).await.unwrap();
        assert_eq!((world.count(LIVE).await, world.taken("1").await), (1, 1));
        assert_eq!(world.count("SELECT COUNT(*) FROM passport_claim").await, 0);
        // Again is the same entry.
        school_enters(&world.t.db, &world, students[0], ("1", "993010")).await.unwrap();
        assert_eq!((world.taken("1").await, broken(&world).await), (1, vec![]));
        world.sql("UPDATE entry SET state = 'paid', paid_at = entered_at").await;
        world.passport(1, "zh").await;
        let of = saves(&world.t.db, &world, 1, students[0]).await.unwrap();
        assert_eq!((of.passport, of.release_at), (PassportId(1), None));
        assert_eq!(saves(&world.t.db, &world, 1, students[0]).await.unwrap().id, of.id, "again is the same");
        assert_eq!(saves(&world.t.db, &world, 2, students[0]).await.unwrap_err(), ["student-bound"]);
        assert_eq!(world.live(PassportId(1)).await, ["1"]);
        // His own forms work from then on.
        world.enter(PassportId(1), "2").await.unwrap();
        assert_eq!(world.live(PassportId(1)).await, ["1", "2"]);
        world.assert_sums_agree().await;
        let told = world.told(PassportId(1)).await;
        assert!(matches!(&told[0], crate::message::Facts::Saved { entered, .. } if entered.len() == 1), "{told:?}");
        let logged = "SELECT COUNT(*) FROM audit_log WHERE action IN ('registration-made', 'registration-taken-over')";
        assert_eq!(world.count(logged).await, 2);
    }

    /// S2.
    async fn a_student_who_has_saved_keeps_his_own(t: TestDb) {
        let (world, students) = world(t, 1).await;
        world.passport(1, "zh").await;
        let of = saves(&world.t.db, &world, 1, students[0]).await.unwrap();
        school_enters(&world.t.db, &world, students[0], ("1", "99301")).await.unwrap();
        assert_eq!(world.registration(PassportId(1)).await.unwrap().id, of.id);
        assert_eq!((world.count(LIVE).await, world.live(PassportId(1)).await), (1, vec!["1".to_owned()]));
        assert_eq!(broken(&world).await, Vec::<&str>::new());
    }

    /// R7, R13.
    async fn what_nobody_pays_for_ends_and_the_student_is_free_again(t: TestDb) {
        let (world, students) = world(t, 2).await;
        for student in &students {
            school_enters(&world.t.db, &world, *student, ("1", "99301")).await.unwrap();
        }
        world.advance(hours(24));
        // Saving releases what has ended, without any job.
        let of = saves(&world.t.db, &world, 1, students[0]).await.unwrap();
        assert_eq!(world.live(PassportId(1)).await, Vec::<String>::new());
        assert!(of.release_at.is_some());
        world.sweep().await;
        assert_eq!((world.count(LIVE).await, world.taken("1").await), (1, 0));
        assert_eq!(world.count("SELECT COUNT(*) FROM release_tally").await, 0, "nobody held it");
        assert_eq!(world.count("SELECT COUNT(*) FROM message WHERE kind <> 'saved'").await, 0);
        assert_eq!(broken(&world).await, Vec::<&str>::new());
    }

    /// S2.
    async fn a_school_takes_over_what_it_entered_after_the_window_too_and_enters_nothing_then(t: TestDb) {
        let (world, students) = world(t, 2).await;
        school_enters(&world.t.db, &world, students[0], ("1", "99301")).await.unwrap();
        world.sql("UPDATE entry SET state = 'paid', paid_at = entered_at").await;
        world.advance(hours(241));
        assert_eq!(school_enters(&world.t.db, &world, students[1], ("1", "99301")).await.unwrap_err(), ["window-closed"]);
        assert_eq!(saves(&world.t.db, &world, 2, students[1]).await.unwrap_err(), ["window-closed"]);
        saves(&world.t.db, &world, 1, students[0]).await.unwrap();
        assert_eq!((world.count(LIVE).await, world.live(PassportId(1)).await), (1, vec!["1".to_owned()]));
    }

    /// TH22.
    async fn a_school_registers_only_whom_its_scope_holds_and_whom_no_other_school_has(t: TestDb) {
        let (world, students) = world(t, 1).await;
        for scope in ["99101", "993011"] {
            let refused = school_enters(&world.t.db, &world, students[0], ("1", scope)).await.unwrap_err();
            assert_eq!(refused, ["not-bound"], "{scope}");
        }
        // What is refused leaves no registration behind.
        world.sql("UPDATE seat_pool SET capacity = 0").await;
        assert_eq!(school_enters(&world.t.db, &world, students[0], ("1", "99301")).await.unwrap_err(), ["pool-full"]);
        assert_eq!(world.count(LIVE).await, 0);
        world.sql("UPDATE seat_pool SET capacity = 200").await;
        school_enters(&world.t.db, &world, students[0], ("1", "99301")).await.unwrap();
        world.t.let_the_log_be_changed().await;
        world.sql("DELETE FROM entry").await;
        world.sql("UPDATE registration SET school = '99101', campus = '991010'").await;
        assert_eq!(school_enters(&world.t.db, &world, students[0], ("1", "99301")).await.unwrap_err(), ["student-bound"]);
        assert_eq!(saves(&world.t.db, &world, 1, students[0]).await.unwrap_err(), ["student-bound"]);
    }

    /// R6.
    async fn of_the_school_and_two_passports_at_one_moment_one_passport_has_the_one_registration(t: TestDb) {
        let (world, students) = world(t, 30).await;
        let nodes = [world.t.db.clone(), world.t.another_node().await, world.t.another_node().await];
        for (n, record) in (1..).zip(students) {
            // Every second student is the school's already.
            if n % 2 == 0 {
                school_enters(&world.t.db, &world, record, ("2", "99301")).await.unwrap();
            }
            let school = {
                let (world, db) = (Arc::clone(&world), nodes[0].clone());
                tokio::spawn(async move { school_enters(&db, &world, record, ("1", "99301")).await })
            };
            let people: Vec<_> = [(1, n * 2), (2, n * 2 + 1)].into_iter().map(|(node, passport)| {
                let (world, db) = (Arc::clone(&world), nodes[node].clone());
                tokio::spawn(async move { saves(&db, &world, passport, record).await.map(|of| of.passport) })
            }).collect();
            school.await.unwrap().unwrap();
            let mut answers = Vec::new();
            for task in people {
                answers.push(task.await.unwrap());
            }
            assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
            assert!(answers.contains(&Err(vec!["student-bound"])), "{answers:?}");
        }
        assert_eq!((world.count(LIVE).await, world.count("SELECT COUNT(*) FROM passport_claim").await), (30, 30));
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE passport_id = 0").await, 0);
        assert_eq!((world.taken("1").await, world.taken("2").await), (30, 15));
        world.assert_sums_agree().await;
    }

    /// R6.
    async fn twin_without_the_key_of_a_student_the_school_and_the_student_have_one_each(t: TestDb) {
        let (world, students) = world(t, 1).await;
        world.sql("DROP INDEX registration_student").await;
        school_enters(&world.t.db, &world, students[0], ("1", "99301")).await.unwrap();
        saves(&world.t.db, &world, 1, students[0]).await.unwrap();
        assert_eq!(world.count(LIVE).await, 2);
    }

    /// I5.
    async fn a_registration_without_a_passport_that_no_school_made_is_found(t: TestDb) {
        let (world, students) = world(t, 1).await;
        school_enters(&world.t.db, &world, students[0], ("1", "99301")).await.unwrap();
        assert_eq!(broken(&world).await, Vec::<&str>::new());
        world.sql("UPDATE entry SET channel = 'self'").await;
        assert_eq!(broken(&world).await, ["I5"]);
    }
}
