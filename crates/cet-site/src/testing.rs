//! A complete node for tests of pages: the site's router behind its guard, a small sitting, and browsers that keep
//! cookies.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::must_use_candidate,
    clippy::new_without_default,
    reason = "what tests share fails as tests do"
)]

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::app::App;
use crate::passport::cookies;
use crate::web::visitor::Peer;
use cet_base::config::Config;
use cet_base::params;
use cet_base::private_file;
use cet_base::store::testing::{Folder, Kind, TestDb, fail, fresh};
use cet_base::store::{DbError, Stop};
use cet_base::vault::Vault;
use cet_base::words::ids::PassportId;
use cet_domain::passport::device::Device;
use cet_domain::passport::password::Hasher;
use cet_domain::passport::session;
use cet_domain::setup::file::{self, FileFault};
use cet_domain::setup::import::import;

/// The origin of the test's site.
pub const ORIGIN: &str = "http://127.0.0.1:8080";

/// The current sitting: registration of province 99 is open from one hour before [`cet_base::store::testing::NOON`] for
/// ten days; 5 seats of each subject at both campuses; each school allows the other's campuses for the oral test.
pub const SITTING: &str = include_str!("testing/sitting.toml");

/// A node with a database of its own.
pub struct TestApp {
    /// The node.
    pub app: App,
    /// Its database; `t.clock.set(…)` sets the time.
    pub t: TestDb,
    router: Router,
    _folder: Folder,
}

impl TestApp {
    /// A node on a fresh database.
    pub async fn new(kind: Kind) -> Self {
        Self::on(fresh(kind).await).await
    }

    /// A node on the database of an `on_both!` test, without captchas.
    pub async fn on(t: TestDb) -> Self {
        Self::with(t, &[]).await
    }

    /// The setting of a gateway that gives codes and pages, at whose address nobody answers.
    pub const WECHAT: (&str, &str) = (
        "CET_GATEWAY__WECHAT",
        "{ endpoint = \"http://127.0.0.1:9\", app_id = \"wx1\", mchid = \"1900000109\", serial_no = \"5157F09E\", \
         private_key_file = \"wechat-private.pem\", api_v3_key_file = \"wechat-v3.key\", \
         platform_keys = [{ id = \"PUB_KEY_ID_1\", file = \"wechat-public.pem\" }] }",
    );

    /// The same with settings, such as `("CET_CAPTCHA__MODE", "on")`.
    pub async fn with(t: TestDb, settings: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        let key = Vault::new_key_file().unwrap_or_else(|error| fail(&error));
        private_file::write(&folder.0.join("vault.key"), key.as_bytes()).unwrap_or_else(|error| fail(&error));
        let key = cet_domain::printing::new_key_file().unwrap_or_else(|error| fail(&error));
        private_file::write(&folder.0.join("tickets.key"), key.as_bytes())
            .unwrap_or_else(|error| fail(&error));
        if settings.iter().any(|(key, _)| key.starts_with("CET_GATEWAY__ALIPAY")) {
            let keys = cet_domain::testing::keys();
            for (name, pem) in [
                ("alipay-app-private.pem", keys.app_private.as_str()),
                ("alipay-public.pem", keys.alipay_public.as_str()),
            ] {
                private_file::write(&folder.0.join(name), pem.as_bytes())
                    .unwrap_or_else(|error| fail(&error));
            }
        }
        if settings.iter().any(|(key, _)| key.starts_with("CET_GATEWAY__WECHAT")) {
            let keys = &cet_domain::testing::keys().wechat;
            for (name, text) in [
                ("wechat-private.pem", keys.merchant_private.as_str()),
                ("wechat-public.pem", keys.platform_public.as_str()),
                ("wechat-v3.key", keys.seal_key.as_str()),
            ] {
                private_file::write(&folder.0.join(name), text.as_bytes())
                    .unwrap_or_else(|error| fail(&error));
            }
        }
        let text = format!(
            "rehearsal = true\n[server]\nlisten = \"127.0.0.1:8080\"\npublic_origin = \"{ORIGIN}\"\n[database]\n\
             url = \"{}\"\n[tickets]\nsigning_key_file = \"tickets.key\"\n[vault]\nkey_file = \"vault.key\"\n[captcha]\nmode = \"off\"\n",
            t.url
        );
        let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let config = Config::parse("test.toml", &text, folder.0.clone(), settings);
        let config = config.unwrap_or_else(|faults| fail(&format!("{faults:?}")));
        let sitting = file::parse(SITTING, |name| Ok(format!("# {name}")));
        let sitting = sitting.unwrap_or_else(|faults| fail(&format!("{faults:?}")));
        let stored: Result<_, Stop<Vec<FileFault>>> =
            t.db.write(async move |tx| import(tx, &sitting, true).await).await;
        stored.unwrap_or_else(|stop| fail(&format!("{stop:?}")));
        let app =
            App::start_with(config, t.db.clone(), Hasher::cheap()).await.unwrap_or_else(|error| fail(&error));
        let router = crate::site::router(&app);
        Self { app, t, router, _folder: folder }
    }

    /// A browser without a signed-in person.
    #[must_use]
    pub fn browser(&self) -> Browser<'_> {
        Browser { app: self, cookies: Vec::new(), address: ([127, 0, 0, 1], 40_000).into() }
    }

    /// A browser that is signed in with passport `n` (`candidate{n}@example.cn`, without a password).
    pub async fn signed_in(&self, n: i64) -> Browser<'_> {
        let token = session::new_token(&self.app.vault).unwrap_or_else(|error| fail(&error));
        let given = token.clone();
        let done: Result<(), DbError> = self
            .t
            .db
            .write(async move |tx| {
                let now = tx.now().await?;
                let email = format!("candidate{n}@example.cn");
                tx.execute(
                    "INSERT INTO passport
                        (id, public_id, email, password_hash, name, created_at, credential_changed_at)
                     VALUES ($1, $2, $3, '', '', $4, $4)
                     ON CONFLICT DO NOTHING",
                    params![n, format!("{n:032X}"), email, now],
                )
                .await?;
                tx.execute(
                    "INSERT INTO passport_email (email_key, passport_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    params![email, n],
                )
                .await?;
                session::begin(tx, PassportId(n), &given, &Device::default()).await.map(drop)
            })
            .await;
        done.unwrap_or_else(|error| fail(&error));
        let mut browser = self.browser();
        browser.cookies.push((cookies::cookie_name(&self.app).to_owned(), token));
        browser
    }
}

/// The attributes of a `Set-Cookie` header, sorted.
#[must_use]
pub fn attributes(set_cookie: &str) -> Vec<&str> {
    let mut attributes: Vec<&str> = set_cookie.split(';').skip(1).map(str::trim).collect();
    attributes.sort_unstable();
    attributes
}

/// Sends requests to a [`TestApp`] and keeps the cookies it is given.
pub struct Browser<'a> {
    app: &'a TestApp,
    /// Name and value of each cookie.
    pub cookies: Vec<(String, String)>,
    /// The client address.
    pub address: SocketAddr,
}

/// A response.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as bytes.
    pub bytes: Vec<u8>,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// The redirect target; empty if there is none.
    #[must_use]
    pub fn location(&self) -> &str {
        self.header(header::LOCATION)
    }

    /// A header's text; empty if it is missing.
    #[must_use]
    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// The refusal codes on the page, sorted.
    #[must_use]
    pub fn codes(&self) -> Vec<&str> {
        let parts = self.text.split("data-code=\"").skip(1);
        let mut codes: Vec<&str> = parts.filter_map(|part| part.split('"').next()).collect();
        codes.sort_unstable();
        codes
    }

    /// The value of the hidden or filled-in input `name`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let tag = self
            .text
            .split('<')
            .find(|tag| tag.starts_with("input") && tag.contains(&format!("name=\"{name}\"")))?;
        tag.split("value=\"").nth(1)?.split('"').next()
    }
}

impl Browser<'_> {
    /// Sends a GET.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], String::new()).await
    }

    /// Submits a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, &[("content-type", "application/x-www-form-urlencoded")], body).await
    }

    /// Sends a GET and disconnects before the body is read; returns the status.
    pub async fn begin(&self, path: &str) -> u16 {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder().uri(path).header(header::HOST, "127.0.0.1:8080");
        let request = request.header(header::COOKIE, pairs.join("; ")).extension(Peer(self.address));
        let request = request.body(Body::empty()).unwrap_or_else(|error| fail(&error));
        match self.app.router.clone().oneshot(request).await {
            Ok(answer) => answer.status().as_u16(),
            Err(never) => match never {},
        }
    }

    /// Sends any request.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let request = request.extension(Peer(self.address)).body(body.into());
        let request = request.unwrap_or_else(|error| fail(&error));
        let answer = match self.app.router.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        let (parts, body) = answer.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap_or(""));
        }
        let bytes = body.collect().await.unwrap_or_else(|error| fail(&error)).to_bytes().to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, bytes, text }
    }

    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        self.cookies.retain(|(known, _)| known != name);
        if !parts.any(|part| part == "Max-Age=0") {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
