//! The page of messages, its switch, and the mails that messages owe.

use jiff::SignedDuration;

use crate::passport::mail_tests::{BOTH_NETWORKS, EDUCATION, mails};
use crate::registration::pages::tests::{bound, enrolled, enrolled_in};
use crate::testing::{Answer, Browser, ORIGIN, TestApp};
use cet_base::on_both;
use cet_base::store::{DbError, Tx};
use cet_domain::outbox::store::Boxed;

const PAGE: &str = "/account/messages";

/// The kinds of the messages on a page, in its order.
fn kinds(page: &Answer) -> Vec<&str> {
    let parts = page.text.split("data-message=\"").skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

async fn sql(app: &TestApp, sql: &'static str) {
    let done: Result<u64, DbError> =
        app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await;
    assert!(done.unwrap() > 0, "{sql}");
}

async fn enter(browser: &mut Browser<'_>, subject: &str) {
    assert_eq!(browser.post("/registration/written", &[("subject", subject)]).await.status, 303);
}

/// The mails to a passport, the newest first.
async fn mails_to(app: &TestApp, n: i64) -> Vec<Boxed> {
    let to = format!("candidate{n}@example.cn");
    mails(app).await.into_iter().filter(|mail| mail.recipient == to).collect()
}

on_both! {
    /// A10.
    async fn what_a_passport_was_told_stands_on_its_page_and_on_nobody_elses(t: TestDb) {
        let app = enrolled(t).await;
        let mut nobody = app.signed_in(9).await;
        let empty = nobody.get(PAGE).await;
        assert_eq!((empty.status.as_u16(), kinds(&empty)), (200, Vec::new()));
        assert!(empty.text.contains("class=\"empty\"") && empty.text.contains("还没有消息"));
        let (mut one, mut two) = (bound(&app, 1).await, bound(&app, 2).await);
        app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_mins(1)));
        enter(&mut one, "1").await;
        let page = one.get(PAGE).await;
        assert_eq!(kinds(&page), ["entered", "saved"]);
        assert!(page.text.contains("英语四级笔试") && page.text.contains("href=\"/registration\""), "{}", page.text);
        assert_eq!(kinds(&two.get(PAGE).await), ["saved"]);
        assert_eq!(kinds(&nobody.get(PAGE).await), Vec::<&str>::new());
        assert_eq!(app.browser().get(PAGE).await.location(), "/login?next=%2Faccount%2Fmessages");
        let english = one.get(&format!("{PAGE}?lang=en")).await;
        let english = if english.status == 303 { one.get(PAGE).await } else { english };
        assert!(english.text.contains("Entered, pay by <span class=\"num\">2017-09-21"), "{}", english.text);
        assert!(one.get("/account").await.text.contains("href=\"/account/messages\""));
    }

    /// A10.
    async fn twenty_messages_make_a_page_and_the_next_goes_on_where_it_ends(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        app.signed_in(2).await;
        let told: Result<(), DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            for n in 0..45_i64 {
                let facts = cet_domain::message::Facts::RefundDue {
                    number: format!("N{n:02}"), amount: 1, reason: "surplus".to_owned(), lines: Vec::new(), ended: None,
                };
                let to = cet_base::words::ids::PassportId(if n < 44 { 1 } else { 2 });
                cet_domain::message::tell(tx, to, &n.to_string(), &facts).await?;
            }
            Ok(())
        }).await;
        told.unwrap();
        let mut seen = Vec::new();
        let mut next = PAGE.to_owned();
        let mut pages = 0;
        while !next.is_empty() {
            let page = browser.get(&next).await;
            let numbers = page.text.split("支付单 N").skip(1).map(|part| part[..2].to_owned());
            seen.extend(numbers.collect::<Vec<_>>());
            let older = page.text.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
            next = older.unwrap_or_default().to_owned();
            pages += 1;
        }
        let expected: Vec<String> = (0..44).rev().map(|n| format!("{n:02}")).collect();
        assert_eq!((pages, seen), (3, expected));
        // What is no place is the beginning; a place of somebody else's shows nothing of theirs.
        assert_eq!(kinds(&browser.get(&format!("{PAGE}?after=x")).await).len(), 20);
        let all = browser.get(&format!("{PAGE}?after={}", i64::MAX)).await;
        assert!(!all.text.contains("N44"));
    }

    /// A10.
    async fn a_message_is_mailed_once_in_the_passports_language_to_where_it_is_by_then(t: TestDb) {
        let app = enrolled_in(TestApp::with(t, &BOTH_NETWORKS).await).await;
        let mut browser = bound(&app, 1).await;
        sql(&app, "UPDATE passport SET lang = 'en', email = 'moved@example.cn'").await;
        enter(&mut browser, "1").await;
        let sent: Vec<Boxed> = mails(&app).await;
        assert_eq!(sent.len(), 2);
        assert!(sent.iter().all(|mail| mail.recipient == "moved@example.cn"));
        let entered = sent.iter().find(|mail| mail.subject.starts_with("Entered, pay by 2017-09-21")).unwrap();
        for words in ["Total: ¥", &format!("{EDUCATION}/registration"), &format!("{ORIGIN}/registration"), "account page"] {
            assert!(entered.body.contains(words), "{words}: {}", entered.body);
        }
        assert_eq!(mails(&app).await.len(), 2, "and not again");
    }

    /// A10.
    async fn switched_off_the_optional_ones_are_kept_and_the_others_are_mailed_still(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        assert_eq!(mails_to(&app, 1).await.len(), 1);
        let account = browser.get("/account").await;
        assert_eq!(account.value("optional"), Some("no"));
        for _ in 0..2 {
            assert_eq!(browser.post(PAGE, &[("optional", "no")]).await.location(), "/account");
        }
        let account = browser.get("/account").await;
        assert!(account.text.contains("已关闭可选的邮件"));
        assert_eq!(browser.get("/account").await.value("optional"), Some("yes"));
        enter(&mut browser, "1").await;
        assert_eq!(mails_to(&app, 1).await.len(), 1, "nothing is sent of what can be done without");
        app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_hours(24)));
        let catalogue = app.app.catalogue.get();
        while cet_domain::entry::jobs::sweep(&app.t.db, catalogue.clone()).await.unwrap() > 0 {}
        let mut browser = app.signed_in(1).await;
        assert_eq!(kinds(&browser.get(PAGE).await), ["expired", "entered", "saved"]);
        let sent = mails_to(&app, 1).await;
        assert_eq!((sent.len(), sent[0].subject.as_str()), (2, "科目未支付，已被系统删除"));
        assert_eq!(browser.post(PAGE, &[("optional", "yes")]).await.location(), "/account");
        let lines: Result<(i64,), DbError> = app.t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT COUNT(*) FROM audit_log WHERE action = 'profile-changed'", &[]).await
        }).await;
        assert_eq!(lines.unwrap().0, 2, "a change is logged, a repeat is none");
        for fields in [&[][..], &[("optional", "")], &[("optional", "maybe")]] {
            let answer = browser.post(PAGE, fields).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["field-invalid"]));
        }
    }

    /// A10.
    async fn switched_off_after_the_event_its_mail_is_not_sent_either(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        assert_eq!(browser.post(PAGE, &[("optional", "no")]).await.status, 303);
        assert_eq!(mails_to(&app, 1).await.len(), 0);
        assert_eq!(browser.post(PAGE, &[("optional", "yes")]).await.status, 303);
        assert_eq!(mails_to(&app, 1).await.len(), 0, "what was settled is not sent afterwards");
    }
}
