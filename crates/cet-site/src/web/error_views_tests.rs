//! Where the pages of errors lead.

use std::sync::Arc;

use super::*;
use cet_base::texts::{Lang, texts};

fn page(path: &str) -> Page {
    Page::new(texts(Lang::Zh), Arc::default(), path)
}

#[test]
fn whoever_may_have_to_send_a_form_again_is_led_back_to_its_page() {
    for form in [
        "/account/closing",
        "/account/consents",
        "/account/sessions",
        "/dispute",
        "/record-report",
        "/registration/waiting-list",
    ] {
        let html = UnknownView::new(page(&format!("{form}/7"))).render().unwrap();
        assert!(html.contains(&format!("<li><a href=\"{form}\">")), "{form}");
    }
}

#[test]
fn an_error_leads_a_candidate_to_the_registration_and_staff_to_their_overview() {
    let incident = || Incident { number: "1".to_owned(), time: "2017-03-08 09:12:44".to_owned() };
    for (path, way) in [("/payment", "/registration"), ("/staff/orders", "/staff")] {
        for view in [
            ErrorView::not_found(page(path)),
            ErrorView::cross_site(page(path)),
            ErrorView::too_many(page(path), "3 分钟"),
            ErrorView::outage(page(path), "3 分钟"),
            ErrorView::protocol(page(path), 405),
            ErrorView::fault(page(path), incident()),
        ] {
            let html = view.render().unwrap();
            assert!(html.contains(&format!("<li><a href=\"{way}\">")), "{path}: {html}");
            assert!(!html.contains("href=\"/login\""), "whoever is signed in is not asked to log in");
        }
    }
}

#[test]
fn staff_read_nothing_of_a_registration_of_their_own_and_candidates_that_theirs_is_safe() {
    let incident = || Incident { number: "1".to_owned(), time: "2017-03-08 09:12:44".to_owned() };
    for (lang, safe) in [(Lang::Zh, "已支付"), (Lang::En, "paid for")] {
        for (path, is_theirs) in [("/payment", true), ("/staff/orders", false)] {
            let page = || Page::new(texts(lang), Arc::default(), path);
            let all = [
                ErrorView::fault(page(), incident()),
                ErrorView::outage(page(), "3"),
                ErrorView::too_busy(page(), "3"),
                ErrorView::too_many(page(), "3"),
                ErrorView::not_found(page()),
                ErrorView::protocol(page(), 400),
            ];
            for (n, view) in all.into_iter().enumerate() {
                let html = view.render().unwrap();
                let main = html.split("<main").nth(1).unwrap();
                let said = [safe, "报名信息", "your registration"].iter().any(|word| main.contains(word));
                assert!(is_theirs || !said, "{path} {n}: {main}");
                assert!(!is_theirs || n > 2 || main.contains(safe), "{path} {n}: {main}");
            }
        }
    }
}
