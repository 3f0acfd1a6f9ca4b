//! `/`, `/about`, `/guide`, `/schedule`, `/process`, `/faq`, `/tips`, and static assets.

use std::sync::Arc;

use crate::web::route::get;
use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::OriginalUri;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::page_cache::CachedPage;
use super::views::{PortalView, SittingDates, TextView};
use super::{dates, phase, signed_in};
use crate::app::App;
use crate::payment::views::Ways;
use crate::web::answer::{HTML, PageError};
use crate::web::assets::{self, CACHE_CONTROL};
use crate::web::markdown;
use crate::web::page::Page;
use crate::web::visitor::Visitor;
use cet_base::texts::{Lang, Texts, texts};
use cet_base::vault::{to_hex, token_hash};
use cet_base::words::time::Time;
use cet_domain::portal::PortalPage;
use cet_domain::sitting::Plan;
use cet_domain::sitting::catalogue::Catalogue;
use cet_domain::sitting::phase::Dates;

/// The portal's text pages and their built-in Markdown.
const TEXTS: &[(&str, &str, &str)] = &[
    (
        "/about",
        include_str!("../../texts/portal/zh/about.md"),
        include_str!("../../texts/portal/en/about.md"),
    ),
    (
        "/guide",
        include_str!("../../texts/portal/zh/guide.md"),
        include_str!("../../texts/portal/en/guide.md"),
    ),
    (
        "/schedule",
        include_str!("../../texts/portal/zh/schedule.md"),
        include_str!("../../texts/portal/en/schedule.md"),
    ),
    (
        "/process",
        include_str!("../../texts/portal/zh/process.md"),
        include_str!("../../texts/portal/en/process.md"),
    ),
    ("/faq", include_str!("../../texts/portal/zh/faq.md"), include_str!("../../texts/portal/en/faq.md")),
    ("/tips", include_str!("../../texts/portal/zh/tips.md"), include_str!("../../texts/portal/en/tips.md")),
];

/// Sittings shown on the portal, the current one first.
const SITTINGS: usize = 2;

/// Routes of this module.
pub fn routes() -> Router<App> {
    let router = Router::new()
        .route("/", get(page))
        .route("/assets/{name}", get(asset))
        .route("/news/{id}", get(super::news::one))
        .route("/favicon.ico", get(favicon));
    TEXTS.iter().fold(router, |router, (path, _, _)| router.route(path, get(page)))
}

async fn page(visitor: Visitor) -> Result<Response, PageError> {
    let catalogue = visitor.app.catalogue.get();
    let path = TEXTS.iter().map(|(path, _, _)| *path).find(|path| *path == visitor.path).unwrap_or("/");
    let key = (path, visitor.lang);
    // The portal must work without the database, and decides nothing by the time.
    let now = visitor.app.catalogue.about_now(&visitor.app.db);
    if path == "/"
        && let Some(plan) = catalogue.told()
    {
        let view = || front(visitor.page_at(path), &catalogue, now);
        match signed_in::page(&visitor, plan, view).await {
            Ok(Some(own)) => return Ok(own),
            // Without the database everybody reads the public page.
            Ok(None) | Err(PageError::Outage | PageError::TooBusy(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let turned = leading(&catalogue).and_then(|plan| Dates::of(plan).turned(now));
    let turned = turned.max(catalogue.portal().turned(now));
    let edition = (catalogue.version(), turned);
    let finished = if let Some(finished) = visitor.app.page_cache.get(edition, key) {
        finished
    } else {
        let finished = Arc::new(finish(&render(&visitor, path, &catalogue, now)?));
        visitor.app.page_cache.put(edition, key, Arc::clone(&finished));
        finished
    };
    Ok(answer(&visitor, &finished))
}

/// The sitting shown on the front page: the current one, else the latest.
fn leading(catalogue: &Catalogue) -> Option<&Arc<Plan>> {
    catalogue.current().or_else(|| catalogue.sittings().into_iter().next())
}

fn render(
    visitor: &Visitor,
    path: &'static str,
    catalogue: &Catalogue,
    now: Time,
) -> Result<String, PageError> {
    let t = texts(visitor.lang);
    let page = visitor.page_at(path);
    let rendered = match TEXTS.iter().find(|(known, _, _)| *known == path) {
        None => front(page, catalogue, now).render(),
        Some((_, zh, en)) => {
            let of = PortalPage::from_wire(path.trim_start_matches('/'));
            let written = of.and_then(|of| catalogue.portal().text(of, visitor.lang));
            let body = match written {
                Some(text) => markdown::render(&text.body),
                None => markdown::render(&installed(&visitor.app, path, visitor.lang, (zh, en))),
            };
            let sittings = if path == "/schedule" { all_dates(catalogue, t) } else { Vec::new() };
            TextView::new(page, body, sittings).render()
        }
    };
    rendered.map_err(|error| PageError::fault(format!("template: {error}")))
}

fn all_dates(catalogue: &Catalogue, t: &'static Texts) -> Vec<SittingDates> {
    catalogue.sittings().into_iter().take(SITTINGS).map(|plan| dates::of(plan, t)).collect()
}

/// The front page by the phase of its sitting.
fn front(page: Page, catalogue: &Catalogue, now: Time) -> PortalView {
    let (t, plan) = (page.t, leading(catalogue));
    let lead = plan.map(|plan| phase::lead(Dates::of(plan).phase(now), t));
    // The sitting's own news stand there until somebody writes some.
    let mut news = super::news::latest(catalogue.portal(), now, t.lang());
    if let (true, Some(plan)) = (news.is_empty(), plan) {
        news = phase::news(plan, now, t);
    }
    PortalView::new(page, lead, all_dates(catalogue, t), news)
}

/// The installation's text of a page, which stands there until staff write another one.
pub(crate) fn shipped(app: &App, page: PortalPage, lang: Lang) -> String {
    let path = format!("/{}", page.wire());
    let texts = TEXTS.iter().find(|(known, _, _)| *known == path).map(|(_, zh, en)| (*zh, *en));
    installed(app, &path, lang, texts.unwrap_or_default())
}

/// The operator's own text for a page, from the folder `[portal] texts`, else the built-in one; read once per catalogue
/// version.
fn installed(app: &App, path: &str, lang: Lang, (zh, en): (&str, &str)) -> String {
    let own = app.config.portal.texts.as_ref().and_then(|folder| {
        let file = format!("{}{path}.md", lang.code());
        std::fs::read_to_string(app.config.path(folder).join(file)).ok()
    });
    let text = own.unwrap_or_else(|| if lang == Lang::En { en } else { zh }.to_owned());
    // Which ways to pay there are is the configuration's, in the operator's own text too.
    let ways = Ways::of(app.payments.gateways.all.iter().map(|gateway| gateway.code()), texts(lang));
    text.replace("{gateways}", &ways.names).replace("{needs}", &ways.needs)
}

fn finish(page: &str) -> CachedPage {
    let (brotli, gzip) = assets::compressed(page.as_bytes());
    let tag = format!("\"{}\"", to_hex(&token_hash(page)).get(..16).unwrap_or_default());
    CachedPage { plain: page.to_owned().into(), brotli: brotli.into(), gzip: gzip.into(), tag }
}

fn answer(visitor: &Visitor, page: &CachedPage) -> Response {
    let accepted = visitor.header(header::ACCEPT_ENCODING).unwrap_or("");
    let (body, encoding) = match assets::encoding(accepted) {
        Some("br") if !page.brotli.is_empty() => (&page.brotli, Some("br")),
        Some("gzip") if !page.gzip.is_empty() => (&page.gzip, Some("gzip")),
        _ => (&page.plain, None),
    };
    let unchanged = visitor.header(header::IF_NONE_MATCH).is_some_and(|known| known == page.tag);
    let mut response =
        if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { body.clone().into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HTML);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language, cookie"));
    if let Ok(tag) = HeaderValue::from_str(&page.tag) {
        headers.insert(header::ETAG, tag);
    }
    if let (Some(encoding), false) = (encoding, unchanged) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

async fn asset(OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response, PageError> {
    let asset = assets::at(uri.path()).ok_or(PageError::NotFound)?;
    let (body, encoding) = asset.body_for(visitor.header(header::ACCEPT_ENCODING).unwrap_or(""));
    let mut response = Bytes::from_static(body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE_CONTROL));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

/// Requested by browsers that ignore `<link rel="icon">`.
async fn favicon() -> Response {
    let (kind, day) =
        (HeaderValue::from_static("image/x-icon"), HeaderValue::from_static("public, max-age=86400"));
    let icon = Bytes::from_static(include_bytes!("../../assets/favicon.ico"));
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, day)], icon).into_response()
}
