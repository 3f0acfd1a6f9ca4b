//! TH27: an export needs a reason, approval by a second person above the limit, and a line in the audit log.

use super::world::{member, staffed};
use crate::registration::pages::tests::{bound, enrolled};
use crate::staff::list::FILE_ROWS;
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::testing::TestDb;
use cet_base::store::{DbError, Tx};
use cet_domain::audit::testing::told_of;

async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    bound(&app, 1).await;
    app
}

async fn ask(browser: &mut Browser<'_>, what: &str, whole: &str, reason: &str) -> Answer {
    let fields = [("what", what), ("query", ""), ("form", "csv"), ("whole", whole), ("reason", reason)];
    browser.post("/staff/exports", &fields).await
}

/// Adds more lines to the audit log than one file may hold.
async fn long_log(app: &TestApp) {
    let done: Result<u64, DbError> = app
        .t
        .db
        .write(async |tx: &mut Tx<'_>| {
            tx.execute(
                "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i <= $1)
                 INSERT INTO audit_log (school, id, at, actor_kind, actor, action, object_kind, object, address, detail, hash)
                 SELECT '00000', i, i, 'job', 'test', 'account-looked-up', 'test', '', '', '', $2 FROM n",
                params![FILE_ROWS, Vec::<u8>::new()],
            )
            .await
        })
        .await;
    done.unwrap();
}

/// A second auditor; the same person as the first if `same`.
async fn second_auditor(app: &TestApp, same: bool) {
    let done: Result<u64, DbError> = app
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO staff_account
                    (name, person, role, scope, password_hash, password_changed_at, must_change, totp_sealed,
                     enrolled_at, created_at, disabled_at)
                 SELECT 'auditor-2', CASE WHEN $1 THEN person ELSE 'another' END, role, scope, password_hash,
                        password_changed_at, must_change, totp_sealed, enrolled_at, created_at, disabled_at
                   FROM staff_account
                  WHERE name = 'auditor'",
                params![same],
            )
            .await
        })
        .await;
    done.unwrap();
}

async fn logged(app: &TestApp, action: &'static str) -> Vec<String> {
    let rows: Result<Vec<(String,)>, DbError> = app
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| {
            tx.query("SELECT detail FROM audit_log WHERE action = $1 ORDER BY id", params![action]).await
        })
        .await;
    rows.unwrap().into_iter().map(|(detail,)| detail).collect()
}

on_both! {
    async fn th27_an_account_is_sent_one_file_at_a_time(t: TestDb) {
        let app = world(t).await;
        let (mut school, mut other) = (member(&app, "school-99301").await, member(&app, "province-99").await);
        let path = "/staff/registrations.csv";
        let first = app.app.downloads.begin("school-99301").unwrap();
        for kind in ["registrations.csv", "registrations.xlsx", "students.csv", "statistics.csv"] {
            let again = school.get(&format!("/staff/{kind}")).await;
            assert_eq!((again.status.as_u16(), again.header(http::header::RETRY_AFTER)), (429, "10"), "{kind}");
        }
        assert_eq!(logged(&app, "list-exported").await.len(), 0, "nothing was read");
        assert_eq!(other.get(path).await.status, 200);
        assert_eq!(school.get("/staff/registrations").await.status, 200, "a page is no file");
        drop(first);
        let whole = school.get(path).await;
        assert_eq!((whole.status.as_u16(), whole.header(http::header::CONTENT_LENGTH)), (200, &*whole.bytes.len().to_string()));
        // One that was broken off holds nothing.
        assert_eq!((school.begin(path).await, school.get(path).await.status.as_u16()), (200, 200));
    }

    async fn the_same_request_again_is_the_same_one(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let first = ask(&mut school, "registrations", "", "年度检查").await.location().to_owned();
        assert_eq!(ask(&mut school, "registrations", "", "年度检查").await.location(), first);
        assert_eq!(logged(&app, "export-asked").await.len(), 1);
        assert_ne!(ask(&mut school, "registrations", "", "另一个").await.location(), first);
        assert_ne!(ask(&mut school, "registrations", "yes", "年度检查").await.location(), first);
        app.t.clock.set(app.t.clock.process_now().plus(jiff::SignedDuration::from_mins(10)));
        let mut school = member(&app, "school-99301").await;
        assert_ne!(ask(&mut school, "registrations", "", "年度检查").await.location(), first);
    }

    async fn th27_a_file_has_whole_numbers_only_for_a_reason_and_carries_the_users_mark(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let masked = school.get("/staff/registrations.csv").await;
        assert!(masked.text.contains("学生1") && !masked.text.contains("99301000001"));
        assert_eq!(ask(&mut school, "registrations", "yes", " ").await.codes(), ["field-invalid"]);
        let asked = ask(&mut school, "registrations", "yes", "寄送准考证").await;
        assert_eq!(asked.status, 303, "{:?}", asked.codes());
        let page = school.get(asked.location()).await;
        assert!(page.text.contains("寄送准考证") && !page.text.contains("99301000001"));
        let file = school.get(&format!("{}/file", asked.location())).await;
        assert!(file.text.contains("99301000001"));
        assert!(file.text.trim_end().lines().last().unwrap().contains("school-99301"));
        assert!(logged(&app, "export-asked").await[0].contains("list=registrations rows=1 whole=true scope=99301"));
        assert!(logged(&app, "list-exported").await.iter().any(|detail| detail.ends_with("whole=true")));
    }

    async fn what_a_file_was_filtered_by_stands_in_words(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let query = "payment=none&college=";
        let asked = school.get(&format!("/staff/exports/new?what=registrations&{query}")).await;
        let words = "支付状态 = 无科目";
        assert!(asked.text.contains(words), "{}", asked.text);
        let fields = [("what", "registrations"), ("query", query), ("form", "csv"), ("reason", "年度检查")];
        let request = school.post("/staff/exports", &fields).await.location().to_owned();
        assert!(school.get(&request).await.text.contains(words));
        let mut auditor = member(&app, "auditor").await;
        let of_log = auditor.get("/staff/exports/new?what=audit&action=export-asked&actor=nobody").await;
        assert!(!of_log.text.contains("= export-asked") && of_log.text.contains("操作人 = nobody"), "{}", of_log.text);
    }

    async fn th27_nobody_takes_whole_numbers_or_lists_that_the_role_does_not_see(t: TestDb) {
        let app = world(t).await;
        for account in ["province-99", "national"] {
            let mut browser = member(&app, account).await;
            assert_eq!(ask(&mut browser, "registrations", "yes", "x").await.status, 404, "{account}");
            assert_eq!(ask(&mut browser, "registrations", "", "x").await.status, 303, "{account}");
        }
        for account in ["finance", "auditor"] {
            let mut browser = member(&app, account).await;
            assert_eq!(ask(&mut browser, "registrations", "", "x").await.status, 404, "{account}");
        }
        // The approver of a file may not download it.
        let mut school = member(&app, "school-99301").await;
        let request = ask(&mut school, "registrations", "yes", "x").await.location().to_owned();
        let mut national = member(&app, "national").await;
        assert_eq!(national.get(&request).await.status, 200);
        assert_eq!(national.get(&format!("{request}/file")).await.status, 404);
    }

    async fn th27_more_than_the_cap_waits_for_a_second_person_of_the_scope(t: TestDb) {
        let app = world(t).await;
        long_log(&app).await;
        let mut auditor = member(&app, "auditor").await;
        let refused = auditor.get("/staff/audit.csv?action=account-looked-up").await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["field-invalid"]));
        assert!(refused.text.contains("href=\"/staff/exports/new?what=audit"));
        let fields = [("what", "audit"), ("query", "action=account-looked-up"), ("form", "csv"), ("reason", "年度检查")];
        let request = auditor.post("/staff/exports", &fields).await.location().to_owned();
        assert_eq!(app.app.alarms.tally(), (0, 1), "monitoring hears of it at once");
        let file = format!("{request}/file");
        let early = auditor.get(&file).await;
        assert_eq!((early.status.as_u16(), early.codes()), (403, vec!["needs-second"]));
        // One's own request can't be approved, not even under another account.
        let approval = format!("{request}/approval");
        assert_eq!(auditor.post(&approval, &[]).await.codes(), ["needs-second"]);
        second_auditor(&app, true).await;
        assert_eq!(member(&app, "auditor-2").await.post(&approval, &[]).await.codes(), ["needs-second"]);
        let other: Result<u64, DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE staff_account SET person = 'another' WHERE name = 'auditor-2'", &[]).await
        }).await;
        other.unwrap();
        assert_eq!(member(&app, "national").await.post(&approval, &[]).await.status, 404);
        let mut second = member(&app, "auditor-2").await;
        assert!(second.get("/staff").await.text.contains("/staff/exports?state=asked"));
        assert_eq!(second.post(&approval, &[]).await.location(), request);
        assert_eq!(second.post(&approval, &[]).await.location(), request, "the same again");
        assert_eq!(second.post(&format!("{request}/refusal"), &[]).await.codes(), ["review-final"]);
        let taken = auditor.get(&file).await;
        // Headings, as many rows as were approved, and the mark.
        assert_eq!(taken.text.lines().count(), usize::try_from(FILE_ROWS).unwrap() + 3);
        assert!(taken.text.trim_end().lines().last().unwrap().contains("auditor"));
        let approved = told_of(&app.t.db, "export-approved").await.unwrap();
        assert!(matches!(&approved[..], [line] if line.ends_with("; State: waiting for approval → ready")), "{approved:?}");
    }

    async fn th27_the_database_itself_refuses_a_long_file_without_a_second_person(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        ask(&mut school, "registrations", "", "x").await;
        for sql in [
            "UPDATE staff_export SET row_count = 5001",
            "UPDATE staff_export SET row_count = 5001, approver = 'x', approver_person = requester_person, decided_at = 1",
        ] {
            let done: Result<u64, DbError> =
                app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await;
            assert!(done.is_err(), "{sql}");
        }
    }

    async fn th27_the_row_of_the_log_is_there_before_the_first_byte_of_the_file(t: TestDb) {
        let app = world(t).await;
        let school = member(&app, "school-99301").await;
        // The response is dropped with its body unread, like an interrupted download.
        let unread = school.begin("/staff/registrations.xlsx").await;
        assert_eq!(unread, 200);
        assert_eq!(logged(&app, "list-exported").await, ["rows=1 scope=99301"]);
    }
}
