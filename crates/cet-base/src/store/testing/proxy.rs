//! A network between the program and PostgreSQL that can be cut, silenced and restored.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::store::testing::{TestDb, with};
use crate::store::{Address, Clock, Db, Limits, Settings};

/// What the proxy does with the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Cut {
    /// Passes it on.
    Nothing,
    /// Closes the connection at the next message from the program.
    AtNext,
    /// Passes nothing on, and closes no connection.
    Silent,
    /// Closes the connection when it sees COMMIT; PostgreSQL does not get it.
    BeforeCommit,
    /// PostgreSQL gets and executes COMMIT; its answer is lost with the connection.
    AfterCommit,
    /// COMMIT is not passed on, and the connection stays.
    SilentBeforeCommit,
    /// PostgreSQL executes COMMIT; its answer is not passed on, and the connection stays.
    SilentAfterCommit,
}

const ALL: [Cut; 7] = [
    Cut::Nothing,
    Cut::AtNext,
    Cut::Silent,
    Cut::BeforeCommit,
    Cut::AfterCommit,
    Cut::SilentBeforeCommit,
    Cut::SilentAfterCommit,
];

/// COMMIT as the program sends it, and as PostgreSQL confirms it.
const COMMIT: &[u8] = b"COMMIT\0";

/// The network; it ends with the test.
pub struct Proxy {
    address: SocketAddr,
    upstream: String,
    cut: Arc<AtomicU8>,
    running: Option<tokio::task::JoinHandle<()>>,
}

/// Limits for tests, short where a test waits for them to expire.
pub fn short() -> Limits {
    let short = Duration::from_millis(300);
    Limits {
        lock: short,
        wait: short,
        grace: short,
        commit: short,
        connect: Duration::from_secs(3),
        ..Limits::default()
    }
}

impl Proxy {
    pub async fn before(t: &TestDb) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let Address { config, .. } = t.url.parse().unwrap();
        let [tokio_postgres::config::Host::Tcp(host)] = config.get_hosts() else {
            panic!("PostgreSQL by TCP")
        };
        let upstream = format!("{host}:{}", config.get_ports().first().unwrap_or(&5432));
        let cut = Arc::new(AtomicU8::new(Cut::Nothing as u8));
        let running = Some(tokio::spawn(accept(listener, upstream.clone(), Arc::clone(&cut))));
        Self { address, upstream, cut, running }
    }

    /// The address of the database through the proxy; without TLS, which would hide COMMIT.
    pub fn url(&self, t: &TestDb) -> String {
        with(&t.url.replace(&self.upstream, &self.address.to_string()), "sslmode=disable")
    }

    /// Opens the database through the proxy.
    pub async fn open(&self, t: &TestDb, clock: Clock, limits: Limits) -> Db {
        let settings = Settings { url: self.url(t), pool: 8, durable: false, clock, node: 901 };
        Db::open_with(settings, limits).await.unwrap()
    }

    pub fn set(&self, cut: Cut) {
        self.cut.store(cut as u8, Ordering::SeqCst);
    }

    /// Closes every connection and refuses new ones, like a stopped server.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            let _aborted = running.await;
        }
    }

    pub async fn start(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.running = Some(tokio::spawn(accept(listener, self.upstream.clone(), Arc::clone(&self.cut))));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
        }
    }
}

async fn accept(listener: TcpListener, upstream: String, cut: Arc<AtomicU8>) {
    let mut connections = JoinSet::new();
    while let Ok((ours, _)) = listener.accept().await {
        let Ok(theirs) = TcpStream::connect(&upstream).await else { continue };
        let cut = Arc::clone(&cut);
        connections.spawn(async move {
            let (from_us, to_us) = ours.into_split();
            let (from_them, to_them) = theirs.into_split();
            // When either direction ends, the connection ends.
            tokio::select! {
                () = pass(from_us, to_them, &cut, true) => {}
                () = pass(from_them, to_us, &cut, false) => {}
            }
        });
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, cut: &AtomicU8, asking: bool) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(n @ 1..) = from.read(&mut buffer).await {
        let bytes = &buffer[..n];
        let commit = bytes.windows(COMMIT.len()).any(|part| part == COMMIT);
        match ALL[usize::from(cut.load(Ordering::SeqCst))] {
            Cut::AtNext if asking => return,
            Cut::BeforeCommit if asking && commit => return,
            Cut::AfterCommit if !asking && commit => return,
            Cut::Silent => continue,
            Cut::SilentBeforeCommit if asking && commit => continue,
            Cut::SilentAfterCommit if !asking && commit => continue,
            _ => {}
        }
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}
