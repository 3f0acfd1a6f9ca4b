//! Linking: in the order of commits, not of time; each row once; no row is lost, and no violation while no node runs.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::sync::Notify;

use super::Linker;
use crate::audit::{Actor, Changes, Event, Value, link_some, record, verify};
use crate::jobs::batch::{self, Round};
use crate::on_both;
use crate::store::testing::{NOON, TestDb};
use crate::store::{Db, DbError, Tx};
use crate::words::codes::SchoolCode;

fn event(school: &'static str, object: &'static str) -> Event<'static> {
    Event {
        school: SchoolCode::parse(school).unwrap(),
        actor: Actor::Job("test"),
        action: "entry-entered",
        object_kind: "entry",
        object,
        address: "",
        detail: "",
        changes: Changes::NONE,
    }
}

async fn write(db: &Db, school: &'static str, object: &'static str) {
    db.write(async move |tx: &mut Tx<'_>| record(tx, &event(school, object)).await).await.unwrap();
}

fn later(t: &TestDb, seconds: i64) {
    t.clock.set(t.clock.process_now().plus(SignedDuration::from_secs(seconds)));
}

async fn sql(t: &TestDb, sql: &'static str) {
    t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await.unwrap();
}

async fn violations(t: &TestDb) -> usize {
    let findings = verify::run(&t.db).await.unwrap();
    findings.iter().map(|finding| finding.violations.len()).sum()
}

/// Six lines of two schools, linked.
async fn linked(t: &TestDb) {
    for object in ["a", "b", "c"] {
        write(&t.db, "99301", object).await;
        write(&t.db, "00000", object).await;
    }
    assert_eq!(link_some(&t.db).await.unwrap(), 6);
}

on_both! {
    /// S7.
    async fn each_school_has_a_chain_of_its_own_without_a_gap(t: TestDb) {
        linked(&t).await;
        write(&t.db, "99301", "d").await;
        assert_eq!(link_some(&t.db).await.unwrap(), 1);
        assert_eq!(link_some(&t.db).await.unwrap(), 0);
        let rows: Vec<(String, i64)> = t.db.read(async |tx: &mut Tx<'_>| {
            tx.query("SELECT school, place FROM audit_chain ORDER BY school, place", &[]).await
        }).await.unwrap();
        let places: Vec<(&str, i64)> = rows.iter().map(|(school, place)| (school.as_str(), *place)).collect();
        assert_eq!(places, [("00000", 1), ("00000", 2), ("00000", 3), ("99301", 1), ("99301", 2), ("99301", 3), ("99301", 4)]);
        assert_eq!(violations(&t).await, 0);
    }

    async fn two_nodes_link_each_row_once(t: TestDb) {
        for _ in 0..20 {
            write(&t.db, "99301", "x").await;
        }
        let other = t.another_node().await;
        let (one, two) = tokio::join!(link_some(&t.db), link_some(&other));
        assert!(one.unwrap().and(two.unwrap()).done >= 20);
        while link_some(&t.db).await.unwrap() > 0 {}
        let (count,) = t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one::<(i64,)>("SELECT COUNT(*) FROM audit_chain", &[]).await
        }).await.unwrap();
        assert_eq!(count, 20);
        assert_eq!(violations(&t).await, 0);
    }

    /// S7.
    async fn th62_a_line_can_be_neither_changed_nor_taken_out(t: TestDb) {
        linked(&t).await;
        for sql in ["UPDATE audit_log SET detail = ''", "DELETE FROM audit_log WHERE object = 'b'",
            "UPDATE audit_chain SET place = place + 1", "DELETE FROM audit_chain WHERE place = 2"]
        {
            let done = t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await;
            let refused = done.map_err(|error| error.to_string());
            assert!(refused.clone().is_err_and(|error| error.contains("only grows")), "{sql}: {refused:?}");
        }
        assert_eq!(violations(&t).await, 0);
    }

    /// I16.
    async fn th62_a_changed_row_is_found(t: TestDb) {
        linked(&t).await;
        t.let_the_log_be_changed().await;
        sql(&t, "UPDATE audit_log SET detail = 'nothing happened' WHERE object = 'b' AND school = '99301'").await;
        assert!(violations(&t).await > 0);
    }

    /// TH62.
    async fn th62_a_changed_value_of_a_line_is_found(t: TestDb) {
        t.db.write(async |tx: &mut Tx<'_>| {
            let changes = Changes::NONE.field("class", Value::text("7"), Value::text("8"));
            record(tx, &Event { action: "record-corrected", changes, ..event("99301", "a") }).await
        }).await.unwrap();
        assert_eq!((link_some(&t.db).await.unwrap().done, violations(&t).await), (1, 0));
        t.let_the_log_be_changed().await;
        sql(&t, "UPDATE audit_log SET detail = REPLACE(detail, '\"7\"', '\"6\"')").await;
        assert_eq!(violations(&t).await, 1);
    }

    async fn th62_a_row_changed_together_with_its_hash_is_found(t: TestDb) {
        linked(&t).await;
        t.let_the_log_be_changed().await;
        sql(&t, "UPDATE audit_log SET hash = (SELECT hash FROM audit_log WHERE object = 'a' AND school = '00000')
                  WHERE object = 'b' AND school = '00000'").await;
        assert!(violations(&t).await > 0);
    }

    async fn th62_a_row_taken_out_is_found(t: TestDb) {
        linked(&t).await;
        t.let_the_log_be_changed().await;
        sql(&t, "DELETE FROM audit_log WHERE object = 'b' AND school = '99301'").await;
        assert!(violations(&t).await > 0);
    }

    async fn th62_a_row_taken_out_together_with_its_link_is_found(t: TestDb) {
        linked(&t).await;
        t.let_the_log_be_changed().await;
        sql(&t, "DELETE FROM audit_log WHERE object = 'b' AND school = '99301'").await;
        sql(&t, "DELETE FROM audit_chain WHERE place = 2 AND school = '99301'").await;
        assert!(violations(&t).await > 0);
    }

    async fn without_a_node_nothing_is_linked_and_nothing_is_wrong(t: TestDb) {
        write(&t.db, "99301", "never served").await;
        later(&t, 3600);
        assert_eq!((violations(&t).await, verify::notes(&t.db).await.unwrap().len()), (0, 1));
        // A node runs for a while and is removed, as on a restored copy.
        let node = Linker::new(t.db.clone());
        for _ in 0..30 {
            node.round().await.unwrap();
            later(&t, 3);
        }
        write(&t.db, "99301", "left over").await;
        for seconds in [0, 50, 11, 86_400] {
            later(&t, seconds);
            assert_eq!(violations(&t).await, 0, "{seconds}");
        }
        let notes = verify::notes(&t.db).await.unwrap();
        assert!(notes.len() == 1 && notes[0].contains("no node has been at work since 2017-09-20 13:01"), "{notes:?}");
        let next = Linker::new(t.db.clone());
        assert_eq!(next.round().await.unwrap(), 1);
        assert_eq!((violations(&t).await, verify::notes(&t.db).await.unwrap().len()), (0, 0));
    }

    /// I16.
    async fn a_row_that_a_working_node_leaves_for_over_a_minute_is_found_and_keeps_no_other(t: TestDb) {
        linked(&t).await;
        let node = Linker::new(t.db.clone());
        later(&t, 600);
        poison(&t).await;
        write(&t.db, "99301", "bad").await;
        write(&t.db, "00000", "good").await;
        let mut whole = Round::default();
        for second in (0..=90).step_by(3) {
            whole = whole.and(node.round().await.unwrap());
            let late = violations(&t).await;
            assert!(late == 0 || second > 60, "{second}");
            later(&t, 3);
        }
        assert_eq!((whole.done, whole.set_aside, violations(&t).await), (1, 1, 1));
        assert_eq!(batch::finding(&t.db).await.unwrap().violations.len(), 1);
        // The node is removed: what it left is still reported.
        later(&t, 3600);
        assert_eq!(violations(&t).await, 1);
        heal(&t).await;
        assert_eq!(node.round().await.unwrap(), 1);
        assert_eq!((violations(&t).await, batch::finding(&t.db).await.unwrap().violations.len()), (0, 0));
    }

    async fn a_row_is_linked_after_its_commit_whatever_time_it_bears(t: TestDb) {
        let node = Linker::new(t.db.clone());
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let stalls = t.url.starts_with("postgres").then(|| {
            let (db, begun, go_on) = (t.db.clone(), Arc::clone(&begun), Arc::clone(&go_on));
            tokio::spawn(async move {
                db.write(async move |tx: &mut Tx<'_>| {
                    record(tx, &event("99301", "stalled")).await?;
                    // Sends the queued statements.
                    tx.query::<(i64,)>("SELECT CAST(COUNT(*) AS BIGINT) FROM province", &[]).await?;
                    begun.notify_one();
                    go_on.notified().await;
                    Ok::<_, DbError>(())
                }).await
            })
        });
        if stalls.is_some() {
            begun.notified().await;
        }
        write(&t.db, "99301", "a").await;
        later(&t, 600);
        assert_eq!(node.round().await.unwrap(), 1);
        later(&t, 600);
        assert_eq!(node.round().await.unwrap(), 0);
        if let Some(stalls) = stalls {
            go_on.notify_one();
            stalls.await.unwrap().unwrap();
        } else {
            // There is one writer, which never waits: its clock may be wrong.
            t.clock.set(NOON);
            write(&t.db, "99301", "stalled").await;
            later(&t, 1200);
        }
        assert_eq!(violations(&t).await, 0);
        assert_eq!(node.round().await.unwrap(), 1);
        assert_eq!(violations(&t).await, 0);
    }

    async fn a_round_looks_at_new_rows_only(t: TestDb) {
        linked(&t).await;
        let node = Linker::new(t.db.clone());
        node.round().await.unwrap();
        write(&t.db, "99301", "d").await;
        sql(&t, "ALTER TABLE audit_log RENAME TO gone").await;
        assert_eq!(node.round().await.unwrap(), 1);
        assert_eq!(node.round().await.unwrap(), 0);
        sql(&t, "ALTER TABLE gone RENAME TO audit_log").await;
        assert_eq!(violations(&t).await, 0);
    }

    async fn thousands_of_rows_of_many_schools_are_linked_in_one_round(t: TestDb) {
        t.db.write(async |tx: &mut Tx<'_>| {
            for n in 0..1_100 {
                record(tx, &event(["99301", "99302", "99303", "00000"][n % 4], "many")).await?;
            }
            Ok::<_, DbError>(())
        }).await.unwrap();
        let round = link_some(&t.db).await.unwrap();
        assert_eq!((round.done, round.left, violations(&t).await), (1_100, 0, 0));
        assert_eq!(link_some(&t.db).await.unwrap(), 0);
    }

    async fn what_a_node_of_an_earlier_version_left_is_taken_over(t: TestDb) {
        linked(&t).await;
        for object in ["d", "e"] {
            write(&t.db, "99301", object).await;
        }
        // It wrote one, and linked another that a newer node had written.
        sql(&t, "DELETE FROM audit_todo WHERE audit_id = (SELECT MAX(audit_id) FROM audit_todo)").await;
        sql(&t, "INSERT INTO audit_todo (school, audit_id, hash) SELECT school, id, hash FROM audit_log WHERE object = 'a'").await;
        assert_eq!(violations(&t).await, 1);
        while link_some(&t.db).await.unwrap() > 0 {}
        assert_eq!(violations(&t).await, 0);
        let (left,) = t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one::<(i64,)>("SELECT COUNT(*) FROM audit_todo", &[]).await
        }).await.unwrap();
        assert_eq!(left, 0);
    }

    async fn the_migration_takes_over_what_was_unlinked(t: TestDb) {
        linked(&t).await;
        write(&t.db, "99301", "d").await;
        sql(&t, "DELETE FROM audit_todo").await;
        let migration = include_str!("../../../../../migrations/0014_audit.sql");
        let takes_over = migration.split(';').find(|part| part.contains("INSERT INTO audit_todo")).unwrap();
        let taken = t.db.write(async move |tx: &mut Tx<'_>| tx.execute(takes_over, &[]).await).await;
        assert_eq!(taken.unwrap(), 1);
        assert_eq!(link_some(&t.db).await.unwrap(), 1);
        assert_eq!(violations(&t).await, 0);
    }

    async fn rows_of_an_earlier_life_are_linked_after_a_stop(t: TestDb) {
        linked(&t).await;
        write(&t.db, "99301", "late").await;
        later(&t, 86_400);
        assert_eq!(link_some(&t.db).await.unwrap(), 1);
        assert_eq!(link_some(&t.db).await.unwrap(), 0);
        write(&t.db, "99301", "later").await;
        assert_eq!(link_some(&t.db).await.unwrap(), 1);
    }
}

/// Makes every link of a school fail.
async fn poison(t: &TestDb) {
    if t.url.starts_with("sqlite:") {
        sql(t, "CREATE TRIGGER poison BEFORE INSERT ON audit_chain WHEN NEW.school = '99301' BEGIN SELECT RAISE(ABORT, 'poison'); END").await;
    } else {
        sql(t, "ALTER TABLE audit_chain ADD CONSTRAINT poison CHECK (school <> '99301') NOT VALID").await;
    }
}

async fn heal(t: &TestDb) {
    if t.url.starts_with("sqlite:") {
        sql(t, "DROP TRIGGER poison").await;
    } else {
        sql(t, "ALTER TABLE audit_chain DROP CONSTRAINT poison").await;
    }
}
