//! Whoever opens a page with a query that makes no sense gets a page: no fault, and where it is refused, one that leads on.

use http::header;

use super::calm_pages::pages;
use crate::entry::pages::tests::{mark, saved, tags};
use crate::registration::pages::tests::{bound, enrolled};
use crate::situation::table_tests::open_order;
use crate::testing::{Answer, Browser};
use crate::threats::routes::filled;
use cet_base::on_both;

/// Every parameter that a page of candidates reads, and one that none does.
const NAMES: [&str; 14] = [
    "after",
    "campus",
    "captcha",
    "consent",
    "entry",
    "kind",
    "lang",
    "next",
    "page",
    "q",
    "show",
    "signed-in",
    "subject",
    "nonsense",
];

/// Values of the wrong kind, as they stand in an address.
const VALUES: [&str; 12] = [
    "",
    "x",
    "-1",
    "0",
    "1.5",
    "9223372036854775808",
    "99999999999999999999999999",
    "%00",
    "%FF%FE",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "%E9%A2%9C%F0%A0%AE%B7",
    "'%20OR%201%3D1%20--",
];

/// What a page that was opened this way must be.
fn leads_on(path: &str, answer: &Answer) {
    let status = answer.status.as_u16();
    assert!(status < 500, "{path}: {status} {}", answer.text);
    assert!(!answer.text.contains("<script>alert"), "{path}");
    if !(400..500).contains(&status) {
        return;
    }
    let kind = answer.header(header::CONTENT_TYPE);
    assert!(kind.starts_with("text/html"), "{path}: {status} {kind}");
    let main = answer.text.split("<main").nth(1).unwrap_or("");
    assert!(main.contains("<a ") || main.contains("<form"), "{path}: {status} leads nowhere: {main}");
}

async fn all_lead_on(browser: &mut Browser<'_>, entry: &str) {
    let long = "a".repeat(1_500);
    let doubled = |value: &str| {
        let pair = |name: &&str| format!("{name}={value}&{name}={value}1");
        NAMES.iter().map(pair).collect::<Vec<_>>().join("&")
    };
    let mut queries: Vec<String> =
        VALUES.iter().chain([&long.as_str()]).map(|value| doubled(value)).collect();
    queries.extend(["&&&=&==", "%", "%2", "?", "a=b?c=d", "after[]=1&q[a]=b", ";after=1"].map(str::to_owned));
    for route in pages() {
        for query in &queries {
            let path = format!("{}?{query}", filled(&route.path, entry));
            leads_on(&path, &browser.get(&path).await);
        }
    }
}

on_both! {
    async fn a_query_without_sense_opens_a_page_that_leads_on_and_never_a_fault(t: TestDb) {
        let app = enrolled(t).await;
        all_lead_on(&mut app.browser(), "1").await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1"]).await;
        open_order(&app).await;
        let information = browser.get("/registration").await;
        let entry = mark(tags(&information, "data-entry")[0], "data-entry").to_owned();
        all_lead_on(&mut browser, &entry).await;
        all_lead_on(&mut browser, "77").await;
    }
}
