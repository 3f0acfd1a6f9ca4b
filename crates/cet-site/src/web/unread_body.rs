//! Bodies that were not read when their request was answered: a refusal before the body (303, 403, 404, 405, 413, 415,
//! 421) must not cost the client behind the same connection its answer (RFC 9112, sections 9.3 and 9.6).
//!
//! A small rest is read away, so that the connection stays usable; for a larger one the answer says `Connection: close`,
//! and the rest is read away for a while all the same, because a reset would take the answer from the client.

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

/// The largest rest that is read so that the connection can be used again.
const KEEP: u64 = 64 * 1024;
/// How long that may take.
const KEEP_TIME: Duration = Duration::from_secs(2);
/// The most that is read before a connection that was said to close is closed.
const LINGER: u64 = 32 * 1024 * 1024;
/// How long that may take.
const LINGER_TIME: Duration = Duration::from_secs(5);
/// Connections that are read from at once after their answer; further ones are closed at once.
static LINGERING: Semaphore = Semaphore::const_new(256);

/// A request's body that the server keeps hold of while a handler reads it, or drops it.
#[derive(Clone)]
pub(super) struct UnreadBody(Arc<Mutex<Incoming>>);

impl UnreadBody {
    /// The request with a body that can be taken up again, unless it has none.
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

    /// Reads away at most `most` bytes; returns whether the body ended by that.
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

    /// Brings the connection in order after its answer is made and before it is sent.
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
