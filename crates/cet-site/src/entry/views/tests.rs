use askama::Template as _;

use super::samples::*;
use super::*;
use crate::web::page::Refused;
use cet_base::texts::{Lang, texts};

/// A hostile name, escaped as HTML.
pub(super) const ESCAPED: &str = "&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;";

pub(super) fn both(check: impl Fn(Lang)) {
    check(Lang::Zh);
    check(Lang::En);
}

pub(super) fn count(html: &str, part: &str) -> usize {
    html.matches(part).count()
}

pub(super) fn forms(html: &str) -> Vec<&str> {
    html.split("<form ").skip(1).map(|part| part.split('>').next().unwrap()).collect()
}

/// Checks that hold for every page: one h1, an input for each label, no inline style, every key resolved, the size.
pub(super) fn sound(html: &str) {
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
            "<tr data-entry=\"1\" data-subject=\"1\" data-campus=\"993010\" data-payment=\"unpaid\" \
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
                "id=\"refresh\" action=\"/registration/refresh\" method=\"post\"",
            ]
        );
        for href in ["/home", "/review", "/registration/written", "/registration/oral", "/payment"] {
            assert!(html.contains(&format!("href=\"{href}\"")), "{href}");
        }
        for id in 1..=3 {
            assert_eq!(count(&html, &format!("href=\"/registration/entries/{id}/cancellation\"")), 1);
        }
        assert!(html.contains("¥0.03"));
    });
}

/// R10, R13.
#[test]
fn cancelling_asks_with_subject_campus_and_what_goes_along_and_says_why_it_cannot() {
    both(|lang| {
        let mut view = cancellation(lang);
        let html = view.render().unwrap();
        sound(&html);
        let path = "/registration/entries/1/cancellation";
        assert_eq!(count(&html, &format!("action=\"{path}\" method=\"post\"")), 1);
        assert!(html.contains("type=\"hidden\" name=\"confirm\" value=\"yes\""));
        assert!(html.contains("(1) 英语四级笔试</span></span></button>"), "the button names what goes");
        assert!(html.contains("(F) 英语四级口试") && html.contains("2017-03-09 09:12"));
        assert!(html.contains(texts(lang).m("entry-cancellation-order")));
        assert_eq!((count(&html, "class=\"btn\""), count(&html, "class=\"note")), (0, 1));
        view.may = false;
        view.page.refusals = vec![Refused::new(view.page.t, "entry-paid")];
        let html = view.render().unwrap();
        assert_eq!((count(&html, path), count(&html, "data-code=\"entry-paid\"")), (1, 1), "no form");
        assert!(html.contains("href=\"/registration\""));
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
        // The script offers to keep it; without a ticket, or without script, nothing of that is shown.
        assert_eq!((count(&html, "data-keep="), count(&html, "/assets/keep.")), (1, 1));
        assert_eq!(count(&html, "data-keep-hint hidden"), 1);
        assert_eq!(count(&empty(lang).render().unwrap(), "keep"), 0);
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
