//! Every staff route with every role, for their own school and others': who gets in, and who gets "not found" (TH22,
//! TH23).
//!
//! The routes are read from the sources, so that one without a row here fails.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;

use super::world::{member, more_accounts, places, staffed};
use crate::on_both;
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::TestApp;

/// The accounts of the matrix: `near` is in the school or province of the registration, `far` elsewhere.
const ACCOUNTS: [&str; 10] = [
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

/// Who gets in: `*` is everyone with both factors, otherwise account names separated by spaces. `auditor` is separate.
struct Row {
    method: &'static str,
    route: &'static str,
    allowed: &'static str,
}

const fn row(method: &'static str, route: &'static str, allowed: &'static str) -> Row {
    Row { method, route, allowed }
}

const FIND: &str = "school-99301 school-99101 campus-993010 campus-993011 province-99 province-98 national service supervisor";
const NEAR: &str = "school-99301 campus-993010 province-99 national service supervisor";
const SHOW: &str = "school-99301 campus-993010 service supervisor";
const RETRIEVE: &str = "school-99301 school-99101 campus-993010 campus-993011 service supervisor";
/// A file requested by `school-99301`: its requester, and who may approve it.
const EXPORT: &str = "school-99301 province-99 national supervisor";
const FIGURES: &str =
    "school-99301 school-99101 campus-993010 campus-993011 province-99 province-98 national";
const SCHOOLS: &str = "school-99301 school-99101 campus-993010 campus-993011";
const LISTS: &str = "school-99301 school-99101 campus-993010 campus-993011 province-99 province-98 national";
const OWN_LISTS: &str = "school-99301 campus-993010 province-99 national";
/// Who sets limits and fees; `{place}` is province 99 there, else campus 993010.
const PROVINCES: &str = "province-99 province-98 national";
const OWN_CAMPUS: &str = "school-99301 campus-993010";

/// One row per route. `{school}` and `{id}` stand for a registration of campus 993010, `{campus}`, `{subject}` and
/// `{file}` for a list of an arrangement there.
const ROWS: &[Row] = &[
    row("GET", "/staff", "* auditor"),
    row("GET", "/staff/recovery-codes", "* auditor"),
    row("POST", "/staff/recovery-codes", "* auditor"),
    row("GET", "/staff/password", "* auditor"),
    row("POST", "/staff/password", "* auditor"),
    row("GET", "/staff/registrations", FIND),
    row("GET", "/staff/registrations.csv", FIND),
    row("GET", "/staff/registrations.xlsx", FIND),
    row("POST", "/staff/registrations/search", FIND),
    row("GET", "/staff/registrations/{school}/{id}", NEAR),
    row("POST", "/staff/registrations/{school}/{id}/document", SHOW),
    row("GET", "/staff/retrieval", RETRIEVE),
    row("POST", "/staff/retrieval", RETRIEVE),
    row("GET", "/staff/rebinds", "service supervisor"),
    row("POST", "/staff/rebinds", "service"),
    row("GET", "/staff/rebinds/new", "service"),
    row("GET", "/staff/rebinds/{id}", "service supervisor"),
    row("POST", "/staff/rebinds/{id}/approval", "supervisor"),
    row("POST", "/staff/rebinds/{id}/refusal", "supervisor"),
    row("GET", "/staff/reviews", SCHOOLS),
    row("GET", "/staff/reviews.csv", SCHOOLS),
    row("GET", "/staff/reviews.xlsx", SCHOOLS),
    row("GET", "/staff/reviews/new", SCHOOLS),
    row("POST", "/staff/reviews/new", SCHOOLS),
    row("GET", "/staff/reviews/{id}", OWN_CAMPUS),
    row("POST", "/staff/reviews/{id}", OWN_CAMPUS),
    row("GET", "/staff/collective-payments", SCHOOLS),
    row("POST", "/staff/collective-payments", SCHOOLS),
    row("GET", "/staff/collective-payments.csv", SCHOOLS),
    row("GET", "/staff/collective-payments.xlsx", SCHOOLS),
    row("GET", "/staff/collective-payments/new", SCHOOLS),
    row("GET", "/staff/collective-payments/{id}", OWN_CAMPUS),
    row("GET", "/staff/collective-payments/{id}/confirmation", OWN_CAMPUS),
    row("GET", "/staff/collective-payments/{id}/release", OWN_CAMPUS),
    row("POST", "/staff/collective-payments/{id}/confirmation", OWN_CAMPUS),
    row("POST", "/staff/collective-payments/{id}/release", OWN_CAMPUS),
    row("GET", "/staff/group-entry", SCHOOLS),
    row("POST", "/staff/group-entry", SCHOOLS),
    row("GET", "/staff/arrangements", LISTS),
    row("POST", "/staff/arrangements/draw", PROVINCES),
    row("POST", "/staff/arrangements/publication", PROVINCES),
    row("POST", "/staff/arrangements/approval", PROVINCES),
    row("POST", "/staff/arrangements/refusal", PROVINCES),
    row("GET", "/staff/arrangements/{campus}/lists.zip", OWN_LISTS),
    row("GET", "/staff/arrangements/{campus}/{subject}", OWN_LISTS),
    row("GET", "/staff/arrangements/{campus}/{subject}/{file}", OWN_LISTS),
    row("GET", "/staff/accommodations", SCHOOLS),
    row("POST", "/staff/accommodations", SCHOOLS),
    row("POST", "/staff/reviews/{id}/document", OWN_CAMPUS),
    row("GET", "/staff/students", SCHOOLS),
    row("GET", "/staff/students.csv", SCHOOLS),
    row("GET", "/staff/students.xlsx", SCHOOLS),
    row("POST", "/staff/students/search", SCHOOLS),
    row("GET", "/staff/students/{key}", OWN_CAMPUS),
    row("POST", "/staff/students/{key}", OWN_CAMPUS),
    row("POST", "/staff/students/{key}/document", OWN_CAMPUS),
    row("GET", "/staff/orders", "finance"),
    row("GET", "/staff/orders.csv", "finance"),
    row("GET", "/staff/orders.xlsx", "finance"),
    row("GET", "/staff/refunds", "finance"),
    row("GET", "/staff/refunds.csv", "finance"),
    row("GET", "/staff/refunds.xlsx", "finance"),
    row("GET", "/staff/suspense", "finance"),
    row("GET", "/staff/statistics", FIGURES),
    row("GET", "/staff/statistics.csv", FIGURES),
    row("GET", "/staff/statistics.xlsx", FIGURES),
    row("GET", "/staff/exports", "* auditor"),
    row("GET", "/staff/exports/new", FIND),
    row("POST", "/staff/exports", FIND),
    row("GET", "/staff/exports/{id}", EXPORT),
    row("GET", "/staff/exports/{id}/file", "school-99301"),
    row("POST", "/staff/exports/{id}/refusal", EXPORT),
    row("POST", "/staff/exports/{id}/approval", EXPORT),
    row("GET", "/staff/accounts", "national"),
    row("POST", "/staff/accounts", "national"),
    row("GET", "/staff/accounts/{name}", "national"),
    row("POST", "/staff/accounts/{name}/grant", "national"),
    row("POST", "/staff/accounts/{name}/end", "national"),
    row("GET", "/staff/changes", LISTS),
    row("GET", "/staff/changes.csv", LISTS),
    row("GET", "/staff/changes.xlsx", LISTS),
    row("GET", "/staff/changes/{id}", OWN_LISTS),
    row("POST", "/staff/changes/{id}/approval", OWN_LISTS),
    row("POST", "/staff/changes/{id}/refusal", OWN_LISTS),
    row("POST", "/staff/changes/{id}/undo", OWN_LISTS),
    row("GET", "/staff/pools", LISTS),
    row("POST", "/staff/pools", LISTS),
    row("GET", "/staff/notices", LISTS),
    row("GET", "/staff/notices/{place}/{step}", OWN_LISTS),
    row("POST", "/staff/notices/{place}/{step}", OWN_CAMPUS),
    row("GET", "/staff/sittings", LISTS),
    row("POST", "/staff/sittings", "national"),
    row("GET", "/staff/sittings/{code}", LISTS),
    row("GET", "/staff/sittings/{code}/settings", "national"),
    row("POST", "/staff/sittings/{code}/settings", "national"),
    row("GET", "/staff/sittings/{code}/publication", "national"),
    row("POST", "/staff/sittings/{code}/publication", "national"),
    row("POST", "/staff/sittings/{code}/withdrawal", "national"),
    row("POST", "/staff/sittings/{code}/closing", "national"),
    row("POST", "/staff/sittings/{code}/archiving", "national"),
    row("GET", "/staff/sittings/{code}/subjects", LISTS),
    row("GET", "/staff/sittings/{code}/subjects/{subject}", "national"),
    row("POST", "/staff/sittings/{code}/subjects/{subject}", "national"),
    row("GET", "/staff/sittings/{code}/windows", LISTS),
    row("GET", "/staff/sittings/{code}/windows/{place}/{mode}", OWN_LISTS),
    row("POST", "/staff/sittings/{code}/windows/{place}/{mode}", OWN_LISTS),
    row("GET", "/staff/sittings/{code}/limits", PROVINCES),
    row("GET", "/staff/sittings/{code}/limits/{place}", "province-99 national"),
    row("POST", "/staff/sittings/{code}/limits/{place}", "province-99"),
    row("GET", "/staff/sittings/{code}/fees", PROVINCES),
    row("GET", "/staff/sittings/{code}/fees/{place}", "province-99 national"),
    row("POST", "/staff/sittings/{code}/fees/{place}", "national"),
    row("GET", "/staff/sittings/{code}/oral", LISTS),
    row("GET", "/staff/sittings/{code}/oral/{place}", OWN_LISTS),
    row("POST", "/staff/sittings/{code}/oral/{place}", OWN_LISTS),
    row("GET", "/staff/sittings/{code}/arrangement", LISTS),
    row("GET", "/staff/sittings/{code}/arrangement/{place}", OWN_LISTS),
    row("POST", "/staff/sittings/{code}/arrangement/{place}", OWN_LISTS),
    row("GET", "/staff/sittings/{code}/texts/{kind}/{lang}", "national"),
    row("POST", "/staff/sittings/{code}/texts/{kind}/{lang}", "national"),
    row("GET", "/staff/audit", "auditor"),
    row("GET", "/staff/audit.csv", "auditor"),
    row("GET", "/staff/audit.xlsx", "auditor"),
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
            let rest = part.split(".route(").next().unwrap();
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

/// The values of the path parameters.
async fn filled(app: &TestApp) -> BTreeMap<&'static str, String> {
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
    let review = review(app).await;
    crate::arrangement::pages::tests::published_without_seats(app).await;
    let mut clerk = member(app, "school-99301").await;
    let fields = [("what", "registrations"), ("form", "csv"), ("reason", "x")];
    let made = clerk.post("/staff/exports", &fields).await;
    let export = made.location().trim_start_matches("/staff/exports/").to_owned();
    assert!(!export.is_empty(), "{:?}", made.codes());
    let list = clerk.get("/staff/students?campus=993010").await;
    let student =
        list.text.split("href=\"/staff/students/99301-").nth(1).and_then(|rest| rest.split('"').next());
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

/// A review for a school to decide.
async fn review(app: &TestApp) -> String {
    let sealed = app.app.vault.seal("11010519491231002X").unwrap();
    let made: Result<u64, crate::store::DbError> = app
        .t
        .db
        .write(async move |tx| {
            tx.execute(
                "INSERT INTO eligibility_review
                    (school, id, sitting, campus, origin, passport_id, document_key, document_kind, document_sealed, name,
                     ticket, state, malicious, submissions, submitted_at)
                 VALUES ('99301', 7, '2017-2', '993010', 'candidate', 4711, $1, 'resident-id', $2, '学生1',
                         '993010151100102', 'pending', FALSE, 1, 0)",
                crate::params![vec![7_u8; 16], sealed],
            )
            .await
        })
        .await;
    made.unwrap();
    "7".to_owned()
}

fn allowed(row: &Row, account: &str) -> bool {
    row.allowed.split(' ').any(|name| name == account || (name == "*" && account != "auditor"))
}

on_both! {
    /// S1.
    async fn th22_th23_every_route_answers_its_roles_and_scopes_and_nobody_else(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        more_accounts(&app).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        app.signed_in(9).await;
        let names = filled(&app).await;
        for row in ROWS {
            let id = match row.route {
                route if route.starts_with("/staff/rebinds") => &names["rebind"],
                route if route.starts_with("/staff/collective-payments") => &names["collective"],
                route if route.starts_with("/staff/reviews") => &names["review"],
                route if route.starts_with("/staff/exports") => &names["export"],
                route if route.starts_with("/staff/changes") => &names["change"],
                _ => &names["id"],
            };
            let path = row.route.replace("{school}", &names["school"]).replace("{id}", id);
            let path =
                path.replace("{campus}", "993010").replace("{subject}", "1").replace("{file}", "seat-plan.xlsx");
            let path = path.replace("{key}", &names["student"]).replace("{name}", "spare");
            let of_province = path.contains("/limits/") || path.contains("/fees/");
            let path = path.replace("{place}", if of_province { "99" } else { "993010" });
            let path = path.replace("{code}", "2017-2").replace("{mode}", "written").replace("{step}", "all");
            let path = path.replace("{kind}", "agreement").replace("{lang}", "zh");
            let path = path.replace("/exports/new", "/exports/new?what=registrations");
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
                    let got_in = matches!(status, 200 | 303 | 409 | 422) || answer.codes() == ["not-found"] && row.route == "/staff/rebinds";
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
