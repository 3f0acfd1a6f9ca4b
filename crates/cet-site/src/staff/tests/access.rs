//! Every staff route with every role, for their own school and others': who gets in, and who gets "not found" (TH22,
//! TH23).
//!
//! The routes are read from the sources, so that one without a row here fails.

pub(super) mod fixtures;
pub(super) mod rows;

use std::collections::{BTreeMap, BTreeSet};

use http::Method;

use self::rows::{ROWS, Row};
use super::world::{member, more_accounts, places, staffed};
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::store::testing::TestDb;

/// The accounts of the matrix: `near` is in the school or province of the registration, `far` elsewhere.
pub(super) const ACCOUNTS: [&str; 10] = [
    "school-99301",
    "school-99101",
    "campus-993010",
    "campus-993011",
    "province-99",
    "province-98",
    "national",
    "service",
    "supervisor",
    "finance",
];

/// Every route that accepts a form.
pub(crate) fn posts() -> impl Iterator<Item = &'static str> {
    ROWS.iter().filter(|row| row.method == "POST").map(|row| row.route)
}

/// The pages before the second factor, which are open to everyone; their tests are in `login.rs`.
pub(super) const OPEN: [&str; 4] =
    ["/staff/login", "/staff/logout", "/staff/second-factor", "/staff/second-factor.svg"];

/// Method and path of each staff route in the sources.
pub(super) fn routes() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut open = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        if path.components().any(|part| part.as_os_str() == "tests")
            || path.extension().is_none_or(|ending| ending != "rs")
        {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for part in text.split(".route(").skip(1) {
            let Some(route) = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            if !route.starts_with("/staff") {
                continue;
            }
            // The last one ends with its function.
            let rest = part.split("\n}").next().unwrap();
            for (call, method) in
                [("get(", "GET"), ("post(", "POST"), ("put(", "PUT"), ("delete(", "DELETE"), ("any(", "ANY")]
            {
                if rest.contains(call) {
                    found.insert((method.to_owned(), route.to_owned()));
                }
            }
        }
    }
    found
}

#[test]
fn every_route_of_staff_has_a_row_and_every_row_a_route() {
    let routes: BTreeSet<_> =
        routes().into_iter().filter(|(_, path)| !OPEN.contains(&path.as_str())).collect();
    let rows: BTreeSet<_> = ROWS.iter().map(|row| (row.method.to_owned(), row.route.to_owned())).collect();
    assert!(routes.len() >= 20, "only {} routes were found", routes.len());
    let missing: Vec<_> = routes.difference(&rows).collect();
    let gone: Vec<_> = rows.difference(&routes).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "routes without a row: {missing:?}; rows without a route: {gone:?}"
    );
}

/// A site with every account, and a candidate who has entered a subject.
pub(super) async fn populated(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    more_accounts(&app).await;
    bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
    app.signed_in(9).await;
    app
}

/// The values of the path parameters.
pub(super) async fn filled(app: &TestApp) -> BTreeMap<&'static str, String> {
    let own = &places(app).await[0];
    let mut parts = own.trim_start_matches("/staff/registrations/").split('/').map(str::to_owned);
    let (school, id) = (parts.next().unwrap(), parts.next().unwrap());
    let mut service = member(app, "service").await;
    let public_id = format!("{:032X}", 9);
    let fields = [
        ("registration", format!("{school}-{id}")),
        ("new_passport", public_id),
        ("new_email", "candidate9@example.cn".to_owned()),
        ("evidence", "x".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let rebind = service
        .post("/staff/rebinds", &fields)
        .await
        .location()
        .trim_start_matches("/staff/rebinds/")
        .to_owned();
    assert!(!rebind.is_empty());
    let mut campus = member(app, "campus-993010").await;
    let fields = [("entries", "1"), ("amount", "1"), ("note", "")];
    let made = campus.post("/staff/collective-payments", &fields).await;
    let collective = made.location().trim_start_matches("/staff/collective-payments/").to_owned();
    assert!(!collective.is_empty(), "{:?}", made.codes());
    let review = fixtures::review(app).await;
    fixtures::report(app).await;
    fixtures::dispute(app, &id).await;
    fixtures::uploads(app, 71, "993010").await;
    fixtures::transfer(app, 81, "993010").await;
    fixtures::bill(app).await;
    fixtures::order(app, &id).await;
    fixtures::refund_request(app, 91).await;
    fixtures::stopped(app).await;
    crate::arrangement::pages::tests::published_without_seats(app).await;
    let mut clerk = member(app, "school-99301").await;
    let fields = [("what", "registrations"), ("form", "csv"), ("reason", "x")];
    let made = clerk.post("/staff/exports", &fields).await;
    let export = made.location().trim_start_matches("/staff/exports/").to_owned();
    assert!(!export.is_empty(), "{:?}", made.codes());
    let list = clerk.get("/staff/students?campus=993010").await;
    let student =
        list.text.split("name=\"student\" value=\"99301-").nth(1).and_then(|rest| rest.split('"').next());
    let student = format!("99301-{}", student.unwrap());
    let mut national = member(app, "national").await;
    let fields = [("capacity.993010.1", "77"), ("confirm", "yes"), ("reason", "x")];
    assert_eq!(national.post("/staff/pools", &fields).await.status, 303);
    let list = national.get("/staff/changes?state=done").await;
    let change = list.text.split("href=\"/staff/changes/").nth(1).and_then(|rest| rest.split('"').next());
    let change = change.unwrap().to_owned();
    BTreeMap::from([
        ("change", change),
        ("school", school),
        ("id", id),
        ("rebind", rebind),
        ("collective", collective),
        ("review", review),
        ("export", export),
        ("student", student),
    ])
}

/// A route's path, with the values of [`filled`] in place of its parameters; one without parameters needs none.
pub(super) fn path_of(route: &str, names: &BTreeMap<&'static str, String>) -> String {
    if !route.contains('{') {
        return route.replace("/exports/new", "/exports/new?what=registrations");
    }
    let id = match route {
        of if of.starts_with("/staff/rebinds") => names["rebind"].as_str(),
        of if of.starts_with("/staff/collective-payments") => names["collective"].as_str(),
        of if of.starts_with("/staff/reviews") => names["review"].as_str(),
        of if of.starts_with("/staff/exports") => names["export"].as_str(),
        of if of.starts_with("/staff/changes") => names["change"].as_str(),
        "/staff/refunds/{id}/retry" | "/staff/refunds/{id}/by-hand" => "99301-7",
        of if of.starts_with("/staff/suspense") => "99301-7",
        of if of.starts_with("/staff/refunds") => "91",
        of if of.starts_with("/staff/rosters") => "71",
        of if of.starts_with("/staff/transfers") => "81",
        of if of.starts_with("/staff/scores") => "72",
        of if of.starts_with("/staff/photos") => "73",
        of if of.starts_with("/staff/campuses") => "74",
        of if ["/staff/record-reports", "/staff/disputes"].iter().any(|at| of.starts_with(at)) => "7",
        of if of.starts_with("/staff/portal/news") => "new",
        of if of.starts_with("/staff/reconciliation") => "91",
        _ => names["id"].as_str(),
    };
    let path = route.replace("{school}", &names["school"]).replace("{id}", id);
    let path =
        path.replace("{campus}", "993010").replace("{subject}", "1").replace("{file}", "seat-plan.xlsx");
    let path = path.replace("{key}", &names["student"]).replace("{name}", "spare");
    let of_province = path.contains("/limits/") || path.contains("/fees/");
    let path = path.replace("{place}", if of_province { "99" } else { "993010" });
    let path = path.replace("{code}", "2017-2").replace("{mode}", "written").replace("{step}", "all");
    let number = if path.contains("/pictures/") { "0" } else { fixtures::ORDER };
    let path = path.replace("{page}", "faq").replace("{number}", number);
    let path = path.replace("{gateway}", "alipay").replace("{day}", "2017-09-19");
    path.replace("{kind}", "agreement").replace("{lang}", "zh")
}

/// The addresses of all lists that are there as files.
pub(crate) fn lists() -> impl Iterator<Item = &'static str> {
    ROWS.iter().filter(|row| row.method == "GET").filter_map(|row| row.route.strip_suffix(".csv"))
}

/// Every list as a file, with an account that may have it.
pub(super) fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    let widest = ["national", "finance", "supervisor", "school-99301", "auditor"];
    let csv = |route: &str| std::path::Path::new(route).extension().is_some_and(|end| end == "csv");
    let lists = ROWS.iter().filter(move |row| row.method == "GET" && csv(row.route));
    lists.map(move |row| {
        let who = widest.into_iter().find(|account| allowed(row, account));
        (row.route, who.unwrap())
    })
}

pub(super) fn allowed(row: &Row, account: &str) -> bool {
    row.allowed.split(' ').any(|name| name == account || (name == "*" && account != "auditor"))
}

on_both! {
    /// S1.
    async fn th22_th23_every_route_answers_its_roles_and_scopes_and_nobody_else(t: TestDb) {
        let app = populated(t).await;
        let names = filled(&app).await;
        for row in ROWS {
            let path = path_of(row.route, &names);
            // Accounts with permission come last, because acting uses up a request.
            let mut accounts: Vec<&str> = ACCOUNTS.iter().copied().chain(["auditor"]).collect();
            accounts.sort_by_key(|account| allowed(row, account));
            for account in accounts {
                let mut browser = member(&app, account).await;
                let answer = match row.method {
                    "GET" => browser.get(&path).await,
                    _ if row.route == "/staff/exports" => {
                        browser.post(&path, &[("what", "registrations")]).await
                    }
                    _ => browser.post(&path, &[]).await,
                };
                let status = answer.status.as_u16();
                if allowed(row, account) {
                    // A form without its fields is refused for the missing fields, never for its path.
                    let got_in = matches!(status, 200 | 303 | 409 | 422) || answer.codes() == ["not-found"] && row.route == "/staff/rebinds"
                        // Another account's session is not there; `sessions.rs` ends an own one.
                        || status == 404 && row.route == "/staff/account/sessions/{id}/end"
                        // Whoever asked does not decide.
                        || status == 403 && answer.codes() == ["needs-second"];
                    assert!(got_in, "{} {} as {account}: {status}", row.method, row.route);
                } else {
                    assert_eq!(status, 404, "{} {} as {account}", row.method, row.route);
                    assert!(!answer.text.contains("学生1"), "{} {} as {account}", row.method, row.route);
                }
            }
            let mut stranger = app.browser();
            let method = if row.method == "GET" { Method::GET } else { Method::POST };
            let answer = stranger.send(method, &path, &[], String::new()).await;
            assert_eq!(answer.status, 303, "{} {} as a stranger", row.method, row.route);
            assert!(answer.location().starts_with("/staff/login"), "{}", answer.location());
        }
    }
}
