//! The pages of reconciliation, as finance staff use them.

use gateway::bill::{BillKind, BillRow, BillWriter};
use http::Method;

use crate::staff::tests::world::{member, staffed};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::TestDb;
use cet_base::store::{DbError, Tx};
use cet_domain::reconciliation::{Day, Of, jobs};

const CUT: &str = "----cut";
const DAY: &str = "/staff/reconciliation/alipay/2017-09-19";

async fn world(t: TestDb) -> TestApp {
    let alipay = "{ endpoint = 'https://gateway.example.cn/gateway.do', app_id = '2021000000000000', \
                  seller_id = '2088000000000000', private_key_file = 'alipay-app-private.pem', \
                  alipay_public_key_file = 'alipay-public.pem' }";
    let settings = [("CET_GATEWAY__ALIPAY", alipay)];
    let app = TestApp::with(t, &settings).await;
    staffed(&app).await;
    app
}

fn of() -> Of {
    Of { gateway: gateway::alipay::CODE, day: Day::parse("2017-09-19").unwrap() }
}

/// A bill in GBK with one payment of an order that is not ours.
fn bill(app: &TestApp, numbers: &[&str]) -> Vec<u8> {
    let merchant = app.app.payments.gateways.gateway(gateway::alipay::CODE).unwrap().merchant().to_owned();
    let mut writer = BillWriter::new(gateway::alipay::CODE, &merchant, of().day.date());
    for number in numbers {
        let row = BillRow {
            kind: BillKind::Payment,
            wire_number: (*number).to_owned(),
            trade_no: format!("T{number}"),
            reference: format!("T{number}"),
            amount_fen: 9_000,
            at: of().day.begins().timestamp(),
        };
        writer.row(&row, "CET", row.at);
    }
    writer.end(of().day.next().begins().timestamp()).unwrap()
}

async fn send(browser: &mut Browser<'_>, fields: &[(&str, &str)], file: Option<&[u8]>) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--{CUT}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if let Some(file) = file {
        let head = format!(
            "--{CUT}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"bill.csv\"\r\ncontent-type: text/csv\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{CUT}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={CUT}");
    browser.send(Method::POST, "/staff/reconciliation", &[("content-type", kind.as_str())], body).await
}

async fn work(app: &TestApp) {
    while jobs::round(&app.app.payments).await.unwrap() > 0 {}
}

on_both! {
    async fn a_bill_is_uploaded_its_differences_explained_and_the_day_signed_by_somebody_else(t: TestDb) {
        let app = world(t).await;
        let mut finance = member(&app, "finance").await;
        assert_eq!(finance.get("/staff/reconciliation").await.status, 200);
        let fields = [("gateway", "alipay"), ("day", "2017-09-19")];
        let sent = send(&mut finance, &fields, Some(&bill(&app, &["99301000000000000009"]))).await;
        assert_eq!((sent.status.as_u16(), sent.location()), (303, DAY));
        let waits = finance.get(DAY).await;
        assert!(waits.text.contains("data-state=\"at-work\""), "{}", waits.text);
        work(&app).await;
        let shown = finance.get(DAY).await;
        assert!(shown.text.contains("data-class=\"unknown-order\""), "{}", shown.text);
        assert!(shown.text.contains("99301000000000000009") && shown.text.contains("90.00"));
        let id = shown.text.split("data-difference=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let resolution = format!("{DAY}/differences/{id}/resolution");
        assert_eq!(finance.post(&format!("{DAY}/sign-off"), &[]).await.codes(), ["differences-open"]);
        for (fields, code) in [
            ([("as", "x"), ("note", "x")], "field-invalid"),
            ([("as", "explained"), ("note", "")], "field-invalid"),
            ([("as", "booked"), ("note", "")], "field-invalid"),
        ] {
            assert_eq!(finance.post(&resolution, &fields).await.codes(), [code], "{fields:?}");
        }
        let done = finance.post(&resolution, &[("as", "explained"), ("note", "别的系统的单号")]).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, DAY));
        let again = finance.post(&resolution, &[("as", "follow"), ("note", "x")]).await;
        assert_eq!((again.status.as_u16(), again.codes()), (422, vec!["review-final"]));
        let says = format!("finance 在 {} 已处理这项差异：已说明", app.t.clock.process_now().page());
        assert!(again.text.contains(&says), "{says}: {}", again.text);
        let late = member(&app, "finance-2").await.post(&resolution, &[("as", "explained"), ("note", "x")]).await;
        assert!(late.codes() == ["review-final"] && late.text.contains(&says), "{}", late.text);
        assert_eq!(finance.post(&format!("{DAY}/sign-off"), &[]).await.codes(), ["needs-second"]);
        let list = finance.get(&format!("{DAY}.csv")).await;
        assert!(list.text.contains("99301000000000000009") && list.text.contains("别的系统的单号"), "{}", list.text);
        assert_eq!(finance.get(&format!("{DAY}/bill")).await.status, 200);
        let days = finance.get("/staff/reconciliation?state=ready").await;
        assert!(days.text.contains("data-state=\"ready\""), "{}", days.text);
    }

    async fn a_bad_bill_says_why_on_the_days_page_and_changes_nothing(t: TestDb) {
        let app = world(t).await;
        let mut finance = member(&app, "finance").await;
        let fields = [("gateway", "alipay"), ("day", "2017-09-19")];
        let whole = bill(&app, &["99301000000000000009"]);
        assert_eq!(send(&mut finance, &fields, Some(&whole[..whole.len() / 2])).await.status, 303);
        work(&app).await;
        let shown = finance.get(DAY).await;
        assert_eq!((shown.status.as_u16(), shown.codes()), (200, vec![]));
        assert!(shown.text.contains("data-bill=\"bill-cut-off\"") && shown.text.contains("data-state=\"waiting\""));
        assert_eq!(finance.post(&format!("{DAY}/sign-off"), &[]).await.status, 409);
    }

    /// `data-code` stands for the refusal of the answer that has it, and for nothing that was said before.
    async fn a_bad_bill_marks_no_other_refusal_and_no_signed_day(t: TestDb) {
        let app = world(t).await;
        let mut finance = member(&app, "finance").await;
        let fields = [("gateway", "alipay"), ("day", "2017-09-19")];
        assert_eq!(send(&mut finance, &fields, Some(&bill(&app, &["99301000000000000009"]))).await.status, 303);
        work(&app).await;
        let whole = bill(&app, &["99301000000000000008"]);
        assert_eq!(send(&mut finance, &fields, Some(&whole[..whole.len() / 2])).await.status, 303);
        let sign = format!("{DAY}/sign-off");
        let waits = finance.post(&sign, &[]).await;
        assert_eq!((waits.status.as_u16(), waits.codes()), (409, vec!["differences-open"]), "it waits to be read");
        work(&app).await;
        let bad = finance.get(DAY).await;
        assert!(bad.codes().is_empty() && bad.text.contains("data-bill=\"bill-cut-off\""), "{}", bad.text);
        let open = finance.post(&sign, &[]).await;
        assert_eq!((open.status.as_u16(), open.codes()), (409, vec!["differences-open"]));
        let shown = finance.get(DAY).await.text;
        let id = shown.split("data-difference=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let resolution = format!("{DAY}/differences/{id}/resolution");
        let fields = [("as", "explained"), ("note", "别的系统的单号")];
        assert_eq!(finance.post(&resolution, &fields).await.status, 303);
        assert_eq!(finance.post(&resolution, &fields).await.status, 303, "the form was sent again");
        let mut second = member(&app, "finance-2").await;
        assert_eq!(second.post(&sign, &[]).await.status, 303);
        let signed = second.get(DAY).await;
        assert!(signed.codes().is_empty() && !signed.text.contains("data-bill") && signed.text.contains("data-state=\"signed\""), "{}", signed.text);
    }

    async fn a_bill_whose_first_lines_are_not_of_its_gateway_merchant_and_day_is_refused_at_once(t: TestDb) {
        let app = world(t).await;
        let mut finance = member(&app, "finance").await;
        let whole = bill(&app, &["99301000000000000009"]);
        let foreign = whole.iter().map(|byte| if *byte == b'8' { b'7' } else { *byte }).collect::<Vec<_>>();
        let day = |day| [("gateway", "alipay"), ("day", day)];
        for (day, bytes, code) in [
            (day("2017-09-18"), &whole[..], "bill-day"),
            (day("2017-09-19"), &foreign[..], "bill-merchant"),
            (day("2017-09-19"), &b"%PDF-1.4\n%"[..], "bill-heading"),
            (day("2017-09-19"), &b"garbage"[..], "bill-heading"),
            (day("2017-09-19"), &b"\x1f\x8b\x08\x00\x00"[..], "bill-archive"),
            // What is wrong with the form comes first.
            (day("2017-09-20"), &whole[..], "field-invalid"),
        ] {
            let answer = send(&mut finance, &day, Some(bytes)).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec![code]));
            assert!(answer.text.contains("name=\"file\""), "{}", answer.text);
        }
        let kept = async |tx: &mut Tx<'_>| tx.query_one("SELECT COUNT(*) FROM reconciliation_file", &[]).await;
        let kept: Result<(i64,), DbError> = app.t.db.read(kept).await;
        assert_eq!(kept.unwrap().0, 0, "nothing is kept");
        assert_eq!(send(&mut finance, &day("2017-09-19"), Some(&whole)).await.status, 303);
    }

    async fn a_day_before_all_orders_and_an_empty_file_are_told_as_such_and_make_no_day(t: TestDb) {
        let app = world(t).await;
        let mut finance = member(&app, "finance").await;
        let whole = bill(&app, &[]);
        for (day, file, words) in [
            ("1970-01-02", &whole[..], "请填已经过去的一天"),
            ("1999-01-01", &whole[..], "第一笔支付单之前"),
            ("2017-09-19", &b""[..], "文件是空的"),
        ] {
            let answer = send(&mut finance, &[("gateway", "alipay"), ("day", day)], Some(file)).await;
            assert!(answer.status == 422 && answer.text.contains(words), "{day}: {}", answer.text);
        }
        let days = async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT COUNT(*) FROM reconciliation_day WHERE day < '2000'", &[]).await
        };
        let days: Result<(i64,), DbError> = app.t.db.read(days).await;
        assert_eq!(days.unwrap().0, 0);
    }

    async fn an_upload_without_file_day_or_gateway_is_refused_at_its_field(t: TestDb) {
        let app = world(t).await;
        let mut finance = member(&app, "finance").await;
        let all = vec!["field-invalid", "file-unreadable", "gateway-unknown"];
        for empty in [send(&mut finance, &[], None).await, finance.post("/staff/reconciliation", &[]).await] {
            assert_eq!((empty.status.as_u16(), empty.codes()), (422, all.clone()), "{}", empty.text);
        }
        let plain = finance.post("/staff/reconciliation", &[("gateway", "alipay"), ("day", "2017-09-19")]).await;
        assert_eq!((plain.status.as_u16(), plain.codes()), (422, vec!["file-unreadable"]));
        let whole = bill(&app, &[]);
        for (gateway, day, file, code) in [
            ("wechat", "2017-09-19", Some(&whole[..]), "gateway-unknown"),
            ("alipay", "19.9.2017", Some(&whole[..]), "field-invalid"),
            ("alipay", "2017-09-20", Some(&whole[..]), "field-invalid"),
            ("alipay", "0001-01-01", Some(&whole[..]), "field-invalid"),
            ("alipay", "9999-12-31", Some(&whole[..]), "field-invalid"),
            ("alipay", "2017-09-19", None, "file-unreadable"),
            ("alipay", "2017-09-19", Some(&b""[..]), "file-unreadable"),
        ] {
            let answer = send(&mut finance, &[("gateway", gateway), ("day", day)], file).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec![code]), "{gateway} {day}");
        }
    }
}
