//! News that national staff wrote (P5): on the front page, and each on a page of its own.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::views::{News, NewsView};
use crate::web::answer::{PageError, html};
use crate::web::markdown;
use crate::web::page::Link;
use crate::web::visitor::Visitor;
use cet_base::texts::Lang;
use cet_base::words::time::Time;
use cet_domain::portal::Portal;

/// The most news on the front page.
const NEWS: usize = 5;

/// What visitors see on the front page at a time.
pub(super) fn latest(portal: &Portal, now: Time, lang: Lang) -> Vec<News> {
    let item = |of: &cet_domain::portal::News| News {
        link: Link { href: format!("/news/{}", of.id), text: of.in_lang(lang).0.to_owned() },
        date: of.publish_at.page_date(),
    };
    portal.shown(now).take(NEWS).map(item).collect()
}

/// `/news/{id}`: not there before its time, nor once it was taken back.
pub(super) async fn one(visitor: Visitor, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: i64 = id.parse().map_err(|_| PageError::NotFound)?;
    let catalogue = visitor.app.catalogue.get();
    // The portal must work without the database, and decides nothing by the time.
    let now = visitor.app.catalogue.about_now(&visitor.app.db);
    let of = catalogue.portal().shown(now).find(|of| of.id == id).ok_or(PageError::NotFound)?;
    let (title, body) = of.in_lang(visitor.lang);
    let chinese = visitor.lang == Lang::En && of.body_en.is_empty();
    let mut page = visitor.page().described("portal-about-home").with_nav();
    title.clone_into(&mut page.title);
    let view = NewsView { page, date: of.publish_at.page_date(), body: markdown::render(body), chinese };
    html(StatusCode::OK, &view)
}
