//! PayEase's site: order forms from browsers, the bank's page, and the API.

mod api;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gateway::payease::ReturnStatus;
use gateway::payease::platform::Order;
use gateway::{Charset, Fields, WireError};

use crate::cashier::{self, Press};
use crate::ledger::{Opening, Side, Trade};
use crate::page::{self, Refusal, see_other, with_query};
use crate::sandbox::{Sandbox, Unavailable};

/// The maximum size of a request in bytes.
const MAX_BODY: usize = 64 * 1024;

/// PayEase's bank numbers of 2012 to 2017; others are shown as numbers.
const BANKS: [(&str, &str); 20] = [
    ("3", "招商银行"),
    ("4", "中国建设银行"),
    ("9", "中国工商银行"),
    ("14", "平安银行"),
    ("28", "中国民生银行"),
    ("33", "兴业银行"),
    ("40", "深圳发展银行"),
    ("43", "中国农业银行"),
    ("44", "广发银行"),
    ("50", "北京银行"),
    ("59", "中国邮政储蓄银行"),
    ("60", "华夏银行"),
    ("67", "交通银行"),
    ("69", "浦发银行"),
    ("74", "中国光大银行"),
    ("75", "北京农村商业银行"),
    ("83", "渤海银行"),
    ("84", "中信银行"),
    ("85", "中国银行"),
    ("126", "银联"),
];

/// The Chinese name of a bank.
pub(crate) fn bank_name(number: Option<&str>) -> String {
    let Some(number) = number else { return "首信会员".to_owned() };
    let known = BANKS.iter().find(|(known, _)| *known == number);
    known.map_or_else(|| format!("银行{number}"), |(_, name)| (*name).to_owned())
}

pub(crate) fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/prs/user_payment.checkit", get(open_any).post(open_any))
        .route("/customer/gb/pay_bank.jsp", get(open_bank).post(open_bank))
        .route("/customer/gb/pay_member.jsp", get(open_member).post(open_member))
        .route("/bank/{oid}", get(show).post(decide))
        .route("/merchant/order/order_ack_oid_list.jsp", get(api::query).post(api::query))
        .route("/merchant/order/order_ack_day_list.jsp", get(api::day_list).post(api::day_list))
        .route("/merchant/refund/ref_ack_submit.jsp", get(api::refund).post(api::refund))
        .route("/merchant/refund/ref_ack_oid_list_utf8.jsp", get(api::refund_list).post(api::refund_list))
        .route(
            "/merchant/refund/ref_ack_day_list_utf8.jsp",
            get(api::refunds_of_day).post(api::refunds_of_day),
        )
        .route("/sandbox.css", get(page::stylesheet))
        .fallback(async |uri: Uri| unknown(&uri, StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async |uri: Uri| unknown(&uri, StatusCode::METHOD_NOT_ALLOWED))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(sandbox)
}

/// The answer for an address or a method that is none: a line to who speaks the API, a page to a browser.
fn unknown(uri: &Uri, status: StatusCode) -> Response {
    if uri.path().starts_with("/merchant/") {
        return (status, status.canonical_reason().unwrap_or_default()).into_response();
    }
    page::no_route(Side::PayEase, status)
}

/// The fields of a request: its body, or its query where there is none, as an address in a browser has them.
pub(crate) struct Sent(pub(crate) Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = BytesRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, BytesRejection> {
        let query = request.uri().query().unwrap_or_default().as_bytes().to_vec();
        let body = Bytes::from_request(request, state).await?;
        Ok(Self(if body.is_empty() { query } else { body.to_vec() }))
    }
}

/// Which page an order is opened by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The cashier, where the payer may choose a bank.
    Cashier,
    /// Straight to the bank that the form names.
    Bank,
    /// The payer's account at PayEase, whatever bank the form names.
    Member,
}

async fn open_any(State(sandbox): State<Sandbox>, Sent(form): Sent) -> Result<Response, Unavailable> {
    open(&sandbox, &form, By::Cashier).await
}

async fn open_bank(State(sandbox): State<Sandbox>, Sent(form): Sent) -> Result<Response, Unavailable> {
    open(&sandbox, &form, By::Bank).await
}

async fn open_member(State(sandbox): State<Sandbox>, Sent(form): Sent) -> Result<Response, Unavailable> {
    open(&sandbox, &form, By::Member).await
}

async fn open(sandbox: &Sandbox, sent: &[u8], by: By) -> Result<Response, Unavailable> {
    let refuse = |error| Ok(page::refusal(Side::PayEase, &Refusal::Form(error), ""));
    let form = match sandbox.settings().payease.merchant.parse_order(sent) {
        Ok(form) => form,
        Err(error) => return refuse(error),
    };
    let digits = |bank: &String| (1..=4).contains(&bank.len()) && bank.bytes().all(|b| b.is_ascii_digit());
    let bank = form.bank.filter(digits).filter(|_| by != By::Member);
    if by == By::Bank && bank.is_none() {
        return refuse(WireError::MissingField("v_pmode"));
    }
    let opening = Opening {
        side: Side::PayEase,
        number: form.oid.clone(),
        amount_fen: form.amount_fen,
        // The protocol has no subject, so the number is shown.
        subject: format!("网上订单 {}", form.oid),
        bank,
        trade_type: None,
        return_url: form.return_url,
        notify_url: None,
        expires_at: None,
        at: sandbox.now().await?,
    };
    if let Err(refusal) = cashier::open(sandbox, opening).await? {
        return Ok(page::refusal(Side::PayEase, &refusal, ""));
    }
    match Press::by_itself(sandbox.behaviour().await?.outcome) {
        Some(press) => carry_out(sandbox, &form.oid, press).await,
        None => Ok(see_other(&format!("/bank/{}", form.oid))),
    }
}

async fn show(State(sandbox): State<Sandbox>, Path(oid): Path<String>) -> Result<Response, Unavailable> {
    Ok(match cashier::payable(&sandbox, Side::PayEase, &oid).await? {
        Ok(trade) => {
            let action = format!("/bank/{}", trade.opening.number);
            let bank = bank_name(trade.opening.bank.as_deref());
            page::cashier(&trade, &sandbox.settings().merchant_name, bank, action)
        }
        Err((refusal, back)) => page::refusal(Side::PayEase, &refusal, &back),
    })
}

async fn decide(
    State(sandbox): State<Sandbox>,
    Path(oid): Path<String>,
    body: Bytes,
) -> Result<Response, Unavailable> {
    match Press::parse(&body) {
        Some(press) => carry_out(&sandbox, &oid, press).await,
        None => Ok(page::refusal(Side::PayEase, &Refusal::Outcome, "")),
    }
}

async fn carry_out(sandbox: &Sandbox, oid: &str, press: Press) -> Result<Response, Unavailable> {
    let trade = match cashier::press(sandbox, Side::PayEase, oid, press).await? {
        Ok((trade, _)) => trade,
        Err((refusal, back)) => return Ok(page::refusal(Side::PayEase, &refusal, &back)),
    };
    let (status, words) = match press {
        Press::Pay => (ReturnStatus::Paid, "支付成功"),
        Press::Decline => (ReturnStatus::Failed, "支付被拒绝"),
        // In a return, 1 means "the bank has it"; in a notification the same code means paid.
        Press::Abandon => (ReturnStatus::Submitted, "已提交"),
    };
    let query = sandbox.settings().payease.merchant.returned(&order(&trade, words), status);
    let query = query.and_then(|fields| Fields::encode(&fields, Charset::Gbk));
    Ok(match query {
        Ok(query) => see_other(&with_query(&trade.opening.return_url, &query)),
        Err(error) => {
            tracing::error!(error = %error, "a return could not be signed");
            Unavailable.into_response()
        }
    })
}

fn order(trade: &Trade, words: &str) -> Order {
    Order {
        oid: trade.opening.number.clone(),
        pmode: bank_name(trade.opening.bank.as_deref()),
        pstring: words.to_owned(),
        amount_fen: trade.opening.amount_fen,
    }
}
