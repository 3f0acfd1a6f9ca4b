//! 微信支付, API v3.

use gateway::keys::{Rsa2PrivateKey, Rsa2PublicKey, is_certificate, of_certificate};
use gateway::wechat::PlatformKey;
use gateway::wechat::platform::{Merchant, signature};
use gateway::{
    BillAddress, BillRequest, CloseAnswer, Gateway, Headers, HttpReply, HttpRequest, PayFlow, Payer,
    RefundState, TradeState, Verb, WireError,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::world::*;

pub(crate) const CERTIFICATE: &str = include_str!("data/wechat-certificate.pem");
const PRIVATE: &str = include_str!("data/wechat-private.pem");

fn path_of(request: &HttpRequest) -> &str {
    request.url.strip_prefix("https://api.mch.weixin.qq.com").unwrap()
}

fn header<'r>(request: &'r HttpRequest, name: &str) -> &'r str {
    request.headers.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str())
}

/// What the gateway makes of a request: its signature is right, and this is its body.
fn taken(request: &HttpRequest) -> Value {
    let of = (request.verb, path_of(request));
    wechat_platform().verify(of, header(request, "authorization"), &request.body).unwrap();
    serde_json::from_slice(&request.body).unwrap_or(Value::Null)
}

pub(crate) fn signed(body: &[u8]) -> Vec<(String, String)> {
    wechat_platform().sign(body, now()).unwrap()
}

/// Reads a signed answer.
fn heard<T>(
    status: u16,
    body: &Value,
    read: impl Fn(HttpReply<'_>) -> Result<T, WireError>,
) -> Result<T, WireError> {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let headers = signed(&body);
    read(HttpReply { status, headers: &headers, body: &body, at: now() })
}

pub(crate) fn payer(way: PayFlow) -> Payer {
    Payer { way, address: "192.0.2.7".to_owned() }
}

pub(crate) fn trade(state: &str) -> Value {
    json!({
        "appid": WX_APP, "mchid": MCHID, "out_trade_no": order().number.as_str(), "transaction_id": "4200000001",
        "trade_state": state, "amount": { "total": 2, "payer_total": 2, "currency": "CNY" },
    })
}

pub(crate) fn with_member(mut value: Value, path: &str, to: Value) -> Value {
    *value.pointer_mut(path).unwrap() = to;
    value
}

#[test]
fn an_order_is_sent_as_the_gateway_takes_it_for_a_code_and_for_a_telephone() {
    let expected = json!({
        "appid": WX_APP, "mchid": MCHID, "description": to_pay().subject, "out_trade_no": order().number.as_str(),
        "time_expire": "2017-03-08T11:00:00+08:00", "notify_url": to_pay().notify_url,
        "amount": { "total": 2, "currency": "CNY" },
    });
    let request = wechat().address_request(&to_pay(), &payer(PayFlow::Scan), now()).unwrap();
    assert_eq!((request.verb, path_of(&request)), (Verb::Post, "/v3/pay/transactions/native"));
    assert_eq!(taken(&request), expected);
    assert_eq!(header(&request, "wechatpay-serial"), PLATFORM, "the key that answers are to be signed with");
    let parsed = wechat_platform().parse_order(&request.body, false).unwrap();
    assert_eq!((parsed.amount_fen, parsed.expires_at), (2, Some(to_pay().expires_at)));

    let request = wechat().address_request(&to_pay(), &payer(PayFlow::Phone), now()).unwrap();
    assert_eq!(path_of(&request), "/v3/pay/transactions/h5");
    let scene = taken(&request)["scene_info"].clone();
    assert_eq!(scene, json!({ "payer_client_ip": "192.0.2.7", "h5_info": { "type": "Wap" } }));
    assert!(wechat().address_request(&to_pay(), &payer(PayFlow::Form), now()).is_err());
    let late = to_pay().expires_at;
    assert!(
        wechat().address_request(&to_pay(), &payer(PayFlow::Scan), late).is_err(),
        "the deadline has passed"
    );
}

#[test]
fn only_addresses_of_the_gateway_are_taken() {
    let read = |way: PayFlow, body: &Value| {
        heard(200, body, |reply| wechat().parse_address(&to_pay(), &payer(way), reply))
    };
    let code = "weixin://wxpay/bizpayurl?pr=p4lpSuKzz";
    assert_eq!(read(PayFlow::Scan, &json!({ "code_url": code })).as_deref(), Ok(code));
    let phone = "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx2016&package=1";
    let back = "&redirect_url=http%3A%2F%2F127.0.0.1%3A8080%2Fpayment%2Freturn%2Falipay";
    assert_eq!(read(PayFlow::Phone, &json!({ "h5_url": phone })), Ok(format!("{phone}{back}")));
    for other in
        ["https://evil.example/", "https://wx.tenpay.com.evil.example/x", "javascript:alert(1)", "weixin://"]
    {
        assert!(read(PayFlow::Scan, &json!({ "code_url": other })).is_err(), "{other}");
        assert!(read(PayFlow::Phone, &json!({ "h5_url": other })).is_err(), "{other}");
    }
    assert!(
        read(PayFlow::Scan, &json!({ "code_url": "https://api.mch.weixin.qq.com/x" })).is_err(),
        "only in a rehearsal"
    );
}

#[test]
fn a_query_tells_each_state_and_only_of_our_order() {
    let query = wechat().query_request(&order(), now()).unwrap();
    let path = format!("/v3/pay/transactions/out-trade-no/{}?mchid={MCHID}", order().number);
    assert_eq!((query.verb, path_of(&query), taken(&query)), (Verb::Get, path.as_str(), Value::Null));
    let read = |body: &Value| heard(200, body, |reply| wechat().parse_query(&order(), reply));
    let paid = TradeState::Paid { trade_no: "4200000001".to_owned(), amount_fen: 2 };
    for (state, meant) in [
        ("SUCCESS", paid),
        ("NOTPAY", TradeState::Waiting),
        ("USERPAYING", TradeState::Waiting),
        ("PAYERROR", TradeState::Declined),
        ("CLOSED", TradeState::Closed),
        ("REVOKED", TradeState::Closed),
        ("REFUND", TradeState::Closed),
    ] {
        assert_eq!(read(&trade(state)), Ok(meant), "{state}");
    }
    assert_eq!(read(&trade("NEW")), Err(WireError::UnknownStatus));
    for (path, to, why) in [
        ("/mchid", json!("1900000110"), WireError::WrongMerchant),
        ("/appid", json!("wx2"), WireError::WrongApp),
        ("/out_trade_no", json!("99301000000000000043"), WireError::WrongOrder),
        ("/amount/currency", json!("USD"), WireError::WrongCurrency),
        ("/amount/total", json!("2"), WireError::BadAmount),
        ("/amount/total", json!(2.5), WireError::BadAmount),
        ("/amount/total", json!(-2), WireError::BadAmount),
    ] {
        assert_eq!(read(&with_member(trade("SUCCESS"), path, to)), Err(why), "{path}");
    }
    let refused = json!({ "code": "ORDER_NOT_EXIST", "message": "订单不存在" });
    assert_eq!(heard(404, &refused, |reply| wechat().parse_query(&order(), reply)), Ok(TradeState::NotExist));
}

#[test]
fn closing_says_what_must_be_asked_again() {
    let request = wechat().close_request(&order(), now()).unwrap().unwrap();
    assert_eq!(taken(&request), json!({ "mchid": MCHID }));
    wechat_platform().parse_close(&request.body).unwrap();
    let read = |status: u16, body: &Value| heard(status, body, |reply| wechat().parse_close(&order(), reply));
    assert_eq!(read(204, &Value::Null), Ok(CloseAnswer::Closed));
    let code = |code: &str| json!({ "code": code, "message": "" });
    assert_eq!(read(400, &code("ORDERPAID")), Ok(CloseAnswer::AskAgain));
    assert_eq!(read(400, &code("ORDER_CLOSED")), Ok(CloseAnswer::AskAgain));
    assert_eq!(read(404, &code("ORDER_NOT_EXIST")), Ok(CloseAnswer::NotExist));
    assert!(matches!(read(403, &code("NO_AUTH")), Err(WireError::Gateway { .. })));
    assert_eq!(read(500, &code("SYSTEM_ERROR")), Err(WireError::HttpStatus(500)));
}

#[test]
fn a_refund_names_its_number_and_both_sums_and_each_state_is_understood() {
    let request = wechat().refund_request(&refund(), now()).unwrap();
    assert_eq!(
        taken(&request),
        json!({
            "out_trade_no": order().number.as_str(), "out_refund_no": "R7", "reason": "名额已满",
            "notify_url": "https://cet.example.cn/notify/wechat",
            "amount": { "refund": 1, "total": 2, "currency": "CNY" },
        })
    );
    let query = wechat().refund_query_request(&refund(), now()).unwrap();
    assert_eq!((query.verb, path_of(&query)), (Verb::Get, "/v3/refund/domestic/refunds/R7"));
    taken(&query);
    let told = |status: &str| {
        json!({
            "refund_id": "50000001", "out_refund_no": "R7", "out_trade_no": order().number.as_str(), "status": status,
            "amount": { "refund": 1, "total": 2, "currency": "CNY" },
        })
    };
    let done = RefundState::Done { amount_fen: 1, reference: Some("50000001".to_owned()) };
    let refused = |code: &str| RefundState::Refused { code: code.to_owned() };
    for (status, meant) in [
        ("SUCCESS", done),
        ("PROCESSING", RefundState::Pending),
        ("CLOSED", refused("CLOSED")),
        ("ABNORMAL", refused("ABNORMAL")),
    ] {
        assert_eq!(
            heard(200, &told(status), |reply| wechat().parse_refund(&refund(), reply)),
            Ok(meant.clone())
        );
        assert_eq!(
            heard(200, &told(status), |reply| wechat().parse_refund_query(&refund(), reply)),
            Ok(meant)
        );
    }
    let code = |code: &str| json!({ "code": code, "message": "x" });
    let made =
        |status: u16, body: &Value| heard(status, body, |reply| wechat().parse_refund(&refund(), reply));
    assert_eq!(made(403, &code("NOT_ENOUGH")), Ok(refused("NOT_ENOUGH")));
    assert!(made(401, &code("SIGN_ERROR")).is_err() && made(429, &code("FREQUENCY_LIMITED")).is_err());
    assert_eq!(made(500, &code("SYSTEM_ERROR")), Err(WireError::HttpStatus(500)), "it may have been made");
    let unknown = code("RESOURCE_NOT_EXISTS");
    assert_eq!(
        heard(404, &unknown, |reply| wechat().parse_refund_query(&refund(), reply)),
        Ok(RefundState::NotExist)
    );
    let other = with_member(told("SUCCESS"), "/out_refund_no", json!("R8"));
    assert_eq!(made(200, &other), Err(WireError::WrongOrder));
}

#[test]
fn the_bill_is_announced_with_its_digest_and_fetched_from_the_gateway_alone() {
    let day = jiff::civil::date(2018, 2, 11);
    let BillRequest::AddressBy(request) = wechat().bill_request(day, now()).unwrap() else {
        panic!("no address")
    };
    assert_eq!(path_of(&request), "/v3/bill/tradebill?bill_date=2018-02-11&bill_type=ALL&tar_type=GZIP");
    taken(&request);
    let read = |status: u16, body: &Value| heard(status, body, |reply| wechat().parse_bill_address(reply));
    let address = |url: &str| json!({ "hash_type": "SHA1", "hash_value": "a9993e364706816aba3e25717850c26c9cd0d89d", "download_url": url });
    let url = "https://api.mch.weixin.qq.com/v3/billdownload/file?token=abc";
    let Ok(BillAddress::At(file)) = read(200, &address(url)) else { panic!("no file") };
    assert_eq!((file.request.verb, file.request.url.as_str()), (Verb::Get, url));
    taken(&file.request);
    assert!(gateway::BillFile::is(file.sha1, b"abc") && !gateway::BillFile::is(file.sha1, b"abd"));
    assert!(read(200, &address("https://evil.example/file")).is_err());
    assert!(read(200, &with_member(address(url), "/hash_value", json!("a9"))).is_err());
    for (code, heard) in
        [("NO_STATEMENT_EXIST", BillAddress::Absent), ("STATEMENT_CREATING", BillAddress::NotYet)]
    {
        assert_eq!(read(400, &json!({ "code": code, "message": "" })), Ok(heard));
    }
}

/// TH33.
#[test]
fn nothing_is_believed_that_is_not_signed_by_a_key_of_the_gateway_now() {
    let body = trade("SUCCESS").to_string().into_bytes();
    let read = |headers: &Headers, body: &[u8], at: Timestamp| {
        wechat().parse_query(&order(), HttpReply { status: 200, headers, body, at })
    };
    let good = signed(&body);
    assert!(read(&good, &body, now()).is_ok());
    assert_eq!(read(&[], &body, now()), Err(WireError::MissingField("Wechatpay-Timestamp")));
    for (name, _) in good.clone() {
        let less: Vec<_> = good.iter().filter(|(known, _)| *known != name).cloned().collect();
        // The algorithm may be left out: there is only one.
        assert_eq!(read(&less, &body, now()).is_ok(), name == "Wechatpay-Signature-Type", "{name}");
        let own: Vec<_> = good.iter().filter(|(known, _)| *known == name).cloned().collect();
        let twice = [good.clone(), own].concat();
        assert_eq!(read(&twice, &body, now()), Err(WireError::DuplicateField(name)));
    }
    let set = |name: &str, to: &str| {
        let change = |(known, value): &(String, String)| {
            (known.clone(), if known == name { to.to_owned() } else { value.clone() })
        };
        good.iter().map(change).collect::<Vec<_>>()
    };
    assert_eq!(
        read(&set("Wechatpay-Serial", "PUB_KEY_ID_2"), &body, now()),
        Err(WireError::UnknownKey("PUB_KEY_ID_2".to_owned()))
    );
    assert_eq!(
        read(&set("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3"), &body, now()),
        Err(WireError::WrongSignType)
    );
    // The probe of the gateway itself.
    let probe = set("Wechatpay-Signature", "WECHATPAY/SIGNTEST/AAAA");
    assert_eq!(read(&probe, &body, now()), Err(WireError::BadSignature("Wechatpay-Signature")));
    assert!(read(&set("Wechatpay-Nonce", "1"), &body, now()).is_err());
    let five = SignedDuration::from_secs(300);
    assert!(read(&good, &body, now() + five).is_ok() && read(&good, &body, now() - five).is_ok());
    for late in [now() + five + SignedDuration::from_secs(1), now() - five - SignedDuration::from_secs(1)] {
        assert_eq!(read(&good, &body, late), Err(WireError::WrongTime));
    }
}

#[test]
fn a_refusal_may_come_unsigned_but_not_wrongly_signed_and_never_tells_of_money() {
    let body = b"{\"code\":\"ORDER_NOT_EXIST\",\"message\":\"\"}";
    let read = |status: u16, headers: &Headers, body: &[u8]| {
        wechat().parse_query(&order(), HttpReply { status, headers, body, at: now() })
    };
    assert_eq!(read(404, &[], body), Ok(TradeState::NotExist));
    let mut wrong = signed(body);
    signature(&mut wrong).unwrap().replace_range(..4, "AAAA");
    assert_eq!(read(404, &wrong, body), Err(WireError::BadSignature("Wechatpay-Signature")));
    assert!(read(404, &[], trade("SUCCESS").to_string().as_bytes()).is_err());
    assert_eq!(read(404, &[], b"<html>"), Err(WireError::HttpStatus(404)), "something on the way");
    assert!(read(302, &[], b"").is_err());
}

#[test]
fn two_keys_of_the_gateway_are_live_while_they_change() {
    let (serial, certificate) = of_certificate(CERTIFICATE).unwrap();
    let public = Rsa2PublicKey::from_pem(&keys().wechat.platform_public).unwrap();
    let both = wechat_with(
        vec![
            PlatformKey { id: PLATFORM.to_owned(), key: public },
            PlatformKey { id: serial.clone(), key: certificate },
        ],
        false,
    );
    let body = trade("SUCCESS").to_string().into_bytes();
    let old = Merchant {
        platform_id: serial,
        private_key: Rsa2PrivateKey::from_pem(PRIVATE).unwrap(),
        ..wechat_platform()
    };
    for side in [wechat_platform(), old] {
        let headers = side.sign(&body, now()).unwrap();
        let reply = HttpReply { status: 200, headers: &headers, body: &body, at: now() };
        assert!(both.parse_query(&order(), reply).is_ok(), "{}", side.platform_id);
        // The one key under the id of the other is no key.
        let swapped: Vec<_> = headers
            .iter()
            .map(|(name, value)| {
                (name.clone(), if name == "Wechatpay-Serial" { "X" } else { value }.to_owned())
            })
            .collect();
        let reply = HttpReply { status: 200, headers: &swapped, body: &body, at: now() };
        assert!(both.parse_query(&order(), reply).is_err());
    }
}

#[test]
fn a_certificate_gives_its_serial_number_and_its_key() {
    assert!(is_certificate(CERTIFICATE) && !is_certificate(&keys().wechat.platform_public));
    let (serial, key) = of_certificate(CERTIFICATE).unwrap();
    assert_eq!(serial, "F7AF28BCAFBFBB81C4F3A2E1D9C0B0A0192837");
    // Signed by the package `cryptography` of Python, as 微信支付 signs an answer.
    let text =
        b"1554209980\nc5ac7061fccab6bf3e254dcf98995b8c\n{\"code_url\":\"weixin://wxpay/bizpayurl?pr=x\"}\n";
    assert!(key.verify(text, include_str!("data/wechat-signatures.txt").lines().nth(2).unwrap()));
    for end in (0..CERTIFICATE.len() - 30).step_by(17) {
        assert!(of_certificate(&CERTIFICATE[..end]).is_err());
    }
}
