//! Whoever only opens a page has done nothing wrong: no page opens with the box of errors (interface.md, section 2). Each says
//! what it is for to those who find it by a search or hold it in a list, and offers one filled button at most (R18).

use http::header;
use jiff::SignedDuration;

use crate::entry::pages::tests::{mark, saved, sql, tags};
use crate::registration::pages::tests::{accept, bound, enrolled, look_up};
use crate::situation::table_tests::open_order;
use crate::testing::{Answer, Browser, TestApp};
use crate::threats::routes::{Route, all, filled};
use crate::ticket::pages::tests::{clock, paid, publish};
use cet_base::on_both;
use cet_base::store::testing::NOON;

/// The routes that somebody opens who registers: no file, nothing of staff or of a rehearsal.
pub(super) fn pages() -> Vec<Route> {
    let others = ["/staff", "/rehearsal", "/assets/", "/captcha/", "/notify/"];
    // A link of a mail that is made up is one that somebody got wrong: its page says so.
    let is_other =
        |path: &str| path.ends_with("/{token}") || others.iter().any(|other| path.starts_with(other));
    let own = |route: &Route| route.get && !is_other(&route.path);
    let found: Vec<Route> = all().into_iter().filter(own).collect();
    assert!(found.len() > 40, "only {} pages were found", found.len());
    found
}

/// A page that is shown says what it is for, and has one filled button. `handy` is the one that is filled on phones only, in place
/// of that of the lead.
fn has_one_way(path: &str, state: &str, answer: &Answer) {
    let is_page = answer.status == 200 && answer.header(header::CONTENT_TYPE).starts_with("text/html");
    // A file to keep, and the page of a line, which is as small as can be.
    if !is_page || path == "/verify-ticket/offline.html" || path == "/waiting" {
        return;
    }
    let about = answer.text.split("<meta name=\"description\" content=\"").nth(1);
    let about = about.and_then(|rest| rest.split('"').next()).unwrap_or("");
    assert!(about.chars().count() >= 8, "{path} {state} says nothing of itself: {about}");
    let filled = answer.text.matches("class=\"btn\"").count();
    assert!(filled <= 1, "{path} {state} has {filled} filled buttons: {}", answer.text);
    let on_phones = answer.text.matches("class=\"btn handy\"").count();
    let hidden_there = answer.text.matches("wide\"><a class=\"btn\"").count();
    assert!(on_phones + filled - hidden_there <= 1, "{path} {state} has two on phones");
}

async fn all_calm(browser: &mut Browser<'_>, state: &str) {
    let information = browser.get("/registration").await;
    let entry =
        tags(&information, "data-entry").first().map_or("1", |tag| mark(tag, "data-entry")).to_owned();
    let mut shown = 0;
    for route in pages() {
        let path = filled(&route.path, &entry);
        let answer = browser.get(&path).await;
        assert!(!answer.text.contains("class=\"errs\""), "{path} {state}: {:?}", answer.codes());
        shown += usize::from(answer.status == 200);
        has_one_way(&path, state, &answer);
    }
    for path in ["/payment/77", "/payment/77/code"] {
        has_one_way(path, state, &browser.get(path).await);
    }
    assert!(shown > 8, "{state}: only {shown} pages were shown");
}

fn at_hour(app: &TestApp, hours: i64) {
    app.t.clock.set(NOON.plus(SignedDuration::from_hours(hours)));
}

on_both! {
    async fn no_page_opens_with_the_box_of_errors_whatever_was_done_before(t: TestDb) {
        let app = enrolled(t).await;
        all_calm(&mut app.browser(), "for a stranger").await;
        let mut browser = app.signed_in(1).await;
        all_calm(&mut browser, "when signed in").await;
        accept(&mut browser).await;
        all_calm(&mut browser, "after the agreement").await;
        look_up(&mut browser, 1).await;
        all_calm(&mut browser, "after a look-up").await;
        let mut browser = bound(&app, 1).await;
        all_calm(&mut browser, "bound without entry").await;
        saved(&mut browser, "written", &["1"]).await;
        all_calm(&mut browser, "with something to pay").await;
        // 5 may apply for a review, and 6 is listed for one subject only.
        for n in [5, 6] {
            all_calm(&mut bound(&app, n).await, "with a subject that is not granted").await;
        }
        sql(&app, "UPDATE seat_pool SET taken = capacity").await;
        all_calm(&mut bound(&app, 2).await, "with all pools full").await;
        at_hour(&app, 25);
        all_calm(&mut app.signed_in(1).await, "after it expired").await;
        at_hour(&app, 240);
        for n in [1, 2, 3] {
            all_calm(&mut app.signed_in(n).await, "after the window").await;
        }
        at_hour(&app, -2);
        all_calm(&mut app.signed_in(4).await, "before the window").await;
    }

    async fn no_page_opens_with_the_box_of_errors_while_money_is_on_its_way(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1", "2"]).await;
        open_order(&app).await;
        all_calm(&mut browser, "with an open order").await;
        assert_eq!(browser.get("/payment/return/payease").await.status, 303);
        all_calm(&mut browser, "back from the gateway").await;
        app.t.clock.set(NOON.plus(SignedDuration::from_secs(90)));
        all_calm(&mut browser, "with a gateway that is silent").await;
        sql(&app, "UPDATE payment_order SET answer = 'declined', answered_at = returned_at + 5000000").await;
        all_calm(&mut browser, "refused by the bank").await;
        sql(&app, "UPDATE entry SET state = 'paid', paid_at = entered_at, order_id = NULL WHERE subject = '1'").await;
        sql(&app, "UPDATE payment_order SET state = 'paid', settled_at = opened_at, ask_at = NULL").await;
        all_calm(&mut browser, "with one of two paid").await;
        sql(&app, "UPDATE entry SET locked_by = 5, order_id = NULL WHERE subject = '2'").await;
        all_calm(&mut browser, "with one that the school pays").await;
        sql(&app, "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
                   VALUES ('99301', 6, 77, 'payease', 'T6', 2, 'query', 3)").await;
        sql(&app, "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at,
                                       try_at, tries, sent_at)
                   VALUES ('99301', 7, 77, 6, 2, 'instructed', 'R993017', 'due', 1505966400000000, NULL, 4, 0, NULL)").await;
        sql(&app, "UPDATE entry SET state = 'cancelled', ended_at = entered_at, paid_at = NULL, locked_by = NULL").await;
        all_calm(&mut browser, "while it goes back").await;
    }

    async fn no_page_opens_with_the_box_of_errors_from_paying_to_the_exam(t: TestDb) {
        let app = enrolled(t).await;
        paid(&app, 1, &["1"], &["F"]).await;
        all_calm(&mut app.signed_in(1).await, "when paid").await;
        publish(&app).await;
        for now in ["2017-10-01 12:00", "2017-12-10 12:00", "2017-12-16 08:00", "2018-03-01 12:00"] {
            clock(&app, now);
            all_calm(&mut app.signed_in(1).await, now).await;
        }
    }
}
