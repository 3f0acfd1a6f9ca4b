//! Query, close, refund and refund query.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use gateway::alipay::platform::{Request, answer as signed};
use gateway::alipay::{Method, format_time};
use gateway::{Object, format_yuan, parse_yuan};

use crate::behaviour::Trouble;
use crate::ledger::{Event, NoticeContent, Refund, Side, State, Trade};
use crate::notice;
use crate::sandbox::{Sandbox, Unavailable};

/// Real time after which a slow API gives up; longer than any client waits.
pub(crate) const SLOW: std::time::Duration = std::time::Duration::from_secs(30);

/// The members of an answer.
type Members = Vec<(&'static str, String)>;
/// The `sub_code` of a refusal.
type Refused = &'static str;

pub(super) async fn answer(sandbox: &Sandbox, request: &Request) -> Result<Response, Unavailable> {
    let trouble = sandbox.behaviour().await?.trouble;
    match trouble {
        Trouble::None | Trouble::AnswerLost | Trouble::Garbled => {}
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
        Method::Refund => refund(sandbox, &request.content).await?,
        Method::RefundQuery => refund_query(sandbox, &request.content).await,
        Method::PagePay => Err("isv.invalid-method"),
    };
    match trouble {
        Trouble::AnswerLost => return Err(Unavailable),
        Trouble::Garbled => return Ok("{\"alipay_trade_".into_response()),
        Trouble::None | Trouble::Unreachable | Trouble::Error | Trouble::Slow => {}
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
    let members =
        [("code", code.to_owned()), ("msg", "Business Failed".to_owned()), ("sub_code", sub_code.to_owned())];
    write(sandbox, method, &members)
}

fn write(sandbox: &Sandbox, method: Method, members: &[(&'static str, String)]) -> Response {
    let members: Vec<(&str, &str)> = members.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match signed(method, &members, &sandbox.settings().alipay.private_key) {
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
        State::Waiting => ("WAIT_BUYER_PAY", String::new()),
        State::Paid { trade_no, .. } => ("TRADE_SUCCESS", trade_no),
        State::Closed => ("TRADE_CLOSED", String::new()),
        State::Refunded { trade_no } => ("TRADE_CLOSED", trade_no),
    };
    Ok(Ok(vec![
        ("out_trade_no", trade.opening.number.clone()),
        ("trade_no", trade_no),
        ("trade_status", status.to_owned()),
        ("total_amount", format_yuan(trade.opening.amount_fen)),
    ]))
}

async fn close(sandbox: &Sandbox, content: &Object) -> Result<Result<Members, Refused>, Unavailable> {
    let now = sandbox.now().await?;
    let (number, pending) = {
        let mut book = sandbox.book().await;
        let Some(trade) = find(&book.ledger, content) else { return Ok(Err("ACQ.TRADE_NOT_EXIST")) };
        match trade.state(now) {
            State::Waiting => {}
            State::Paid { .. } | State::Refunded { .. } => return Ok(Err("ACQ.TRADE_HAS_SUCCESS")),
            State::Closed => return Ok(Err("ACQ.TRADE_STATUS_ERROR")),
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
            State::Paid { .. } | State::Refunded { .. } => {}
            State::Waiting | State::Closed => return Ok(Err("ACQ.TRADE_NOT_ALLOW_REFUND")),
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

fn find<'a>(ledger: &'a crate::ledger::Ledger, content: &Object) -> Option<&'a Trade> {
    ledger.trade(Side::Alipay, content.get("out_trade_no")?)
}
