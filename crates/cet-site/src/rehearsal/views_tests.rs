use std::sync::Arc;

use askama::Template as _;

use super::*;
use crate::web::page::{Refused, Site, Typed};
use cet_base::texts::{Lang, texts};

const HOSTILE: &str = "<img src=x onerror=alert(1)>";
const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

fn page(lang: Lang, title: &'static str) -> Page {
    let mut page = Page::new(texts(lang), Arc::new(Site::default()), "/rehearsal").titled(title);
    page.rehearsal = true;
    page
}

fn home(lang: Lang) -> String {
    let shifted = Some(("2017年下半年CET考试".to_owned(), "2026".to_owned()));
    RehearsalView { page: page(lang, "rehearsal-title"), shifted }.render().unwrap()
}

fn mailbox(lang: Lang, text: &str) -> String {
    let mails = vec![
        MailView::new("li@example.cn", "找回密码", "2017-03-08 09:20", text),
        MailView::new("wang@example.cn", HOSTILE, "2017-03-08 09:19", HOSTILE),
    ];
    MailboxView { page: page(lang, "rehearsal-mailbox-title"), mails }.render().unwrap()
}

fn clock(lang: Lang) -> ClockView {
    ClockView {
        page: page(lang, "rehearsal-clock-title"),
        now: "2017-03-08 09:20:00".to_owned(),
        now_machine: "2017-03-08T09:20:00+08:00".to_owned(),
        shift: "26:30:00".to_owned(),
    }
}

fn gateway(lang: Lang) -> String {
    let behaviour = GatewayBehaviour {
        outcome: "pay".to_owned(),
        delay: 30,
        drop: true,
        duplicates: 2,
        reorder: false,
        falsify: "amount".to_owned(),
        trouble: "none".to_owned(),
        late: true,
        bill: Vec::new(),
    };
    let mut page = page(lang, "rehearsal-gateway-title");
    page.notices.push(GatewayView::saved(&page));
    GatewayView { page, behaviour }.render().unwrap()
}

fn sound(html: &str) {
    assert_eq!(html.matches("<h1>").count(), 1);
    assert!(!html.contains(" style=") && !html.contains("<img"), "{html}");
    assert!(!html.contains(">rehearsal-") && !html.contains(" rehearsal-"), "a message is missing\n{html}");
}

#[test]
fn the_rehearsal_page_links_to_mailbox_clock_and_gateway() {
    for lang in LANGS {
        let html = home(lang);
        sound(&html);
        for href in ["/rehearsal/mailbox", "/rehearsal/clock", "/rehearsal/gateway"] {
            assert!(html.contains(&format!("href=\"{href}\"")), "{href}");
        }
    }
}

#[test]
fn a_sitting_of_another_year_than_its_dates_is_explained() {
    for lang in LANGS {
        let html = home(lang);
        assert!(html.contains("2017年下半年CET考试") && html.contains("2026"), "{html}");
        let usual = RehearsalView { page: page(lang, "rehearsal-title"), shifted: None }.render().unwrap();
        assert!(!usual.contains("class=\"note\""), "{usual}");
    }
}

#[test]
fn the_banner_of_every_page_leads_to_the_tools() {
    for lang in LANGS {
        assert!(clock(lang).render().unwrap().contains("<a href=\"/rehearsal\">"));
        let mut page = page(lang, "rehearsal-clock-title");
        page.rehearsal = false;
        let html = ClockView { page, ..clock(lang) }.render().unwrap();
        assert_eq!(html.matches("href=\"/rehearsal\"").count(), 1, "only the page's own way back");
    }
}

#[test]
fn a_mail_shows_its_links_as_links_and_its_markup_as_text() {
    for lang in LANGS {
        let html = mailbox(
            lang,
            "教育网：http://localhost:8080/recover/ab-c1。\n公网：http://127.0.0.1:8080/recover/ab-c1",
        );
        sound(&html);
        assert!(html.contains("<a class=\"id\" href=\"http://localhost:8080/recover/ab-c1\">"));
        assert!(html.contains("</a>。<br>"));
        assert!(html.contains("&#60;img src=x"));
    }
}

#[test]
fn an_empty_mailbox_says_so() {
    for lang in LANGS {
        let html =
            MailboxView { page: page(lang, "rehearsal-mailbox-title"), mails: Vec::new() }.render().unwrap();
        sound(&html);
        assert!(html.contains(texts(lang).m("rehearsal-mailbox-empty")));
    }
}

#[test]
fn only_http_addresses_become_links() {
    let links = |line| {
        pieces(line).into_iter().filter(|piece| piece.link).map(|piece| piece.text).collect::<Vec<_>>()
    };
    assert!(links("javascript:alert(1) ftp://a.b mailto:a@b.cn").is_empty());
    assert_eq!(links("a http://b.cn/c d https://e.cn/f?g=1"), ["http://b.cn/c", "https://e.cn/f?g=1"]);
}

#[test]
fn the_clock_is_advanced_by_one_form() {
    for lang in LANGS {
        let html = clock(lang).render().unwrap();
        sound(&html);
        assert_eq!(html.matches("action=\"/rehearsal/clock\" method=\"post\"").count(), 1);
        assert!(html.contains("name=\"advance\"") && html.contains("name=\"now\""));
        assert!(!html.contains(" required"), "either field is enough");
        assert!(html.contains("2017-03-08 09:20:00") && html.contains("26:30:00"));
        assert!(html.contains(texts(lang).m("rehearsal-clock-factors")), "codes go by the real time");
    }
}

#[test]
fn a_refused_time_comes_back_as_typed() {
    let mut view = clock(Lang::Zh);
    view.page.refusals = vec![Refused::new(view.page.t, "field-invalid").at("now")];
    view.page.typed = Typed::default().with("now", "昨天");
    let html = view.render().unwrap();
    assert!(
        html.contains("data-code=\"field-invalid\" data-field=\"now\"") && html.contains("value=\"昨天\"")
    );
}

#[test]
fn the_gateway_form_shows_what_is_in_force() {
    for lang in LANGS {
        let html = gateway(lang);
        sound(&html);
        assert_eq!(html.matches("action=\"/rehearsal/gateway\" method=\"post\"").count(), 1);
        assert!(html.contains("value=\"pay\" selected") && html.contains("value=\"amount\" selected"));
        assert_eq!(html.matches(" selected").count(), 3);
        assert!(html.contains("name=\"delay\" type=\"number\" min=\"0\" max=\"172800\" value=\"30\""));
        assert!(
            html.contains("name=\"drop\" value=\"yes\" checked")
                && html.contains("name=\"reorder\" value=\"yes\">")
        );
    }
}

#[test]
fn every_option_of_the_gateway_form_has_words() {
    for lang in LANGS {
        for (_, key) in OUTCOMES.iter().chain(FALSIFICATIONS).chain(TROUBLES) {
            assert!(texts(lang).find(key).is_some(), "{key}");
        }
    }
}

#[test]
#[ignore = "writes the pages to the folder for temporary files, for a look in a browser"]
fn pages_are_written_out_for_a_look() {
    let folder = std::env::temp_dir().join("cet-pages");
    std::fs::create_dir_all(&folder).unwrap();
    for (lang, end) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let pages = [
            ("rehearsal", home(lang)),
            ("mailbox", mailbox(lang, "您好：\n\n请打开 http://localhost:8080/recover/ab-c1\n谢谢")),
            ("clock", clock(lang).render().unwrap()),
            ("gateway", gateway(lang)),
        ];
        for (name, html) in pages {
            std::fs::write(folder.join(format!("{name}.{end}.html")), html).unwrap();
        }
    }
}
