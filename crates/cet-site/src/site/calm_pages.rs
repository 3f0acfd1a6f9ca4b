//! Whoever only opens a page has done nothing wrong: no page opens with the box of errors (interface.md, section 2).

use jiff::SignedDuration;

use crate::entry::pages::tests::{mark, saved, sql, tags};
use crate::registration::pages::tests::{accept, bound, enrolled, look_up};
use crate::testing::{Browser, TestApp};
use crate::threats::routes::{Route, all, filled};
use crate::ticket::pages::tests::{clock, paid, publish};
use cet_base::on_both;
use cet_base::store::testing::NOON;

/// The routes that somebody opens who registers: no file, nothing of staff or of a rehearsal.
fn pages() -> Vec<Route> {
    let others = ["/staff", "/rehearsal", "/assets/", "/captcha/", "/notify/"];
    // A link of a mail that is made up is one that somebody got wrong: its page says so.
    let is_other =
        |path: &str| path.ends_with("/{token}") || others.iter().any(|other| path.starts_with(other));
    let own = |route: &Route| route.get && !is_other(&route.path);
    let found: Vec<Route> = all().into_iter().filter(own).collect();
    assert!(found.len() > 40, "only {} pages were found", found.len());
    found
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
