use std::sync::Arc;

use askama::Template as _;
use gateway::Charset;

use super::*;
use crate::web::page::{Refused, Site, Who};
use cet_base::texts::{Lang, texts};

const HOSTILE: &str = "\"><script>alert(1)</script>";

fn page(lang: Lang, title: &'static str) -> Page {
    let site = Site { telephone: "010-62987880".to_owned(), ..Site::default() };
    let mut page = Page::new(texts(lang), Arc::new(site), "/payment").titled(title).at_step(5);
    page.who =
        Some(Who { name: Some("廖晓儿".to_owned()), sitting: "2017年下半年CET考试".to_owned() });
    page
}

fn row(id: &str, subject_name: &str, payable: bool) -> PayRow {
    let why = if payable { "" } else { locked_remark(texts(Lang::Zh)) };
    PayRow {
        id: id.to_owned(),
        subject_name: subject_name.to_owned(),
        campus_name: "(993010)测试校区机构001".to_owned(),
        fee: "0.01".to_owned(),
        payable,
        ticked: payable,
        why: why.to_owned(),
    }
}

fn banks() -> Vec<BankChoice> {
    let names = [
        ("9", "中国工商银行"),
        ("43", "中国农业银行"),
        ("85", "中国银行"),
        ("4", "中国建设银行"),
        ("67", "交通银行"),
        ("3", "招商银行"),
        ("59", "中国邮政储蓄银行"),
        ("84", "中信银行"),
        ("74", "中国光大银行"),
        ("28", "中国民生银行"),
        ("14", "平安银行"),
        ("69", "浦发银行"),
    ];
    let bank = |&(number, name): &(&str, &str)| BankChoice {
        number: number.to_owned(),
        name: name.to_owned(),
        chosen: number == "85",
    };
    names.iter().map(bank).collect()
}

fn confirm(lang: Lang) -> PaymentView {
    let t = texts(lang);
    let mut oral = row("3", "(F) 英语四级口试", true);
    oral_remark(t).clone_into(&mut oral.why);
    PaymentView {
        page: page(lang, "payment-title"),
        rows: vec![
            row("1", "(1) 英语四级笔试", true),
            row("2", HOSTILE, true),
            oral,
            row("4", "(6) 德语六级笔试", false),
        ],
        total: "¥0.03".to_owned(),
        due: "2017-03-09 09:12".to_owned(),
        gateways: vec![
            GatewayChoice::of(gateway::alipay::CODE, t, false),
            GatewayChoice::of(gateway::payease::CODE, t, true),
        ],
        banks: banks(),
        open_order: None,
        is_late: false,
        is_asked: false,
        is_refused: false,
        lead: Lead::sample("paid", None),
        command: Some("c0ffee".to_owned()),
    }
}

fn order(lang: Lang, outcome: Outcome) -> OrderView {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let form = PayForm {
        action: "https://pay.example/prs/user_payment.checkit".to_owned(),
        charset: Charset::Gbk,
        fields: vec![field("v_mid", "888"), field("v_amount", "0.02"), field("v_rcvname", HOSTILE)],
    };
    OrderView {
        page: page(lang, OrderView::title_key(outcome == Outcome::Waiting)),
        number: "99301-0001".to_owned(),
        lines: vec![OrderLine {
            subject_name: "(1) 英语四级笔试".to_owned(),
            campus_name: "(993010)测试校区机构001".to_owned(),
            fee: "0.02".to_owned(),
        }],
        sum: "0.02".to_owned(),
        method: "首信易支付 中国银行".to_owned(),
        created: "2017-03-08 09:20".to_owned(),
        due: "2017-03-09 09:12".to_owned(),
        is_late: false,
        outcome,
        start: (outcome == Outcome::Waiting).then_some(Start::Form(form)),
        lead: Lead::sample("paid", None),
        told: Situation::Paid,
        story: OrderStory {
            id: "7".to_owned(),
            href: "/payment/7".to_owned(),
            number: "99301-0001".to_owned(),
            subjects: "英语四级笔试".to_owned(),
            sum: "¥0.02".to_owned(),
            method: "首信易支付 中国银行".to_owned(),
            word: outcome_words(&page(lang, "payment-title"), outcome).0,
            class: outcome_words(&page(lang, "payment-title"), outcome).1,
            todo: HOSTILE.to_owned(),
            steps: vec![StepView {
                at: "2017-03-08 09:20".to_owned(),
                title: HOSTILE.to_owned(),
                text: String::new(),
                class: "done",
            }],
            back: Vec::new(),
            is_settled: false,
            is_with_staff: false,
        },
        pay_again: outcome == Outcome::Closed,
        takes_late_money: false,
    }
}

fn sound(html: &str) {
    assert_eq!(html.matches("<h1>").count(), 1);
    assert!(!html.contains("<script>") && !html.contains(" style="), "{html}");
    assert!(!html.contains(">payment-") && !html.contains(" payment-"), "a message is missing\n{html}");
    assert!(html.len() <= 20_000, "{} bytes", html.len());
}

const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

#[test]
fn the_payment_page_sends_entries_gateway_and_bank_to_payment() {
    for lang in LANGS {
        let html = confirm(lang).render().unwrap();
        sound(&html);
        assert_eq!(html.matches("action=\"/payment\" method=\"post\"").count(), 1);
        assert_eq!(html.matches("name=\"entry\"").count(), 4);
        assert_eq!(html.matches(" checked").count(), 5, "three entries, one gateway, one bank");
        assert_eq!(html.matches(" disabled").count(), 1, "the locked entry");
        assert!(
            html.contains("name=\"gateway\" value=\"alipay\"")
                && html.contains("name=\"gateway\" value=\"payease\"")
        );
        assert!(html.contains("name=\"bank\" value=\"85\" checked"));
        assert!(html.contains("name=\"command\" value=\"c0ffee\""));
        assert!(html.contains(texts(lang).m("payment-go")));
        assert!(!html.contains("data-entry") && !html.contains("data-code"));
    }
}

/// Y1.
#[test]
fn the_banks_stand_beside_the_gateways_so_that_the_stylesheet_shows_them_with_the_one_that_needs_one() {
    for lang in LANGS {
        let html = confirm(lang).render().unwrap();
        let ways = html.split("<fieldset class=\"ways\"").nth(1).unwrap();
        let [gateway, bank] =
            ["value=\"payease\" checked", "<fieldset id=\"bank\""].map(|part| ways.find(part).unwrap());
        assert!(gateway < bank, "a sibling selector looks forward only");
        assert_eq!(ways[gateway..bank].matches("<fieldset").count(), 0);
        assert_eq!(ways[gateway..bank].matches("</fieldset").count(), 0, "of one parent");
        let of_its_own = html.matches("<label for=\"by-").count();
        assert_eq!(of_its_own, 2, "each gateway has its words");
    }
    let css = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/cet.css")).unwrap();
    assert!(css.contains(".ways > [value=payease]:not(:checked) ~ fieldset { display: none; }"));
    assert!(!css.contains(":has("), "older browsers show everything");
}

#[test]
fn a_refused_bank_is_told_in_the_summary_and_at_the_tiles() {
    let mut view = confirm(Lang::Zh);
    view.page.refusals = vec![Refused::new(view.page.t, "bank-unknown").at("bank")];
    let html = view.render().unwrap();
    assert_eq!(html.matches("data-code=\"bank-unknown\"").count(), 1);
    assert_eq!(html.matches(texts(Lang::Zh).find("refusal-bank-unknown").unwrap()).count(), 2);
    assert!(html.contains("href=\"#bank\"") && html.contains("id=\"bank\""));
}

#[test]
fn an_open_order_can_be_gone_on_with_from_the_payment_page() {
    for lang in LANGS {
        let mut view = confirm(lang);
        view.open_order = Some(OpenOrder {
            href: "/payment/99301-0001".to_owned(),
            number: "99301-0001".to_owned(),
            sum: "¥0.03".to_owned(),
            until: "2017-03-08 10:12".to_owned(),
        });
        let html = view.render().unwrap();
        sound(&html);
        assert!(html.contains("href=\"/payment/99301-0001\""));
    }
}

#[test]
fn with_nothing_to_pay_the_page_says_so_and_holds_no_form() {
    for lang in LANGS {
        let html = PaymentView { rows: Vec::new(), ..confirm(lang) }.render().unwrap();
        sound(&html);
        assert!(!html.contains("action=\"/payment\""));
        assert!(html.contains("href=\"/registration\""));
    }
}

#[test]
fn the_first_form_after_logging_out_goes_to_the_gateway() {
    for lang in LANGS {
        let html = order(lang, Outcome::Waiting).render().unwrap();
        sound(&html);
        let forms: Vec<_> =
            html.split("<form ").skip(1).map(|part| part.split('>').next().unwrap()).collect();
        assert_eq!(
            forms,
            [
                "action=\"/logout\" method=\"post\"",
                "action=\"https://pay.example/prs/user_payment.checkit\" method=\"post\"",
            ]
        );
        assert!(html.contains("<input type=\"hidden\" name=\"v_amount\" value=\"0.02\">"));
        assert!(html.contains("href=\"/registration\""));
    }
    let mut named = order(Lang::Zh, Outcome::Waiting);
    let Some(Start::Form(form)) = named.start.as_mut() else { panic!("no form") };
    form.fields.push(("v_rcvname".to_owned(), "张三".to_owned()));
    assert!(
        named.render().unwrap().contains("accept-charset=\"GBK\""),
        "only what is not ASCII has an encoding"
    );
    let html = order(Lang::Zh, Outcome::Waiting).render().unwrap();
    assert!(html.contains("您选择首信易支付 中国银行进行支付, 支付金额为0.02元人民币。"));
    let twice =
        ["重复支付", "不要再付", "再付一次"].iter().map(|words| html.matches(words).count()).sum::<usize>();
    assert_eq!(twice, 1, "beside the form, as in the design: {html}");
}

#[test]
fn an_order_that_is_over_has_no_way_to_the_gateway() {
    for lang in LANGS {
        for outcome in [Outcome::Asking, Outcome::Paid, Outcome::Closed, Outcome::GoingBack, Outcome::Back] {
            let view = order(lang, outcome);
            let html = view.render().unwrap();
            sound(&html);
            assert_eq!(html.matches("<form ").count(), 1, "only 退出");
            assert!(html.contains(view.title()) && html.contains(view.text()));
            assert_eq!(html.matches("data-situation=").count(), 1);
            assert_eq!(html.contains("href=\"/payment\""), outcome == Outcome::Closed);
        }
        let waiting = OrderView { start: None, ..order(lang, Outcome::Waiting) };
        assert!(waiting.render().unwrap().contains(waiting.title()));
    }
}

/// Y4: money for an order that was closed at its deadline takes a seat again, and for one that was replaced it goes back.
#[test]
fn a_closed_order_says_what_becomes_of_money_that_comes_late() {
    let mut told = std::collections::BTreeSet::new();
    for (pay_again, takes_late_money) in [(false, false), (false, true), (true, false), (true, true)] {
        let view = OrderView { pay_again, takes_late_money, ..order(Lang::Zh, Outcome::Closed) };
        assert_eq!(view.text().contains("考位"), takes_late_money, "{}", view.text());
        assert!(view.text().contains("原路退回"));
        told.insert(view.text());
    }
    assert_eq!(told.len(), 4);
}

#[test]
fn whoever_has_paid_is_not_told_what_to_do_after_paying() {
    for (outcome, has_help) in [
        (Outcome::Waiting, true),
        (Outcome::Asking, false),
        (Outcome::Closed, false),
        (Outcome::Paid, false),
        (Outcome::GoingBack, false),
        (Outcome::Back, false),
    ] {
        let html = order(Lang::Zh, outcome).render().unwrap();
        assert_eq!(html.contains("扣了款，仍显示未支付？"), has_help, "{outcome:?}");
        assert_eq!(html.contains("href=\"/account/payments\""), !has_help, "{outcome:?}");
    }
}

#[test]
#[ignore = "writes the pages to the folder for temporary files, for a look in a browser"]
fn pages_are_written_out_for_a_look() {
    let folder = std::env::temp_dir().join("cet-pages");
    std::fs::create_dir_all(&folder).unwrap();
    for (lang, end) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let pages = [
            ("payment", confirm(lang).render().unwrap()),
            ("payment-nothing", PaymentView { rows: Vec::new(), ..confirm(lang) }.render().unwrap()),
            ("order", order(lang, Outcome::Waiting).render().unwrap()),
            ("order-closed", order(lang, Outcome::Closed).render().unwrap()),
            ("order-paid", order(lang, Outcome::Paid).render().unwrap()),
        ];
        for (name, html) in pages {
            std::fs::write(folder.join(format!("{name}.{end}.html")), html).unwrap();
        }
    }
}

/// Y1.
#[test]
fn an_order_of_a_gateway_with_codes_has_a_button_for_the_code_first_and_one_for_a_telephone() {
    for lang in LANGS {
        let shown = |scan: bool, phone: bool| {
            let start = Some(Start::Code { scan, phone });
            OrderView { start, ..order(lang, Outcome::Waiting) }.render().unwrap()
        };
        for (scan, phone) in [(true, false), (false, true)] {
            let html = shown(scan, phone);
            sound(&html);
            assert_eq!(html.contains("/payment/7/code\""), scan);
            assert_eq!(html.contains("/payment/7/phone\""), phone);
        }
        let html = shown(true, true);
        sound(&html);
        let places =
            ["code", "phone"].map(|way| html.find(&format!("action=\"/payment/7/{way}\" method=\"post\"")));
        assert!(places[0].unwrap() < places[1].unwrap());
        assert!(!html.contains("pay.example"));
    }
}

#[test]
fn the_page_of_a_code_shows_it_as_an_image_and_a_rehearsal_adds_a_link() {
    for lang in LANGS {
        let view = |link: Option<&str>| CodeView {
            page: page(lang, "payment-code-title"),
            id: "7".to_owned(),
            number: "99301-0001".to_owned(),
            sum: "0.02".to_owned(),
            due: "2017-03-09 09:12".to_owned(),
            gateway: texts(lang).m("payment-wechat"),
            link: link.map(str::to_owned),
        };
        let html = view(None).render().unwrap();
        sound(&html);
        assert!(
            html.contains("<img src=\"/payment/7/code.svg\"") && !html.contains("href=\"http://"),
            "{html}"
        );
        assert!(html.contains("action=\"/registration/refresh\" method=\"post\""), "who has paid can ask");
        assert!(
            view(Some("http://127.0.0.1:9/pay/1"))
                .render()
                .unwrap()
                .contains("href=\"http://127.0.0.1:9/pay/1\"")
        );
    }
}
