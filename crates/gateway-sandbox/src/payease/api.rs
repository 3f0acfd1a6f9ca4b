//! Query, refund and list of refunds, as XML.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gateway::payease::QueryStatus;
use gateway::payease::platform::RefundRow;
use gateway::{BuildError, CHINA, WireError};

use crate::alipay::SLOW;
use crate::behaviour::Trouble;
use crate::bill;
use crate::ledger::{self, Event, Recorded, Refund, Side};
use crate::payease::{Sent, order};
use crate::sandbox::{Sandbox, Unavailable};

pub(super) async fn query(State(sandbox): State<Sandbox>, Sent(body): Sent) -> Result<Response, Unavailable> {
    let trouble = match reach(&sandbox).await? {
        Ok(trouble) => trouble,
        Err(answer) => return Ok(answer),
    };
    let merchant = &sandbox.settings().payease.merchant;
    let oid = match merchant.parse_query(&body) {
        Ok(oid) => oid,
        Err(error) => return Ok(refuse(&error)),
    };
    let book = sandbox.book().await;
    let answer = match book.ledger.trade(Side::PayEase, &oid) {
        None => merchant.query_answer(&oid, None),
        Some(trade) => {
            let (status, words) = match trade.recorded {
                Recorded::Paid { .. } => (QueryStatus::Paid, "支付成功"),
                Recorded::Waiting | Recorded::Closed if trade.declined => (QueryStatus::Failed, "支付被拒绝"),
                Recorded::Waiting | Recorded::Closed => (QueryStatus::Unpaid, "未支付"),
            };
            merchant.query_answer(&oid, Some((&order(trade, words), status)))
        }
    };
    finish(trouble, answer, "text/xml; charset=GB2312")
}

pub(super) async fn refund(
    State(sandbox): State<Sandbox>,
    Sent(body): Sent,
) -> Result<Response, Unavailable> {
    let trouble = match reach(&sandbox).await? {
        Ok(trouble) => trouble,
        Err(answer) => return Ok(answer),
    };
    let now = sandbox.now().await?;
    let merchant = &sandbox.settings().payease.merchant;
    let form = match merchant.parse_refund(&body) {
        Ok(form) => form,
        Err(error) => return Ok(refuse(&error)),
    };
    let taken = {
        let mut book = sandbox.book().await;
        match book.ledger.trade(Side::PayEase, &form.oid).map(|trade| room(trade, form.amount_fen)) {
            None | Some(None) => Err("Invalid order number"),
            Some(Some(_)) if trouble == Trouble::RefundRefused => Err("Balance is not enough"),
            Some(Some(false)) => Err("Refund money exceed order limit"),
            // The same reason twice means two refunds: this protocol has no idempotency key.
            Some(Some(true)) => {
                let reference = book.ledger.next_id().to_string();
                let refund = Refund {
                    request: form.reason.clone(),
                    reference: reference.clone(),
                    amount_fen: form.amount_fen,
                    at: now,
                };
                let number = form.oid.clone();
                let event = Event::Refunded { side: Side::PayEase, number, refund, delivery: None };
                Ok((reference, book.record(&event)?))
            }
        }
    };
    let answer = match taken {
        Ok((reference, pending)) => {
            pending.wait().await.map_err(|error| Unavailable::journal(&error))?;
            merchant.refund_answer(&form, Ok(&reference))
        }
        Err(words) => merchant.refund_answer(&form, Err(words)),
    };
    finish(trouble, answer, "text/xml; charset=GB2312")
}

/// Whether this amount can still be refunded; `None` for an order that was never paid.
fn room(trade: &ledger::Trade, amount_fen: i64) -> Option<bool> {
    match trade.recorded {
        Recorded::Paid { .. } => {
            let total = trade.refunded_fen().saturating_add(amount_fen);
            Some(amount_fen > 0 && total <= trade.opening.amount_fen)
        }
        Recorded::Waiting | Recorded::Closed => None,
    }
}

pub(super) async fn refund_list(
    State(sandbox): State<Sandbox>,
    Sent(body): Sent,
) -> Result<Response, Unavailable> {
    let trouble = match reach(&sandbox).await? {
        Ok(trouble) => trouble,
        Err(answer) => return Ok(answer),
    };
    let merchant = &sandbox.settings().payease.merchant;
    let oid = match merchant.parse_query(&body) {
        Ok(oid) => oid,
        Err(error) => return Ok(refuse(&error)),
    };
    let book = sandbox.book().await;
    let trade = book.ledger.trade(Side::PayEase, &oid);
    let rows: Option<Vec<RefundRow>> = trade.map(|trade| trade.refunds.iter().map(row).collect());
    finish(trouble, merchant.refund_list(&oid, rows.as_deref()), "text/xml; charset=UTF-8")
}

/// The refunds of a day, of all orders, as they were sent.
pub(super) async fn refunds_of_day(
    State(sandbox): State<Sandbox>,
    Sent(body): Sent,
) -> Result<Response, Unavailable> {
    let trouble = match reach(&sandbox).await? {
        Ok(trouble) => trouble,
        Err(answer) => return Ok(answer),
    };
    let merchant = &sandbox.settings().payease.merchant;
    let day = match merchant.parse_day(&body) {
        Ok(day) => day,
        Err(error) => return Ok(refuse(&error)),
    };
    let book = sandbox.book().await;
    let of_day = |refund: &&Refund| CHINA.to_datetime(refund.at).date() == day;
    let mut found: Vec<(&ledger::Trade, &Refund)> = book
        .ledger
        .trades(Side::PayEase)
        .flat_map(|trade| trade.refunds.iter().filter(of_day).map(move |refund| (trade, refund)))
        .collect();
    found.sort_by_key(|(trade, refund)| (refund.at, &trade.opening.number, &refund.reference));
    let rows: Vec<(&str, RefundRow)> =
        found.into_iter().map(|(trade, refund)| (trade.opening.number.as_str(), row(refund))).collect();
    finish(trouble, merchant.refunds_of_day(day, &rows), "text/xml; charset=UTF-8")
}

fn row(refund: &Refund) -> RefundRow {
    RefundRow {
        refid: refund.reference.clone(),
        amount_fen: refund.amount_fen,
        reason: refund.request.clone(),
        done: true,
    }
}

/// The list of a day: its payments and refunds as text; 404 before it is ready.
pub(super) async fn day_list(
    State(sandbox): State<Sandbox>,
    Sent(body): Sent,
) -> Result<Response, Unavailable> {
    let trouble = match reach(&sandbox).await? {
        Ok(trouble) => trouble,
        Err(answer) => return Ok(answer),
    };
    let day = match sandbox.settings().payease.merchant.parse_day(&body) {
        Ok(day) => day,
        Err(error) => return Ok(refuse(&error)),
    };
    if !bill::is_ready(day, sandbox.now().await?) {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let file = bill::file(&sandbox, Side::PayEase, day).await?;
    finish(trouble, Ok(file), "text/plain; charset=GBK")
}

/// Whether the API works at all; otherwise the response.
async fn reach(sandbox: &Sandbox) -> Result<Result<Trouble, Response>, Unavailable> {
    let trouble = sandbox.behaviour().await?.trouble;
    match trouble {
        Trouble::None | Trouble::AnswerLost | Trouble::Garbled | Trouble::RefundRefused => Ok(Ok(trouble)),
        Trouble::Unreachable => Err(Unavailable),
        Trouble::Error => Ok(Err((StatusCode::INTERNAL_SERVER_ERROR, "system error").into_response())),
        Trouble::Slow => {
            tokio::time::sleep(SLOW).await;
            Err(Unavailable)
        }
    }
}

fn finish(
    trouble: Trouble,
    answer: Result<Vec<u8>, BuildError>,
    content_type: &'static str,
) -> Result<Response, Unavailable> {
    let mut body = answer.map_err(|error| {
        tracing::error!(error = %error, "an answer could not be signed");
        Unavailable
    })?;
    match trouble {
        Trouble::AnswerLost => return Err(Unavailable),
        Trouble::Garbled => body.truncate(body.len() / 2),
        Trouble::None | Trouble::Unreachable | Trouble::Error | Trouble::Slow | Trouble::RefundRefused => {}
    }
    Ok(([(header::CONTENT_TYPE, content_type)], body).into_response())
}

fn refuse(error: &WireError) -> Response {
    (StatusCode::BAD_REQUEST, error.to_string()).into_response()
}
