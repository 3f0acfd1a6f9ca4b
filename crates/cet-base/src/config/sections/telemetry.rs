//! Where metrics go besides `/metrics`.

use serde::Deserialize;

use super::Say;

/// `[telemetry]`: where this node sends its metrics, besides serving `/metrics`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// An OpenTelemetry collector that accepts OTLP over HTTP, without `/v1/metrics`. `None`: nothing is sent.
    pub otlp_endpoint: Option<String>,
}

impl Telemetry {
    pub(in crate::config) fn check(&self, say: Say<'_>) {
        let Some(endpoint) = &self.otlp_endpoint else { return };
        let uri = endpoint.parse::<http::Uri>().ok();
        let good = uri.as_ref().is_some_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some_and(|host| !host.is_empty())
                && uri.query().is_none()
                && !uri.authority().is_some_and(|place| place.as_str().contains('@'))
        });
        if !good {
            say(
                "telemetry.otlp_endpoint",
                format!("\"{endpoint}\": expected the address of a collector, as http://127.0.0.1:4318"),
            );
        } else if endpoint.trim_end_matches('/').ends_with("/v1/metrics") {
            say(
                "telemetry.otlp_endpoint",
                format!("\"{endpoint}\": expected the address without /v1/metrics, which is added"),
            );
        }
    }
}
