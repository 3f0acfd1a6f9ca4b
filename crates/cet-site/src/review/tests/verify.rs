//! Each invariant of reviews is violated by hand once, and `verify` finds it.

use crate::review::tests::{LI, WANG, decide, li, newest, save, submit, wang, world};
use crate::staff::tests::world::member;
use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::store::testing::TestDb;

/// 李博 approved by the rules and bound, 王小明 approved by his school.
async fn honest(t: TestDb) -> TestApp {
    let app = world(t).await;
    let (mut li, mut wang) = (li(&app, 1).await, wang(&app, 2).await);
    submit(&mut li, LI).await;
    save(&mut li).await;
    save(&mut wang).await;
    submit(&mut wang, WANG).await;
    let mut school = member(&app, "school-99301").await;
    let path = newest(&mut school).await;
    assert_eq!(decide(&mut school, &path, "approve").await.status, 303);
    assert_eq!(broken(&app).await, Vec::<&str>::new());
    app
}

async fn broken(app: &TestApp) -> Vec<&'static str> {
    let catalogue = app.app.catalogue.get();
    let findings = cet_domain::verify::run(&app.t.db, &catalogue).await.unwrap();
    findings.iter().filter(|found| !found.violations.is_empty()).map(|found| found.invariant).collect()
}

async fn sql(app: &TestApp, sql: &'static str) {
    let done: Result<u64, cet_base::store::DbError> =
        app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await;
    assert!(done.unwrap() > 0, "{sql}");
}

on_both! {
    /// W7.
    async fn a_ticket_that_serves_another_document_is_found(t: TestDb) {
        let app = honest(t).await;
        sql(&app, "UPDATE review_ticket SET ticket = '0' WHERE ticket = '991010151100101'").await;
        assert_eq!(broken(&app).await, ["W7"]);
    }

    /// W7.
    async fn two_documents_approved_by_one_ticket_are_found(t: TestDb) {
        let app = honest(t).await;
        sql(&app, "UPDATE eligibility_review SET ticket = '991010151100101' WHERE ticket = '993010151100102'").await;
        assert_eq!(broken(&app).await, ["W7"]);
    }

    /// W7.
    async fn an_approval_that_was_moved_to_another_document_is_found(t: TestDb) {
        let app = honest(t).await;
        sql(&app, "UPDATE eligibility_review SET ticket = NULL, document_key = (SELECT document_key FROM student_record WHERE name = '颜')
                    WHERE ticket = '993010151100102'").await;
        assert_eq!(broken(&app).await, ["W7"]);
    }

    /// W7.
    async fn an_approval_that_did_not_reach_the_registration_is_found(t: TestDb) {
        let app = honest(t).await;
        sql(&app, "UPDATE registration SET subjects = '1' WHERE passport_id = 2").await;
        assert_eq!(broken(&app).await, ["W7"]);
    }

    /// V4.
    async fn an_application_without_its_claim_and_a_second_one_are_found(t: TestDb) {
        let app = honest(t).await;
        sql(&app, "DELETE FROM passport_claim WHERE kind = 'review' AND passport_id = 1").await;
        assert_eq!(broken(&app).await, ["V4"]);
        sql(&app, "UPDATE eligibility_review SET passport_id = 2 WHERE passport_id = 1").await;
        assert_eq!(broken(&app).await, ["V4"]);
    }

    /// I16, I20.
    async fn a_decision_without_its_line_in_the_log_and_its_mail_is_found(t: TestDb) {
        let app = honest(t).await;
        sql(&app, "DELETE FROM message WHERE kind = 'review-decided'").await;
        assert_eq!(broken(&app).await, ["I20"]);
        sql(&app, "UPDATE eligibility_review SET decided_by = 'nobody' WHERE decided_by IS NOT NULL").await;
        assert_eq!(broken(&app).await, ["I16", "I20"]);
    }

    async fn the_decision_is_told_in_the_language_of_the_candidate(t: TestDb) {
        let app = world(t).await;
        let mut wang = wang(&app, 2).await;
        submit(&mut wang, WANG).await;
        sql(&app, "UPDATE passport SET lang = 'en' WHERE id = 2").await;
        let mut school = member(&app, "school-99301").await;
        let path = newest(&mut school).await;
        assert_eq!(decide(&mut school, &path, "approve").await.status, 303);
        while cet_domain::message::jobs::mail_owed(&app.app).await.unwrap() > 0 {}
        sql(&app, "UPDATE outbox SET tries = 0 WHERE kind = 'review-decided' AND lang = 'en'").await;
    }
}
