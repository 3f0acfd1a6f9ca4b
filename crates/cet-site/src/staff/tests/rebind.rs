use jiff::SignedDuration;

use super::world::{member, places, staffed};
use crate::registration::pages::tests::{accept, bound, enrolled, look_up};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::testing::{Lost, TestDb};
use cet_base::store::{DbError, Tx};
use cet_domain::audit::testing::told_of;

/// Passport 1 is bound; passport 9 is the one that the candidate newly registered.
async fn world(t: TestDb) -> (TestApp, String) {
    let app = enrolled(t).await;
    staffed(&app).await;
    bound(&app, 1).await;
    app.signed_in(9).await;
    let place = places(&app).await[0].trim_start_matches("/staff/registrations/").replace('/', "-");
    (app, place)
}

async fn ask(browser: &mut Browser<'_>, registration: &str, passport: i64) -> Answer {
    let public_id = format!("{passport:032X}");
    let email = format!("candidate{passport}@example.cn");
    let fields = [
        ("registration", registration),
        ("new_passport", public_id.as_str()),
        ("new_email", email.as_str()),
        ("evidence", "compared the student card"),
    ];
    browser.post("/staff/rebinds", &fields).await
}

async fn owner(app: &TestApp) -> i64 {
    let (owner,): (i64,) = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT passport_id FROM registration WHERE state = 'live'", &[]).await
        })
        .await
        .unwrap();
    owner
}

async fn sql(app: &TestApp, sql: &'static str) {
    let done: Result<u64, DbError> = app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await;
    assert!(done.unwrap() > 0, "{sql}");
}

async fn broken(app: &TestApp) -> Vec<&'static str> {
    let findings = cet_domain::verify::run(&app.t.db, &app.app.catalogue.get()).await.unwrap();
    findings.iter().filter(|found| !found.violations.is_empty()).map(|found| found.invariant).collect()
}

/// Makes the supervisor's account another account of the requester.
async fn same_person(app: &TestApp) {
    let done: Result<u64, DbError> = app
        .t
        .db
        .write(async |tx| {
            tx.execute(
                "UPDATE staff_account
                    SET person = (SELECT person FROM staff_account WHERE name = 'service')
                  WHERE name = 'supervisor'",
                &[],
            )
            .await
        })
        .await;
    done.unwrap();
}

async fn moved_once(t: TestDb, lost: Lost) {
    let (app, place) = world(t).await;
    let (mut service, mut supervisor) = (member(&app, "service").await, member(&app, "supervisor").await);
    app.t.db.lose_answers(0, 1, lost);
    let request = ask(&mut service, &place, 9).await.location().to_owned();
    assert!(app.t.db.all_lost());
    app.t.db.lose_answers(0, 1, lost);
    assert_eq!(supervisor.post(&format!("{request}/approval"), &[]).await.location(), request);
    assert!(app.t.db.all_lost());
    assert_eq!(owner(&app).await, 9);
    let (lines,): (i64,) = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT COUNT(*) FROM audit_log WHERE action LIKE 'rebind%'", &[]).await
        })
        .await
        .unwrap();
    assert_eq!(lines, 2);
}

on_both! {
    /// A7.
    async fn th26_two_people_move_a_registration_and_all_that_was_open_ends(t: TestDb) {
        let (app, place) = world(t).await;
        let (mut old, mut new) = (app.signed_in(1).await, app.signed_in(9).await);
        assert_eq!(old.get("/registration").await.status, 200);
        let mut service = member(&app, "service").await;
        let asked = ask(&mut service, &place, 9).await;
        assert_eq!(asked.status, 303, "{:?}", asked.codes());
        let request = asked.location().to_owned();
        assert_eq!(owner(&app).await, 1);
        let mut supervisor = member(&app, "supervisor").await;
        assert!(supervisor.get("/staff").await.text.contains("class=\"n\">1<"));
        assert!(supervisor.get(&request).await.text.contains("compared the student card"));
        let done = supervisor.post(&format!("{request}/approval"), &[]).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, request.as_str()));
        assert_eq!(owner(&app).await, 9);
        assert_eq!(old.get("/registration").await.location(), "/login?next=%2Fregistration");
        assert_eq!(new.get("/registration").await.location(), "/login?next=%2Fregistration");
        app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_secs(1)));
        let holds = async |n| app.signed_in(n).await.get("/registration").await.text.contains("data-registration=");
        assert_eq!((holds(9).await, holds(1).await), (true, false));
        let keeps = async |n| app.signed_in(n).await.get("/account/messages").await.text.contains("data-message=\"saved\"");
        assert_eq!((keeps(9).await, keeps(1).await), (true, false), "what was told goes along");
        let mails: Vec<(String,)> = app.t.db.read(async |tx: &mut Tx<'_>| {
            tx.query("SELECT kind FROM outbox WHERE kind LIKE 'rebind%' ORDER BY kind", &[]).await
        }).await.unwrap();
        assert_eq!(mails, [("rebind-new".to_owned(),), ("rebind-old".to_owned(),)]);
        while cet_domain::audit::link_some(&app.t.db).await.unwrap() > 0 {}
        let findings = cet_domain::verify::run(&app.t.db, &app.app.catalogue.get()).await.unwrap();
        assert!(findings.iter().all(|finding| finding.violations.is_empty()), "{findings:?}");
        // Approved once; approving again is the same success, and refusing now is an error.
        assert_eq!(supervisor.post(&format!("{request}/approval"), &[]).await.location(), request);
        assert_eq!(supervisor.post(&format!("{request}/refusal"), &[]).await.codes(), ["review-final"]);
        let (lines, mails): (i64, i64) = app.t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one(
                "SELECT (SELECT COUNT(*) FROM audit_log WHERE action = 'rebind-approved'),
                        (SELECT COUNT(*) FROM outbox WHERE kind LIKE 'rebind%')",
                &[],
            ).await
        }).await.unwrap();
        assert_eq!((lines, mails), (1, 2));
        let told = told_of(&app.t.db, "rebind-approved").await.unwrap();
        assert!(told[0].ends_with(" from=1 to=9; State: waiting for approval → done; Passport: 1 → 9"), "{told:?}");
        assert!(told_of(&app.t.db, "rebind-asked").await.unwrap()[0].ends_with("; State: (none) → waiting for approval"));
    }

    /// A7, R24.
    async fn a_dispute_goes_on_against_the_passport_that_its_registration_is_moved_to(t: TestDb) {
        let (app, place) = world(t).await;
        let mut claimant = app.signed_in(4).await;
        accept(&mut claimant).await;
        assert_eq!(look_up(&mut claimant, 1).await.status, 303);
        let claim = [("student_number", "20160001"), ("phone", "13800000000"), ("note", "")];
        assert_eq!(claimant.post("/dispute", &claim).await.status, 303);
        let request = ask(&mut member(&app, "service").await, &place, 9).await.location().to_owned();
        let done = member(&app, "supervisor").await.post(&format!("{request}/approval"), &[]).await;
        assert_eq!(done.status, 303, "{:?}", done.codes());
        assert_eq!(cet_domain::dispute::jobs::lapse(&app.t.db).await.unwrap(), 0);
        let stands: (i64, String) = app.t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT holder, state FROM dispute", &[]).await
        }).await.unwrap();
        assert_eq!(stands, (9, "open".to_owned()));
        while cet_domain::audit::link_some(&app.t.db).await.unwrap() > 0 {}
        assert!(broken(&app).await.is_empty());
    }

    /// A7.
    async fn th26_who_approves_sees_whom_it_is_about_and_what_changes(t: TestDb) {
        let (app, place) = world(t).await;
        let request = ask(&mut member(&app, "service").await, &place, 9).await.location().to_owned();
        let (old, new) = (format!("{:032X}", 1), format!("{:032X}", 9));
        let mut supervisor = member(&app, "supervisor").await;
        let page = supervisor.get(&request).await;
        for shown in ["学生1", "20160001", "99*******01", &old, &new, "candidate9@example.cn", "compared the student card", "service"] {
            assert!(page.text.contains(shown), "{shown} in {}", page.text);
        }
        for hidden in ["99301000001", "candidate1@example.cn"] {
            assert!(!page.text.contains(hidden), "{hidden}");
        }
        assert_eq!(supervisor.post(&format!("{request}/document"), &[]).await.codes(), ["field-invalid"]);
        assert!(told_of(&app.t.db, "document-shown").await.unwrap().is_empty());
        let whole = supervisor.post(&format!("{request}/document"), &[("reason", "rebind")]).await;
        assert!(whole.status == 200 && whole.text.contains("99301000001"), "{}", whole.text);
        assert!(whole.text.contains("/approval"), "the decision is on the same page");
        assert_eq!(told_of(&app.t.db, "document-shown").await.unwrap().len(), 1);
        assert_eq!(supervisor.post(&format!("{request}/refusal"), &[]).await.status, 303);
        // The registration that a request was about may be gone: nobody's data are shown then.
        sql(&app, "UPDATE registration SET state = 'released' WHERE state = 'live'").await;
        let page = supervisor.get(&request).await;
        assert!(page.status == 200 && !page.text.contains("学生1"), "{}", page.text);
        assert_eq!(supervisor.post(&format!("{request}/document"), &[("reason", "rebind")]).await.status, 404);
    }

    async fn th26_nobody_approves_what_the_same_person_asked_for(t: TestDb) {
        let (app, place) = world(t).await;
        let mut service = member(&app, "service").await;
        let request = ask(&mut service, &place, 9).await.location().to_owned();
        assert_eq!(service.post(&format!("{request}/approval"), &[]).await.status, 404);
        same_person(&app).await;
        let mut supervisor = member(&app, "supervisor").await;
        assert_eq!(supervisor.post(&format!("{request}/approval"), &[]).await.codes(), ["not-eligible"]);
        assert_eq!(owner(&app).await, 1);
    }

    async fn th26_the_database_itself_refuses_one_person_for_both(t: TestDb) {
        let (app, place) = world(t).await;
        let mut service = member(&app, "service").await;
        ask(&mut service, &place, 9).await;
        let done: Result<u64, DbError> = app.t.db.write(async |tx| {
            tx.execute(
                "UPDATE staff_rebind SET state = 'done', approver = 'x', approver_person = requester_person,
                        approved_hash = target_hash, decided_at = asked_at",
                &[],
            ).await
        }).await;
        assert!(done.is_err());
    }

    async fn th26_a_request_that_was_changed_after_it_was_asked_is_not_approved(t: TestDb) {
        let (app, place) = world(t).await;
        app.signed_in(8).await;
        let mut service = member(&app, "service").await;
        let request = ask(&mut service, &place, 9).await.location().to_owned();
        let changed: Result<u64, DbError> = app.t.db.write(async |tx| {
            tx.execute("UPDATE staff_rebind SET new_passport = $1", params![8_i64]).await
        }).await;
        assert_eq!(changed.unwrap(), 1);
        let mut supervisor = member(&app, "supervisor").await;
        assert_eq!(supervisor.post(&format!("{request}/approval"), &[]).await.codes(), ["changed-meanwhile"]);
        assert_eq!(owner(&app).await, 1);
    }

    async fn th26_a_request_ends_after_three_days(t: TestDb) {
        let (app, place) = world(t).await;
        let kept: Result<u64, DbError> = app.t.db.write(async |tx| {
            tx.execute("UPDATE registration SET release_at = NULL", &[]).await
        }).await;
        kept.unwrap();
        let mut service = member(&app, "service").await;
        let request = ask(&mut service, &place, 9).await.location().to_owned();
        app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_hours(72)));
        let mut supervisor = member(&app, "supervisor").await;
        assert_eq!(supervisor.post(&format!("{request}/approval"), &[]).await.codes(), ["review-final"]);
        assert_eq!(owner(&app).await, 1);
        // It makes way for a new request.
        let mut service = member(&app, "service").await;
        assert_eq!(ask(&mut service, &place, 9).await.status, 303);
    }

    async fn th26_two_approvals_at_once_move_it_once(t: TestDb) {
        let (app, place) = world(t).await;
        let mut service = member(&app, "service").await;
        let path = format!("{}/approval", ask(&mut service, &place, 9).await.location());
        let (mut one, mut two) = (member(&app, "supervisor").await, member(&app, "supervisor").await);
        let (one, two) = tokio::join!(one.post(&path, &[]), two.post(&path, &[]));
        assert_eq!([one.status.as_u16(), two.status.as_u16()], [303, 303]);
        let (approvals,): (i64,) = app.t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT COUNT(*) FROM audit_log WHERE action = 'rebind-approved'", &[]).await
        }).await.unwrap();
        assert_eq!(approvals, 1);
    }

    /// I14, I15, I16, I17, I20.
    async fn what_breaks_an_invariant_of_staff_is_found(t: TestDb) {
        let (app, place) = world(t).await;
        let mut service = member(&app, "service").await;
        let request = ask(&mut service, &place, 9).await.location().to_owned();
        let mut supervisor = member(&app, "supervisor").await;
        assert_eq!(supervisor.post(&format!("{request}/approval"), &[]).await.location(), request);
        while cet_domain::audit::link_some(&app.t.db).await.unwrap() > 0 {}
        assert_eq!(broken(&app).await, Vec::<&str>::new());
        for (damage, found, repair) in [
            ("UPDATE staff_account SET password_changed_at = password_changed_at + 3600000000 WHERE name = 'service'", "I14",
             "UPDATE staff_account SET password_changed_at = password_changed_at - 3600000000 WHERE name = 'service'"),
            ("UPDATE staff_rebind SET expires_at = expires_at - 259200000000", "I15",
             "UPDATE staff_rebind SET expires_at = expires_at + 259200000000"),
            ("UPDATE staff_rebind SET approver = 'national'", "I16", "UPDATE staff_rebind SET approver = 'supervisor'"),
            ("UPDATE staff_grant SET scope = '99101' WHERE account = 'supervisor'", "I17",
             "UPDATE staff_grant SET scope = '' WHERE account = 'supervisor'"),
            ("DELETE FROM outbox WHERE kind = 'rebind-new'", "I20", ""),
        ] {
            sql(&app, damage).await;
            assert_eq!(broken(&app).await, [found], "{damage}");
            if !repair.is_empty() {
                sql(&app, repair).await;
            }
        }
    }

    async fn a_move_that_was_kept_though_its_answer_was_lost_is_answered_as_a_move(t: TestDb) {
        moved_once(t, Lost::Kept).await;
    }

    async fn a_move_that_was_lost_with_its_answer_is_done_again(t: TestDb) {
        moved_once(t, Lost::NotKept).await;
    }

    async fn what_does_not_fit_is_refused_with_its_reason(t: TestDb) {
        let (app, place) = world(t).await;
        bound(&app, 2).await;
        let mut service = member(&app, "service").await;
        assert_eq!(ask(&mut service, &place, 77).await.codes(), ["field-invalid"]);
        assert_eq!(ask(&mut service, &place, 1).await.codes(), ["passport-bound"]);
        assert_eq!(ask(&mut service, &place, 2).await.codes(), ["passport-bound"]);
        assert_eq!(ask(&mut service, "99301-1", 9).await.codes(), ["not-found"]);
        let public_id = format!("{:032X}", 9);
        let fields = [("registration", place.as_str()), ("new_passport", &public_id), ("new_email", "other@example.cn"), ("evidence", "x")];
        assert_eq!(service.post("/staff/rebinds", &fields).await.codes(), ["email-mismatch"]);
        let request = ask(&mut service, &place, 9).await.location().to_owned();
        assert_eq!(ask(&mut service, &place, 9).await.location(), request, "the same again");
        app.signed_in(8).await;
        assert_eq!(ask(&mut service, &place, 8).await.codes(), ["review-exists"]);
    }
}
