//! 我的支付 and the receipt, as a browser without script meets them.

use std::sync::Arc;

use crate::registration::pages::tests::{bound, enrolled, refused};
use crate::testing::TestApp;
use crate::web::page::Page;
use cet_base::on_both;
use cet_base::params;
use cet_base::store::testing::NOON;
use cet_base::store::{DbError, Stop, Tx};
use cet_base::texts::{Lang, texts};
use cet_base::words::ids::{OrderId, PassportId};
use cet_domain::payment::verbs;

/// An order of passport 1 for all of its entries at 支付宝.
async fn order(app: &TestApp, id: i64, state: &'static str, sitting: &'static str) {
    let done: Result<(), DbError> = app
        .t
        .db
        .write(async move |tx| {
            let settled = (state != "open").then_some(NOON);
            let why = (state == "closed").then_some("deadline");
            let number = format!("99301{id:015}");
            tx.execute(
                "INSERT INTO payment_order
                    (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at,
                     deadline_at, settled_at, closed_for, ask_at, asked)
                 SELECT school, $1, $2, id, 1, $3, 'payease', '85', 2, $4, $5, $5, $6, $7, NULL, 0
                   FROM registration
                  WHERE passport_id = 1",
                params![id, number, sitting, state, NOON, settled, why],
            )
            .await?;
            tx.execute(
                "INSERT INTO order_line (school, order_id, entry_id, subject, amount)
                 SELECT school, $1, id, subject, fee FROM entry",
                params![id],
            )
            .await?;
            Ok(())
        })
        .await;
    done.unwrap();
}

/// Money of an order, and what of it goes back: all or nothing, done or due.
async fn money(app: &TestApp, order: i64, trade: &'static str, back: Option<bool>) {
    let done: Result<(), DbError> = app
        .t
        .db
        .write(async move |tx| {
            let id = order * 10 + i64::from(trade == "T-second");
            tx.execute(
                "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
                 VALUES ('99301', $1, $2, 'payease', $3, 2, 'query', $4)",
                params![id, order, trade, NOON],
            )
            .await?;
            if let Some(is_back) = back {
                let (state, done_at) = if is_back { ("done", Some(NOON)) } else { ("due", None) };
                tx.execute(
                    "INSERT INTO refund
                        (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, try_at,
                         tries, sent_at)
                     VALUES ('99301', $1, $2, $1, 2, 'surplus', $3, $4, $5, $6, NULL, 1, NULL)",
                    params![id, order, format!("R{id}"), state, NOON, done_at],
                )
                .await?;
            }
            Ok(())
        })
        .await;
    done.unwrap();
}

async fn entered(t: cet_base::store::testing::TestDb) -> TestApp {
    let app = enrolled(t).await;
    let mut browser = bound(&app, 1).await;
    let fields = [("subject", "1"), ("subject", "2")];
    assert_eq!(browser.post("/registration/written", &fields).await.status, 303);
    app
}

fn pdf(order: impl std::fmt::Display) -> String {
    format!("/account/payments/{order}/receipt.pdf")
}

/// The part of the page that one order stands in.
fn part(page: &str, id: i64) -> &str {
    page.split("<section").find(|part| part.contains(&format!("href=\"/payment/{id}\""))).unwrap()
}

/// All texts of a receipt.
async fn says(app: &TestApp, id: i64, lang: Lang) -> String {
    let found: Result<_, Stop<_>> = app
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| verbs::receipt(tx, PassportId(1), OrderId(id)).await)
        .await;
    let Ok(found) = found else { panic!("no receipt") };
    let document =
        found.payer.as_ref().map_or_else(String::new, |payer| payer.number(&app.app.vault).unwrap());
    let page = Page::new(texts(lang), Arc::default(), "/");
    let sheet =
        super::sheet(&page, &app.app.catalogue.get(), &found, "首信易支付 中国银行".to_owned(), &document);
    let mut all: Vec<String> = vec![sheet.title, sheet.under];
    all.extend(sheet.facts.iter().map(|(label, value)| format!("{label}={value}")));
    for table in sheet.tables {
        all.push(table.heading);
        all.extend(table.rows.iter().map(|row| row.join("|")));
        all.extend(table.totals.iter().map(|(label, sum)| format!("{label}={sum}")));
    }
    all.extend(sheet.notes);
    all.push(sheet.foot);
    all.join("\n")
}

on_both! {
    /// Y4.
    async fn every_order_of_a_passport_is_listed_whether_or_not_its_registration_lives(t: TestDb) {
        let app = entered(t).await;
        for (id, state, sitting) in [
            (71, "paid", "2016-2"), (72, "closed", "2017-2"), (73, "closed", "2017-2"), (74, "paid", "2017-2"), (75, "open", "2017-2"),
        ] {
            order(&app, id, state, sitting).await;
        }
        money(&app, 71, "T71", None).await;
        money(&app, 73, "T73", Some(false)).await;
        money(&app, 74, "T74", None).await;
        money(&app, 74, "T-second", Some(true)).await;
        let mut browser = app.signed_in(1).await;
        let page = browser.get("/account/payments").await;
        assert_eq!(refused(&page), (200, vec![]));
        let at: Vec<usize> =
            (71..=75).map(|id| page.text.find(&format!("href=\"/payment/{id}\"")).unwrap()).collect();
        assert!(at.is_sorted_by(|one, next| one > next), "newest first: {at:?}");
        for (id, word, receipt) in [(71, "已支付", true), (72, "已关闭", false), (73, "退款中", true), (74, "已支付", true), (75, "查询中", false)] {
            let part = part(&page.text, id);
            assert!(part.contains(word), "{id}: {part}");
            assert_eq!(part.contains(&pdf(id)), receipt, "{id}: {part}");
            assert!(part.contains(&format!("99301{id:015}")) && part.contains("¥0.02") && part.contains("首信易支付"));
            assert!(part.contains("2017-09-20 12:00"));
        }
        assert!(part(&page.text, 71).contains("2016-2"), "a sitting that is not there any more has its code");
        assert!(part(&page.text, 74).contains("(1) 英语四级笔试<br>(2) 英语六级笔试"));
        assert!(part(&page.text, 74).contains("重复付款") && part(&page.text, 74).contains("已退款"));
        assert!(!part(&page.text, 71).contains("退款"));
        // The registration goes, the history stays.
        app.t.db.write(async |tx| tx.execute("UPDATE registration SET state = 'released', document_sealed = $1", params![Vec::<u8>::new()]).await).await.unwrap();
        app.t.db.write(async |tx| tx.execute("DELETE FROM passport_claim", &[]).await).await.unwrap();
        assert_eq!(browser.get("/account/payments").await.text.matches("<section class=\"sheet m\"").count(), 5);
        assert_eq!(browser.get(&pdf(74)).await.status, 200);
        let english = browser.get("/account/payments?lang=en").await;
        assert!(english.text.contains("My payments") && english.text.contains("this was a second payment"));
    }

    /// Y3, Y4.
    async fn whatever_became_of_an_order_its_page_the_history_and_the_information_page_say_the_same(t: TestDb) {
        use cet_domain::payment::rules::outcome::Outcome;
        use crate::payment::views::outcome_words;
        let app = entered(t).await;
        for (id, state) in [
            (71, "paid"), (72, "closed"), (73, "closed"), (74, "paid"), (75, "paid"), (76, "closed"), (77, "open"),
        ] {
            order(&app, id, state, "2017-2").await;
        }
        money(&app, 71, "T71", None).await;
        money(&app, 73, "T73", Some(false)).await;
        money(&app, 74, "T74", None).await;
        money(&app, 74, "T-second", Some(true)).await;
        money(&app, 75, "T75", Some(true)).await;
        money(&app, 76, "T76", None).await;
        let zh = Page::new(texts(Lang::Zh), Arc::default(), "/");
        let mut browser = app.signed_in(1).await;
        let mut met = std::collections::BTreeSet::new();
        let hour = NOON.plus(jiff::SignedDuration::from_hours(1));
        let back = "UPDATE payment_order SET deadline_at = $1, returned_at = $2 WHERE id = 77";
        for (deadline, returned, open) in [
            (hour, None, Outcome::Waiting),
            (NOON, None, Outcome::Asking),
            // Its candidate came back, and the gateway has not answered.
            (hour, Some(NOON), Outcome::Asking),
        ] {
            let set: Result<u64, DbError> =
                app.t.db.write(async move |tx| tx.execute(back, params![deadline, returned]).await).await;
            set.unwrap();
            let history = browser.get("/account/payments").await;
            let information = browser.get("/registration").await;
            for (id, outcome) in [
                (71, Outcome::Paid), (72, Outcome::Closed), (73, Outcome::GoingBack), (74, Outcome::Paid),
                (75, Outcome::Back), (76, Outcome::Paid), (77, open),
            ] {
                let (word, class) = outcome_words(&zh, outcome);
                // What came besides is back.
                let said = if id == 74 { "已支付，多付的已退" } else { word };
                let tag = format!("<span class=\"tag{class}\">{said}</span>");
                let own = browser.get(&format!("/payment/{id}")).await;
                assert!(own.text.contains(&tag) || outcome == Outcome::Waiting, "{id} {outcome:?}: {}", own.text);
                assert!(part(&history.text, id).contains(&tag), "{id} {outcome:?}: {}", part(&history.text, id));
                let past = information.text.split("id=\"payments\"").nth(1).unwrap();
                let row = past.split("<div><dt>").find(|row| row.contains(&format!("href=\"/payment/{id}\"")));
                assert!(row.is_some_and(|row| row.contains(&tag)), "{id} {outcome:?}: {row:?}");
                met.insert(word);
            }
        }
        assert_eq!(met.len(), 6, "each outcome is met");
    }

    async fn the_list_is_empty_calmly_and_is_linked_from_the_account_and_from_past_payments(t: TestDb) {
        let app = entered(t).await;
        let mut browser = app.signed_in(1).await;
        let page = browser.get("/account/payments").await;
        assert_eq!(refused(&page), (200, vec![]));
        assert!(page.text.contains("还没有支付记录") && !page.text.contains("receipt.pdf"));
        assert!(browser.get("/account").await.text.contains("href=\"/account/payments\""));
        assert!(!browser.get("/registration").await.text.contains("href=\"/account/payments\""));
        order(&app, 72, "closed", "2017-2").await;
        assert!(browser.get("/registration").await.text.contains("href=\"/account/payments\""));
        for path in ["/account/payments".to_owned(), pdf(72)] {
            let login = format!("/login?next={}", path.replace('/', "%2F"));
            assert_eq!(app.browser().get(&path).await.location(), login);
        }
    }

    async fn more_than_a_page_of_orders_goes_on_after_the_last(t: TestDb) {
        let app = entered(t).await;
        for id in 100..125 {
            order(&app, id, "closed", "2017-2").await;
        }
        let mut browser = app.signed_in(1).await;
        let first = browser.get("/account/payments").await.text;
        assert!(first.contains("href=\"/account/payments?after=105\"") && !first.contains("/payment/104\""));
        assert!(first.len() <= 30_000, "{}", first.len());
        let second = browser.get("/account/payments?after=105").await.text;
        assert!(second.contains("/payment/104\"") && !second.contains("/payment/105\"") && !second.contains("?after=100"));
        assert!(second.contains("最近的支付") && !second.contains("还没有支付记录"));
        for after in ["x", "-1", "0105", "99999999999999999999"] {
            assert_eq!(refused(&browser.get(&format!("/account/payments?after={after}")).await), (404, vec!["not-found"]), "{after}");
        }
    }

    async fn th21_a_receipt_is_there_for_ones_own_order_with_money_alone(t: TestDb) {
        let app = entered(t).await;
        for (id, state) in [(72, "closed"), (74, "paid"), (75, "open")] {
            order(&app, id, state, "2017-2").await;
        }
        money(&app, 74, "T74", None).await;
        let mut browser = app.signed_in(1).await;
        let receipt = browser.get(&pdf(74)).await;
        assert_eq!((receipt.status.as_u16(), receipt.bytes.starts_with(b"%PDF-")), (200, true));
        let header = |name: &str| receipt.headers[name].to_str().unwrap();
        assert_eq!(header("content-type"), "application/pdf");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("content-disposition"), format!("attachment; filename=\"receipt-99301{:015}.pdf\"", 74));
        for id in ["72", "75", "76", "074", "+74", "74.0", "%2074", "７４", "0x4A", "74%00", "-74", "4a"] {
            let path = pdf(id).replace("７４", "%EF%BC%97%EF%BC%94");
            assert_eq!(refused(&browser.get(&path).await), (404, vec!["not-found"]), "{id}");
        }
        let mut other = bound(&app, 2).await;
        assert_eq!(refused(&other.get(&pdf(74)).await), (404, vec!["not-found"]));
        assert!(!other.get("/account/payments").await.text.contains("/payment/74"));
    }

    async fn a_receipt_says_who_paid_what_when_and_what_went_back_in_the_language_of_the_page(t: TestDb) {
        let app = entered(t).await;
        order(&app, 74, "paid", "2017-2").await;
        money(&app, 74, "T74", None).await;
        money(&app, 74, "T-second", Some(true)).await;
        let chinese = says(&app, 74, Lang::Zh).await;
        for line in [
            "缴费凭证", "支付单号=99301000000000000074", "考次=2017年下半年CET考试", "支付方式=首信易支付 中国银行",
            "支付时间=2017-09-20 12:00", "姓名=学生1", "学校=(99301)测试学校机构01",
            "(1) 英语四级笔试|(993010)测试校区机构001|0.01", "合计=¥0.02", "T74|2017-09-20 12:00|0.02", "合计=¥0.04",
            "已退款|2017-09-20 12:00|0.02", "退款合计=¥0.02", "扣除退款后=¥0.02", "本凭证不是税务发票，不能代替发票报销。",
            "打印时间：2017-09-20 12:00",
        ] {
            assert!(chinese.lines().any(|known| known == line), "{line}: {chinese}");
        }
        assert!(chinese.contains("澳门身份证") && !chinese.contains("99301000001"), "masked: {chinese}");
        let english = says(&app, 74, Lang::En).await;
        for line in ["Payment receipt", "Name=学生1", "(1) English band 4|(993010)测试校区机构001|0.01", "Refunds in all=¥0.02", "After refunds=¥0.02"] {
            assert!(english.lines().any(|known| known == line), "{line}: {english}");
        }
        assert!(english.contains("not a tax invoice"));
    }
}
