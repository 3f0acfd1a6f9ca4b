//! The side of 微信支付 in tests.

use gateway::keys::{Rsa2PrivateKey, Rsa2PublicKey, SealKey};
use gateway::wechat::platform::{Merchant, OrderKey};
use gateway::wechat::{PlatformKey, WeChat, WeChatSettings};
use gateway::{BillFile, HttpRequest, Verb};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::bank::{Bank, Trade, TradeIs};
use super::world::keys;
use crate::payment::store::Order;
use crate::payment::wire::Reply;

const ENDPOINT: &str = "http://127.0.0.1:9003";

pub(crate) fn gateway() -> WeChat {
    gateway_with(PlatformKey {
        id: "PUB_KEY_ID_1".to_owned(),
        key: Rsa2PublicKey::from_pem(&keys().wechat.platform_public).unwrap(),
    })
}

pub(super) fn gateway_with(key: PlatformKey) -> WeChat {
    WeChat::new(WeChatSettings {
        endpoint: ENDPOINT.to_owned(),
        phone_origin: ENDPOINT.to_owned(),
        app_id: "wx1".to_owned(),
        mchid: "1900".to_owned(),
        serial_no: "5157F09E".to_owned(),
        private_key: Rsa2PrivateKey::from_pem(&keys().wechat.merchant_private).unwrap(),
        seal_key: SealKey::new(&keys().wechat.seal_key).unwrap(),
        platform_keys: vec![key],
        notify_url: "http://127.0.0.1:8080/notify/wechat".to_owned(),
        is_rehearsal: true,
    })
    .unwrap()
}

pub(crate) fn platform() -> Merchant {
    Merchant {
        app_id: "wx1".to_owned(),
        mchid: "1900".to_owned(),
        serial_no: "5157F09E".to_owned(),
        public_key: Rsa2PublicKey::from_pem(&keys().wechat.merchant_public).unwrap(),
        platform_id: "PUB_KEY_ID_1".to_owned(),
        private_key: Rsa2PrivateKey::from_pem(&keys().wechat.platform_private).unwrap(),
        certificates: Vec::new(),
        seal_key: SealKey::new(&keys().wechat.seal_key).unwrap(),
    }
}

/// What is told of a payment.
pub(crate) fn paid(order: &Order) -> Value {
    json!({
        "appid": "wx1", "mchid": "1900", "out_trade_no": order.number.as_str(),
        "transaction_id": format!("T{}", order.number), "trade_state": "SUCCESS",
        "amount": { "total": order.amount.get(), "payer_total": order.amount.get(), "currency": "CNY" },
    })
}

/// What is told of a refund.
pub(crate) fn refunded(order: &Order, number: &str, fen: i64, status: &str) -> Value {
    json!({
        "mchid": "1900", "out_trade_no": order.number.as_str(), "transaction_id": format!("T{}", order.number),
        "out_refund_no": number, "refund_id": "5001", "refund_status": status,
        "amount": { "total": order.amount.get(), "refund": fen, "payer_total": 1, "payer_refund": 1 },
    })
}

/// A signed notification.
pub(crate) fn notice(event: &str, content: &Value, at: Timestamp) -> (Vec<(String, String)>, Vec<u8>) {
    let body = platform().notice(("id", event), content, at).unwrap().into_bytes();
    (platform().sign(&body, at).unwrap(), body)
}

/// When a request was signed, which is when it is answered.
pub(super) fn asked_at(request: &HttpRequest) -> Timestamp {
    let (_, signed) = request.headers.iter().find(|(name, _)| *name == "authorization").unwrap();
    let time = signed.split("timestamp=\"").nth(1).unwrap().split('"').next().unwrap();
    Timestamp::from_second(time.parse().unwrap()).unwrap()
}

pub(super) fn signed(request: &HttpRequest, status: u16, members: &Value) -> Reply {
    let body = if members.is_null() { Vec::new() } else { members.to_string().into_bytes() };
    Reply { status, headers: platform().sign(&body, asked_at(request)).unwrap(), body }
}

impl Bank {
    /// Answers a request of the API, whose signature is right.
    pub(super) fn wechat(&self, request: &HttpRequest) -> Reply {
        let path = request.url.strip_prefix(ENDPOINT).unwrap();
        let (_, authorization) = request.headers.iter().find(|(name, _)| *name == "authorization").unwrap();
        platform().verify((request.verb, path), authorization, &request.body).unwrap();
        let (status, members) = self.said(request.verb, path, &request.body);
        signed(request, status, &members)
    }

    fn said(&self, verb: Verb, path: &str, body: &[u8]) -> (u16, Value) {
        let refused = |status: u16, code: &str| (status, json!({ "code": code, "message": "" }));
        let mut trades = self.trades.lock().unwrap();
        if path.starts_with("/v3/pay/transactions/native") || path.starts_with("/v3/pay/transactions/h5") {
            let order = platform().parse_order(body, path.ends_with("h5")).unwrap();
            let fresh = Trade { amount: order.amount_fen, state: TradeIs::Waiting, refunds: Vec::new() };
            trades.entry(order.out_trade_no.clone()).or_insert(fresh);
            let address = format!("{ENDPOINT}/pay/{}", order.out_trade_no);
            return (200, json!({ "code_url": address, "h5_url": address }));
        }
        if path.starts_with("/v3/bill/tradebill") {
            let Some((url, bill)) = self.bill.lock().unwrap().clone() else {
                return refused(400, "NO_STATEMENT_EXIST");
            };
            let digest = BillFile::hex_digest(if url.ends_with("?altered") { b"other" } else { &bill });
            return (200, json!({ "hash_type": "SHA1", "hash_value": digest, "download_url": url }));
        }
        if path.starts_with("/v3/refund") {
            return refund(&mut trades, verb, path, body);
        }
        let number = path.split("out-trade-no/").nth(1).unwrap().split(['/', '?']).next().unwrap();
        let Some(trade) = trades.get_mut(number) else { return refused(404, "ORDER_NOT_EXIST") };
        if path.ends_with("/close") {
            if trade.state == TradeIs::Paid {
                return refused(400, "ORDERPAID");
            }
            trade.state = TradeIs::Closed;
            return (204, Value::Null);
        }
        let state = match trade.state {
            TradeIs::Paid if trade.refunds.is_empty() => "SUCCESS",
            TradeIs::Paid => "REFUND",
            TradeIs::Waiting => "NOTPAY",
            TradeIs::Closed => "CLOSED",
        };
        (
            200,
            json!({
                "appid": "wx1", "mchid": "1900", "out_trade_no": number, "transaction_id": format!("T{number}"),
                "trade_state": state, "amount": { "total": trade.amount, "currency": "CNY" },
            }),
        )
    }
}

/// A refund is being made when it is sent, and done when it is asked for.
fn refund(
    trades: &mut std::collections::BTreeMap<String, Trade>,
    verb: Verb,
    path: &str,
    body: &[u8],
) -> (u16, Value) {
    let told = |order: &str, number: &str, fen: i64, status: &str| {
        json!({
            "out_trade_no": order, "out_refund_no": number, "refund_id": "5001", "status": status,
            "amount": { "refund": fen, "total": fen, "currency": "CNY" },
        })
    };
    if verb == Verb::Get {
        let number = path.rsplit('/').next().unwrap();
        let found = trades.iter().find_map(|(order, trade)| {
            let made = trade.refunds.iter().find(|(known, _)| known == number)?;
            Some(told(order, number, made.1, "SUCCESS"))
        });
        let unknown = json!({ "code": "RESOURCE_NOT_EXISTS", "message": "" });
        return found.map_or((404, unknown), |found| (200, found));
    }
    let form = platform().parse_refund(body).unwrap();
    let OrderKey::Merchants(number) = &form.order else { panic!("{form:?}") };
    let trade = trades.get_mut(number).unwrap();
    assert_eq!(form.total_fen, trade.amount, "the order's sum is told too");
    if !trade.refunds.iter().any(|(known, _)| *known == form.out_refund_no) {
        trade.refunds.push((form.out_refund_no.clone(), form.refund_fen));
    }
    (200, told(number, &form.out_refund_no, form.refund_fen, "PROCESSING"))
}
