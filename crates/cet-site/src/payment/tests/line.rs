//! What the line of an order says, on every page and in both languages (Y4).

use super::*;
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::store::Tx;
use cet_base::store::testing::NOON;
use cet_base::texts::{Lang, texts};
use cet_base::words::codes::{SchoolCode, SittingCode, SubjectCode};
use cet_base::words::fen::{Fen, FenSum};
use cet_base::words::ids::{EntryId, OrderId, PassportId, RegistrationId};
use cet_domain::payment::events::{self, Detail, Event, Kind, PastEvent};
use cet_domain::payment::rules::{ClosedFor, OrderState};
use cet_domain::payment::store::history::Received;
use cet_domain::payment::store::{Order, RefundShown, by_id};
use cet_domain::payment::verbs::OrderMoney;

#[path = "line_sums.rs"]
mod sums;

fn fen(n: i64) -> FenSum {
    FenSum::new(n).unwrap()
}

fn school() -> SchoolCode {
    SchoolCode::parse("99301").unwrap()
}

fn order(state: OrderState) -> Order {
    Order {
        school: school(),
        id: OrderId(77),
        number: "99301000000000000077".parse().unwrap(),
        registration: RegistrationId(1),
        passport: PassportId(1),
        sitting: SittingCode::parse("2017-2").unwrap(),
        method: Method { gateway: gateway::payease::CODE, bank: "85".to_owned() },
        amount: fen(3),
        state,
        opened_at: NOON,
        deadline_at: NOON.plus(jiff::SignedDuration::from_hours(23)),
        settled_at: None,
        ask_at: None,
        asked: 0,
        returned_at: None,
        answer: None,
    }
}

fn told(id: i64, kind: Kind, entry: Option<i64>, reason: Option<&str>) -> PastEvent {
    let reason = reason.map(str::to_owned);
    PastEvent {
        id,
        kind,
        at: NOON,
        entry: entry.map(EntryId),
        receipt: entry.map(|_| 5),
        refund: None,
        amount: Some(fen(2)),
        detail: Detail { reason, ..Detail::default() },
    }
}

/// An order of English 4 for 2 fen and German 4 for 1, with so much received, owed back and returned.
fn truth(state: OrderState, (received, due, done): (i64, i64, i64), events: Vec<PastEvent>) -> OrderTruth {
    let stops = |told: &PastEvent| {
        told.kind == Kind::RefundRefused || told.kind == Kind::RefundUnknown && told.detail.reason.is_some()
    };
    let stands = if events.last().is_some_and(stops) { "refused" } else { "due" };
    let refund = |amount: i64, done_at| RefundShown {
        id: 8,
        order: OrderId(77),
        amount: fen(amount),
        reason: "no-seat".to_owned(),
        due_at: NOON,
        done_at,
        state: stands.to_owned(),
    };
    let refunds = [(due, None), (done, Some(NOON))];
    let received =
        Received { order: OrderId(77), trade_no: "T".to_owned(), amount: fen(received), received_at: NOON };
    let line = |entry, subject: &str, amount| LineKnown {
        order: OrderId(77),
        entry: EntryId(entry),
        subject: SubjectCode::parse(subject).unwrap(),
        amount: Fen::new(amount).unwrap(),
        is_held: false,
        expires_at: NOON.plus(jiff::SignedDuration::from_hours(24)),
    };
    OrderTruth {
        money: OrderMoney {
            order: order(state),
            received: Some(received).filter(|one| !one.amount.is_zero()).into_iter().collect(),
            refunds: refunds
                .into_iter()
                .filter(|(sum, _)| *sum > 0)
                .map(|(sum, at)| refund(sum, at))
                .collect(),
            returned: Vec::new(),
        },
        lines: vec![line(1, "1", 2), line(2, "2", 1)],
        events,
        in_doubt: Vec::new(),
    }
}

const PAID: OrderState = OrderState::Paid;
const LATE: OrderState = OrderState::Closed(ClosedFor::Deadline);

/// R18, Y3: the lead says that the gateway is asked, and the line says the same.
#[test]
fn while_a_closed_order_is_asked_for_after_its_candidate_came_back_its_line_says_so() {
    let (page, catalogue) = (page(Lang::Zh), Catalogue::default());
    let mut of = truth(LATE, (0, 0, 0), vec![]);
    let second = |n| NOON.plus(jiff::SignedDuration::from_secs(n));
    of.money.order.settled_at = Some(NOON);
    of.money.order.returned_at = Some(second(1));
    for (at, word) in [(2, "查询中"), (600, "已关闭")] {
        let speaker = Speaker { page: &page, catalogue: &catalogue, banks: &[], now: second(at) };
        let told = speaker.story(&of);
        assert_eq!(
            (told.word, told.todo.contains("没有收到付款")),
            (word, word == "已关闭"),
            "{at}: {told:?}"
        );
    }
}

#[test]
fn the_last_sentence_follows_from_the_fate_of_the_money_and_not_of_the_order() {
    use Kind::{Booked, NotBooked, RefundRefused, RefundSent, RefundUnknown};
    let first_only = || vec![told(1, Booked, Some(1), None), told(2, NotBooked, Some(2), Some("no-seat"))];
    let (page, catalogue) = (page(Lang::Zh), Catalogue::default());
    let speaker = Speaker { page: &page, catalogue: &catalogue, banks: &[], now: NOON };
    for (truth, word, todo) in [
        (truth(OrderState::Open, (0, 0, 0), vec![]), "等待支付", "请在 2017-09-21 11:00 前付款"),
        (truth(PAID, (3, 0, 0), vec![]), "已支付", "报考有效，您不用做什么。"),
        // Paid twice: the order is paid, whatever goes back.
        (
            truth(PAID, (6, 3, 0), vec![]),
            "已支付，多付的在退",
            "报考有效，多付的 ¥0.03 正在退回，您不用做什么。",
        ),
        (
            truth(PAID, (6, 0, 3), vec![]),
            "已支付，多付的已退",
            "报考有效，多付的 ¥0.03 已退回，您不用做什么。",
        ),
        // In part: each subject by its own fate.
        (
            truth(PAID, (3, 1, 0), first_only()),
            "部分支付，其余在退",
            "1已支付；2的 ¥0.01 正在退回，您不用做什么。",
        ),
        (
            truth(PAID, (3, 0, 1), first_only()),
            "部分支付，其余已退",
            "1已支付；2的 ¥0.01 已退回，您不用做什么。",
        ),
        (truth(PAID, (3, 1, 0), vec![]), "部分支付，其余在退", "其中 ¥0.01 正在退回，您不用做什么。"),
        (truth(LATE, (0, 0, 0), vec![]), "已关闭", "没有收到付款，您不用做什么。"),
        (truth(LATE, (3, 3, 0), vec![]), "退款中", "¥0.03 正在退回，您不用做什么。"),
        (
            truth(LATE, (3, 3, 0), vec![told(1, RefundRefused, None, Some("X"))]),
            "退款处理中",
            "¥0.03 的退款由工作人员处理，您不用做什么。",
        ),
        (
            truth(LATE, (3, 3, 0), vec![told(1, RefundUnknown, None, Some("unexplained"))]),
            "退款处理中",
            "¥0.03 的退款由工作人员处理，您不用做什么。",
        ),
        // Only not answered yet, or sent again by staff: a job goes on.
        (
            truth(LATE, (3, 3, 0), vec![told(1, RefundUnknown, None, None)]),
            "退款中",
            "¥0.03 正在退回，您不用做什么。",
        ),
        (
            truth(
                LATE,
                (3, 3, 0),
                vec![told(1, RefundRefused, None, Some("X")), told(2, RefundSent, None, None)],
            ),
            "退款中",
            "¥0.03 正在退回，您不用做什么。",
        ),
        (
            truth(PAID, (6, 3, 0), vec![told(1, RefundRefused, None, Some("X"))]),
            "已支付，多付的退款处理中",
            "报考有效，多付的 ¥0.03 由工作人员退回，您不用做什么。",
        ),
        (truth(LATE, (3, 0, 3), vec![]), "已退款", "¥0.03 已退回，您不用做什么。"),
    ] {
        let story = speaker.story(&truth);
        assert_eq!(story.word, word, "{story:?}");
        assert!(story.todo.starts_with(todo), "{}: {}", story.word, story.todo);
        if truth.money.refunds.iter().all(|refund| refund.done_at.is_some()) {
            assert!(!format!("{story:?}").contains("正在退"), "nothing is under way: {story:?}");
        }
    }
}

#[test]
fn of_another_sitting_only_money_that_is_not_settled_stands_beside_this_one() {
    let (page, catalogue) = (page(Lang::Zh), Catalogue::default());
    let speaker = Speaker { page: &page, catalogue: &catalogue, banks: &[], now: NOON };
    let all = [
        truth(PAID, (3, 0, 0), vec![]),
        truth(LATE, (3, 3, 0), vec![]),
        truth(LATE, (3, 0, 3), vec![]),
        truth(OrderState::Open, (0, 0, 0), vec![]),
    ];
    let words = |sitting: &str| -> Vec<&str> {
        let sitting = SittingCode::parse(sitting).unwrap();
        speaker.stories(&all, &sitting).iter().map(|story| story.word).collect()
    };
    assert_eq!(words("2017-2"), ["已支付", "退款中", "已退款", "等待支付"]);
    assert_eq!(words("2018-1"), ["退款中", "等待支付"]);
}

fn page(lang: Lang) -> Page {
    Page::new(texts(lang), std::sync::Arc::default(), "/registration")
}

#[test]
fn every_kind_of_event_has_its_words_in_both_languages() {
    let mut events: Vec<PastEvent> =
        Kind::ALL.iter().zip(1..).map(|(kind, id)| told(id, *kind, Some(1), None)).collect();
    for (reason, id) in ["surplus", "replaced", "locked", "cancelled", "given-up"].into_iter().zip(100..) {
        events.push(told(id, Kind::NotBooked, Some(2), Some(reason)));
    }
    for (reason, id) in
        ["no-seat", "window-closed", "not-allowed", "bound-elsewhere", "not-granted", "needs-written"]
            .into_iter()
            .zip(200..)
    {
        events.push(told(id, Kind::RefundDue, None, Some(reason)));
    }
    for (reason, id) in ["deadline", "replaced", "given-up"].into_iter().zip(300..) {
        events.push(told(id, Kind::Closed, None, Some(reason)));
    }
    let count = events.len();
    let truth = truth(OrderState::Open, (0, 0, 0), events);
    for lang in [Lang::Zh, Lang::En] {
        let (page, catalogue) = (page(lang), Catalogue::default());
        let steps = Speaker { page: &page, catalogue: &catalogue, banks: &[], now: NOON }.story(&truth).steps;
        // One that its neighbour says, and one for what is going on.
        assert_eq!(steps.len(), count, "{steps:#?}");
        for step in &steps {
            let said = format!("{} {}", step.title, step.text);
            for trace in ["payment-", "{", "}", "$"] {
                assert!(!said.contains(trace), "{said}");
            }
            let has_chinese = said.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
            assert_eq!(has_chinese, lang == Lang::Zh, "{said}");
        }
    }
}

#[test]
fn the_lines_of_one_receipt_with_the_same_fate_are_one_step() {
    let events = vec![
        told(1, Kind::Booked, Some(1), None),
        told(2, Kind::Booked, Some(2), None),
        told(3, Kind::RefundDue, None, Some("surplus")),
    ];
    let (page, catalogue) = (page(Lang::Zh), Catalogue::default());
    let speaker = Speaker { page: &page, catalogue: &catalogue, banks: &[], now: NOON };
    let steps = speaker.story(&truth(PAID, (3, 0, 0), events)).steps;
    let titles: Vec<&str> = steps.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(titles, ["1、2已支付，考位为您保留", "我们申请退款 ¥0.02"]);
}

async fn sql(app: &TestApp, sql: &'static str) {
    app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await.unwrap();
}

async fn tell(app: &TestApp, event: Event) {
    let tell = app.t.db.write(async move |tx: &mut Tx<'_>| {
        let order = by_id(tx, school(), OrderId(77)).await?.unwrap();
        events::record(tx, &order, event.clone()).await
    });
    tell.await.unwrap();
}

/// Candidate 1 has paid English 4 by order 77, whose money came after the hold had ended.
async fn paid_late(app: &TestApp) {
    let mut browser = bound(app, 1).await;
    assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
    sql(app, "INSERT INTO payment_order
                  (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at,
                   deadline_at, settled_at, closed_for, ask_at, asked)
              SELECT '99301', 77, '99301000000000000077', registration_id, 1, '2017-2', 'payease', '85', fee, 'paid',
                     entered_at, expires_at, entered_at, NULL, NULL, 0
                FROM entry").await;
    sql(
        app,
        "INSERT INTO order_line (school, order_id, entry_id, subject, amount)
              SELECT school, 77, id, subject, fee FROM entry",
    )
    .await;
    sql(app, "UPDATE entry SET state = 'paid', paid_at = entered_at").await;
    sql(
        app,
        "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
              SELECT '99301', 6, 77, 'payease', 'T6', amount, 'query', opened_at FROM payment_order",
    )
    .await;
}

on_both! {
    async fn late_money_that_took_a_seat_again_is_said_on_every_page(t: TestDb) {
        let app = enrolled(t).await;
        paid_late(&app).await;
        let entry = app.t.db.read(async |tx: &mut Tx<'_>| tx.query_one::<(EntryId,)>("SELECT id FROM entry", &[]).await);
        let (entry,) = entry.await.unwrap();
        tell(&app, Event::new(Kind::SeatedAgain).entry(entry).receipt(6).amount(fen(1))).await;
        let mut browser = app.signed_in(1).await;
        for path in ["/registration", "/home", "/payment/77"] {
            let page = browser.get(path).await;
            assert!(page.text.contains("付款晚到，英语四级笔试已重新占到考位"), "{path}: {}", page.text);
            assert!(page.text.contains("资金去向") && page.text.contains("报考有效，您不用做什么。"), "{path}");
            assert_eq!(page.text.matches("data-situation=").count(), 1, "{path}");
            let leads_there = page.text.contains("href=\"/payment/77\"");
            assert_eq!(leads_there, path != "/payment/77", "{path}: no page leads to itself");
        }
        assert!(browser.get("/home?lang=en").await.text.contains("you have your seat for"));
        // After some days nobody needs to hear of it first; the line says it still.
        app.t.clock.set(NOON.plus(jiff::SignedDuration::from_hours(73)));
        let page = app.signed_in(1).await.get("/registration").await;
        assert!(!page.text.contains("付款晚到") && page.text.contains("英语四级笔试重新占到考位，已支付"), "{}", page.text);
    }

    /// Y4, Y5: one of two tests was refunded by finance staff; every page names it, with its time and its money.
    async fn every_page_names_the_test_that_staff_ended(t: TestDb) {
        let app = enrolled(t).await;
        paid_late(&app).await;
        let mut browser = app.signed_in(1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "2")]).await.status, 303);
        for change in [
            "INSERT INTO order_line (school, order_id, entry_id, subject, amount) SELECT school, 77, id, subject, fee FROM entry WHERE subject = '2'",
            "UPDATE payment_order SET amount = 2",
            "UPDATE receipt SET amount = 2",
            "INSERT INTO receipt_line (school, receipt_id, entry_id, amount) SELECT school, 6, id, fee FROM entry",
            "UPDATE entry SET state = 'paid', paid_at = entered_at",
            "UPDATE entry SET state = 'withdrawn', ended_at = 1505880900000000 WHERE subject = '1'",
            "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, try_at, tries, sent_at)
             VALUES ('99301', 8, 77, 6, 1, 'exam-cancelled', 'R993018', 'due', 1505880900000000, NULL, 4, 0, NULL)",
            "INSERT INTO refund_line (school, refund_id, entry_id, receipt_id, amount) SELECT school, 8, id, 6, 1 FROM entry WHERE subject = '1'",
        ] {
            sql(&app, change).await;
        }
        let entries = app.t.db.read(async |tx: &mut Tx<'_>| tx.query::<(EntryId,)>("SELECT id FROM entry", &[]).await);
        for (entry,) in entries.await.unwrap() {
            tell(&app, Event::new(Kind::Booked).entry(entry).receipt(6).amount(fen(1))).await;
        }
        for path in ["/registration", "/home", "/payment/77"] {
            let page = browser.get(path).await;
            for said in [
                "英语四级笔试的报考已由工作人员于 <span class=\"num\">2017-09-20 12:15</span> 结束，考位已收回。",
                "英语六级笔试已支付；英语四级笔试的 ¥0.01 正在退回",
                "考试取消",
            ] {
                assert!(page.text.contains(said), "{path} does not say {said}: {}", page.text);
            }
            assert_eq!(page.text.matches("data-situation=\"paid\"").count(), 1, "{path}");
        }
        let history = browser.get("/account/payments").await;
        assert!(history.text.contains("<br>(1) 英语四级笔试<br>"), "{}", history.text);
        let english = browser.get("/home?lang=en").await.text;
        assert!(english.contains("Staff ended your entry for"), "{english}");
        // A part of the fee leaves the test as it is.
        sql(&app, "UPDATE entry SET state = 'paid', ended_at = NULL WHERE subject = '1'").await;
        let kept = browser.get("/registration?lang=zh").await;
        assert!(kept.text.contains("英语四级笔试的 ¥0.01 正在退回") && !kept.text.contains("已由工作人员于"), "{}", kept.text);
    }

    async fn the_message_of_an_update_leaves_room_for_the_notice_of_a_refund(t: TestDb) {
        let app = enrolled(t).await;
        paid_late(&app).await;
        sql(&app, "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
                   VALUES ('99301', 7, 77, 'payease', 'T7', 1, 'query', 4)").await;
        sql(&app, "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at,
                                       try_at, tries, sent_at)
                   VALUES ('99301', 8, 77, 7, 1, 'surplus', 'R993018', 'due', 1505966400000000, NULL, 4, 0, NULL)").await;
        let mut browser = app.signed_in(1).await;
        assert_eq!(browser.post("/registration/refresh", &[]).await.location(), "/registration");
        let page = browser.get("/registration").await;
        assert!(page.text.contains("0.01元正在退回"), "{}", page.text);
        assert!(page.text.contains("多付的 ¥0.01 正在退回") && !page.text.contains("款项到账时科目已经不在"), "{}", page.text);
    }
}
