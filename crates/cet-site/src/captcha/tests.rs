//! TH68, on both databases, with the captcha of the login form.

use cet_domain::captcha::{LIFE, proof_holds};
use data_encoding::BASE64URL_NOPAD;

use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;

const ON: &[(&str, &str)] = &[("CET_CAPTCHA__MODE", "on")];
const LOGIN: &str = "/login";
const COOKIE: &str = "cet-browser";

async fn app(t: cet_base::store::testing::TestDb) -> TestApp {
    TestApp::with(t, ON).await
}

/// A browser that was shown the form.
async fn shown(app: &TestApp) -> Browser<'_> {
    let mut browser = app.browser();
    browser.get(LOGIN).await;
    assert!(browser.cookie(COOKIE).is_some());
    browser
}

/// A captcha id and its answer for a browser, as a person would read it from the image.
fn made(app: &TestApp, browser: &Browser<'_>) -> (String, String) {
    let answer = "0427".to_owned();
    let session = browser.cookie(COOKIE).unwrap_or_default().as_bytes();
    let id = cet_domain::captcha::with_answer(&app.app.vault, LOGIN, session, &answer, NOON.plus(LIFE));
    (id.unwrap(), answer)
}

async fn sent(browser: &mut Browser<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("email", "nobody@example.cn"), ("password", "x")];
    all.extend(fields);
    browser.post(path, &all).await
}

/// Whether the captcha is accepted: what else is wrong with the form does not matter.
async fn tried(browser: &mut Browser<'_>, path: &str, fields: &[(&str, &str)]) -> bool {
    let answer = sent(browser, path, fields).await;
    assert!(!answer.codes().is_empty());
    !answer.codes().contains(&"captcha")
}

/// A browser in another network.
fn elsewhere(app: &TestApp) -> Browser<'_> {
    let mut browser = app.browser();
    browser.address = ([10, 9, 0, 1], 40_000).into();
    browser
}

/// How many bits the proof of a page's challenge has.
fn bits(page: &Answer) -> u32 {
    let (_, rest) = page.text.split_once("data-bits=\"").unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

fn proof(id: &str, bits: u32) -> String {
    (0_u64..100_000_000).map(|n| n.to_string()).find(|n| proof_holds(id, n, bits)).unwrap()
}

on_both! {
    async fn th68_a_right_answer_counts_once(t: TestDb) {
        let app = app(t).await;
        let mut browser = shown(&app).await;
        let (id, answer) = made(&app, &browser);
        let fields = [("captcha_id", id.as_str()), ("captcha", answer.as_str())];
        assert!(tried(&mut browser, LOGIN, &fields).await);
        assert!(!tried(&mut browser, LOGIN, &fields).await);
    }

    /// W9.
    async fn th68_a_wrong_try_uses_it_up(t: TestDb) {
        let app = app(t).await;
        let mut browser = shown(&app).await;
        let (id, answer) = made(&app, &browser);
        assert!(!tried(&mut browser, LOGIN, &[("captcha_id", &id), ("captcha", "0428")]).await);
        assert!(!tried(&mut browser, LOGIN, &[("captcha_id", &id), ("captcha", &answer)]).await);
    }

    /// W9.
    async fn th68_it_counts_for_its_form_and_five_minutes_only(t: TestDb) {
        let app = app(t).await;
        let mut browser = shown(&app).await;
        let (id, answer) = made(&app, &browser);
        assert!(!tried(&mut browser, "/register", &[("captcha_id", &id), ("captcha", &answer)]).await);
        let (id, answer) = made(&app, &browser);
        app.t.clock.set(NOON.plus(LIFE));
        assert!(!tried(&mut browser, LOGIN, &[("captcha_id", &id), ("captcha", &answer)]).await);
    }

    /// A2: what somebody else solved, or a program, is worth nothing in another browser or without the cookie.
    async fn th68_an_answer_counts_only_in_the_browser_that_was_asked(t: TestDb) {
        let app = app(t).await;
        let mut browser = shown(&app).await;
        for other in [&mut shown(&app).await, &mut app.browser()] {
            let (id, answer) = made(&app, &browser);
            let fields = [("captcha_id", id.as_str()), ("captcha", answer.as_str())];
            let bare = other.cookie(COOKIE).is_none();
            let refused = sent(other, LOGIN, &fields).await;
            assert_eq!(refused.codes(), ["captcha"]);
            assert_eq!(refused.text.contains("浏览器没有接受 Cookie"), bare, "who has no cookie is told why");
            assert!(!tried(&mut browser, LOGIN, &fields).await, "and it is used up");
            let (id, _) = made(&app, &browser);
            let proof = proof(&id, 18);
            assert!(!tried(other, LOGIN, &[("captcha_id", &id), ("captcha_proof", &proof)]).await, "work neither");
        }
        // An id for no browser, as the cookie that is left out.
        let none = app.browser();
        let (id, answer) = made(&app, &none);
        assert!(!tried(&mut app.browser(), LOGIN, &[("captcha_id", &id), ("captcha", &answer)]).await);
        let (id, answer) = made(&app, &browser);
        assert!(tried(&mut browser, LOGIN, &[("captcha_id", &id), ("captcha", &answer)]).await);
    }

    async fn the_browsers_cookie_stays_and_is_not_set_where_nothing_is_asked(t: TestDb) {
        let app = app(t).await;
        let mut browser = shown(&app).await;
        let first = browser.cookie(COOKIE).unwrap().to_owned();
        for path in ["/register", "/recover", "/retrieve", "/login?captcha=text"] {
            assert!(browser.get(path).await.value("captcha_id").is_some(), "{path}");
            assert_eq!(browser.cookie(COOKIE), Some(first.as_str()), "{path}");
        }
        let mut fresh = app.browser();
        fresh.get("/").await;
        assert_eq!(fresh.cookie(COOKIE), None);
    }

    async fn a_made_up_id_is_none(t: TestDb) {
        let app = app(t).await;
        let mut browser = shown(&app).await;
        let other = app.app.vault.seal("13800000000").unwrap();
        for id in ["", "x", "AAAA", &BASE64URL_NOPAD.encode(&other)] {
            assert!(!tried(&mut browser, LOGIN, &[("captcha_id", id), ("captcha", "")]).await, "{id}");
        }
    }

    /// A2.
    async fn work_is_an_answer_too(t: TestDb) {
        let app = app(t).await;
        let mut browser = shown(&app).await;
        let (id, _) = made(&app, &browser);
        let proof = proof(&id, 18);
        let fields = [("captcha_id", id.as_str()), ("captcha", "not read well"), ("captcha_proof", proof.as_str())];
        assert!(tried(&mut browser, LOGIN, &fields).await);
        assert!(!tried(&mut browser, LOGIN, &fields).await, "work counts once too");
        let (id, _) = made(&app, &browser);
        assert!(!tried(&mut browser, LOGIN, &[("captcha_id", &id), ("captcha_proof", &proof)]).await);
    }

    /// A2: the page says how much work it is, and what the page says is not what counts.
    async fn work_is_dearer_after_failures_of_the_network_and_the_id_says_so(t: TestDb) {
        let app = app(t).await;
        let mut browser = shown(&app).await;
        assert_eq!(bits(&browser.get(LOGIN).await), 18);
        for n in 1..=10 {
            let page = browser.get(LOGIN).await;
            let answer = sent(&mut browser, LOGIN, &[("captcha_id", page.value("captcha_id").unwrap())]).await;
            assert_eq!((answer.codes(), bits(&answer)), (vec!["captcha"], if n < 10 { 18 } else { 19 }));
        }
        let page = browser.get(LOGIN).await;
        let id = page.value("captcha_id").unwrap();
        let cheap = (0_u64..1 << 26).map(|n| n.to_string()).find(|n| proof_holds(id, n, 18) && !proof_holds(id, n, 19)).unwrap();
        assert!(!tried(&mut browser, LOGIN, &[("captcha_id", id), ("captcha_proof", &cheap)]).await);
        let page = browser.get(LOGIN).await;
        let id = page.value("captcha_id").unwrap();
        let dear = proof(id, 19);
        assert!(tried(&mut browser, LOGIN, &[("captcha_id", id), ("captcha_proof", &dear)]).await);
        assert_eq!(bits(&elsewhere(&app).get(LOGIN).await), 18, "another network");
    }

    async fn the_picture_is_a_small_png_and_always_the_same(t: TestDb) {
        let app = app(t).await;
        let (id, _) = made(&app, &app.browser());
        let mut browser = app.browser();
        let answer = browser.get(&format!("/captcha/{id}")).await;
        assert_eq!(answer.status, 200);
        assert!(answer.bytes.starts_with(b"\x89PNG") && answer.bytes.len() < 12_000, "{}", answer.bytes.len());
        assert_eq!(browser.get(&format!("/captcha/{id}")).await.bytes, answer.bytes);
        assert_eq!(browser.get("/captcha/x").await.status, 404);
    }
}
