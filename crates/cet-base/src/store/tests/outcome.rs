//! The reported outcome of a use case when the connection to PostgreSQL breaks, by the moment at which it breaks.

use super::*;
use crate::store::testing::proxy::{Cut, Proxy, short};
use crate::store::testing::{Kind, fresh};

fn is_unknown<T>(result: &Result<T, DbError>) -> bool {
    matches!(result, Err(DbError::Unknown(_)))
}

/// Timeouts that a test can wait for.
fn limits() -> Limits {
    Limits { statement: std::time::Duration::from_secs(1), ..short() }
}

/// Writes one province through a connection that breaks as given; returns the result and whether the row is there.
async fn written_across(cut: Cut, soon: bool, limits: Limits) -> (Result<u64, DbError>, bool) {
    let t = fresh(Kind::Postgres).await;
    let proxy = Proxy::before(&t).await;
    let db = proxy.open(&t, t.clock.clone(), limits).await;
    db.write(async |tx: &mut Tx<'_>| put(tx, "10").await).await.unwrap();
    // The statement is prepared, so that the queued ones are sent together with COMMIT.
    db.write(async |tx: &mut Tx<'_>| put_soon(tx, "10").await.map(Soon::ignore)).await.unwrap();
    proxy.set(cut);
    let told = db
        .write(async move |tx: &mut Tx<'_>| {
            if soon {
                put_soon(tx, "11").await?.ignore();
                return Ok(1);
            }
            put(tx, "11").await
        })
        .await;
    let kept = count(&t.db).await == 2;
    proxy.set(Cut::Nothing);
    assert_eq!(db.write(async |tx: &mut Tx<'_>| put(tx, "12").await).await, Ok(1), "it heals by itself");
    (told, kept)
}

#[tokio::test]
async fn a_commit_that_took_no_effect_and_was_not_answered_is_unknown_on_postgresql() {
    for cut in [Cut::BeforeCommit, Cut::SilentBeforeCommit] {
        for soon in [false, true] {
            let (told, kept) = written_across(cut, soon, limits()).await;
            assert!(is_unknown(&told), "{cut:?} {told:?}");
            assert!(!kept, "{cut:?}");
        }
    }
}

#[tokio::test]
async fn a_commit_that_took_effect_and_was_not_answered_is_unknown_on_postgresql() {
    for cut in [Cut::AfterCommit, Cut::SilentAfterCommit] {
        for soon in [false, true] {
            let (told, kept) = written_across(cut, soon, limits()).await;
            assert!(is_unknown(&told), "{cut:?} {told:?}");
            assert!(kept, "{cut:?}");
        }
    }
}

#[tokio::test]
async fn a_commit_of_which_the_server_says_that_it_never_saw_it_is_known_not_to_be_kept_on_postgresql() {
    let limits = Limits { idle: std::time::Duration::from_millis(200), ..limits() };
    let (told, kept) = written_across(Cut::SilentBeforeCommit, false, limits).await;
    assert_eq!((told, kept), (Err(DbError::Busy), false));
}

#[tokio::test]
async fn what_breaks_before_commit_was_sent_is_an_outage_and_nothing_is_kept_on_postgresql() {
    let t = fresh(Kind::Postgres).await;
    let limits = Limits { statement: std::time::Duration::from_millis(300), ..short() };
    for cut in [Cut::AtNext, Cut::Silent] {
        let proxy = std::sync::Arc::new(Proxy::before(&t).await);
        let db = proxy.open(&t, t.clock.clone(), limits).await;
        db.write(async |tx: &mut Tx<'_>| put(tx, "10").await).await.unwrap();
        db.read(async |tx: &mut Tx<'_>| tx.query::<(i64,)>("SELECT COUNT(*) FROM province", &[]).await)
            .await
            .unwrap();
        let network = std::sync::Arc::clone(&proxy);
        let told = db
            .write(async move |tx: &mut Tx<'_>| {
                put(tx, "11").await?;
                network.set(cut);
                // A use case that ignores an error is rolled back all the same.
                let _lost = put(tx, "12").await;
                Ok(())
            })
            .await;
        assert!(matches!(told, Err(DbError::Outage(_))), "{cut:?} {told:?}");
        let read: Result<Vec<(i64,)>, DbError> =
            db.read(async |tx: &mut Tx<'_>| tx.query("SELECT COUNT(*) FROM province", &[]).await).await;
        assert!(read.as_ref().is_err_and(DbError::is_outage), "{cut:?} {read:?}");
        assert_eq!(count(&t.db).await, 1, "{cut:?}");
    }
}

#[tokio::test]
async fn a_session_that_the_server_ends_is_an_outage_or_busy_and_the_pool_heals_on_postgresql() {
    let t = fresh(Kind::Postgres).await;
    let limits = Limits { idle: std::time::Duration::from_millis(100), ..short() };
    let settings =
        Settings { url: t.url.clone(), pool: 2, durable: false, clock: t.clock.clone(), node: 902 };
    let db = Db::open_with(settings, limits).await.unwrap();
    let other = t.db.clone();
    let ended: Result<u64, DbError> = db
        .write(async move |tx: &mut Tx<'_>| {
            let (pid,) = tx.query_one::<(i64,)>("SELECT CAST(pg_backend_pid() AS BIGINT)", &[]).await?;
            put(tx, "11").await?;
            let end = "SELECT pg_terminate_backend(CAST(CAST($1 AS BIGINT) AS INT))";
            other.read(async move |tx: &mut Tx<'_>| tx.query_one::<(bool,)>(end, params![pid]).await).await?;
            put(tx, "12").await
        })
        .await;
    assert!(matches!(ended, Err(DbError::Outage(_))), "{ended:?}");
    let idle: Result<u64, DbError> = db
        .write(async |tx: &mut Tx<'_>| {
            put(tx, "11").await?;
            // A node that stalls inside a transaction: the server terminates it.
            tokio::time::timeout(std::time::Duration::from_millis(400), std::future::pending::<()>())
                .await
                .ok();
            put(tx, "12").await
        })
        .await;
    assert!(matches!(idle, Err(DbError::Outage(_) | DbError::Busy)), "{idle:?}");
    assert_eq!(count(&t.db).await, 0);
    assert_eq!(db.write(async |tx: &mut Tx<'_>| put(tx, "13").await).await, Ok(1));
}

on_both! {
    async fn a_panic_is_told_as_a_panic(t: TestDb) {
        let db = t.db.clone();
        let told: Result<Result<(), DbError>, _> = tokio::spawn(async move {
            db.write(async |_: &mut Tx<'_>| -> Result<(), DbError> { panic!("our bug") }).await
        }).await;
        let told = told.unwrap_or_else(|joined| Err(joined.into()));
        assert_eq!(told, Err(DbError::Panicked));
    }
}
