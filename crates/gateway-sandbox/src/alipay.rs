//! Alipay's site. Everything from the merchant is sent to `/gateway.do`, by browsers and by servers.

mod api;
pub(crate) use api::SLOW;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gateway::alipay::platform::{PagePay, Request, sign_fields};
use gateway::alipay::{Method, format_time};
use gateway::{Charset, Fields, WireError, format_yuan};
use jiff::Timestamp;

use crate::cashier::{self, Press};
use crate::ledger::{Opening, Recorded, Side, Trade};
use crate::page::{self, Refusal, see_other, with_query};
use crate::sandbox::{Sandbox, Unavailable};

/// The maximum size of a request in bytes.
const MAX_BODY: usize = 64 * 1024;

pub(crate) fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/gateway.do", get(gateway_do).post(gateway_do))
        .route("/downloadBillFile.resource", get(api::bill))
        .route("/cashier/{number}", get(show).post(decide))
        .route("/sandbox.css", get(page::stylesheet))
        .fallback(async || page::no_route(Side::Alipay, StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(sandbox)
}

/// The gateway itself answers in its own JSON, whatever it is asked.
async fn wrong_method(State(sandbox): State<Sandbox>, uri: Uri) -> Response {
    if uri.path() != "/gateway.do" {
        return page::no_route(Side::Alipay, StatusCode::METHOD_NOT_ALLOWED);
    }
    let mut said = api::unknown_method(&sandbox, "isv.invalid-method");
    *said.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    said
}

/// Requests come as forms, by browsers and servers; SDKs put the common parameters into the URL, or all of them.
async fn gateway_do(
    State(sandbox): State<Sandbox>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Unavailable> {
    let side = &sandbox.settings().alipay;
    let url = Fields::parse(query.unwrap_or_default().as_bytes(), Charset::Utf8);
    let fields = url.and_then(|url| url.and(Fields::parse(&body, Charset::Utf8)?));
    let request = fields
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|fields| Request::of_fields(fields, &side.app_id, &side.app_public_key));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    match request {
        Ok(request) if request.method == Method::PagePay => open(&sandbox, &request).await,
        Ok(request) => api::answer(&sandbox, &request, host).await,
        Err(error) => {
            let named = fields.as_ref().ok().and_then(|fields| fields.get("method"));
            Ok(match (named.and_then(Method::parse), named) {
                (Some(Method::PagePay), _) | (None, None) => {
                    page::refusal(Side::Alipay, &Refusal::Form(error), "")
                }
                (Some(method), _) => api::refuse(&sandbox, method, "40002", refused_code(&error)),
                (None, Some(_)) => api::unknown_method(&sandbox, refused_code(&error)),
            })
        }
    }
}

fn refused_code(error: &WireError) -> &'static str {
    match error {
        WireError::BadSignature(_) => "isv.invalid-signature",
        WireError::WrongApp => "isv.invalid-app-id",
        WireError::WrongSignType => "isv.invalid-signature-type",
        WireError::WrongCharset => "isv.invalid-charset",
        WireError::UnknownStatus => "isv.invalid-method",
        WireError::TooLarge
        | WireError::Malformed(_)
        | WireError::Encoding
        | WireError::DuplicateField(_)
        | WireError::MissingField(_)
        | WireError::UnknownKey(_)
        | WireError::WrongTime
        | WireError::WrongMerchant
        | WireError::WrongOrder
        | WireError::BadAmount
        | WireError::WrongCurrency
        | WireError::BadCount
        | WireError::HttpStatus(_)
        | WireError::Gateway { .. } => "isv.invalid-parameter",
    }
}

async fn open(sandbox: &Sandbox, request: &Request) -> Result<Response, Unavailable> {
    let refuse = |error| Ok(page::refusal(Side::Alipay, &Refusal::Form(error), ""));
    let wanted = match PagePay::parse(&request.content) {
        Ok(wanted) => wanted,
        Err(error) => return refuse(error),
    };
    // Without one the payer would stay at the gateway, which here is the merchant's door.
    let door = || request.notify_url.as_deref().and_then(page::origin).map(|merchant| format!("{merchant}/"));
    let Some(return_url) = request.return_url.clone().or_else(door) else {
        return refuse(WireError::MissingField("return_url"));
    };
    let opening = Opening {
        side: Side::Alipay,
        number: wanted.out_trade_no.clone(),
        amount_fen: wanted.amount_fen,
        subject: wanted.subject,
        bank: None,
        trade_type: None,
        return_url,
        notify_url: request.notify_url.clone(),
        expires_at: wanted.expires_at,
        at: sandbox.now().await?,
    };
    if let Err(refusal) = cashier::open(sandbox, opening).await? {
        return Ok(page::refusal(Side::Alipay, &refusal, ""));
    }
    match Press::by_itself(sandbox.behaviour().await?.outcome) {
        Some(press) => carry_out(sandbox, &wanted.out_trade_no, press).await,
        None => Ok(see_other(&format!("/cashier/{}", wanted.out_trade_no))),
    }
}

async fn show(State(sandbox): State<Sandbox>, Path(number): Path<String>) -> Result<Response, Unavailable> {
    Ok(match cashier::payable(&sandbox, Side::Alipay, &number).await? {
        Ok(trade) => {
            let action = format!("/cashier/{}", trade.opening.number);
            page::cashier(&trade, &sandbox.settings().merchant_name, String::new(), action)
        }
        Err((refusal, back)) => page::refusal(Side::Alipay, &refusal, &back),
    })
}

async fn decide(
    State(sandbox): State<Sandbox>,
    Path(number): Path<String>,
    body: Bytes,
) -> Result<Response, Unavailable> {
    match Press::parse(&body) {
        Some(press) => carry_out(&sandbox, &number, press).await,
        None => Ok(page::refusal(Side::Alipay, &Refusal::Outcome, "")),
    }
}

async fn carry_out(sandbox: &Sandbox, number: &str, press: Press) -> Result<Response, Unavailable> {
    let (trade, now) = match cashier::press(sandbox, Side::Alipay, number, press).await? {
        Ok(decided) => decided,
        Err((refusal, back)) => return Ok(page::refusal(Side::Alipay, &refusal, &back)),
    };
    match press {
        Press::Abandon => Ok(see_other(&trade.opening.return_url)),
        // Also after a refusal: the return is signed and does not contain the outcome.
        Press::Pay | Press::Decline => Ok(signed_return(sandbox, &trade, now)),
    }
}

fn signed_return(sandbox: &Sandbox, trade: &Trade, now: Timestamp) -> Response {
    let side = &sandbox.settings().alipay;
    let trade_no = match &trade.recorded {
        Recorded::Paid { trade_no, .. } => trade_no.as_str(),
        Recorded::Waiting | Recorded::Closed => "",
    };
    let amount = format_yuan(trade.opening.amount_fen);
    let time = format_time(now);
    let fields = [
        ("charset", "utf-8"),
        ("method", "alipay.trade.page.pay.return"),
        ("out_trade_no", &trade.opening.number),
        ("total_amount", &amount),
        ("trade_no", trade_no),
        ("auth_app_id", &side.app_id),
        ("app_id", &side.app_id),
        ("seller_id", &side.seller_id),
        ("version", "1.0"),
        ("timestamp", &time),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let query =
        sign_fields(fields, &side.private_key).and_then(|fields| Fields::encode(&fields, Charset::Utf8));
    match query {
        Ok(query) => see_other(&with_query(&trade.opening.return_url, &query)),
        Err(error) => {
            tracing::error!(error = %error, "a return could not be signed");
            Unavailable.into_response()
        }
    }
}
