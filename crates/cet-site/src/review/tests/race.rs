//! An approval racing with the saving of its registration: whichever commits second sees the first.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::params;
use cet_base::store::testing::{Kind, TestDb, block_on};
use cet_base::store::{Db, DbError};
use cet_base::words::codes::{SchoolCode, SittingCode};
use cet_base::words::ids::{PassportId, RecordId};
use cet_domain::binding::{SaveCommand, save};
use cet_domain::review::ReviewState;
use cet_domain::review::verbs::{SubmitCommand, submit};
use cet_domain::roster;
use cet_domain::score;
use cet_domain::score::Ticket;
use cet_domain::sitting::Catalogue;
use cet_domain::testing::{File, HEAD};

/// Number of students; each is one round of the race.
const STUDENTS: i64 = 60;

/// Student `n` has a roster record without CET6 and a CET4 score of 430 under the same document.
async fn world(t: TestDb) -> TestApp {
    let app = TestApp::on(t).await;
    let (mut lines, mut scores) = (String::new(), String::new());
    for n in 1..=STUDENTS {
        lines += &format!(
            "学生{n},女,澳门身份证,9930{n:07},99301,993010,本科,4,16,2,化学,化学,1,2016{n:05},,1;3,\n"
        );
        scores += &format!("{},学生,澳门身份证,9930{n:07},1,430,2015年上半年\n", ticket(n));
    }
    let (db, vault) = (&app.app.db, &app.app.vault);
    let roster_file = File::of(format!("{HEAD}\n{lines}"));
    roster::file::import(db, Arc::clone(vault), &roster_file.path(), "2017-2", false, Arc::new(|_, _, _| {}))
        .await
        .unwrap();
    let score_file = File::of(format!("准考证号,姓名,证件类型,证件号码,科目,成绩,考次\n{scores}"));
    score::file::import(db, Arc::clone(vault), &score_file.path(), false, Arc::new(|_, _, _| {}))
        .await
        .unwrap();
    let done: Result<u64, DbError> = app.t.db.write(async |tx| {
        let mut rows = 0;
        for n in 1..=STUDENTS {
            let sql = "INSERT INTO agreement_acceptance (passport_id, sitting, version, at)
                       SELECT $1, sitting, version, 0 FROM sitting_text WHERE kind = 'agreement' AND lang = 'zh'";
            rows += tx.execute(sql, params![n]).await?;
        }
        Ok(rows)
    }).await;
    assert!(done.unwrap() > 0);
    app
}

fn ticket(n: i64) -> String {
    format!("9930101511{n:05}")
}

async fn records(app: &TestApp) -> Vec<(SchoolCode, RecordId)> {
    let rows: Result<Vec<(SchoolCode, RecordId)>, DbError> = app
        .t
        .db
        .read(async |tx| tx.query("SELECT school, id FROM student_record ORDER BY student_number", &[]).await)
        .await;
    rows.unwrap()
}

fn sitting() -> SittingCode {
    SittingCode::parse("2017-2").unwrap()
}

async fn saved(db: &Db, catalogue: Arc<Catalogue>, n: i64, record: (SchoolCode, RecordId), locked: bool) {
    let cmd = SaveCommand {
        passport: PassportId(n),
        sitting: sitting(),
        record: Some(record),
        seen: cet_base::form_mark::Seen::default(),
        checked: true,
        shown: cet_domain::binding::Shown::default(),
        address: String::new(),
    };
    let done = db.write(async move |tx| {
        if !locked {
            tx.leave_out("FOR UPDATE");
        }
        save(tx, &catalogue, &cmd).await
    });
    done.await.unwrap();
}

async fn approved(db: &Db, catalogue: Arc<Catalogue>, n: i64, record: (SchoolCode, RecordId)) {
    let cmd = SubmitCommand {
        passport: PassportId(n),
        sitting: sitting(),
        looked_up: Some(record),
        ticket: Ticket::parse(&ticket(n)),
        confirmed: true,
        address: String::new(),
    };
    let done = db.write(async move |tx| submit(tx, &catalogue, &cmd).await).await;
    assert_eq!(done.unwrap(), Ok(ReviewState::Approved));
}

/// Number of registrations that may enter CET6.
async fn with_cet6(app: &TestApp) -> i64 {
    let sql =
        "SELECT COUNT(*) FROM registration WHERE state = 'live' AND ';' || subjects || ';' LIKE '%;2;%'";
    let found: Result<(i64,), DbError> = app.t.db.read(async move |tx| tx.query_one(sql, &[]).await).await;
    found.unwrap().0
}

on_both! {
    async fn of_an_approval_and_a_saving_at_once_the_second_sees_the_first(t: TestDb) {
        let app = world(t).await;
        let other = app.t.another_node().await;
        let catalogue = app.app.catalogue.get();
        for (n, record) in (1..).zip(records(&app).await) {
            let (db, node) = (app.t.db.clone(), other.clone());
            let (one, two) = (Arc::clone(&catalogue), Arc::clone(&catalogue));
            let saving = tokio::spawn(async move { saved(&db, one, n, record, true).await });
            let approving = tokio::spawn(async move { approved(&node, two, n, record).await });
            saving.await.unwrap();
            approving.await.unwrap();
        }
        assert_eq!(with_cet6(&app).await, STUDENTS);
    }
}

/// Whether the registration of student 1 may enter CET6, if the approval comes after the saving has read the reviews
/// and before it stores the registration. Another transaction, which gives up in the end, holds the claim until then.
async fn has_cet6_after_an_approval_in_between(t: TestDb, locked: bool) -> bool {
    let app = world(t).await;
    let (catalogue, record) = (app.app.catalogue.get(), records(&app).await[0]);
    let (claimed, give_up) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let blocker = {
        let (db, claimed, give_up) = (app.t.db.clone(), Arc::clone(&claimed), Arc::clone(&give_up));
        tokio::spawn(async move {
            db.write(async move |tx| {
                let sql = "INSERT INTO passport_claim (passport_id, sitting, kind, school, id)
                           VALUES (1, '2017-2', 'registration', '99301', 1)";
                tx.execute(sql, &[]).await?;
                claimed.notify_one();
                give_up.notified().await;
                Err::<(), _>(DbError::Other("given up".to_owned()))
            })
            .await
        })
    };
    claimed.notified().await;
    let (db, of) = (app.t.another_node().await, Arc::clone(&catalogue));
    let saving = tokio::spawn(async move { saved(&db, of, 1, record, locked).await });
    while waiting_for_locks(&app).await < 1 {}
    let (db, of) = (app.t.another_node().await, Arc::clone(&catalogue));
    let approving = tokio::spawn(async move { approved(&db, of, 1, record).await });
    while !approving.is_finished() && waiting_for_locks(&app).await < 2 {}
    give_up.notify_one();
    assert!(blocker.await.unwrap().is_err());
    saving.await.unwrap();
    approving.await.unwrap();
    with_cet6(&app).await == 1
}

async fn waiting_for_locks(app: &TestApp) -> i64 {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event IN ('transactionid', 'tuple')";
    let found: Result<(i64,), DbError> = app.t.db.read(async move |tx| tx.query_one(sql, &[]).await).await;
    found.unwrap().0
}

/// SQLite has one writer: nothing comes in between.
#[test]
fn an_approval_waits_for_the_lock_of_the_record_and_reaches_the_registration_on_postgres() {
    block_on(Kind::Postgres, async |t| assert!(has_cet6_after_an_approval_in_between(t, true).await));
}

#[test]
fn twin_without_the_lock_of_the_record_an_approval_is_lost_on_postgres() {
    block_on(Kind::Postgres, async |t| {
        let kept = has_cet6_after_an_approval_in_between(t, false).await;
        assert!(!kept, "the race was not lost without the lock");
    });
}
