//! The content of a notification, and how it is falsified.

use gateway::alipay::format_time;
use gateway::alipay::platform::sign_fields;
use gateway::payease::NoticeStatus;
use gateway::payease::platform::Order;
use gateway::wechat::platform::{CURRENCY, Merchant, signature};
use gateway::{BuildError, Charset, Fields, format_yuan};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::ledger::{Delivery, Ledger, NoticeContent, Recorded, Side, Trade};
use crate::payease::bank_name;
use crate::sandbox::Settings;
use crate::wechat::trade_object;
use crate::{Behaviour, Falsify};

/// The account of everybody who pays here.
pub(crate) const BUYER: &str = "2088000000000999";
/// How long `reorder` delays every second notification.
const HELD_BACK: SignedDuration = SignedDuration::from_secs(20);

/// Queues the notification of an event; `None` if there is no URL or it is to be dropped.
pub(crate) fn queue(
    ledger: &Ledger,
    trade: &Trade,
    told: NoticeContent,
    behaviour: &Behaviour,
    settings: &Settings,
    now: Timestamp,
) -> Option<Delivery> {
    let side = trade.opening.side;
    let url = match side {
        Side::Alipay | Side::WeChat => trade.opening.notify_url.clone()?,
        Side::PayEase => settings.payease.notify_url.clone(),
    };
    if behaviour.drop {
        return None;
    }
    let mut due_at = now.saturating_add(SignedDuration::from_secs(behaviour.delay.into())).ok()?;
    let held = ledger.open_deliveries().any(|delivery| delivery.tries == 0);
    if behaviour.reorder && !held {
        due_at = due_at.saturating_add(HELD_BACK).ok()?;
    }
    Some(Delivery {
        id: ledger.next_id(),
        side,
        number: trade.opening.number.clone(),
        told,
        url,
        falsify: behaviour.falsify,
        extra_copies: behaviour.duplicates,
        due_at: Some(due_at),
        tries: 0,
    })
}

/// The body of an Alipay notification.
pub(crate) fn alipay_body(
    delivery: &Delivery,
    trade: &Trade,
    settings: &Settings,
    now: Timestamp,
) -> Result<String, BuildError> {
    let side = &settings.alipay;
    let (trade_no, paid_at) = match &trade.recorded {
        Recorded::Paid { trade_no, at } => (trade_no.clone(), *at),
        Recorded::Waiting | Recorded::Closed => (String::new(), now),
    };
    let mut fen = trade.opening.amount_fen;
    let mut seller_id = side.seller_id.clone();
    let mut number = delivery.number.clone();
    match delivery.falsify {
        Falsify::None | Falsify::Signature | Falsify::State | Falsify::Currency => {}
        Falsify::Amount => fen = fen.saturating_add(1),
        Falsify::Merchant => seller_id = other_digit(&seller_id),
        Falsify::Order => number = other_digit(&number),
    }
    let mut fields = vec![
        ("notify_time", format_time(now)),
        ("notify_type", "trade_status_sync".to_owned()),
        ("notify_id", format!("{:032}", delivery.id)),
        ("charset", "utf-8".to_owned()),
        ("version", "1.0".to_owned()),
        ("app_id", side.app_id.clone()),
        ("auth_app_id", side.app_id.clone()),
        ("seller_id", seller_id),
        ("trade_no", trade_no),
        ("out_trade_no", number),
        ("subject", trade.opening.subject.clone()),
        ("trade_status", "TRADE_SUCCESS".to_owned()),
        ("total_amount", format_yuan(fen)),
        ("receipt_amount", format_yuan(fen)),
        ("buyer_pay_amount", format_yuan(fen)),
        ("invoice_amount", format_yuan(fen)),
        ("point_amount", "0.00".to_owned()),
        ("buyer_id", BUYER.to_owned()),
        (
            "fund_bill_list",
            format!("[{{\"amount\":\"{}\",\"fundChannel\":\"ALIPAYACCOUNT\"}}]", format_yuan(fen)),
        ),
        ("gmt_create", format_time(trade.opening.at)),
        ("gmt_payment", format_time(paid_at)),
    ];
    if delivery.falsify == Falsify::Currency {
        fields.push(("trans_currency", "USD".to_owned()));
    }
    if let NoticeContent::Refunded { total_fen, request } = &delivery.told {
        fields.push(("refund_fee", format_yuan(*total_fen)));
        fields.push(("gmt_refund", format_time(now)));
        fields.push(("out_biz_no", request.clone()));
    }
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut fields = sign_fields(fields, &side.private_key)?;
    if delivery.falsify == Falsify::Signature {
        spoil(&mut fields, &["sign"]);
    }
    if delivery.falsify == Falsify::State {
        replace(&mut fields, "trade_status", "TRADE_FINISHED");
    }
    Fields::encode(&fields, Charset::Utf8)
}

/// The headers and the body of a notification of 微信支付.
pub(crate) fn wechat_body(
    delivery: &Delivery,
    trade: &Trade,
    merchant: &Merchant,
    now: Timestamp,
) -> Result<(Vec<(String, String)>, String), BuildError> {
    let mut content = trade_object(trade, merchant, now);
    let (event, amount) = match &delivery.told {
        NoticeContent::Refunded { total_fen, request } => {
            let refund = trade.refunds.iter().find(|refund| refund.request == *request);
            let amount = json!({ "total": trade.opening.amount_fen, "refund": total_fen });
            for (name, value) in [
                ("out_refund_no", json!(request)),
                ("refund_id", json!(refund.map_or("", |refund| refund.reference.as_str()))),
                ("refund_status", json!("SUCCESS")),
            ] {
                set(&mut content, name, value);
            }
            ("REFUND.SUCCESS", amount)
        }
        NoticeContent::Paid | NoticeContent::Declined => {
            set(&mut content, "trade_state", json!("SUCCESS"));
            let fen = trade.opening.amount_fen;
            ("TRANSACTION.SUCCESS", json!({ "total": fen, "payer_total": fen, "currency": CURRENCY }))
        }
    };
    set(&mut content, "amount", amount);
    let fen = trade.opening.amount_fen.saturating_add(1);
    match delivery.falsify {
        Falsify::None | Falsify::Signature | Falsify::State => {}
        Falsify::Amount => {
            set(&mut content, "amount", json!({ "total": fen, "refund": fen, "currency": CURRENCY }));
        }
        Falsify::Merchant => set(&mut content, "mchid", json!(other_digit(&merchant.mchid))),
        Falsify::Order => set(&mut content, "out_trade_no", json!(other_digit(&delivery.number))),
        Falsify::Currency => {
            let fen = trade.opening.amount_fen;
            set(&mut content, "amount", json!({ "total": fen, "refund": fen, "currency": "USD" }));
        }
    }
    let body = merchant.notice((&format!("{:032}", delivery.id), event), &content, now)?;
    let mut headers = merchant.sign(body.as_bytes(), now)?;
    if let (Falsify::Signature, Some(signature)) = (delivery.falsify, signature(&mut headers)) {
        spoil_first(signature);
    }
    let body = match delivery.falsify {
        // After signing: the state is sealed, so that only what stands outside can be changed.
        Falsify::State => body.replacen(event, "TRANSACTION.CLOSED", 1),
        _ => body,
    };
    Ok((headers, body))
}

fn set(content: &mut Value, name: &str, value: Value) {
    if let Some(members) = content.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// The body of a PayEase notification about up to four orders.
pub(crate) fn payease_body(
    parcel: &[(&Delivery, &Trade)],
    settings: &Settings,
) -> Result<String, BuildError> {
    let merchant = &settings.payease.merchant;
    let orders: Vec<(Order, NoticeStatus)> = parcel
        .iter()
        .map(|(delivery, trade)| {
            let (status, words) = match delivery.told {
                NoticeContent::Declined => (NoticeStatus::Declined, "支付被拒绝"),
                NoticeContent::Paid => (NoticeStatus::Paid, "支付成功"),
                NoticeContent::Refunded { .. } => (NoticeStatus::Refunding, "退款"),
            };
            let mut order = Order {
                oid: delivery.number.clone(),
                pmode: bank_name(trade.opening.bank.as_deref()),
                pstring: words.to_owned(),
                amount_fen: trade.opening.amount_fen,
            };
            match delivery.falsify {
                Falsify::None | Falsify::Signature | Falsify::State | Falsify::Currency => {}
                Falsify::Amount => order.amount_fen = order.amount_fen.saturating_add(1),
                Falsify::Merchant => {
                    let other = format!("-{}-", other_digit(&merchant.mid));
                    order.oid = order.oid.replacen(&format!("-{}-", merchant.mid), &other, 1);
                }
                Falsify::Order => order.oid = other_digit(&order.oid),
            }
            (order, status)
        })
        .collect();
    let falsified = |what| parcel.iter().any(|(delivery, _)| delivery.falsify == what);
    // 1 is US dollars.
    let moneytype = if falsified(Falsify::Currency) { "1" } else { "0" };
    let mut fields = merchant.notice_in(&orders, moneytype)?;
    if falsified(Falsify::Signature) {
        spoil(&mut fields, &["v_mac", "v_sign"]);
    }
    if falsified(Falsify::State) {
        replace(&mut fields, "v_pstatus", "3");
    }
    Fields::encode(&fields, Charset::Gbk)
}

/// The text with its last digit replaced by the next one.
fn other_digit(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(last) = text.pop() {
        let digit = last.to_digit(10).unwrap_or(0);
        text.push(char::from_digit((digit + 1) % 10, 10).unwrap_or('0'));
    }
    text
}

fn replace(fields: &mut [(String, String)], name: &str, value: &str) {
    for (_, old) in fields.iter_mut().filter(|(known, _)| known == name) {
        value.clone_into(old);
    }
}

fn spoil(fields: &mut [(String, String)], names: &[&str]) {
    for (_, value) in fields.iter_mut().filter(|(name, _)| names.contains(&name.as_str())) {
        spoil_first(value);
    }
}

fn spoil_first(value: &mut String) {
    let first = if value.starts_with('0') { '1' } else { '0' };
    value.replace_range(..value.len().min(1), &first.to_string());
}
