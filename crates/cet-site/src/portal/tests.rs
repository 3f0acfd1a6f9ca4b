//! The public site over the router, on both databases.

use std::collections::BTreeSet;

use crate::payment::views::Ways;
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::texts::Lang;
use cet_base::words::time::Time;

/// P1.
const BUTTONS: [&str; 5] = ["/login", "/register", "/retrieve", "/faq", "/schedule"];

/// Where the filled buttons of the front page lead.
fn filled(page: &str) -> Vec<&str> {
    page.split("<a class=\"btn\" href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn ways_to_pay_are_listed_as_a_sentence_lists_them() {
    let words = |codes: &[&str], lang| {
        let codes: Vec<_> = codes.iter().map(|code| gateway::GatewayCode::parse(code).unwrap()).collect();
        let ways = Ways::of(codes.into_iter(), cet_base::texts::texts(lang));
        (ways.names, ways.needs)
    };
    let own = |names: &str, needs: &str| (names.to_owned(), needs.to_owned());
    let all = ["alipay", "payease", "wechat"];
    for (codes, zh, en) in [
        (
            &all[..0],
            own("网上支付", "网上支付账号或银行卡"),
            own("online payment", "an online payment account or a bank card"),
        ),
        (&all[..1], own("支付宝", "支付宝账号"), own("Alipay", "an Alipay account")),
        (
            &all[..2],
            own("支付宝或首信易支付", "支付宝账号或一张开通网上支付的银行卡"),
            own("Alipay or PayEase", "an Alipay account or a bank card that can pay online"),
        ),
        (
            &all[..],
            own("支付宝、首信易支付或微信支付", "支付宝账号、一张开通网上支付的银行卡或微信"),
            own(
                "Alipay, PayEase or WeChat Pay",
                "an Alipay account, a bank card that can pay online or WeChat",
            ),
        ),
    ] {
        assert_eq!((words(codes, Lang::Zh), words(codes, Lang::En)), (zh, en), "{codes:?}");
    }
}

on_both! {
    /// P1.
    async fn the_front_page_has_its_ways_its_dates_and_the_mark_of_the_node(t: TestDb) {
        let app = TestApp::with(t, &[("CET_SERVER__NODE_MARK", "n77")]).await;
        let page = app.browser().get("/").await;
        assert_eq!(page.status, 200);
        for way in ["/", "/about", "/guide", "/schedule", "/process", "/faq", "/tips", "/login", "/register", "/retrieve"] {
            assert!(page.text.contains(&format!("href=\"{way}\"")), "{way}");
        }
        for shown in ["2017年下半年CET考试", "Powered by", "n77"] {
            assert!(page.text.contains(shown), "{shown}");
        }
    }

    /// Y1: no page promises a gateway that this installation does not have, and none is kept back.
    async fn the_ways_to_pay_are_those_that_are_configured(t: TestDb) {
        let app = TestApp::with(t, &[TestApp::WECHAT]).await;
        let mut browser = app.signed_in(1).await;
        for (path, said) in [
            ("/process", "可用微信支付。"),
            ("/guide", "请准备微信。"),
            ("/home", "支付用的微信"),
            ("/process?lang=en", "pay by WeChat Pay."),
            ("/guide?lang=en", "Have WeChat."),
            ("/home?lang=en", "To pay: WeChat"),
        ] {
            let page = browser.get(path).await.text;
            assert!(page.contains(said), "{path}: {page}");
            for other in ["支付宝", "首信易", "Alipay", "PayEase", "{gateways}", "{needs}"] {
                assert!(!page.contains(other), "{path} names {other}");
            }
        }
    }

    /// P2.
    async fn the_dates_of_the_portal_are_those_of_the_sitting(t: TestDb) {
        let app = TestApp::on(t).await;
        let page = app.browser().get("/").await.text;
        for shown in ["9月20日", "9月30日", "12月16日", "11月18日", "2017-11-01", "2017-12-16 周六"] {
            assert!(page.contains(shown), "{shown}");
        }
        let english = app.browser().get("/?lang=en").await.text;
        assert!(english.contains("CET, second half of 2017") && english.contains("16 Dec") && english.contains("2017-12-16 Sat"), "{english}");
    }

    /// P5.
    async fn the_front_page_follows_the_phase_with_one_button_that_fits(t: TestDb) {
        let app = TestApp::on(t).await;
        for (now, phase, date, way) in [
            ("2017-09-20 10:59", "before", "2017-09-20 11:00", "/register"),
            ("2017-09-20 11:00", "open", "2017-09-30 11:00", "/login"),
            ("2017-09-30 11:00", "closed", "2017-11-01 09:00", "/registration"),
            ("2017-11-01 09:00", "printing", "2017-11-18 08:30", "/home"),
            ("2017-11-18 00:00", "exams", "2017-11-18 08:30", "/home"),
            ("2017-11-18 18:15", "printing", "2017-12-16 09:00", "/home"),
            ("2017-12-16 11:20", "scores", "", "/registration"),
        ] {
            app.t.clock.set(Time::parse_local(now).unwrap());
            for path in ["/?lang=zh", "/?lang=en"] {
                let page = app.browser().get(path).await.text;
                let lead = page.split("<p class=\"lead\" data-phase=\"").nth(1).unwrap().split("</p>").next().unwrap();
                assert!(lead.starts_with(phase) && lead.contains(date), "{now} {path}: {lead}");
                assert_eq!(filled(&page), [way], "{now} {path}");
                for button in BUTTONS {
                    assert!(page.contains(&format!("href=\"{button}\">")), "{now} {path}: {button}");
                }
            }
        }
    }

    /// P5.
    async fn the_news_are_the_sittings_own_until_somebody_writes_some(t: TestDb) {
        let app = TestApp::on(t).await;
        app.t.clock.set(Time::parse_local("2017-11-02 12:00").unwrap());
        let page = app.browser().get("/").await.text;
        let news = page.split("<ul class=\"links\">").nth(1).unwrap().split("</ul>").next().unwrap();
        let said = ["口试（选）", "2017-11-18", "准考证开始打印", "2017-11-01", "网上报名截止", "2017-09-30", "网上报名开始"];
        let places: Vec<usize> = said.iter().map(|words| news.find(words).unwrap()).collect();
        assert!(places.is_sorted(), "{news}");
        assert!(!news.contains("笔试"), "that is not the next thing\n{news}");
        let english = app.browser().get("/?lang=en").await.text;
        assert!(english.contains("CET, second half of 2017: tickets can be printed"), "{english}");
    }

    async fn each_page_says_what_it_is_for_and_has_the_icon(t: TestDb) {
        let app = enrolled(t).await;
        for lang in ["zh", "en"] {
            let mut said = BTreeSet::new();
            let paths = [
                "/", "/about", "/guide", "/schedule", "/process", "/faq", "/tips", "/login", "/register", "/recover",
                "/retrieve",
            ];
            for path in paths {
                let page = app.browser().get(&format!("{path}?lang={lang}")).await.text;
                let text = page.split("<meta name=\"description\" content=\"").nth(1).unwrap().split('"').next().unwrap();
                assert!(said.insert(text.to_owned()) && text.len() > 20, "{path}: {text}");
                let icon = page.split("<link rel=\"icon\" href=\"").nth(1).unwrap().split('"').next().unwrap();
                let icon = app.browser().get(icon).await;
                assert_eq!((icon.status.as_u16(), icon.header(http::header::CONTENT_TYPE)), (200, "image/svg+xml; charset=utf-8"));
            }
        }
        // The pages that candidates keep open say it too, and nothing about whom they are of.
        let mut browser = bound(&app, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
        for path in ["/home", "/registration", "/registration/written", "/registration/oral", "/payment"] {
            let page = browser.get(path).await.text;
            let text = page.split("<meta name=\"description\" content=\"").nth(1).unwrap().split('"').next().unwrap();
            assert!(text.len() > 20 && !text.contains("example.cn"), "{path}: {text}");
        }
        let icon = app.browser().get("/favicon.ico").await;
        assert_eq!((icon.status.as_u16(), icon.header(http::header::CONTENT_TYPE)), (200, "image/x-icon"));
        assert_eq!(icon.bytes.get(..4), Some(&[0, 0, 1, 0][..]));
    }
}
