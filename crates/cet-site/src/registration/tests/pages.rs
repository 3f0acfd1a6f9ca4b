//! The pages up to binding, with a browser without JavaScript.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::{NOON, TestDb};
use cet_base::store::{DbError, Tx};
use cet_domain::roster;
use cet_domain::testing::{File, HEAD};

/// A node whose roster has students 1 to 6: 5 is eligible by the rules but barred from subject 3, 6 is listed for
/// subject 1 only.
pub(crate) async fn enrolled(t: TestDb) -> TestApp {
    enrolled_in(TestApp::on(t).await).await
}

/// The same on a node that is there.
pub(crate) async fn enrolled_in(app: TestApp) -> TestApp {
    let line = |n: i64, subjects: &str| {
        format!(
            "学生{n},女,澳门身份证,9930100000{n},99301,993010,本科,4,16,2,化学学院,化学,1,2016000{n},,{subjects}\n"
        )
    };
    let all = (1..=6).map(|n| line(n, ["1;2;3;F;S,", ",3", "1,"][usize::from(n > 4) + usize::from(n > 5)]));
    let file = File::of(format!("{HEAD}\n{}", all.collect::<String>()));
    roster::file::import(
        &app.app.db,
        Arc::clone(&app.app.vault),
        &file.path(),
        "2017-2",
        false,
        Arc::new(|_, _, _| {}),
    )
    .await
    .unwrap();
    app
}

pub(crate) async fn accept(browser: &mut Browser<'_>) {
    let page = browser.get("/agreement").await;
    let version = page.value("version").unwrap().to_owned();
    let answer = browser.post("/agreement", &[("accept", "yes"), ("version", &version)]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/qualification"));
}

pub(crate) async fn look_up(browser: &mut Browser<'_>, n: i64) -> Answer {
    let (number, name) = (format!("9930100000{n}"), format!("学生{n}"));
    let fields = [("document_kind", "macau-id"), ("document_number", &*number), ("name", &*name)];
    browser.post("/qualification", &fields).await
}

/// A browser whose passport `n` is bound to student `n`.
pub(crate) async fn bound(app: &TestApp, n: i64) -> Browser<'_> {
    let mut browser = app.signed_in(n).await;
    accept(&mut browser).await;
    assert_eq!(look_up(&mut browser, n).await.location(), "/qualification/record");
    let saved = browser.post("/qualification/record", &[("checked", "yes")]).await;
    assert_eq!(
        (saved.status.as_u16(), saved.location()),
        (303, "/registration/written"),
        "{:?}",
        saved.codes()
    );
    browser
}

/// Status and refusal codes.
pub(crate) fn refused(answer: &Answer) -> (u16, Vec<&str>) {
    (answer.status.as_u16(), answer.codes())
}

on_both! {
    /// R1.
    async fn the_home_page_says_who_is_signed_in_how_it_stands_and_where_to_go_on(t: TestDb) {
        let app = enrolled(t).await;
        let unbound = app.signed_in(1).await.get("/home").await.text;
        let note = "未报名或当前通行证账号非报名时账号";
        for shown in ["未设置", "2017年下半年CET考试", note, "2017-11-01 09:00", "href=\"/agreement\"", "action=\"/logout\""] {
            assert!(unbound.contains(shown), "{shown}");
        }
        let home = bound(&app, 1).await.get("/home").await.text;
        for shown in ["学生1", "2017-09-20 11:00", "2017-11-01 09:00", "href=\"/registration\"", "action=\"/logout\""] {
            assert!(home.contains(shown), "{shown}");
        }
        assert!(!home.contains("未设置") && !home.contains(note));
    }

    /// W2.
    async fn a_candidate_accepts_is_found_checks_and_is_bound(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        let agreement = browser.get("/agreement").await;
        assert!(agreement.text.contains("action=\"/agreement\""));
        accept(&mut browser).await;
        accept(&mut browser).await;
        assert!(browser.get("/qualification").await.text.contains("action=\"/qualification\""));
        assert_eq!(look_up(&mut browser, 1).await.location(), "/qualification/record");
        let record = browser.get("/qualification/record").await;
        assert_eq!(record.status, 200);
        for shown in ["学生1", "(99301)测试学校机构01", "(993010)测试校区机构001", "英语四级笔试；英语六级笔试", "化学学院"] {
            assert!(record.text.contains(shown), "{shown}");
        }
        for hidden in ["99301000001", "20160001"] {
            assert!(!record.text.contains(hidden), "{hidden} is shown before binding (W2)");
        }
        assert!(record.text.contains("href=\"/qualification/record?show=document\""));
        let asked = browser.get("/qualification/record?show=document").await;
        assert!(asked.text.contains("99301000001"), "what was typed can be checked");
        assert!(!asked.text.contains("20160001"), "what was not asked for stays hidden (W2)");
        let saved = browser.post("/qualification/record", &[("checked", "yes")]).await;
        assert_eq!((saved.status.as_u16(), saved.location()), (303, "/registration/written"));
        assert!(browser.get("/qualification").await.text.contains("href=\"/registration\""));
        // Back, and submitted again: the same student gets the same success.
        assert_eq!(browser.get("/qualification/record").await.status, 200);
        assert_eq!(browser.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
    }

    /// W3.
    async fn a_student_number_that_was_asked_for_can_be_checked_before_binding_too(t: TestDb) {
        let app = enrolled(t).await;
        let done: Result<u64, DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE sitting SET ask_student_number = TRUE", &[]).await?;
            tx.execute("UPDATE catalogue_version SET version = version + 1", &[]).await
        }).await;
        assert_eq!(done.unwrap(), 1);
        app.app.catalogue.refresh(&app.app.db).await.unwrap();
        let mut browser = app.signed_in(1).await;
        accept(&mut browser).await;
        let fields = [
            ("document_kind", "macau-id"),
            ("document_number", "99301000001"),
            ("name", "学生1"),
            ("student_number", "20160001"),
        ];
        assert_eq!(browser.post("/qualification", &fields).await.location(), "/qualification/record");
        assert!(!browser.get("/qualification/record").await.text.contains("20160001"));
        assert!(browser.get("/qualification/record?show=document").await.text.contains("20160001"));
    }

    /// R2.
    async fn disagreeing_leads_home_and_what_was_not_shown_is_not_accepted(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        assert_eq!(browser.post("/agreement", &[("accept", "no")]).await.location(), "/home");
        for fields in [&[("accept", "yes"), ("version", "77")][..], &[("accept", "yes"), ("version", "x")], &[("accept", "yes")], &[]] {
            let answer = browser.post("/agreement", fields).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "{fields:?}");
            assert!(answer.text.contains("action=\"/agreement\""));
        }
        assert_eq!(refused(&look_up(&mut browser, 1).await), (403, vec!["agreement-needed"]));
        assert_eq!(refused(&browser.post("/qualification/record", &[]).await), (403, vec!["agreement-needed", "not-checked", "not-looked-up"]));
    }

    /// R3.
    async fn a_look_up_names_everything_that_is_wrong_and_keeps_what_was_typed(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        accept(&mut browser).await;
        let all = [("document_kind", "officer"), ("document_number", ""), ("name", " ")];
        let answer = browser.post("/qualification", &all).await;
        assert_eq!(refused(&answer), (422, vec!["document-kind", "document-number", "field-invalid"]));
        assert!(answer.text.contains("data-field=\"name\""));
        let wrong = [("document_kind", "macau-id"), ("document_number", "99301000001"), ("name", "别人")];
        let answer = browser.post("/qualification", &wrong).await;
        assert_eq!(refused(&answer), (422, vec!["record-not-found"]));
        assert_eq!((answer.value("document_number"), answer.value("name")), (Some("99301000001"), Some("别人")));
        let none = [("document_kind", "macau-id"), ("document_number", "99301000009"), ("name", "别人")];
        assert_eq!(refused(&browser.post("/qualification", &none).await), (422, vec!["record-not-found"]));
    }

    /// R3.
    async fn full_width_digits_and_spaces_are_the_same_document(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        accept(&mut browser).await;
        let fields = [("document_kind", "macau-id"), ("document_number", " ９９３０１０００００-1"), ("name", " 学生1\u{202E}")];
        assert_eq!(browser.post("/qualification", &fields).await.status, 303);
    }

    async fn the_sixth_document_of_a_day_is_too_many_and_the_form_stays(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        accept(&mut browser).await;
        for n in 1..=5 {
            assert_eq!(look_up(&mut browser, n).await.status, 303, "{n}");
        }
        let answer = look_up(&mut browser, 6).await;
        assert_eq!(refused(&answer), (429, vec!["too-many"]));
        assert!(answer.header(http::header::RETRY_AFTER).parse::<u64>().unwrap() > 0);
        assert_eq!(browser.get("/qualification").await.status, 200);
        assert_eq!(look_up(&mut browser, 5).await.status, 303, "the same document again costs nothing");
    }

    async fn the_operator_sets_how_many_documents_a_passport_looks_up_in_a_day(t: TestDb) {
        let app = TestApp::with(t, &[("CET_LIMITS__DOCUMENTS", "1")]).await;
        let mut browser = app.signed_in(1).await;
        accept(&mut browser).await;
        assert_eq!(refused(&look_up(&mut browser, 1).await), (422, vec!["record-not-found"]));
        assert_eq!(refused(&look_up(&mut browser, 2).await), (429, vec!["too-many"]));
    }

    /// W2.
    async fn a_network_that_only_guesses_has_to_wait_an_hour(t: TestDb) {
        let app = enrolled(t).await;
        for passport in 1..=15 {
            let mut browser = app.signed_in(passport).await;
            accept(&mut browser).await;
            for n in [7, 8] {
                assert_eq!(refused(&look_up(&mut browser, n).await), (422, vec!["record-not-found"]));
            }
        }
        let mut next = app.signed_in(20).await;
        accept(&mut next).await;
        assert_eq!(refused(&look_up(&mut next, 1).await), (429, vec!["too-many"]));
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(1)));
        assert_eq!(look_up(&mut app.signed_in(20).await, 1).await.status, 303);
    }

    async fn th71_monitoring_hears_of_many_bindings_from_one_network(t: TestDb) {
        let app = enrolled(t).await;
        for _ in 0..cet_domain::alarms::BINDINGS {
            app.app.alarms.bound_from("127.0.0.1".to_owned(), NOON);
        }
        assert_eq!(app.app.alarms.tally(), (0, 0));
        let mut browser = bound(&app, 1).await;
        assert_eq!(app.app.alarms.tally(), (1, 0));
        // Saved again, it is the same binding.
        for _ in 0..=cet_domain::alarms::BINDINGS {
            assert_eq!(browser.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
        }
        assert_eq!(app.app.alarms.tally(), (1, 0));
    }

    async fn one_student_and_one_passport_are_bound_once(t: TestDb) {
        let app = enrolled(t).await;
        let mut first = bound(&app, 1).await;
        let mut second = app.signed_in(2).await;
        accept(&mut second).await;
        assert_eq!(look_up(&mut second, 1).await.status, 303, "a bound student can still be looked up");
        let answer = second.post("/qualification/record", &[("checked", "yes")]).await;
        assert_eq!(refused(&answer), (409, vec!["student-bound"]));
        assert!(answer.text.contains("action=\"/qualification/record\""));
        assert_eq!(refused(&look_up(&mut first, 2).await), (409, vec!["passport-bound"]));
    }

    async fn a_refused_save_names_every_reason_together(t: TestDb) {
        let app = enrolled(t).await;
        let _theirs = bound(&app, 1).await;
        let mut own = app.signed_in(2).await;
        accept(&mut own).await;
        // One tab holds the record of a student who is bound to someone else; the other tab binds the passport.
        let mut other_tab = app.signed_in(2).await;
        look_up(&mut other_tab, 1).await;
        look_up(&mut own, 2).await;
        assert_eq!(own.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
        let both = other_tab.post("/qualification/record", &[("checked", "yes")]).await;
        assert_eq!(refused(&both), (409, vec!["passport-bound", "student-bound"]));
        let unticked = other_tab.post("/qualification/record", &[]).await;
        assert_eq!(refused(&unticked), (409, vec!["not-checked", "passport-bound", "student-bound"]));
        assert_eq!(refused(&own.post("/qualification/record", &[]).await), (422, vec!["not-checked"]));
        app.t.clock.set(NOON.minus(SignedDuration::from_hours(2)));
        let early = other_tab.post("/qualification/record", &[]).await;
        let all = vec!["not-checked", "passport-bound", "student-bound", "window-not-open"];
        assert_eq!(refused(&early), (409, all));
    }

    async fn two_tabs_that_looked_up_two_people_bind_only_one(t: TestDb) {
        let app = enrolled(t).await;
        let mut one = app.signed_in(1).await;
        accept(&mut one).await;
        let mut other = app.signed_in(1).await;
        look_up(&mut one, 1).await;
        look_up(&mut other, 2).await;
        assert_eq!(one.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
        let answer = other.post("/qualification/record", &[("checked", "yes")]).await;
        assert_eq!(refused(&answer), (409, vec!["passport-bound"]));
    }

    /// R5.
    async fn without_the_tick_or_outside_the_window_nothing_is_bound(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        accept(&mut browser).await;
        assert_eq!(refused(&browser.get("/qualification/record").await), (200, vec![]));
        look_up(&mut browser, 1).await;
        assert!(browser.get("/qualification/record").await.text.contains("保存并继续"));
        assert_eq!(refused(&browser.post("/qualification/record", &[]).await), (422, vec!["not-checked"]));
        app.t.clock.set(NOON.minus(SignedDuration::from_hours(2)));
        let mut early = app.signed_in(3).await;
        accept(&mut early).await;
        look_up(&mut early, 1).await;
        let record = early.get("/qualification/record").await.text;
        assert!(record.contains("2017-09-20 11:00") && !record.contains("保存并继续"), "{record}");
        assert_eq!(refused(&early.post("/qualification/record", &[("checked", "yes")]).await), (403, vec!["window-not-open"]));
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(240)));
        let mut late = app.signed_in(3).await;
        look_up(&mut late, 1).await;
        let record = late.get("/qualification/record").await.text;
        assert!(record.contains("网上报名已于 2017-09-30 11:00 截止") && !record.contains("保存并继续"), "{record}");
        assert_eq!(refused(&late.post("/qualification/record", &[]).await), (403, vec!["not-checked", "window-closed"]));
    }

    /// R4.
    async fn every_subject_that_is_not_granted_has_its_reason_in_both_languages(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(5).await;
        accept(&mut browser).await;
        look_up(&mut browser, 5).await;
        let zh = browser.get("/qualification/record").await;
        for reason in ["学校限制报考", "425 分", "需要先有笔试资格：英语六级笔试"] {
            assert!(zh.text.contains(reason), "{reason}");
        }
        let (checked, folded) = zh.text.split_once("<details").unwrap();
        assert!(checked.contains("学籍信息有误") && checked.contains("425 分"), "what can be asked for is above");
        assert!(folded.contains("没有资格（") && folded.contains("学校限制报考"), "the rest is below, folded");
        assert!(browser.get("/qualification/record?lang=en").await.text.contains("Your school does not allow you"));
    }

    async fn hostile_fields_are_refused_without_a_fault(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        accept(&mut browser).await;
        let long = "长".repeat(6_000);
        for value in ["", "\0", "\u{202E}x", "<script>alert(1)</script>", "'; DROP TABLE registration; --", &long] {
            for name in ["document_kind", "document_number", "name"] {
                let fields = [("document_kind", "macau-id"), ("document_number", "1"), ("name", "x")]
                    .map(|(field, good)| (field, if field == name { value } else { good }));
                let answer = browser.post("/qualification", &fields).await;
                assert!(answer.status.is_client_error(), "{name} {value:?}");
                assert!(!answer.text.contains("<script>alert"), "{name}");
            }
            assert!(browser.post("/agreement", &[("accept", value), ("version", value)]).await.status.is_client_error());
        }
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let broken = browser.send(http::Method::POST, "/qualification", &form, "name=%FF%FE".to_owned()).await;
        assert_eq!(broken.status, 400);
        let twice = browser.send(http::Method::POST, "/qualification", &form, "name=a&name=b".to_owned()).await;
        assert_eq!(refused(&twice), (422, vec!["field-invalid"]));
    }

    async fn a_stranger_is_sent_to_the_login_page_and_back_to_the_form(t: TestDb) {
        let app = enrolled(t).await;
        for path in ["/agreement", "/qualification", "/qualification/record"] {
            let to = format!("/login?next={}", path.replace('/', "%2F"));
            assert_eq!(app.browser().get(path).await.location(), to);
            assert_eq!(app.browser().post(path, &[]).await.location(), to);
        }
    }
}
