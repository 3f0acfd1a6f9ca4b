//! Between two seasons, and before the first, no page of staff is gone: lists, figures and money are those of the last
//! sitting, and what can only be done in one says so. Routes and roles are those of the access matrix, so that a new page
//! is walked too.

use std::collections::{BTreeMap, BTreeSet};

use super::access::rows::{ROWS, Row};
use super::access::{ACCOUNTS, allowed, filled, path_of};
use super::world::{counted, member, more_accounts, staffed};
use crate::entry::pages::tests::sql;
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::{Answer, TestApp};
use cet_base::on_both;
use cet_base::store::testing::TestDb;

/// The mark of a page that has nothing to look at.
const NONE: &str = "data-sitting=\"none\"";
const OVER: &str = "2017年下半年CET考试已经结束";
/// Pages of what can only be done in a sitting: forms, without anything to look at.
const ROOMS: [&str; 4] =
    ["/staff/collective-payments/new", "/staff/group-entry", "/staff/reviews/new", "/staff/students/new"];
/// Forms that act on the current sitting.
const FORMS: [&str; 17] = [
    "/staff/accommodations",
    "/staff/arrangements/approval",
    "/staff/arrangements/draw",
    "/staff/arrangements/publication",
    "/staff/arrangements/refusal",
    "/staff/arrangements/{campus}/{subject}/room-names",
    "/staff/collective-payments",
    "/staff/collective-payments/ticked",
    "/staff/group-entry",
    "/staff/group-entry/ticked",
    "/staff/reviews/new",
    "/staff/reviews/{id}",
    "/staff/students/new",
    "/staff/students/ticked/bar",
    "/staff/students/ticked/lift",
    "/staff/students/{key}",
    "/staff/students/{key}/removal",
];

async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    more_accounts(&app).await;
    app
}

async fn state(app: &TestApp, change: &'static str) {
    sql(app, change).await;
    sql(app, "UPDATE catalogue_version SET version = version + 1").await;
    app.app.catalogue.refresh(&app.app.db).await.unwrap();
}

fn accounts() -> impl Iterator<Item = &'static str> {
    ACCOUNTS.into_iter().chain(["auditor"])
}

/// Every page, for each account that may open it.
async fn walked(
    app: &TestApp,
    names: &BTreeMap<&'static str, String>,
) -> BTreeMap<(&'static str, &'static str), Answer> {
    let (mut all, mut wrong) = (BTreeMap::new(), Vec::new());
    for account in accounts() {
        let mut browser = member(app, account).await;
        for row in ROWS.iter().filter(|row| row.method == "GET" && allowed(row, account)) {
            let path = path_of(row.route, names);
            let answer = browser.get(&path).await;
            if !is_whole(&path, &answer) {
                wrong.push(format!("{path} as {account}: {} {:?}", answer.status, answer.codes()));
            }
            all.insert((row.route, account), answer);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(all.len() > 400, "only {} pages were walked", all.len());
    all
}

fn is_page(answer: &Answer) -> bool {
    answer.text.trim_start().starts_with("<!doctype html>") && answer.status == 200
}

fn is_file(path: &str) -> bool {
    let is_export = path.starts_with("/staff/exports/") && path.ends_with("/file");
    is_export
        || path.ends_with("/bill")
        || path.contains("/pictures/")
        || std::path::Path::new(path).extension().is_some()
}

/// A page where a page was asked for; of a file, its own kind with its headings, or a page that says by its code why not.
fn is_whole(path: &str, answer: &Answer) -> bool {
    let kind = answer.header(http::header::CONTENT_TYPE);
    let path = path.split('?').next().unwrap();
    let is = |kind_of: &str, begins: &[u8]| {
        answer.status == 200
            && kind.starts_with(kind_of)
            && answer.bytes.starts_with(begins)
            && answer.header(http::header::CONTENT_DISPOSITION).starts_with("attachment; filename=\"")
    };
    let is_own = match std::path::Path::new(path).extension().and_then(std::ffi::OsStr::to_str) {
        Some("csv") => {
            is("text/csv", "\u{feff}".as_bytes()) && answer.text.lines().next().unwrap().contains(',')
        }
        Some("xlsx") => is("application/vnd.openxmlformats", b"PK"),
        Some("zip") => is("application/zip", b"PK"),
        Some("pdf") => is("application/pdf", b"%PDF"),
        Some(ending) => panic!("{path}: {ending}"),
        // The file of an export and a day's bill are named by what they hold, a picture is shown; a day without a bill
        // leads back to its page, which says so.
        None if is_file(path) => {
            answer.status == 303 || (answer.status == 200 && !kind.starts_with("text/html"))
        }
        None => answer.status == 303 || is_page(answer),
    };
    let is_refused =
        answer.status.is_client_error() && kind.starts_with("text/html") && answer.codes().len() == 1;
    is_own || (is_refused && (answer.status != 404 || is_file(path)))
}

/// Deletes the sitting of the tests and its settings.
async fn without_sittings(app: &TestApp) {
    for emptied in [
        "DELETE FROM subject",
        "DELETE FROM registration_window",
        "DELETE FROM fee",
        "DELETE FROM notice",
        "DELETE FROM sitting_text",
        "DELETE FROM oral_setting",
        "DELETE FROM arrange_setting",
        "DELETE FROM setting_limit",
        "DELETE FROM seat_pool",
        "DELETE FROM sitting",
    ] {
        sql(app, emptied).await;
    }
    state(app, "UPDATE sitting SET state = 'draft'").await;
    assert!(app.app.catalogue.get().all().is_empty());
}

/// What a form without its fields answers to somebody who may send it.
async fn sent(app: &TestApp, row: &Row, names: &BTreeMap<&'static str, String>) -> Answer {
    let account = accounts().find(|account| allowed(row, account)).unwrap();
    let fields: &[(&str, &str)] =
        if row.route == "/staff/exports" { &[("what", "registrations")] } else { &[] };
    member(app, account).await.post(&path_of(row.route, names), fields).await
}

on_both! {
    async fn between_two_seasons_no_page_of_staff_is_gone_and_the_last_sitting_is_shown(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        app.signed_in(9).await;
        let names = filled(&app).await;
        let season = walked(&app, &names).await;
        assert!(season.values().all(|answer| !answer.text.contains(OVER)));
        for over in ["UPDATE sitting SET state = 'archived'", "UPDATE sitting SET state = 'closed'"] {
            state(&app, over).await;
            counted(&app).await;
            let mut empty = BTreeSet::new();
            for (at, answer) in walked(&app, &names).await {
                assert_eq!(answer.status, season[&at].status, "{over} {at:?}: {}", answer.text);
                if !is_page(&answer) {
                    continue;
                }
                let is_told = answer.text.contains(OVER) && answer.codes() == season[&at].codes();
                assert!(is_told, "{over} {at:?}: {}", answer.text);
                if answer.text.contains(NONE) {
                    empty.insert(at.0);
                }
            }
            assert_eq!(empty, BTreeSet::from(ROOMS), "{over}");
        }
        for account in accounts() {
            let mut browser = member(&app, account).await;
            for row in ROWS.iter().filter(|row| row.method == "GET" && !allowed(row, account)) {
                let answer = browser.get(&path_of(row.route, &names)).await;
                assert_eq!(answer.status, 404, "{} as {account}", row.route);
            }
        }
        let mut school = member(&app, "school-99301").await;
        for list in ["/staff/registrations", "/staff/students", "/staff/reviews", "/staff/record-reports"] {
            let page = school.get(list).await;
            assert!(page.text.contains("学生1"), "{list}: {}", page.text);
        }
        let fields = [("document_kind", "macau-id"), ("document_number", "99301000001"), ("name", "学生1")];
        assert!(school.post("/staff/retrieval", &fields).await.text.contains("candidate1@example.cn"));
        let figures = school.get("/staff/statistics.csv").await;
        assert!(figures.text.contains("英语四级笔试"), "{}", figures.text);
        let mut finance = member(&app, "finance").await;
        assert!(finance.get("/staff/refunds/new").await.text.contains("value=\"2017-2\""));
        let english = finance.get("/staff/orders?lang=en").await;
        assert!(english.text.contains("and the next sitting is not published yet"), "{}", english.text);
    }

    async fn between_two_seasons_a_form_acts_as_ever_or_says_that_there_is_no_sitting(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        app.signed_in(9).await;
        let names = filled(&app).await;
        state(&app, "UPDATE sitting SET state = 'closed' WHERE code = '2017-2'").await;
        let mut refused = BTreeSet::new();
        for row in ROWS.iter().filter(|row| row.method == "POST") {
            let answer = sent(&app, row, &names).await;
            let status = answer.status.as_u16();
            let is_own = matches!(row.route, "/staff/rebinds" | "/staff/account/sessions/{id}/end")
                || status == 403 && answer.codes() == ["needs-second"];
            assert!(matches!(status, 200 | 303 | 409 | 422) || is_own, "{}: {status} {}", row.route, answer.text);
            if answer.text.contains(NONE) {
                assert_eq!((status, answer.codes()), (409, vec!["sitting-state"]), "{}", row.route);
                refused.insert(row.route);
            }
            let mut stranger = member(&app, "auditor").await;
            let hidden = stranger.post(&path_of(row.route, &names), &[]).await;
            assert!(row.allowed.contains("auditor") || hidden.status == 404, "{}", row.route);
        }
        assert_eq!(refused, BTreeSet::from(FORMS));
    }

    async fn before_the_first_sitting_every_page_of_staff_says_that_none_is_published(t: TestDb) {
        let app = world(t).await;
        state(&app, "UPDATE sitting SET state = 'draft' WHERE code = '2017-2'").await;
        let draft = "href=\"/staff/sittings/2017-2\"";
        let mut wrong = Vec::new();
        for account in accounts() {
            let mut browser = member(&app, account).await;
            for row in ROWS.iter().filter(|row| row.method == "GET" && !row.route.contains('{')) {
                let path = path_of(row.route, &BTreeMap::new());
                let answer = browser.get(&path).await;
                let is_let_in = answer.status == 200 || answer.status == 303;
                assert_eq!(is_let_in, allowed(row, account), "{path} as {account}: {}", answer.status);
                let is_told = !is_page(&answer) || answer.text.contains("现在没有已发布的考次");
                if is_let_in && (!is_whole(&path, &answer) || !is_told) {
                    wrong.push(format!("{path} as {account}: {} {:?}", answer.status, answer.codes()));
                }
            }
            // Only who takes part in its preparation learns of a draft.
            let prepares = !["service", "supervisor", "finance", "auditor"].contains(&account);
            assert_eq!(browser.get("/staff").await.text.contains(draft), prepares, "{account}");
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        for page in ["/staff/statistics", "/staff/arrangements"] {
            assert!(member(&app, "national").await.get(page).await.text.contains(NONE), "{page}");
        }
        let file = member(&app, "national").await.get("/staff/statistics.csv").await.text;
        assert_eq!(file.lines().count(), 2, "its headings and who took it: {file}");
        let drawn = member(&app, "province-99").await.post("/staff/arrangements/draw", &[]).await;
        assert_eq!((drawn.status.as_u16(), drawn.codes()), (409, vec!["sitting-state"]));
    }
    /// A draft has pages of its own before it is published, and all that was sent for it.
    async fn of_a_draft_every_page_and_file_is_there(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        app.signed_in(9).await;
        let names = filled(&app).await;
        state(&app, "UPDATE sitting SET state = 'draft'").await;
        let mut wrong = Vec::new();
        let of_draft = ["/staff/sittings/", "/staff/rosters", "/staff/photos", "/staff/changes", "/staff/notices", "/staff/pools"];
        for account in accounts() {
            let mut browser = member(&app, account).await;
            for row in ROWS.iter().filter(|row| row.method == "GET" && allowed(row, account)) {
                let path = path_of(row.route, &names);
                let answer = browser.get(&path).await;
                let is_own = of_draft.iter().any(|of| path.starts_with(of)) && !is_file(&path);
                let is_there = answer.status != 404 && !answer.text.contains(NONE);
                if !is_whole(&path, &answer) || (is_own && !is_there) {
                    wrong.push(format!("{path} as {account}: {} {:?}", answer.status, answer.codes()));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn without_any_sitting_every_page_says_so_and_every_file_has_its_headings_or_a_code(t: TestDb) {
        let app = TestApp::on(t).await;
        staffed(&app).await;
        more_accounts(&app).await;
        without_sittings(&app).await;
        let (mut refused, mut wrong) = (BTreeSet::new(), Vec::new());
        for account in accounts() {
            let mut browser = member(&app, account).await;
            for row in ROWS.iter().filter(|row| row.method == "GET" && !row.route.contains('{') && allowed(row, account)) {
                let path = path_of(row.route, &BTreeMap::new());
                let answer = browser.get(&path).await;
                let is_told = !is_page(&answer) || answer.text.contains("现在没有已发布的考次");
                let is_refused = answer.status.is_client_error();
                if !is_whole(&path, &answer) || !is_told || (is_refused && answer.codes() != ["sitting-state"]) {
                    wrong.push(format!("{path} as {account}: {} {:?}", answer.status, answer.codes()));
                }
                if is_refused {
                    refused.insert(row.route);
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        // Their columns are those of a sitting.
        assert_eq!(refused, BTreeSet::from(["/staff/notices.csv", "/staff/notices.xlsx"]));
        let created = member(&app, "national").await.get("/staff/notices").await.text;
        assert!(created.contains(NONE) && created.contains("href=\"/staff/sittings\""), "{created}");
    }
}
