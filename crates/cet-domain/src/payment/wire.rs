//! The HTTP transport to the gateways: one request at a time, short, bounded, never redirected (TH67).

use std::time::Duration;

use futures_util::future::BoxFuture;
use gateway::{HttpReply, HttpRequest, Verb};
use jiff::Timestamp;

use crate::causes::causes;

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
    /// The headers that are text: signatures stand there.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A response of which nothing but status and body matters.
    #[must_use]
    pub const fn plain(status: u16, body: Vec<u8>) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    /// The response in the form that the protocols' parsers take, with our own time when it was asked for.
    #[must_use]
    pub fn parts(&self, at: Timestamp) -> HttpReply<'_> {
        HttpReply { status: self.status, headers: &self.headers, body: &self.body, at }
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
    fn load(&self, _bill: HttpRequest) -> BoxFuture<'_, Result<Reply, NoReply>> {
        Box::pin(async { Err(NoReply::Broken) })
    }
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
        Box::pin(read(self.request(request), MOST_BYTES))
    }

    fn load(&self, bill: HttpRequest) -> BoxFuture<'_, Result<Reply, NoReply>> {
        Box::pin(read(self.request(bill).timeout(BILL_TIMEOUT), MOST_BILL_BYTES))
    }
}

impl HttpWire {
    fn request(&self, request: HttpRequest) -> reqwest::RequestBuilder {
        let begun = match request.verb {
            Verb::Get => self.client.get(&request.url),
            Verb::Post => {
                self.client.post(&request.url).header("content-type", request.content_type).body(request.body)
            }
        };
        request.headers.into_iter().fold(begun, |begun, (name, value)| begun.header(name, value))
    }
}

async fn read(request: reqwest::RequestBuilder, most: usize) -> Result<Reply, NoReply> {
    let mut response = request.send().await.map_err(|error| no_reply(&error))?;
    let status = response.status().as_u16();
    let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        value.to_str().ok().map(|value| (name.as_str().to_owned(), value.to_owned()))
    };
    let headers = response.headers().iter().filter_map(text).collect();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| no_reply(&error))? {
        if body.len().saturating_add(chunk.len()) > most {
            return Err(NoReply::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, headers, body })
}

fn no_reply(error: &reqwest::Error) -> NoReply {
    // Without the address, which names an order.
    let cause = causes(std::error::Error::source(error));
    tracing::warn!(cause, timeout = error.is_timeout(), "a gateway was not reached, or broke off");
    if error.is_timeout() { NoReply::Timeout } else { NoReply::Broken }
}

#[cfg(test)]
#[path = "tests/wire.rs"]
mod tests;
