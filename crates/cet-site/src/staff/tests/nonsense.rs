//! Pages of staff whose address holds nonsense: never an error of the site, and what is shown is what the page says.

use super::access::rows::ROWS;
use super::access::{ACCOUNTS, allowed, filled, path_of, populated};
use super::world::member;
use crate::testing::{Answer, Browser};
use cet_base::on_both;

/// What pages read from their address, and what they don't.
const NAMES: [&str; 36] = [
    "account", "action", "actor", "after", "age", "campus", "class", "college", "field", "from", "gateway",
    "header", "line", "look", "mode", "number", "object", "open", "order", "page", "payment", "place", "q",
    "reason", "role", "rows", "school", "sheet", "sitting", "state", "subject", "ticks", "to", "until",
    "version", "what",
];
/// Those that a page looks up: each also by itself, where nothing else stops the page first.
const LOOKED_UP: [&str; 5] = ["after", "open", "place", "sitting", "version"];

fn nonsense() -> Vec<String> {
    let values = [
        "-1",
        "99999999999",
        "99999999999999999999999999",
        "%00",
        "'\"<b>&=;",
        "%ff%fe",
        "2017-02-30",
        "99301-7",
    ];
    let long = "%E9%95%BF".repeat(700);
    values
        .into_iter()
        .map(str::to_owned)
        .chain([long])
        .map(|value| value.replace(['\'', '"', '<', '>', ';'], "%27"))
        .collect()
}

async fn asked(browser: &mut Browser<'_>, path: &str, query: &str) -> Answer {
    let and = if path.contains('?') { '&' } else { '?' };
    browser.get(&format!("{path}{and}{query}")).await
}

on_both! {
    async fn no_nonsense_in_an_address_is_an_error_of_the_site(t: TestDb) {
        let app = populated(t).await;
        let names = filled(&app).await;
        for row in ROWS.iter().filter(|row| row.method == "GET") {
            let path = path_of(row.route, &names);
            let account = ACCOUNTS.into_iter().chain(["auditor"]).find(|account| allowed(row, account)).unwrap();
            let mut browser = member(&app, account).await;
            for value in nonsense() {
                let all: Vec<String> = NAMES.iter().map(|name| format!("{name}={value}")).collect();
                let mut queries = vec![all.join("&")];
                if value.len() < 30 {
                    queries.extend(LOOKED_UP.iter().map(|name| format!("{name}={value}&{name}=1")));
                }
                for query in queries.iter().filter(|query| query.len() < 7_000) {
                    let answer = asked(&mut browser, &path, query).await;
                    let status = answer.status.as_u16();
                    assert!(matches!(status, 200 | 303 | 404 | 409 | 422), "{path}?{query}: {status}");
                    assert!(!answer.text.contains("\"<b>"), "{path}?{query}");
                }
            }
        }
    }

    async fn behind_the_last_row_of_a_list_its_first_page_is_shown_and_says_so(t: TestDb) {
        let app = populated(t).await;
        filled(&app).await;
        for (account, list, after, row) in [
            ("school-99301", "/staff/registrations", "99999-999999999999", "学生1"),
            ("school-99301", "/staff/students", "99999-999999999999", "学生1"),
            ("national", "/staff/changes", "1", "data-change"),
            ("national", "/staff/accounts", "zzz", "school-99301"),
            ("auditor", "/staff/audit", "1-00000-1", "registration"),
            ("finance", "/staff/orders", "99999-999999999999", "99301000000000000007"),
        ] {
            let mut browser = member(&app, account).await;
            let page = asked(&mut browser, list, &format!("after={after}")).await;
            assert!(page.text.contains("现在显示的是第一页") && page.text.contains(row), "{list}: {}", page.text);
            assert!(!browser.get(list).await.text.contains("现在显示的是第一页"), "{list}");
        }
    }

    /// S6.
    async fn a_filter_that_is_none_of_the_choices_is_told_and_left_out_of_the_page_and_stops_its_file(t: TestDb) {
        let app = populated(t).await;
        filled(&app).await;
        for (account, list, name) in [
            ("school-99301", "/staff/registrations", "payment"),
            ("school-99301", "/staff/registrations", "subject"),
            ("school-99301", "/staff/registrations", "campus"),
            ("school-99301", "/staff/students", "campus"),
            ("school-99301", "/staff/reviews", "state"),
            ("school-99301", "/staff/record-reports", "state"),
            ("school-99301", "/staff/record-reports", "field"),
            ("school-99301", "/staff/disputes", "state"),
            ("school-99301", "/staff/collective-payments", "state"),
            ("school-99301", "/staff/transfers", "state"),
            ("school-99301", "/staff/rosters", "state"),
            ("national", "/staff/photos", "state"),
            ("national", "/staff/changes", "state"),
            ("national", "/staff/changes", "sitting"),
            ("national", "/staff/sittings", "state"),
            ("national", "/staff/portal/news", "state"),
            ("national", "/staff/accounts", "role"),
            ("national", "/staff/accounts", "state"),
            ("national", "/staff/statistics", "mode"),
            ("service", "/staff/rebinds", "state"),
            ("finance", "/staff/orders", "gateway"),
            ("finance", "/staff/orders", "state"),
            ("finance", "/staff/orders", "school"),
            ("finance", "/staff/refunds", "state"),
            ("finance", "/staff/refunds", "reason"),
            ("finance", "/staff/suspense", "state"),
            ("finance", "/staff/suspense", "gateway"),
            ("finance", "/staff/reconciliation", "state"),
            ("finance", "/staff/reconciliation", "gateway"),
            ("auditor", "/staff/exports", "state"),
            ("auditor", "/staff/audit", "action"),
        ] {
            let mut browser = member(&app, account).await;
            let page = asked(&mut browser, list, &format!("{name}=nonsense")).await;
            assert_eq!((page.status.as_u16(), page.codes()), (422, vec!["field-invalid"]), "{list} {name}");
            assert!(page.text.contains("没有这个选项"), "{list} {name}: {}", page.text);
            for kept in ["value=\"nonsense\"", ">nonsense<"] {
                assert!(!page.text.contains(kept), "{list} {name}: {kept} {}", page.text);
            }
            let file = browser.get(&format!("{list}.csv?{name}=nonsense")).await;
            assert_eq!((file.status.as_u16(), file.codes()), (422, vec!["field-invalid"]), "{list}.csv {name}");
        }
        // A place is none of a few choices.
        let mut auditor = member(&app, "auditor").await;
        for place in ["nonsense", "9930", "99301-7"] {
            let page = asked(&mut auditor, "/staff/audit", &format!("school={place}")).await;
            assert_eq!((page.status.as_u16(), page.codes()), (422, vec!["place-unknown"]), "{place}");
        }
        assert_eq!(asked(&mut auditor, "/staff/audit", "school=99301").await.status, 200);
    }
}
