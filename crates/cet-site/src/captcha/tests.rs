//! TH68, on both databases, with the captcha of the login form.

use cet_domain::captcha::{LIFE, proof_holds};
use data_encoding::BASE64URL_NOPAD;

use super::*;
use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::store::testing::NOON;

const ON: &[(&str, &str)] = &[("CET_CAPTCHA__MODE", "on")];
const LOGIN: &str = "/login";

async fn app(t: cet_base::store::testing::TestDb) -> TestApp {
    TestApp::with(t, ON).await
}

/// A captcha id and its answer, as a person would read it from the image.
fn made(app: &TestApp, session: &str) -> (String, String) {
    let answer = "0427".to_owned();
    let id = cet_domain::captcha::with_answer(&app.app.vault, LOGIN, session, &answer, NOON.plus(LIFE));
    (id.unwrap(), answer)
}

async fn tried(
    app: &TestApp,
    purpose: &'static str,
    session: Option<&[u8]>,
    fields: &[(&str, &str)],
) -> bool {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let form = FormData::parse(body.as_bytes()).unwrap();
    check(&app.app, purpose, session, &form).await.unwrap().is_ok()
}

on_both! {
    async fn th68_a_right_answer_counts_once(t: TestDb) {
        let app = app(t).await;
        let (id, answer) = made(&app, "");
        let fields = [("captcha_id", id.as_str()), ("captcha", answer.as_str())];
        assert!(tried(&app, LOGIN, None, &fields).await);
        assert!(!tried(&app, LOGIN, None, &fields).await);
    }

    /// W9.
    async fn th68_a_wrong_try_uses_it_up(t: TestDb) {
        let app = app(t).await;
        let (id, answer) = made(&app, "");
        assert!(!tried(&app, LOGIN, None, &[("captcha_id", &id), ("captcha", "0428")]).await);
        assert!(!tried(&app, LOGIN, None, &[("captcha_id", &id), ("captcha", &answer)]).await);
    }

    /// W9.
    async fn th68_it_counts_for_its_form_its_session_and_five_minutes_only(t: TestDb) {
        let app = app(t).await;
        let (id, answer) = made(&app, "");
        assert!(!tried(&app, "/register", None, &[("captcha_id", &id), ("captcha", &answer)]).await);
        let (id, answer) = made(&app, "aa");
        assert!(!tried(&app, LOGIN, None, &[("captcha_id", &id), ("captcha", &answer)]).await);
        let (id, answer) = made(&app, "aa");
        assert!(tried(&app, LOGIN, Some(&[0xaa]), &[("captcha_id", &id), ("captcha", &answer)]).await);
        let (id, answer) = made(&app, "");
        app.t.clock.set(NOON.plus(LIFE));
        assert!(!tried(&app, LOGIN, None, &[("captcha_id", &id), ("captcha", &answer)]).await);
    }

    async fn a_made_up_id_is_none(t: TestDb) {
        let app = app(t).await;
        let other = app.app.vault.seal("13800000000").unwrap();
        for id in ["", "x", "AAAA", &BASE64URL_NOPAD.encode(&other)] {
            assert!(!tried(&app, LOGIN, None, &[("captcha_id", id), ("captcha", "")]).await, "{id}");
        }
    }

    /// A2.
    async fn work_is_an_answer_too(t: TestDb) {
        let app = app(t).await;
        let (id, _) = made(&app, "");
        let proof = (0_u64..100_000_000).map(|n| n.to_string()).find(|n| proof_holds(&id, n)).unwrap();
        let fields = [("captcha_id", id.as_str()), ("captcha", "not read well"), ("captcha_proof", proof.as_str())];
        assert!(tried(&app, LOGIN, None, &fields).await);
        assert!(!tried(&app, LOGIN, None, &fields).await, "work counts once too");
        let (id, _) = made(&app, "");
        assert!(!tried(&app, LOGIN, None, &[("captcha_id", &id), ("captcha_proof", &proof)]).await);
    }

    async fn the_picture_is_a_small_png_and_always_the_same(t: TestDb) {
        let app = app(t).await;
        let (id, _) = made(&app, "");
        let mut browser = app.browser();
        let answer = browser.get(&format!("/captcha/{id}")).await;
        assert_eq!(answer.status, 200);
        assert!(answer.bytes.starts_with(b"\x89PNG") && answer.bytes.len() < 12_000, "{}", answer.bytes.len());
        assert_eq!(browser.get(&format!("/captcha/{id}")).await.bytes, answer.bytes);
        assert_eq!(browser.get("/captcha/x").await.status, 404);
    }
}
