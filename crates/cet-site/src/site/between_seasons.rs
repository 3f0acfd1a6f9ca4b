//! Between two seasons, and before the first, no room of a candidate is gone: it says that no sitting is open, and where one's
//! own past registration and payments are (R18). Routes and forms are read from the sources, so a new room is walked too.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::forms::FORMS;
use crate::entry::pages::tests::{mark, saved, sql, tags};
use crate::registration::pages::tests::{accept, bound, enrolled, look_up, refused};
use crate::situation::table_tests::open_order;
use crate::testing::{Answer, Browser, TestApp};
use crate::threats::routes::all;
use cet_base::on_both;
use cet_base::store::testing::NOON;

/// What is left of the rooms that are about a sitting.
const EMPTY: &str = "data-sitting=\"none\"";
/// Rooms with nothing to look at but the current sitting.
const ROOMS: [&str; 11] = [
    "/agreement",
    "/dispute",
    "/payment",
    "/qualification",
    "/qualification/record",
    "/record-report",
    "/registration/entries/{id}/cancellation",
    "/registration/oral",
    "/registration/waiting-list",
    "/registration/waiting-list/{id}/leaving",
    "/registration/written",
];

fn filled(path: &str, entry: &str) -> String {
    let path = path.replace("{order}", "77").replace("{gateway}", "payease").replace("{id}", entry);
    path.replace("{file}", &format!("{entry}.pdf"))
}

/// The routes that somebody opens who is signed in.
fn pages() -> Vec<String> {
    let others = ["/staff", "/rehearsal", "/assets/", "/captcha/", "/notify/", "/news/"];
    let is_other =
        |path: &str| path.contains("{token}") || others.iter().any(|other| path.starts_with(other));
    let found: Vec<String> = all()
        .into_iter()
        .filter(|route| route.get && !is_other(&route.path))
        .map(|route| route.path)
        .collect();
    assert!(found.len() > 40, "only {} pages were found", found.len());
    found
}

async fn walked(browser: &mut Browser<'_>, entry: &str) -> BTreeMap<String, Answer> {
    let mut all = BTreeMap::new();
    for path in pages() {
        let answer = browser.get(&filled(&path, entry)).await;
        all.insert(path, answer);
    }
    all
}

fn is_calm(answer: &Answer, main: &str) {
    assert_eq!(answer.text.matches("class=\"btn\"").count(), 1, "one filled button: {}", answer.text);
    assert!(answer.text.contains(&format!("<a class=\"btn\" href=\"{main}\"")), "{}", answer.text);
    for way in [
        "href=\"/registration\"",
        "href=\"/account/payments\"",
        "href=\"/account/messages\"",
        "href=\"/home\"",
    ] {
        assert!(main == "/" || answer.text.contains(way), "{way}");
    }
}

/// Sends every form of a signed-in candidate that is not about the passport itself.
async fn sent(browser: &mut Browser<'_>, entry: &str, code: &str) {
    for form in FORMS.iter().filter(|form| form.signed_in.is_some() && !form.address.starts_with("/account/"))
    {
        let fields: Vec<_> = form.fields.iter().map(|field| (field.name, field.good)).collect();
        let answer = browser.post(&filled(form.address, entry), &fields).await;
        match form.address {
            // It asks the gateway of whatever is open.
            "/registration/refresh" => assert_eq!(answer.status, 303),
            // An order that has no code.
            "/payment/{order}/code" | "/payment/{order}/phone" => assert_ne!(answer.status, 500),
            address => {
                assert_eq!(refused(&answer), (403, vec![code]), "{address}");
                assert!(answer.text.contains(EMPTY), "{address}");
            }
        }
    }
}

async fn state(app: &TestApp, change: &'static str) {
    sql(app, change).await;
    sql(app, "UPDATE catalogue_version SET version = version + 1").await;
    app.app.catalogue.refresh(&app.app.db).await.unwrap();
}

on_both! {
    async fn between_two_seasons_no_page_or_form_of_a_candidate_is_gone(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1"]).await;
        let page = browser.get("/registration").await;
        let entry = mark(tags(&page, "data-entry")[0], "data-entry").to_owned();
        open_order(&app).await;
        sql(&app, "UPDATE entry SET order_id = NULL, state = 'paid', paid_at = entered_at").await;
        sql(&app, "UPDATE payment_order SET state = 'paid', settled_at = opened_at, ask_at = NULL").await;
        let mut looking = app.signed_in(3).await;
        accept(&mut looking).await;
        look_up(&mut looking, 3).await;
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(2400)));
        for (n, is_bound) in [(1, true), (3, false)] {
            let season = walked(&mut app.signed_in(n).await, &entry).await;
            state(&app, "UPDATE sitting SET state = 'closed' WHERE code = '2017-2'").await;
            let mut browser = app.signed_in(n).await;
            let now = walked(&mut browser, &entry).await;
            for (path, answer) in &now {
                let was = season[path].status;
                assert!(answer.status != 500 && (answer.status != 404 || was == 404), "{path}: {}", answer.text);
                assert!(!answer.text.contains(EMPTY) || answer.status == 200, "{path}");
                if answer.text.contains(EMPTY) {
                    is_calm(answer, "/registration");
                    assert!(answer.text.contains("2017年下半年CET考试已经结束") && answer.codes().is_empty(), "{path}");
                }
            }
            let empty: BTreeSet<&str> =
                now.iter().filter(|(_, answer)| answer.text.contains(EMPTY)).map(|(path, _)| path.as_str()).collect();
            let mut rooms = BTreeSet::from(ROOMS);
            rooms.insert("/review");
            if !is_bound {
                rooms.extend(["/tickets.pdf", "/tickets.ics", "/tickets/{file}"]);
            }
            assert_eq!(empty, rooms);
            for (path, situation) in [("/", "over"), ("/home", "over"), ("/registration", "over"), ("/payment/{order}", "over")] {
                let mark = format!("data-situation=\"{situation}\"");
                assert!(!is_bound || now[path].text.contains(&mark), "{path}: {}", now[path].text);
            }
            assert!(!is_bound || now["/home"].text.contains("学生1"), "{}", now["/home"].text);
            assert_eq!(now["/registration/seats.json"].text, "{\"seats\":[]}");
            sent(&mut browser, &entry, "window-closed").await;
            let english = browser.get("/payment?lang=en").await;
            assert!(english.text.contains("No test is open for registration now"), "{}", english.text);
            state(&app, "UPDATE sitting SET state = 'published' WHERE code = '2017-2'").await;
        }
    }

    async fn before_the_first_sitting_every_room_says_that_none_is_announced(t: TestDb) {
        let app = enrolled(t).await;
        state(&app, "UPDATE sitting SET state = 'draft' WHERE code = '2017-2'").await;
        let mut browser = app.signed_in(1).await;
        for (path, answer) in walked(&mut browser, "1").await {
            assert_ne!(answer.status, 500, "{path}");
            if answer.text.contains(EMPTY) {
                assert_eq!(refused(&answer), (200, vec![]), "{path}");
                is_calm(&answer, "/");
            }
            // The result of a draw is there only after one.
            assert!(answer.status != 404 || path.contains('{') || path == "/waiting/draw", "{path}");
        }
        for path in ROOMS.iter().chain(&["/registration", "/review", "/tickets.pdf", "/tickets.ics"]) {
            assert!(browser.get(&filled(path, "1")).await.text.contains(EMPTY), "{path}");
        }
        sent(&mut browser, "1", "window-not-open").await;
    }
}
