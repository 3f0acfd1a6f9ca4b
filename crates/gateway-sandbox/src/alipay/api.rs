//! Query, close, refund and refund query.

use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gateway::alipay::platform::{Request, answer as signed, error_answer};
use gateway::alipay::{Method, format_time};
use gateway::{BuildError, Charset, Fields, Object, format_yuan, parse_yuan};
use jiff::civil::Date;

use crate::behaviour::Trouble;
use crate::bill;
use crate::ledger::{self, Event, NoticeContent, Refund, Side, Trade};
use crate::notice;
use crate::sandbox::{Sandbox, Unavailable};

/// Real time after which a slow API gives up; longer than any client waits.
pub(crate) const SLOW: std::time::Duration = std::time::Duration::from_secs(30);

/// The members of an answer.
type Members = Vec<(&'static str, String)>;
/// The `sub_code` of a refusal.
type Refused = &'static str;

pub(super) async fn answer(
    sandbox: &Sandbox,
    request: &Request,
    host: &str,
) -> Result<Response, Unavailable> {
    let trouble = sandbox.behaviour().await?.trouble;
    match trouble {
        Trouble::None | Trouble::AnswerLost | Trouble::Garbled | Trouble::RefundRefused => {}
        Trouble::Unreachable => return Err(Unavailable),
        Trouble::Error => return Ok(refuse(sandbox, request.method, "20000", "isp.unknow-error")),
        Trouble::Slow => {
            tokio::time::sleep(SLOW).await;
            return Err(Unavailable);
        }
    }
    let done = match request.method {
        Method::Query => query(sandbox, &request.content).await?,
        Method::Close => close(sandbox, &request.content).await?,
        Method::Refund if trouble == Trouble::RefundRefused => Err("ACQ.SELLER_BALANCE_NOT_ENOUGH"),
        Method::Refund => refund(sandbox, &request.content).await?,
        Method::RefundQuery => refund_query(sandbox, &request.content).await,
        Method::Bill => bill_address(sandbox, &request.content, host).await?,
        Method::PagePay => Err("isv.invalid-method"),
    };
    match trouble {
        Trouble::AnswerLost => return Err(Unavailable),
        Trouble::Garbled => return Ok("{\"alipay_trade_".into_response()),
        Trouble::None | Trouble::Unreachable | Trouble::Error | Trouble::Slow | Trouble::RefundRefused => {}
    }
    Ok(match done {
        Ok(mut members) => {
            members.insert(0, ("code", "10000".to_owned()));
            members.insert(1, ("msg", "Success".to_owned()));
            write(sandbox, request.method, &members)
        }
        Err(sub_code) => refuse(sandbox, request.method, "40004", sub_code),
    })
}

/// A signed refusal.
pub(super) fn refuse(sandbox: &Sandbox, method: Method, code: &str, sub_code: &str) -> Response {
    write(sandbox, method, &refusal(code, sub_code))
}

/// The signed refusal of a method that the gateway does not have.
pub(super) fn unknown_method(sandbox: &Sandbox, sub_code: &str) -> Response {
    let members = refusal("40002", sub_code);
    let members: Vec<(&str, &str)> = members.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sent(error_answer(&members, &sandbox.settings().alipay.private_key))
}

fn refusal(code: &str, sub_code: &str) -> Members {
    let msg = match code {
        "20000" => "Service Currently Unavailable",
        "40002" => "Invalid Arguments",
        _ => "Business Failed",
    };
    let text = |text: &str| text.to_owned();
    vec![
        ("code", text(code)),
        ("msg", text(msg)),
        ("sub_code", text(sub_code)),
        ("sub_msg", text(sub_msg(sub_code))),
    ]
}

/// What the gateway says of a `sub_code`.
fn sub_msg(sub_code: &str) -> &'static str {
    match sub_code {
        "ACQ.TRADE_NOT_EXIST" => "交易不存在",
        "ACQ.TRADE_HAS_SUCCESS" => "交易已被支付",
        "ACQ.TRADE_STATUS_ERROR" => "交易状态不合法",
        "ACQ.SELLER_BALANCE_NOT_ENOUGH" => "卖家余额不足",
        "ACQ.TRADE_NOT_ALLOW_REFUND" => "当前交易不允许退款",
        "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL" => "退款金额超限",
        "isv.invalid-method" => "不存在的方法名",
        "isv.invalid-signature" => "无效签名",
        "isv.invalid-app-id" => "无效的AppID参数",
        "isv.invalid-signature-type" => "无效的签名类型",
        "isv.invalid-charset" => "字符集错误",
        "isp.bill_not_exist" => "账单不存在",
        "isp.bill_type_error" => "账单类型错误",
        "isp.unknow-error" => "系统繁忙",
        _ => "参数无效",
    }
}

fn write(sandbox: &Sandbox, method: Method, members: &[(&'static str, String)]) -> Response {
    let members: Vec<(&str, &str)> = members.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sent(signed(method, &members, &sandbox.settings().alipay.private_key))
}

fn sent(body: Result<String, BuildError>) -> Response {
    match body {
        Ok(body) => ([(header::CONTENT_TYPE, "text/html;charset=utf-8")], body).into_response(),
        Err(error) => {
            tracing::error!(error = %error, "an answer could not be signed");
            Unavailable.into_response()
        }
    }
}

async fn query(sandbox: &Sandbox, content: &Object) -> Result<Result<Members, Refused>, Unavailable> {
    let now = sandbox.now().await?;
    let book = sandbox.book().await;
    let Some(trade) = find(&book.ledger, content) else { return Ok(Err("ACQ.TRADE_NOT_EXIST")) };
    let (status, trade_no) = match trade.state(now) {
        ledger::State::Waiting => ("WAIT_BUYER_PAY", String::new()),
        ledger::State::Paid { trade_no, .. } => ("TRADE_SUCCESS", trade_no),
        ledger::State::Closed => ("TRADE_CLOSED", String::new()),
        ledger::State::Refunded { trade_no } => ("TRADE_CLOSED", trade_no),
    };
    let amount = format_yuan(trade.opening.amount_fen);
    let mut members = vec![
        ("out_trade_no", trade.opening.number.clone()),
        ("trade_no", trade_no),
        ("trade_status", status.to_owned()),
        ("total_amount", amount.clone()),
        ("buyer_user_id", notice::BUYER.to_owned()),
        ("buyer_logon_id", "pay***@example.cn".to_owned()),
    ];
    if let ledger::Recorded::Paid { at, .. } = &trade.recorded {
        members.push(("send_pay_date", format_time(*at)));
        for name in ["receipt_amount", "buyer_pay_amount", "invoice_amount"] {
            members.push((name, amount.clone()));
        }
    }
    Ok(Ok(members))
}

async fn close(sandbox: &Sandbox, content: &Object) -> Result<Result<Members, Refused>, Unavailable> {
    let now = sandbox.now().await?;
    let (number, pending) = {
        let mut book = sandbox.book().await;
        let Some(trade) = find(&book.ledger, content) else { return Ok(Err("ACQ.TRADE_NOT_EXIST")) };
        match trade.state(now) {
            ledger::State::Waiting => {}
            ledger::State::Paid { .. } | ledger::State::Refunded { .. } => {
                return Ok(Err("ACQ.TRADE_HAS_SUCCESS"));
            }
            ledger::State::Closed => return Ok(Err("ACQ.TRADE_STATUS_ERROR")),
        }
        let number = trade.opening.number.clone();
        let event = Event::Closed { side: Side::Alipay, number: number.clone(), at: now };
        (number, book.record(&event)?)
    };
    pending.wait().await.map_err(|error| Unavailable::journal(&error))?;
    Ok(Ok(vec![("out_trade_no", number)]))
}

async fn refund(sandbox: &Sandbox, content: &Object) -> Result<Result<Members, Refused>, Unavailable> {
    let (now, behaviour) = (sandbox.now().await?, sandbox.behaviour().await?);
    let Some(amount_fen) = content.get("refund_amount").and_then(parse_yuan).filter(|fen| *fen > 0) else {
        return Ok(Err("ACQ.INVALID_PARAMETER"));
    };
    let (members, pending) = {
        let mut book = sandbox.book().await;
        let Some(trade) = find(&book.ledger, content).cloned() else { return Ok(Err("ACQ.TRADE_NOT_EXIST")) };
        // Without its own number a refund can only be for the whole trade, once.
        let request = content.get("out_request_no").unwrap_or(&trade.opening.number).to_owned();
        if let Some(known) = trade.refunds.iter().find(|refund| refund.request == request) {
            if known.amount_fen != amount_fen {
                return Ok(Err("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"));
            }
            return Ok(Ok(refunded(&trade, trade.refunded_fen(), "N")));
        }
        match trade.state(now) {
            ledger::State::Paid { .. } | ledger::State::Refunded { .. } => {}
            ledger::State::Waiting | ledger::State::Closed => return Ok(Err("ACQ.TRADE_NOT_ALLOW_REFUND")),
        }
        let total_fen = trade.refunded_fen().saturating_add(amount_fen);
        if total_fen > trade.opening.amount_fen {
            return Ok(Err("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"));
        }
        // Only a partial refund is notified; a full one closes the trade, and page.pay sends nothing for that.
        let delivery = if total_fen < trade.opening.amount_fen {
            let told = NoticeContent::Refunded { total_fen, request: request.clone() };
            notice::queue(&book.ledger, &trade, told, &behaviour, sandbox.settings(), now)
        } else {
            None
        };
        let refund = Refund { reference: book.ledger.next_id().to_string(), request, amount_fen, at: now };
        let number = trade.opening.number.clone();
        let pending = book.record(&Event::Refunded { side: Side::Alipay, number, refund, delivery })?;
        (refunded(&trade, total_fen, "Y"), pending)
    };
    pending.wait().await.map_err(|error| Unavailable::journal(&error))?;
    Ok(Ok(members))
}

fn refunded(trade: &Trade, total_fen: i64, fund_change: &str) -> Members {
    let trade_no = match &trade.recorded {
        crate::ledger::Recorded::Paid { trade_no, .. } => trade_no.clone(),
        crate::ledger::Recorded::Waiting | crate::ledger::Recorded::Closed => String::new(),
    };
    vec![
        ("out_trade_no", trade.opening.number.clone()),
        ("trade_no", trade_no),
        ("fund_change", fund_change.to_owned()),
        ("refund_fee", format_yuan(total_fen)),
    ]
}

async fn refund_query(sandbox: &Sandbox, content: &Object) -> Result<Members, Refused> {
    let book = sandbox.book().await;
    let Some(trade) = find(&book.ledger, content) else { return Err("ACQ.TRADE_NOT_EXIST") };
    let request = content.get("out_request_no").unwrap_or_default();
    let found = trade.refunds.iter().find(|refund| refund.request == request);
    Ok(found.map_or_else(Vec::new, |refund| {
        vec![
            ("out_trade_no", trade.opening.number.clone()),
            ("out_request_no", refund.request.clone()),
            ("refund_amount", format_yuan(refund.amount_fen)),
            ("total_amount", format_yuan(trade.opening.amount_fen)),
            ("refund_status", "REFUND_SUCCESS".to_owned()),
            ("gmt_refund_pay", format_time(refund.at)),
        ]
    }))
}

/// Where the bill of a day is: at this sandbox, by whatever address it was called.
async fn bill_address(
    sandbox: &Sandbox,
    content: &Object,
    host: &str,
) -> Result<Result<Members, Refused>, Unavailable> {
    let day: Option<Date> = content.get("bill_date").and_then(|day| day.parse().ok());
    let (Some(day), Some("trade")) = (day, content.get("bill_type")) else {
        return Ok(Err("isp.bill_type_error"));
    };
    if !bill::is_ready(day, sandbox.now().await?) || bill::is_empty(sandbox, Side::Alipay, day).await? {
        return Ok(Err("isp.bill_not_exist"));
    }
    let token = token(sandbox, day)?;
    let url = format!("http://{host}/downloadBillFile.resource?bizType=trade&billDate={day}&token={token}");
    Ok(Ok(vec![("bill_download_url", url)]))
}

/// What opens the bill of a day: a part of its signature.
fn token(sandbox: &Sandbox, day: Date) -> Result<String, Unavailable> {
    let signed = sandbox.settings().alipay.private_key.sign(format!("bill {day}").as_bytes());
    let signed = signed.map_err(|_| Unavailable)?;
    Ok(signed.chars().filter(char::is_ascii_alphanumeric).take(40).collect())
}

/// `GET /downloadBillFile.resource`.
pub(super) async fn bill(
    State(sandbox): State<Sandbox>,
    RawQuery(query): RawQuery,
) -> Result<Response, Unavailable> {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes(), Charset::Utf8).unwrap_or_default();
    let day: Option<Date> = fields.get("billDate").and_then(|day| day.parse().ok());
    let Some(day) = day else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    if fields.get("token") != Some(token(&sandbox, day)?.as_str()) {
        return Ok(StatusCode::FORBIDDEN.into_response());
    }
    let file = bill::file(&sandbox, Side::Alipay, day).await?;
    Ok(([(header::CONTENT_TYPE, "application/zip")], file).into_response())
}

/// A trade by our number, or by the gateway's own.
fn find<'a>(ledger: &'a crate::ledger::Ledger, content: &Object) -> Option<&'a Trade> {
    match (content.get("out_trade_no"), content.get("trade_no")) {
        (Some(number), _) => ledger.trade(Side::Alipay, number),
        (None, Some(trade_no)) => ledger.by_trade_no(Side::Alipay, trade_no),
        (None, None) => None,
    }
}
