//! Links finished rows into one chain a school (S7).

use jiff::SignedDuration;

use super::line::link_hash;
use crate::params;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// Rows linked in one transaction.
const BATCH: usize = 500;
/// Rows looked for at once: each look passes by all that were linked since the mark.
const FOUND_AT_ONCE: i64 = 20_000;
/// A transaction writes the time of its beginning and is seen at its end: rows this much older than the mark may still
/// come. No use case takes a tenth of it.
const SLACK: SignedDuration = SignedDuration::from_mins(2);

/// The mark moves no oftener than this: a write each second would be for nothing.
const MARK_STEP: SignedDuration = SignedDuration::from_secs(30);

/// Links rows that are in no chain yet, some at a time; answers how many. Safe on several nodes at once: a link's place is
/// the key, and who comes second leaves it.
///
/// # Errors
/// [`DbError`]; the next run tries again.
pub async fn link_some(db: &Db) -> Result<i64, DbError> {
    let from = db.read(async |tx: &mut Tx<'_>| mark(tx).await).await?;
    let rows = db.read(async move |tx: &mut Tx<'_>| unlinked(tx, from.minus(SLACK)).await).await?;
    if rows.is_empty() {
        let now = db.read(async |tx: &mut Tx<'_>| tx.now().await).await?;
        if now.since(from) > MARK_STEP {
            db.write(async move |tx: &mut Tx<'_>| set_mark(tx, now).await).await?;
        }
        return Ok(0);
    }
    // What is older than the oldest of them is linked.
    let oldest = rows.iter().map(|row| row.3).min();
    let mut linked = 0_i64;
    for some in rows.chunks(BATCH) {
        let some = some.to_vec();
        linked = linked.saturating_add(db.write(async move |tx: &mut Tx<'_>| link(tx, &some).await).await?);
    }
    if let Some(oldest) = oldest.filter(|oldest| oldest.since(from) > MARK_STEP) {
        db.write(async move |tx: &mut Tx<'_>| set_mark(tx, oldest).await).await?;
    }
    Ok(linked)
}

async fn mark(tx: &mut Tx<'_>) -> Result<Time, DbError> {
    let (until,) = tx.query_one::<(Time,)>("SELECT until_at FROM audit_mark WHERE id = 1", &[]).await?;
    Ok(until)
}

async fn set_mark(tx: &mut Tx<'_>, until: Time) -> Result<(), DbError> {
    tx.execute("UPDATE audit_mark SET until_at = $1 WHERE id = 1 AND until_at < $1", params![until]).await?;
    Ok(())
}

type Unlinked = (SchoolCode, i64, Vec<u8>, Time);

async fn unlinked(tx: &mut Tx<'_>, from: Time) -> Result<Vec<Unlinked>, DbError> {
    // The oldest first: in the order of its key SQLite would walk the whole log each time.
    let mut rows: Vec<Unlinked> = tx
        .query(
            "SELECT a.school, a.id, a.hash, a.at
               FROM audit_log a
              WHERE a.at >= $1
                AND NOT EXISTS (SELECT 1
                                  FROM audit_chain c
                                 WHERE c.school = a.school
                                   AND c.audit_id = a.id)
              ORDER BY a.at, a.school, a.id
              LIMIT $2",
            params![from, FOUND_AT_ONCE],
        )
        .await?;
    rows.sort_unstable_by_key(|(school, id, ..)| (*school, *id));
    Ok(rows)
}

/// Appends the rows, which come sorted by school, to their chains.
async fn link(tx: &mut Tx<'_>, rows: &[Unlinked]) -> Result<i64, DbError> {
    let mut linked = 0_i64;
    for of_school in rows.chunk_by(|one, two| one.0 == two.0) {
        let Some((school, ..)) = of_school.first() else { continue };
        let last: Option<(i64, Vec<u8>)> = tx
            .query_opt(
                "SELECT place, hash FROM audit_chain WHERE school = $1 ORDER BY place DESC LIMIT 1",
                params![*school],
            )
            .await?;
        let (mut place, mut before) = last.unwrap_or_default();
        for (school, id, content, _) in of_school {
            place = place.saturating_add(1);
            let hash = link_hash(&before, *school, place, *id, content);
            let done = tx
                .execute(
                    "INSERT INTO audit_chain (school, place, audit_id, hash) VALUES ($1, $2, $3, $4)
                     ON CONFLICT DO NOTHING",
                    params![*school, place, *id, hash],
                )
                .await?;
            if done == 0 {
                // Another node links this school; the rest is its work or that of the next run.
                break;
            }
            linked = linked.saturating_add(1);
            before = hash;
        }
    }
    Ok(linked)
}

#[cfg(test)]
mod tests {
    use crate::audit::{Actor, Event, link_some, record, verify};
    use crate::on_both;
    use crate::store::testing::TestDb;
    use crate::store::{Db, DbError, Tx};
    use crate::words::codes::SchoolCode;

    async fn write(db: &Db, school: &'static str, object: &'static str) {
        let done: Result<(), DbError> = db
            .write(async move |tx: &mut Tx<'_>| {
                let event = Event {
                    school: SchoolCode::parse(school).unwrap(),
                    actor: Actor::Job("test"),
                    action: "entry-entered",
                    object_kind: "entry",
                    object,
                    address: "",
                    detail: "",
                };
                record(tx, &event).await
            })
            .await;
        done.unwrap();
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
            assert!(one.unwrap() + two.unwrap() >= 20);
            while link_some(&t.db).await.unwrap() > 0 {}
            let (count,) = t.db.read(async |tx: &mut Tx<'_>| {
                tx.query_one::<(i64,)>("SELECT COUNT(*) FROM audit_chain", &[]).await
            }).await.unwrap();
            assert_eq!(count, 20);
            assert_eq!(violations(&t).await, 0);
        }

        async fn t62_a_line_can_be_neither_changed_nor_taken_out(t: TestDb) {
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

        async fn t62_a_changed_row_is_found(t: TestDb) {
            linked(&t).await;
            t.let_the_log_be_changed().await;
            sql(&t, "UPDATE audit_log SET detail = 'nothing happened' WHERE object = 'b' AND school = '99301'").await;
            assert!(violations(&t).await > 0);
        }

        async fn t62_a_row_changed_together_with_its_hash_is_found(t: TestDb) {
            linked(&t).await;
            t.let_the_log_be_changed().await;
            sql(&t, "UPDATE audit_log SET hash = (SELECT hash FROM audit_log WHERE object = 'a' AND school = '00000')
                      WHERE object = 'b' AND school = '00000'").await;
            assert!(violations(&t).await > 0);
        }

        async fn t62_a_row_taken_out_is_found(t: TestDb) {
            linked(&t).await;
            t.let_the_log_be_changed().await;
            sql(&t, "DELETE FROM audit_log WHERE object = 'b' AND school = '99301'").await;
            assert!(violations(&t).await > 0);
        }

        async fn t62_a_row_taken_out_together_with_its_link_is_found(t: TestDb) {
            linked(&t).await;
            t.let_the_log_be_changed().await;
            sql(&t, "DELETE FROM audit_log WHERE object = 'b' AND school = '99301'").await;
            sql(&t, "DELETE FROM audit_chain WHERE place = 2 AND school = '99301'").await;
            assert!(violations(&t).await > 0);
        }

        async fn a_row_that_stays_unlinked_for_over_a_minute_is_found(t: TestDb) {
            write(&t.db, "99301", "x").await;
            assert_eq!(violations(&t).await, 0);
            t.clock.set(t.clock.process_now().plus(jiff::SignedDuration::from_secs(61)));
            assert_eq!(violations(&t).await, 1);
            link_some(&t.db).await.unwrap();
            assert_eq!(violations(&t).await, 0);
        }

        async fn rows_of_an_earlier_life_are_linked_after_a_stop(t: TestDb) {
            linked(&t).await;
            let later = t.clock.process_now().plus(jiff::SignedDuration::from_hours(24));
            write(&t.db, "99301", "late").await;
            t.clock.set(later);
            assert_eq!(link_some(&t.db).await.unwrap(), 1);
            // The mark moves; rows after it are found as before.
            assert_eq!(link_some(&t.db).await.unwrap(), 0);
            write(&t.db, "99301", "later").await;
            assert_eq!(link_some(&t.db).await.unwrap(), 1);
        }
    }
}
