//! What is not there and what is somebody else's is 404 in every phase of a sitting, before any window or state is asked
//! (interface.md 1; TH21).

use crate::entry::pages::tests::{mark, saved, sql, tags};
use crate::registration::pages::tests::{bound, enrolled, refused};
use crate::situation::table_tests::open_order;
use crate::testing::{Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;

/// Each phase: what makes it, and how many hours after noon it is.
const PHASES: [(&str, &str, i64); 5] = [
    ("open", "UPDATE sitting SET state = 'published'", 0),
    ("before", "UPDATE sitting SET state = 'draft'", 0),
    ("over", "UPDATE sitting SET state = 'published'", 2400),
    ("closed", "UPDATE sitting SET state = 'closed'", 2400),
    ("archived", "UPDATE sitting SET state = 'archived'", 2400),
];

async fn phase(app: &TestApp, state: &'static str, hours: i64) {
    app.t.clock.set(NOON.plus(jiff::SignedDuration::from_hours(hours)));
    sql(app, state).await;
    sql(app, "UPDATE catalogue_version SET version = version + 1").await;
    app.app.catalogue.refresh(&app.app.db).await.unwrap();
}

/// Opens and sends every address below which something is somebody's own.
async fn is_nobodys(browser: &mut Browser<'_>, phase: &str, id: &str) {
    for (path, is_page, is_form) in [
        (format!("/tickets/{id}.pdf"), true, false),
        (format!("/registration/entries/{id}/cancellation"), true, true),
        (format!("/registration/waiting-list/{id}/leaving"), true, true),
        (format!("/payment/{id}"), true, false),
        (format!("/payment/{id}/code"), true, true),
        (format!("/payment/{id}/phone"), false, true),
        (format!("/account/payments/{id}/receipt.pdf"), true, false),
    ] {
        if is_page {
            assert_eq!(refused(&browser.get(&path).await), (404, vec!["not-found"]), "{phase}: GET {path}");
        }
        if is_form {
            assert_eq!(
                refused(&browser.post(&path, &[]).await),
                (404, vec!["not-found"]),
                "{phase}: POST {path}"
            );
        }
    }
}

on_both! {
    async fn what_is_not_ones_own_is_not_there_in_any_phase(t: TestDb) {
        let app = enrolled(t).await;
        sql(&app, "UPDATE seat_pool SET capacity = 1 WHERE subject = '1' AND campus = '993010'").await;
        let (mut first, mut second) = (bound(&app, 1).await, bound(&app, 2).await);
        saved(&mut first, "written", &["1"]).await;
        let entry = mark(tags(&first.get("/registration").await, "data-entry")[0], "data-entry").to_owned();
        let joined = second.post("/registration/waiting-list", &[("subject", "1")]).await;
        assert_eq!(joined.status, 303, "{:?}", joined.codes());
        let list = second.get("/registration/waiting-list").await;
        let place = mark(tags(&list, "data-standby")[0], "data-standby").to_owned();
        open_order(&app).await;
        for (name, state, hours) in PHASES {
            phase(&app, state, hours).await;
            // A session does not last for weeks.
            let mut stranger = app.signed_in(3).await;
            for id in [&*entry, &*place, "77", "99", "0", "abc"] {
                is_nobodys(&mut stranger, name, id).await;
            }
            for file in ["/tickets.pdf", "/tickets.ics"] {
                assert_eq!(refused(&stranger.get(file).await), (403, vec!["not-printable"]), "{name}: {file}");
            }
        }
    }

    /// interface.md 2: `/agreement` no leads to `/home`.
    async fn not_agreeing_leads_home_in_every_phase(t: TestDb) {
        let app = enrolled(t).await;
        for (name, state, hours) in PHASES {
            phase(&app, state, hours).await;
            let answer = app.signed_in(1).await.post("/agreement", &[("accept", "no")]).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (303, "/home"), "{name}: {}", answer.text);
        }
    }

    /// Between two seasons one's own is told that registration is over, as every other room of it.
    async fn ones_own_entry_is_told_that_registration_is_over(t: TestDb) {
        let app = enrolled(t).await;
        let mut own = bound(&app, 1).await;
        saved(&mut own, "written", &["1"]).await;
        let entry = mark(tags(&own.get("/registration").await, "data-entry")[0], "data-entry").to_owned();
        phase(&app, "UPDATE sitting SET state = 'closed'", 1).await;
        // A session does not last so long.
        let mut own = app.signed_in(1).await;
        let path = format!("/registration/entries/{entry}/cancellation");
        assert_eq!(refused(&own.get(&path).await), (200, vec![]));
        assert_eq!(refused(&own.post(&path, &[]).await), (403, vec!["window-closed"]));
    }
}
