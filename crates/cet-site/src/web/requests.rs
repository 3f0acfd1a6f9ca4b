//! Counts, times and logs every request by its route, never by its sender or its actual path (TH18, TH60). A route is
//! the router's pattern, such as `/payment/{order}`, so that the number of series is bounded; a request that matches
//! none has the route `other`.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use http::Method;

use super::error_views::Incident;
use cet_base::meter::{Counter, Histogram};

/// The target of the request log, for `CET_LOG`: `info,request=off` is a log without it.
pub const LOG: &str = "request";
/// Lines of the request log that this process dropped because stderr was too slow.
pub static LOST: AtomicU64 = AtomicU64::new(0);
/// The route of requests that match none, and the method label of unknown methods.
const OTHER: &str = "other";
/// The status of a request whose client disconnected before the response.
const GONE: u16 = 499;

/// The requests of this node since its start.
#[derive(Debug, Default)]
pub struct Requests(RwLock<HashMap<Box<str>, Arc<Route>>>);

/// The requests of one route.
#[derive(Debug)]
pub struct Route {
    /// The pattern.
    pub name: Box<str>,
    /// Durations until the head of the response.
    pub seconds: Histogram,
    answers: RwLock<BTreeMap<(&'static str, u16), Counter>>,
}

impl Requests {
    /// Starts timing a request. It is recorded by [`Begun::answered`], or with status 499 if it is dropped before.
    pub fn begins(&self, request: &Request) -> Begun {
        let pattern = request.extensions().get::<MatchedPath>().map_or(OTHER, MatchedPath::as_str);
        Begun {
            route: self.route(pattern),
            method: method(request.method()),
            since: Instant::now(),
            recorded: false,
        }
    }

    fn route(&self, pattern: &str) -> Arc<Route> {
        if let Some(route) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
            return Arc::clone(route);
        }
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            Arc::new(Route {
                name: pattern.into(),
                seconds: Histogram::default(),
                answers: RwLock::default(),
            })
        };
        Arc::clone(routes.entry(pattern.into()).or_insert_with(fresh))
    }

    /// The routes that were requested, sorted by pattern.
    #[must_use]
    pub fn routes(&self) -> Vec<Arc<Route>> {
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = routes.values().map(Arc::clone).collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }
}

impl Route {
    fn note(&self, method: &'static str, status: u16, begun: Instant) -> f64 {
        let took = begun.elapsed();
        self.seconds.observe(took);
        let key = (method, status);
        let known = self.answers.read().unwrap_or_else(PoisonError::into_inner).get(&key).map(Counter::inc);
        if known.is_none() {
            self.answers.write().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().inc();
        }
        took.as_secs_f64()
    }

    /// Method, status and count of the responses.
    #[must_use]
    pub fn answers(&self) -> Vec<(&'static str, u16, u64)> {
        let answers = self.answers.read().unwrap_or_else(PoisonError::into_inner);
        answers.iter().map(|((method, status), count)| (*method, *status, count.get())).collect()
    }
}

/// A request without a response yet.
pub struct Begun {
    route: Arc<Route>,
    method: &'static str,
    since: Instant,
    recorded: bool,
}

impl Begun {
    /// Records the response.
    pub fn answered(mut self, response: &Response) {
        let incident = response.extensions().get::<Incident>().map(|incident| incident.number.as_str());
        self.record(response.status().as_u16(), incident);
    }

    fn record(&mut self, status: u16, incident: Option<&str>) {
        self.recorded = true;
        let seconds = self.route.note(self.method, status, self.since);
        let (method, route) = (self.method, &*self.route.name);
        if status >= 500 {
            tracing::warn!(target: LOG, method, route, status, seconds, incident, "request");
        } else {
            tracing::info!(target: LOG, method, route, status, seconds, "request");
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if !self.recorded {
            self.record(GONE, None);
        }
    }
}

/// A client may send any word as a method, so unknown ones share a label.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => OTHER,
    }
}

#[cfg(test)]
#[path = "requests_tests.rs"]
mod tests;
