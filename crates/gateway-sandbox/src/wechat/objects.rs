//! What the API and notifications tell.

use gateway::wechat::platform::{CURRENCY, Merchant, format_time};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::ledger::{Recorded, Refund, State as TradeIs, Trade};

/// A trade.
pub(crate) fn trade_object(trade: &Trade, merchant: &Merchant, now: Timestamp) -> Value {
    let fen = trade.opening.amount_fen;
    let mut told = json!({
        "appid": merchant.app_id,
        "mchid": merchant.mchid,
        "out_trade_no": trade.opening.number,
        "trade_type": trade.opening.trade_type,
        "trade_state": state(trade, now),
        "trade_state_desc": state(trade, now),
        "amount": { "total": fen, "payer_total": fen, "currency": CURRENCY, "payer_currency": CURRENCY },
    });
    if let (Some(members), Recorded::Paid { trade_no, at }) = (told.as_object_mut(), &trade.recorded) {
        members.insert("transaction_id".to_owned(), json!(trade_no));
        members.insert("success_time".to_owned(), json!(format_time(*at)));
        members.insert("bank_type".to_owned(), json!("OTHERS"));
        members.insert("payer".to_owned(), json!({ "openid": "oRehearsal0000000000000000001" }));
    }
    told
}

/// Every refund turns the state into `REFUND`, also a partial one.
fn state(trade: &Trade, now: Timestamp) -> &'static str {
    match trade.state(now) {
        TradeIs::Paid { .. } if trade.refunds.is_empty() => "SUCCESS",
        TradeIs::Paid { .. } | TradeIs::Refunded { .. } => "REFUND",
        TradeIs::Closed => "CLOSED",
        TradeIs::Waiting if trade.declined => "PAYERROR",
        TradeIs::Waiting => "NOTPAY",
    }
}

/// A refund of it.
pub(super) fn of_refund(trade: &Trade, refund: &Refund, status: &str) -> Value {
    let trade_no = match &trade.recorded {
        Recorded::Paid { trade_no, .. } => trade_no.as_str(),
        Recorded::Waiting | Recorded::Closed => "",
    };
    json!({
        "refund_id": refund.reference,
        "out_refund_no": refund.request,
        "transaction_id": trade_no,
        "out_trade_no": trade.opening.number,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": format_time(refund.at),
        "status": status,
        "amount": { "total": trade.opening.amount_fen, "refund": refund.amount_fen, "currency": CURRENCY },
    })
}
