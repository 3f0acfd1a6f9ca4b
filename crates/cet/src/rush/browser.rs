//! One candidate's browser: cookies, forms, patience.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, HOST, HeaderMap, LOCATION, REFRESH, RETRY_AFTER, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};

use super::forms::{self, Form};
use super::record::{Acknowledged, End, Record, Refusal, Sample, Step};

/// How long one waits before asking again when the answer does not say it.
const AGAIN: Duration = Duration::from_secs(1);
/// The longest pause between two questions, whatever an answer says: patience is looked at in between.
const LONGEST: Duration = Duration::from_mins(1);

/// An answer.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// Where a redirect leads.
    pub(crate) location: Option<String>,
    retry_after: Option<Duration>,
    refresh: Option<Duration>,
}

impl Page {
    /// The refusal codes of the page.
    pub(crate) fn codes(&self) -> Vec<String> {
        forms::marks(&self.body, "data-code").collect()
    }

    /// After how long the page wants to be asked for again.
    pub(crate) fn again(&self) -> Duration {
        self.refresh.or(self.retry_after).unwrap_or(AGAIN).min(LONGEST)
    }

    fn leads_to_the_waiting_room(&self) -> bool {
        self.location.as_deref().is_some_and(|to| path(to).starts_with("/waiting"))
    }
}

/// Cookies and ledger of a candidate between two visits.
#[derive(Clone)]
pub(crate) struct Kept {
    cookies: BTreeMap<String, String>,
    acknowledged: Acknowledged,
}

/// Where a site is: its name, and the addresses that answer to it.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// Scheme and host that are asked for, without a slash at the end.
    pub(crate) origin: String,
    /// What is connected to in its place, as `http://127.0.0.1:8081`: the nodes of a site, as behind a balancer.
    pub(crate) nodes: Vec<String>,
}

impl Site {
    /// The host to name, where it is not the one that is connected to.
    fn host(&self) -> Option<&str> {
        if self.nodes.is_empty() { None } else { self.origin.split_once("://").map(|(_, host)| host) }
    }

    /// The whole address of a path, or of an address of the site, at one of its nodes; any other address stays.
    fn at(&self, node: usize, to: &str) -> String {
        let path = to.strip_prefix(self.origin.as_str()).unwrap_or(to);
        if path.contains("://") {
            return to.to_owned();
        }
        let chosen = node.checked_rem(self.nodes.len()).and_then(|n| self.nodes.get(n));
        format!("{}{path}", chosen.unwrap_or(&self.origin))
    }
}

/// One candidate.
pub(crate) struct Browser<'r> {
    client: &'r Client,
    site: &'r Site,
    /// The node that is asked; another one when it is gone.
    node: usize,
    start: Instant,
    gives_up: Instant,
    cookies: BTreeMap<String, String>,
    pub(crate) acknowledged: Acknowledged,
    samples: Vec<Sample>,
    refusals: Vec<Refusal>,
    pushed_back: u32,
}

impl<'r> Browser<'r> {
    /// `start` is that of the rush; the candidate gives up at `gives_up`.
    pub(crate) fn new(
        client: &'r Client,
        (site, node): (&'r Site, usize),
        start: Instant,
        gives_up: Instant,
    ) -> Self {
        Self {
            client,
            site,
            node,
            start,
            gives_up,
            cookies: BTreeMap::new(),
            acknowledged: Acknowledged::default(),
            samples: Vec::new(),
            refusals: Vec::new(),
            pushed_back: 0,
        }
    }

    /// What a candidate who is logged in takes along to another visit.
    pub(crate) fn keep(self) -> Kept {
        Kept { cookies: self.cookies, acknowledged: self.acknowledged }
    }

    /// Comes with what was kept.
    pub(crate) fn take(&mut self, kept: Kept) {
        self.cookies = kept.cookies;
        self.acknowledged = kept.acknowledged;
    }

    pub(crate) fn record(self, end: End) -> Record {
        Record {
            end,
            acknowledged: self.acknowledged,
            samples: self.samples,
            refusals: self.refusals,
            pushed_back: self.pushed_back,
        }
    }

    /// The status of a page, asked for once.
    pub(crate) async fn visit(&mut self, path: &str) -> Result<u16, reqwest::Error> {
        Ok(self.once(path, Client::get).await?.status)
    }

    /// A page that is there: 200.
    pub(crate) async fn page(&mut self, step: Step, path: &str) -> Result<Page, End> {
        let page = self.get(step, path).await?;
        match page.status {
            200 => Ok(page),
            status => Err(End::Broken(format!("GET {path} answered {status}"))),
        }
    }

    pub(crate) async fn get(&mut self, step: Step, path: &str) -> Result<Page, End> {
        self.ask(step, path, Client::get).await
    }

    /// Sends the form of `page` that goes to `action`, with these fields. `Err` unless the site answers by a redirect, which
    /// it does on success.
    pub(crate) async fn send(
        &mut self,
        step: Step,
        page: &Page,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, End> {
        let form = forms::posted(&page.body).find(|form| path(&form.action) == action);
        let Some(form) = form else {
            return Err(End::Broken(format!("{}: there is no form to {action}", step.name())));
        };
        let answer = self.post(step, form, fields).await?;
        match (answer.status, answer.location) {
            (303, Some(to)) => Ok(to),
            (400..500, _) => Err(End::Refused),
            (status, _) => Err(End::Broken(format!("POST {action} answered {status}"))),
        }
    }

    pub(crate) async fn post(
        &mut self,
        step: Step,
        form: Form,
        fields: &[(&str, &str)],
    ) -> Result<Page, End> {
        let to = form.action.clone();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form.with(fields)).finish();
        self.ask(step, &to, |client, to| {
            client
                .post(to)
                .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body.clone())
        })
        .await
    }

    /// Asks until there is an answer that is one: who is told to come again does, and so does who heard nothing, since
    /// repeating a form answers as the first time would have.
    async fn ask(
        &mut self,
        step: Step,
        to: &str,
        request: impl Fn(&Client, String) -> RequestBuilder,
    ) -> Result<Page, End> {
        loop {
            let asked = Instant::now();
            match self.once(to, &request).await {
                Ok(page) => {
                    self.note(step, asked.elapsed());
                    if page.leads_to_the_waiting_room() {
                        self.wait_in_line(page.location.as_deref().unwrap_or("/waiting")).await?;
                        continue;
                    }
                    let codes = page.codes();
                    if page.status >= 400 {
                        self.refused(step, &format!("{} {}", page.status, codes.join(" ")));
                    }
                    if page.status == 503 && codes.iter().any(|code| code == "waiting") {
                        self.wait_in_line("/waiting").await?;
                    } else if let (429 | 503, Some(after)) = (page.status, page.retry_after) {
                        self.pause(after.clamp(AGAIN, LONGEST)).await?;
                    } else {
                        return Ok(page);
                    }
                }
                Err(error) => {
                    self.acknowledged.unknown = true;
                    self.refused(step, lost(&error));
                    self.pause(AGAIN).await?;
                }
            }
        }
    }

    async fn once(
        &mut self,
        to: &str,
        request: impl Fn(&Client, String) -> RequestBuilder,
    ) -> Result<Page, reqwest::Error> {
        let address = self.site.at(self.node, to);
        let own = address != to || to.starts_with(&self.site.origin);
        let request = request(self.client, address);
        let request = match self.site.host().filter(|_| own) {
            Some(host) => request.header(HOST, host),
            None => request,
        };
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) };
        let response = request.send().await.inspect_err(|error| {
            // Whoever is behind a balancer is led to another node.
            if error.is_connect() {
                self.node = self.node.wrapping_add(1);
            }
        })?;
        self.keep_cookies(&response);
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.text().await?;
        let seconds = |text: &str| text.trim().parse().ok().map(Duration::from_secs);
        Ok(Page {
            status,
            body,
            location: header(&headers, &LOCATION).map(str::to_owned),
            retry_after: header(&headers, &RETRY_AFTER).and_then(seconds),
            refresh: header(&headers, &REFRESH).and_then(|text| seconds(text.split(';').next()?)),
        })
    }

    fn keep_cookies(&mut self, response: &Response) {
        for line in response.headers().get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            let mut parts = line.split(';');
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let gone = parts.any(|part| part.trim().eq_ignore_ascii_case("max-age=0"));
            if gone {
                self.cookies.remove(name.trim());
            } else {
                self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }

    /// Waits in the waiting room until it lets one in.
    async fn wait_in_line(&mut self, to: &str) -> Result<(), End> {
        let (begun, mut last) = (Instant::now(), None::<u64>);
        loop {
            let page = match self.once(to, Client::get).await {
                Ok(page) => page,
                Err(error) => {
                    self.refused(Step::WaitingRoom, lost(&error));
                    self.pause(AGAIN).await?;
                    continue;
                }
            };
            // Switched off meanwhile, or let in: it leads on.
            let state = forms::marks(&page.body, "data-waiting").next();
            if page.status == 303 || state.as_deref() == Some("admitted") {
                self.note(Step::WaitingRoom, begun.elapsed());
                // A site that sends back to the line at once is not asked without a pause, nor for ever.
                return self.pause(AGAIN).await;
            }
            let position = forms::marks(&page.body, "data-position").next().and_then(|n| n.parse().ok());
            if last.zip(position).is_some_and(|(before, now)| now > before) {
                self.pushed_back = self.pushed_back.saturating_add(1);
            }
            last = position.or(last);
            self.pause(page.again()).await?;
        }
    }

    /// # Errors
    /// [`End::GaveUp`] when the patience does not last so long.
    pub(crate) async fn pause(&mut self, time: Duration) -> Result<(), End> {
        if Instant::now().checked_add(time).is_none_or(|until| until > self.gives_up) {
            return Err(End::GaveUp);
        }
        tokio::time::sleep(time).await;
        Ok(())
    }

    /// Notes a time.
    pub(crate) fn note(&mut self, step: Step, took: Duration) {
        self.samples.push(Sample { at: self.start.elapsed(), step, took });
    }

    fn refused(&mut self, step: Step, said: &str) {
        self.refusals.push(Refusal { step, said: said.trim().to_owned() });
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &reqwest::header::HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// What happened to a connection, in a few words, so that they can be counted.
fn lost(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    }
}

/// The path of an address, without its query.
pub(crate) fn path(address: &str) -> &str {
    let behind = address
        .split_once("://")
        .map_or(address, |(_, rest)| rest.find('/').map_or("/", |at| rest.get(at..).unwrap_or("/")));
    behind.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_without_origin_and_query() {
        assert_eq!(path("http://127.0.0.1:8080/waiting?next=%2Flogin"), "/waiting");
        assert_eq!(path("/registration#paid"), "/registration");
        assert_eq!(path("https://example.cn"), "/");
    }

    #[test]
    fn a_site_of_several_nodes_is_asked_by_its_name_at_one_of_them() {
        let one = Site { origin: "http://a".to_owned(), nodes: Vec::new() };
        assert_eq!((one.at(7, "/x"), one.host()), ("http://a/x".to_owned(), None));
        let nodes = ["http://127.0.0.1:1", "http://127.0.0.1:2"].map(str::to_owned).to_vec();
        let three = Site { nodes, ..one };
        assert_eq!(three.at(3, "/x"), "http://127.0.0.1:2/x");
        assert_eq!(
            three.at(2, "http://a/payment/return/alipay?n=1"),
            "http://127.0.0.1:1/payment/return/alipay?n=1"
        );
        assert_eq!(three.at(2, "https://gateway/x"), "https://gateway/x");
        assert_eq!(three.host(), Some("a"));
    }
}
