//! Consents over HTTP, on both databases: given by the act that needs them, taken back with effect.

use crate::passport::mail_tests::{count, member};
use crate::registration::pages::tests::{accept, bound, enrolled, enrolled_in, look_up};
use crate::staff::tests::world::staffed;
use crate::testing::{Browser, TestApp};
use cet_base::on_both;
use cet_base::store::Tx;
use cet_domain::consent::Kind;

const PAGE: &str = "/account/consents";
const WITHDRAWAL: &str = "/account/consents/withdrawal";
const GIVING: &str = "/account/consents/giving";

/// `kind:state` of each consent on the page.
async fn states(browser: &mut Browser<'_>) -> String {
    let page = browser.get(PAGE).await;
    assert_eq!(page.status, 200, "{:?}", page.codes());
    let parts = page.text.split("data-consent=\"").skip(1);
    let told = parts.map(|part| {
        let kind = part.split('"').next().unwrap();
        let state = part.split("data-state=\"").nth(1).unwrap().split('"').next().unwrap();
        format!("{kind}:{state}")
    });
    told.collect::<Vec<_>>().join(" ")
}

async fn rows(app: &TestApp) -> i64 {
    count(app, "SELECT COUNT(*) FROM consent").await
}

async fn noted(app: &TestApp) -> i64 {
    count(app, "SELECT COUNT(*) FROM audit_log WHERE action IN ('consent-given', 'consent-withdrawn')").await
}

on_both! {
    /// A11: by the act that needs it, with the fields of interface.md alone, and once.
    async fn each_consent_is_given_by_the_act_that_needs_it_under_a_text_beside_its_button(t: TestDb) {
        let app = enrolled_in(TestApp::with(t, &[TestApp::WECHAT]).await).await;
        let mut one = app.signed_in(1).await;
        assert_eq!(states(&mut one).await, "profile:unsaid document:unsaid photo:unsaid payment:unsaid");
        accept(&mut one).await;
        assert!(one.get("/qualification").await.text.contains("同意用这个证件号码"));
        for _ in 0..2 {
            look_up(&mut one, 1).await;
        }
        assert_eq!(states(&mut one).await, "profile:unsaid document:given photo:unsaid payment:unsaid");
        assert!(one.get("/qualification/record").await.text.contains("同意把学校采集的照片印在准考证上"));
        assert_eq!(one.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
        assert_eq!(one.post("/registration/written", &[("subject", "1")]).await.status, 303);
        assert!(one.get("/payment").await.text.contains("同意保存这次缴费的记录"));
        for _ in 0..2 {
            let paid = one.post("/payment", &[("gateway", "wechat")]).await;
            assert_eq!(paid.status, 303, "{:?}", paid.codes());
        }
        assert_eq!(states(&mut one).await, "profile:unsaid document:given photo:given payment:given");
        assert_eq!((rows(&app).await, noted(&app).await), (3, 0), "each once, by the act's own line");
        let mut two = app.signed_in(2).await;
        assert!(!states(&mut two).await.contains("given"), "nobody else's");
    }

    /// A11.
    async fn withdrawn_optional_data_are_erased_at_once_and_can_be_given_again(t: TestDb) {
        let app = enrolled(t).await;
        let mut one = member(&app, "own@163.com").await;
        let profile = [
            ("email", "own@163.com"), ("phone", "13812345678"), ("document_kind", "macau-id"),
            ("document_number", "99301000001"), ("name", "学生1"), ("current_password", "Blue-Kite-42"),
        ];
        let changed = one.post("/account/profile", &profile).await;
        assert_eq!(changed.status, 303, "{:?}", changed.codes());
        assert!(states(&mut one).await.starts_with("profile:given"));
        let asks = one.get(&format!("{WITHDRAWAL}?consent=profile")).await.text;
        assert!(asks.contains("选填资料") && asks.contains("立即删除"), "it names its object: {asks}");
        assert_eq!(count(&app, "SELECT COUNT(*) FROM passport WHERE phone_sealed IS NOT NULL").await, 1, "asked, not done");
        for _ in 0..2 {
            assert_eq!(one.post(WITHDRAWAL, &[("consent", "profile")]).await.location(), PAGE);
        }
        let left = "SELECT COUNT(*) FROM passport WHERE phone_sealed IS NOT NULL OR document_sealed IS NOT NULL OR name <> ''";
        assert_eq!(count(&app, left).await, 0);
        assert!(states(&mut one).await.starts_with("profile:withdrawn"));
        assert_eq!(noted(&app).await, 1, "a repeat is not noted");
        let copy = one.get("/account/copy.json").await;
        let all: serde_json::Value = serde_json::from_slice(&copy.bytes).unwrap();
        let said: Vec<&str> = all["consents"].as_array().unwrap().iter().filter_map(|of| of["state"].as_str()).collect();
        assert_eq!((said, &all["consents"][0]["version"]), (vec!["given", "withdrawn"], &"1".into()));
        assert_eq!(one.get("/account/copy.pdf").await.status, 200);
        for _ in 0..2 {
            assert_eq!(one.post(GIVING, &[("consent", "profile")]).await.location(), PAGE);
        }
        assert!(states(&mut one).await.starts_with("profile:given"));
        assert_eq!((rows(&app).await, noted(&app).await), (3, 2));
    }

    /// A11: without a registration the look-up is forgotten; with one the page says what stays and why.
    async fn a_withdrawn_number_is_not_looked_up_with_and_stays_with_a_registration_only(t: TestDb) {
        let app = enrolled(t).await;
        let mut one = app.signed_in(1).await;
        accept(&mut one).await;
        look_up(&mut one, 1).await;
        assert_eq!(one.post(WITHDRAWAL, &[("consent", "document")]).await.status, 303);
        let saved = one.post("/qualification/record", &[("checked", "yes")]).await;
        assert!(saved.codes().contains(&"not-looked-up"), "{:?}", saved.codes());
        look_up(&mut one, 1).await;
        assert!(states(&mut one).await.contains("document:given"), "asked and given again by the next look-up");
        let mut two = bound(&app, 2).await;
        let asks = two.get(&format!("{WITHDRAWAL}?consent=document")).await.text;
        assert!(asks.contains("没有证件号码不能参加考试") && asks.contains("请找学校或客服"), "{asks}");
        assert_eq!(two.post(WITHDRAWAL, &[("consent", "document")]).await.status, 303);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM registration WHERE state = 'live' AND length(document_sealed) > 29").await, 1);
    }

    /// A11.
    async fn what_is_agreed_to_is_never_changed_and_an_unknown_kind_is_refused(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut one = bound(&app, 1).await;
        let before = rows(&app).await;
        assert!(before > 0);
        for address in [WITHDRAWAL, GIVING] {
            for wrong in ["", "everything"] {
                let refused = one.post(address, &[("consent", wrong)]).await;
                assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["field-invalid"]), "{address} {wrong}");
            }
        }
        assert_eq!(rows(&app).await, before);
        for sql in ["UPDATE consent SET given = FALSE", "DELETE FROM consent"] {
            let done = app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await;
            assert!(done.is_err_and(|error| error.to_string().contains("only grows")), "{sql}");
        }
    }
}

#[test]
fn every_kind_has_its_words() {
    let of: std::collections::BTreeSet<&str> =
        Kind::ALL.into_iter().map(|kind| super::words(kind).0).collect();
    assert_eq!(of.len(), Kind::ALL.len());
}
