//! What other clients than our own say: the second numbers of an order, forms in an address, addresses that are none.

use axum::body::Body;
use axum::http::Request;
use gateway::keys::Rsa2PrivateKey;
use gateway::{Charset, Fields, Gateway as _, TradeState};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::world::*;

/// A signed call of the API of 微信支付, as a client writes it that knows the interface only.
async fn wechat(world: &World, method: &str, path: &str, body: &str) -> Answer {
    let key = Rsa2PrivateKey::from_pem(&keys().wechat.merchant_private).unwrap();
    let (time, nonce) = ("1488934800", "0123456789abcdef");
    let signature = key.sign(format!("{method}\n{path}\n{time}\n{nonce}\n{body}\n").as_bytes()).unwrap();
    let authorization = format!(
        "WECHATPAY2-SHA256-RSA2048 mchid=\"1900\",nonce_str=\"{nonce}\",signature=\"{signature}\",\
         timestamp=\"{time}\",serial_no=\"5157F09E\""
    );
    let request = Request::builder().method(method).uri(path).header("authorization", authorization);
    let request = request.body(Body::from(body.to_owned())).unwrap();
    Answer::of(world.sandbox.wechat().oneshot(request).await.unwrap()).await
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

async fn transaction(world: &World, serial: u64) -> String {
    let path = format!("/v3/pay/transactions/out-trade-no/{}?mchid=1900", order(serial).number);
    let told = json_of(&wechat(world, "GET", &path, "").await);
    told["transaction_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_wechat_payment_is_found_and_refunded_by_its_transaction_id() {
    let world = World::new().await;
    world.press("wechat", 1, "pay").await;
    world.press("wechat", 2, "pay").await;
    let id = transaction(&world, 1).await;
    let found = wechat(&world, "GET", &format!("/v3/pay/transactions/id/{id}?mchid=1900"), "").await;
    assert_eq!(found.status, 200);
    assert_eq!(json_of(&found)["out_trade_no"], order(1).number.as_str());
    for unknown in ["4200000000", order(1).number.as_str()] {
        let answer =
            wechat(&world, "GET", &format!("/v3/pay/transactions/id/{unknown}?mchid=1900"), "").await;
        assert_eq!((answer.status, json_of(&answer)["code"].as_str()), (404, Some("ORDER_NOT_EXIST")));
    }
    let ask = |key: &str, number: &str, refund: &str| {
        let amount = json!({ "refund": 1, "total": 3, "currency": "CNY" });
        json!({ key: number, "out_refund_no": refund, "amount": amount }).to_string()
    };
    let refunds = "/v3/refund/domestic/refunds";
    let made = wechat(&world, "POST", refunds, &ask("transaction_id", &id, "R1")).await;
    assert_eq!((made.status, json_of(&made)["out_trade_no"].as_str()), (200, Some(order(1).number.as_str())));
    // The same refund again is the same one, whichever number names its order.
    let again = wechat(&world, "POST", refunds, &ask("out_trade_no", order(1).number.as_str(), "R1")).await;
    assert_eq!(json_of(&again)["refund_id"], json_of(&made)["refund_id"]);
    // Where both are sent, the platform's own number goes before.
    let other = transaction(&world, 2).await;
    let mut both: Value = serde_json::from_str(&ask("transaction_id", &other, "R2")).unwrap();
    both["out_trade_no"] = json!(order(1).number.as_str());
    let made = wechat(&world, "POST", refunds, &both.to_string()).await;
    assert_eq!(json_of(&made)["out_trade_no"], order(2).number.as_str());
    let unknown = wechat(&world, "POST", refunds, &ask("transaction_id", "4200000000", "R3")).await;
    assert_eq!((unknown.status, json_of(&unknown)["code"].as_str()), (404, Some("RESOURCE_NOT_EXISTS")));
    let neither = wechat(&world, "POST", refunds, &ask("trade", "1", "R4")).await;
    assert_eq!((neither.status, json_of(&neither)["code"].as_str()), (400, Some("PARAM_ERROR")));
}

#[tokio::test]
async fn an_address_or_a_method_that_is_none_is_answered_as_each_gateway_answers() {
    let world = World::new().await;
    for (method, path, status, code) in [
        ("GET", "/v3/pay/transactions/jsapi", 404, "RESOURCE_NOT_EXISTS"),
        ("POST", "/v3/nonsense", 404, "RESOURCE_NOT_EXISTS"),
        ("GET", "/v3/pay/transactions/native", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/v3/refund/domestic/refunds", 405, "METHOD_NOT_ALLOWED"),
        ("PUT", "/v3/certificates", 405, "METHOD_NOT_ALLOWED"),
    ] {
        let answer = send(world.sandbox.wechat(), method, path, Vec::new()).await;
        let said = json_of(&answer);
        assert_eq!((answer.status, said["code"].as_str()), (status, Some(code)), "{method} {path}");
        assert!(said["message"].as_str().is_some_and(|message| !message.is_empty()), "{method} {path}");
    }
    for method in ["PUT", "DELETE"] {
        let answer = send(world.sandbox.alipay(), method, "/gateway.do", Vec::new()).await;
        assert_eq!(answer.status, 405);
        let said = json_of(&answer);
        assert_eq!(said["error_response"]["sub_code"], "isv.invalid-method", "{said}");
        assert!(said["sign"].as_str().is_some_and(|sign| !sign.is_empty()));
    }
    for (router, method, path, status) in [
        (world.sandbox.alipay(), "GET", "/nothing", 404),
        (world.sandbox.alipay(), "DELETE", "/cashier/1", 405),
        (world.sandbox.payease(), "GET", "/customer/gb/nothing.jsp", 404),
        (world.sandbox.payease(), "PUT", "/prs/user_payment.checkit", 405),
        (world.sandbox.wechat(), "GET", "/nothing", 404),
        (world.sandbox.wechat(), "PUT", "/pay/1", 405),
    ] {
        let answer = send(router, method, path, Vec::new()).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(answer.text().contains("lang=\"zh-CN\""), "{method} {path}: a page for a browser");
    }
    for (method, path, status) in
        [("GET", "/merchant/nothing.jsp", 404), ("PUT", "/merchant/refund/ref_ack_submit.jsp", 405)]
    {
        let answer = send(world.sandbox.payease(), method, path, Vec::new()).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(!answer.text().contains('<') && !answer.text().is_empty(), "{method} {path}: a line");
    }
}

#[tokio::test]
async fn an_order_of_payease_is_opened_by_an_address_and_by_the_members_page() {
    let world = World::new().await;
    for (serial, page, shown) in [
        (1, "/prs/user_payment.checkit", "中国银行"),
        (2, "/customer/gb/pay_bank.jsp", "中国银行"),
        (3, "/customer/gb/pay_member.jsp", "首信会员"),
    ] {
        let form = world.payease.pay_form(&world.to_pay("payease", serial), start()).unwrap();
        let fields = Fields::encode(&form.fields, Charset::Gbk).unwrap();
        let by_address = send(world.sandbox.payease(), "GET", &format!("{page}?{fields}"), Vec::new()).await;
        let by_form = send(world.sandbox.payease(), "POST", page, fields.into_bytes()).await;
        assert_eq!((by_address.status, by_form.status), (303, 303), "{page}: {}", by_address.text());
        assert_eq!(by_address.location, by_form.location, "{page}: one order");
        let cashier = send(world.sandbox.payease(), "GET", &by_form.location, Vec::new()).await;
        assert!(cashier.text().contains(shown), "{page}: {}", cashier.text());
        let paid = send(world.sandbox.payease(), "POST", &by_form.location, b"outcome=pay".to_vec()).await;
        assert_eq!(paid.status, 303, "{page}");
        assert!(matches!(world.query("payease", serial).await, Ok(TradeState::Paid { .. })), "{page}");
    }
    for page in ["/prs/user_payment.checkit", "/customer/gb/pay_member.jsp"] {
        assert_eq!(send(world.sandbox.payease(), "GET", page, Vec::new()).await.status, 400, "{page}");
    }
}

#[tokio::test]
async fn payease_lists_the_refunds_of_a_day_in_utf_8() {
    let world = World::new().await;
    for serial in [1, 2] {
        world.press("payease", serial, "pay").await;
        world.refund("payease", &refund_of(serial, &format!("退款{serial}"), 1)).await.unwrap();
    }
    world.advance(24 * 3600);
    world.refund("payease", &refund_of(1, "R3", 1)).await.unwrap();
    let list = async |day: &str, mac: Option<&str>| {
        let key = gateway::keys::MacKey::new(keys().mac_key.as_bytes()).unwrap();
        let own = key.sign(&[b"888", day.as_bytes()]).unwrap();
        let body = format!("v_mid=888&v_ymd={day}&v_version=1.1&v_mac={}", mac.unwrap_or(&own));
        let page = "/merchant/refund/ref_ack_day_list_utf8.jsp";
        let by_form = send(world.sandbox.payease(), "POST", page, body.clone().into_bytes()).await;
        let by_address = send(world.sandbox.payease(), "GET", &format!("{page}?{body}"), Vec::new()).await;
        assert_eq!((by_form.status, &by_form.body), (by_address.status, &by_address.body));
        by_form
    };
    let first = list("20170308", None).await;
    let text = String::from_utf8(first.body.clone()).unwrap();
    assert!(text.contains("<status>0</status>") && text.contains("<ymd>20170308</ymd>"), "{text}");
    assert!(text.contains("退款1") && text.contains("退款2") && !text.contains("R3"), "{text}");
    for serial in [1, 2] {
        assert!(text.contains(&format!("{}</oid>", order(serial).number)), "{text}");
    }
    assert!(list("20170309", None).await.text().contains("R3"));
    let none = list("20170310", None).await.text();
    assert!(none.contains("<status>0</status>") && !none.contains("<refund>"), "{none}");
    assert_eq!(list("20170308", Some("00")).await.status, 400, "with a wrong MAC");
    assert_eq!(list("yesterday", None).await.status, 400);
}
