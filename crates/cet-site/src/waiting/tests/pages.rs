//! The gate and the page, with a browser without JavaScript.

use http::header;

use crate::registration::pages::tests::{accept, bound, enrolled};
use crate::testing::{Answer, Browser, TestApp};
use crate::threats::routes::{all, filled};
use cet_base::on_both;
use cet_base::words::ids::PassportId;
use cet_domain::waiting::jobs::{Memory, Now};
use cet_domain::waiting::load::Sample;
use cet_domain::waiting::{Counts, Frontier, Holder, Opening, Place, Queue, Secret, Shown, Ticket, jobs};

/// The time of the tests' node in seconds, an hour after the opening.
fn now(app: &TestApp) -> i64 {
    jobs::second_of(app.app.catalogue.about_now(&app.app.db))
}

/// Turns lines on, each with 640 people in the last settled second, who are admitted up to the frontier.
fn turn_on(app: &TestApp, desk: Option<Frontier>, door: Option<Frontier>, opens: i64) {
    let now = now(app);
    let mut counts = Counts::default();
    for n in 0_u64..640 {
        counts.count(Place::at(now - 10, n << 54));
    }
    let queue = |frontier: Option<Frontier>| Queue {
        on_since: frontier.map(|_| now - 1_000),
        line: counts.line(frontier.unwrap_or_default(), now + 1),
        rate: 10,
        admitted: 0,
    };
    let sitting = app.app.catalogue.get().current().unwrap().code.clone();
    let opening = Opening { sitting, opens, closes: now + 9_000, secret: Secret::new([9; 32]) };
    app.app.waiting.show(Shown {
        at: now,
        opening: Some(opening),
        desk: queue(desk),
        door: queue(door),
        ..Shown::default()
    });
}

fn nobody() -> Frontier {
    Frontier::default()
}

fn everybody(app: &TestApp) -> Frontier {
    Frontier::at(Place::at(now(app), u64::MAX))
}

fn state(answer: &Answer) -> &str {
    answer.text.split("data-waiting=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("")
}

fn place(browser: &Browser<'_>) -> Option<String> {
    browser.cookies.iter().find(|(name, _)| name == "cet-place").map(|(_, value)| value.clone())
}

/// A page of the room, in both languages: small, without script, coming again by itself.
async fn is_small(browser: &mut Browser<'_>, path: &str, expected: &str) {
    for lang in ["zh", "en"] {
        let page = browser.get(&format!("{path}&lang={lang}")).await;
        assert_eq!((page.status.as_u16(), state(&page)), (200, expected));
        assert!(page.bytes.len() < 4_096, "{lang} {expected}: {} bytes", page.bytes.len());
        assert!(!page.text.contains("<script"));
        assert!(!page.header(header::REFRESH).is_empty());
        assert_eq!(page.header(header::CACHE_CONTROL), "no-store");
    }
}

/// What section 8 of the interface lists: log-in, registering, look-up, save and entering.
const GUARDED: [&str; 6] = [
    "/login",
    "/register",
    "/qualification",
    "/qualification/record",
    "/registration/written",
    "/registration/oral",
];

/// The job's work of one second.
async fn second(app: &TestApp) {
    let catalogue = app.app.catalogue.get();
    let plan = catalogue.current().unwrap();
    let (opens, closes) = plan.registration_span().unwrap();
    let now = Now { second: now(app), sitting: Some((plan.code.clone(), opens, closes)) };
    let (room, vault) = (&app.app.waiting, &app.app.vault);
    jobs::round(room, &mut Memory::default(), &app.app.db, vault, now, Sample::default()).await.unwrap();
}

fn escaped(path: &str) -> String {
    let path = path.replace('/', "%2F").replace('?', "%3F");
    path.replace('=', "%3D").replace('&', "%26")
}

on_both! {
    /// R17.
    async fn a_room_that_is_forced_on_stands_before_each_listed_address_from_the_next_request_on(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        second(&app).await;
        for path in GUARDED {
            assert!(!browser.get(path).await.location().starts_with("/waiting"), "{path}: the room is off");
        }
        for jobs_work_between in [false, true] {
            assert_eq!(browser.post("/rehearsal/waiting", &[("mode", "on")]).await.status, 303);
            if jobs_work_between {
                second(&app).await;
            }
            for path in GUARDED {
                for query in ["", "?campus=993010&q=a"] {
                    let path = format!("{path}{query}");
                    let away = browser.get(&path).await;
                    let waits = format!("/waiting?next={}", escaped(&path));
                    assert_eq!((away.status.as_u16(), away.location()), (303, waits.as_str()), "{path}");
                }
            }
            assert_eq!(browser.post("/rehearsal/waiting", &[("mode", "off")]).await.status, 303);
            assert_eq!(browser.get("/login").await.status, 200, "off at once");
        }
    }

    /// R17.
    async fn the_room_stands_before_what_the_interface_lists_and_before_no_other_route(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        turn_on(&app, Some(nobody()), Some(nobody()), 0);
        for path in GUARDED {
            let refused = browser.post(path, &[]).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (503, vec!["waiting"]), "{path}");
            assert!(!refused.header(header::RETRY_AFTER).is_empty(), "{path}");
        }
        let mut asked = 0;
        for route in all().into_iter().filter(|route| route.path != "/waiting") {
            let path = filled(&route.path, "1");
            let is_listed = GUARDED.contains(&path.as_str());
            if route.get {
                let answer = browser.get(&path).await;
                assert_eq!(answer.location().starts_with("/waiting"), is_listed, "{path} {}", answer.status);
                asked += 1;
            }
            // Ending the session would ask a stranger from there on.
            if route.post && path != "/logout" {
                let answer = browser.post(&path, &[]).await;
                assert_eq!(answer.codes().contains(&"waiting"), is_listed, "{path} {}", answer.status);
            }
        }
        assert!(asked > 60, "{asked}");
    }

    async fn while_the_room_is_off_nothing_of_it_is_seen(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        assert_eq!(browser.get("/login").await.status, 200);
        assert_eq!(browser.get("/waiting?next=/login").await.location(), "/login");
        assert_eq!(browser.get("/waiting?next=//evil.example").await.location(), "/home");
        assert_eq!(place(&browser), None);
    }

    /// R17.
    async fn at_the_door_one_waits_with_a_position_and_goes_on_when_it_is_ones_turn(t: TestDb) {
        let app = TestApp::on(t).await;
        turn_on(&app, None, Some(nobody()), 0);
        let mut browser = app.browser();
        let away = browser.get("/login?next=/review").await;
        assert_eq!((away.status.as_u16(), away.location()), (303, "/waiting?next=%2Flogin%3Fnext%3D%2Freview"));
        let mine = place(&browser).unwrap();
        is_small(&mut browser, "/waiting?next=/login", "line").await;
        let page = browser.get("/waiting?next=/login").await;
        assert!(page.text.contains("data-position=\"640\" data-estimate-s=\"64\""), "{}", page.text);
        let refused = browser.post("/login", &[("email", "a@b.cn"), ("password", "x")]).await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (503, vec!["waiting"]));
        assert!(!refused.header(header::RETRY_AFTER).is_empty());
        assert!(refused.text.contains("/waiting?next=%2Flogin"), "{}", refused.text);
        assert_eq!(browser.get("/register").await.status, 303);
        assert_eq!(place(&browser), Some(mine), "coming again changes nothing");
        for open in ["/", "/recover", "/retrieve", "/verify-ticket", "/staff/login"] {
            assert_eq!(browser.get(open).await.status, 200, "{open}");
        }
        turn_on(&app, None, Some(everybody(&app)), 0);
        is_small(&mut browser, "/waiting?next=/login", "admitted").await;
        let page = browser.get("/waiting?next=/login").await;
        assert_eq!(page.header(header::REFRESH), "1;url=/login");
        assert_eq!(browser.get("/login").await.status, 200);
        let used = place(&browser).and_then(|text| Ticket::open(&app.app.vault, &text)).unwrap();
        assert_eq!(used.used, Some(now(&app)));
    }

    async fn a_forged_ticket_is_none(t: TestDb) {
        let app = TestApp::on(t).await;
        turn_on(&app, None, Some(Frontier::at(Place::at(now(&app) - 500, 0))), 0);
        let mut browser = app.browser();
        let mine = format!("2017-2.a.{}.s1..{}", now(&app) - 900, "0".repeat(32));
        browser.cookies.push(("cet-place".to_owned(), mine.clone()));
        assert_eq!(browser.get("/login").await.status, 303);
        assert_ne!(place(&browser), Some(mine));
    }

    async fn before_the_opening_who_is_signed_in_gets_a_place_in_the_draw(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        accept(&mut browser).await;
        turn_on(&app, Some(nobody()), None, now(&app) + 600);
        let away = browser.get("/qualification").await;
        assert_eq!((away.status.as_u16(), away.location()), (303, "/waiting?next=%2Fqualification"));
        let ticket = place(&browser).and_then(|text| Ticket::open(&app.app.vault, &text)).unwrap();
        assert!(ticket.drawn && ticket.is_of(PassportId(1)));
        is_small(&mut browser, "/waiting?next=/qualification", "before").await;
        // Logging in is open to all: it is how one takes part.
        assert_eq!(app.browser().get("/login").await.status, 200);
    }

    /// R17.
    async fn the_desk_is_asked_on_the_steps_that_take_seats_and_on_no_other(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        turn_on(&app, Some(nobody()), None, 0);
        let steps = ["/qualification", "/qualification/record", "/registration/written", "/registration/oral"];
        for step in steps {
            assert_eq!(browser.get(step).await.status, 303, "{step}");
            let refused = browser.post(step, &[]).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (503, vec!["waiting"]), "{step}");
        }
        let open = ["/home", "/agreement", "/registration", "/payment", "/account", "/account/messages"] ;
        for path in open {
            assert_eq!(browser.get(path).await.status, 200, "{path}");
        }
        turn_on(&app, Some(everybody(&app)), None, 0);
        assert_eq!(browser.get("/registration/written").await.status, 200);
        let entered = browser.post("/registration/written", &[("subject", "1")]).await;
        assert_eq!((entered.status.as_u16(), entered.location()), (303, "/registration"));
    }

    async fn a_ticket_is_its_holders_alone(t: TestDb) {
        let app = enrolled(t).await;
        // The holder's draw is the better one, so that the other's own ticket of this second is not admitted.
        let draw = |n| Secret::new([9; 32]).draw(Holder::Passport(PassportId(n)));
        let (holder, thief) = if draw(1) < draw(2) { (1, 2) } else { (2, 1) };
        let (mut one, mut other) = (bound(&app, holder).await, bound(&app, thief).await);
        turn_on(&app, Some(nobody()), None, 0);
        assert_eq!(one.get("/registration/written").await.status, 303);
        let stolen = place(&one).unwrap();
        let ticket = Ticket::open(&app.app.vault, &stolen).unwrap();
        turn_on(&app, Some(Frontier::at(ticket.place(&Secret::new([9; 32])))), None, 0);
        other.cookies.push(("cet-place".to_owned(), stolen));
        assert_eq!(other.get("/registration/written").await.status, 303);
        assert_eq!(one.get("/registration/written").await.status, 200);
    }

    async fn the_second_of_arrival_at_the_door_goes_along_to_the_desk(t: TestDb) {
        let app = enrolled(t).await;
        turn_on(&app, Some(nobody()), Some(nobody()), 0);
        let mut stranger = app.browser();
        stranger.get("/login").await;
        let waited = Ticket::open(&app.app.vault, &place(&stranger).unwrap()).unwrap();
        let mut browser = app.signed_in(1).await;
        let older = Ticket { second: waited.second - 300, ..waited };
        let kept: Vec<_> = stranger.cookies.iter().filter(|(name, _)| name.contains("browser")).cloned().collect();
        let brings = [("cet-place".to_owned(), older.sealed(&app.app.vault)), kept[0].clone()];
        browser.cookies.extend(brings.clone());
        assert_eq!(browser.get("/qualification").await.status, 303);
        let mine = Ticket::open(&app.app.vault, &place(&browser).unwrap()).unwrap();
        assert_eq!((mine.second, mine.is_of(PassportId(1))), (older.second, true));
        // Not with a second one, even in the same browser; and with nobody in another one (TH45).
        for brings in [&brings[..], &brings[..1]] {
            let mut another = app.signed_in(2).await;
            another.cookies.extend(brings.to_vec());
            assert_eq!(another.get("/qualification").await.status, 303);
            let theirs = Ticket::open(&app.app.vault, &place(&another).unwrap()).unwrap();
            assert!(theirs.is_of(PassportId(2)) && theirs.second > older.second, "{theirs:?}");
        }
    }

    /// TH45.
    async fn an_admission_at_the_door_is_for_one_browser_and_for_one_log_in(t: TestDb) {
        let app = TestApp::on(t).await;
        turn_on(&app, None, Some(nobody()), 0);
        let mut browser = app.browser();
        browser.get("/login").await;
        let ticket = Ticket::open(&app.app.vault, &place(&browser).unwrap()).unwrap();
        turn_on(&app, None, Some(Frontier::at(ticket.place(&Secret::new([9; 32])))), 0);
        let mut other = app.browser();
        other.cookies.push(("cet-place".to_owned(), place(&browser).unwrap()));
        assert_eq!(other.get("/login").await.status, 303);
        assert_eq!(browser.get("/login").await.status, 200);
        app.app.waiting.note(&ticket, cet_domain::waiting::Service::LogIn);
        assert_eq!(browser.get("/login").await.status, 303);
    }

    /// R17, TH45.
    async fn a_form_that_has_to_wait_keeps_what_was_typed(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        // On for a thousand seconds; the sessions of tests were seen just now.
        turn_on(&app, Some(nobody()), None, 0);
        let form = browser.get("/registration").await;
        let mark = form.text.split("name=\"passport\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let mark = mark.unwrap_or_default().to_owned();
        let refused = browser.post("/registration/written", &[("subject", "1"), ("passport", &mark)]).await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (503, vec!["waiting"]));
        if !mark.is_empty() {
            assert!(browser.cookies.iter().any(|(name, value)| name == "cet-kept" && !value.is_empty()));
        }
    }

    async fn a_browser_without_cookies_is_told_so_and_asking_for_the_head_takes_no_place(t: TestDb) {
        let app = TestApp::on(t).await;
        turn_on(&app, None, Some(nobody()), 0);
        let first = app.browser().get("/waiting?next=/login").await;
        let to = first.header(header::REFRESH).split_once(";url=").unwrap().1.to_owned();
        let mut without = app.browser();
        let told = without.get(&to).await;
        assert!(told.header(header::REFRESH).is_empty(), "{to}");
        assert!(told.text.contains("Cookie") && !told.text.contains("data-position"), "{}", told.text);
        let mut with = app.browser();
        with.get("/waiting?next=/login").await;
        assert!(with.get(&to).await.text.contains("data-position"));
    }

    async fn the_draws_fingerprint_is_public_before_the_opening_and_its_secret_only_from_it_on(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        assert_eq!(browser.get("/waiting/draw").await.status, 404);
        assert!(browser.get("/schedule").await.text.contains("href=\"/waiting/draw\""));
        let (fingerprint, secret) = (Secret::new([9; 32]).fingerprint(), "09".repeat(32));
        for (opens, published) in [(now(&app) + 1, false), (now(&app), true)] {
            turn_on(&app, Some(nobody()), None, opens);
            let page = browser.get("/waiting/draw").await;
            assert_eq!(page.status, 200);
            assert!(page.text.contains(&fingerprint));
            assert_eq!(page.text.contains(&secret), published);
        }
    }

    async fn national_staff_see_both_lines_and_how_many_wait(t: TestDb) {
        let app = TestApp::on(t).await;
        crate::staff::tests::world::staffed(&app).await;
        let mut national = crate::staff::tests::world::member(&app, "national").await;
        assert!(national.get("/staff/live").await.text.contains("data-live=\"off\""));
        turn_on(&app, Some(nobody()), None, 0);
        let page = national.get("/staff/live").await;
        assert!(page.text.contains("data-live=\"on\"") && page.text.contains("data-line=\"desk\""));
        assert!(page.text.contains("<td class=\"r\">640</td>"), "{}", page.text);
        assert_eq!(page.header(header::REFRESH), "10");
        // A pool has the names of its campus and its subject, not their codes alone.
        let pool = page.text.split("<tr><th scope=\"row\" lang=\"zh-CN\">(").nth(1);
        assert!(pool.is_some_and(|row| row.contains("</th><td lang=\"zh-CN\">(")), "{}", page.text);
    }

    async fn a_rehearsal_sets_the_room_and_refuses_what_is_no_mode_or_rate(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        for fields in [[("mode", "loud"), ("rate", "")], [("mode", "on"), ("rate", "0")], [("mode", "on"), ("rate", "x")]] {
            let refused = browser.post("/rehearsal/waiting", &fields).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["field-invalid"]));
        }
        let set = browser.post("/rehearsal/waiting", &[("mode", "on"), ("rate", "3")]).await;
        assert_eq!((set.status.as_u16(), set.location()), (303, "/rehearsal/waiting"));
        assert_eq!(browser.get("/rehearsal/waiting").await.status, 200);
    }
}
