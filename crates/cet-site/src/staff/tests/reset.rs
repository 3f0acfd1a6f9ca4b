//! TH26: a lost phone. One person asks for a reset, another one approves it.

use jiff::SignedDuration;

use super::world::{code, member, staffed};
use crate::registration::pages::tests::enrolled;
use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::store::testing::{Lost, TestDb};
use cet_base::store::{DbError, Tx};
use cet_domain::audit::testing::told_of;

const PATH: &str = "/staff/accounts/school-99301/reset";
const APPROVAL: &str = "/staff/accounts/school-99301/reset/approval";
const REASON: [(&str, &str); 1] = [("reason", "lost the phone, came with the card")];

async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    app
}

async fn sql(app: &TestApp, sql: &'static str) {
    let done: Result<u64, DbError> =
        app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await;
    assert!(done.unwrap() > 0, "{sql}");
}

/// The kinds of mail, with how many.
async fn mails(app: &TestApp) -> Vec<(String, i64)> {
    let read: Result<Vec<(String, i64)>, DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            tx.query(
                "SELECT kind, COUNT(*) FROM outbox WHERE kind LIKE 'staff-%' GROUP BY kind ORDER BY kind",
                &[],
            )
            .await
        })
        .await;
    read.unwrap()
}

async fn broken(app: &TestApp) -> Vec<&'static str> {
    let findings = cet_domain::verify::run(&app.t.db, &app.app.catalogue.get()).await.unwrap();
    findings.iter().filter(|found| !found.violations.is_empty()).map(|found| found.invariant).collect()
}

async fn hash(app: &TestApp) -> String {
    let read: Result<(String,), DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT password_hash FROM staff_account WHERE name = 'school-99301'", &[]).await
        })
        .await;
    read.unwrap().0
}

on_both! {
    /// S4.
    async fn th26_two_people_reset_an_account_at_once_and_all_are_told(t: TestDb) {
        let app = world(t).await;
        let mut holder = member(&app, "school-99301").await;
        assert_eq!(holder.get("/staff").await.status, 200);
        let mut province = member(&app, "province-99").await;
        assert_eq!(province.post(PATH, &[]).await.codes(), ["field-invalid"]);
        for _ in 0..2 {
            assert_eq!(province.post(PATH, &REASON).await.location(), PATH);
        }
        assert_eq!(mails(&app).await, [("staff-reset-asked".to_owned(), 1)]);
        assert!(province.get(PATH).await.text.contains("撤回申请"));
        assert_eq!(province.post(APPROVAL, &[]).await.codes(), ["needs-second"]);
        assert_eq!(holder.get("/staff").await.status, 200, "nothing has happened yet");
        let mut second = member(&app, "province-99-2").await;
        let list = second.get("/staff/accounts").await.text;
        assert!(list.contains(&format!("href=\"{PATH}\"")) && list.contains("class=\"n\">1<"), "{list}");
        let page = second.get(PATH).await.text;
        assert!(page.contains("lost the phone, came with the card") && page.contains("province-99"), "{page}");
        let done = second.post(APPROVAL, &[]).await;
        assert_eq!(done.status, 200, "{:?}", done.codes());
        assert!(holder.get("/staff").await.location().starts_with("/staff/login"), "its sessions have ended");
        let password = done.text.split("<code class=\"id\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
        let mut new = app.browser();
        let login = [("name", "school-99301"), ("password", password)];
        assert_eq!(new.post("/staff/login", &login).await.location(), "/staff/second-factor");
        let page = new.get("/staff/second-factor").await;
        let secret = page.text.split("<code class=\"id\">").nth(1).and_then(|rest| rest.split('<').next());
        let secret: String = secret.unwrap().chars().filter(|c| !c.is_whitespace()).collect();
        assert_eq!(new.post("/staff/second-factor", &[("code", &code(&app, &secret, 0))]).await.status, 303);
        assert_eq!(new.get("/staff/students").await.location(), "/staff/password");
        let told = [("staff-reset", 3), ("staff-reset-asked", 1), ("staff-secret", 1)];
        assert_eq!(mails(&app).await, told.map(|(kind, n)| (kind.to_owned(), n)));
        let told = told_of(&app.t.db, "staff-reset-approved").await.unwrap();
        assert!(told.len() == 1 && told[0].contains("waiting for approval → done"), "{told:?}");
        // Approved once: a second form finds nothing to decide, and the password stays.
        let before = hash(&app).await;
        assert_eq!(second.post(APPROVAL, &[]).await.codes(), ["review-final"]);
        assert_eq!(hash(&app).await, before);
        while cet_domain::audit::link_some(&app.t.db).await.unwrap() > 0 {}
        assert_eq!(broken(&app).await, Vec::<&str>::new());
        sql(&app, "UPDATE staff_reset SET expires_at = decided_at + 1").await;
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }

    async fn th26_an_approval_that_is_sent_twice_shows_the_same_password_again(t: TestDb) {
        let app = world(t).await;
        assert_eq!(member(&app, "province-99").await.post(PATH, &REASON).await.status, 303);
        let mut second = member(&app, "province-99-2").await;
        let once = second.get(PATH).await.value("once").unwrap().to_owned();
        let shown = |answer: &crate::testing::Answer| {
            let rest = answer.text.split("<code class=\"id\">").nth(1).unwrap_or_default();
            rest.split('<').next().unwrap_or_default().to_owned()
        };
        let first = second.post(APPROVAL, &[("once", &once)]).await;
        assert_eq!((first.status.as_u16(), shown(&first).len()), (200, 32), "{:?}", first.codes());
        let before = hash(&app).await;
        let again = second.post(APPROVAL, &[("once", &once)]).await;
        assert_eq!((again.status.as_u16(), shown(&again)), (200, shown(&first)));
        assert!(again.text.contains("没有再办一次"));
        let mut first_of_them = member(&app, "province-99").await;
        let other = first_of_them.post(APPROVAL, &[("once", &once)]).await;
        assert_eq!(other.codes(), ["review-final"], "somebody else decided");
        assert!(other.text.contains("没有看到初始密码的也一样"), "{}", other.text);
        assert_eq!((hash(&app).await, told_of(&app.t.db, "staff-reset-approved").await.unwrap().len()), (before, 1));
    }

    async fn th26_the_same_person_a_lower_place_and_the_holder_do_not_approve(t: TestDb) {
        let app = world(t).await;
        assert_eq!(member(&app, "national").await.post(PATH, &REASON).await.status, 303);
        assert_eq!(member(&app, "province-99").await.post(APPROVAL, &[]).await.status, 404, "a lower place");
        sql(&app, "UPDATE staff_account SET person = (SELECT person FROM staff_account WHERE name = 'national') WHERE name = 'national-2'").await;
        assert_eq!(member(&app, "national-2").await.post(APPROVAL, &[]).await.codes(), ["needs-second"]);
        sql(&app, "UPDATE staff_account SET person = (SELECT person FROM staff_account WHERE name = 'school-99301') WHERE name = 'national-2'").await;
        assert_eq!(member(&app, "national-2").await.post(APPROVAL, &[]).await.codes(), ["not-eligible"]);
        let own = member(&app, "national").await.post("/staff/accounts/national/reset", &REASON).await;
        assert_eq!(own.codes(), ["not-eligible"]);
        let done: Result<u64, DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute(
                "UPDATE staff_reset SET state = 'done', approver = 'x', approver_person = requester_person, decided_at = asked_at",
                &[],
            ).await
        }).await;
        assert!(done.is_err(), "the database itself refuses one person for both");
    }

    async fn th26_nobody_approves_or_is_approved_with_a_role_that_was_taken_away(t: TestDb) {
        let app = world(t).await;
        let (mut province, mut second) = (member(&app, "province-99").await, member(&app, "province-99-2").await);
        assert_eq!(province.post(PATH, &REASON).await.status, 303);
        for (taken, restored) in [
            ("UPDATE staff_account SET scope = '11' WHERE name = 'province-99-2'", "UPDATE staff_account SET scope = '99' WHERE name = 'province-99-2'"),
            ("UPDATE staff_account SET role = 'finance', scope = '' WHERE name = 'province-99-2'", "UPDATE staff_account SET role = 'province', scope = '99' WHERE name = 'province-99-2'"),
        ] {
            sql(&app, taken).await;
            assert_eq!(second.post(APPROVAL, &[]).await.status, 404, "{taken}");
            sql(&app, restored).await;
        }
        for (lost, restored) in [
            ("UPDATE staff_account SET role = 'finance', scope = '' WHERE name = 'province-99'", "UPDATE staff_account SET role = 'province', scope = '99' WHERE name = 'province-99'"),
            ("UPDATE staff_account SET scope = '11' WHERE name = 'province-99'", "UPDATE staff_account SET scope = '99' WHERE name = 'province-99'"),
            ("UPDATE staff_account SET disabled_at = 1 WHERE name = 'province-99'", "UPDATE staff_account SET disabled_at = NULL WHERE name = 'province-99'"),
        ] {
            sql(&app, lost).await;
            assert_eq!(second.post(APPROVAL, &[]).await.codes(), ["changed-meanwhile"], "{lost}");
            sql(&app, restored).await;
        }
        sql(&app, "UPDATE staff_account SET disabled_at = 1 WHERE name = 'school-99301'").await;
        assert_eq!(second.post(APPROVAL, &[]).await.codes(), ["review-final"]);
        assert!(told_of(&app.t.db, "staff-reset-approved").await.unwrap().is_empty());
    }

    async fn th26_a_request_for_a_reset_lapses_after_seven_days_and_can_be_taken_back(t: TestDb) {
        let app = world(t).await;
        let mut province = member(&app, "province-99").await;
        assert_eq!(province.post(PATH, &REASON).await.status, 303);
        assert_eq!(member(&app, "province-99-2").await.post(PATH, &REASON).await.codes(), ["review-exists"]);
        for _ in 0..2 {
            assert_eq!(province.post(&format!("{PATH}/refusal"), &[]).await.location(), PATH);
        }
        assert_eq!(province.post(PATH, &REASON).await.status, 303);
        app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_hours(7 * 24)));
        let mut second = member(&app, "province-99-2").await;
        assert_eq!(second.post(APPROVAL, &[]).await.codes(), ["review-final"]);
        assert_eq!(second.post(PATH, &REASON).await.status, 303, "it makes way for a new one");
        let mut third = member(&app, "province-99").await;
        assert_eq!(third.post(APPROVAL, &[]).await.status, 200);
    }

    async fn a_reset_whose_answer_was_lost_is_done_once(t: TestDb) {
        let app = world(t).await;
        assert_eq!(member(&app, "national").await.post(PATH, &REASON).await.status, 303);
        let mut second = member(&app, "national-2").await;
        app.t.db.lose_answers(0, 1, Lost::Kept);
        let done = second.post(APPROVAL, &[]).await;
        assert!(app.t.db.all_lost());
        assert_eq!(done.status, 200, "{:?}", done.codes());
        let password = done.text.split("<code class=\"id\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
        let login = [("name", "school-99301"), ("password", password)];
        assert_eq!(app.browser().post("/staff/login", &login).await.location(), "/staff/second-factor");
        assert_eq!(told_of(&app.t.db, "staff-reset-approved").await.unwrap().len(), 1);
    }
}
