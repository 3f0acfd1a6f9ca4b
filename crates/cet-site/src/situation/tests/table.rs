//! Every situation in both languages, and the pages that say it (R18).

use jiff::SignedDuration;

use super::*;
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;
use cet_base::texts::{Lang, texts};
use cet_base::words::fen::{Fen, FenSum};
use cet_base::words::ids::OrderId;
use cet_base::words::time::Time;
use cet_domain::payment::rules::RefundReason;
use cet_domain::record_report::{Field, ReportState};
use cet_domain::registration::rules::EnterBy;
use cet_domain::review::ReviewState;
use cet_domain::situation::{Asked, Back, Note, ReportStands, ReviewStands, Situation, Waits, testing};

fn page(lang: Lang) -> crate::web::page::Page {
    crate::web::page::Page::new(texts(lang), std::sync::Arc::default(), "/home")
}

on_both! {
    async fn every_situation_has_its_words_and_its_action_in_both_languages(t: TestDb) {
        let app = TestApp::on(t).await;
        let catalogue = app.app.catalogue.get();
        let plan = catalogue.current().unwrap();
        let money = cet_domain::payment::verbs::PassportMoney::default();
        for lang in [Lang::Zh, Lang::En] {
            let page = page(lang);
            let reason = Some("看过 CET4".to_owned()).filter(|_| lang == Lang::Zh);
            let written = Written { reason, answer: None };
            let told = Wording { page: &page, plan, money: &money, written: &written, now: NOON };
            let mut titles = std::collections::BTreeSet::new();
            let sum = FenSum::of([Fen::new(3).unwrap()]);
            for (situation, action, mail) in testing::table(NOON, sum) {
                assert_eq!((situation.action(), situation.mail()), (action, mail), "{situation:?}");
                let lead = Lead::of(&told, &situation, On::Home);
                let said = format!("{} {}", lead.title, lead.text);
                assert!(!lead.title.is_empty() && (!lead.text.is_empty() || lead.clock.is_some()), "{situation:?}");
                for trace in ["situation-", "entry-", "{", "}", "$", "\u{2068}"] {
                    assert!(!said.contains(trace), "{situation:?}: {said}");
                }
                let has_chinese = said.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
                assert_eq!(has_chinese, lang == Lang::Zh, "{situation:?}: {said}");
                titles.insert(lead.title);
                assert_eq!(Lead::of(&told, &situation, On::Information).situation, situation.wire());
            }
            assert!(titles.len() >= 20, "{titles:?}");
            // A page comes again by itself until its minute is over.
            let asked = Asked { order: OrderId(7), past_hold: false, again_until: Some(NOON) };
            let again = |now| Lead::of(&Wording { now, ..told }, &Situation::Asking(asked.clone()), On::Home).again;
            assert_eq!((again(NOON.plus(SignedDuration::from_secs(-1))), again(NOON)), (Some(3), None));
            let note = |note| notices(&told, &[note]).pop().map(|notice| format!("{} {}", notice.title, notice.text));
            for state in [ReviewState::Pending, ReviewState::Refused, ReviewState::Approved] {
                assert!(note(Note::Review(ReviewStands { state, is_closed: false })).is_some_and(|said| !said.contains("situation-")));
            }
            assert!(note(Note::RefusedReview).is_some_and(|said| !said.contains("situation-")));
            for state in [ReportState::Open, ReportState::Corrected, ReportState::Answered] {
                let of = ReportStands { field: Field::Class, state, reported_at: NOON, answered_at: None };
                assert!(note(Note::Report(of)).is_some_and(|said| !said.contains("report-")));
            }
            let waits = Waits { subjects: vec![(cet_base::words::codes::SubjectCode::CET6, 3)], until: NOON };
            assert!(note(Note::Waits(waits)).is_some_and(|said| said.contains('3') && !said.contains("situation-")));
            assert!(note(Note::Locked(None)).is_some() && note(Note::Released).is_some());
            for is_closing in [false, true] {
                let by = EnterBy { at: NOON, is_closing };
                assert!(note(Note::EnterBy(by)).is_some_and(|said| !said.contains("situation-")));
            }
            refunds_say_why_and_who_returns_them(&told);
            let exam = Lead::of(&told, &Situation::ExamDay(NOON), On::Home).text;
            let bring = ["准考证、身份证件和学生证", "admission ticket, your identity document and your student card"];
            assert!(exam.contains(bring[usize::from(lang == Lang::En)]), "as the ticket and the calendar: {exam}");
        }
    }

    /// R18: home page, information page and the order's page speak from one function, and hold one situation each.
    async fn every_page_says_the_situation_that_holds(t: TestDb) {
        let app = enrolled(t).await;
        let mut fresh = app.signed_in(1).await;
        said(&mut fresh, "not-bound", "/agreement").await;
        assert!(fresh.get("/home").await.text.contains("网上报名时间"), "also before a campus is known");
        let mut browser = bound(&app, 1).await;
        said(&mut browser, "no-entry", "/registration/written").await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1"), ("subject", "2")]).await.status, 303);
        said(&mut browser, "unpaid", "/payment").await;
        open_order(&app).await;
        said(&mut browser, "unpaid", "/payment").await;
        let order = browser.get("/payment/77").await;
        assert_eq!(situations(&order), ["unpaid"]);
        sql(&app, "UPDATE entry SET order_id = NULL, state = 'paid', paid_at = entered_at WHERE subject = '1'").await;
        sql(&app, "UPDATE payment_order SET state = 'paid', settled_at = opened_at, ask_at = NULL").await;
        said(&mut browser, "part-paid", "/payment").await;
        sql(&app, "UPDATE entry SET order_id = NULL, state = 'paid', paid_at = entered_at WHERE subject = '2'").await;
        said(&mut browser, "paid", "/registration").await;
        assert_eq!(situations(&browser.get("/payment/77").await), ["paid"]);
        app.t.clock.set(NOON.plus(days(20)));
        let mut browser = app.signed_in(1).await;
        said(&mut browser, "arranging", "/registration").await;
        app.t.clock.set(NOON.plus(days(100)));
        let mut browser = app.signed_in(1).await;
        said(&mut browser, "over", "/registration").await;
        let mut other = app.signed_in(2).await;
        said(&mut other, "window-closed", "/schedule").await;
        app.t.clock.set(NOON.plus(days(-5)));
        let mut early = app.signed_in(3).await;
        let page = said(&mut early, "window-not-open", "/agreement").await;
        assert!(page.text.contains("这时还没有绑定"), "{}", page.text);
        // A window that was moved after somebody had saved.
        let mut saved = app.signed_in(4).await;
        app.t.clock.set(NOON);
        bound(&app, 4).await;
        app.t.clock.set(NOON.plus(days(-5)));
        let page = said(&mut saved, "window-not-open", "/registration").await;
        assert!(page.text.contains("您的报名信息已经保存") && !page.text.contains("还没有绑定"), "{}", page.text);
    }

    /// R18, Y4: between two seasons nobody's registration and money are gone, and mails still lead somewhere.
    async fn after_its_sitting_was_closed_a_candidate_finds_what_was_entered_and_paid(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
        open_order(&app).await;
        sql(&app, "UPDATE entry SET order_id = NULL, state = 'paid', paid_at = entered_at").await;
        sql(&app, "UPDATE payment_order SET state = 'paid', settled_at = opened_at, ask_at = NULL").await;
        app.t.clock.set(NOON.plus(days(100)));
        sql(&app, "UPDATE sitting SET state = 'closed' WHERE code = '2017-2'").await;
        sql(&app, "UPDATE catalogue_version SET version = version + 1").await;
        app.app.catalogue.refresh(&app.app.db).await.unwrap();
        let mut browser = app.signed_in(1).await;
        for path in ["/home", "/registration", "/payment/77"] {
            let page = browser.get(path).await;
            assert_eq!((page.status.as_u16(), situations(&page)), (200, vec!["over"]), "{path}: {}", page.text);
        }
    }

    /// R18: what ended is told, with what and when, also when the registration is gone.
    async fn an_expired_entry_is_told_until_something_is_entered_again(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(25)));
        let mut browser = app.signed_in(1).await;
        let page = said(&mut browser, "expired", "/registration/written").await;
        assert!(page.text.contains("英语四级笔试没有按时支付") && page.text.contains("2017-09-21 12:00"), "{}", page.text);
        let catalogue = app.app.catalogue.get();
        while cet_domain::entry::jobs::sweep(&app.app.db, catalogue.clone()).await.unwrap() > 0 {}
        let page = said(&mut browser, "expired", "/agreement").await;
        assert!(!page.text.contains("data-registration"), "released");
        let mut browser = bound(&app, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
        said(&mut browser, "unpaid", "/payment").await;
    }

    /// Y3: coming back decides nothing; the page waits for the gateway's answer, comes again by itself and sends nobody to
    /// pay twice.
    async fn who_comes_back_from_a_gateway_waits_for_its_answer(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1"), ("subject", "2")]).await.status, 303);
        open_order(&app).await;
        assert_eq!(browser.get("/payment/return/alipay?trade_status=TRADE_SUCCESS").await.location(), "/registration");
        let page = said(&mut browser, "asking", "/payment/77").await;
        assert_eq!(page.header(http::header::REFRESH), "3; url=/registration");
        assert!(page.text.contains("99301000000000000077") && page.text.contains("0.02元"), "{}", page.text);
        for nothing in ["href=\"/payment\"", "/cancellation"] {
            assert!(!page.text.contains(nothing), "{nothing}");
        }
        let order = browser.get("/payment/77").await;
        assert_eq!(situations(&order), ["asking"]);
        assert_eq!(order.header(http::header::REFRESH), "3; url=/payment/77");
        assert!(!order.text.contains("<form action=\"http"));
        let (asks, now) = (ask_at(&app).await, NOON.to_string());
        assert_eq!(asks.to_string(), now, "the job asks at once");
        let at = |seconds| NOON.plus(SignedDuration::from_secs(seconds));
        for (answer, seconds, situation, href) in [
            ("silence", 59, "asking", "/payment/77"),
            ("silence", 60, "gateway-silent", "refresh"),
            ("declined", 60, "bank-refused", "/payment"),
            ("missing", 60, "unpaid", "/payment"),
        ] {
            answered(&app, answer).await;
            app.t.clock.set(at(seconds));
            let page = said(&mut browser, situation, href).await;
            assert_eq!(page.header(http::header::REFRESH).is_empty(), situation != "asking");
        }
        answered(&app, "silence").await;
        let paid = browser.post("/payment", &[("gateway", "payease"), ("bank", "85")]).await;
        assert!(matches!(paid.status.as_u16(), 303 | 409 | 422), "{}", paid.status);
    }
}

/// Lead and note say the same of a refund: its reason, and that its gateway returned it only where it did.
fn refunds_say_why_and_who_returns_them(told: &Wording<'_>) {
    let sum = FenSum::of([Fen::new(3).unwrap()]);
    for reason in RefundReason::ALL {
        let mut ends = std::collections::BTreeSet::new();
        for (done_at, is_by_staff) in [(None, false), (None, true), (Some(NOON), false), (Some(NOON), true)] {
            let back = Back {
                order: OrderId(7),
                sum,
                reason: reason.wire().to_owned(),
                done_at,
                is_by_staff,
                ended: None,
            };
            let situation = match done_at {
                Some(_) => Situation::Refunded(back.clone()),
                None => Situation::Refunding(back.clone()),
            };
            let lead = Lead::of(told, &situation, On::Home);
            let note = notices(told, &[Note::Refund(back)]).pop().unwrap();
            assert_eq!((&note.title, &note.text), (&lead.title, &lead.text), "{reason:?}");
            let sentences = lead.text.matches(['。', '.']).count();
            assert!(sentences > 1 && !lead.text.starts_with(' '), "{reason:?}: {}", lead.text);
            let by_gateway = lead.text.contains("原路") || lead.text.contains("the account you paid from");
            assert_eq!(by_gateway, !is_by_staff, "{}", lead.text);
            ends.insert(lead.text);
        }
        assert_eq!(ends.len(), 4, "{ends:?}");
    }
}

const fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

async fn sql(app: &TestApp, sql: &'static str) {
    app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await.unwrap();
}

async fn answered(app: &TestApp, answer: &'static str) {
    let at = NOON.plus(SignedDuration::from_secs(5));
    let set = "UPDATE payment_order SET answer = $1, answered_at = $2";
    app.t.db.write(async move |tx| tx.execute(set, cet_base::params![answer, at]).await).await.unwrap();
}

async fn ask_at(app: &TestApp) -> Time {
    let row = app.t.db.read(async |tx| {
        tx.query_one::<(Time,)>("SELECT ask_at FROM payment_order WHERE id = 77", &[]).await
    });
    row.await.unwrap().0
}

/// Order 77 pays for all that candidate 1 has entered.
pub(crate) async fn open_order(app: &TestApp) {
    sql(app, "INSERT INTO payment_order
                  (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at,
                   deadline_at, settled_at, closed_for, ask_at, asked)
              SELECT '99301', 77, '99301000000000000077', registration_id, 1, '2017-2', 'payease', '85', SUM(fee), 'open',
                     MIN(entered_at), MIN(expires_at) - 600000000, NULL, NULL, MIN(expires_at), 0
                FROM entry GROUP BY registration_id").await;
    sql(
        app,
        "INSERT INTO order_line (school, order_id, entry_id, subject, amount)
              SELECT school, 77, id, subject, fee FROM entry",
    )
    .await;
    sql(app, "UPDATE entry SET order_id = 77").await;
}

fn situations(page: &Answer) -> Vec<&str> {
    page.text.split("data-situation=\"").skip(1).filter_map(|part| part.split('"').next()).collect()
}

/// Both pages hold this situation, once, and its action; answers the information page.
async fn said(browser: &mut Browser<'_>, situation: &str, action: &str) -> Answer {
    let home = browser.get("/home").await;
    assert_eq!(situations(&home), [situation], "{}", home.text);
    let portal = browser.get("/").await;
    assert_eq!(situations(&portal), [situation], "the portal of who is signed in");
    let information = browser.get("/registration").await;
    assert_eq!(situations(&information), [situation], "{}", information.text);
    for page in [&home, &information] {
        let lead = page
            .text
            .split("data-situation=")
            .nth(1)
            .and_then(|rest| rest.split("</section>").next())
            .unwrap();
        let there = lead.contains(&format!("href=\"{action}\""))
            || (action == "refresh" && lead.contains("form=\"refresh\""));
        let itself = action == "/registration" || action == "refresh";
        assert!(there || itself, "{situation}: {lead}");
    }
    for page in [&home, &portal, &information] {
        assert!(page.text.matches("class=\"btn\"").count() <= 1, "one filled button");
    }
    information
}
