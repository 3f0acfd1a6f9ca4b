//! 报名协议, 资格信息查询 and 资格信息确认: the pages up to binding (R2, R3, R4, R5, R6).

mod agreement;
mod qualification;
mod record;
mod refusal_texts;

use crate::web::route::{boxed, get};
use axum::Router;

use crate::app::App;
use crate::web::page::Page;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/agreement", get(agreement::page).post(boxed(agreement::answer)))
        .route("/qualification", get(qualification::page).post(boxed(qualification::look_up_student)))
        .route("/qualification/record", get(record::page).post(boxed(record::save_record)))
}

/// 男 or 女 in the page's language; any other value as stored.
#[must_use]
pub fn sex_name(page: &Page, stored: &str) -> String {
    match stored {
        "男" => page.m("registration-male").to_owned(),
        "女" => page.m("registration-female").to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
#[path = "tests/pages.rs"]
pub(crate) mod tests;
