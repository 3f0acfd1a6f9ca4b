//! What gateways send: whatever is not signed is never believed.

use std::sync::OnceLock;

use super::Target;
use cet_domain::testing::keys;
use gateway::alipay::platform::{answer, sign_fields};
use gateway::alipay::{Alipay, AlipaySettings, Method};
use gateway::keys::{MacKey, Md5RsaPrivateKey, Md5RsaPublicKey, Rsa2PrivateKey, Rsa2PublicKey};
use gateway::payease::platform::{Merchant, Order};
use gateway::payease::{MacText, NoticeStatus, PayEase, PayEaseSettings, QueryStatus, QueryTrust};
use gateway::{
    Charset, Fields, Gateway, HttpNotice, HttpReply, Notice, OrderNumber, OrderRef, TradeState, Verdict,
};

const APP: &str = "2021000000000001";
const SELLER: &str = "2088000000000001";
const MID: &str = "888";

pub(crate) const ALIPAY_NOTICE: Target = Target {
    name: "alipay_notice",
    run: alipay_notice,
    seeds: alipay_seeds,
    words: &[
        "sign=",
        "&sign_type=RSA2",
        "out_trade_no=",
        "total_amount=",
        "&",
        "=",
        "%",
        "%25",
        "trade_status=TRADE_CLOSED",
    ],
    mutations: 3_000,
};

pub(crate) const PAYEASE_NOTICE: Target = Target {
    name: "payease_notice",
    run: payease_notice,
    seeds: payease_seeds,
    words: &["v_count=4", "v_oid=", "|_|", "%7C_%7C", "v_sign=", "v_amount=", "%B3%C9", "&", "="],
    mutations: 3_000,
};

pub(crate) const QUERY_ANSWER: Target = Target {
    name: "query_answer",
    run: query_answer,
    seeds: answer_seeds,
    words: &[
        "{",
        "}",
        "\"sign\":",
        "\\u0000",
        "<order>",
        "</order>",
        "<!DOCTYPE",
        "&amp;",
        "<![CDATA[",
        "\\/",
    ],
    mutations: 3_000,
};

fn alipay() -> &'static Alipay {
    static MADE: OnceLock<Alipay> = OnceLock::new();
    MADE.get_or_init(|| {
        Alipay::new(AlipaySettings {
            endpoint: "http://127.0.0.1:9001/gateway.do".to_owned(),
            app_id: APP.to_owned(),
            seller_id: SELLER.to_owned(),
            private_key: Rsa2PrivateKey::from_pem(&keys().app_private).unwrap(),
            alipay_public_key: Rsa2PublicKey::from_pem(&keys().alipay_public).unwrap(),
            bill_origin: "https://dwbillcenter.alipay.com".to_owned(),
        })
    })
}

fn payease() -> &'static PayEase {
    static MADE: OnceLock<PayEase> = OnceLock::new();
    MADE.get_or_init(|| {
        let made = PayEase::new(PayEaseSettings {
            pay_origin: "http://127.0.0.1:9002".to_owned(),
            api_origin: "http://127.0.0.1:9002".to_owned(),
            mid: MID.to_owned(),
            mac_key: MacKey::new(keys().mac_key.as_bytes()).unwrap(),
            public_key: Md5RsaPublicKey::from_pem(&keys().payease_public).unwrap(),
            mac_text: MacText::Gbk,
            query_trust: QueryTrust::Signature,
        });
        made.unwrap()
    })
}

fn payease_itself() -> Merchant {
    Merchant {
        mid: MID.to_owned(),
        mac_key: MacKey::new(keys().mac_key.as_bytes()).unwrap(),
        private_key: Md5RsaPrivateKey::from_pem(&keys().payease_private).unwrap(),
        mac_text: MacText::Gbk,
    }
}

fn alipay_key() -> Rsa2PrivateKey {
    Rsa2PrivateKey::from_pem(&keys().alipay_private).unwrap()
}

fn order() -> OrderRef {
    OrderRef {
        number: OrderNumber::new("99301", 42).unwrap(),
        made_at: "2017-03-08T01:00:00Z".parse().unwrap(),
    }
}

fn paid() -> Order {
    Order {
        oid: payease().wire_number(&order()),
        pmode: "中国银行".to_owned(),
        pstring: "支付成功".to_owned(),
        amount_fen: 2,
    }
}

fn form(pairs: &[(String, String)], charset: Charset) -> Vec<u8> {
    Fields::encode(pairs, charset).unwrap().into_bytes()
}

fn alipay_seeds() -> Vec<Vec<u8>> {
    let number = order().number;
    let signed = |status: &str, amount: &str| {
        let fields = [
            ("charset", "utf-8"),
            ("app_id", APP),
            ("seller_id", SELLER),
            ("trade_no", "20170308"),
            ("out_trade_no", number.as_str()),
            ("trade_status", status),
            ("total_amount", amount),
            ("subject", "报名费 & 其他=1"),
        ];
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        form(&sign_fields(fields, &alipay_key()).unwrap(), Charset::Utf8)
    };
    vec![signed("TRADE_SUCCESS", "0.02"), signed("TRADE_CLOSED", "0.02"), signed("NO_SUCH_STATUS", "x")]
}

fn payease_seeds() -> Vec<Vec<u8>> {
    let one = |serial, status| {
        let number = OrderRef { number: OrderNumber::new("99301", serial).unwrap(), ..order() };
        (Order { oid: payease().wire_number(&number), ..paid() }, status)
    };
    let signed = |orders: &[_]| form(&payease_itself().notice(orders).unwrap(), Charset::Gbk);
    vec![
        signed(&[one(42, NoticeStatus::Paid)]),
        signed(&[one(42, NoticeStatus::Paid), one(43, NoticeStatus::Declined)]),
    ]
}

fn answer_seeds() -> Vec<Vec<u8>> {
    let number = order().number;
    let members = |status| {
        [
            ("code", "10000"),
            ("out_trade_no", number.as_str()),
            ("trade_no", "20170308"),
            ("trade_status", status),
            ("total_amount", "0.02"),
            ("subject", "a/b"),
        ]
    };
    let alipay = ["TRADE_SUCCESS", "WAIT_BUYER_PAY"]
        .map(|status| answer(Method::Query, &members(status), &alipay_key()).unwrap().into_bytes());
    let oid = payease().wire_number(&order());
    let found = payease_itself().query_answer(&oid, Some((&paid(), QueryStatus::Paid))).unwrap();
    let unknown = payease_itself().query_answer(&oid, None).unwrap();
    alipay.into_iter().chain([found, unknown]).collect()
}

/// What the signed messages of the corpus say: whatever else is believed was forged.
fn genuine(seeds: fn() -> Vec<Vec<u8>>, gateway: &dyn Gateway) -> Vec<Verdict> {
    let read = |body: &Vec<u8>| gateway.parse_notice(HttpNotice::plain(body)).unwrap();
    seeds().iter().flat_map(read).collect()
}

fn alipay_notice(data: &[u8]) {
    static KNOWN: OnceLock<Vec<Verdict>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| genuine(alipay_seeds, alipay()));
    if let Ok(told) = alipay().parse_notice(HttpNotice::plain(data)) {
        assert!(told.iter().all(|one| known.contains(one)), "a forged notification is believed: {told:?}");
    }
    let _hint = alipay().parse_return(data);
}

fn payease_notice(data: &[u8]) {
    static KNOWN: OnceLock<Vec<Verdict>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| genuine(payease_seeds, payease()));
    if let Ok(told) = payease().parse_notice(HttpNotice::plain(data)) {
        // Without v_sign the shared key alone vouches for it, and it is a hint only.
        let hint = |known: &Verdict| known.clone().map(|known| Notice { proven: false, ..known });
        for one in told {
            let is_known = known.iter().any(|known| *known == one || hint(known) == one);
            assert!(is_known, "a forged notification is believed: {one:?}");
        }
    }
    let _hint = payease().parse_return(data);
}

fn query_answer(data: &[u8]) {
    let reply = HttpReply::plain(200, data);
    for gateway in [alipay() as &dyn Gateway, payease()] {
        if let Ok(TradeState::Paid { amount_fen, .. }) = gateway.parse_query(&order(), reply) {
            assert_eq!(amount_fen, 2, "a forged answer is believed");
        }
        let _closed = gateway.parse_close(&order(), reply);
    }
}
