//! The manual's three rules, with its example people, in browsers of a candidate and of a school.

use std::sync::Arc;

use crate::registration::pages::tests::{accept, refused};
use crate::staff::tests::world::{member, staffed};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::DbError;
use cet_base::store::testing::TestDb;
use cet_domain::audit::testing::told_of;
use cet_domain::roster;
use cet_domain::score;
use cet_domain::testing::{File, HEAD};

pub(super) const LI: &str = "991010151100101";
pub(super) const WANG: &str = "993010151100102";

/// The manual's people with their scores: 李博's under his own document, 王小明's under a mistyped one.
pub(super) async fn world(t: TestDb) -> TestApp {
    let app = TestApp::on(t).await;
    let line = |name: &str, kind: &str, number: &str, campus: &str, listed: &str| {
        let school = &campus[..5];
        format!(
            "{name},男,{kind},{number},{school},{campus},本科,4,16,01,工商管理,会计,01,00001,,{listed},\n"
        )
    };
    let id = "中华人民共和国居民身份证";
    let roster = [
        line("李博", "澳门身份证", "99101000001", "991010", "1;3"),
        line("王小明", id, "11010519491231002X", "993010", "1;3;F"),
        line("王小明", "澳门身份证", "99301000009", "993010", "1;3;F"),
        line("颜", "澳门身份证", "WW1", "993010", "1"),
    ];
    let file = File::of(format!("{HEAD}\n{}", roster.concat()));
    let (db, vault) = (&app.app.db, &app.app.vault);
    let quiet = || Arc::new(|_, _, _| {});
    roster::file::import(db, Arc::clone(vault), &file.path(), "2017-2", false, quiet()).await.unwrap();
    let scores = File::of(format!(
        "准考证号,姓名,证件类型,证件号码,科目,成绩,考次\n{LI},李搏,澳门身份证,99101000001,1,430,2015年上半年\n\
         {WANG},王小明,{id},110105194912310038,1,431,2015年上半年\n993010151100103,颜,澳门身份证,WW1,1,424,2015年上半年\n"
    ));
    score::file::import(db, Arc::clone(vault), &scores.path(), false, quiet()).await.unwrap();
    staffed(&app).await;
    app
}

async fn look_up(browser: &mut Browser<'_>, kind: &str, number: &str, name: &str) {
    let fields = [("document_kind", kind), ("document_number", number), ("name", name)];
    assert_eq!(browser.post("/qualification", &fields).await.location(), "/qualification/record");
}

pub(super) async fn candidate<'a>(
    app: &'a TestApp,
    n: i64,
    kind: &str,
    number: &str,
    name: &str,
) -> Browser<'a> {
    let mut browser = app.signed_in(n).await;
    accept(&mut browser).await;
    look_up(&mut browser, kind, number, name).await;
    browser
}

pub(super) async fn li(app: &TestApp, n: i64) -> Browser<'_> {
    candidate(app, n, "macau-id", "99101000001", "李博").await
}

/// 李博 signs in again: the first session has expired by then.
async fn li_again(app: &TestApp) -> Browser<'_> {
    li(app, 1).await
}

pub(super) async fn wang(app: &TestApp, n: i64) -> Browser<'_> {
    candidate(app, n, "resident-id", "11010519491231002X", "王小明").await
}

pub(super) async fn submit(browser: &mut Browser<'_>, ticket: &str) -> Answer {
    browser.post("/review", &[("ticket_number", ticket), ("confirmed", "yes")]).await
}

pub(super) async fn save(browser: &mut Browser<'_>) {
    assert_eq!(browser.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
}

async fn state(browser: &mut Browser<'_>) -> String {
    let page = browser.get("/review").await;
    page.text.split("data-review=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("").to_owned()
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    let row: Result<(i64,), DbError> = app.t.db.read(async move |tx| tx.query_one(sql, &[]).await).await;
    row.unwrap().0
}

/// The page of the newest application that the school sees.
pub(super) async fn newest(school: &mut Browser<'_>) -> String {
    let list = school.get("/staff/reviews?state=pending").await;
    let mut href =
        list.text.split("href=\"/staff/reviews/").skip(1).filter_map(|rest| rest.split('"').next());
    format!("/staff/reviews/{}", href.find(|id| id.bytes().all(|b| b.is_ascii_digit())).unwrap())
}

pub(super) async fn decide(school: &mut Browser<'_>, path: &str, decision: &str) -> Answer {
    let seen = school.get(path).await.value("submissions").unwrap_or("0").to_owned();
    let fields = [("decision", decision), ("evidence", "看过身份证和成绩单"), ("submissions", &*seen)];
    school.post(path, &fields).await
}

on_both! {
    /// V3.
    async fn li_bo_with_430_points_under_his_document_is_approved_at_once_whatever_the_name(t: TestDb) {
        let app = world(t).await;
        let mut li = li(&app, 1).await;
        let record = li.get("/qualification/record").await;
        assert!(record.text.contains("href=\"/review\"") && !record.text.contains("英语四级笔试；英语六级笔试"));
        let form = li.get("/review").await;
        assert!(form.text.contains("action=\"/review\"") && form.text.contains("李博") && !form.text.contains("99101000001"));
        let answer = submit(&mut li, LI).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/review"), "{:?}", answer.codes());
        assert_eq!(state(&mut li).await, "approved");
        assert!(li.get("/qualification/record").await.text.contains("href=\"/review\""));
        save(&mut li).await;
        let written = li.post("/registration/written", &[("subject", "2")]).await;
        assert_eq!(written.location(), "/registration", "{:?}", written.codes());
        assert!(li.get("/registration").await.text.contains("href=\"/review\""));
        // Submitting again is the same success; the decision is final: it can be neither changed nor deleted.
        assert_eq!(submit(&mut li, LI).await.location(), "/review");
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE object_kind = 'review'").await, 1);
        assert_eq!(refused(&submit(&mut li, WANG).await), (422, vec!["review-final"]));
        assert_eq!(refused(&li.post("/review/withdrawal", &[]).await), (422, vec!["review-final"]));
        // The school reads that nobody decided, and is shown no evidence that nobody looked at.
        let mut school = member(&app, "school-99101").await;
        let list = school.get("/staff/reviews").await;
        assert!(list.text.contains("系统按成绩记录自动判定"), "{}", list.text);
        let id = list.text.split("<a href=\"/staff/reviews/").nth(1).and_then(|rest| rest.split('"').next());
        let page = school.get(&format!("/staff/reviews/{}", id.unwrap())).await;
        assert!(page.text.contains("系统按成绩记录自动判定") && !page.text.contains("<dt>依据</dt>"), "{}", page.text);
    }

    async fn a_registration_that_is_bound_gets_cet6_the_moment_it_is_approved(t: TestDb) {
        let app = world(t).await;
        let mut li = li(&app, 1).await;
        save(&mut li).await;
        assert_ne!(li.post("/registration/written", &[("subject", "2")]).await.status, 303);
        submit(&mut li, LI).await;
        assert_eq!(li.post("/registration/written", &[("subject", "2")]).await.location(), "/registration");
    }

    /// V3.
    async fn a_wrong_ticket_is_refused_and_nothing_is_stored_and_the_sixth_try_waits(t: TestDb) {
        let app = world(t).await;
        let mut li = li(&app, 1).await;
        for ticket in ["991010151100999", WANG, "993010151100103", "991010151100998", "991010151100997"] {
            assert_eq!(refused(&submit(&mut li, ticket).await), (422, vec!["ticket-unknown"]), "{ticket}");
        }
        let answer = submit(&mut li, LI).await;
        assert_eq!(refused(&answer), (429, vec!["too-many"]));
        assert!(answer.text.contains("action=\"/review\""));
        assert_eq!(count(&app, "SELECT COUNT(*) FROM eligibility_review").await, 0);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM passport_claim WHERE kind = 'review'").await, 0);
        app.t.clock.set(cet_base::store::testing::NOON.plus(jiff::SignedDuration::from_hours(25)));
        let mut li = li_again(&app).await;
        assert_eq!(submit(&mut li, LI).await.status, 303);
    }

    async fn a_score_that_is_not_enough_opens_nothing(t: TestDb) {
        let app = world(t).await;
        let mut yan = candidate(&app, 4, "macau-id", "WW1", "颜").await;
        assert_eq!(refused(&submit(&mut yan, "993010151100103").await), (422, vec!["ticket-unknown"]));
    }

    /// V2.
    async fn a_form_without_its_tick_or_without_a_record_says_all_that_is_wrong(t: TestDb) {
        let app = world(t).await;
        let mut nobody = app.signed_in(7).await;
        assert_eq!(refused(&nobody.post("/review", &[]).await), (403, vec!["not-checked", "not-looked-up", "ticket-unknown"]));
        let page = nobody.get("/review").await;
        assert_eq!(refused(&page), (200, vec![]), "who only looks has done nothing wrong");
        assert!(page.text.contains("href=\"/qualification\""));
        let mut li = li(&app, 1).await;
        let answer = li.post("/review", &[("ticket_number", LI)]).await;
        assert_eq!(refused(&answer), (422, vec!["not-checked"]));
        assert_eq!(answer.value("ticket_number"), Some(LI));
    }

    /// V3, V4, V5.
    async fn wang_xiaoming_is_frozen_until_the_school_has_refused_corrects_and_wins(t: TestDb) {
        let app = world(t).await;
        let (mut wang, mut school) = (wang(&app, 1).await, member(&app, "school-99301").await);
        save(&mut wang).await;
        assert_eq!(submit(&mut wang, WANG).await.location(), "/review");
        assert_eq!(state(&mut wang).await, "pending");
        assert!(wang.get("/review").await.text.contains("未复核"));
        assert_eq!(submit(&mut wang, WANG).await.location(), "/review", "the same again");
        assert_eq!(refused(&submit(&mut wang, LI).await), (422, vec!["review-pending"]));
        assert_eq!(refused(&wang.post("/review/withdrawal", &[]).await), (422, vec!["review-pending"]));
        assert_ne!(wang.post("/registration/written", &[("subject", "2")]).await.status, 303);
        let path = newest(&mut school).await;
        assert_eq!(refused(&school.post(&path, &[]).await), (422, vec!["field-invalid", "field-invalid"]));
        assert_eq!(decide(&mut school, &path, "refuse").await.location(), path);
        assert_eq!(state(&mut wang).await, "refused");
        // A page from before the resubmission can't decide on what was submitted since.
        assert_eq!(submit(&mut wang, WANG).await.status, 303);
        let old = [("decision", "approve"), ("evidence", "x"), ("submissions", "1")];
        assert_eq!(refused(&school.post(&path, &old).await), (409, vec!["changed-meanwhile"]));
        let approval = [("decision", "approve"), ("evidence", "看过身份证"), ("submissions", "2")];
        for _ in 0..2 {
            assert_eq!(school.post(&path, &approval).await.location(), path);
        }
        let other_reason = [approval[0], ("evidence", "x"), approval[2]];
        assert_eq!(refused(&school.post(&path, &other_reason).await), (422, vec!["review-final"]));
        assert_eq!(state(&mut wang).await, "approved");
        assert_eq!(wang.post("/registration/written", &[("subject", "2")]).await.location(), "/registration");
        assert_eq!(refused(&decide(&mut school, &path, "refuse").await), (422, vec!["review-final"]));
        assert_eq!(count(&app, "SELECT COUNT(*) FROM message WHERE kind = 'review-decided'").await, 2);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE object_kind = 'review'").await, 4);
        let told = async |action| told_of(&app.t.db, action).await.unwrap();
        let pending = "waiting for the school";
        assert_eq!(told("review-submitted").await, [
            format!("sitting=2017-2; State: (none) → {pending}; Submissions: (none) → 1; Ticket number: (none) → (not recorded)"),
            format!("sitting=2017-2; State: refused → {pending}; Submissions: 1 → 2; Evidence: (not recorded) → (none)"),
        ]);
        let refused = format!("sitting=2017-2; State: {pending} → refused; Evidence: (none) → (not recorded)");
        assert_eq!(told("review-refused").await, [refused]);
        assert_eq!(told("review-approved").await, [format!(
            "sitting=2017-2; State: {pending} → approved; Evidence: (none) → (not recorded); \
             Eligible subjects: 1, 3, F → 1, 3, F, 2"
        )]);
    }

    async fn a_decision_is_about_the_state_that_was_shown(t: TestDb) {
        let app = world(t).await;
        let (mut wang, mut school) = (wang(&app, 1).await, member(&app, "school-99301").await);
        submit(&mut wang, WANG).await;
        let path = newest(&mut school).await;
        let seen = school.get(&path).await.value("seen").unwrap().to_owned();
        assert_eq!(decide(&mut school, &path, "refuse").await.location(), path);
        let late = [("decision", "close"), ("evidence", "x"), ("submissions", "1"), ("seen", &*seen)];
        assert_eq!(refused(&school.post(&path, &late).await), (409, vec!["changed-meanwhile"]));
        assert_eq!(state(&mut wang).await, "refused");
    }

    /// V4.
    async fn a_refused_application_can_be_deleted_and_made_again(t: TestDb) {
        let app = world(t).await;
        let (mut wang, mut school) = (wang(&app, 1).await, member(&app, "school-99301").await);
        submit(&mut wang, WANG).await;
        let path = newest(&mut school).await;
        decide(&mut school, &path, "refuse").await;
        assert_eq!(wang.post("/review/withdrawal", &[]).await.location(), "/review");
        assert_eq!(wang.post("/review/withdrawal", &[]).await.location(), "/review");
        assert_eq!(state(&mut wang).await, "");
        assert_eq!(count(&app, "SELECT COUNT(*) FROM eligibility_review WHERE name = '' AND ticket IS NULL").await, 1);
        let withdrawn = told_of(&app.t.db, "review-withdrawn").await.unwrap();
        assert_eq!(withdrawn, ["sitting=2017-2; State: refused → withdrawn"]);
        assert_eq!(school.get(&path).await.status, 404);
        assert_eq!(submit(&mut wang, WANG).await.status, 303);
        assert_eq!(state(&mut wang).await, "pending");
    }

    /// V4.
    async fn who_submits_a_third_time_may_be_closed_and_taken_again(t: TestDb) {
        let app = world(t).await;
        let (mut wang, mut school) = (wang(&app, 1).await, member(&app, "school-99301").await);
        submit(&mut wang, WANG).await;
        let path = newest(&mut school).await;
        assert_eq!(refused(&decide(&mut school, &path, "close").await), (422, vec!["field-invalid"]));
        for _ in 0..2 {
            decide(&mut school, &path, "refuse").await;
            submit(&mut wang, WANG).await;
        }
        assert_eq!(decide(&mut school, &path, "close").await.status, 303);
        assert_eq!(refused(&submit(&mut wang, WANG).await), (422, vec!["review-final"]));
        assert_eq!(refused(&wang.post("/review/withdrawal", &[]).await), (422, vec!["review-final"]));
        assert_eq!(decide(&mut school, &path, "reopen").await.status, 303);
        let told = async |action| told_of(&app.t.db, action).await.unwrap();
        let (closed, reopened) = (told("review-closed").await, told("review-reopened").await);
        assert!(matches!(&closed[..], [line] if line.contains("Marked as malicious: no → yes")), "{closed:?}");
        assert!(matches!(&reopened[..], [line] if line.contains("Marked as malicious: yes → no")), "{reopened:?}");
        assert_eq!(submit(&mut wang, WANG).await.status, 303);
    }

    /// W7, TH9.
    async fn an_approval_as_one_student_opens_nothing_to_another_bound_later(t: TestDb) {
        let app = world(t).await;
        let mut passport = li(&app, 1).await;
        submit(&mut passport, LI).await;
        look_up(&mut passport, "macau-id", "WW1", "颜").await;
        save(&mut passport).await;
        assert_ne!(passport.post("/registration/written", &[("subject", "2")]).await.status, 303);
        assert_eq!(refused(&submit(&mut passport, LI).await), (422, vec!["review-exists"]));
    }

    /// W7, TH9.
    async fn one_ticket_serves_one_student(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let mut first = wang(&app, 1).await;
        let mut second = candidate(&app, 2, "macau-id", "99301000009", "王小明").await;
        submit(&mut first, WANG).await;
        let path = newest(&mut school).await;
        submit(&mut second, WANG).await;
        let other = newest(&mut school).await;
        assert_ne!(path, other);
        decide(&mut school, &path, "approve").await;
        assert_eq!(refused(&decide(&mut school, &other, "approve").await), (422, vec!["review-exists"]));
        assert_eq!(decide(&mut school, &other, "refuse").await.status, 303);
        assert_eq!(refused(&submit(&mut second, WANG).await), (422, vec!["ticket-unknown"]));
    }

    /// V2, S2.
    async fn a_school_applies_for_its_own_students_only_and_sees_its_own_applications_only(t: TestDb) {
        let app = world(t).await;
        let (mut school, mut other) = (member(&app, "school-99301").await, member(&app, "school-99101").await);
        let mut yan = candidate(&app, 4, "macau-id", "WW1", "颜").await;
        save(&mut yan).await;
        let fields = [("document_kind", "macau-id"), ("document_number", "WW1"), ("name", "颜"), ("evidence", "2004 年成绩单")];
        let unknown = other.post("/staff/reviews/new", &fields).await;
        assert_eq!(refused(&unknown), (422, vec!["record-not-found"]));
        assert!(unknown.text.contains("本校的学籍里没有这名考生：请核对证件类型") && !unknown.text.contains("请联系学校"), "{}", unknown.text);
        let english = other.post("/staff/reviews/new?lang=en", &fields).await.text;
        assert!(english.contains("No student of your school’s roster has these details"), "{english}");
        assert_eq!(refused(&school.post("/staff/reviews/new", &fields[..3]).await), (422, vec!["field-invalid"]));
        let done = school.post("/staff/reviews/new", &fields).await;
        assert_eq!(done.status, 303, "{:?}", done.codes());
        let path = done.location().to_owned();
        assert!(school.get(&path).await.text.contains("2004 年成绩单"));
        assert_eq!(other.get(&path).await.status, 404);
        assert_eq!(school.post("/staff/reviews/new", &fields).await.location(), path, "the same again");
        let applied = told_of(&app.t.db, "review-applied").await.unwrap();
        let says = "State: (none) → approved; Submissions: (none) → 1; Evidence: (none) → (not recorded)";
        assert!(matches!(&applied[..], [line] if line.contains(says)), "{applied:?}");
        let other_reason = [fields[0], fields[1], fields[2], ("evidence", "x")];
        let twice = school.post("/staff/reviews/new", &other_reason).await;
        assert_eq!(refused(&twice), (422, vec!["review-exists"]));
        assert!(twice.text.contains("这名考生已有复核申请：请在复核列表里处理那一份"), "{}", twice.text);
        assert_eq!(state(&mut yan).await, "approved");
        assert_eq!(yan.post("/registration/written", &[("subject", "2")]).await.location(), "/registration");
        assert!(!other.get("/staff/reviews").await.text.contains("颜"));
        assert!(school.get("/staff/reviews.csv").await.text.contains("颜"));
        assert_eq!(member(&app, "auditor").await.get("/staff/reviews").await.status, 404);
    }

    /// V4.
    async fn of_two_browsers_that_submit_at_once_one_application_is_kept(t: TestDb) {
        let app = world(t).await;
        let (mut one, mut two) = (wang(&app, 1).await, wang(&app, 1).await);
        let (first, second) = tokio::join!(submit(&mut one, WANG), submit(&mut two, WANG));
        assert_eq!([first.location(), second.location()], ["/review"; 2]);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM eligibility_review").await, 1);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE action = 'review-submitted'").await, 1);
    }

    /// W7.
    async fn th9_the_ticket_of_another_opens_nothing_and_the_document_stays_the_own(t: TestDb) {
        let app = world(t).await;
        let mut li = li(&app, 1).await;
        let more = [("ticket_number", WANG), ("confirmed", "yes"), ("document_kind", "resident-id"),
            ("document_number", "110105194912310038"), ("name", "王小明")];
        assert_eq!(refused(&li.post("/review", &more).await), (422, vec!["ticket-unknown"]));
        // Same name, another document: only the school can say whose ticket it is.
        let mut wang = candidate(&app, 2, "macau-id", "99301000009", "王小明").await;
        assert_eq!(wang.post("/review", &more).await.status, 303);
        assert_eq!(state(&mut wang).await, "pending");
        let own = "SELECT COUNT(*) FROM eligibility_review WHERE document_kind = 'macau-id' AND state = 'pending'";
        assert_eq!(count(&app, own).await, 1);
        save(&mut wang).await;
        assert_ne!(wang.post("/registration/written", &[("subject", "2")]).await.status, 303);
    }
}
