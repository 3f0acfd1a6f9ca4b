//! The site of 微信支付: its API, and the page that a code or a telephone leads to.

mod api;
mod objects;
mod refunds;

pub(crate) use objects::trade_object;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use gateway::{Charset, Fields};

use crate::cashier::{self, Press};
use crate::ledger::Side;
use crate::page::{self, Refusal, origin, see_other};
use crate::sandbox::{Sandbox, Unavailable};

/// The maximum size of a request in bytes.
const MAX_BODY: usize = 64 * 1024;

pub(crate) fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/v3/pay/transactions/native", post(api::native))
        .route("/v3/pay/transactions/h5", post(api::h5))
        .route("/v3/pay/transactions/out-trade-no/{number}", get(api::query))
        .route("/v3/pay/transactions/out-trade-no/{number}/close", post(api::close))
        .route("/v3/pay/transactions/id/{id}", get(api::query_by_id))
        .route("/v3/refund/domestic/refunds", post(refunds::refund))
        .route("/v3/refund/domestic/refunds/{number}", get(refunds::refund_query))
        .route("/v3/certificates", get(api::certificates))
        .route("/v3/bill/tradebill", get(api::bill_address))
        .route("/v3/billdownload/file", get(api::bill))
        .route("/pay/{number}", get(show).post(decide))
        .route("/sandbox.css", get(page::stylesheet))
        .fallback(async |uri: Uri| unknown(&uri, StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async |uri: Uri| unknown(&uri, StatusCode::METHOD_NOT_ALLOWED))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(sandbox)
}

/// The answer for an address or a method that is none: JSON to who speaks the API, a page to a browser.
fn unknown(uri: &Uri, status: StatusCode) -> Response {
    if uri.path().starts_with("/v3/") { api::no_route(status) } else { page::no_route(Side::WeChat, status) }
}

/// Where the browser goes afterwards: to the merchant alone.
fn back_of(query: Option<String>, merchant: &str) -> String {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes(), Charset::Utf8).unwrap_or_default();
    let wanted = fields.get("redirect_url").unwrap_or_default();
    let is_merchants = origin(wanted).is_some() && origin(wanted) == origin(merchant);
    if is_merchants { wanted } else { merchant }.to_owned()
}

fn action_of(number: &str, back: &str) -> String {
    let pairs = Fields::encode(&[("redirect_url", back)], Charset::Utf8).unwrap_or_default();
    format!("/pay/{number}?{pairs}")
}

async fn show(
    State(sandbox): State<Sandbox>,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Unavailable> {
    let trade = match cashier::payable(&sandbox, Side::WeChat, &number).await? {
        Ok(trade) => trade,
        Err((refusal, merchant)) => {
            return Ok(page::refusal(Side::WeChat, &refusal, &back_of(query, &merchant)));
        }
    };
    let back = back_of(query, &trade.opening.return_url);
    if let Some(press) = Press::by_itself(sandbox.behaviour().await?.outcome) {
        return carry_out(&sandbox, &number, press, &back).await;
    }
    let action = action_of(&trade.opening.number, &back);
    Ok(page::cashier(&trade, &sandbox.settings().merchant_name, String::new(), action))
}

async fn decide(
    State(sandbox): State<Sandbox>,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Unavailable> {
    let Some(press) = Press::parse(&body) else {
        return Ok(page::refusal(Side::WeChat, &Refusal::Outcome, ""));
    };
    let merchant = match cashier::payable(&sandbox, Side::WeChat, &number).await? {
        Ok(trade) => trade.opening.return_url,
        Err((_, merchant)) => merchant,
    };
    carry_out(&sandbox, &number, press, &back_of(query, &merchant)).await
}

async fn carry_out(
    sandbox: &Sandbox,
    number: &str,
    press: Press,
    back: &str,
) -> Result<Response, Unavailable> {
    match cashier::press(sandbox, Side::WeChat, number, press).await? {
        // It tells the browser nothing: the merchant asks.
        Ok(_) => Ok(see_other(back).into_response()),
        Err((refusal, _)) => Ok(page::refusal(Side::WeChat, &refusal, back)),
    }
}
