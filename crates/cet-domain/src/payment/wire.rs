//! The HTTP transport to the gateways: one POST at a time, short, bounded, never redirected (TH67).

use std::time::Duration;

use futures_util::future::BoxFuture;
use gateway::{HttpReply, HttpRequest};

/// The timeout of a request.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest response that is read, in bytes.
const MOST_BYTES: usize = 64 * 1024;
/// The timeout of a bill.
const BILL_TIMEOUT: Duration = Duration::from_mins(5);
/// The most bytes of a bill that are loaded into memory; a larger one is uploaded.
const MOST_BILL_BYTES: usize = 128 * 1024 * 1024;

/// A gateway's complete response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// The response in the form that the protocols' parsers take.
    #[must_use]
    pub fn parts(&self) -> HttpReply<'_> {
        HttpReply { status: self.status, body: &self.body }
    }
}

/// No complete response arrived: what the gateway did is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoReply {
    /// No connection, or it broke.
    Broken,
    /// Too slow.
    Timeout,
    /// Longer than any legitimate response.
    TooLong,
}

/// Sends requests to gateways; tests replace it by a simulator.
pub trait Wire: Send + Sync {
    /// Sends one request and reads the complete response.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<Reply, NoReply>>;

    /// Loads a bill, which is larger and slower than any other response.
    fn load(&self, _bill: Load) -> BoxFuture<'_, Result<Reply, NoReply>> {
        Box::pin(async { Err(NoReply::Broken) })
    }
}

/// Where a bill is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// At a URL.
    At(String),
    /// In the response to a request.
    By(HttpRequest),
}

/// The real network.
#[derive(Debug, Clone)]
pub struct HttpWire {
    client: reqwest::Client,
}

impl HttpWire {
    /// Creates the HTTP client of this process.
    ///
    /// # Errors
    /// [`reqwest::Error`] when the system's certificates can't be used.
    pub fn new() -> Result<Self, reqwest::Error> {
        // An earlier installation chose the same: the program has no other provider.
        let _installed_before = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { client })
    }
}

impl Wire for HttpWire {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<Reply, NoReply>> {
        Box::pin(read(self.post(request), MOST_BYTES))
    }

    fn load(&self, bill: Load) -> BoxFuture<'_, Result<Reply, NoReply>> {
        let request = match bill {
            Load::At(url) => self.client.get(url),
            Load::By(request) => self.post(request),
        };
        Box::pin(read(request.timeout(BILL_TIMEOUT), MOST_BILL_BYTES))
    }
}

impl HttpWire {
    fn post(&self, request: HttpRequest) -> reqwest::RequestBuilder {
        self.client.post(&request.url).header("content-type", request.content_type).body(request.body)
    }
}

async fn read(request: reqwest::RequestBuilder, most: usize) -> Result<Reply, NoReply> {
    let mut response = request.send().await.map_err(|error| no_reply(&error))?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| no_reply(&error))? {
        if body.len().saturating_add(chunk.len()) > most {
            return Err(NoReply::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, body })
}

fn no_reply(error: &reqwest::Error) -> NoReply {
    if error.is_timeout() { NoReply::Timeout } else { NoReply::Broken }
}

#[cfg(test)]
#[path = "tests/wire.rs"]
mod tests;
