//! The guarantees of the layer on both databases.

use crate::on_both;
use crate::params;
use crate::store::{Clock, Db, DbError, Limits, Settings, Soon, Stop, Tx};

async fn put(tx: &mut Tx<'_>, code: &str) -> Result<u64, DbError> {
    tx.execute(
        "INSERT INTO province (code, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        params![code, "somewhere"],
    )
    .await
}

async fn put_soon(tx: &mut Tx<'_>, code: &str) -> Result<Soon, DbError> {
    tx.execute_soon(
        "INSERT INTO province (code, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        params![code, "somewhere"],
    )
    .await
}

async fn touch(tx: &mut Tx<'_>, code: &str) -> Result<u64, DbError> {
    tx.execute("UPDATE province SET name = $2 WHERE code = $1", params![code, "touched"]).await
}

async fn count(db: &Db) -> i64 {
    db.read(async |tx: &mut Tx<'_>| tx.query_one::<(i64,)>("SELECT COUNT(*) FROM province", &[]).await)
        .await
        .unwrap()
        .0
}

on_both! {
    async fn what_a_use_case_did_is_kept_when_it_answers_ok(t: TestDb) {
        let n = t.db.write(async |tx: &mut Tx<'_>| put(tx, "11").await).await.unwrap();
        assert_eq!((n, count(&t.db).await), (1, 1));
    }

    async fn nothing_remains_of_a_use_case_that_refuses(t: TestDb) {
        let refused: Result<(), Stop<&str>> = t.db.write(async |tx: &mut Tx<'_>| {
            put(tx, "11").await?;
            Err(Stop::Refused("no"))
        }).await;
        assert_eq!(refused, Err(Stop::Refused("no")));
        assert_eq!(count(&t.db).await, 0);
    }

    async fn parameters_go_by_their_number_not_by_their_place(t: TestDb) {
        let row: (String, String) = t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT CAST($2 AS TEXT), CAST($1 AS TEXT)", params!["first", "second"]).await
        }).await.unwrap();
        assert_eq!(row, ("second".to_owned(), "first".to_owned()));
    }

    async fn a_row_lock_is_written_once_for_both(t: TestDb) {
        t.db.write(async |tx: &mut Tx<'_>| put(tx, "11").await).await.unwrap();
        let rows: Vec<(String,)> = t.db.write(async |tx: &mut Tx<'_>| {
            tx.query("SELECT code FROM province WHERE code = $1 FOR UPDATE SKIP LOCKED", params!["11"]).await
        }).await.unwrap();
        assert_eq!(rows.len(), 1);
    }

    async fn every_kind_of_value_comes_back_as_it_went(t: TestDb) {
        let row: (i64, bool, String, Vec<u8>, Option<String>) = t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO captcha_used (nonce, expires_at) VALUES ($1, $2)",
                params![vec![0_u8, 255], 7_i64],
            ).await?;
            tx.query_one(
                "SELECT expires_at, expires_at = 7 AS seven, CAST($1 AS TEXT), nonce, CAST($2 AS TEXT) FROM captcha_used",
                params!["颜\u{20000}", None::<String>],
            ).await
        }).await.unwrap();
        assert_eq!(row, (7, true, "颜\u{20000}".to_owned(), vec![0, 255], None));
    }

    async fn a_panic_costs_one_use_case_and_leaves_nothing(t: TestDb) {
        let other = t.db.clone();
        let broken = tokio::spawn(async move {
            other.write(async |tx: &mut Tx<'_>| -> Result<(), DbError> {
                put(tx, "11").await?;
                panic!("our bug");
            }).await
        }).await;
        assert!(!matches!(broken, Ok(Ok(()))));
        t.db.write(async |tx: &mut Tx<'_>| put(tx, "12").await).await.unwrap();
        assert_eq!(count(&t.db).await, 1);
    }

    async fn many_writers_at_once_are_all_kept(t: TestDb) {
        let tasks: Vec<_> = (0..60).map(|n| {
            let db = t.db.clone();
            tokio::spawn(async move { db.write(async move |tx: &mut Tx<'_>| put(tx, &format!("{n:02}")).await).await })
        }).collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), Ok(1));
        }
        assert_eq!(count(&t.db).await, 60);
    }

    async fn two_use_cases_that_lock_in_opposite_order_both_end_well(t: TestDb) {
        for code in ["11", "12"] {
            t.db.write(async move |tx: &mut Tx<'_>| put(tx, code).await).await.unwrap();
        }
        let tasks: Vec<_> = (0..4).map(|n| {
            let db = t.db.clone();
            let order = if n % 2 == 0 { ["11", "12"] } else { ["12", "11"] }.map(str::to_owned);
            tokio::spawn(async move {
                db.write(async move |tx: &mut Tx<'_>| {
                    let [first, second] = &order;
                    touch(tx, first).await?;
                    touch(tx, second).await
                }).await
            })
        }).collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), Ok(1));
        }
    }

    async fn a_row_count_that_is_asked_for_later_is_the_statements_own(t: TestDb) {
        let counts = t.db.write(async |tx: &mut Tx<'_>| {
            let (mut soon, mut counts) = (Vec::new(), Vec::new());
            for n in 0..40 {
                soon.push(put_soon(tx, &format!("{:02}", n / 2)).await?);
                if n == 5 {
                    let (seen,) = tx.query_one::<(i64,)>("SELECT COUNT(*) FROM province", &[]).await?;
                    assert_eq!(seen, 3, "a query finds what was sent before it");
                }
            }
            for one in soon {
                counts.push(tx.changed(one).await?);
            }
            Ok::<_, DbError>(counts)
        }).await.unwrap();
        assert_eq!(counts, [1, 0].repeat(20));
        assert_eq!(count(&t.db).await, 20);
    }

    async fn what_nobody_asks_for_is_kept_with_the_use_case_and_goes_with_it(t: TestDb) {
        t.db.write(async |tx: &mut Tx<'_>| put_soon(tx, "11").await.map(Soon::ignore)).await.unwrap();
        assert_eq!(count(&t.db).await, 1);
        let refused: Result<(), Stop<&str>> = t.db.write(async |tx: &mut Tx<'_>| {
            put_soon(tx, "12").await?.ignore();
            Err(Stop::Refused("no"))
        }).await;
        assert_eq!(refused, Err(Stop::Refused("no")));
        let broken: Result<(), DbError> = t.db.write(async |tx: &mut Tx<'_>| {
            put_soon(tx, "13").await?.ignore();
            tx.execute_soon("INSERT INTO province (code, name) VALUES ($1, $2)", params!["11", "again"]).await?.ignore();
            Ok(())
        }).await;
        assert_eq!(broken, Err(DbError::Unique));
        assert_eq!(count(&t.db).await, 1);
        t.db.write(async |tx: &mut Tx<'_>| put(tx, "14").await).await.unwrap();
        assert_eq!(count(&t.db).await, 2);
    }

    /// TH46.
    async fn the_real_time_of_a_use_case_that_locks_is_asked_after_the_lock_and_once(t: TestDb) {
        let clock = Clock::Real { rehearsal: true };
        let settings = Settings { url: t.url.clone(), pool: 2, durable: false, clock: clock.clone(), node: 900 };
        let db = Db::open(settings).await.unwrap();
        db.write(async |tx: &mut Tx<'_>| put(tx, "11").await).await.unwrap();
        let (first, second) = db.write(async |tx: &mut Tx<'_>| {
            let lock = "SELECT code FROM province WHERE code = $1 FOR UPDATE";
            tx.query_opt::<(String,)>(lock, params!["11"]).await?;
            let first = tx.now().await?;
            touch(tx, "11").await?;
            Ok::<_, DbError>((first, tx.now().await?))
        }).await.unwrap();
        assert_eq!(first, second);
        let apart = clock.process_now().since(first).abs();
        assert!(apart < jiff::SignedDuration::from_mins(1), "{apart:?}");
    }

    async fn a_second_migration_changes_nothing(t: TestDb) {
        assert_eq!(t.db.migrate().await.unwrap(), Vec::<&str>::new());
        assert_eq!(t.db.version().await.unwrap(), crate::store::VersionState::Current);
    }
}

mod load;
mod outcome;
mod plans;
mod tls;
mod writer;
