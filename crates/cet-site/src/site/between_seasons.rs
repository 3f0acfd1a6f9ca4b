//! Between two seasons, and before the first, no room of a candidate is gone: it says that no sitting is open, and where one's
//! own past registration and payments are (R18). Routes and forms are read from the sources, so a new room is walked too.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::forms::FORMS;
use crate::entry::pages::tests::{mark, saved, sql, tags};
use crate::registration::pages::tests::{accept, bound, enrolled, look_up, refused};
use crate::situation::table_tests::open_order;
use crate::testing::{Answer, Browser, SITTING, TestApp};
use crate::threats::routes::all;
use cet_base::on_both;
use cet_base::store::Stop;
use cet_base::store::testing::NOON;
use cet_base::words::time::Time;
use cet_domain::setup::file::{self, FileFault};
use cet_domain::setup::import::import;

/// What is left of the rooms that are about a sitting.
const EMPTY: &str = "data-sitting=\"none\"";
/// Rooms with nothing to look at but the current sitting.
const ROOMS: [&str; 9] = [
    "/agreement",
    "/dispute",
    "/payment",
    "/qualification",
    "/qualification/record",
    "/record-report",
    "/registration/oral",
    "/registration/waiting-list",
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
async fn sent(browser: &mut Browser<'_>, entry: &str, (code, owns): (&str, bool)) {
    for form in FORMS.iter().filter(|form| form.signed_in.is_some() && !form.address.starts_with("/account/"))
    {
        let fields: Vec<_> = form.fields.iter().map(|field| (field.name, field.good)).collect();
        let answer = browser.post(&filled(form.address, entry), &fields).await;
        match form.address {
            // It asks the gateway of whatever is open.
            "/registration/refresh" => assert_eq!(answer.status, 303),
            // An order that has no code.
            "/payment/{order}/code" | "/payment/{order}/phone" => assert_ne!(answer.status, 500),
            address if address.contains("{id}") && !(owns && address.contains("/entries/")) => {
                assert_eq!(refused(&answer), (404, vec!["not-found"]), "{address}");
            }
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

/// The next sitting, as a draft or published.
async fn next(app: &TestApp, publish: bool) {
    let dates = [
        ("2017-2", "2018-1"),
        ("2017年下半年", "2018年上半年"),
        ("second half of 2017", "first half of 2018"),
        ("year = 2017\nhalf = 2", "year = 2018\nhalf = 1"),
        ("2017-09-20 11:00", "2018-03-08 08:00"),
        ("2017-09-30 11:00", "2018-03-31 17:00"),
        ("2017-11-01 ", "2018-05-02 "),
        ("2017-11-18 ", "2018-05-19 "),
        ("2017-12-16 ", "2018-06-16 "),
    ];
    let text = dates.iter().fold(SITTING.to_owned(), |text, (last, next)| text.replace(last, next));
    let sitting = file::parse(&text, |name| Ok(format!("# {name}"))).unwrap();
    let stored: Result<_, Stop<Vec<FileFault>>> =
        app.t.db.write(async move |tx| import(tx, &sitting, publish).await).await;
    stored.unwrap();
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
            if is_bound {
                rooms.insert("/registration/entries/{id}/cancellation");
            } else {
                // Who asks for a file gets no page in its name.
                for file in ["/tickets.pdf", "/tickets.ics"] {
                    assert_eq!(refused(&now[file]), (403, vec!["not-printable"]), "{file}");
                    assert!(now[file].text.contains("2017年下半年CET考试已经结束"), "{file}: {}", now[file].text);
                }
            }
            assert_eq!(empty, rooms);
            for (path, situation) in [("/", "over"), ("/home", "over"), ("/registration", "over"), ("/payment/{order}", "over")] {
                let mark = format!("data-situation=\"{situation}\"");
                assert!(!is_bound || now[path].text.contains(&mark), "{path}: {}", now[path].text);
            }
            assert!(!is_bound || now["/home"].text.contains("学生1"), "{}", now["/home"].text);
            assert_eq!(now["/registration/seats.json"].text, "{\"seats\":[]}");
            sent(&mut browser, &entry, ("window-closed", is_bound)).await;
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
        for path in ROOMS.iter().chain(&["/registration", "/review"]) {
            assert!(browser.get(&filled(path, "1")).await.text.contains(EMPTY), "{path}");
        }
        sent(&mut browser, "1", ("window-not-open", false)).await;
    }
    /// P2, P5.
    async fn the_next_opening_is_named_once_its_sitting_is_published_and_no_draft_is(t: TestDb) {
        let app = enrolled(t).await;
        bound(&app, 1).await;
        app.t.clock.set(Time::parse_local("2018-01-10 12:00").unwrap());
        state(&app, "UPDATE sitting SET state = 'closed' WHERE code = '2017-2'").await;
        next(&app, false).await;
        for n in [0, 1, 3] {
            let mut browser = if n == 0 { app.browser() } else { app.signed_in(n).await };
            for path in pages().iter().chain(&["/staff/login".to_owned()]) {
                let text = browser.get(&filled(path, "1")).await.text + &browser.get(&(filled(path, "1") + "?lang=en")).await.text;
                for leak in ["2018-1", "2018年上半年", "first half of 2018", "2018-03-08", "2018-06-16", "3月8日", "8 Mar"] {
                    assert!(!text.contains(leak), "{path} names {leak}: {text}");
                }
            }
        }
        next(&app, true).await;
        for (path, opens) in [("/?lang=zh", "3月8日"), ("/?lang=en", "8 Mar"), ("/schedule?lang=zh", "2018-06-16")] {
            let page = app.browser().get(path).await.text;
            assert!(page.contains(opens), "{path}: {page}");
            let lead = page.split("data-phase=\"").nth(1).unwrap_or(&page);
            assert!(path.starts_with("/schedule") || lead.starts_with("before") && lead.contains("2018-03-08 08:00"), "{lead}");
        }
        for (n, path) in [(1, "/"), (3, "/"), (1, "/home"), (3, "/home")] {
            let page = app.signed_in(n).await.get(path).await.text;
            let lead = page.split("data-situation=\"").nth(1).unwrap();
            let lead = lead.split("</section>").next().unwrap();
            assert!(lead.starts_with("window-not-open") && lead.contains("2018-03-08 08:00"), "{n} {path}: {lead}");
        }
    }
}
