//! Runs one node: the site, the admin address, the jobs, and a graceful shutdown.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

use crate::admin::otlp::Collector;
use crate::app::App;
use crate::config::{CaptchaMode, Config};
use crate::outbox::delivery::Delivery;
use crate::store::Stop;
use crate::web::connections::Connections;
use crate::web::server::{self, Phase};
use crate::{admin, jobs, site};
use cet_domain::installation::StartError;
use cet_domain::nodes;

/// Takes the node's number, before it listens.
///
/// # Errors
/// [`StartError::Held`] if another process is running under it.
pub async fn take_number(app: &App) -> Result<(), StartError> {
    let taken = nodes::take(&app.db, &app.holder, async || tokio::time::sleep(nodes::LOOK).await).await;
    taken.map_err(|stop| match stop {
        Stop::Refused(held) => StartError::Held(held),
        Stop::Fault(error) => StartError::Database(error),
    })
}

/// Serves on a site's and perhaps an admin address until the first signal; then drains, so that a load balancer sees that the node is not ready before it stops,
/// and stops after the configured time or at the second signal. No request in progress is lost, and the jobs finish
/// their current batch.
///
/// # Errors
/// [`StartError`] if mail or telemetry can't be set up.
pub async fn run(
    app: App,
    (listener, admin): (TcpListener, Option<TcpListener>),
    signal: impl AsyncFn(),
) -> Result<(), StartError> {
    let delivery = Delivery::open(&app.config.mail).map_err(StartError::Setting)?;
    let (stopping, stopped) = watch::channel(false);
    let jobs = jobs::start(&app, delivery, &stopped);
    let collector = Collector::of(&app)
        .map_err(|error| StartError::Setting(format!("telemetry.otlp_endpoint: {error}")))?;
    // Metrics are exported until everything else has ended.
    let (telemetry_ends, telemetry_ended) = watch::channel(false);
    let mut telemetry = JoinSet::new();
    if let Some(collector) = collector {
        telemetry.spawn(collector.feed(app.clone(), telemetry_ended));
    }
    // The admin address responds until the site's last connection has closed.
    let (admin_ends, admin_phase) = watch::channel(Phase::Serving);
    let admin = admin.map(|listener| {
        // Apart from the site's connections: `/readyz` answers however many those are.
        let monitors = Connections::inside();
        tokio::spawn(server::serve(listener, admin::router(&app), monitors, admin_phase))
    });
    let connections = Connections::of(&app.config);
    let site = server::serve(listener, site::router(&app), connections, app.phase.subscribe());
    tokio::join!(site, drain(&app, signal));
    let _no_listener = stopping.send(true);
    app.wake_jobs();
    jobs.end().await;
    // Otherwise the next start watches it for a moment.
    let _lapses = nodes::give_back(&app.db, &app.holder).await;
    let _no_collector = telemetry_ends.send(true);
    while telemetry.join_next().await.is_some() {}
    let _no_admin = admin_ends.send(Phase::Stopping);
    if let Some(admin) = admin {
        let _ended = admin.await;
    }
    Ok(())
}

/// Moves the node through its shutdown phases.
async fn drain(app: &App, signal: impl AsyncFn()) {
    signal().await;
    app.phase.send_replace(Phase::Draining);
    let seconds = app.config.server.drain;
    tracing::info!(seconds, "shutting down: not ready any more, still serving for {seconds} s");
    tokio::select! {
        () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
        () = signal() => {}
    }
    app.phase.send_replace(Phase::Stopping);
}

/// The signals that ask a process to stop (SIGINT, SIGTERM). They must be registered before the process announces that
/// it has started, because an earlier signal would kill it.
pub struct StopSignals {
    terminate: Mutex<Signal>,
    interrupt: Mutex<Signal>,
}

impl StopSignals {
    /// Registers the signal handlers.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn take() -> std::io::Result<Self> {
        let terminate = Mutex::new(signal(SignalKind::terminate())?);
        Ok(Self { terminate, interrupt: Mutex::new(signal(SignalKind::interrupt())?) })
    }

    /// Completes when a signal has arrived since the last call.
    pub async fn next(&self) {
        let (mut terminate, mut interrupt) = (self.terminate.lock().await, self.interrupt.lock().await);
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

/// The warning at startup when protection is disabled.
#[must_use]
pub fn rehearsal_warning(config: &Config) -> Option<&'static str> {
    match (config.rehearsal, config.captcha.mode) {
        (true, CaptchaMode::Off) => Some("this is a rehearsal, and captchas are off"),
        (true, CaptchaMode::On) => Some("this is a rehearsal"),
        (false, CaptchaMode::Off) => Some("captchas are off"),
        (false, CaptchaMode::On) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::{Request, StatusCode};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::Notify;
    use tower::ServiceExt;

    use super::*;
    use cet_base::on_both;
    use cet_site::testing::TestApp;

    /// Requests a page on its own connection; returns the response's head in lower case.
    async fn ask(address: std::net::SocketAddr) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /about HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n").await.unwrap();
        let mut read = Vec::new();
        while !read.windows(4).any(|four| four == b"\r\n\r\n") {
            let mut some = [0; 4_096];
            let n = stream.read(&mut some).await.unwrap();
            assert!(n > 0, "closed without an answer");
            read.extend_from_slice(&some[..n]);
        }
        String::from_utf8_lossy(&read).to_ascii_lowercase()
    }

    async fn readiness(app: &App) -> StatusCode {
        let request = Request::get("/readyz").body(axum::body::Body::empty()).unwrap();
        admin::router(app).oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_signal_that_comes_before_anybody_waits_for_it_is_kept() {
        let signals = StopSignals::take().unwrap();
        let sent = std::process::Command::new("kill").arg(std::process::id().to_string()).status().unwrap();
        assert!(sent.success());
        tokio::time::timeout(Duration::from_mins(1), signals.next()).await.unwrap();
    }

    on_both! {
        /// O5.
        async fn a_node_that_is_asked_to_stop_is_not_ready_at_once_and_serves_on_until_it_is_asked_again(t: TestDb) {
            let app = TestApp::with(t, &[("CET_SERVER__DRAIN", "300")]).await;
            let listener = server::listen(([127, 0, 0, 1], 0).into()).unwrap();
            let address = listener.local_addr().unwrap();
            let signals = Arc::new(Notify::new());
            let asked = Arc::clone(&signals);
            let signal = move || {
                let asked = Arc::clone(&asked);
                async move { asked.notified().await }
            };
            let node = tokio::spawn(run(app.app.clone(), (listener, None), signal));
            assert!(ask(address).await.contains("200 ok"));
            assert_eq!(readiness(&app.app).await, StatusCode::OK);
            let mut phase = app.app.phase.subscribe();
            signals.notify_one();
            phase.wait_for(|phase| *phase == Phase::Draining).await.unwrap();
            assert_eq!(readiness(&app.app).await, StatusCode::SERVICE_UNAVAILABLE);
            let answer = ask(address).await;
            assert!(answer.contains("200 ok") && answer.contains("connection: close"), "{answer}");
            signals.notify_one();
            node.await.unwrap().unwrap();
            assert!(TcpStream::connect(address).await.is_err());
        }
    }
}
