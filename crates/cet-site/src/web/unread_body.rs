//! Request bodies that were not read when the response was made: a refusal before the body (303, 403, 404, 405, 413,
//! 415, 421) must not cost the next client on the same connection its response (RFC 9112, sections 9.3 and 9.6).
//!
//! A small rest of the body is drained, so that the connection stays usable; for a larger one the response says
//! `Connection: close`, and the rest is still drained for a while, because a reset would make the client lose the
//! response.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::{HeaderValue, Request, header};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::sync::Semaphore;

/// The largest rest that is drained to keep the connection usable.
const KEEP: u64 = 64 * 1024;
/// The timeout of that.
const KEEP_TIME: Duration = Duration::from_secs(2);
/// The most that is drained before a connection with `Connection: close` is closed.
const LINGER: u64 = 32 * 1024 * 1024;
/// The timeout of that.
const LINGER_TIME: Duration = Duration::from_secs(5);
/// The number of connections that may be drained after `Connection: close`; further ones are closed immediately.
static LINGERING: Semaphore = Semaphore::const_new(256);

/// A request's body that the server can still read after the handler has read or dropped it.
#[derive(Clone)]
pub(super) struct UnreadBody(Arc<Mutex<Incoming>>);

impl UnreadBody {
    /// Wraps the body so that it can still be read later, unless the request has none.
    pub(super) fn keep(request: Request<Incoming>) -> (Request<Body>, Option<Self>) {
        let (parts, body) = request.into_parts();
        if body.is_end_stream() {
            return (Request::from_parts(parts, Body::empty()), None);
        }
        let kept = Self(Arc::new(Mutex::new(body)));
        let body = Body::new(kept.clone());
        (Request::from_parts(parts, body), Some(kept))
    }

    fn rest(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }

    /// Drains at most `most` bytes; returns whether the body ended.
    async fn read_away(&mut self, most: u64) -> bool {
        let mut left = most;
        while let Some(frame) = self.frame().await {
            let Ok(frame) = frame else { return false };
            let length = frame.data_ref().map_or(0, Bytes::len);
            let Some(rest) = left.checked_sub(u64::try_from(length).unwrap_or(u64::MAX)) else {
                return false;
            };
            left = rest;
        }
        true
    }

    /// Prepares the connection for the next request, after the response is made and before it is sent.
    pub(super) async fn settle(mut self, waits_for_leave: bool, response: &mut Response) {
        if self.is_end_stream() {
            return;
        }
        if !waits_for_leave && self.rest().lower() <= KEEP {
            let ended = tokio::time::timeout(KEEP_TIME, self.read_away(KEEP)).await;
            if ended == Ok(true) {
                return;
            }
        }
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        if waits_for_leave {
            return;
        }
        if let Ok(place) = LINGERING.try_acquire() {
            tokio::spawn(async move {
                let _ended = tokio::time::timeout(LINGER_TIME, self.read_away(LINGER)).await;
                drop(place);
            });
        }
    }
}

impl HttpBody for UnreadBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.rest()
    }
}
