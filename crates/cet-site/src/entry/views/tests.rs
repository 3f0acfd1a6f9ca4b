use askama::Template as _;

use super::samples::*;
use super::*;
use crate::texts::{Lang, texts};
use crate::web::page::{Refused, Typed};

/// A hostile name, escaped as HTML.
const ESCAPED: &str = "&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;";

fn both(check: impl Fn(Lang)) {
    check(Lang::Zh);
    check(Lang::En);
}

fn count(html: &str, part: &str) -> usize {
    html.matches(part).count()
}

fn forms(html: &str) -> Vec<&str> {
    html.split("<form ").skip(1).map(|part| part.split('>').next().unwrap()).collect()
}

/// Checks that hold for every page: one h1, an input for each label, no inline style, every key resolved, the size.
fn sound(html: &str) {
    assert_eq!(count(html, "<h1>"), 1, "{html}");
    assert_eq!(count(html, " style="), 0);
    assert_eq!(count(html, "<script>"), 0);
    for key in [">entry-", " entry-", ">payment-", ">rehearsal-"] {
        assert_eq!(count(html, key), 0, "a message is missing: {key}\n{html}");
    }
    for target in html.split(" for=\"").skip(1) {
        let id = target.split('"').next().unwrap();
        assert_eq!(count(html, &format!(" id=\"{id}\"")), 1, "label for {id}");
    }
    for target in html.split("aria-describedby=\"").skip(1) {
        let id = target.split('"').next().unwrap();
        assert_eq!(count(html, &format!(" id=\"{id}\"")), 1, "described by {id}");
    }
    assert!(html.len() <= 20_000, "{} bytes", html.len());
}

/// R9.
#[test]
fn the_information_page_bears_its_marks() {
    both(|lang| {
        let html = usual(lang).render().unwrap();
        sound(&html);
        assert!(html.contains(" data-registration=\"4711\""));
        assert!(html.contains(
            "<tr role=\"row\" data-entry=\"1\" data-subject=\"1\" data-campus=\"993010\" data-payment=\"unpaid\" \
             data-arrangement=\"none\" data-channel=\"self\" data-expires=\"2017-03-09T09:12:00+08:00\">"
        ));
        assert_eq!(count(&html, "data-entry="), 3);
        assert_eq!(count(&html, "data-subject="), 3);
        assert_eq!(count(&html, "data-code"), 0);
        assert!(html.contains(ESCAPED) && !html.contains("<script>alert"));
    });
}

/// R9.
#[test]
fn the_chart_names_its_eight_steps_in_order() {
    both(|lang| {
        let html = usual(lang).render().unwrap();
        let steps: Vec<_> =
            html.split("data-step=\"").skip(1).map(|part| part.split('"').next().unwrap()).collect();
        assert_eq!(
            steps,
            [
                "written-entered",
                "written-paid",
                "oral-entered",
                "oral-paid",
                "complete",
                "print-ticket",
                "sit",
                "end"
            ]
        );
        let states: Vec<_> =
            html.split("data-state=\"").skip(1).map(|part| part.split('"').next().unwrap()).collect();
        assert_eq!(states, ["done", "current", "optional", "optional", "todo", "todo", "todo", "todo"]);
    });
}

#[test]
fn each_unpaid_entry_has_its_cancellation_and_no_address_has_two_forms() {
    both(|lang| {
        let html = usual(lang).render().unwrap();
        assert_eq!(
            forms(&html),
            [
                "action=\"/logout\" method=\"post\"",
                "action=\"/registration/entries/1/cancellation\" method=\"post\"",
                "action=\"/registration/entries/2/cancellation\" method=\"post\"",
                "action=\"/registration/entries/3/cancellation\" method=\"post\"",
                "id=\"refresh\" action=\"/registration/refresh\" method=\"post\"",
            ]
        );
        for href in ["/home", "/review", "/registration/written", "/registration/oral", "/payment"] {
            assert!(html.contains(&format!("href=\"{href}\"")), "{href}");
        }
        assert!(html.contains("¥0.03"));
    });
}

#[test]
fn paid_and_locked_entries_cannot_be_cancelled_and_a_ticket_can_be_downloaded() {
    both(|lang| {
        let html = every_state(lang).render().unwrap();
        sound(&html);
        assert_eq!(count(&html, "/cancellation"), 0);
        assert_eq!(count(&html, "data-payment=\"paid\""), 2);
        assert_eq!(count(&html, "data-payment=\"unpaid\""), 3);
        assert_eq!(count(&html, "data-channel=\"school\""), 1);
        assert_eq!(count(&html, "data-arrangement=\"arranged\""), 2);
        assert_eq!(count(&html, ".pdf"), 1);
        assert!(html.contains("href=\"/payment/993010000000001\""));
        assert!(!html.contains("href=\"/payment\""), "nothing is left to pay");
        assert_eq!(count(&html, "action=\"/registration/refresh\""), 1);
    });
}

#[test]
fn an_empty_registration_says_when_it_is_deleted() {
    both(|lang| {
        let html = empty(lang).render().unwrap();
        sound(&html);
        assert_eq!(count(&html, "data-entry"), 0);
        assert!(html.contains("2017-03-09 09:12"));
        assert!(html.contains(texts(lang).m("entry-empty-title")));
    });
}

/// V1.
#[test]
fn the_review_button_shows_only_when_it_may() {
    let mut view = usual(Lang::Zh);
    view.review = false;
    assert!(!view.render().unwrap().contains("/review"));
}

#[test]
fn every_message_has_words_in_both_languages() {
    use Message::{Cancelled, RefreshFailed, Refreshed, Saved};
    both(|lang| {
        let mut view = usual(lang);
        let all = [Saved, Cancelled, Refreshed, RefreshFailed];
        view.page.notices = all.iter().map(|message| message.notice(texts(lang))).collect();
        for notice in &view.page.notices {
            assert!(
                !notice.title.starts_with("entry-") && !notice.text.starts_with("entry-"),
                "{}",
                notice.title
            );
        }
        sound(&view.render().unwrap());
    });
}

#[test]
fn the_time_left_is_told_in_hours_and_minutes_and_never_below_zero() {
    assert_eq!(clock().left(texts(Lang::Zh)), "21 小时 36 分");
    assert_eq!(clock().left(texts(Lang::En)), "21 h 36 min");
    assert_eq!(clock().pattern(texts(Lang::Zh)), "{h} 小时 {m} 分");
    assert_eq!(Clock { seconds_left: -5, ..clock() }.left(texts(Lang::En)), "0 h 0 min");
}

/// R12.
#[test]
fn seats_left_are_told_by_word_and_number() {
    let text = |lang, taken| SeatsShown { capacity: 60, taken }.text(texts(lang));
    assert_eq!(
        [text(Lang::Zh, 30), text(Lang::Zh, 31), text(Lang::Zh, 60)],
        ["有 · 余 30", "紧张 · 余 29", "无（已报满）"]
    );
    assert_eq!(text(Lang::En, 30), "Available · 30 left");
    assert!(!SeatsShown { capacity: 0, taken: 0 }.has_meter());
}

/// R8.
#[test]
fn the_written_page_marks_each_subject_and_enables_only_open_ones() {
    both(|lang| {
        let html = written(lang).render().unwrap();
        sound(&html);
        assert!(html.contains("<tr role=\"row\" data-subject=\"4\" data-campus=\"993010\" data-seats=\"plenty\" data-offer=\"open\" "));
        assert!(html.contains("data-seats=\"none\" data-offer=\"pool-full\""));
        assert!(html.contains("data-seats=\"few\" data-offer=\"not-eligible\""));
        assert!(html.contains("data-offer=\"already-entered\""));
        assert_eq!(count(&html, "name=\"subject\""), 6);
        assert_eq!(count(&html, " disabled"), 4);
        assert_eq!(count(&html, " checked"), 2, "the entered one and the typed one");
        assert_eq!(forms(&html).len(), 2);
        assert!(html.contains("action=\"/registration/written\" method=\"post\""));
        assert!(html.contains("type=\"hidden\" name=\"command\" value=\"c0ffee\""));
        assert_eq!(count(&html, "data-code"), 0);
        assert!(html.contains(ESCAPED));
    });
}

#[test]
fn a_refused_choice_comes_back_with_its_code_and_its_ticks() {
    let mut view = written(Lang::Zh);
    view.page.refusals = vec![Refused::new(view.page.t, "level-taken").at("subject")];
    view.page.typed = Typed::default().with("subject", "4");
    let html = view.render().unwrap();
    assert_eq!(count(&html, "data-code=\"level-taken\""), 1);
    assert!(html.contains("href=\"#subject\"") && html.contains("id=\"subject\""));
    assert!(html.contains("value=\"4\" data-level=\"4\" data-fee=\"0.01\" checked"));
}

#[test]
fn the_form_stays_when_no_subject_can_be_ticked() {
    let mut view = written(Lang::Zh);
    view.english.clear();
    view.others = vec![subject("5", "(5) 德语四级笔试", 0, Offer::Refused("window-closed"))];
    view.others.iter_mut().for_each(|row| row.exam_date.clear());
    let html = view.render().unwrap();
    assert!(html.contains("action=\"/registration/written\""));
    assert!(html.contains(texts(Lang::Zh).m("entry-written-nothing")));
    assert!(html.contains(texts(Lang::Zh).m("entry-not-set")));
}

#[test]
fn guidance_of_the_nation_stands_in_place_of_the_built_in_rules() {
    let mut view = written(Lang::Zh);
    view.guidance = Some("<p>须知全文</p>".to_owned());
    let html = view.render().unwrap();
    assert!(html.contains("<p>须知全文</p>"));
    assert!(!html.contains(texts(Lang::Zh).m("entry-written-rule-paid")));
}

/// R11.
#[test]
fn the_oral_page_offers_other_campuses_by_a_get_form() {
    both(|lang| {
        let html = oral(lang, campuses()).render().unwrap();
        sound(&html);
        assert_eq!(count(&html, "action=\"/registration/oral\" method=\"get\""), 1);
        assert_eq!(count(&html, "action=\"/registration/oral\" method=\"post\""), 1);
        assert!(html.contains("<input type=\"hidden\" name=\"campus\" value=\"993010\">"));
        assert!(html.contains("value=\"993010\" selected"));
        assert!(html.contains(texts(lang).m("entry-oral-choose")));
        assert!(
            html.contains(
                "data-subject=\"F\" data-campus=\"993010\" data-seats=\"plenty\" data-offer=\"open\""
            )
        );
        assert!(html.contains("href=\"/registration/written\""));
    });
}

/// R11.
#[test]
fn a_fixed_home_campus_has_no_choose_button() {
    both(|lang| {
        let html = oral(lang, Vec::new()).render().unwrap();
        sound(&html);
        assert_eq!(count(&html, "method=\"get\""), 0);
        assert!(html.contains("<input type=\"hidden\" name=\"campus\" value=\"993010\">"));
        assert!(html.contains(texts(lang).m("entry-oral-fixed")));
    });
}

#[test]
fn every_reason_why_not_has_words_of_its_own() {
    let codes = [
        "not-eligible",
        "level-taken",
        "pool-full",
        "pool-unknown",
        "window-not-open",
        "window-closed",
        "oral-needs-written",
        "oral-campus-not-allowed",
        "date-unset",
        "fee-unset",
        "something-else",
    ];
    both(|lang| {
        let words: std::collections::BTreeSet<_> =
            codes.iter().map(|code| why_not(texts(lang), code)).collect();
        assert_eq!(words.len(), codes.len());
    });
}

#[test]
#[ignore = "writes the pages to the folder for temporary files, for a look in a browser"]
fn pages_are_written_out_for_a_look() {
    let folder = std::env::temp_dir().join("cet-pages");
    std::fs::create_dir_all(&folder).unwrap();
    for (lang, end) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let pages = [
            ("information", usual(lang).render().unwrap()),
            ("information-states", every_state(lang).render().unwrap()),
            ("information-empty", empty(lang).render().unwrap()),
            ("written", written(lang).render().unwrap()),
            ("oral", oral(lang, campuses()).render().unwrap()),
            ("oral-fixed", oral(lang, Vec::new()).render().unwrap()),
        ];
        for (name, html) in pages {
            std::fs::write(folder.join(format!("{name}.{end}.html")), html).unwrap();
        }
    }
}
