//! Platform certificates of 微信支付, which are handed out while they change.

use gateway::keys::{Rsa2PrivateKey, SealKey, of_certificate};
use gateway::wechat::platform::{Certificate, Merchant};
use gateway::wechat::{PlatformKey, WeChat};
use gateway::{Gateway as _, Headers, HttpReply, HttpRequest, TradeState, Verb, WireError};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::wechat::{CERTIFICATE, trade, with_member};
use crate::world::*;

const OLD: &str = "F7AF28BCAFBFBB81C4F3A2E1D9C0B0A0192837";
const NEW: &str = "7A00000000000000000000000000000000000001";

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// The gateway while it changes from the old certificate to the new one, an hour ago.
fn changing() -> Merchant {
    let of = |serial: &str, pem: &str, from: i64, until: i64| Certificate {
        serial_no: serial.to_owned(),
        private_key: Rsa2PrivateKey::from_pem(pem).unwrap(),
        from: now() + hours(from),
        until: now() + hours(until),
    };
    let certificates = vec![
        of(OLD, include_str!("data/wechat-private.pem"), -2_000, 48),
        of(NEW, &keys().wechat.platform_private, -1, 2_000),
    ];
    Merchant { certificates, ..wechat_platform() }
}

/// A merchant who has the old certificate in a file.
fn with_old() -> WeChat {
    let (id, key) = of_certificate(CERTIFICATE).unwrap();
    wechat_with(vec![PlatformKey { id, key }], false)
}

fn header<'r>(request: &'r HttpRequest, name: &str) -> &'r str {
    request.headers.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str())
}

/// What a merchant makes of certificates that this gateway signs.
fn take(client: &WeChat, by: &Merchant, body: &Value, at: Timestamp) -> Result<(), WireError> {
    let body = body.to_string().into_bytes();
    let headers = by.sign(&body, at).unwrap();
    client.take_keys(HttpReply { status: 200, headers: &headers, body: &body, at })
}

fn asks(client: &WeChat, by: &Merchant, at: Timestamp) -> Result<TradeState, WireError> {
    let body = trade("NOTPAY").to_string().into_bytes();
    let headers: Vec<_> = by.sign(&body, at).unwrap();
    client.parse_query(&order(), HttpReply { status: 200, headers: &headers, body: &body, at })
}

#[test]
fn a_certificate_that_is_not_known_is_known_once_it_was_handed_out_and_until_it_is_over() {
    let (client, gateway) = (with_old(), changing());
    let request = client.keys_request(now()).unwrap().unwrap();
    assert_eq!(
        (request.verb, request.url.as_str()),
        (Verb::Get, "https://api.mch.weixin.qq.com/v3/certificates")
    );
    let signed = header(&request, "authorization");
    gateway.verify((request.verb, "/v3/certificates"), signed, &request.body).unwrap();
    assert_eq!(header(&request, "wechatpay-serial"), OLD);
    assert_eq!(asks(&client, &gateway, now()), Err(WireError::UnknownKey(NEW.to_owned())));
    let handed = gateway.hand_out(now()).unwrap().unwrap();
    assert_eq!(handed["data"].as_array().unwrap().len(), 2, "both are live while they change");
    take(&client, &gateway, &handed, now()).unwrap();
    assert_eq!(asks(&client, &gateway, now()), Ok(TradeState::Waiting));
    let before = Merchant { certificates: Vec::new(), platform_id: OLD.to_owned(), ..changing() };
    let before = Merchant {
        private_key: Rsa2PrivateKey::from_pem(include_str!("data/wechat-private.pem")).unwrap(),
        ..before
    };
    assert_eq!(
        asks(&client, &before, now()),
        Ok(TradeState::Waiting),
        "what the old one signed still counts"
    );
    let next = client.keys_request(now()).unwrap().unwrap();
    assert_eq!(header(&next, "wechatpay-serial"), NEW, "it is asked to sign with the newest");
    let over = now() + hours(2_001);
    let late = Merchant { certificates: Vec::new(), platform_id: NEW.to_owned(), ..changing() };
    assert_eq!(asks(&client, &late, over), Err(WireError::UnknownKey(NEW.to_owned())));
    assert_eq!(header(&client.keys_request(over).unwrap().unwrap(), "wechatpay-serial"), OLD);
}

#[test]
fn whoever_verifies_by_a_public_key_asks_for_no_certificate() {
    assert!(wechat().keys_request(now()).unwrap().is_none());
    assert!(wechat_platform().hand_out(now()).unwrap().is_none());
    assert!(
        alipay().keys_request(now()).unwrap().is_none() && payease().keys_request(now()).unwrap().is_none()
    );
}

/// TH33.
#[test]
fn no_certificate_is_taken_that_was_not_sealed_with_the_shared_key_and_signed() {
    let (client, gateway) = (with_old(), changing());
    let handed = gateway.hand_out(now()).unwrap().unwrap();
    let seal_key = SealKey::new("0123456789abcdefghijklmnopqrstuv").unwrap();
    let other = Merchant { seal_key, ..changing() };
    let sealed_by_another = other.hand_out(now()).unwrap().unwrap();
    assert_eq!(
        take(&client, &gateway, &sealed_by_another, now()),
        Err(WireError::BadSignature("ciphertext"))
    );
    for (path, to, told) in [
        ("/data/1/serial_no", json!(OLD), WireError::Malformed("serial_no")),
        ("/data/1/encrypt_certificate/algorithm", json!("AEAD_SM4_GCM"), WireError::WrongSignType),
        ("/data/1/encrypt_certificate/associated_data", json!("x"), WireError::BadSignature("ciphertext")),
        ("/data/1/expire_time", json!("soon"), WireError::Malformed("expire_time")),
        ("/data", json!([]), WireError::UnknownKey(NEW.to_owned())),
        ("/data", json!(vec![1; 17]), WireError::Malformed("data")),
    ] {
        assert_eq!(
            take(&client, &gateway, &with_member(handed.clone(), path, to), now()),
            Err(told),
            "{path}"
        );
    }
    let body = handed.to_string().into_bytes();
    let read = |headers: &Headers, at: Timestamp| {
        client.take_keys(HttpReply { status: 200, headers, body: &body, at })
    };
    assert_eq!(read(&[], now()), Err(WireError::MissingField("Wechatpay-Timestamp")));
    let mut wrong = gateway.sign(&body, now()).unwrap();
    gateway::wechat::platform::signature(&mut wrong).unwrap().replace_range(..4, "AAAA");
    assert_eq!(read(&wrong, now()), Err(WireError::BadSignature("Wechatpay-Signature")));
    let refused = b"{\"code\":\"RESOURCE_NOT_EXISTS\",\"message\":\"\"}";
    let reply = HttpReply { status: 404, headers: &[], body: refused, at: now() };
    assert!(matches!(client.take_keys(reply), Err(WireError::Gateway { .. })));
    // Of those that are all over none counts.
    let old = Merchant { certificates: Vec::new(), ..changing() };
    let over = now() + hours(3_000);
    let headers = Merchant { platform_id: NEW.to_owned(), ..old }.sign(&body, over).unwrap();
    assert_eq!(read(&headers, over), Err(WireError::MissingField("data")));
    assert_eq!(
        asks(&client, &gateway, now()),
        Err(WireError::UnknownKey(NEW.to_owned())),
        "nothing was taken"
    );
}
