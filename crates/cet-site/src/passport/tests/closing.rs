//! Closing a passport (A11) over HTTP, on both databases.

use crate::passport::mail_tests::{
    EMAIL, OTHER, PASSWORD, count, log_in, mails, member, register, signed_in,
};
use crate::registration::pages::tests::{accept, enrolled, look_up};
use crate::testing::{Browser, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::{DbError, Tx};

const CLOSING: &str = "/account/closing";
const FIELDS: [(&str, &str); 2] = [("current_password", PASSWORD), ("confirm", "yes")];

async fn is_in(browser: &mut Browser<'_>) -> bool {
    browser.get("/account").await.status == 200
}

on_both! {
    /// A11.
    async fn a_closed_passport_is_erased_its_sessions_end_and_its_address_is_free(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut here = member(&app, EMAIL).await;
        let mut there = signed_in(&app, EMAIL).await;
        let wrong = here.post(CLOSING, &[("current_password", OTHER), ("confirm", "yes")]).await;
        assert_eq!(wrong.codes(), ["credentials"]);
        assert_eq!(here.post(CLOSING, &FIELDS[..1]).await.codes(), ["not-checked"]);
        assert!(is_in(&mut here).await, "nothing was done");
        assert_eq!(here.post(CLOSING, &FIELDS).await.location(), "/");
        assert!(!is_in(&mut here).await && !is_in(&mut there).await);
        let told = mails(&app).await;
        assert!(told.iter().any(|mail| mail.recipient == EMAIL && mail.subject.contains("已注销")));
        let unknown = log_in(&mut app.browser(), "nobody@163.com", PASSWORD).await;
        let closed = log_in(&mut app.browser(), EMAIL, PASSWORD).await;
        assert_eq!((closed.status, closed.codes()), (unknown.status, unknown.codes()));
        assert_eq!(closed.codes(), ["credentials"]);
        let left = "SELECT COUNT(*) FROM passport
                     WHERE email <> '' OR password_hash <> '' OR name <> '' OR phone_sealed IS NOT NULL";
        assert_eq!(count(&app, left).await, 0);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM mail_token").await, 0);
        register(&app, EMAIL).await;
        assert!(is_in(&mut signed_in(&app, EMAIL).await).await);
        let findings = cet_domain::verify::run(&app.t.db, &app.app.catalogue.get()).await.unwrap();
        assert!(findings.iter().all(|finding| finding.violations.is_empty()), "{findings:?}");
    }

    /// A11.
    async fn a_passport_with_a_registration_or_with_money_on_its_way_is_not_closed(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = member(&app, EMAIL).await;
        accept(&mut browser).await;
        assert_eq!(look_up(&mut browser, 5).await.status, 303);
        assert_eq!(browser.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
        assert_eq!(browser.post(CLOSING, &FIELDS).await.codes(), ["passport-in-use"]);
        let freed: Result<u64, DbError> = app
            .t
            .db
            .write(async |tx: &mut Tx<'_>| {
                tx.execute(
                    "INSERT INTO payment_order
                        (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state,
                         opened_at, deadline_at, ask_at, asked)
                     SELECT school, 4242, '99301000000000004242', id, passport_id, sitting, 'alipay', '', 1, 'open', 0, 0,
                            NULL, 0
                       FROM registration",
                    params![],
                )
                .await?;
                tx.execute("DELETE FROM passport_claim", params![]).await
            })
            .await;
        assert_eq!(freed.unwrap(), 1);
        assert_eq!(browser.post(CLOSING, &FIELDS).await.codes(), ["passport-in-use"]);
        assert!(is_in(&mut browser).await);
    }
}
