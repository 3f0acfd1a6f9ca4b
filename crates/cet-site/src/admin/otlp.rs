//! Sends the metrics of `/metrics` to an OpenTelemetry collector as OTLP/HTTP with JSON encoding, which needs no
//! further dependencies. The official OTLP crates would add 18 packages and record every value twice.

use std::error::Error as _;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::exposition::{Exposition, Label, Metric, Values};
use super::figures::Figures;
use crate::app::App;
use cet_base::meter::Recorded;
use cet_base::words::time::Time;

/// The export interval.
const EVERY: Duration = Duration::from_secs(30);
/// The timeout of one export.
const TIMEOUT: Duration = Duration::from_secs(10);
/// `AGGREGATION_TEMPORALITY_CUMULATIVE`: values are totals since the start.
const CUMULATIVE: u8 = 2;

/// A client for the collector.
pub struct Collector {
    client: reqwest::Client,
    address: String,
}

/// Why an export failed.
#[derive(Debug)]
enum NotTaken {
    /// No response.
    Sending(reqwest::Error),
    /// A response with a status other than success.
    Status(u16),
}

impl std::fmt::Display for NotTaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // `Connection refused` and the like are only in the causes.
            Self::Sending(error) => {
                write!(f, "{error}")?;
                let mut cause = error.source();
                while let Some(why) = cause {
                    write!(f, ": {why}")?;
                    cause = why.source();
                }
                Ok(())
            }
            Self::Status(status) => write!(f, "it answered {status}"),
        }
    }
}

impl std::error::Error for NotTaken {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Sending(error) => Some(error),
            Self::Status(_) => None,
        }
    }
}

impl Collector {
    /// The collector named in the configuration, if any.
    ///
    /// # Errors
    /// [`reqwest::Error`] if the system's certificates can't be loaded.
    pub fn of(app: &App) -> Result<Option<Self>, reqwest::Error> {
        let Some(endpoint) = &app.config.telemetry.otlp_endpoint else { return Ok(None) };
        // A provider that is installed already is the same one: the program has no other.
        let _installed_before = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Some(Self { client, address: format!("{}/v1/metrics", endpoint.trim_end_matches('/')) }))
    }

    /// Exports periodically until told to stop, and then once more: what happened since the last export is not lost. Logs
    /// when exports begin to fail and when they work again.
    pub async fn feed(self, app: App, mut stop: watch::Receiver<bool>) {
        let (figures, start) = (Figures::default(), app.db.clock().process_now());
        let mut failing = false;
        loop {
            let is_last = *stop.borrow();
            let told = self.send(&app, &figures, start).await;
            match &told {
                Err(error) if !failing => {
                    tracing::warn!(%error, "the collector does not accept metrics; retrying");
                }
                Ok(()) if failing => tracing::info!("the collector accepts metrics again"),
                _ => {}
            }
            failing = told.is_err();
            if is_last {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                changed = stop.changed() => if changed.is_err() { return },
            }
        }
    }

    async fn send(&self, app: &App, figures: &Figures, start: Time) -> Result<(), NotTaken> {
        let all = Exposition::now(app, figures).await;
        let body = request(app, all.metrics(), Span { start, end: app.db.clock().process_now() });
        let sent = self.client.post(&self.address).header("content-type", "application/json");
        let answer = sent.body(body.to_string()).send().await.map_err(NotTaken::Sending)?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(NotTaken::Status(status.as_u16())) }
    }
}

/// The period that the values cover: since the node's start.
#[derive(Clone, Copy)]
struct Span {
    start: Time,
    end: Time,
}

/// `ExportMetricsServiceRequest`.
fn request(app: &App, metrics: &[Metric], span: Span) -> Value {
    let resource = [
        ("service.name", "cet".into()),
        ("service.version", env!("CARGO_PKG_VERSION").into()),
        ("service.instance.id", app.config.server.node.to_string().into()),
    ];
    // A metric without values is omitted.
    let metrics: Vec<Value> = metrics.iter().filter_map(|metric| one(metric, span)).collect();
    json!({ "resourceMetrics": [{
        "resource": { "attributes": attributes(&resource) },
        "scopeMetrics": [{ "scope": { "name": "cet" }, "metrics": metrics }],
    }] })
}

fn one(metric: &Metric, span: Span) -> Option<Value> {
    let (kind, data) = match &metric.values {
        Values::Counter(numbers) => (
            "sum",
            json!({
                "aggregationTemporality": CUMULATIVE,
                "isMonotonic": true,
                "dataPoints": points(numbers, |labels, number| number_point(labels, *number, span))?,
            }),
        ),
        Values::Gauge(numbers) => (
            "gauge",
            json!({ "dataPoints": points(numbers, |labels, number| number_point(labels, *number, span))? }),
        ),
        Values::Times(times) => (
            "histogram",
            json!({
                "aggregationTemporality": CUMULATIVE,
                "dataPoints": points(times, |labels, times| times_point(labels, times, span))?,
            }),
        ),
    };
    let unit = if metric.name.ends_with("_seconds") { "s" } else { "" };
    Some(json!({ "name": metric.name, "description": metric.help, "unit": unit, kind: data }))
}

fn points<N>(values: &[(Vec<Label>, N)], point: impl Fn(&[Label], &N) -> Value) -> Option<Vec<Value>> {
    let points: Vec<Value> = values.iter().map(|(labels, value)| point(labels, value)).collect();
    (!points.is_empty()).then_some(points)
}

fn number_point(labels: &[Label], number: u64, span: Span) -> Value {
    json!({
        "attributes": attributes(labels),
        "startTimeUnixNano": nanoseconds(span.start),
        "timeUnixNano": nanoseconds(span.end),
        "asInt": number.to_string(),
    })
}

fn times_point(labels: &[Label], times: &Recorded, span: Span) -> Value {
    let counts: Vec<String> = times.buckets.iter().map(|(_, count)| count.to_string()).collect();
    // The last bucket has no upper bound.
    let bounds: Vec<f64> =
        times.buckets.iter().map(|(bound, _)| *bound).filter(|bound| bound.is_finite()).collect();
    json!({
        "attributes": attributes(labels),
        "startTimeUnixNano": nanoseconds(span.start),
        "timeUnixNano": nanoseconds(span.end),
        "count": times.count.to_string(),
        "sum": times.sum,
        "bucketCounts": counts,
        "explicitBounds": bounds,
    })
}

fn attributes(labels: &[Label]) -> Vec<Value> {
    let one = |(key, value): &Label| json!({ "key": key, "value": { "stringValue": value } });
    labels.iter().map(one).collect()
}

/// OTLP's JSON encoding writes 64-bit integers as strings.
fn nanoseconds(at: Time) -> String {
    at.timestamp().as_nanosecond().to_string()
}

#[cfg(test)]
#[path = "otlp_tests.rs"]
mod tests;
