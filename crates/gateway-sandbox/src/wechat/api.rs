//! The API: orders, query, close, bill.

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use gateway::wechat::platform::{Merchant, Order};
use gateway::{BillFile, Charset, Fields, PayFlow, Verb, WireError};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::objects::trade_object;
use crate::alipay::SLOW;
use crate::behaviour::Trouble;
use crate::bill;
use crate::cashier;
use crate::ledger::{Event, Opening, Side, State as TradeIs};
use crate::page::origin;
use crate::sandbox::{Sandbox, Unavailable};

/// A status with the members of an answer.
pub(super) type Said = (StatusCode, Value);

/// A request whose signature was verified.
pub(super) struct Asked<'s> {
    pub(super) sandbox: &'s Sandbox,
    pub(super) merchant: &'s Merchant,
    pub(super) now: Timestamp,
    pub(super) trouble: Trouble,
}

pub(super) fn refused(status: StatusCode, code: &str, message: &str) -> Said {
    (status, json!({ "code": code, "message": message }))
}

pub(super) fn invalid(error: &WireError) -> Said {
    refused(StatusCode::BAD_REQUEST, "PARAM_ERROR", &error.to_string())
}

fn not_found() -> Said {
    refused(StatusCode::NOT_FOUND, "ORDER_NOT_EXIST", "订单不存在")
}

impl<'s> Asked<'s> {
    /// Verifies a request; otherwise the response.
    pub(super) async fn of(
        sandbox: &'s Sandbox,
        (verb, uri, headers, body): (Verb, &Uri, &HeaderMap, &[u8]),
    ) -> Result<Result<Self, Response>, Unavailable> {
        let Some(merchant) = sandbox.settings().wechat.as_ref() else { return Err(Unavailable) };
        let asked = Self {
            sandbox,
            merchant,
            now: sandbox.now().await?,
            trouble: sandbox.behaviour().await?.trouble,
        };
        match asked.trouble {
            Trouble::None | Trouble::AnswerLost | Trouble::Garbled | Trouble::RefundRefused => {}
            Trouble::Unreachable => return Err(Unavailable),
            Trouble::Error => {
                let said = refused(StatusCode::INTERNAL_SERVER_ERROR, "SYSTEM_ERROR", "系统异常，请稍后重试");
                return asked.write(&said).map(Err);
            }
            Trouble::Slow => {
                tokio::time::sleep(SLOW).await;
                return Err(Unavailable);
            }
        }
        let path = uri.path_and_query().map_or("", |path| path.as_str());
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        match merchant.verify((verb, path), authorization.unwrap_or_default(), body) {
            Ok(()) => Ok(Ok(asked)),
            Err(error) => {
                let said = refused(StatusCode::UNAUTHORIZED, "SIGN_ERROR", &error.to_string());
                asked.write(&said).map(Err)
            }
        }
    }

    fn write(&self, (status, members): &Said) -> Result<Response, Unavailable> {
        let body = if members.is_null() { Vec::new() } else { members.to_string().into_bytes() };
        let signed = self.merchant.sign(&body, self.now).map_err(|error| {
            tracing::error!(error = %error, "an answer could not be signed");
            Unavailable
        })?;
        let mut response =
            (*status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response();
        for (name, value) in signed {
            let header =
                header::HeaderName::try_from(name).ok().zip(header::HeaderValue::try_from(value).ok());
            let (name, value) = header.ok_or(Unavailable)?;
            response.headers_mut().insert(name, value);
        }
        Ok(response)
    }

    /// What was done is answered, unless the answer is to be lost.
    pub(super) fn answer(&self, said: &Said) -> Result<Response, Unavailable> {
        match self.trouble {
            Trouble::AnswerLost => Err(Unavailable),
            Trouble::Garbled => {
                let (parts, _) = self.write(said)?.into_parts();
                Ok(Response::from_parts(parts, axum::body::Body::from("{\"trade_")))
            }
            Trouble::None
            | Trouble::Unreachable
            | Trouble::Error
            | Trouble::Slow
            | Trouble::RefundRefused => self.write(said),
        }
    }
}

/// The request if it was verified; otherwise the handler answers what is wrong.
macro_rules! asked {
    ($sandbox:expr, $of:expr) => {
        match Asked::of($sandbox, $of).await? {
            Ok(asked) => asked,
            Err(response) => return Ok(response),
        }
    };
}

pub(super) use asked;

pub(super) async fn native(
    State(sandbox): State<Sandbox>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Unavailable> {
    ordered(&sandbox, (&uri, &headers, &body), PayFlow::Scan).await
}

pub(super) async fn h5(
    State(sandbox): State<Sandbox>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Unavailable> {
    ordered(&sandbox, (&uri, &headers, &body), PayFlow::Phone).await
}

async fn ordered(
    sandbox: &Sandbox,
    (uri, headers, body): (&Uri, &HeaderMap, &[u8]),
    way: PayFlow,
) -> Result<Response, Unavailable> {
    let asked = asked!(sandbox, (Verb::Post, uri, headers, body));
    let (is_phone, way) = match way {
        PayFlow::Phone => (true, ("MWEB", "h5_url")),
        PayFlow::Form | PayFlow::Scan => (false, ("NATIVE", "code_url")),
    };
    let said = match asked.merchant.parse_order(body, is_phone) {
        Ok(order) => open(&asked, &order, way, headers).await?,
        Err(error) => invalid(&error),
    };
    asked.answer(&said)
}

/// The same order again gives the same address.
async fn open(
    asked: &Asked<'_>,
    order: &Order,
    (trade_type, member): (&str, &str),
    headers: &HeaderMap,
) -> Result<Said, Unavailable> {
    let Some(merchant) = origin(&order.notify_url) else {
        return Ok(invalid(&WireError::Malformed("notify_url")));
    };
    let opening = Opening {
        side: Side::WeChat,
        number: order.out_trade_no.clone(),
        amount_fen: order.amount_fen,
        subject: order.description.clone(),
        bank: None,
        trade_type: Some(trade_type.to_owned()),
        return_url: format!("{merchant}/"),
        notify_url: Some(order.notify_url.clone()),
        expires_at: order.expires_at,
        at: asked.now,
    };
    if cashier::open(asked.sandbox, opening).await?.is_err() {
        return Ok(refused(StatusCode::BAD_REQUEST, "INVALID_REQUEST", "同一订单号参数不一致"));
    }
    let book = asked.sandbox.book().await;
    let state = book.ledger.trade(Side::WeChat, &order.out_trade_no).map(|trade| trade.state(asked.now));
    Ok(match state {
        Some(TradeIs::Waiting) => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            (StatusCode::OK, json!({ member: format!("http://{host}/pay/{}", order.out_trade_no) }))
        }
        Some(TradeIs::Paid { .. } | TradeIs::Refunded { .. }) => {
            refused(StatusCode::BAD_REQUEST, "ORDERPAID", "该订单已支付")
        }
        Some(TradeIs::Closed) | None => refused(StatusCode::BAD_REQUEST, "ORDER_CLOSED", "该订单已关闭"),
    })
}

pub(super) async fn query(
    State(sandbox): State<Sandbox>,
    Path(number): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Unavailable> {
    let asked = asked!(&sandbox, (Verb::Get, &uri, &headers, &[]));
    let said = {
        let book = sandbox.book().await;
        match book.ledger.trade(Side::WeChat, &number) {
            Some(trade) => (StatusCode::OK, trade_object(trade, asked.merchant, asked.now)),
            None => not_found(),
        }
    };
    asked.answer(&said)
}

/// The same by the platform's number, which a payment has once it is made.
pub(super) async fn query_by_id(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Unavailable> {
    let asked = asked!(&sandbox, (Verb::Get, &uri, &headers, &[]));
    let said = {
        let book = sandbox.book().await;
        match book.ledger.by_trade_no(Side::WeChat, &id) {
            Some(trade) => (StatusCode::OK, trade_object(trade, asked.merchant, asked.now)),
            None => not_found(),
        }
    };
    asked.answer(&said)
}

/// What the API says of an address that it does not have, and of one that is asked for by another method.
pub(super) fn no_route(status: StatusCode) -> Response {
    let (code, message) = match status {
        StatusCode::METHOD_NOT_ALLOWED => ("METHOD_NOT_ALLOWED", "请求方式不支持，请检查请求方式"),
        _ => ("RESOURCE_NOT_EXISTS", "请求的资源不存在，请检查请求地址"),
    };
    let (status, members) = refused(status, code, message);
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], members.to_string()).into_response()
}

pub(super) async fn close(
    State(sandbox): State<Sandbox>,
    Path(number): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Unavailable> {
    let asked = asked!(&sandbox, (Verb::Post, &uri, &headers, &body));
    if let Err(error) = asked.merchant.parse_close(&body) {
        return asked.answer(&invalid(&error));
    }
    let pending = {
        let mut book = sandbox.book().await;
        match book.ledger.trade(Side::WeChat, &number).map(|trade| trade.state(asked.now)) {
            None => Err(not_found()),
            Some(TradeIs::Paid { .. } | TradeIs::Refunded { .. }) => {
                Err(refused(StatusCode::BAD_REQUEST, "ORDERPAID", "该订单已支付"))
            }
            // Closing again is no error.
            Some(TradeIs::Closed) => Ok(None),
            Some(TradeIs::Waiting) => {
                Ok(Some(book.record(&Event::Closed { side: Side::WeChat, number, at: asked.now })?))
            }
        }
    };
    match pending {
        Ok(pending) => {
            if let Some(pending) = pending {
                pending.wait().await.map_err(|error| Unavailable::journal(&error))?;
            }
            asked.answer(&(StatusCode::NO_CONTENT, Value::Null))
        }
        Err(said) => asked.answer(&said),
    }
}

fn day_of(uri: &Uri) -> Option<Date> {
    let fields = Fields::parse(uri.query().unwrap_or_default().as_bytes(), Charset::Utf8).ok()?;
    fields.get("bill_date")?.parse().ok()
}

pub(super) async fn bill_address(
    State(sandbox): State<Sandbox>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Unavailable> {
    let asked = asked!(&sandbox, (Verb::Get, &uri, &headers, &[]));
    let said = match day_of(&uri) {
        None => invalid(&WireError::Malformed("bill_date")),
        Some(day)
            if !bill::is_ready(day, asked.now) || bill::is_empty(&sandbox, Side::WeChat, day).await? =>
        {
            refused(StatusCode::BAD_REQUEST, "NO_STATEMENT_EXIST", "账单文件不存在")
        }
        Some(day) => {
            let text = bill::text(&sandbox, Side::WeChat, day).await?.text;
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let url = format!("http://{host}/v3/billdownload/file?bill_date={day}");
            let digest = BillFile::hex_digest(&text);
            (StatusCode::OK, json!({ "hash_type": "SHA1", "hash_value": digest, "download_url": url }))
        }
    };
    asked.answer(&said)
}

/// Whoever verifies by a public key has no certificates.
pub(super) async fn certificates(
    State(sandbox): State<Sandbox>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Unavailable> {
    let asked = asked!(&sandbox, (Verb::Get, &uri, &headers, &[]));
    let handed = asked.merchant.hand_out(asked.now).map_err(|error| {
        tracing::error!(error = %error, "certificates could not be handed out");
        Unavailable
    })?;
    let none = || refused(StatusCode::NOT_FOUND, "RESOURCE_NOT_EXISTS", "无可用的平台证书");
    asked.answer(&handed.map_or_else(none, |handed| (StatusCode::OK, handed)))
}

/// The file itself is not signed: its digest was.
pub(super) async fn bill(
    State(sandbox): State<Sandbox>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Unavailable> {
    let _asked = asked!(&sandbox, (Verb::Get, &uri, &headers, &[]));
    let Some(day) = day_of(&uri) else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let file = bill::file(&sandbox, Side::WeChat, day).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], file).into_response())
}
