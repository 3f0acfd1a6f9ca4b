//! The season that `cet demo` shows besides the manual's people.

use cet_base::config::Config;
use cet_base::params;
use cet_base::store::{Clock, Db, Tx};
use cet_domain::installation::open_database;

use super::demo::Demo;

/// What boards, lists and charts of staff show of the current sitting, and how it is counted.
const STATES: [(&str, &str); 24] = [
    (
        "a saved record with nothing entered",
        "registration r WHERE state = 'live' AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.school = r.school AND e.registration_id = r.id)",
    ),
    ("an unpaid entry", "entry WHERE state = 'held' AND order_id IS NULL AND locked_by IS NULL"),
    ("an entry whose order is open", "entry WHERE state = 'held' AND order_id IS NOT NULL"),
    ("an entry that a school is about to pay", "entry WHERE state = 'held' AND locked_by IS NOT NULL"),
    ("a paid entry", "entry WHERE state = 'paid' AND channel = 'self'"),
    ("an entry that a school has paid", "entry WHERE state = 'paid' AND channel = 'school'"),
    ("a paid oral entry", "entry WHERE state = 'paid' AND mode = 'oral'"),
    ("an expired entry", "entry WHERE state = 'expired'"),
    ("a place in the line of a full pool", "standby WHERE ended_at IS NULL"),
    ("a cancelled entry", "entry WHERE state = 'cancelled'"),
    ("a full pool", "seat_pool WHERE taken = capacity"),
    ("a review that waits", "eligibility_review WHERE state = 'pending'"),
    ("an approved review", "eligibility_review WHERE state = 'approved'"),
    ("a refused review", "eligibility_review WHERE state = 'refused'"),
    ("an open collective payment", "collective_payment WHERE state = 'open'"),
    ("a settled collective payment", "collective_payment WHERE state = 'paid'"),
    ("a report that waits for its school", "record_report WHERE state = 'open'"),
    ("a report after which the record was corrected", "record_report WHERE state = 'corrected'"),
    ("a report that was answered only", "record_report WHERE state = 'answered'"),
    ("an open transfer", "transfer WHERE state = 'open'"),
    ("a published file", "upload WHERE state = 'published'"),
    ("a file with errors", "upload WHERE state = 'bad'"),
    ("a file that waits for its school", "upload WHERE state = 'ready'"),
    ("a change that waits for a second person", "setting_change WHERE state = 'asked'"),
];

async fn open(demo: &Demo) -> Db {
    let config = Config::load(&demo.file("cet.toml"), std::iter::empty()).unwrap();
    let node = config.server.node ^ 0x200;
    open_database(&config, Clock::Real { rehearsal: true }, node).await.unwrap()
}

async fn count(db: &Db, of: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {of}");
    let counted = db.read(async move |tx: &mut Tx<'_>| tx.query_one::<(i64,)>(&sql, &[]).await).await;
    counted.unwrap().0
}

/// season.md 6.
#[tokio::test]
async fn the_demo_shows_a_season_with_something_in_every_state_and_verify_finds_nothing() {
    let demo = Demo::with_season();
    assert!(demo.verify().contains("I1"), "nothing was asked");
    let db = open(&demo).await;
    let mut missing = Vec::new();
    for (what, of) in STATES {
        if count(&db, &format!("{of} AND sitting = '2017-2'")).await == 0 {
            missing.push(what);
        }
    }
    for (what, of) in [
        ("a refund that waits", "refund WHERE state = 'due' AND tries > 1"),
        ("a refund that is done", "refund WHERE state = 'done'"),
        ("an archived sitting", "sitting WHERE code = '2017-1' AND state = 'archived'"),
        ("its tickets", "seat_assignment"),
        ("a draft", "sitting WHERE code = '2018-1' AND state = 'draft'"),
    ] {
        if count(&db, of).await == 0 {
            missing.push(what);
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(count(&db, "transfer WHERE sitting = '2017-2'").await, 2);
    let kept = "statistic WHERE sitting = '2017-1' AND place = '' AND paid >= 90";
    assert_eq!(count(&db, kept).await, 1, "nothing that this sitting's end is estimated by");
    // The last sitting's candidates were told of their seats before its exams.
    let seated = "message WHERE kind IN ('seated', 'seat-changed')";
    let exams = "(SELECT MIN(exam_from) FROM subject WHERE sitting = '2017-1')";
    assert!(count(&db, seated).await >= 90);
    assert_eq!(count(&db, &format!("{seated} AND at >= {exams}")).await, 0);
    assert_eq!(count(&db, "province").await, 3);
    assert_eq!(count(&db, "school").await, 11);
    assert!(count(&db, "passport").await >= 600);
    assert_eq!(count(&db, "outbox WHERE try_at IS NOT NULL AND sent_at IS NULL").await, 0);
    let said = demo.said().join("\n");
    let line = said.lines().find(|line| line.starts_with("season: ")).unwrap();
    assert!(line.starts_with("season: 600 made-up candidates in ") && line.ends_with(" s"), "{line}");
}

/// interface.md 7.
#[tokio::test]
async fn the_season_leaves_the_manuals_people_and_the_demos_students_alone() {
    let demo = Demo::with_season();
    let db = open(&demo).await;
    let named: Vec<String> = demo.students().into_iter().map(|student| student.student_number).collect();
    assert_eq!(named.len(), 2_008);
    let bound = db
        .read(async |tx: &mut Tx<'_>| {
            tx.query::<(String,)>("SELECT student_number FROM registration WHERE state = $1", params!["live"])
                .await
        })
        .await
        .unwrap();
    assert!(bound.len() > 500);
    assert!(bound.iter().all(|(number,)| !named.contains(number)));
    let taken = "seat_pool WHERE sitting = '2017-2' AND campus IN ('991010', '993010') AND taken > 0";
    assert_eq!(count(&db, &format!("{taken} AND subject <> '1'")).await, 0);
    assert_eq!(count(&db, &format!("{taken} AND taken > 60")).await, 0);
    // A visitor's review is the only one that waits for these schools.
    let waits = "eligibility_review WHERE state = 'pending' AND school IN ('99101', '99301')";
    assert_eq!(count(&db, waits).await, 0);
}

#[tokio::test]
async fn an_empty_demo_has_its_people_and_nobody_else() {
    let demo = Demo::start(None);
    let db = open(&demo).await;
    for of in [
        "registration",
        "passport",
        "upload",
        "sitting WHERE code <> '2017-2'",
        "province WHERE code <> '99'",
    ] {
        assert_eq!(count(&db, of).await, 0, "{of}");
    }
    assert_eq!(count(&db, "student_record").await, 2_008);
    assert!(demo.said().iter().all(|line| !line.starts_with("season")));
}

#[tokio::test]
async fn a_second_start_keeps_the_season_and_one_that_was_interrupted_is_begun_again() {
    let mut demo = Demo::with_season();
    let before = count(&open(&demo).await, "entry").await;
    demo.crash_and_restart();
    assert_eq!(count(&open(&demo).await, "entry").await, before);
    assert!(demo.said().iter().all(|line| !line.starts_with("season")));
    demo.crash();
    std::fs::write(demo.file("season-begun"), "").unwrap();
    demo.crash_and_restart();
    assert!(demo.said().iter().any(|line| line.starts_with("season")));
    assert!(!demo.file("season-begun").exists());
}
