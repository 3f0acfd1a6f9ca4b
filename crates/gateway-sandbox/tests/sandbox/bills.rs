//! Bills of a day, and the dialect in which merchants' SDKs speak to 支付宝.

use std::io::Read as _;

use gateway::alipay::Method;
use gateway::bill::{BillError, BillKind, BillReader, BillRow};
use gateway::{BillAddress, BillFile, BillRequest, Gateway as _, HttpRequest};
use gateway_sandbox::Plant;
use jiff::civil::{Date, date};

use crate::world::*;

const DAY: Date = date(2017, 3, 8);

/// The bytes of the bill, if there is one yet.
async fn fetched(world: &World, name: &str) -> Option<Vec<u8>> {
    let (gateway, router) = world.gateway(name);
    let answer = match gateway.bill_request(DAY, start()).unwrap() {
        BillRequest::FileBy(request) => call(router, request).await,
        BillRequest::AddressBy(request) => {
            let request = match name {
                "alipay" => HttpRequest { url: "http://127.0.0.1:9001/gateway.do".to_owned(), ..request },
                _ => request,
            };
            let answer = call_at(router.clone(), request).await;
            match gateway.parse_bill_address(answer.reply()).unwrap() {
                BillAddress::NotYet | BillAddress::Absent => return None,
                BillAddress::At(BillFile { request, sha1 }) => {
                    let answer = call_at(router, request).await;
                    assert!(BillFile::is(sha1, &answer.body), "what was announced");
                    answer
                }
            }
        }
    };
    (answer.status == 200).then_some(answer.body)
}

fn read(name: &str, file: &[u8]) -> Result<Vec<BillRow>, BillError> {
    let (code, merchant) = match name {
        "alipay" => (gateway::alipay::CODE, "2088"),
        "wechat" => (gateway::wechat::CODE, "1900"),
        _ => (gateway::payease::CODE, "888"),
    };
    let mut text = file.to_vec();
    if name == "alipay" {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
        assert_eq!(zip.len(), 2);
        text.clear();
        zip.by_index(0).unwrap().read_to_end(&mut text).unwrap();
    }
    if name == "wechat" {
        text.clear();
        flate2::read::GzDecoder::new(file).read_to_end(&mut text).unwrap();
    }
    let mut reader = BillReader::new(code, merchant, DAY);
    let mut rows = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        rows.extend(reader.line(line)?);
    }
    reader.end().map(|_| rows)
}

#[tokio::test]
async fn a_bill_has_every_payment_and_refund_of_its_day_and_is_ready_in_the_morning_after() {
    for name in ["alipay", "payease", "wechat"] {
        let world = World::new().await;
        world.press(name, 1, "pay").await;
        world.open(name, &world.to_pay(name, 2)).await;
        world.refund(name, &refund_of(1, "R993011", 1)).await.unwrap();
        assert_eq!(fetched(&world, name).await, None, "the day is not over");
        world.advance(24 * 3600);
        let rows = read(name, &fetched(&world, name).await.unwrap()).unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.kind, row.amount_fen)).collect();
        assert_eq!(seen, [(BillKind::Payment, 3), (BillKind::Refund, 1)]);
        assert_eq!(rows[1].reference, "R993011");
        assert_eq!(rows[0].wire_number, world.gateway(name).0.wire_number(&order(1)));
    }
}

#[tokio::test]
async fn of_a_day_without_trades_two_of_them_have_no_bill() {
    let world = World::new().await;
    world.advance(24 * 3600);
    for name in ["alipay", "wechat"] {
        assert_eq!(fetched(&world, name).await, None, "{name}");
    }
    assert_eq!(read("payease", &fetched(&world, "payease").await.unwrap()), Ok(Vec::new()));
}

#[tokio::test]
async fn differences_are_planted_into_bills_on_request() {
    for name in ["alipay", "payease", "wechat"] {
        let world = World::new().await;
        for serial in 1..=3 {
            world.press(name, serial, "pay").await;
        }
        world.open(name, &world.to_pay(name, 4)).await;
        world.refund(name, &refund_of(1, "R993011", 1)).await.unwrap();
        world.advance(24 * 3600);
        for (plant, count, sum) in [
            (Plant::Missing, 3, 7),
            (Plant::Extra, 5, 13),
            (Plant::Sum, 4, 11),
            (Plant::Twice, 5, 13),
            (Plant::UnknownOrder, 5, 13),
            (Plant::RefundMissing, 3, 9),
            (Plant::RefundExtra, 5, 13),
        ] {
            world.behave(|behaviour| behaviour.bill = vec![plant]);
            let rows = read(name, &fetched(&world, name).await.unwrap()).unwrap();
            let total: i64 = rows.iter().map(|row| row.amount_fen).sum();
            assert_eq!((rows.len(), total), (count, sum), "{name} {plant:?}");
        }
        world.behave(|behaviour| behaviour.bill = vec![Plant::CutOff]);
        assert_eq!(read(name, &fetched(&world, name).await.unwrap()), Err(BillError::CutOff));
    }
}

#[tokio::test]
async fn a_bill_is_not_given_without_its_token() {
    let world = World::new().await;
    world.advance(24 * 3600);
    let path = "/downloadBillFile.resource?bizType=trade&billDate=2017-03-08&token=x";
    assert_eq!(send(world.sandbox.alipay(), "GET", path, Vec::new()).await.status, 403);
}

/// The fields of a query for an order, signed.
fn query_fields(world: &World) -> String {
    let request = world.alipay.query_request(&order(1), start()).unwrap();
    String::from_utf8(request.body).unwrap()
}

#[tokio::test]
async fn the_parameters_may_stand_in_the_url_all_of_them_or_all_but_the_content() {
    let world = World::new().await;
    world.press("alipay", 1, "pay").await;
    let all = query_fields(&world);
    let (content, common): (Vec<&str>, Vec<&str>) =
        all.split('&').partition(|pair| pair.starts_with("biz_content="));
    for (method, url, body) in [
        ("GET", all.clone(), String::new()),
        ("POST", common.join("&"), content.join("&")),
        ("POST", "charset=utf-8".to_owned(), all.clone()),
    ] {
        let path = format!("/gateway.do?{url}");
        let answer = send(world.sandbox.alipay(), method, &path, body.into_bytes()).await;
        assert!(answer.text().contains("TRADE_SUCCESS"), "{method}: {}", answer.text());
    }
    let path = format!("/gateway.do?{all}");
    let doubled = send(world.sandbox.alipay(), "POST", &path, b"biz_content=%7B%7D".to_vec()).await;
    assert!(!doubled.text().contains("TRADE_SUCCESS"), "two contents: {}", doubled.text());
}

#[tokio::test]
async fn a_method_that_the_gateway_does_not_have_is_answered_as_its_own_error() {
    let world = World::new().await;
    let all = query_fields(&world).replace(Method::Query.name(), "alipay.trade.precreate");
    let answer = send(world.sandbox.alipay(), "POST", "/gateway.do", all.into_bytes()).await;
    let text = answer.text();
    assert!(text.starts_with("{\"error_response\":") && text.contains("\"sub_msg\""), "{text}");
}
