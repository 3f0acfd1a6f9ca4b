//! The pages of an installation with a minimal configuration: no sentence has a gap where a setting is missing.

use std::sync::Arc;

use askama::Template as _;

use crate::testing::{ORIGIN, TestApp};
use crate::web::error_views::{ErrorView, Incident};
use crate::web::page::{Page, Site};
use cet_base::on_both;
use cet_base::texts::{Lang, texts};

/// Words that only make sense before a telephone number, and what an empty setting leaves in a page.
const GAPS: [&str; 10] =
    ["tel:", "拨打", "客服电话", "Helpline", "call  ", "call :", " ,", " 。", "拨打 ，", "<li></li>"];

const ANYBODY: [&str; 10] = [
    "/",
    "/login",
    "/register",
    "/recover",
    "/retrieve",
    "/faq",
    "/schedule",
    "/verify-ticket",
    "/staff/login",
    "/no-such-page",
];
const CANDIDATE: [&str; 4] = ["/home", "/account", "/agreement", "/qualification"];

fn gaps(path: &str, page: &str) -> Vec<String> {
    let found = GAPS.iter().filter(|gap| page.contains(**gap));
    found.map(|gap| format!("{path}: {gap:?}")).collect()
}

fn fault(lang: Lang, telephone: &str) -> String {
    let site = Site { telephone: telephone.to_owned(), ..Site::default() };
    let incident = Incident { number: "1-2-3".to_owned(), time: "2017-09-20 12:00:00".to_owned() };
    ErrorView::fault(Page::new(texts(lang), Arc::new(site), "/"), incident).render().unwrap()
}

#[test]
fn without_a_telephone_the_page_of_a_fault_asks_nobody_to_call() {
    for lang in [Lang::Zh, Lang::En] {
        let bare = fault(lang, "");
        assert_eq!(gaps("fault", &bare), [""; 0]);
        assert!(bare.contains("1-2-3"), "the number stays");
        assert!(fault(lang, "010-12345678").matches("010-12345678").count() >= 3, "head, sentence and foot");
    }
}

on_both! {
    async fn no_page_has_a_gap_where_an_optional_setting_is_missing(t: TestDb) {
        let app = TestApp::on(t).await;
        let portal = &app.app.config.portal;
        assert!(portal.telephone.is_empty() && portal.icp.is_empty() && app.app.origins == [ORIGIN]);
        let mut found = Vec::new();
        for lang in ["zh", "en"] {
            let mut visitor = app.browser();
            let mut candidate = app.signed_in(1).await;
            for path in ANYBODY {
                found.extend(gaps(path, &visitor.get(&format!("{path}?lang={lang}")).await.text));
            }
            for path in CANDIDATE {
                found.extend(gaps(path, &candidate.get(&format!("{path}?lang={lang}")).await.text));
            }
        }
        assert_eq!(found, [""; 0]);
    }
}
