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

/// A form that another site has filled in must not be one click from being sent by its reader.
#[test]
fn what_another_site_sent_is_not_offered_again_but_the_own_form_is_linked() {
    for (path, form) in [
        ("/login", "/login"),
        ("/registration/written", "/registration/written"),
        ("/account/sessions/7/end", "/account/sessions"),
    ] {
        let html = ErrorView::cross_site(page(path)).render().unwrap();
        let main = html.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
        assert!(main.contains(&format!("<li><a href=\"{form}\">重新打开这个表单")), "{main}");
        assert!(!main.contains("<form") && !main.contains("<input"), "{main}");
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
fn staff_are_told_of_every_error_in_their_words_and_led_back_to_their_overview() {
    let incident = || Incident { number: "1".to_owned(), time: "2017-03-08 09:12:44".to_owned() };
    let of_candidates = [
        "registration",
        "Subjects you",
        "enter or charge",
        "报名信息",
        "报考",
        "已支付",
        "href=\"/home\"",
        "href=\"/registration\"",
    ];
    for (lang, back) in [(Lang::Zh, "回到管理总览"), (Lang::En, "Back to the staff overview")] {
        let page = || Page::new(texts(lang), Arc::default(), "/staff/orders");
        let mut all: Vec<String> = [400, 405, 413, 415, 421]
            .into_iter()
            .map(|status| ErrorView::protocol(page(), status).render().unwrap())
            .collect();
        for view in [
            ErrorView::not_found(page()),
            ErrorView::cross_site(page()),
            ErrorView::too_many(page(), "3"),
            ErrorView::too_busy(page(), "3"),
            ErrorView::outage(page(), "3"),
            ErrorView::stale(page()),
            ErrorView::fault(page(), incident()),
        ] {
            all.push(view.render().unwrap());
        }
        all.push(UnknownView::new(page()).render().unwrap());
        for html in all {
            let main = html.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
            assert!(main.contains("<li><a href=\"/staff\">") && main.contains(back), "{main}");
            for words in of_candidates {
                assert!(!main.contains(words), "{words}: {main}");
            }
        }
    }
}
