//! Finance: what it finds, asks back, decides and settles, and what bad input gets.

use jiff::SignedDuration;

use super::world::{code, member, staffed};
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::{NOON, TestDb};
use cet_base::store::{DbError, Tx};
use cet_domain::staff::demo::DemoAccount;

pub(super) const NUMBER: &str = "99301000000000000005";
const TRADE: &str = "2017092021001004330200418866";
const DOCUMENT: &str = "99301000001";

pub(super) async fn sql(app: &TestApp, statements: &[&'static str]) {
    for &statement in statements {
        let done: Result<u64, DbError> =
            app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(statement, &[]).await).await;
        done.unwrap();
    }
}

/// An order that paid one subject, a stopped refund of another receipt, unmatched money, and two people of finance.
pub(super) async fn world(t: TestDb) -> (TestApp, Vec<DemoAccount>) {
    let app = enrolled(t).await;
    let accounts = staffed(&app).await;
    let entered = bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
    assert_eq!(entered.status, 303, "{:?}", entered.codes());
    sql(
        &app,
        &[
            "UPDATE entry SET state = 'paid', paid_at = 3",
            "INSERT INTO payment_order
                (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at, deadline_at,
                 settled_at, closed_for, ask_at, asked)
             SELECT school, 5, '99301000000000000005', registration_id, 1, sitting, 'alipay', '', fee, 'paid', 1, 2, 3, NULL, NULL, 0
               FROM entry",
            "INSERT INTO order_line (school, order_id, entry_id, subject, amount) SELECT school, 5, id, subject, fee FROM entry",
            "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
             SELECT school, 6, 5, 'alipay', '2017092021001004330200418866', fee, 'notice', 3 FROM entry",
            "INSERT INTO receipt_line (school, receipt_id, entry_id, amount) SELECT school, 6, id, fee FROM entry",
            "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
             SELECT school, 8, 5, 'alipay', 'second', fee, 'notice', 3 FROM entry",
            "INSERT INTO refund
                (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, try_at, tries, sent_at,
                 answer, stopped_at)
             SELECT school, 7, 5, 8, fee, 'surplus', 'R993017', 'refused', 3, NULL, NULL, 1, 3, 'ACQ.X', 4 FROM entry",
            "INSERT INTO suspense
                (school, id, gateway, order_number, trade_no, amount, reason, proof, state, received_at)
             VALUES ('99301', 9, 'alipay', '99301000000000000005', 'T9', 7700, 'sum', 'notice', 'open', 3)",
        ],
    )
    .await;
    (app, accounts)
}

/// The id of the entry that was paid.
pub(super) async fn line(app: &TestApp) -> String {
    let read: Result<(i64,), DbError> =
        app.t.db.read(async |tx: &mut Tx<'_>| tx.query_one("SELECT id FROM entry", &[]).await).await;
    read.unwrap().0.to_string()
}

/// Asks for all of the order; the address of the request.
pub(super) async fn asked(browser: &mut Browser<'_>) -> String {
    let fields = [("order", NUMBER), ("reason", "第 7 号来信"), ("kind", "instructed")];
    let sent = browser.post("/staff/refunds/new", &fields).await;
    assert_eq!(sent.status, 303, "{:?}", sent.codes());
    sent.location().to_owned()
}

pub(super) fn refused(answer: &Answer) -> (u16, Vec<&str>) {
    (answer.status.as_u16(), answer.codes())
}

on_both! {
    /// TH22.
    async fn finance_finds_an_order_by_its_number_trade_refund_or_document_in_its_scope_only(t: TestDb) {
        let (app, _) = world(t).await;
        sql(&app, &["INSERT INTO staff_account
                (name, person, role, scope, password_hash, password_changed_at, must_change, totp_sealed, enrolled_at, created_at,
                 disabled_at)
             SELECT 'finance-98', 'finance-98', role, '98', '', 0, FALSE, totp_sealed, 0, 0, NULL
               FROM staff_account WHERE name = 'finance'"]).await;
        let mut finance = member(&app, "finance").await;
        let mut far = member(&app, "finance-98").await;
        let order = format!("/staff/orders/{NUMBER}");
        for q in [NUMBER, "99301 00000 00000 00005", TRADE, "second", "T9", "R993017", "r993017", DOCUMENT, "99301 000001"] {
            let found = finance.post("/staff/orders/search", &[("q", q)]).await;
            assert_eq!((found.status.as_u16(), found.location()), (303, &*order), "{q}: {:?}", found.codes());
            let other = far.post("/staff/orders/search", &[("q", q)]).await;
            assert_eq!(refused(&other), (422, vec!["record-not-found"]), "{q}");
        }
        let long = "9".repeat(5_000);
        for q in ["", " ", "%", "'", "R99301", "R99301x", "R9930199999999999999999999", "99302000000000000005", "学生1", &long, "\u{0}"] {
            let answer = finance.post("/staff/orders/search", &[("q", q)]).await;
            assert_eq!(answer.codes(), ["record-not-found"], "{q}");
        }
        let doubled = finance.post("/staff/orders/search", &[("q", NUMBER), ("q", TRADE)]).await;
        assert_eq!(doubled.status, 422);
        // Two orders of one document are shown to choose from, and the document is in no address.
        sql(&app, &["INSERT INTO payment_order
                (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at, deadline_at,
                 settled_at, closed_for, ask_at, asked)
             SELECT school, 15, '99301000000000000015', registration_id, 1, sitting, 'payease', '85', fee, 'closed', 1, 2, 3, 'deadline',
                    NULL, 0
               FROM entry"]).await;
        let both = finance.post("/staff/orders/search", &[("q", DOCUMENT)]).await;
        assert_eq!(both.status, 200);
        assert!(both.text.contains(">99301000000000000005<") && both.text.contains(">99301000000000000015<"));
    }

    /// R24: whoever let a student go has money of its own.
    async fn finance_finds_by_document_also_what_a_passport_paid_before_it_let_the_student_go(t: TestDb) {
        let (app, _) = world(t).await;
        sql(&app, &[
            "INSERT INTO student_let_go (document_key, sitting, passport_id, by_dispute, at)
             SELECT document_key, sitting, passport_id, TRUE, 5 FROM registration",
            "UPDATE registration SET state = 'released'",
        ]).await;
        let mut finance = member(&app, "finance").await;
        let found = finance.post("/staff/orders/search", &[("q", DOCUMENT)]).await;
        assert_eq!(found.location(), format!("/staff/orders/{NUMBER}"), "{:?}", found.codes());
    }

    /// TH63.
    async fn whoever_approves_a_refund_enters_a_second_factor_again_once_the_last_is_ten_minutes_old(t: TestDb) {
        let (app, accounts) = world(t).await;
        let mut first = member(&app, "finance-2").await;
        let place = asked(&mut first).await;
        let approval = format!("{place}/approval");
        assert_eq!(first.post(&approval, &[]).await.codes(), ["needs-second"], "not by whoever asked");
        let mut second = member(&app, "finance").await;
        let fresh = second.get(&place).await;
        assert!(fresh.text.contains("/approval") && !fresh.text.contains("name=\"code\""));
        for check in ["支付单确已支付", "未超过已付金额", "付款那天的对账文件还没有核对"] {
            assert!(fresh.text.contains(check), "{check}: {}", fresh.text);
        }
        for minutes in [5, 10] {
            app.t.clock.set(NOON.plus(SignedDuration::from_mins(minutes)));
            let asks = second.get(&place).await.text.contains("name=\"code\"");
            assert_eq!(asks, minutes == 10);
        }
        let secret = &accounts.iter().find(|account| account.name == "finance").unwrap().totp_secret;
        let right = code(&app, secret, 0);
        for typed in ["", " ", "000000", "x", &"1".repeat(5_000)] {
            let answer = second.post(&approval, &[("code", typed)]).await;
            assert_eq!(refused(&answer), (422, vec!["credentials"]), "{typed}");
            assert!(answer.text.contains("id=\"code\""));
        }
        assert_eq!(second.post(&approval, &[]).await.codes(), ["credentials"], "left out");
        assert_eq!(second.post(&approval, &[("code", &right), ("code", &right)]).await.status, 422);
        let done = second.post(&approval, &[("code", &right)]).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, &*place), "{:?}", done.codes());
        assert!(second.get(&place).await.text.contains("已同意"));
        // What was entered now is fresh for the next one.
        assert!(app.t.db.read(async |tx: &mut Tx<'_>| {
            let sql = "SELECT COUNT(*) FROM staff_session WHERE account = 'finance' AND passed_at > created_at";
            tx.query_one::<(i64,)>(sql, &[]).await
        }).await.unwrap().0 == 1);
    }

    async fn an_order_or_exam_that_is_not_there_is_looked_for_again_in_the_same_form(t: TestDb) {
        let (app, _) = world(t).await;
        let mut finance = member(&app, "finance").await;
        for (query, field) in [
            ("order=99301000000000000099", "order"),
            ("order=x", "order"),
            ("sitting=2017-2&subject=Z9", "subject"),
            ("sitting=x&subject=1&campus=993010", "subject"),
        ] {
            let answer = finance.get(&format!("/staff/refunds/new?{query}")).await;
            assert_eq!(refused(&answer), (404, vec!["not-found"]), "{query}");
            assert!(answer.text.contains(&format!("href=\"#{field}\"")), "{query}: {}", answer.text);
            assert!(answer.text.contains("name=\"order\"") && !answer.text.contains("name=\"reason\""));
        }
        assert!(finance.get("/staff/refunds/new?order=x%22").await.text.contains("value=\"x&#34;\""));
    }

    async fn an_order_says_what_its_gateway_answered_why_it_was_closed_and_what_does_not_fit(t: TestDb) {
        let (app, _) = world(t).await;
        sql(&app, &[
            "INSERT INTO payment_event (school, number, id, at, kind, detail)
             VALUES ('99301', '99301000000000000005', 101, 1, 'answered', '{\"answer\":\"missing\"}'),
                    ('99301', '99301000000000000005', 102, 2, 'closed', '{\"reason\":\"given-up\"}'),
                    ('99301', '99301000000000000005', 103, 3, 'not-booked', '{\"reason\":\"window-closed\"}'),
                    ('99301', '99301000000000000005', 104, 4, 'suspense-opened', '{\"reason\":\"sum\"}'),
                    ('99301', '99301000000000000005', 105, 5, 'reconciled', '{\"answer\":\"different\",\"reason\":\"twice\"}')",
        ]).await;
        let page = member(&app, "finance").await.get(&format!("/staff/orders/{NUMBER}")).await;
        for words in [
            "支付平台回答：没有这笔交易",
            "关闭：考生取消了其中的科目",
            "报名已经截止",
            "金额与支付单不同",
            "与对账文件核对：不符",
            "有待查款项",
        ] {
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
        // What a gateway refused to give back has not gone back.
        sql(&app, &["DELETE FROM suspense"]).await;
        let page = member(&app, "finance").await.get(&format!("/staff/orders/{NUMBER}")).await;
        assert!(page.text.contains("有退款没有退成，待财务处理"), "{}", page.text);
        sql(&app, &["UPDATE refund SET state = 'done', done_at = 5, stopped_at = NULL"]).await;
        let page = member(&app, "finance").await.get(&format!("/staff/orders/{NUMBER}")).await;
        assert!(page.text.contains("钱和考位一致"), "{}", page.text);
    }

    async fn codes_can_not_be_guessed_at_an_approval(t: TestDb) {
        let (app, accounts) = world(t).await;
        let mut first = member(&app, "finance-2").await;
        let place = asked(&mut first).await;
        let mut second = member(&app, "finance").await;
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(11)));
        let approval = format!("{place}/approval");
        let mut last = 422;
        for n in 0..30 {
            last = second.post(&approval, &[("code", &format!("{n:06}"))]).await.status.as_u16();
            if last == 429 {
                break;
            }
        }
        assert_eq!(last, 429);
        let secret = &accounts.iter().find(|account| account.name == "finance").unwrap().totp_secret;
        let right = second.post(&approval, &[("code", &code(&app, secret, 0))]).await;
        assert!(right.status == 303 && right.location().starts_with("/staff/login"), "the session has ended");
        assert!(first.get(&place).await.text.contains("等复核"), "nothing went back");
    }

    /// Every field of the form for a refund.
    async fn bad_input_asks_no_refund(t: TestDb) {
        let (app, _) = world(t).await;
        let line = line(&app).await;
        let amount: &'static str = format!("amount.{line}").leak();
        let mut finance = member(&app, "finance").await;
        let good = [("order", NUMBER), ("line", &*line), ("reason", "来信"), ("kind", "instructed"), ("preview", "")];
        let long = "长".repeat(501);
        for (field, value, status, said) in [
            ("order", "1", 404, vec!["not-found"]),
            ("order", "99302000000000000005", 404, vec!["not-found"]),
            ("line", "x", 422, vec!["field-invalid"]),
            ("line", "99999", 422, vec!["field-invalid"]),
            ("line", "-1", 422, vec!["field-invalid"]),
            ("reason", "", 422, vec!["field-invalid"]),
            ("reason", "  ", 422, vec!["field-invalid"]),
            ("reason", &long, 422, vec!["field-invalid"]),
            ("kind", "wish", 422, vec!["field-invalid"]),
            ("kind", "no-seat", 422, vec!["field-invalid"]),
            (amount, "x", 422, vec!["field-invalid"]),
            (amount, "-0.01", 422, vec!["field-invalid"]),
            (amount, "0.001", 422, vec!["field-invalid"]),
            (amount, "1e3", 422, vec!["field-invalid"]),
            (amount, "99999999999999999999", 422, vec!["field-invalid"]),
            (amount, "999.00", 422, vec!["field-invalid"]),
        ] {
            let mut fields: Vec<(&str, &str)> = good.iter().copied().filter(|(name, _)| *name != field).collect();
            fields.push((field, value));
            let answer = finance.post("/staff/refunds/new", &fields).await;
            let mut codes = answer.codes();
            codes.dedup();
            assert_eq!((answer.status.as_u16(), codes), (status, said), "{field}={value}");
        }
        for field in ["order", "reason", "kind", "preview"] {
            let mut fields = good.to_vec();
            fields.push((field, "x"));
            assert_eq!(finance.post("/staff/refunds/new", &fields).await.status, 422, "{field} twice");
        }
        for (subject, campus, sitting) in [("1", "1", ""), ("Z9", "993010", ""), ("1", "993010", "1917-1")] {
            let fields = [("subject", subject), ("campus", campus), ("sitting", sitting), ("reason", "x"), ("kind", "mistaken"), ("confirm", "yes")];
            assert_eq!(finance.post("/staff/refunds/new", &fields).await.status, 404, "{subject} {campus} {sitting}");
        }
        assert!(!finance.get("/staff/refunds").await.text.contains("来信"));
    }

    /// Refused, or not explained by the gateway.
    async fn the_overview_leads_to_every_refund_that_waits_for_finance(t: TestDb) {
        let (app, _) = world(t).await;
        sql(&app, &["UPDATE refund SET state = 'unknown' WHERE id = 7"]).await;
        let mut finance = member(&app, "finance").await;
        let overview = finance.get("/staff").await;
        assert!(overview.text.contains("href=\"/staff/refunds?state=stopped\""), "{}", overview.text);
        for (state, is_there) in [("stopped", true), ("unknown", true), ("refused", false)] {
            let list = finance.get(&format!("/staff/refunds?state={state}")).await;
            assert_eq!(list.text.contains("/staff/refunds/99301-7"), is_there, "{state}");
        }
    }

    /// Whoever sends back money that was booked since would send it back twice.
    async fn money_in_suspense_names_the_order_and_what_was_booked_of_its_trade(t: TestDb) {
        let (app, _) = world(t).await;
        sql(
            &app,
            &[
                "INSERT INTO suspense
                    (school, id, gateway, order_number, trade_no, amount, reason, proof, state, received_at)
                 VALUES ('00000', 10, 'alipay', '99301000000000000005', '2017092021001004330200418866', 1, 'merchant', 'notice',
                         'open', 3)",
                "INSERT INTO suspense
                    (school, id, gateway, order_number, trade_no, amount, reason, proof, state, received_at)
                 VALUES ('00000', 11, 'alipay', '99301000000000000009', 'T1', 1, 'order', 'notice', 'open', 3)",
            ],
        )
        .await;
        let mut finance = member(&app, "finance").await;
        for (id, links) in [("00000-10", 2), ("99301-9", 1), ("00000-11", 0)] {
            let shown = finance.get(&format!("/staff/suspense/{id}")).await;
            assert_eq!(shown.status, 200);
            assert_eq!(shown.text.matches("href=\"/staff/orders/99301").count(), links, "{id}: {}", shown.text);
        }
    }

    /// Y5.
    async fn whoever_approves_reads_what_does_not_fit(t: TestDb) {
        let (app, _) = world(t).await;
        let place = asked(&mut member(&app, "finance-2").await).await;
        let mut second = member(&app, "finance").await;
        for (change, told) in [
            ("UPDATE payment_order SET state = 'closed', closed_for = 'deadline'", "1 个科目的支付单没有支付"),
            ("UPDATE refund_request_line SET amount = amount + 1", "1 个科目超过已付金额"),
            (
                "INSERT INTO reconciliation_difference
                    (id, gateway, day, class, order_number, trade_no, reference, ours, theirs, done_at, state, resolved_as,
                     owner, note, found_at, changed_at)
                 VALUES (1, 'alipay', '1970-01-01', 'ours-only', '99301000000000000005', '2017092021001004330200418866', 'x', 1,
                         NULL, 3, 'open', '', '', '', 3, 3)",
                "1 个科目的付款对账文件里没有",
            ),
        ] {
            assert!(!second.get(&place).await.text.contains(told), "{told} before");
            sql(&app, &[change]).await;
            let shown = second.get(&place).await.text;
            assert!(shown.contains(told), "{told}: {shown}");
        }
    }

    /// 首信易支付 tells of a refund in its console without a sum.
    async fn a_sum_that_no_gateway_told_is_shown_as_unknown_and_not_as_nothing(t: TestDb) {
        let (app, _) = world(t).await;
        sql(&app, &["UPDATE suspense SET amount = 0, reason = 'refunded' WHERE id = 9"]).await;
        let mut finance = member(&app, "finance").await;
        for path in ["/staff/suspense", "/staff/suspense/99301-9", &format!("/staff/orders/{NUMBER}")] {
            let shown = finance.get(path).await.text.rsplit("<h2 id=\"suspense\">").next().unwrap().to_owned();
            assert!(shown.contains("平台未告知") && !shown.contains("¥0.00"), "{path}: {shown}");
        }
        let file = finance.get("/staff/suspense.csv").await.text;
        assert!(file.contains("平台未告知") && !file.contains("0.00"), "{file}");
        sql(&app, &["UPDATE suspense SET amount = 1 WHERE id = 9"]).await;
        let shown = finance.get("/staff/suspense/99301-9").await.text;
        assert!(shown.contains("¥0.01") && !shown.contains("平台未告知"), "{shown}");
    }

    /// Every field of what finance decides and settles.
    async fn bad_input_decides_and_settles_nothing(t: TestDb) {
        let (app, _) = world(t).await;
        let place = asked(&mut member(&app, "finance-2").await).await;
        let mut finance = member(&app, "finance").await;
        let long = "长".repeat(501);
        let refusal = format!("{place}/refusal");
        for note in ["", "  ", &long] {
            let answer = finance.post(&refusal, &[("note", note)]).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "refusal {note}");
            let answer = finance.post("/staff/refunds/99301-7/by-hand", &[("note", note)]).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "by hand {note}");
            let answer = finance.post("/staff/suspense/99301-9/resolution", &[("as", "foreign"), ("note", note)]).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "suspense {note}");
        }
        for settled in ["", "x", "OURS"] {
            let fields = [("as", settled), ("note", "看过")];
            let answer = finance.post("/staff/suspense/99301-9/resolution", &fields).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "{settled}");
            assert!(answer.text.contains("看过"), "what was typed stays");
        }
        for path in [&*refusal, "/staff/refunds/99301-7/by-hand", "/staff/suspense/99301-9/resolution"] {
            let fields = [("as", "foreign"), ("note", "a"), ("note", "b")];
            assert_eq!(finance.post(path, &fields).await.status, 422, "{path}");
        }
        for id in ["1", "x", "99301-x", "99301-8", "99302-7", "99999999999999999999"] {
            for (path, what) in [("refunds", "approval"), ("refunds", "refusal"), ("refunds", "retry"), ("refunds", "by-hand"), ("suspense", "resolution")] {
                let fields = [("note", "x"), ("as", "foreign")];
                let answer = finance.post(&format!("/staff/{path}/{id}/{what}"), &fields).await;
                assert_eq!(answer.status, 404, "{path} {id} {what}");
            }
        }
        // And then each of them once, as it should be.
        for (path, fields) in [
            (&*refusal, vec![("note", "不同意")]),
            ("/staff/refunds/99301-7/by-hand", vec![("note", "银行回单 7")]),
            ("/staff/suspense/99301-9/resolution", vec![("as", "foreign"), ("note", "别人的")]),
        ] {
            let done = finance.post(path, &fields).await;
            assert_eq!(done.status, 303, "{path}: {:?}", done.codes());
        }
        assert!(finance.get("/staff/refunds/99301-7").await.text.contains("银行回单 7"));
        assert!(finance.get("/staff/suspense/99301-9").await.text.contains("别人的"));
        assert!(finance.get(&place).await.text.contains("不同意"));
    }
}
