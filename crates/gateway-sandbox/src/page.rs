//! The pages of the gateways: no JavaScript, one stylesheet, three buttons.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gateway::{WireError, format_yuan};

use crate::ledger::{Side, Trade};
use crate::sandbox::Unavailable;

const CSS: &str = include_str!("../assets/sandbox.css");

#[derive(Template)]
#[template(path = "cashier.html")]
struct CashierPage<'a> {
    title: &'a str,
    gateway: &'a str,
    gateway_en: &'a str,
    amount: String,
    merchant: &'a str,
    subject: &'a str,
    bank: String,
    number: &'a str,
    action: String,
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'a> {
    title: &'a str,
    title_en: &'a str,
    gateway: &'a str,
    gateway_en: &'a str,
    advice: &'a str,
    advice_en: &'a str,
    detail: String,
    back: &'a str,
}

/// Why a page does not allow payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The merchant's form is invalid.
    Form(WireError),
    /// The same order number was sent before with other contents.
    OtherContents,
    /// No such order.
    Unknown,
    /// Paid already.
    Paid,
    /// Closed or expired.
    Closed,
    /// A button that does not exist.
    Outcome,
    /// No page has this address.
    NoPage,
    /// The page is not asked for by this method.
    Method,
}

impl Side {
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Alipay => ("支付宝", "Alipay"),
            Self::PayEase => ("首信易支付", "PayEase"),
            Self::WeChat => ("微信支付", "WeChat Pay"),
        }
    }
}

/// The page with the buttons; `action` is their form's URL.
pub(crate) fn cashier(trade: &Trade, merchant: &str, bank: String, action: String) -> Response {
    let opening = &trade.opening;
    let (gateway, gateway_en) = opening.side.names();
    let page = CashierPage {
        title: "确认付款",
        gateway,
        gateway_en,
        amount: format_yuan(opening.amount_fen),
        merchant,
        subject: &opening.subject,
        bank,
        number: &opening.number,
        action,
    };
    html(StatusCode::OK, page.render(), origin(&opening.return_url).as_deref())
}

/// The page that says why not, with a link back if one is known.
pub(crate) fn refusal(side: Side, refusal: &Refusal, back: &str) -> Response {
    let (gateway, gateway_en) = side.names();
    let (status, title, title_en, advice, advice_en) = refusal.words();
    let detail = match refusal {
        Refusal::Form(error) => error.to_string(),
        Refusal::OtherContents
        | Refusal::Unknown
        | Refusal::Paid
        | Refusal::Closed
        | Refusal::Outcome
        | Refusal::NoPage
        | Refusal::Method => String::new(),
    };
    let page = RefusalPage { title, title_en, gateway, gateway_en, advice, advice_en, detail, back };
    html(status, page.render(), None)
}

/// The page for an address or a method that is none.
pub(crate) fn no_route(side: Side, status: StatusCode) -> Response {
    let why = if status == StatusCode::METHOD_NOT_ALLOWED { Refusal::Method } else { Refusal::NoPage };
    refusal(side, &why, "")
}

impl Refusal {
    const fn words(&self) -> (StatusCode, &'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Form(_) => (
                StatusCode::BAD_REQUEST,
                "订单有误",
                "This order cannot be accepted",
                "商户发来的订单未通过验证，请返回商户重新支付。",
                "The merchant's order did not pass the check. Go back to the merchant and pay again.",
            ),
            Self::OtherContents => (
                StatusCode::CONFLICT,
                "订单号重复",
                "Order number used before",
                "同一订单号的金额与首次提交不同，请返回商户重新下单。",
                "This order number was sent with another amount before. Place a new order at the merchant.",
            ),
            Self::Unknown => (
                StatusCode::NOT_FOUND,
                "没有这笔订单",
                "No such order",
                "请从商户页面重新进入支付。",
                "Start the payment from the merchant's page.",
            ),
            Self::Paid => (
                StatusCode::CONFLICT,
                "订单已支付",
                "Already paid",
                "请勿重复支付，返回商户查看结果。",
                "Do not pay again. See the result at the merchant.",
            ),
            Self::Closed => (
                StatusCode::CONFLICT,
                "订单已关闭",
                "This order is closed",
                "订单已超过付款时间或已被商户关闭，请返回商户。",
                "The time to pay is over, or the merchant closed the order. Go back to the merchant.",
            ),
            Self::Outcome => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "请选择一个按钮",
                "Choose a button",
                "请返回上一页，选择付款、拒绝或放弃。",
                "Go back one page and choose to pay, decline or abandon.",
            ),
            Self::NoPage => (
                StatusCode::NOT_FOUND,
                "没有这个页面",
                "No such page",
                "请检查地址，或从商户页面重新进入。",
                "Check the address, or start again from the merchant's page.",
            ),
            Self::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                "请求方式不对",
                "Wrong method",
                "这个地址不接受这种请求方式，请检查接口文档。",
                "This address does not take this method. See the documentation of the interface.",
            ),
        }
    }
}

/// Redirects the browser to another URL (GET).
pub(crate) fn see_other(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address), (header::CACHE_CONTROL, "no-store")])
        .into_response()
}

/// A URL with a query string added to it.
pub(crate) fn with_query(address: &str, query: &str) -> String {
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}{query}")
}

/// The origin (`scheme://host:port`) of an http URL that may be put in a header; `None` for anything else.
pub(crate) fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
    let whole = address.bytes().all(|b| b.is_ascii_graphic());
    let good = matches!(scheme, "http" | "https") && !host.is_empty() && host.bytes().all(plain) && whole;
    good.then(|| format!("{scheme}://{host}"))
}

pub(crate) async fn stylesheet() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, CSS).into_response()
}

impl IntoResponse for Unavailable {
    fn into_response(self) -> Response {
        (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], "unavailable").into_response()
    }
}

fn html(status: StatusCode, page: askama::Result<String>, leads_to: Option<&str>) -> Response {
    let page = match page {
        Ok(page) => page,
        Err(error) => {
            tracing::error!(error = %error, "a page of the sandbox could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    // A form's redirect counts as its action, so the merchant's origin is listed too.
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
        leads_to.unwrap_or_default()
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "strict-origin".to_owned()),
    ];
    (status, headers, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_addresses_have_an_origin() {
        assert_eq!(origin("http://127.0.0.1:8080/a?b").as_deref(), Some("http://127.0.0.1:8080"));
        for address in
            ["", "javascript:alert(1)", "ftp://a/", "http://", "http://a;b/", "http://a/\r\nx", "http://a b/"]
        {
            assert_eq!(origin(address), None, "{address}");
        }
    }
}
