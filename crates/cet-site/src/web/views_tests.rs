//! Every view in both languages, checked against the rules that hold for all pages.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use askama::Template;

use crate::message::views::sample as messages;
use crate::passport::views::{
    AccountRows, AccountView, AskView, DeadLinkView, LoginView, NewPasswordView, PasswordView, ProfileView,
    RecoverView, RegisterView, RetrieveView,
};
use crate::portal::views::{ExamRow, MainLink, News, PhaseLead, PortalView, SittingDates, TextView};
use crate::registration::views::{
    AgreementView, DeniedSubject, HomeView, QualificationView, RecordRows, RecordView,
};
use crate::situation::{Lead, LeadAction};
use crate::web::error_views::{ErrorView, Incident, UnknownView};
use crate::web::page::{Captcha, Link, Notice, Page, Refused, Site, Tone, Typed, Who};
use cet_base::texts::{Lang, Texts, texts};
use cet_domain::passport::verbs::retrieve::Retrieved;

struct Sample {
    name: &'static str,
    path: String,
    html: String,
}

fn page(t: &'static Texts, path: &str) -> Page {
    let site = Site {
        telephone: "010-62987880".into(),
        icp: "京ICP备05031027号".into(),
        node_mark: "3320330".into(),
    };
    Page { rehearsal: true, ..Page::new(t, Arc::new(site), path) }
}

const ABOUT: &str = include_str!("../../texts/portal/zh/about.md");

fn markdown(text: &str) -> String {
    let mut html = String::new();
    let parser = pulldown_cmark::Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES);
    pulldown_cmark::html::push_html(&mut html, parser);
    html
}

fn signed_in(t: &'static Texts, path: &str) -> Page {
    page(t, path).seen_by(Who { name: None, sitting: "2017年下半年CET考试".into() })
}

fn dates() -> Vec<SittingDates> {
    let row = |exam: &str, date: &str, session: &str, subjects: &str| ExamRow {
        exam: exam.into(),
        date: date.into(),
        session: session.into(),
        subjects: subjects.into(),
    };
    vec![SittingDates {
        name: "2017年上半年".into(),
        registration: "3月8日 – 3月31日".into(),
        written: "6月17日".into(),
        oral: "5月20日、21日".into(),
        printing: "2017-06-01".into(),
        exams: vec![
            row("四级笔试", "2017-06-17 周六", "上午", "英语、日语、德语、俄语、法语四级"),
            row("四级口试（选）", "2017-05-20 周六", "以准考证为准", "英语四级"),
        ],
    }]
}

fn record() -> RecordRows {
    RecordRows {
        name: "廖晓儿".into(),
        sex: "女".into(),
        document_kind: "居民身份证".into(),
        document_number: "3301**********0000".into(),
        school: "(99301)测试学校机构01".into(),
        campus: "(993010)测试校区机构001".into(),
        education: "专科".into(),
        length: "6".into(),
        entered: "16".into(),
        grade: "11".into(),
        faculty: "化学学院".into(),
        major: "高分子化学与物理".into(),
        class: "1".into(),
        student_number: "0***1".into(),
        student_number_masked: true,
        revealed: false,
        note: String::new(),
    }
}

fn record_view(t: &'static Texts) -> RecordView {
    let denied = vec![DeniedSubject {
        name: "英语六级笔试".into(),
        reason: "学籍库中没有您 CET4 达到 425 分的记录。".into(),
        review: true,
    }];
    let eligible = ["英语四级笔试".to_owned(), "英语四级口试".to_owned()];
    RecordView::new(signed_in(t, "/qualification/record"), record(), &eligible, denied)
}

fn picture() -> Captcha {
    Captcha::Picture { id: "c1".into(), bits: 18 }
}

fn refused_register(t: &'static Texts) -> RegisterView {
    let typed = Typed::default()
        .with("email", "liaoxiaoer@163.com")
        .with("document_kind", "resident-id")
        .with("document_number", "330101199001010001");
    let refusals = vec![
        Refused::new(t, "password-weak").at("password"),
        Refused::new(t, "field-invalid").at("phone"),
        Refused::new(t, "captcha").at("captcha"),
    ];
    RegisterView::new(page(t, "/register").refusing(refusals, typed), picture(), true)
}

fn account(t: &'static Texts) -> AccountView {
    let rows = AccountRows {
        passport_id: "7DCE2A03B4B74FC9A55F6CA86F73A903".into(),
        email: "liao***r@163.com".into(),
        document_kind: "居民身份证".into(),
        ..AccountRows::default()
    };
    AccountView::new(signed_in(t, "/account"), rows, false)
}

fn retrieve(t: &'static Texts, found: Option<Retrieved>) -> String {
    RetrieveView::new(page(t, "/retrieve"), picture(), found, false).render().unwrap()
}

fn asked(t: &'static Texts, path: &str, view: fn(Page, String) -> AskView) -> String {
    view(page(t, path), "liao***r@163.com".into()).render().unwrap()
}

fn pages_before_login(t: &'static Texts) -> Vec<(&'static str, String, String)> {
    let news = News {
        link: Link { href: "/tips".into(), text: "准考证打印提示".into() },
        date: "2017-03-06".into(),
    };
    let lead = PhaseLead { phase: "open", text: "正在网上报名。".into(), way: MainLink::Enter };
    let portal = PortalView::new(page(t, "/"), Some(lead), dates(), vec![news]);
    let question = Captcha::Question { id: "c2".into(), bits: 18, text: "七加二等于几？".into() };
    let note = Notice::new(Tone::Ok, "注册成功", "现在可以登录。").linked("/faq", "FAQ");
    let login = LoginView::new(page(t, "/login").noting(note), picture(), "/home".into());
    let text = TextView::new(page(t, "/schedule"), markdown(ABOUT), dates());
    vec![
        ("portal", "/".into(), portal.render().unwrap()),
        ("portal-empty", "/".into(), PortalView::new(page(t, "/"), None, vec![], vec![]).render().unwrap()),
        ("schedule", "/schedule".into(), text.render().unwrap()),
        (
            "register",
            "/register".into(),
            RegisterView::new(page(t, "/register"), question, false).render().unwrap(),
        ),
        ("register-refused", "/register".into(), refused_register(t).render().unwrap()),
        ("login", "/login".into(), login.render().unwrap()),
        (
            "recover",
            "/recover".into(),
            RecoverView::new(page(t, "/recover"), picture(), false).render().unwrap(),
        ),
        (
            "recovering",
            "/recover".into(),
            RecoverView::new(page(t, "/recover"), Captcha::Off, true).render().unwrap(),
        ),
        (
            "new-password",
            "/recover/ab".into(),
            NewPasswordView::new(page(t, "/recover/ab")).render().unwrap(),
        ),
        ("dead-link", "/recover/ab".into(), DeadLinkView::new(page(t, "/recover/ab")).render().unwrap()),
        ("retrieve", "/retrieve".into(), retrieve(t, None)),
        ("retrieved", "/retrieve".into(), retrieve(t, Some(Retrieved::Masked("liao***r@163.com".into())))),
        (
            "retrieved-whole",
            "/retrieve".into(),
            retrieve(t, Some(Retrieved::Whole("liaoxiaoer@163.com".into()))),
        ),
        (
            "verify",
            "/account/verification/ab".into(),
            asked(t, "/account/verification/ab", AskView::verification),
        ),
        ("undo", "/account/undo/ab".into(), asked(t, "/account/undo/ab", AskView::undo)),
    ]
}

fn pages_after_login(t: &'static Texts) -> Vec<(&'static str, String, String)> {
    let (sitting, mail) = ("2017年下半年CET考试".to_owned(), "liao***r@163.com".to_owned());
    let home = || signed_in(t, "/home").titled("registration-home-title");
    let start = LeadAction::Go(Link { href: "/agreement".into(), text: "开始报名".into() });
    let lead = Lead::sample("not-bound", Some(start));
    let new = HomeView::new(home(), sitting.clone(), mail.clone(), lead);
    let mut bound = HomeView::new(home(), sitting, mail, Lead::sample("arranging", None));
    bound.registered("registration-state-unpaid");
    bound.window = Some(("2017-03-08 08:00".into(), "2017-03-31 17:00".into()));
    bound.printing = "2017-06-01".into();
    let body = markdown(match t.lang() {
        Lang::Zh => include_str!("../../../cet/texts/agreement/zh.md"),
        Lang::En => include_str!("../../../cet/texts/agreement/en.md"),
    });
    let agreement = AgreementView::new(signed_in(t, "/agreement"), "2017.1".into(), body);
    let refused = vec![Refused::new(t, "record-not-found").at("document_number")];
    let asked = signed_in(t, "/qualification").refusing(refused, Typed::default().with("name", "廖小儿"));
    let query = QualificationView::new(asked, true, Some(4));
    let profile = ProfileView::new(signed_in(t, "/account/profile"), picture(), true);
    let password = PasswordView::new(signed_in(t, "/account/password"));
    let opening = record_view(t).opening("2017-03-08 08:00".into());
    let closed = RecordView { may_save: false, ..record_view(t) };
    vec![
        ("account", "/account".into(), account(t).render().unwrap()),
        ("messages", "/account/messages".into(), messages(signed_in(t, "/account/messages"), 20)),
        ("messages-none", "/account/messages".into(), messages(signed_in(t, "/account/messages"), 0)),
        ("profile", "/account/profile".into(), profile.render().unwrap()),
        ("password", "/account/password".into(), password.render().unwrap()),
        ("home", "/home".into(), new.render().unwrap()),
        ("home-bound", "/home".into(), bound.render().unwrap()),
        ("agreement", "/agreement".into(), agreement.render().unwrap()),
        ("qualification", "/qualification".into(), query.render().unwrap()),
        ("record", "/qualification/record".into(), record_view(t).render().unwrap()),
        ("record-early", "/qualification/record".into(), opening.render().unwrap()),
        ("record-late", "/qualification/record".into(), closed.render().unwrap()),
    ]
}

fn error_pages(t: &'static Texts) -> Vec<(&'static str, String, String)> {
    let incident = Incident { number: "3320330-0308-9F2C41".into(), time: "2017-03-08 09:12:44".into() };
    let here = || page(t, "/x");
    let mut pages = vec![
        ("not-found", ErrorView::not_found(here())),
        ("cross-site", ErrorView::cross_site(here())),
        ("too-many", ErrorView::too_many(here(), "3 分钟")),
        ("too-busy", ErrorView::too_busy(here(), "10 秒")),
        ("outage", ErrorView::outage(here(), "10 秒")),
        ("fault", ErrorView::fault(signed_in(t, "/x"), incident)),
    ];
    pages.extend([400, 405, 413, 415, 421].map(|status| ("protocol", ErrorView::protocol(here(), status))));
    let mut pages: Vec<_> =
        pages.into_iter().map(|(name, view)| (name, "/x".to_owned(), view.render().unwrap())).collect();
    for path in ["/registration/written", "/staff/rebinds/new"] {
        pages.push(("unknown", path.to_owned(), UnknownView::new(page(t, path)).render().unwrap()));
    }
    pages
}

fn samples(lang: Lang) -> Vec<Sample> {
    let t = texts(lang);
    [pages_before_login(t), pages_after_login(t), error_pages(t)]
        .concat()
        .into_iter()
        .map(|(name, path, html)| Sample { name, path, html })
        .collect()
}

fn all() -> Vec<Sample> {
    [Lang::Zh, Lang::En].into_iter().flat_map(samples).collect()
}

fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    html.split(&format!("<{name}"))
        .skip(1)
        .filter(|rest| rest.starts_with([' ', '>']))
        .filter_map(|rest| rest.split('>').next())
        .collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

#[test]
fn no_page_shows_a_raw_key() {
    let rooms = ["layout-", "portal-", "passport-", "registration-", "error-", "refusal-"];
    for Sample { name, html, .. } in all() {
        let text: String =
            html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
        for room in rooms {
            assert!(!text.contains(room), "{name} shows a key of {room}");
        }
    }
}

#[test]
fn every_page_has_one_heading_of_the_first_rank_and_at_most_one_bar_at_its_foot() {
    for Sample { name, html, .. } in all() {
        assert_eq!(tags(&html, "h1").len(), 1, "{name}");
        assert!(html.matches("class=\"bar").count() <= 1, "{name}");
    }
}

#[test]
fn every_input_has_a_label_and_every_id_stands_once() {
    for Sample { name, html, .. } in all() {
        let ids: Vec<_> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{name} repeats an id: {ids:?}");
        let inputs = [tags(&html, "input"), tags(&html, "select")].concat();
        for input in inputs {
            let hidden = attribute(input, "type") == Some("hidden");
            let ticked = attribute(input, "type") == Some("checkbox");
            let id = attribute(input, "id").unwrap_or("");
            let labelled = html.contains(&format!("<label for=\"{id}\">"));
            assert!(hidden || ticked || labelled, "{name}: {input}");
            for part in attribute(input, "aria-describedby").unwrap_or("").split_whitespace() {
                assert!(ids.contains(&part), "{name}: nothing has the id {part}");
            }
        }
    }
}

#[test]
fn every_form_that_posts_leads_to_its_own_page_and_logging_out_comes_first() {
    for Sample { name, path, html } in all() {
        let mut forms: Vec<_> = tags(&html, "form")
            .into_iter()
            .filter(|form| attribute(form, "method") == Some("post"))
            .filter_map(|form| attribute(form, "action"))
            .collect();
        if html.contains("class=\"who\"") {
            assert_eq!(forms.remove(0), "/logout", "{name}");
        }
        let account = name == "account" && forms == ["/account/verification", "/account/messages"];
        let own = forms.len() <= 1 && forms.iter().all(|action| *action == path);
        assert!(account || own, "{name}: {forms:?}");
    }
}

#[test]
fn each_refusal_is_marked_once() {
    for lang in [Lang::Zh, Lang::En] {
        let html = refused_register(texts(lang)).render().unwrap();
        assert_eq!(html.matches("data-code=").count(), 3);
        assert!(html.contains("data-code=\"field-invalid\" data-field=\"phone\""), "{html}");
        assert!(html.contains(texts(lang).m("layout-title-error")), "{html}");
    }
}

#[test]
fn a_page_carries_a_code_only_where_something_is_refused() {
    let coded = [
        "register-refused",
        "dead-link",
        "qualification",
        "not-found",
        "cross-site",
        "too-many",
        "too-busy",
        "outage",
    ];
    for Sample { name, html, .. } in all() {
        assert_eq!(html.contains("data-code="), coded.contains(&name), "{name}");
    }
}

#[test]
fn every_default_text_stands_in_both_languages_and_leaves_the_h1_to_the_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("texts");
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cet/texts");
    for page in ["about", "guide", "schedule", "process", "faq", "tips"] {
        for lang in ["zh", "en"] {
            let text = std::fs::read_to_string(folder.join(format!("portal/{lang}/{page}.md"))).unwrap();
            assert!(!text.lines().any(|line| line.starts_with("# ")), "{lang}/{page}.md has an h1");
        }
    }
    for text in ["agreement", "written", "oral"] {
        let [zh, en] = ["zh", "en"]
            .map(|lang| std::fs::read_to_string(demo.join(format!("{text}/{lang}.md"))).unwrap())
            .map(|text| markdown(&text).matches("<li>").count());
        assert_eq!(zh, en, "{text} has a point in one language only");
    }
}

#[test]
fn no_page_has_inline_style_or_script_and_all_keep_to_their_budget() {
    for Sample { name, html, .. } in all() {
        for inline in [" style=", "<style", " onclick=", " onload=", " onsubmit=", "javascript:"] {
            assert!(!html.contains(inline), "{name} has {inline}");
        }
        let scripts = 1 + usize::from(html.contains("data-captcha=\""));
        assert_eq!(tags(&html, "script").len(), scripts, "{name}");
        assert!(html.len() <= 20_000, "{name} has {} bytes", html.len());
    }
}
