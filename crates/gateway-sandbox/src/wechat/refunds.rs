//! The API: refunds and their query.

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use gateway::Verb;
use gateway::wechat::platform::OrderKey;

use super::api::{Asked, Said, asked, invalid, refused};
use super::objects::of_refund;
use crate::behaviour::Trouble;
use crate::ledger::{Event, NoticeContent, Recorded, Refund, Side};
use crate::notice;
use crate::sandbox::{Sandbox, Unavailable};

pub(super) async fn refund(
    State(sandbox): State<Sandbox>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Unavailable> {
    let asked = asked!(&sandbox, (Verb::Post, &uri, &headers, &body));
    let said = match asked.merchant.parse_refund(&body) {
        Ok(_) if asked.trouble == Trouble::RefundRefused => {
            refused(StatusCode::FORBIDDEN, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
        }
        Ok(form) => make_refund(&asked, &form).await?,
        Err(error) => invalid(&error),
    };
    asked.answer(&said)
}

async fn make_refund(
    asked: &Asked<'_>,
    form: &gateway::wechat::platform::Refund,
) -> Result<Said, Unavailable> {
    let behaviour = asked.sandbox.behaviour().await?;
    let (said, pending) = {
        let mut book = asked.sandbox.book().await;
        let found = match &form.order {
            OrderKey::Merchants(number) => book.ledger.trade(Side::WeChat, number),
            OrderKey::Platforms(id) => book.ledger.by_trade_no(Side::WeChat, id),
        };
        let Some(trade) = found.cloned() else {
            return Ok(refused(StatusCode::NOT_FOUND, "RESOURCE_NOT_EXISTS", "订单不存在"));
        };
        if let Some(known) = trade.refunds.iter().find(|refund| refund.request == form.out_refund_no) {
            let same = known.amount_fen == form.refund_fen;
            let other = || refused(StatusCode::BAD_REQUEST, "INVALID_REQUEST", "退款单参数不一致");
            return Ok(if same { (StatusCode::OK, of_refund(&trade, known, "SUCCESS")) } else { other() });
        }
        let paid = matches!(trade.recorded, Recorded::Paid { .. });
        if !paid || form.total_fen != trade.opening.amount_fen {
            return Ok(refused(
                StatusCode::BAD_REQUEST,
                "INVALID_REQUEST",
                "订单状态不支持退款，或订单金额不一致",
            ));
        }
        if trade.refunded_fen().saturating_add(form.refund_fen) > trade.opening.amount_fen {
            return Ok(refused(StatusCode::BAD_REQUEST, "INVALID_REQUEST", "累计退款金额大于支付金额"));
        }
        let refund = Refund {
            reference: format!("5{:027}", book.ledger.next_id()),
            request: form.out_refund_no.clone(),
            amount_fen: form.refund_fen,
            at: asked.now,
        };
        let content = NoticeContent::Refunded { total_fen: form.refund_fen, request: refund.request.clone() };
        let delivery = form.notify_url.as_ref().and_then(|url| {
            let queued =
                notice::queue(&book.ledger, &trade, content, &behaviour, asked.sandbox.settings(), asked.now);
            queued.map(|delivery| crate::ledger::Delivery { url: url.clone(), ..delivery })
        });
        let said = of_refund(&trade, &refund, "PROCESSING");
        let number = trade.opening.number.clone();
        let event = Event::Refunded { side: Side::WeChat, number, refund, delivery };
        (said, book.record(&event)?)
    };
    pending.wait().await.map_err(|error| Unavailable::journal(&error))?;
    Ok((StatusCode::OK, said))
}

pub(super) async fn refund_query(
    State(sandbox): State<Sandbox>,
    Path(number): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Unavailable> {
    let asked = asked!(&sandbox, (Verb::Get, &uri, &headers, &[]));
    let said = {
        let book = sandbox.book().await;
        let mut found = book.ledger.trades(Side::WeChat).flat_map(|trade| {
            let own = trade.refunds.iter().filter(|refund| refund.request == number);
            own.map(move |refund| (StatusCode::OK, of_refund(trade, refund, "SUCCESS")))
        });
        let unknown = || refused(StatusCode::NOT_FOUND, "RESOURCE_NOT_EXISTS", "退款单不存在");
        found.next().unwrap_or_else(unknown)
    };
    asked.answer(&said)
}
