//! An approval racing with the saving of its registration: whichever commits second sees the first.

use std::sync::Arc;

use crate::on_both;
use crate::params;
use crate::registration::verbs::{confirmation, looked_up};
use crate::review::ReviewState;
use crate::review::verbs::{SubmitCommand, submit};
use crate::score::Ticket;
use crate::sitting::Catalogue;
use crate::store::testing::TestDb;
use crate::store::{Db, DbError};
use crate::testing::TestApp;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RecordId};
use crate::{roster, score};
use cet_domain::binding::{Binding, SaveCommand, bind, save};
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

async fn saved(db: &Db, catalogue: Arc<Catalogue>, n: i64, record: (SchoolCode, RecordId)) {
    let cmd = SaveCommand {
        passport: PassportId(n),
        sitting: sitting(),
        record: Some(record),
        seen: cet_base::form_mark::Seen::default(),
        checked: true,
        address: String::new(),
    };
    db.write(async move |tx| save(tx, &catalogue, &cmd).await).await.unwrap();
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
            let saving = tokio::spawn(async move { saved(&db, one, n, record).await });
            let approving = tokio::spawn(async move { approved(&node, two, n, record).await });
            saving.await.unwrap();
            approving.await.unwrap();
        }
        assert_eq!(with_cet6(&app).await, STUDENTS);
    }

    async fn twin_who_asks_for_the_approval_before_the_lock_saves_without_it(t: TestDb) {
        let app = world(t).await;
        let catalogue = app.app.catalogue.get();
        let record = records(&app).await[0];
        let plan = Arc::clone(catalogue.sitting(&sitting()).unwrap());
        let asked = app.t.db.read(async move |tx| {
            let found = looked_up(tx, &plan, Some(record)).await?.unwrap();
            let granted = confirmation(tx, &plan, &found).await?.eligibility.granted();
            Ok::<_, DbError>(found.snapshot("", "", granted))
        }).await;
        let snapshot = asked.unwrap();
        // Now the approval, which does not see a registration yet.
        approved(&app.t.db, Arc::clone(&catalogue), 1, record).await;
        app.t.db.write(async move |tx| {
            let binding = Binding { passport: PassportId(1), sitting: &sitting(), record: record.1, snapshot: snapshot.clone(), address: "" };
            bind(tx, &catalogue, &binding).await
        }).await.unwrap();
        assert_eq!(with_cet6(&app).await, 0, "what was asked before was out of date");
    }
}
