//! Notifications of 微信支付, and hostile input to all that reads its messages.

use gateway::keys::of_certificate;
use gateway::{
    Acknowledgement, Gateway, Headers, HttpNotice, HttpReply, Outcome, PayFlow, Verdict, WireError,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::wechat::{CERTIFICATE, payer, signed, trade, with_member};
use crate::world::*;

fn notice_of(event: &str, content: &Value, at: Timestamp) -> (Vec<(String, String)>, Vec<u8>) {
    let body = wechat_platform().notice(("id-1", event), content, at).unwrap().into_bytes();
    (wechat_platform().sign(&body, at).unwrap(), body)
}

fn notified(event: &str, content: &Value) -> Result<Vec<Verdict>, WireError> {
    let (headers, body) = notice_of(event, content, now());
    wechat().parse_notice(HttpNotice { headers: &headers, body: &body, at: now() })
}

fn one(event: &str, content: &Value) -> Verdict {
    let mut told = notified(event, content).unwrap();
    assert_eq!(told.len(), 1);
    told.remove(0)
}

#[test]
fn a_notification_of_a_payment_is_proof_of_it() {
    let notice = one("TRANSACTION.SUCCESS", &trade("SUCCESS")).unwrap();
    assert_eq!((notice.outcome, notice.amount_fen, notice.proven), (Outcome::Paid, 2, true));
    assert_eq!((notice.order_number, notice.trade_no.as_str()), (order().number, "4200000001"));
    assert_eq!(notice.gateway, gateway::wechat::CODE);
    let (done, failed) =
        (wechat().acknowledge(Acknowledgement::Done), wechat().acknowledge(Acknowledgement::Failed));
    assert_eq!((done.status, done.body), (204, ""));
    assert!(failed.status == 500 && failed.body.contains("\"code\":\"FAIL\""));
    assert_eq!(notified("COUPON.USE", &json!({})), Ok(Vec::new()), "nothing of ours, and not sent again");
}

/// TH34.
#[test]
fn a_notification_of_something_that_is_not_ours_says_why() {
    for (path, to, why) in [
        ("/mchid", json!("1900000110"), WireError::WrongMerchant),
        ("/appid", json!("wx2"), WireError::WrongApp),
        ("/out_trade_no", json!("993010000000000000423"), WireError::WrongOrder),
        ("/amount/currency", json!("USD"), WireError::WrongCurrency),
        ("/amount/total", json!("2"), WireError::BadAmount),
        ("/trade_state", json!("NEW"), WireError::UnknownStatus),
    ] {
        let told = one("TRANSACTION.SUCCESS", &with_member(trade("SUCCESS"), path, to));
        assert_eq!(told.unwrap_err().why, why, "{path}");
    }
}

#[test]
fn a_notification_tells_of_one_refund_by_its_number() {
    let told = |status: &str| {
        json!({
            "mchid": MCHID, "out_trade_no": order().number.as_str(), "transaction_id": "4200000001",
            "out_refund_no": "R7", "refund_id": "5000001", "refund_status": status,
            "amount": { "total": 2, "refund": 1, "payer_total": 2, "payer_refund": 1 },
        })
    };
    for (event, status, is_done) in [
        ("REFUND.SUCCESS", "SUCCESS", true),
        ("REFUND.ABNORMAL", "ABNORMAL", false),
        ("REFUND.CLOSED", "CLOSED", false),
    ] {
        let notice = one(event, &told(status)).unwrap();
        let refund = Outcome::OneRefund { refund_number: "R7".to_owned(), amount_fen: 1, is_done };
        assert_eq!((notice.outcome, notice.amount_fen), (refund, 2), "{event}");
    }
}

/// TH33.
#[test]
fn a_notification_is_refused_without_its_signature_or_with_other_content() {
    let (headers, body) = notice_of("TRANSACTION.SUCCESS", &trade("SUCCESS"), now());
    let read = |headers: &Headers, body: &[u8], at: Timestamp| {
        wechat().parse_notice(HttpNotice { headers, body, at })
    };
    assert!(read(&headers, &body, now()).is_ok());
    assert!(read(&[], &body, now()).is_err());
    assert_eq!(read(&headers, &body, now() + SignedDuration::from_secs(301)), Err(WireError::WrongTime));
    // Signed rightly, but sealed with another key, or said to be sealed by another algorithm.
    let text = String::from_utf8(body).unwrap();
    let again = |old: &str, new: &str| {
        assert!(text.contains(old), "{old}");
        let body = text.replacen(old, new, 1).into_bytes();
        read(&signed(&body), &body, now())
    };
    assert_eq!(
        again("\"ciphertext\":\"", "\"ciphertext\":\"AAAA"),
        Err(WireError::BadSignature("ciphertext"))
    );
    assert_eq!(
        again("\"associated_data\":\"transaction\"", "\"associated_data\":\"refund\""),
        Err(WireError::BadSignature("ciphertext"))
    );
    assert_eq!(again("AEAD_AES_256_GCM", "AEAD_SM4_GCM"), Err(WireError::WrongSignType));
    assert!(again("\"resource\":{", "\"resource\":null,\"resource\":{").is_err(), "a name that stands twice");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_byte_of_a_notice_is_never_believed(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let (headers, body) = notice_of("TRANSACTION.SUCCESS", &trade("SUCCESS"), now());
        let mut changed = body.clone();
        let at = at.index(changed.len());
        changed[at] = to;
        let read = wechat().parse_notice(HttpNotice { headers: &headers, body: &changed, at: now() });
        prop_assert_eq!(read.is_ok(), changed == body);
    }

    #[test]
    fn no_signed_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let headers = signed(&body);
        let notice = HttpNotice { headers: &headers, body: &body, at: now() };
        prop_assert!(wechat().parse_notice(notice).is_err());
        for status in [200, 204, 404] {
            let reply = HttpReply { status, headers: &headers, body: &body, at: now() };
            let _ = wechat().parse_query(&order(), reply);
            let _ = wechat().parse_close(&order(), reply);
            let _ = wechat().parse_refund(&refund(), reply);
            let _ = wechat().parse_refund_query(&refund(), reply);
            let _ = wechat().parse_bill_address(reply);
            let _ = wechat().parse_address(&to_pay(), &payer(PayFlow::Scan), reply);
        }
    }

    #[test]
    fn no_signed_json_panics(text in "\\{(\"(resource|amount|code|trade_state|event_type|nonce)\":(\"[ -~]{0,6}\"|[0-9]{1,25}|null|\\{\\}),?){0,5}\\}?") {
        let body = text.into_bytes();
        let headers = signed(&body);
        let _ = wechat().parse_notice(HttpNotice { headers: &headers, body: &body, at: now() });
        let reply = HttpReply { status: 200, headers: &headers, body: &body, at: now() };
        let _ = wechat().parse_query(&order(), reply);
        let _ = wechat().parse_refund_query(&refund(), reply);
        let _ = wechat().parse_bill_address(reply);
    }

    #[test]
    fn no_certificate_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>()) {
        let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", data_encoding::BASE64.encode(&bytes));
        prop_assert!(of_certificate(&pem).is_err());
        let mut changed = CERTIFICATE.as_bytes().to_vec();
        let at = at.index(changed.len());
        changed[at] = b'A';
        let _ = of_certificate(&String::from_utf8(changed).unwrap());
    }
}

/// What is not believed is no failure of ours.
#[test]
fn what_is_forged_or_garbled_is_refused_and_not_told_as_our_own_failure() {
    let status = |told: Result<Vec<Verdict>, WireError>| {
        let reply = wechat().acknowledge(Acknowledgement::of(&told.unwrap_err()));
        assert!(reply.body.contains("\"code\":\"FAIL\""));
        reply.status
    };
    for body in ["", "[]", "{}", "\u{fffd}"] {
        let notice = HttpNotice { headers: &[], body: body.as_bytes(), at: now() };
        assert_eq!(status(wechat().parse_notice(notice)), 401, "{body:?} without a signature");
    }
    for why in
        [WireError::WrongTime, WireError::UnknownKey("A".to_owned()), WireError::BadSignature("ciphertext")]
    {
        assert_eq!(status(Err(why)), 401);
    }
    for why in [
        WireError::Malformed("JSON"),
        WireError::MissingField("resource"),
        WireError::TooLarge,
        WireError::Encoding,
    ] {
        assert_eq!(status(Err(why)), 400);
    }
}
