//! The request before it is known who sent it: language, address, cookies, path.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};

use super::browser::Browser;
use super::form_marks::Stale;
use super::page::{Notice, Page, Tone};
use crate::app::App;
use cet_base::config::Network;
use cet_base::texts::{Lang, texts};

/// The cookie with the chosen language.
pub const LANG_COOKIE: &str = "cet-lang";

/// The network address of a connection's peer; the server attaches it to each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The context of one request.
#[derive(Clone)]
pub struct Visitor {
    /// The node.
    pub app: App,
    /// The language of the response.
    pub lang: Lang,
    /// The client's address, behind trusted proxies.
    pub address: IpAddr,
    /// The path, without the query.
    pub path: String,
    /// The browser, before anybody has signed in.
    pub browser: Arc<Browser>,
    query: String,
    headers: Arc<HeaderMap>,
    /// Why a form is shown again instead of being accepted, if this is its page.
    stale: Option<Arc<Stale>>,
}

impl Visitor {
    /// The page frame at this path.
    #[must_use]
    pub fn page(&self) -> Page {
        self.page_at(&self.path)
    }

    /// The page frame at another path.
    #[must_use]
    pub fn page_at(&self, path: &str) -> Page {
        let mut page = Page::new(texts(self.lang), Arc::clone(&self.app.site), path);
        page.rehearsal = self.app.config.rehearsal;
        if page.path == self.path {
            page = page.asked(&self.query);
        }
        page.refusals.extend(self.stale.as_ref().map(|stale| stale.refused.clone()));
        if self.browser.is_blocked() {
            let notice = Notice::new(Tone::Warn, page.m("captcha-cookie"), page.m("captcha-cookie-text"));
            return page.noting(notice);
        }
        page
    }

    /// The first value of a query parameter.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(known, _)| known == name)
            // No text that is stored holds one, and PostgreSQL takes none to compare with.
            .map(|(_, value)| value.replace('\0', ""))
    }

    /// The raw query, without the question mark.
    #[must_use]
    pub fn raw_query(&self) -> &str {
        &self.query
    }

    /// The language that was chosen in this browser, if one was.
    #[must_use]
    pub fn chosen_lang(&self) -> Option<Lang> {
        chosen_language(&self.query, &self.headers)
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        cookie(&self.headers, name)
    }

    /// The headers of the request.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value of a header, if it is valid text.
    #[must_use]
    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The value of a cookie in the headers.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// The language that was chosen: by `?lang=`, else in this browser before.
#[must_use]
pub fn chosen_language(query: &str, headers: &HeaderMap) -> Option<Lang> {
    lang_in_query(query).or_else(|| cookie(headers, LANG_COOKIE).and_then(Lang::parse))
}

/// The language of a response: `?lang=`, else the cookie, else the browser's preference, else Chinese.
#[must_use]
pub fn language(query: &str, headers: &HeaderMap) -> Lang {
    chosen_language(query, headers)
        .or_else(|| {
            headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map(Lang::accepted)
        })
        .unwrap_or(Lang::Zh)
}

/// The language chosen by `?lang=`.
#[must_use]
pub fn lang_in_query(query: &str) -> Option<Lang> {
    if !query.contains("lang=") {
        return None;
    }
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "lang")
        .and_then(|(_, value)| Lang::parse(&value))
}

/// The client's address: the peer's, or what trusted proxies report, read from the right (TH59).
#[must_use]
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut address = peer.to_canonical();
    if !is_trusted(address) {
        return address;
    }
    let values: Vec<&str> =
        headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok()).collect();
    for hop in values.iter().flat_map(|value| value.split(',')).rev() {
        let Ok(next) = hop.trim().parse::<IpAddr>() else { break };
        address = next.to_canonical();
        if !is_trusted(address) {
            break;
        }
    }
    address
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer =
            parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        let query = parts.uri.query().unwrap_or("").to_owned();
        Ok(Self {
            app: app.clone(),
            lang: language(&query, &parts.headers),
            address: client_address(peer, &parts.headers, &app.config.server.trusted_proxies),
            path: parts.uri.path().to_owned(),
            browser: parts.extensions.get::<Arc<Browser>>().cloned().unwrap_or_default(),
            query,
            headers: Arc::new(parts.headers.clone()),
            stale: parts.extensions.get::<Arc<Stale>>().cloned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    /// TH59.
    #[test]
    fn only_a_trusted_proxy_may_say_who_the_client_is() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("1.1.1.1, 2.2.2.2, 10.0.0.9"));
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let stranger: IpAddr = "9.9.9.9".parse().unwrap();
        assert_eq!(client_address(proxy, &headers, &trusted), "2.2.2.2".parse::<IpAddr>().unwrap());
        assert_eq!(client_address(stranger, &headers, &trusted), stranger);
        assert_eq!(client_address(proxy, &headers, &[]), proxy);
    }

    #[test]
    fn the_language_is_chosen_by_address_then_cookie_then_browser() {
        let mut headers = HeaderMap::new();
        assert_eq!(language("", &headers), Lang::Zh);
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("en-GB,en;q=0.9"));
        assert_eq!(language("", &headers), Lang::En);
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; cet-lang=zh"));
        assert_eq!(language("", &headers), Lang::Zh);
        assert_eq!(language("x=1&lang=en", &headers), Lang::En);
        assert_eq!(language("lang=fr", &headers), Lang::Zh);
    }
}
