//! What finance decided is decided once: whoever decides again is told who did what and when.

use jiff::SignedDuration;

use super::finance::{NUMBER, asked, refused, sql, world};
use super::world::member;
use crate::testing::{Answer, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;
use cet_base::store::{DbError, Tx};
use cet_domain::audit::testing::told_of;
use cet_domain::outbox::delivery::Delivery;
use cet_domain::outbox::jobs::send_due;
use cet_domain::outbox::store;
use cet_domain::staff::jobs;

/// Nothing was done, and the page says why.
fn is_final(answer: &Answer, says: &str) {
    assert_eq!(refused(answer), (422, vec!["review-final"]), "{says}: {}", answer.text);
    assert!(answer.text.contains(says), "{says}: {}", answer.text);
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    let read: Result<(i64,), DbError> =
        app.t.db.read(async move |tx: &mut Tx<'_>| tx.query_one(sql, &[]).await).await;
    read.unwrap().0
}

on_both! {
    /// Y5.
    async fn who_decides_a_refund_request_again_is_told_who_decided_what_and_when(t: TestDb) {
        let (app, _) = world(t).await;
        let (mut first, mut second) = (member(&app, "finance-2").await, member(&app, "finance").await);
        let at = app.t.clock.process_now().page();
        let refunds = async || count(&app, "SELECT COUNT(*) FROM refund").await;
        let before = refunds().await;
        let note = [("note", "凭证不符")];

        let one = asked(&mut first).await;
        assert_eq!(second.post(&format!("{one}/refusal"), &note).await.location(), one);
        assert_eq!(second.post(&format!("{one}/refusal"), &note).await.location(), one, "the form was sent again");
        let says = format!("finance 在 {at} 没有同意这份申请");
        for browser in [&mut first, &mut second] {
            is_final(&browser.post(&format!("{one}/approval"), &[]).await, &says);
            is_final(&browser.post(&format!("{one}/refusal"), &[("note", "再看")]).await, &says);
        }

        let two = asked(&mut first).await;
        assert_eq!(first.post(&format!("{two}/refusal"), &note).await.location(), two);
        is_final(&second.post(&format!("{two}/approval"), &[]).await, &format!("finance-2 在 {at} 已撤回"));

        let three = asked(&mut first).await;
        assert_eq!(refunds().await, before);
        assert_eq!(second.post(&format!("{three}/approval"), &[]).await.location(), three);
        assert_eq!(second.post(&format!("{three}/approval"), &[]).await.location(), three, "the form was sent again");
        let says = format!("finance 在 {at} 已同意这份申请");
        is_final(&first.post(&format!("{three}/refusal"), &note).await, &says);
        is_final(&first.post(&format!("{three}/approval"), &[]).await, &says);
        is_final(&second.post(&format!("{three}/refusal"), &note).await, &says);
        assert_eq!(refunds().await, before + 1);
        let english = second.get(&format!("{three}?lang=en")).await;
        assert_eq!(english.status, 200);
        is_final(&second.post(&format!("{three}/refusal"), &note).await, &format!("finance approved this request at {at}"));
    }

    /// TH63: there is no field for a code any more.
    async fn what_is_over_is_said_before_a_code_is_asked_for(t: TestDb) {
        let (app, _) = world(t).await;
        let (mut first, mut second) = (member(&app, "finance-2").await, member(&app, "finance").await);
        let one = asked(&mut first).await;
        assert_eq!(first.post(&format!("{one}/refusal"), &[("note", "写错了")]).await.status, 303);
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(11)));
        is_final(&second.post(&format!("{one}/approval"), &[]).await, "已撤回");
        let two = asked(&mut first).await;
        assert_eq!(second.post(&format!("{two}/approval"), &[]).await.codes(), ["credentials"], "this one waits");
    }

    /// Y5.
    async fn who_settles_money_again_is_told_who_settled_it_as_what_and_when(t: TestDb) {
        let (app, _) = world(t).await;
        let (mut first, mut second) = (member(&app, "finance").await, member(&app, "finance-2").await);
        let at = app.t.clock.process_now().page();
        let (suspense, refund) = ("/staff/suspense/99301-9/resolution", "/staff/refunds/99301-7");
        let foreign = [("as", "foreign"), ("note", "别人的")];
        for _ in 0..2 {
            assert_eq!(first.post(suspense, &foreign).await.status, 303);
        }
        let says = format!("finance 在 {at} 已处理这笔款项：不是我方的款项");
        is_final(&second.post(suspense, &foreign).await, &says);
        is_final(&first.post(suspense, &[("as", "refund"), ("note", "别人的")]).await, &says);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM payment_event WHERE kind = 'suspense-resolved'").await, 1);

        let by_hand = format!("{refund}/by-hand");
        for _ in 0..2 {
            assert_eq!(first.post(&by_hand, &[("note", "回单 7")]).await.status, 303);
        }
        let says = format!("finance 在 {at} 已把这笔退款标记为在系统外办理");
        is_final(&second.post(&by_hand, &[("note", "回单 7")]).await, &says);
        is_final(&second.post(&format!("{refund}/retry"), &[]).await, &says);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM payment_event WHERE kind = 'by-hand'").await, 1);
        for (change, says) in [
            ("UPDATE refund SET state = 'done', settled_by = ''", "已退成"),
            ("UPDATE refund SET state = 'due', done_at = NULL, try_at = 9", "系统正在向支付平台办理"),
        ] {
            sql(&app, &[change]).await;
            is_final(&second.post(&by_hand, &[("note", "回单 8")]).await, says);
        }
    }
    /// Y5.
    async fn who_asked_for_a_refund_that_nobody_decided_in_time_is_told_once_and_finds_it_in_the_list(t: TestDb) {
        let (app, _) = world(t).await;
        let mut first = member(&app, "finance-2").await;
        let one = asked(&mut first).await;
        let asked_at = app.t.clock.process_now();
        assert!(!first.get("/staff/refunds").await.text.contains("id=\"own\""), "nothing is over yet");
        let round = async || {
            let catalogue = app.app.catalogue.get();
            jobs::lapse_refund_requests(&app.app.db, &app.app.vault, &catalogue).await.unwrap().done
        };
        let end = asked_at.plus(SignedDuration::from_hours(24 * 7));
        app.t.clock.set(end.minus(SignedDuration::from_secs(1)));
        assert_eq!(round().await, 0);
        app.t.clock.set(end);
        assert_eq!((round().await, round().await), (1, 0));
        send_due(&app.app.db, &app.app.vault, &Delivery::Mailbox).await.unwrap();
        let mails = app.t.db.read(async |tx: &mut Tx<'_>| store::mailbox(tx, 9).await).await.unwrap();
        let mails: Vec<_> = mails.iter().filter(|mail| mail.subject.contains("已过期")).collect();
        assert_eq!(mails.len(), 1);
        let fee = count(&app, "SELECT fee FROM entry").await;
        let sum = cet_base::words::fen::FenSum::new(fee).unwrap().to_string();
        assert_eq!(mails[0].recipient, "finance-2@staff.example.cn");
        for words in [NUMBER, "英语四级笔试", &format!("{sum} 元")] {
            assert!(mails[0].subject.contains(words), "{words}: {}", mails[0].subject);
        }
        for words in [&*asked_at.page(), &*end.page(), "没有退款"] {
            assert!(mails[0].body.contains(words), "{words}: {}", mails[0].body);
        }
        assert_eq!(told_of(&app.t.db, "refund-lapsed").await.unwrap().len(), 1);
        let list = member(&app, "finance-2").await.get("/staff/refunds").await.text;
        let own = list.split("id=\"own\"").nth(1).unwrap().split("</section>").next().unwrap();
        assert!(own.contains(&one) && own.contains("已过期") && own.contains(&end.page()), "{own}");
        let mut second = member(&app, "finance").await;
        assert!(!second.get("/staff/refunds").await.text.contains("id=\"own\""), "it is not hers");
        is_final(&second.post(&format!("{one}/approval"), &[]).await, &format!("这份申请在 {} 过期", end.page()));
        assert_eq!(count(&app, "SELECT COUNT(*) FROM entry WHERE state = 'paid'").await, 1);
    }

    async fn who_is_told_of_a_lapsed_request_reads_it_in_the_own_language_and_not_years_later(t: TestDb) {
        let (app, _) = world(t).await;
        sql(&app, &["UPDATE staff_account SET lang = 'en' WHERE name = 'finance-2'"]).await;
        asked(&mut member(&app, "finance-2").await).await;
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(24 * 8)));
        let round = async || {
            let catalogue = app.app.catalogue.get();
            jobs::lapse_refund_requests(&app.app.db, &app.app.vault, &catalogue).await.unwrap().done
        };
        assert_eq!(round().await, 1);
        asked(&mut member(&app, "finance-2").await).await;
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(24 * 23)));
        assert_eq!(round().await, 1);
        send_due(&app.app.db, &app.app.vault, &Delivery::Mailbox).await.unwrap();
        let mails = app.t.db.read(async |tx: &mut Tx<'_>| store::mailbox(tx, 9).await).await.unwrap();
        let mails: Vec<_> = mails.iter().filter(|mail| mail.subject.contains("has lapsed")).collect();
        assert_eq!(mails.len(), 1, "the second lapsed while no job ran");
        assert!(mails[0].subject.contains(NUMBER) && mails[0].body.contains("No money went back"), "{}", mails[0].body);
    }
}
