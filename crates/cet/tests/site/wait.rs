//! Waiting for other processes, and addresses for them.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Only a failing test waits for this long, so it is more than a slow machine needs.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Asks until there is an answer, for at most [`PATIENCE`].
pub(crate) async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return Some(answer);
        }
        if began.elapsed() > PATIENCE {
            return None;
        }
        // It happens in another process, so there is no event to wait for in this one.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An address of this machine that nobody listens on. Below the ports that the system gives to outgoing connections: one
/// of those may be taken by any browser while a test holds only its number.
pub(crate) fn free_address() -> SocketAddr {
    const FIRST: u32 = 18_000;
    const PORTS: u32 = 12_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Two runs at the same time begin at different ports.
    let start = std::process::id().wrapping_mul(97);
    (0..PORTS)
        .map(|_| start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % PORTS)
        .map(|port| SocketAddr::from(([127, 0, 0, 1], u16::try_from(FIRST + port).unwrap())))
        .find(|address| TcpListener::bind(address).is_ok())
        .expect("a free port")
}
