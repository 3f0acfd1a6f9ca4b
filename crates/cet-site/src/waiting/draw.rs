//! `/waiting/draw`: the fingerprint of the draw's secret from the publication of the sitting on, and the secret from the
//! opening on, so that anybody can check that the draw was not made to measure.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::gate::now;
use crate::web::answer::{PageError, html};
use crate::web::page::Page;
use crate::web::visitor::Visitor;
use cet_base::vault::to_hex;
use cet_base::words::time::Time;

/// The page of the draw.
#[derive(Template)]
#[template(path = "waiting/draw.html")]
struct DrawView {
    page: Page,
    sitting: String,
    opens: String,
    fingerprint: String,
    /// Empty before the opening.
    secret: String,
}

pub(super) async fn page(visitor: Visitor) -> Result<Response, PageError> {
    let app = &visitor.app;
    let shown = app.waiting.shown();
    let opening = shown.opening.as_ref().ok_or(PageError::NotFound)?;
    let catalogue = app.catalogue.get();
    let plan = catalogue.sitting(&opening.sitting).ok_or(PageError::NotFound)?;
    let view = DrawView {
        page: visitor.page().with_nav().titled("waiting-draw-title").described("waiting-draw-about"),
        sitting: plan.name_in(visitor.lang.code()).to_owned(),
        opens: Time::from_micros(opening.opens.saturating_mul(1_000_000)).page(),
        fingerprint: opening.secret.fingerprint(),
        secret: opening.published(now(app)).map(|secret| to_hex(secret.bytes())).unwrap_or_default(),
    };
    html(StatusCode::OK, &view)
}
