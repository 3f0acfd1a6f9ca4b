//! What is emptied, when, and what stays.

use super::*;
use crate::entry::testing::World;
use crate::on_both;
use crate::params;
use crate::testing::vault;

const TEXT: &str = "13800000000";

/// One row of each class, decided or said at noon; `late` has the same an hour later.
async fn rows(world: &World, vault: &Arc<Vault>) {
    for n in 1..=2 {
        world.candidate(n).await;
    }
    let vault = Arc::clone(vault);
    let made: Result<(), DbError> = world
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let sealed = vault.seal(TEXT).unwrap();
            let now = tx.now().await?;
            for (n, at) in [(1_i64, now), (2, now.plus(SignedDuration::from_hours(1)))] {
                put(tx, &sealed, n, at).await?;
            }
            Ok(())
        })
        .await;
    made.unwrap();
}

async fn put(tx: &mut Tx<'_>, sealed: &[u8], n: i64, at: Time) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO record_report
            (school, id, sitting, campus, passport_id, record_id, name, student_number, field, said_sealed, right_sealed,
             note_sealed, state, reported_at, answered_by, answered_at, answer_sealed)
         VALUES ('99301', $1, '2017-2', '993010', $1, $1, '颜', '17', 'name', $2, $2, $2, 'answered', $3, 'x', $3, $2)",
        params![n, sealed, at],
    )
    .await?;
    tx.execute(
        "INSERT INTO dispute
            (school, id, sitting, campus, record_id, document_key, name, student_number, registration_id, holder, claimant,
             number_sealed, number_fits, phone_sealed, note_sealed, state, opened_at, ended_at)
         SELECT r.school, $1, r.sitting, r.campus, 1, r.document_key, '颜', '17', r.id, $1, 9, $2, TRUE, $2, $2, 'lapsed', $3, $3
           FROM registration r
          WHERE r.passport_id = $1",
        params![n, sealed, at],
    )
    .await?;
    tx.execute(
        "INSERT INTO staff_rebind
            (school, id, registration_id, sitting, old_passport, new_passport, new_email_sealed, evidence_sealed, target_hash,
             state, requester, requester_person, asked_at, expires_at, approver, approver_person, decided_at)
         SELECT r.school, $1, r.id, r.sitting, 1, 9, $2, $2, $2, 'refused', 'a', 'a', $3, $3, 'b', 'b', $3
           FROM registration r
          WHERE r.passport_id = $1",
        params![n, sealed, at],
    )
    .await?;
    tx.execute(
        "INSERT INTO eligibility_review
            (school, id, sitting, campus, origin, passport_id, document_key, document_kind, document_sealed, name, state,
             malicious, submissions, submitted_at, decided_by, decided_at, evidence_sealed)
         VALUES ('99301', $1, '2017-2', '993010', 'candidate', $1, $2, 'macau-id', $2, '颜', 'refused', FALSE, 1, $3, 'x', $3, $2)",
        params![n, sealed, at],
    )
    .await?;
    tx.execute(
        "INSERT INTO message (passport_id, kind, event, id, at, facts, words_sealed)
         VALUES ($1, 'from-staff', 'x', $1, $3, '{}', $2)",
        params![n, sealed, at],
    )
    .await?;
    Ok(())
}

/// How many rows of each class still hold what was typed.
async fn held(world: &World) -> [i64; 5] {
    [
        world
            .count("SELECT COUNT(*) FROM record_report WHERE name <> '' AND length(answer_sealed) > 29")
            .await,
        world.count("SELECT COUNT(*) FROM dispute WHERE name <> '' AND length(phone_sealed) > 29").await,
        world.count("SELECT COUNT(*) FROM staff_rebind WHERE length(evidence_sealed) > 29").await,
        world.count("SELECT COUNT(*) FROM eligibility_review WHERE length(evidence_sealed) > 29").await,
        world.count("SELECT COUNT(*) FROM message WHERE words_sealed IS NOT NULL").await,
    ]
}

on_both! {
    /// A11.
    async fn each_class_is_emptied_when_its_time_is_over_and_the_log_says_how_many(t: TestDb) {
        let (world, vault) = (World::with_seats(t, 2).await, vault());
        rows(&world, &vault).await;
        let times = Retention::default();
        let begun = world.now();
        world.t.clock.set(begun.plus(SignedDuration::from_hours(1095 * 24)));
        assert_eq!(round(&world.t.db, &vault, &times).await.unwrap().done, 0, "not a moment too early");
        world.t.clock.set(begun.plus(SignedDuration::from_hours(1095 * 24)).plus(SignedDuration::from_micros(1)));
        let done = round(&world.t.db, &vault, &times).await.unwrap();
        assert_eq!((done.done, held(&world).await), (5, [1; 5]));
        assert_eq!(round(&world.t.db, &vault, &times).await.unwrap().done, 0, "once");
        let told = world.count("SELECT COUNT(*) FROM audit_log WHERE action = 'data-emptied' AND actor = 'retention'").await;
        assert_eq!(told, 5);
        // Pages can still show the rows.
        let sealed: Result<Vec<(Vec<u8>,)>, DbError> =
            world.t.db.read(async |tx: &mut Tx<'_>| tx.query("SELECT note_sealed FROM dispute ORDER BY id", &[]).await).await;
        let opened: Vec<String> = sealed.unwrap().iter().map(|(sealed,)| vault.open(sealed).unwrap()).collect();
        assert_eq!(opened, ["", TEXT]);
    }

    /// A11.
    async fn what_waits_for_somebody_and_what_is_kept_for_good_stays(t: TestDb) {
        let (world, vault) = (World::with_seats(t, 2).await, vault());
        rows(&world, &vault).await;
        world.sql("UPDATE record_report SET state = 'open', answered_at = NULL, answer_sealed = NULL, answered_by = NULL").await;
        world.sql("UPDATE message SET mail_at = 5").await;
        let kept = Retention { disputes: 0, reviews: 0, moves: 0, ..Retention::default() };
        world.t.clock.set(world.now().plus(SignedDuration::from_hours(4000 * 24)));
        assert_eq!(round(&world.t.db, &vault, &kept).await.unwrap().done, 0);
        assert_eq!(held(&world).await[1..], [2, 2, 2, 2]);
    }

    async fn look_ups_are_forgotten_after_their_days(t: TestDb) {
        let (world, vault) = (World::with_seats(t, 2).await, vault());
        let day = |now: Time| crate::registration::rules::budget_day(now).0;
        for (n, back) in [(1_i64, 31), (2, 30), (3, 0)] {
            let of = day(world.now().minus(SignedDuration::from_hours(back * 24)));
            let put: Result<u64, DbError> = world.t.db.write(async move |tx: &mut Tx<'_>| {
                tx.execute("INSERT INTO document_lookup (passport_id, day, slot, document_key) VALUES ($1, $2, 0, $3)",
                    params![n, of, vec![0_u8; 16]]).await
            }).await;
            put.unwrap();
        }
        assert_eq!(round(&world.t.db, &vault, &Retention::default()).await.unwrap().done, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM document_lookup WHERE passport_id > 1").await, 2);
    }

    async fn a_node_that_found_nothing_looks_again_after_an_hour(t: TestDb) {
        let (world, vault, memory) = (World::with_seats(t, 2).await, vault(), Memory::default());
        let soon = Retention { reports: 0, disputes: 0, reviews: 0, moves: 0, words: 180, lookups: 0, ..Retention::default() };
        let due = async |world: &World| round_due(&world.t.db, &vault, &soon, &memory).await.unwrap().done;
        assert_eq!(due(&world).await, 0);
        rows(&world, &vault).await;
        world.sql("UPDATE message SET at = 0").await;
        world.t.clock.set(world.now().plus(SignedDuration::from_mins(59)));
        assert_eq!(due(&world).await, 0);
        world.t.clock.set(world.now().plus(SignedDuration::from_mins(1)));
        assert_eq!(due(&world).await, 2);
    }
}

/// An empty text, sealed, has the length that the statements and their indexes know it by.
#[test]
fn an_empty_text_is_sealed_to_29_bytes() {
    assert_eq!(vault().seal("").unwrap().len(), 29);
    assert!(vault().seal("x").unwrap().len() > 29);
}

/// Two candidates with entries, records and photos in a sitting whose last exam is at noon plus `hours`.
async fn past(world: &World, exam: i64) {
    for n in 1..=2 {
        let passport = world.candidate(n).await;
        world.enter(passport, "1").await.unwrap();
    }
    let at = world.now().plus(SignedDuration::from_hours(exam));
    let made: Result<(), DbError> = world
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let from = at.minus(SignedDuration::from_hours(2));
            tx.execute("UPDATE subject SET exam_from = $1, exam_to = $2", params![from, at]).await?;
            for n in 1..=3_i64 {
                tx.execute(
                    "INSERT INTO student_record
                        (school, id, sitting, import_id, campus, name, name_key, sex, document_kind, document_sealed, document_key,
                         education, duration, entry_year, grade, college, major, class, student_number, remark, listed_subjects,
                         barred_subjects)
                     VALUES ('99301', $1, '2017-2', 1, '993010', '颜', '颜', '', 'macau-id', $2, $2, '', '', '', '', '', '', '', '',
                             '', '', '')",
                    params![n + 900, vec![u8::try_from(n).unwrap_or(0); 16]],
                )
                .await?;
            }
            tx.execute(
                "INSERT INTO photo (school, sitting, document_key, student_number, jpeg, imported_at)
                 SELECT school, sitting, document_key, '', document_key, 0 FROM student_record WHERE id > 900",
                &[],
            )
            .await?;
            tx.execute(
                "INSERT INTO student_photo (school, sitting, student_number, jpeg, imported_at)
                 VALUES ('99301', '2017-2', '17', $1, 0)",
                params![vec![1_u8]],
            )
            .await?;
            Ok(())
        })
        .await;
    made.unwrap();
}

const RECORDS: &str = "SELECT COUNT(*) FROM student_record";
const PHOTOS: &str = "SELECT (SELECT COUNT(*) FROM photo) + (SELECT COUNT(*) FROM student_photo)";
const NAMED: &str =
    "SELECT COUNT(*) FROM registration WHERE name <> '' OR name_key <> '' OR student_number <> ''";

on_both! {
    /// A11, I12: of a sitting that is over and closed, records and photos go and registrations name nobody; entries, keys and money
    /// stay, and every invariant holds.
    async fn a_past_sitting_is_emptied_class_by_class_and_verify_stays_clean(t: TestDb) {
        let (world, vault) = (World::with_seats(t, 2).await, vault());
        past(&world, 24).await;
        let days = |n: i64| SignedDuration::from_hours(n * 24);
        let times = Retention { records: 200, photos: 190, registrations: 210, ..Retention::default() };
        let counts = async || (world.count(RECORDS).await, world.count(PHOTOS).await, world.count(NAMED).await);
        let begun = world.now();
        let entries = world.count("SELECT COUNT(*) FROM entry").await;
        world.t.clock.set(begun.plus(days(400)));
        assert_eq!(round(&world.t.db, &vault, &times).await.unwrap().done, 0, "not of a sitting that nobody closed");
        assert_eq!(counts().await, (3, 4, 2));
        world.sql("UPDATE sitting SET state = 'closed'").await;
        world.t.clock.set(begun.plus(days(191)));
        assert_eq!(round(&world.t.db, &vault, &times).await.unwrap().done, 0, "not a moment too early");
        for (day, left) in [(192, (3, 0, 2)), (202, (0, 0, 2)), (212, (0, 0, 0))] {
            world.t.clock.set(begun.plus(days(day)));
            assert!(round(&world.t.db, &vault, &times).await.unwrap().done > 0, "{day}");
            assert_eq!(counts().await, left, "{day}");
            assert_eq!(round(&world.t.db, &vault, &times).await.unwrap().done, 0, "once");
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE length(document_key) > 0 AND campus = '993010'").await, 2);
        assert_eq!(world.count("SELECT COUNT(*) FROM entry").await, entries);
        let told = world.count("SELECT COUNT(*) FROM audit_log WHERE action = 'data-emptied'").await;
        assert_eq!(told, 3);
        let broken = crate::verify::run(&world.t.db, &world.catalogue).await.unwrap();
        let broken: Vec<_> = broken.iter().filter(|of| of.invariant == "I12" && !of.violations.is_empty()).collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    /// A11: some rows a transaction, the rest by the next rounds.
    async fn more_than_a_batch_takes_several_rounds(t: TestDb) {
        let (world, vault) = (World::with_seats(t, 2).await, vault());
        past(&world, -24).await;
        world.sql("UPDATE sitting SET state = 'archived'").await;
        let made: Result<(), DbError> = world.t.db.write(async |tx: &mut Tx<'_>| {
            for n in 1..=250_i64 {
                tx.execute(
                    "INSERT INTO student_photo (school, sitting, student_number, jpeg, imported_at) VALUES ('99302', '2017-2', $1, $2, 0)",
                    params![n.to_string(), vec![1_u8]],
                ).await?;
            }
            Ok(())
        }).await;
        made.unwrap();
        let times = Retention { records: 0, photos: 180, registrations: 0, ..Retention::default() };
        world.t.clock.set(world.now().plus(SignedDuration::from_hours(181 * 24)));
        for done in [200, 54, 0] {
            assert_eq!(round(&world.t.db, &vault, &times).await.unwrap().done, done);
        }
        assert_eq!((world.count(PHOTOS).await, world.count(RECORDS).await, world.count(NAMED).await), (0, 3, 2));
    }
}
