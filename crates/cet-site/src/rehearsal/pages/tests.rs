//! What a rehearsal does with its gateways.

use gateway_sandbox::{ConsoleRefund, Trouble};

use crate::registration::pages::tests::{bound, enrolled_in};
use crate::rehearsal::gateways::behaviour;
use crate::testing::{Answer, TestApp};
use cet_base::on_both;
use cet_base::store::testing::TestDb;
use cet_base::store::{DbError, Tx};
use cet_domain::rehearsal::begin;

const ORDER: &str = "99301000000000000005";
const PATH: &str = "/rehearsal/gateway/refund";

/// A rehearsal with 支付宝 and a paid order of 30 yuan.
async fn world(t: TestDb) -> TestApp {
    let alipay = "{ endpoint = 'https://gateway.example.cn/gateway.do', app_id = '2021000000000000', \
                  seller_id = '2088000000000000', private_key_file = 'alipay-app-private.pem', \
                  alipay_public_key_file = 'alipay-public.pem' }";
    let app = enrolled_in(TestApp::with(t, &[("CET_GATEWAY__ALIPAY", alipay)]).await).await;
    let entered = bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
    assert_eq!(entered.status, 303, "{:?}", entered.codes());
    let made: Result<u64, DbError> = app
        .t
        .db
        .write(async |tx: &mut Tx<'_>| {
            begin(tx, 0).await?;
            tx.execute(
                "INSERT INTO payment_order
                    (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at,
                     deadline_at, settled_at, closed_for, ask_at, asked)
                 SELECT school, 5, '99301000000000000005', registration_id, 1, sitting, 'alipay', '', 3000, 'paid', 1, 2, 3,
                        NULL, NULL, 0
                   FROM entry",
                &[],
            )
            .await
        })
        .await;
    assert_eq!(made.unwrap(), 1);
    app
}

on_both! {
    async fn the_clock_takes_seconds_or_a_time_and_nothing_of_both(t: TestDb) {
        let app = world(t).await;
        let mut browser = app.browser();
        let before = browser.get("/rehearsal/clock").await;
        let shift = |page: &Answer| page.text.split("<dd class=\"num\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        for advance in ["1", "0", "x"] {
            let both = browser.post("/rehearsal/clock", &[("advance", advance), ("now", "2099-12-16 09:00")]).await;
            assert_eq!((both.status.as_u16(), both.codes()), (422, vec!["field-invalid"]), "{advance}");
            assert!(both.text.contains("只能填一项") && both.value("advance") == Some(advance), "{}", both.text);
        }
        let doubled = browser.post("/rehearsal/clock", &[("advance", "1"), ("advance", "1")]).await;
        assert_eq!((doubled.status.as_u16(), doubled.codes()), (422, vec!["field-invalid"]));
        assert_eq!(shift(&browser.get("/rehearsal/clock").await), shift(&before), "the clock was not moved");
        let one = browser.post("/rehearsal/clock", &[("advance", "1"), ("now", "")]).await;
        assert_eq!(one.location(), "/rehearsal/clock", "{:?}", one.codes());
    }

    /// Y5.
    async fn somebody_refunds_in_the_console_of_a_gateway_what_was_paid_there(t: TestDb) {
        let app = world(t).await;
        let mut browser = app.browser();
        for (number, amount, field) in [
            ("", "1", "number"),
            ("x", "1", "number"),
            ("99301000000000000006", "1", "number"),
            (ORDER, "", "amount"),
            (ORDER, "0", "amount"),
            (ORDER, "-1", "amount"),
            (ORDER, "1.001", "amount"),
            (ORDER, "30.01", "amount"),
            (ORDER, "99999999999999999999", "amount"),
        ] {
            let refused = browser.post(PATH, &[("number", number), ("amount", amount)]).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["field-invalid"]), "{number} {amount}");
            assert!(refused.text.contains(&format!("data-field=\"{field}\"")), "{number} {amount}: {}", refused.text);
        }
        assert_eq!(behaviour(&app.app.db).await.unwrap().console, []);
        let done = browser.post(PATH, &[("number", ORDER), ("amount", "30.00")]).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, "/rehearsal/gateway"));
        let made = behaviour(&app.app.db).await.unwrap().console;
        let [ConsoleRefund { gateway, number, amount_fen: 3_000, .. }] = &made[..] else { panic!("{made:?}") };
        assert_eq!((gateway.as_str(), number.as_str()), ("alipay", ORDER));
        // What was done in a console stays done, whatever is set afterwards.
        let set = browser.post("/rehearsal/gateway", &[("trouble", "refund-refused")]).await;
        assert_eq!(set.status, 303, "{:?}", set.codes());
        let after = behaviour(&app.app.db).await.unwrap();
        assert_eq!((after.trouble, after.console), (Trouble::RefundRefused, made));
        assert!(browser.get("/rehearsal/gateway").await.text.contains("value=\"refund-refused\" selected"));
    }

    async fn a_console_keeps_only_its_last_refunds(t: TestDb) {
        let app = world(t).await;
        let mut browser = app.browser();
        for _ in 0..52 {
            let done = browser.post(PATH, &[("number", ORDER), ("amount", "0.01")]).await;
            assert_eq!(done.status, 303, "{:?}", done.codes());
        }
        assert_eq!(behaviour(&app.app.db).await.unwrap().console.len(), 50);
    }
}
