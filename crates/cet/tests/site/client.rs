//! A browser without JavaScript: submits forms, keeps cookies, does not follow redirects by itself.

use std::borrow::Cow;
use std::time::Duration;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};

use super::demo::Student;
use super::page_markup::{self, EntryMark, Form};

pub(crate) const PASSWORD: &str = "Bamboo-Kite-2017";

/// One person at the site.
pub(crate) struct Client {
    http: reqwest::Client,
    /// The site's origin; a restarted demo has another one.
    pub(crate) url: String,
    pub(crate) cookies: Vec<(String, String)>,
    /// Every URL of the site that was requested or linked; browsers and proxies store these.
    pub(crate) addresses: Vec<String>,
}

/// A response.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) text: String,
}

impl Answer {
    /// Fails unless the response is a 303 to this path.
    #[track_caller]
    pub(crate) fn leads_to(&self, path: &str) {
        assert_eq!((self.status, self.location.as_str()), (303, path), "{:?}\n{}", self.codes(), self.text);
    }

    /// Fails unless the response is a refusal with this status and these codes.
    #[track_caller]
    pub(crate) fn refuses(&self, status: u16, codes: &[&str]) {
        assert_eq!((self.status, self.codes()), (status, codes.iter().map(ToString::to_string).collect()));
    }

    pub(crate) fn codes(&self) -> Vec<String> {
        page_markup::codes(&self.text)
    }
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let http = http.timeout(Duration::from_mins(1)).build().unwrap();
        Self { http, url: url.to_owned(), cookies: Vec::new(), addresses: Vec::new() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.try_get(path).await.unwrap()
    }

    /// The same if the server may be down.
    pub(crate) async fn try_get(&mut self, path: &str) -> Result<Answer, reqwest::Error> {
        let request = self.http.get(self.address(path));
        self.send(request).await
    }

    /// A page that must exist.
    pub(crate) async fn page(&mut self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.location);
        answer.text
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.try_post(path, fields).await.unwrap()
    }

    /// The same if the server may be down.
    pub(crate) async fn try_post(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Answer, reqwest::Error> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send_body(path, body).await
    }

    /// Submits a page's own form with its fields, through one of its buttons or none; the server may be down.
    pub(crate) async fn try_submit(
        &mut self,
        form: &Form,
        button: Option<&str>,
    ) -> Result<Answer, reqwest::Error> {
        self.send_body(&form.action, encoded(form, button)).await
    }

    async fn send_body(&mut self, path: &str, body: String) -> Result<Answer, reqwest::Error> {
        let request = self.http.post(self.address(path));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        self.send(request).await
    }

    fn address(&self, path: &str) -> String {
        if path.starts_with('/') { format!("{}{path}", self.url) } else { path.to_owned() }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
        let request = request.build()?;
        // The gateway is another site: it must not receive the session.
        let ours = request.url().as_str().starts_with(&self.url);
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request;
        if ours && !pairs.is_empty() {
            request.headers_mut().insert(COOKIE, pairs.join("; ").parse().unwrap());
        }
        let answer = self.http.execute(request).await?;
        let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap_or("").to_owned());
        let location = header(LOCATION).unwrap_or_default();
        let status = answer.status().as_u16();
        let set: Vec<String> = answer
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap_or("").to_owned())
            .collect();
        if ours {
            for cookie in &set {
                self.keep(cookie);
            }
        }
        if ours {
            self.addresses.push(answer.url().to_string());
            self.addresses.push(location.clone());
        }
        let text = answer.text().await?;
        Ok(Answer { status, location, text })
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        if let Some((name, value)) = pair.split_once('=') {
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Registers and logs in.
    pub(crate) async fn join(&mut self, email: &str) {
        let fields = [("email", email), ("password", PASSWORD), ("password_again", PASSWORD)];
        self.post("/register", &fields).await.leads_to("/login");
        self.post("/login", &[("email", email), ("password", PASSWORD)]).await.leads_to("/home");
    }

    /// From the agreement to the student's record.
    pub(crate) async fn look_up(&mut self, student: &Student) -> Answer {
        let agreement = self.page("/agreement").await;
        let form =
            page_markup::post_forms(&agreement).into_iter().find(|form| form.action == "/agreement").unwrap();
        let version = form.fields.iter().find(|(name, _)| name == "version").unwrap().1.clone();
        let accepted = self.post("/agreement", &[("accept", "yes"), ("version", &version)]).await;
        accepted.leads_to("/qualification");
        let fields = [
            ("document_kind", student.document_kind),
            ("document_number", student.document_number.as_str()),
            ("name", student.name.as_str()),
        ];
        self.post("/qualification", &fields).await
    }

    /// From the agreement to the saved registration.
    pub(crate) async fn bind(&mut self, student: &Student) {
        self.look_up(student).await.leads_to("/qualification/record");
        let saved = self.post("/qualification/record", &[("checked", "yes")]).await;
        saved.leads_to("/registration/written");
    }

    pub(crate) async fn entries(&mut self) -> Vec<EntryMark> {
        page_markup::entries(&self.page("/registration").await)
    }
}

fn encoded(form: &Form, button: Option<&str>) -> String {
    let encoding: form_urlencoded::EncodingOverride<'_> = Some(if form.gbk { &gbk } else { &utf8 });
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.encoding_override(encoding).extend_pairs(&form.fields);
    if let Some(value) = button {
        let button = form.buttons.iter().find(|(_, known)| known == value).unwrap();
        body.append_pair(&button.0, &button.1);
    }
    body.finish()
}

fn gbk(text: &str) -> Cow<'_, [u8]> {
    encoding_rs::GBK.encode(text).0
}

fn utf8(text: &str) -> Cow<'_, [u8]> {
    Cow::Borrowed(text.as_bytes())
}
