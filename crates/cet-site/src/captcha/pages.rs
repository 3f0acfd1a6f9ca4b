//! `GET /captcha/{id}`: the image.

use crate::web::route::get;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use crate::app::App;
use crate::web::answer::PageError;
use crate::web::visitor::Visitor;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new().route("/captcha/{id}", get(picture))
}

async fn picture(visitor: Visitor, Path(id): Path<String>) -> Result<Response, PageError> {
    let bytes = cet_domain::captcha::picture(&visitor.app.vault, &id).map_err(PageError::fault)?;
    let bytes = bytes.ok_or(PageError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}
