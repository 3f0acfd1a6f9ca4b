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
        let soon = Retention { reports: 0, disputes: 0, reviews: 0, moves: 0, words: 180, lookups: 0 };
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
