//! `GET /captcha/{id}`: the picture.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, header};

use super::{Form, Sealed, draw, png};
use crate::app::App;
use crate::web::answer::PageError;
use crate::web::visitor::Visitor;

/// The room's routes.
pub fn routes() -> Router<App> {
    Router::new().route("/captcha/{id}", get(picture))
}

async fn picture(visitor: Visitor, Path(id): Path<String>) -> Result<Response, PageError> {
    let vault = &visitor.app.vault;
    let sealed =
        Sealed::open(vault, &id).filter(|sealed| sealed.form == Form::Picture).ok_or(PageError::NotFound)?;
    // The same picture each time: many noises over one number could be averaged away. Keyed, so that nobody can
    // compute the noise.
    let noise = vault.sign_token("captcha-noise", sealed.nonce.as_bytes());
    let picture = draw::picture(&sealed.answer, &noise);
    let bytes = png::encode(&picture).map_err(PageError::fault)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}
