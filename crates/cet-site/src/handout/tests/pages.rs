//! 候补 with a browser without script (R16).

use crate::entry::pages::tests::{mark, offer, saved, sql, tags};
use crate::registration::pages::tests::{bound, enrolled, refused};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;

const LIST: &str = "/registration/waiting-list";

/// One seat of English 4, which the first candidate takes; the second is on the way.
async fn full(app: &TestApp) -> (Browser<'_>, Browser<'_>) {
    sql(app, "UPDATE seat_pool SET capacity = 1 WHERE subject = '1' AND campus = '993010'").await;
    let (mut first, second) = (bound(app, 1).await, bound(app, 2).await);
    saved(&mut first, "written", &["1"]).await;
    (first, second)
}

async fn join(browser: &mut Browser<'_>, subject: &str) -> Answer {
    browser.post(LIST, &[("subject", subject)]).await
}

async fn hand_out(app: &TestApp) {
    while cet_domain::handout::jobs::round(&app.t.db, app.app.catalogue.get()).await.unwrap() > 0 {}
}

on_both! {
    /// R16.
    async fn a_full_subject_leads_to_its_waiting_list_and_who_joins_sees_place_chance_and_deadline(t: TestDb) {
        let app = enrolled(t).await;
        let (_, mut second) = full(&app).await;
        let written = second.get("/registration/written").await;
        assert_eq!(offer(&written, "1"), "pool-full");
        let link = "/registration/waiting-list?subject=1&#38;campus=993010#join";
        assert!(written.text.contains(&format!("href=\"{link}\"")), "{}", written.text);
        let form = second.get("/registration/waiting-list?subject=1&campus=993010").await;
        assert!(form.text.contains("data-waiting-now=\"0\"") && form.text.contains("data-chance=\"unknown\""));
        assert_eq!(form.value("subject"), Some("1"));

        let joined = join(&mut second, "1").await;
        assert_eq!((joined.status.as_u16(), joined.location()), (303, LIST), "{:?}", joined.codes());
        let page = second.get(LIST).await;
        assert!(page.text.contains("已加入候补"));
        let place = tags(&page, "data-place");
        assert_eq!((mark(place[0], "data-place"), mark(place[0], "data-total")), ("1", "1"));
        assert_eq!(tags(&page, "data-standby").len(), 1);
        assert!(!second.get(LIST).await.text.contains("已加入候补"), "said once");
        for (path, says) in [("/home", "候补中"), ("/registration", "候补中"), ("/registration?lang=en", "On the waiting list")] {
            assert!(second.get(path).await.text.contains(says), "{path}");
        }
        let english = second.get("/registration/waiting-list?lang=en").await;
        assert!(english.text.contains("1 of 1") && english.text.contains("Leave the waiting list"));
        // A copy of the own data holds it (A11).
        let copy: serde_json::Value = serde_json::from_slice(&second.get("/account/copy.json").await.bytes).unwrap();
        assert_eq!(copy["waiting"][0]["campuses"], "993010");
    }

    /// R16, R18.
    async fn after_registration_the_page_says_that_nobody_can_join(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1"]).await;
        sql(&app, "UPDATE entry SET state = 'paid', paid_at = entered_at").await;
        assert!(!browser.get(LIST).await.text.contains("不能再加入"));
        app.t.clock.set(cet_base::store::testing::NOON.plus(jiff::SignedDuration::from_hours(24 * 20)));
        let page = app.signed_in(1).await.get(LIST).await;
        assert!(page.status == 200 && page.text.contains("不能再加入"), "{}", page.text);
    }

    /// R16.
    async fn a_seat_that_was_given_is_an_entry_with_a_message(t: TestDb) {
        let app = enrolled(t).await;
        let (mut first, mut second) = full(&app).await;
        join(&mut second, "1").await;
        let page = first.get("/registration").await;
        let entry = mark(tags(&page, "data-entry")[0], "data-entry").to_owned();
        first.post(&format!("/registration/entries/{entry}/cancellation"), &[]).await;
        // The seat is free, and nobody's who passes by.
        assert_eq!(offer(&first.get("/registration/written").await, "1"), "pool-full");
        hand_out(&app).await;
        let page = second.get("/registration").await;
        assert_eq!(mark(tags(&page, "data-entry")[0], "data-subject"), "1");
        assert!(second.get("/account/messages").await.text.contains("候补成功"));
        assert!(tags(&second.get(LIST).await, "data-standby").is_empty());
    }

    /// R16.
    async fn leaving_asks_first_and_names_subject_and_campus(t: TestDb) {
        let app = enrolled(t).await;
        let (mut first, mut second) = full(&app).await;
        join(&mut second, "1").await;
        let id = mark(tags(&second.get(LIST).await, "data-standby")[0], "data-standby").to_owned();
        let leaving = format!("{LIST}/{id}/leaving");
        let asked = second.get(&leaving).await;
        assert_eq!(asked.status.as_u16(), 200);
        assert!(asked.text.contains("(1)") && asked.text.contains("993010"));
        assert_eq!(tags(&second.get(LIST).await, "data-standby").len(), 1, "a GET changes nothing");
        for path in [leaving.as_str(), "/registration/waiting-list/7/leaving", "/registration/waiting-list/x/leaving"] {
            assert_eq!(first.get(path).await.status.as_u16(), 404, "{path}");
            assert_eq!(first.post(path, &[]).await.status.as_u16(), 404, "{path}");
        }
        for _ in 0..2 {
            let left = second.post(&leaving, &[]).await;
            assert_eq!((left.status.as_u16(), left.location()), (303, LIST));
        }
        let page = second.get(LIST).await;
        assert!(tags(&page, "data-standby").is_empty() && page.text.contains("已退出候补"));
    }

    /// R16.
    async fn what_can_not_be_waited_for_is_refused_with_the_reason_and_the_form_stays(t: TestDb) {
        let app = enrolled(t).await;
        let (_, mut second) = full(&app).await;
        let free = join(&mut second, "2").await;
        assert_eq!(refused(&free), (409, vec!["seat-free"]));
        assert!(free.text.contains("(2) 英语六级笔试："), "{}", free.text);
        assert_eq!(refused(&join(&mut second, "").await), (422, vec!["nothing-chosen"]));
        assert_eq!(refused(&join(&mut second, "ZZ").await), (422, vec!["pool-unknown"]));
        let unknown = second.post(LIST, &[("subject", "F"), ("campus", "x")]).await;
        assert_eq!(refused(&unknown), (422, vec!["oral-campus-not-allowed"]));
        assert!(unknown.text.contains("action=\"/registration/waiting-list\""));
        let none = second.get(LIST).await;
        assert!(none.text.contains("name=\"subject\"") && none.text.contains("href=\"/registration/waiting-list?subject=1#join\""));
    }

    /// interface.md 1: all refusals that apply are named, with and without a registration.
    async fn everything_that_is_wrong_with_joining_is_named_at_once(t: TestDb) {
        let app = enrolled(t).await;
        sql(&app, "UPDATE seat_pool SET capacity = 1 WHERE subject = 'F' AND campus = '993010'").await;
        let (mut first, mut waiting) = (bound(&app, 2).await, bound(&app, 1).await);
        saved(&mut first, "written", &["1"]).await;
        saved(&mut first, "oral", &["F"]).await;
        saved(&mut waiting, "written", &["1"]).await;
        let joined = waiting.post(LIST, &[("subject", "F"), ("campus", "993010")]).await;
        assert_eq!(joined.status, 303, "{:?}", joined.codes());
        for (campus, found) in [
            ("999999", (409, vec!["already-waiting", "oral-campus-not-allowed", "pool-unknown"])),
            ("x", (422, vec!["oral-campus-not-allowed"])),
            ("991010", (409, vec!["already-waiting"])),
        ] {
            let answer = waiting.post(LIST, &[("subject", "F"), ("campus", campus)]).await;
            assert_eq!(refused(&answer), found, "{campus}: {}", answer.text);
        }
        let both = [("subject", "F"), ("campus", "991010"), ("campus", "x")];
        let both = waiting.post(LIST, &both).await;
        assert_eq!(refused(&both), (409, vec!["already-waiting", "oral-campus-not-allowed"]));
        let mut unbound = app.signed_in(3).await;
        for (fields, codes) in [
            (&[][..], vec!["not-bound", "nothing-chosen"]),
            (&[("subject", "ZZ")][..], vec!["not-bound", "pool-unknown"]),
            (&[("subject", "F"), ("campus", "x")][..], vec!["not-bound", "oral-campus-not-allowed"]),
            (&[("subject", "F")][..], vec!["not-bound"]),
        ] {
            let answer = unbound.post(LIST, fields).await;
            assert_eq!(refused(&answer), (403, codes), "{fields:?}");
        }
        assert_eq!(tags(&waiting.get(LIST).await, "data-standby").len(), 1);
    }

    /// R16.
    async fn staff_see_how_many_wait_at_each_pool(t: TestDb) {
        let app = enrolled(t).await;
        let (_, mut second) = full(&app).await;
        join(&mut second, "1").await;
        let sitting = cet_base::words::codes::SittingCode::parse("2017-2").unwrap();
        let scope = cet_base::words::staff::Scope::parse("99").unwrap();
        let rows = app.t.db.read_long(async move |tx| cet_domain::seat_pool::scoped::list(tx, &scope, &sitting, 100).await).await.unwrap();
        let waiting: i64 = rows.iter().map(|pool| pool.waiting).sum();
        assert_eq!(waiting, 1);
    }
}
