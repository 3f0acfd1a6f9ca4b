//! One transaction stalls and keeps its locks: work that does not need them proceeds, and waiting requests get
//! `too-busy`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::binding::{Binding, Shown, bind};
use crate::entry::EntryRefusal;
use crate::entry::testing::{ELSEWHERE, HOME, World, campus, entered, sitting, snapshot, written};
use crate::entry::verbs::{Entered, enter};
use crate::params;
use crate::store::testing::proxy::short;
use crate::store::testing::{Kind, TestDb, client, fresh, patient};
use crate::store::{Db, DbError, Limits, Settings, Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::{PassportId, RecordId};

async fn put(tx: &mut Tx<'_>, code: &str) -> Result<u64, DbError> {
    tx.execute(
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

/// A connection of a node that stalls inside a transaction.
struct Stalled {
    client: tokio_postgres::Client,
    connection: tokio::task::JoinHandle<Result<(), tokio_postgres::Error>>,
}

impl Stalled {
    async fn holding(t: &TestDb, lock: &str) -> Self {
        let (client, connection) = client(&t.url).await.unwrap();
        client.batch_execute(&format!("BEGIN; {lock}")).await.unwrap();
        Self { client, connection }
    }

    async fn end(self) {
        drop(self.client);
        let _ended = self.connection.await;
    }
}

async fn node(t: &TestDb, limits: Limits) -> Db {
    let settings =
        Settings { url: t.url.clone(), pool: 8, durable: false, clock: t.clock.clone(), node: 903 };
    Db::open_with(settings, limits).await.unwrap()
}

/// Waits until this many sessions of this database wait for a lock.
async fn until_waiting(t: &TestDb, n: i64) {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    loop {
        let seen =
            t.db.read(async move |tx: &mut Tx<'_>| tx.query_one::<(i64,)>(sql, &[]).await).await.unwrap();
        if seen.0 >= n {
            return;
        }
    }
}

/// Reading, logging in and readiness: operations that never need a seat pool.
async fn the_rest_goes_on(db: &Db, code: &str) {
    let code = code.to_owned();
    let wrote = db.write(async move |tx: &mut Tx<'_>| put(tx, &code).await).await;
    assert_eq!(wrote, Ok(1), "a write that wants none of those rows");
    count(db).await;
    db.probe(async |tx: &mut Tx<'_>| tx.now().await).await.unwrap();
}

/// O7.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_transaction_that_holds_a_seat_pool_stops_nothing_else_on_postgresql() {
    let t = fresh(Kind::Postgres).await;
    let world = World::with_seats(t, 100).await;
    let who = world.candidates(30).await;
    let catalogue = Arc::clone(&world.catalogue);
    let elsewhere = PassportId(31);
    let bound = world.t.db.write(async move |tx: &mut Tx<'_>| {
        let (sitting, snapshot) = (sitting(), snapshot(31, ELSEWHERE, "1;2"));
        let binding = Binding {
            passport: elsewhere,
            sitting: &sitting,
            record: RecordId(31),
            snapshot,
            shown: &Shown::default(),
            address: "",
        };
        bind(tx, &catalogue, &binding).await
    });
    bound.await.unwrap();
    let (patient, hasty) = (node(&world.t, patient()).await, node(&world.t, short()).await);
    let pool = "SELECT 1 FROM seat_pool WHERE campus = '993010' AND subject = '1' FOR UPDATE";
    let stalled = Stalled::holding(&world.t, pool).await;
    let waiting: Vec<_> = who.iter().map(|passport| entering(&world, &patient, *passport)).collect();
    until_waiting(&world.t, 2).await;
    the_rest_goes_on(&patient, "11").await;
    assert!(entered(&patient, &world.catalogue, written(elsewhere, "1")).await.is_ok(), "entering elsewhere");
    the_rest_goes_on(&patient, "12").await;
    assert!(waiting.iter().all(|task| !task.is_finished()), "all of it was done while they waited");
    // On a node with short timeouts each gets a response, and may retry.
    let told: Vec<_> = who.iter().map(|passport| entering(&world, &hasty, *passport)).collect();
    for task in told {
        assert!(matches!(task.await.unwrap(), Err(Stop::Fault(DbError::Busy))));
    }
    stalled.end().await;
    for task in waiting {
        assert!(task.await.unwrap().is_ok());
    }
    assert_eq!(world.taken("1").await, 31);
    world.assert_sums_agree().await;
}

fn entering(
    world: &World,
    db: &Db,
    who: PassportId,
) -> tokio::task::JoinHandle<Result<Entered, Stop<Vec<EntryRefusal>>>> {
    let (db, catalogue, cmd) = (db.clone(), Arc::clone(&world.catalogue), written(who, "1"));
    tokio::spawn(async move { db.write(async move |tx| enter(tx, &catalogue, &cmd).await).await })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_job_that_holds_rows_of_many_schools_leaves_connections_for_the_rest_on_postgresql() {
    let t = fresh(Kind::Postgres).await;
    let codes: BTreeSet<String> = (10..30).map(|n| n.to_string()).collect();
    for code in codes.clone() {
        t.db.write(async move |tx: &mut Tx<'_>| put(tx, &code).await).await.unwrap();
    }
    let (patient, hasty) = (node(&t, patient()).await, node(&t, short()).await);
    let stalled = Stalled::holding(&t, "SELECT 1 FROM province FOR UPDATE").await;
    let touching = |db: &Db, code: &String| {
        let (db, code) = (db.clone(), code.clone());
        tokio::spawn(async move {
            db.write(async move |tx: &mut Tx<'_>| {
                tx.turn(SchoolCode::parse(&format!("{code}001")).unwrap())?;
                touch(tx, &code).await
            })
            .await
        })
    };
    let waiting: Vec<_> = codes.iter().map(|code| touching(&patient, code)).collect();
    until_waiting(&t, 6).await;
    the_rest_goes_on(&patient, "91").await;
    assert!(waiting.iter().all(|task| !task.is_finished()));
    for task in codes.iter().map(|code| touching(&hasty, code)).collect::<Vec<_>>() {
        assert_eq!(task.await.unwrap(), Err(DbError::Busy));
    }
    stalled.end().await;
    for task in waiting {
        assert_eq!(task.await.unwrap(), Ok(1));
    }
}

#[tokio::test]
async fn a_registration_that_stays_locked_is_answered_busy_on_postgresql() {
    let t = fresh(Kind::Postgres).await;
    let world = World::with_seats(t, 100).await;
    let who = world.candidate(1).await;
    let db = node(&world.t, short()).await;
    let stalled = Stalled::holding(&world.t, "SELECT 1 FROM registration FOR UPDATE").await;
    let (catalogue, cmd) = (Arc::clone(&world.catalogue), written(who, "1"));
    let told = db.write(async move |tx| enter(tx, &catalogue, &cmd).await).await;
    assert!(matches!(told, Err(Stop::Fault(DbError::Busy))), "{told:?}");
    stalled.end().await;
    assert!(entered(&db, &world.catalogue, written(who, "1")).await.is_ok());
    assert_eq!(campus(HOME).school(), world.registration(who).await.unwrap().school);
}

#[tokio::test]
async fn a_statement_without_end_is_ended_and_answered_busy_on_postgresql() {
    let t = fresh(Kind::Postgres).await;
    // Longer than a busy machine takes to begin a transaction, and shorter than what runs in it.
    let statement = Duration::from_secs(1);
    let db =
        node(&t, Limits { statement, probe: statement, grace: Duration::from_secs(10), ..short() }).await;
    let endless = "SELECT COUNT(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b";
    let read: Result<Vec<(i64,)>, DbError> =
        db.read(async move |tx: &mut Tx<'_>| tx.query(endless, &[]).await).await;
    assert_eq!(read, Err(DbError::Busy));
    let write: Result<Vec<(i64,)>, DbError> =
        db.write(async move |tx: &mut Tx<'_>| tx.query(endless, &[]).await).await;
    assert_eq!(write, Err(DbError::Busy));
    let probe: Result<Vec<(i64,)>, DbError> =
        db.probe(async move |tx: &mut Tx<'_>| tx.query(endless, &[]).await).await;
    assert_eq!(probe, Err(DbError::Busy));
    let longer = "SELECT COUNT(*) FROM (SELECT pg_sleep(1.5)) AS slept";
    let long: Result<(i64,), DbError> =
        db.read_long(async move |tx: &mut Tx<'_>| tx.query_one(longer, &[]).await).await;
    assert_eq!(long, Ok((1,)));
}
