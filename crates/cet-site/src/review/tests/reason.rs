//! Why an application was refused, on the pages of its candidate (V4, R18).

use jiff::SignedDuration;

use super::tests::{LI, WANG, candidate, decide, newest, save, submit, wang, world};
use crate::registration::pages::tests::{bound, enrolled, refused};
use crate::staff::tests::world::member;
use crate::testing::{Answer, Browser};
use cet_base::on_both;
use cet_base::store::testing::NOON;

const WHY: &str = "看过身份证和成绩单";
const CLOSED: &str = "学校不再受理您的复核申请";

/// How often home, information page, review, portal and messages tell the reason.
async fn told(browser: &mut Browser<'_>) -> [usize; 5] {
    let mut said = [0; 5];
    for (said, path) in said.iter_mut().zip(["/home", "/registration", "/review", "/", "/account/messages"]) {
        *said = browser.get(path).await.text.matches(WHY).count();
    }
    said
}

on_both! {
    /// V4, R18.
    async fn whom_the_school_refused_reads_why_where_they_stand_and_nobody_else_does(t: TestDb) {
        let app = world(t).await;
        let (mut wang, mut school) = (wang(&app, 1).await, member(&app, "school-99301").await);
        let mut other = candidate(&app, 2, "macau-id", "99101000001", "李博").await;
        submit(&mut other, LI).await;
        save(&mut wang).await;
        submit(&mut wang, WANG).await;
        let path = newest(&mut school).await;
        assert_eq!(told(&mut wang).await, [0; 5], "while it waits");
        decide(&mut school, &path, "refuse").await;
        // Who is signed in gets a front page of their own.
        assert_eq!(told(&mut wang).await, [1; 5]);
        assert!(!app.browser().get("/").await.text.contains(WHY));
        assert!(wang.get("/home").await.text.contains("data-situation=\"review-refused\""));
        assert_eq!(told(&mut other).await, [0; 5]);
        // Beside something entered it is a note.
        assert_eq!(wang.post("/registration/written", &[("subject", "1")]).await.status, 303);
        assert_eq!(told(&mut wang).await, [1; 5]);
        assert!(wang.get("/home").await.text.contains("data-situation=\"unpaid\""));
        submit(&mut wang, WANG).await;
        assert_eq!(told(&mut wang).await, [0, 0, 0, 0, 1], "another application waits");
    }

    /// V4, R18.
    async fn after_registration_whoever_was_refused_still_reads_why_and_is_not_sent_to_correct_it(t: TestDb) {
        let app = world(t).await;
        let (mut refused, mut school) = (wang(&app, 1).await, member(&app, "school-99301").await);
        save(&mut refused).await;
        submit(&mut refused, WANG).await;
        let path = newest(&mut school).await;
        decide(&mut school, &path, "refuse").await;
        for (days, situation) in [(20, "window-closed"), (60, "window-closed")] {
            app.t.clock.set(NOON.plus(SignedDuration::from_hours(24 * days)));
            let mut wang = app.signed_in(1).await;
            assert_eq!(told(&mut wang).await, [1; 5], "day {days}");
            for path in ["/", "/home", "/registration"] {
                let page = wang.get(path).await.text;
                assert!(page.contains(&format!("data-situation=\"{situation}\"")), "{path}: {page}");
                assert!(page.contains("CET6资格复核没有通过") && page.contains("不能再更正"), "{path}: {page}");
                assert!(!page.contains("更正后重新提交"), "{path}: {page}");
            }
        }
    }

    /// V4.
    async fn who_is_closed_out_is_not_sent_to_correct_and_why_a_school_takes_it_again_stays_its_own(t: TestDb) {
        let app = world(t).await;
        let (mut wang, mut school) = (wang(&app, 1).await, member(&app, "school-99301").await);
        submit(&mut wang, WANG).await;
        let path = newest(&mut school).await;
        for _ in 0..2 {
            decide(&mut school, &path, "refuse").await;
            assert!(!wang.get("/home").await.text.contains(CLOSED));
            submit(&mut wang, WANG).await;
        }
        decide(&mut school, &path, "close").await;
        let home = wang.get("/home").await;
        assert!(home.text.contains(CLOSED) && home.text.contains(WHY) && !home.text.contains("更正后重新提交"));
        // Another decision is made at another moment, which is its message's name.
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(1)));
        decide(&mut school, &path, "reopen").await;
        assert!(wang.get("/home").await.text.contains("更正后重新提交"));
        assert_eq!(told(&mut wang).await[..4], [0; 4]);
    }

    /// R7, R18.
    async fn who_waits_for_the_school_is_told_that_the_registration_is_gone_and_how_to_begin_again(t: TestDb) {
        let app = world(t).await;
        let mut wang = wang(&app, 1).await;
        save(&mut wang).await;
        submit(&mut wang, WANG).await;
        for page in ["/home", "/registration"] {
            let page = wang.get(page).await.text;
            assert!(page.contains("data-situation=\"review-pending\"") && !page.contains("原来的报名信息已被删除"), "{page}");
        }
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(25)));
        let catalogue = app.app.catalogue.get();
        while cet_domain::entry::jobs::sweep(&app.app.db, catalogue.clone()).await.unwrap() > 0 {}
        let mut wang = app.signed_in(1).await;
        for page in ["/home", "/registration"] {
            let page = wang.get(page).await.text;
            assert!(page.contains("data-situation=\"not-bound\"") && page.contains("开始报名"), "{page}");
            for said in ["原来的报名信息已被删除", "CET6资格复核等待学校处理"] {
                assert!(page.contains(said), "{said}: {page}");
            }
        }
    }

    /// interface.md 1: the text says what to do.
    async fn whoever_can_not_apply_reads_when_it_is_possible_and_nothing_to_delete_is_told_as_that(t: TestDb) {
        let app = enrolled(t).await;
        let mut granted = bound(&app, 1).await;
        let answer = submit(&mut granted, LI).await;
        assert_eq!(refused(&answer), (403, vec!["review-not-open"]));
        let said = |answer: &Answer| answer.text.split("data-code=").nth(1).unwrap().split("</li>").next().unwrap().to_owned();
        assert!(said(&answer).contains("资格科目中没有英语六级时，才可以申请"), "{}", said(&answer));
        for browser in [&mut granted, &mut app.signed_in(2).await] {
            let nothing = browser.post("/review/withdrawal", &[]).await;
            assert_eq!(refused(&nothing), (403, vec!["review-not-open"]));
            let said = said(&nothing);
            assert!(said.contains("没有可以删除的复核申请") && !said.contains("您现在不能申请"), "{said}");
        }
    }
}
