//! Whose data an account or a file touched: exact where a line says whom it is about, never too few where a file does not.

use super::*;
use crate::audit::{Actor, Changes, Event, record};
use crate::entry::testing::World;
use crate::on_both;
use crate::params;
use crate::words::codes::SchoolCode;
use jiff::SignedDuration;

async fn line(world: &World, account: &str, what: [&'static str; 3], detail: &'static str) {
    let (actor, [action, object_kind, object]) = (Actor::Staff(account.to_owned()), what);
    let done: Result<(), DbError> = world
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let event = Event {
                school: SchoolCode::NONE,
                actor: actor.clone(),
                action,
                object_kind,
                object,
                address: "",
                detail,
                changes: Changes::NONE,
            };
            record(tx, &event).await
        })
        .await;
    done.unwrap();
}

/// A file's request of this number by `clerk`, made now.
async fn request(world: &World, number: i64) {
    let now = world.now();
    let done: Result<u64, DbError> = world
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO staff_export
                    (id, what, query, form, whole, row_count, reason, scope, state, requester, requester_person, asked_at, expires_at)
                 VALUES ($1, 'students', '', 'csv', FALSE, 2, 'x', '99301', 'ready', 'clerk', 'p', $2, $3)",
                params![number, now, now.plus(SignedDuration::from_hours(72))],
            )
            .await
        })
        .await;
    done.unwrap();
}

/// Records of two students of the school, one of another, and one of a roster that is published tomorrow.
async fn rosters(world: &World) {
    let now = world.now();
    let done: Result<(), DbError> = world
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            for (import, at) in [(71_i64, now), (72, now.plus(SignedDuration::from_hours(24)))] {
                tx.execute(
                    "INSERT INTO import (id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at)
                     VALUES ($1, 'roster', '2017-2', '', '', 1, 'published', $2, $2)",
                    params![import, at],
                )
                .await?;
            }
            for (id, campus, import) in
                [(901_i64, "993010", 71_i64), (902, "993010", 71), (903, "991010", 71), (904, "993010", 72)]
            {
                tx.execute(
                    "INSERT INTO student_record
                        (school, id, sitting, import_id, campus, name, name_key, sex, document_kind, document_sealed, document_key,
                         education, duration, entry_year, grade, college, major, class, student_number, remark, listed_subjects,
                         barred_subjects)
                     VALUES ($1, $2, '2017-2', $3, $4, '颜', '颜', '', 'macau-id', $5, $5, '', '', '', '', '', '', '', '', '', '', '')",
                    params![campus[..5].to_owned(), id, import, campus, vec![u8::try_from(id - 900).unwrap(); 16]],
                )
                .await?;
            }
            Ok(())
        })
        .await;
    done.unwrap();
}

on_both! {
    /// PIPL 57.
    async fn an_account_s_lines_lead_to_each_person_once_and_to_the_places_of_its_files(t: TestDb) {
        let world = World::with_seats(t, 2).await;
        world.passport(7, "zh").await;
        rosters(&world).await;
        for _ in 0..2 {
            line(&world, "clerk", ["account-looked-up", "passport", "7"], "").await;
        }
        line(&world, "clerk", ["document-shown", "passport", "8"], "").await;
        line(&world, "other", ["document-shown", "passport", "9"], "").await;
        line(&world, "clerk", ["list-exported", "list", "students"], "rows=2 scope=99301").await;
        let made: Result<u64, DbError> = world.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO audit_subject (subject, audit_id, school)
                 SELECT 'student:01010101010101010101010101010101', MAX(id), '00000' FROM audit_log WHERE actor = 'clerk'", params![],
            ).await
        }).await;
        made.unwrap();
        let mut all = Vec::new();
        by_account(&world.t.db, "clerk", |of| all.push(of)).await.unwrap();
        let told: Vec<(Whom, i64)> = all.into_iter().map(|of| (of.whom, of.times.count)).collect();
        let [first, gone, place, (student, _)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(first, &(Whom::Passport(format!("{:032X}", 7)), 2));
        assert_eq!(gone, &(Whom::Gone("passport:8".to_owned()), 1));
        assert_eq!(place, &(Whom::Place("99301".to_owned()), 1));
        assert!(matches!(student, Whom::Student(records) if records.len() == 1 && records[0].id == 901), "{student:?}");
    }

    /// PIPL 57: by its number alone, and everybody of its place who was there then.
    async fn a_file_leads_to_its_downloads_and_to_everybody_who_was_in_the_roster_of_its_place_then(t: TestDb) {
        let world = World::with_seats(t, 2).await;
        rosters(&world).await;
        assert_eq!(downloads(&world.t.db, 5).await.unwrap(), None);
        for number in [5, 55] {
            request(&world, number).await;
        }
        assert_eq!(downloads(&world.t.db, 5).await.unwrap(), Some(Vec::new()), "never taken out");
        for (account, detail) in [
            ("clerk", "rows=2 scope=99301 export=5"), ("clerk", "rows=9 scope=99301 export=55"), ("clerk", "rows=9 scope=99301"),
            ("other", "rows=2 scope=99301 export=5"),
        ] {
            line(&world, account, ["list-exported", "list", "students"], detail).await;
        }
        let lines = downloads(&world.t.db, 5).await.unwrap().unwrap();
        let [of] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(place(of).as_deref(), Some("99301"));
        let mut persons = Vec::new();
        for code in ["99301", "993010", "99", "", "98"] {
            let mut of_this = Vec::new();
            of_place(&world.t.db, code, of.at, |student| of_this.push(student.id)).await.unwrap();
            persons.push(of_this);
        }
        assert_eq!(persons, [vec![901, 902], vec![901, 902], vec![903, 901, 902], vec![903, 901, 902], vec![]]);
    }
}
