//! `/payment/{order}/code` and `/payment/{order}/phone`: paying at a gateway that takes no form, but gives a code to scan or,
//! for telephones, a page.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use gateway::{PayFlow, Payer};
use http::{HeaderValue, StatusCode, header};
use qrcode::QrCode;
use qrcode::render::svg;

use super::choice;
use crate::passport::Candidate;
use crate::payment::views::CodeView;
use crate::web::answer::{PageError, html, refreshing, refusal, see_other};
use crate::web::flash;
use crate::web::page::{Notice, Page, Tone};
use cet_base::store::Tx;
use cet_base::words::ids::OrderId;
use cet_domain::payment::refusal::Stop;
use cet_domain::payment::verbs::{self, OrderLook, Prepare, Prepared};
use cet_domain::sitting::{Catalogue, Plan};

/// How often the page of a code comes again, in seconds: the gateway's notification may have come meanwhile.
const AGAIN_SECONDS: u64 = 5;
/// The word for a gateway that gave no code.
const SILENT: &str = "gateway-silent";
/// The word for an order that went another way before.
const OTHER_WAY: &str = "other-way";

/// What the order's page says of an attempt to get there.
pub(super) fn said(who: &Candidate, page: Page) -> Page {
    let (title, text) = match flash::get(who) {
        Some(SILENT) => ("payment-code-silent-title", "payment-code-silent"),
        Some(OTHER_WAY) => ("payment-code-other-title", "payment-code-other"),
        _ => return page,
    };
    let notice = Notice::new(Tone::Warn, page.m(title), page.m(text));
    page.noting(notice)
}

/// The code is shown on a page of its own, so that coming back to it asks nobody.
pub(super) async fn scan(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    prepared(&who, &id, PayFlow::Scan, |_| format!("/payment/{id}/code")).await
}

/// The browser of a telephone goes to the gateway's page.
pub(super) async fn phone(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    prepared(&who, &id, PayFlow::Phone, |address| address).await
}

async fn prepared(
    who: &Candidate,
    id: &str,
    way: PayFlow,
    leads_to: impl FnOnce(String) -> String,
) -> Result<Response, PageError> {
    let (_, plan) = sitting_of(who, id).await?;
    let wish = Prepare {
        passport: who.session.passport,
        order: OrderId::parse(id).ok_or(PageError::NotFound)?,
        payer: Payer { way, address: who.address.to_string() },
        subject: choice::sold_as(&plan),
    };
    let prepared =
        refusal(verbs::prepare(&who.app.payments, &wish).await)?.map_err(|_| PageError::NotFound)?;
    let order = format!("/payment/{id}");
    Ok(match prepared {
        Prepared::At(address) => see_other(&leads_to(address)),
        Prepared::NotPayable => see_other(&order),
        Prepared::OtherWay => flash::set(who, see_other(&order), OTHER_WAY),
        Prepared::Silent => flash::set(who, see_other(&order), SILENT),
    })
}

/// The sitting that candidates are told of. Before there is one, what is not there and what is somebody else's has the page of
/// that all the same (TH21).
pub(super) async fn sitting_of(who: &Candidate, id: &str) -> Result<(Arc<Catalogue>, Arc<Plan>), PageError> {
    match who.told_sitting() {
        Ok(told) => Ok(told),
        Err(none) => {
            read(who, id).await?;
            Err(none)
        }
    }
}

/// An order of the passport, and its code if one may be shown.
async fn read(who: &Candidate, id: &str) -> Result<(OrderLook, Option<String>), PageError> {
    let (passport, id) = (who.session.passport, OrderId::parse(id).ok_or(PageError::NotFound)?);
    let read: Result<_, Stop> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let look = verbs::order_page(tx, passport, id).await?;
            let code = verbs::code_of(tx, &look.order).await?;
            Ok((look, code))
        })
        .await;
    let (look, code) = refusal(read)?.map_err(|_| PageError::NotFound)?;
    let code = code.filter(|_| look.payable);
    Ok((look, code))
}

/// The page comes again by itself, until the order is paid or its time is over.
pub(super) async fn show(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    let (look, code) = read(&who, &id).await?;
    let Some(code) = code else { return Ok(see_other(&format!("/payment/{}", look.order.id))) };
    let page = who.page().titled("payment-code-title").described("payment-code-about").at_step(4);
    let back = who.app.payments.gateways.return_url(&look.order);
    let view = CodeView {
        id: look.order.id.to_string(),
        number: look.order.number.to_string(),
        sum: look.order.amount.to_string(),
        due: look.order.deadline_at.page(),
        gateway: page.m(look.order.method.gateway.profile().name),
        // Only a sandbox gives an address that a browser can open; and only in a rehearsal it is believed.
        link: code.starts_with("http").then(|| format!("{code}?{}", query(&back))),
        page,
    };
    let again = format!("{AGAIN_SECONDS}; url={}", who.path);
    Ok(refreshing(html(StatusCode::OK, &view)?, Some(again)))
}

fn query(back: &str) -> String {
    let pair: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
    format!("redirect_url={pair}")
}

/// The code as an image with its own URL: pages have no inline content.
pub(super) async fn picture(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    let (_, code) = read(&who, &id).await?;
    let code = QrCode::new(code.ok_or(PageError::NotFound)?).map_err(PageError::fault)?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(220, 220).quiet_zone(true).build();
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::OK, headers, picture).into_response())
}
