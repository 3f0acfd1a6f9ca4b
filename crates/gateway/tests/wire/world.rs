//! Both sides of all gateways with one set of keys, made once per run from a fixed seed.

use std::sync::OnceLock;

use gateway::alipay::{Alipay, AlipaySettings};
use gateway::keys::{
    DemoKeys, MacKey, Md5RsaPrivateKey, Md5RsaPublicKey, Rsa2PrivateKey, Rsa2PublicKey, SealKey, generate,
};
use gateway::payease::platform::Merchant;
use gateway::payease::{MacText, PayEase, PayEaseSettings, QueryTrust};
use gateway::wechat::{PlatformKey, WeChat, WeChatSettings};
use gateway::{
    Charset, Fields, Gateway, HttpNotice, OrderNumber, OrderRef, OrderToPay, RefundToMake, Verdict,
    WireError, wechat,
};
use jiff::Timestamp;

pub(crate) const APP: &str = "2021000000000001";
pub(crate) const SELLER: &str = "2088000000000001";
pub(crate) const MID: &str = "888";

pub(crate) fn keys() -> &'static DemoKeys {
    static KEYS: OnceLock<DemoKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        generate(&mut |into| {
            for byte in into {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                *byte = state.to_le_bytes()[3];
            }
            true
        })
        .unwrap()
    })
}

pub(crate) fn alipay() -> Alipay {
    Alipay::new(AlipaySettings {
        endpoint: "http://127.0.0.1:9001/gateway.do".to_owned(),
        app_id: APP.to_owned(),
        seller_id: SELLER.to_owned(),
        private_key: Rsa2PrivateKey::from_pem(&keys().app_private).unwrap(),
        alipay_public_key: Rsa2PublicKey::from_pem(&keys().alipay_public).unwrap(),
        bill_origin: "https://dwbillcenter.alipay.com".to_owned(),
    })
}

pub(crate) fn app_public() -> Rsa2PublicKey {
    Rsa2PublicKey::from_pem(&keys().app_public).unwrap()
}

pub(crate) fn alipay_private() -> Rsa2PrivateKey {
    Rsa2PrivateKey::from_pem(&keys().alipay_private).unwrap()
}

pub(crate) fn payease_with(mac_text: MacText, query_trust: QueryTrust) -> PayEase {
    PayEase::new(PayEaseSettings {
        pay_origin: "http://127.0.0.1:9002".to_owned(),
        api_origin: "http://127.0.0.1:9002".to_owned(),
        mid: MID.to_owned(),
        mac_key: MacKey::new(keys().mac_key.as_bytes()).unwrap(),
        public_key: Md5RsaPublicKey::from_pem(&keys().payease_public).unwrap(),
        mac_text,
        query_trust,
    })
    .unwrap()
}

pub(crate) fn payease() -> PayEase {
    payease_with(MacText::Gbk, QueryTrust::Signature)
}

pub(crate) fn merchant_with(mac_text: MacText) -> Merchant {
    Merchant {
        mid: MID.to_owned(),
        mac_key: MacKey::new(keys().mac_key.as_bytes()).unwrap(),
        private_key: Md5RsaPrivateKey::from_pem(&keys().payease_private).unwrap(),
        mac_text,
    }
}

pub(crate) fn merchant() -> Merchant {
    merchant_with(MacText::Gbk)
}

pub(crate) const MCHID: &str = "1900000109";
pub(crate) const WX_APP: &str = "wx0000000000000001";
pub(crate) const SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
pub(crate) const PLATFORM: &str = "PUB_KEY_ID_0000000001";

pub(crate) fn wechat_with(platform_keys: Vec<PlatformKey>, is_rehearsal: bool) -> WeChat {
    let keys = &keys().wechat;
    WeChat::new(WeChatSettings {
        endpoint: "https://api.mch.weixin.qq.com".to_owned(),
        phone_origin: "https://wx.tenpay.com".to_owned(),
        app_id: WX_APP.to_owned(),
        mchid: MCHID.to_owned(),
        serial_no: SERIAL.to_owned(),
        private_key: Rsa2PrivateKey::from_pem(&keys.merchant_private).unwrap(),
        seal_key: SealKey::new(&keys.seal_key).unwrap(),
        platform_keys,
        notify_url: "https://cet.example.cn/notify/wechat".to_owned(),
        is_rehearsal,
    })
    .unwrap()
}

pub(crate) fn wechat() -> WeChat {
    let key = Rsa2PublicKey::from_pem(&keys().wechat.platform_public).unwrap();
    wechat_with(vec![PlatformKey { id: PLATFORM.to_owned(), key }], false)
}

pub(crate) fn wechat_platform() -> wechat::platform::Merchant {
    let keys = &keys().wechat;
    wechat::platform::Merchant {
        app_id: WX_APP.to_owned(),
        mchid: MCHID.to_owned(),
        serial_no: SERIAL.to_owned(),
        public_key: Rsa2PublicKey::from_pem(&keys.merchant_public).unwrap(),
        platform_id: PLATFORM.to_owned(),
        private_key: Rsa2PrivateKey::from_pem(&keys.platform_private).unwrap(),
        certificates: Vec::new(),
        seal_key: SealKey::new(&keys.seal_key).unwrap(),
    }
}

/// Reads a notification of which nothing but its body matters.
pub(crate) trait PlainNotice {
    fn parse_plain(&self, body: &[u8]) -> Result<Vec<Verdict>, WireError>;
}

impl<G: Gateway + ?Sized> PlainNotice for G {
    fn parse_plain(&self, body: &[u8]) -> Result<Vec<Verdict>, WireError> {
        self.parse_notice(HttpNotice::plain(body))
    }
}

pub(crate) fn now() -> Timestamp {
    "2017-03-08T01:00:00Z".parse().unwrap()
}

pub(crate) fn order() -> OrderRef {
    OrderRef { number: OrderNumber::new("99301", 42).unwrap(), made_at: now() }
}

pub(crate) fn to_pay() -> OrderToPay {
    OrderToPay {
        order: order(),
        amount_fen: 2,
        subject: "全国大学英语四、六级考试报名费".to_owned(),
        expires_at: "2017-03-08T03:00:00Z".parse().unwrap(),
        return_url: "http://127.0.0.1:8080/payment/return/alipay".to_owned(),
        notify_url: "http://127.0.0.1:8080/notify/alipay".to_owned(),
        bank: None,
    }
}

pub(crate) fn refund() -> RefundToMake {
    RefundToMake {
        order: order(),
        order_fen: 2,
        refund_number: "R7".to_owned(),
        amount_fen: 1,
        reason: "名额已满".to_owned(),
        operator: "finance".to_owned(),
    }
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn form(pairs: &[(String, String)], charset: Charset) -> Vec<u8> {
    Fields::encode(pairs, charset).unwrap().into_bytes()
}

/// The pairs with one value replaced.
pub(crate) fn with(pairs: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    assert!(pairs.iter().any(|(known, _)| known == name), "no {name}");
    pairs.iter().cloned().map(|(n, v)| if n == name { (n, value.to_owned()) } else { (n, v) }).collect()
}

/// The pairs without one field.
pub(crate) fn without(pairs: &[(String, String)], name: &str) -> Vec<(String, String)> {
    pairs.iter().filter(|(known, _)| known != name).cloned().collect()
}
