//! The pages on which subjects and campuses are chosen.

use askama::Template as _;

use super::samples::*;
use super::tests::{ESCAPED, both, count, forms, sound};
use super::*;
use crate::web::page::{Refused, Typed};
use cet_base::texts::{Lang, texts};

/// R8.
#[test]
fn the_written_page_marks_each_subject_and_enables_only_open_ones() {
    both(|lang| {
        let html = written(lang).render().unwrap();
        sound(&html);
        assert!(html.contains(
            "<tr data-subject=\"4\" data-campus=\"993010\" data-seats=\"plenty\" data-offer=\"open\" "
        ));
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
    view.folded = Folded::default();
    let html = view.render().unwrap();
    assert!(html.contains("action=\"/registration/written\""));
    assert!(html.contains(texts(Lang::Zh).m("entry-written-nothing")));
    assert!(html.contains(texts(Lang::Zh).m("entry-not-set")));
}

/// R8.
#[test]
fn what_is_not_granted_is_one_line_whose_rows_keep_their_marks() {
    both(|lang| {
        let mut view = written(lang);
        let html = view.render().unwrap();
        let (shown, folded) = html.split_once("<details").unwrap();
        assert!(!shown.contains("俄语四级笔试"));
        assert!(shown.contains("data-subject=\"2\""), "what can be asked for is in its table");
        assert!(folded.starts_with(" class=\"sheet\"><summary>"), "folded");
        assert!(folded.contains(
            "data-subject=\"7\" data-campus=\"993010\" data-seats=\"plenty\" data-offer=\"not-eligible\""
        ));
        assert!(folded.contains(&texts(lang).f("entry-folded", &[("n", "1")])));
        view.page.refusals = vec![Refused::new(view.page.t, "not-eligible").at("subject")];
        let rows = std::mem::take(&mut view.folded.rows);
        view.folded = Folded::of(&view.page, rows).1;
        assert!(view.render().unwrap().contains("<details class=\"sheet\" open>"));
    });
}

#[test]
fn guidance_that_was_read_is_folded_and_a_sum_stands_only_where_something_is_ticked() {
    both(|lang| {
        let mut view = written(lang);
        let html = view.render().unwrap();
        assert_eq!(count(&html, "<details"), 1);
        assert!(html.contains("¥{s}\"></b>"));
        view.read = true;
        view.sum = "已选 ¥0.02".to_owned();
        let html = view.render().unwrap();
        assert!(html.contains(&format!("<summary>{}</summary>", texts(lang).m("entry-written-guidance"))));
        assert!(html.contains("¥{s}\">已选 ¥0.02</b>"));
    });
}

/// R11, R12.
#[test]
fn a_full_pool_leads_to_campuses_that_have_seats() {
    let mut view = oral(Lang::Zh, campuses());
    let full = subject("F", "(F) 英语四级口试", 0, Offer::Refused("pool-full"));
    let link = crate::web::page::Link {
        href: "/registration/oral?campus=991010#subject".to_owned(),
        text: "(991010)99101-0校区".to_owned(),
    };
    view.rows = vec![SubjectRow {
        elsewhere: view.page.f("entry-oral-elsewhere", &[("n", "2")]),
        elsewhere_at: vec![link],
        ..full
    }];
    let html = view.render().unwrap();
    sound(&html);
    assert!(html.contains("其他 2 个校区有考位： <a href=\"/registration/oral?campus=991010#subject\""));
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
fn the_oral_page_lists_other_campuses_as_links_and_searches_by_a_get_form() {
    both(|lang| {
        let html = oral(lang, campuses()).render().unwrap();
        sound(&html);
        assert_eq!(count(&html, "action=\"/registration/oral\" method=\"get\""), 1);
        assert!(html.contains("name=\"q\"") && html.contains(ESCAPED), "the search stays as it was typed");
        assert_eq!(count(&html, "action=\"/registration/oral\" method=\"post\""), 1);
        assert!(html.contains("<input type=\"hidden\" name=\"campus\" value=\"993010\">"));
        assert!(html.contains("<a href=\"/registration/oral?campus=993010#subject\" aria-current=\"true\">"));
        assert!(html.contains("<a href=\"/registration/oral?campus=991010#subject\"><span>"));
        assert_eq!(count(&html, "data-campus"), 2, "one open and one folded subject; campuses bear no mark");
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
