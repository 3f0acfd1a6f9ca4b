//! Entering, viewing and cancelling, with a browser without JavaScript.

use jiff::SignedDuration;

use crate::registration::pages::tests::{accept, bound, enrolled, look_up, refused};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;

/// The start tags that have an attribute.
pub(crate) fn tags<'a>(answer: &'a Answer, attribute: &str) -> Vec<&'a str> {
    let has = |tag: &&str| tag.contains(&format!(" {attribute}=\""));
    answer.text.split('<').filter_map(|part| part.split('>').next()).filter(has).collect()
}

pub(crate) fn mark<'a>(tag: &'a str, name: &str) -> &'a str {
    tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("")
}

/// `data-offer` of a subject's row.
pub(crate) fn offer<'a>(answer: &'a Answer, subject: &str) -> &'a str {
    let row = tags(answer, "data-offer").into_iter().find(|row| mark(row, "data-subject") == subject);
    row.map_or("", |row| mark(row, "data-offer"))
}

async fn enter(browser: &mut Browser<'_>, page: &str, subjects: &[&str]) -> Answer {
    let fields: Vec<_> = subjects.iter().map(|code| ("subject", *code)).collect();
    browser.post(&format!("/registration/{page}"), &fields).await
}

pub(crate) async fn saved(browser: &mut Browser<'_>, page: &str, subjects: &[&str]) {
    let answer = enter(browser, page, subjects).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/registration"), "{:?}", answer.codes());
}

/// The ids of the entries, in page order.
async fn entries(browser: &mut Browser<'_>) -> Vec<String> {
    let page = browser.get("/registration").await;
    tags(&page, "data-entry").into_iter().map(|tag| mark(tag, "data-entry").to_owned()).collect()
}

pub(crate) async fn sql(app: &TestApp, sql: &'static str) {
    app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await.unwrap();
}

on_both! {
    async fn a_candidate_enters_written_and_oral_and_sees_both_on_the_information_page(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        let empty = browser.get("/registration").await;
        assert!(empty.text.contains("2017-09-21 12:00"), "the time of deletion is told");
        let page = browser.get("/registration/written").await;
        assert_eq!((offer(&page, "1"), offer(&page, "2"), offer(&page, "F")), ("open", "open", ""));
        let command = page.value("command").unwrap().to_owned();
        let fields = [("subject", "1"), ("subject", "2"), ("command", &command)];
        for _ in 0..2 {
            // A duplicate submission gets the first response.
            let answer = browser.post("/registration/written", &fields).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (303, "/registration"));
        }
        let page = browser.get("/registration").await;
        assert!(page.text.contains("保存成功"));
        assert!(!browser.get("/registration").await.text.contains("保存成功"), "said once");
        assert_eq!(offer(&browser.get("/registration/written").await, "1"), "already-entered");
        assert_eq!(offer(&browser.get("/registration/written").await, "3"), "level-taken");
        saved(&mut browser, "oral", &["F"]).await;
        let page = browser.get("/registration").await;
        let rows = tags(&page, "data-entry");
        assert_eq!(rows.len(), 3);
        for row in &rows {
            let marks = ["data-campus", "data-payment", "data-arrangement", "data-channel", "data-expires"].map(|name| mark(row, name));
            assert_eq!(marks, ["993010", "unpaid", "none", "self", "2017-09-21T12:00:00+08:00"]);
            assert!(page.text.contains(&format!("href=\"/registration/entries/{}/cancellation\"", mark(row, "data-entry"))));
        }
        assert_eq!(tags(&page, "data-registration").len(), 1);
        let steps: Vec<_> = tags(&page, "data-step").into_iter().map(|tag| (mark(tag, "data-step"), mark(tag, "data-state"))).collect();
        assert_eq!(steps[..4], [("written-entered", "done"), ("written-paid", "current"), ("oral-entered", "done"), ("oral-paid", "current")]);
        assert!(page.text.contains("¥0.03") && page.text.contains("¥0.02"), "sums");
        assert!(!page.text.contains("99301000001"));
        assert!(browser.get("/registration?show=document").await.text.contains("99301000001"));
        assert!(browser.get("/registration?lang=en").await.text.contains("Powered by"));
    }

    /// R8.
    async fn a_refused_submission_names_all_and_does_nothing_and_keeps_the_ticks(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        assert_eq!(refused(&enter(&mut browser, "written", &[]).await), (422, vec!["nothing-chosen"]));
        let clash = enter(&mut browser, "written", &["1", "3"]).await;
        assert_eq!(refused(&clash), (422, vec!["level-taken", "level-taken"]));
        assert_eq!(clash.text.matches(" checked").count(), 2);
        assert_eq!(refused(&enter(&mut browser, "written", &["1", "9"]).await), (422, vec!["pool-unknown"]));
        assert_eq!(refused(&enter(&mut browser, "written", &["1", "<b>"]).await), (422, vec!["pool-unknown"]));
        assert_eq!(refused(&enter(&mut browser, "written", &["<b>"]).await), (422, vec!["pool-unknown"]));
        assert_eq!(refused(&enter(&mut browser, "written", &["F"]).await), (422, vec!["pool-unknown"]));
        assert_eq!(entries(&mut browser).await.len(), 0);
        saved(&mut browser, "written", &["1"]).await;
        saved(&mut browser, "written", &["1"]).await;
        assert_eq!(refused(&enter(&mut browser, "written", &["1", "2"]).await), (409, vec!["already-entered"]));
        assert_eq!(entries(&mut browser).await.len(), 1);
        assert_eq!(refused(&enter(&mut browser, "written", &["3"]).await), (422, vec!["level-taken"]));
        let mut six = bound(&app, 6).await;
        assert_eq!(refused(&enter(&mut six, "written", &["2"]).await), (422, vec!["not-eligible"]));
    }

    /// R10.
    async fn an_oral_subject_needs_its_written_one_a_campus_a_date_and_a_fee(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        let page = browser.get("/registration/oral").await;
        assert_eq!((page.status.as_u16(), offer(&page, "F")), (200, "oral-needs-written"));
        assert!(page.text.contains("method=\"post\"") && page.text.contains("href=\"/registration/oral?campus=991010#subject\""));
        assert_eq!(refused(&enter(&mut browser, "oral", &["F"]).await), (422, vec!["oral-needs-written"]));
        saved(&mut browser, "written", &["1"]).await;
        for campus in ["110010", "x", "９９"] {
            let answer = browser.post("/registration/oral", &[("subject", "F"), ("campus", campus)]).await;
            assert!(answer.codes().contains(&"oral-campus-not-allowed"), "{campus} {:?}", answer.codes());
            assert_eq!(answer.status, 422);
        }
        let away = browser.get("/registration/oral?campus=991010").await;
        assert!(tags(&away, "data-offer").iter().all(|row| mark(row, "data-campus") == "991010"));
        sql(&app, "UPDATE subject SET exam_from = NULL, exam_to = NULL WHERE code = 'F'").await;
        sql(&app, "DELETE FROM fee WHERE subject = 'F'").await;
        sql(&app, "UPDATE catalogue_version SET version = version + 1").await;
        app.app.catalogue.refresh(&app.app.db).await.unwrap();
        assert_eq!(refused(&enter(&mut browser, "oral", &["F"]).await), (422, vec!["date-unset", "fee-unset"]));
    }

    async fn an_oral_seat_can_be_taken_at_another_campus(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1"]).await;
        let answer = browser.post("/registration/oral", &[("subject", "F"), ("campus", "991010")]).await;
        assert_eq!(answer.location(), "/registration");
        assert!(browser.get("/registration").await.text.contains("data-subject=\"F\" data-campus=\"991010\""));
    }

    /// R12.
    async fn a_full_pool_says_so_and_the_numbers_refresh(t: TestDb) {
        let app = enrolled(t).await;
        sql(&app, "UPDATE seat_pool SET capacity = 1 WHERE subject = '1'").await;
        let (mut first, mut second) = (bound(&app, 1).await, bound(&app, 2).await);
        saved(&mut first, "written", &["1"]).await;
        assert_eq!(refused(&enter(&mut second, "written", &["1"]).await), (409, vec!["pool-full"]));
        let page = second.get("/registration/written").await;
        assert_eq!(offer(&page, "1"), "pool-full");
        assert!(tags(&page, "data-seats").iter().any(|row| mark(row, "data-seats") == "none"));
        let seats: serde_json::Value = serde_json::from_str(&second.get("/registration/seats.json").await.text).unwrap();
        let full = seats["seats"].as_array().unwrap().iter().find(|pool| pool["subject"] == "1").unwrap();
        assert_eq!((&full["seats"], &full["left"], &full["campus"]), (&"none".into(), &0.into(), &"993010".into()));
        let away = second.get("/registration/seats.json?campus=991010").await;
        assert!(away.text.contains("991010") && !away.text.contains("993010"));
    }

    async fn cancelling_takes_the_oral_entry_along_and_gives_the_seats_back(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1"]).await;
        saved(&mut browser, "oral", &["F"]).await;
        let id = entries(&mut browser).await.swap_remove(0);
        let path = format!("/registration/entries/{id}/cancellation");
        let asked = browser.get(&path).await;
        assert_eq!(refused(&asked), (200, vec![]));
        let form = format!("action=\"{path}\" method=\"post\"");
        assert_eq!(asked.text.matches(&form).count(), 1);
        assert_eq!(asked.value("confirm"), Some("yes"));
        for told in ["(1) 英语四级笔试", "(993010)", "¥0.01", "2017-09-21 11:50", "一并取消", "(F) 英语四级口试", "报走"] {
            assert!(asked.text.contains(told), "{told}");
        }
        assert_eq!(entries(&mut browser).await.len(), 2, "asking does nothing");
        let answer = browser.post(&path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/registration"));
        let told = browser.get("/registration").await.text;
        for told_of in ["已取消", "(1) 英语四级笔试 (993010)", "；(F) 英语四级口试 (993010)"] {
            assert!(told.contains(told_of), "{told_of}");
        }
        assert!(!browser.get("/registration").await.text.contains("已取消"), "said once");
        assert_eq!(entries(&mut browser).await.len(), 0);
        let reloaded = browser.get(&path).await;
        assert_eq!(refused(&reloaded), (200, vec![]), "nothing is left to ask about");
        assert!(reloaded.text.contains("(1) 英语四级笔试 (993010)") && reloaded.text.contains("已取消，考位已退还"), "{}", reloaded.text);
        assert!(!reloaded.text.contains(&form) && app.signed_in(2).await.get(&path).await.status == 404);
        let again = browser.post(&format!("/registration/entries/{id}/cancellation"), &[]).await;
        assert_eq!((again.status.as_u16(), again.location()), (303, "/registration"));
        assert!(browser.get("/registration").await.text.contains("(1) 英语四级笔试 (993010)"));
    }

    async fn the_message_of_a_cancelling_names_only_what_is_the_readers_own(t: TestDb) {
        let app = enrolled(t).await;
        let (mut mine, mut other) = (bound(&app, 1).await, bound(&app, 2).await);
        saved(&mut mine, "written", &["1"]).await;
        let id = entries(&mut mine).await.swap_remove(0);
        let path = format!("/registration/entries/{id}/cancellation");
        assert_eq!(mine.post(&path, &[("confirm", "yes")]).await.status, 303);
        for said in [format!("cancelled.{id}"), "cancelled.x.-1.9223372036854775808".to_owned()] {
            other.cookies.push(("cet-said".to_owned(), said));
            let page = other.get("/registration").await;
            assert!(page.text.contains("已取消") && !page.text.contains("(1) 英语四级笔试 (993010)"));
        }
    }

    async fn what_is_not_mine_is_not_there(t: TestDb) {
        let app = enrolled(t).await;
        let (mut mine, mut other) = (bound(&app, 1).await, bound(&app, 2).await);
        saved(&mut mine, "written", &["1"]).await;
        let id = entries(&mut mine).await.swap_remove(0);
        let theirs = other.post(&format!("/registration/entries/{id}/cancellation"), &[]).await;
        for unknown in ["1", "0", "-1", "x", "99999999999999999999", "%E9%A2%9C", "'%20OR%201=1"] {
            let path = format!("/registration/entries/{unknown}/cancellation");
            for answer in [other.post(&path, &[]).await, other.get(&path).await] {
                assert_eq!((refused(&answer), refused(&theirs)), ((404, vec!["not-found"]), (404, vec!["not-found"])), "{unknown}");
            }
        }
        assert_eq!(entries(&mut mine).await.len(), 1);
    }

    /// R13.
    async fn paid_and_locked_entries_are_not_cancelled(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1", "2"]).await;
        sql(&app, "UPDATE entry SET state = 'paid', paid_at = 1 WHERE subject = '1'").await;
        sql(&app, "UPDATE entry SET locked_by = 7 WHERE subject = '2'").await;
        let ids = entries(&mut browser).await;
        let paid = browser.post(&format!("/registration/entries/{}/cancellation", ids[0]), &[]).await;
        assert_eq!(refused(&paid), (422, vec!["entry-paid"]));
        assert!(paid.text.contains("(1) 英语四级笔试 (993010)测试校区机构001：这个科目已经支付"), "{}", paid.text);
        assert_eq!(tags(&paid, "data-entry").len(), 2, "the refusal is on the information page");
        let locked = browser.post(&format!("/registration/entries/{}/cancellation", ids[1]), &[]).await;
        assert_eq!(refused(&locked), (422, vec!["entry-locked"]));
        assert!(locked.text.contains("(2) 英语六级笔试 (993010)测试校区机构001：这个科目已被学校集体缴费锁定"), "{}", locked.text);
        for (id, why) in ids.iter().zip(["已经支付", "集体缴费锁定"]) {
            let asked = browser.get(&format!("/registration/entries/{id}/cancellation")).await;
            assert_eq!(refused(&asked), (200, vec![]), "nothing was sent that could be refused");
            assert!(asked.text.contains(why), "the page that asks says why not: {}", asked.text);
            assert!(asked.text.contains("(993010)测试校区机构001："), "and of which entry: {}", asked.text);
            assert!(!asked.text.contains("name=\"confirm\"") && asked.text.contains("href=\"/registration\""));
        }
        assert_eq!(browser.get("/registration").await.text.matches("/cancellation\"").count(), 0);
    }

    async fn outside_the_window_nothing_is_entered_or_cancelled(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1"]).await;
        let id = entries(&mut browser).await.swap_remove(0);
        sql(&app, "UPDATE registration_window SET to_at = to_at - 864000000000 + 3600000000 * 2").await;
        sql(&app, "UPDATE catalogue_version SET version = version + 1").await;
        app.app.catalogue.refresh(&app.app.db).await.unwrap();
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(2)));
        let mut later = app.signed_in(1).await;
        let answer = later.post(&format!("/registration/entries/{id}/cancellation"), &[]).await;
        assert_eq!(refused(&answer), (403, vec!["window-closed"]));
        assert!(answer.text.contains("(1) 英语四级笔试 (993010)测试校区机构001：报名时间已过"), "{}", answer.text);
        let asked = later.get(&format!("/registration/entries/{id}/cancellation")).await;
        assert_eq!(refused(&asked), (200, vec![]));
        assert!(asked.text.contains("报名时间已过") && !asked.text.contains("name=\"confirm\""));
        assert_eq!(refused(&enter(&mut later, "written", &["2"]).await), (403, vec!["window-closed"]));
        let written = later.get("/registration/written").await;
        assert_eq!(offer(&written, "2"), "window-closed");
        for page in [written, later.get("/registration/oral").await] {
            assert!(page.text.contains("method=\"post\"") && !page.text.contains("提交</button>"), "{}", page.text);
        }
        let page = later.get("/registration").await.text;
        assert!(page.contains("data-situation=\"unpaid\""), "{page}");
        assert!(!page.contains("/cancellation") && !page.contains("进行科目报考"), "{page}");
    }

    async fn where_nothing_can_be_ticked_the_way_back_is_the_filled_button(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        let (filled, other) = ("<button class=\"btn\">提交</button>", "<button class=\"btn alt\">提交</button>");
        let page = browser.get("/registration/oral").await.text;
        assert!(page.contains(other) && !page.contains(filled), "{page}");
        assert!(page.contains("<a class=\"btn\" href=\"/registration\">"));
        let page = browser.get("/registration/written").await.text;
        assert!(page.contains(filled) && !page.contains(other), "{page}");
    }

    /// R13: the button of an old page, pressed after the hold has ended, before and after the job has ended it.
    async fn cancelling_what_has_expired_leads_to_the_page_that_says_so(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1"]).await;
        let id = entries(&mut browser).await.swap_remove(0);
        let path = format!("/registration/entries/{id}/cancellation");
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(25)));
        for _ in 0..2 {
            let mut browser = app.signed_in(1).await;
            let answer = browser.post(&path, &[("confirm", "yes")]).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (303, "/registration"), "{:?}", answer.codes());
            let told = browser.get("/registration").await.text;
            assert!(told.contains("data-situation=\"expired\"") && !told.contains("已取消"), "{told}");
            let asked = browser.get(&path).await;
            assert_eq!(refused(&asked), (200, vec![]));
            assert!(asked.text.contains("没有按时支付") && !asked.text.contains("name=\"confirm\""), "{}", asked.text);
            assert_eq!(app.signed_in(2).await.post(&path, &[]).await.status, 404);
            let catalogue = app.app.catalogue.get();
            while cet_domain::entry::jobs::sweep(&app.app.db, catalogue.clone()).await.unwrap() > 0 {}
        }
    }

    /// R13.
    async fn an_overdue_entry_and_an_empty_registration_are_gone_at_once(t: TestDb) {
        let app = enrolled(t).await;
        let (mut one, mut two) = (bound(&app, 1).await, bound(&app, 2).await);
        saved(&mut one, "written", &["1"]).await;
        assert_eq!(two.get("/registration").await.status, 200);
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(24)));
        assert_eq!(entries(&mut app.signed_in(1).await).await.len(), 0);
        let gone = app.signed_in(2).await.get("/registration").await;
        assert_eq!((refused(&gone), tags(&gone, "data-registration").len()), ((200, vec![]), 0));
    }

    async fn who_is_not_bound_is_told_on_every_page(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        accept(&mut browser).await;
        look_up(&mut browser, 1).await;
        let answer = browser.get("/registration").await;
        assert_eq!(refused(&answer), (200, vec![]), "nothing to see yet is no refusal");
        assert!(answer.text.contains("href=\"/agreement\"") && answer.text.contains("data-situation=\"not-bound\""));
        assert!(!answer.text.contains("data-registration") && !answer.text.contains("action=\"/registration/refresh\""));
        assert_eq!(browser.get("/registration/seats.json").await.text, "{\"seats\":[]}");
        assert_eq!(refused(&browser.get("/payment").await), (200, vec![]));
        let fields = [("gateway", "alipay")];
        assert_eq!(refused(&browser.post("/payment", &fields).await), (403, vec!["gateway-unknown", "not-bound"]));
        assert_eq!(browser.post("/registration/refresh", &[]).await.location(), "/registration");
        for path in ["/registration/written", "/registration/oral?campus=991010"] {
            let answer = browser.get(path).await;
            assert_eq!(refused(&answer), (200, vec![]), "{path}: the form is not what is refused");
            assert!(answer.text.contains("href=\"/qualification\""));
            let form = format!("action=\"{}\" method=\"post\"", path.split('?').next().unwrap());
            assert_eq!(answer.text.matches(&form).count(), 1, "{path}");
        }
        assert_eq!(refused(&enter(&mut browser, "written", &["1"]).await), (403, vec!["not-bound"]));
        let answer = enter(&mut browser, "oral", &[]).await;
        assert_eq!(refused(&answer), (403, vec!["not-bound", "nothing-chosen"]));
        assert!(answer.text.contains("action=\"/registration/oral\" method=\"post\""));
    }

    /// TH49.
    async fn hostile_submissions_are_refused_without_a_fault(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        let long = "1".repeat(60_000);
        for value in ["", "\0", "１", "\u{202E}1", "<script>alert(1)</script>", "1'; --", &long] {
            for field in ["subject", "campus"] {
                let answer = browser.post("/registration/oral", &[(field, value)]).await;
                assert!(answer.status.is_client_error(), "{field} {:?}", &value.get(..9.min(value.len())));
                assert!(!answer.text.contains("<script>alert"));
            }
        }
        let many = "subject=1&".repeat(6_000);
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let answer = browser.send(http::Method::POST, "/registration/written", &form, many).await;
        assert_eq!(answer.status, 303);
        let extra = [("subject", "2"), ("fee", "0"), ("campus", "991010"), ("school", "99101")];
        assert_eq!(browser.post("/registration/written", &extra).await.status, 303);
        let page = browser.get("/registration").await;
        let rows = tags(&page, "data-entry");
        assert!(rows.len() == 2 && rows.iter().all(|row| mark(row, "data-campus") == "993010"));
        assert!(page.text.contains("¥0.02"));
    }

    async fn a_third_hold_without_payment_has_to_wait(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1", "2"]).await;
        for _ in 0..2 {
            sql(&app, "UPDATE entry SET state = 'expired', ended_at = expires_at - 86400000000, expires_at = expires_at - 86400000000 WHERE subject = '2' AND state = 'held'").await;
            sql(&app, "UPDATE seat_pool SET taken = 0 WHERE subject = '2'").await;
            let answer = enter(&mut browser, "written", &["2"]).await;
            if answer.status != 303 {
                assert_eq!(refused(&answer), (429, vec!["too-many"]));
                assert!(answer.header(http::header::RETRY_AFTER).parse::<u64>().unwrap() <= 1801);
                return;
            }
        }
        panic!("entered without waiting");
    }
}
