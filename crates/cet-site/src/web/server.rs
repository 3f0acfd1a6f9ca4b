//! The HTTP server: limits on connections, headers and time, and a graceful shutdown that loses no request.
//!
//! A shutdown has two phases, so that a load balancer can take a node out first: while it drains, a node serves as
//! before and closes each connection with its next response; then it accepts no more connections and closes the
//! remaining ones.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, Request, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tower::Service;

use super::connections::{Connections, Place};
use super::unread_body::UnreadBody;
use super::visitor::Peer;

/// The timeout for reading a request's headers (TH58).
const HEADERS: Duration = Duration::from_secs(10);
/// How long a shutdown waits for requests in progress.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum size of a request's headers.
const HEADER_BYTES: usize = 32 * 1024;

/// The backlog of connections that the kernel holds until they are accepted: on a day of tickets thousands arrive
/// within a second, and one that finds the backlog full retries only a second later.
const QUEUE: u32 = 4_096;

/// Listens on an address.
///
/// # Errors
/// If the address can't be bound.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

/// The shutdown phase of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Normal operation.
    Serving,
    /// Still serving, but not ready, and closing each connection with its next response.
    Draining,
    /// Accepting no more connections.
    Stopping,
}

/// A phase that never changes, for servers that end with their process.
#[must_use]
pub fn always_serving() -> watch::Receiver<Phase> {
    watch::channel(Phase::Serving).1
}

/// Serves until the phase is [`Phase::Stopping`], then closes the connections gracefully.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: Connections,
    mut phase: watch::Receiver<Phase>,
) {
    let graceful = GracefulShutdown::new();
    let answers = phase.clone();
    let mut stop = std::pin::pin!(stopping(&mut phase));
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &connections) => accepted,
            () = &mut stop => break,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let _slower = stream.set_nodelay(true);
        let (router, answers) = (router.clone(), answers.clone());
        let service = service_fn(move |request| answer(router.clone(), peer, request, answers.clone()));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .max_buf_size(HEADER_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let _ended = connection.await;
            drop(place);
        });
    }
    drop(listener);
    let _late = tokio::time::timeout(SHUTDOWN_TIMEOUT, graceful.shutdown()).await;
}

/// Completes when no more connections are to be accepted; never, if the sender is dropped.
async fn stopping(phase: &mut watch::Receiver<Phase>) {
    if phase.wait_for(|phase| *phase == Phase::Stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Accepts the next connection, once there is room. One whose network has its share is closed at once.
async fn accept(listener: &TcpListener, connections: &Connections) -> Option<(TcpStream, SocketAddr, Place)> {
    let room = connections.room().await?;
    match listener.accept().await {
        Ok((stream, peer)) => connections.place(room, peer).map(|place| (stream, peer, place)),
        Err(error) => {
            // Usually out of file descriptors: another connection may close soon.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn answer(
    mut router: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
    phase: watch::Receiver<Phase>,
) -> Result<Response<Body>, std::convert::Infallible> {
    let waits_for_leave = request.headers().contains_key(header::EXPECT);
    let (mut request, unread) = UnreadBody::keep(request);
    request.extensions_mut().insert(Peer(peer));
    let mut response = router.call(request).await?;
    if let Some(unread) = unread {
        unread.settle(waits_for_leave, &mut response).await;
    }
    if *phase.borrow() != Phase::Serving {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
