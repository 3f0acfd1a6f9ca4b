//! One node at work: the site, the admin addresses, the jobs, and an orderly end.

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::{App, StartError};
use crate::config::{CaptchaMode, Config};
use crate::outbox::delivery::Delivery;
use crate::web::server;
use crate::{admin, jobs, site};

/// Serves until `stop` is done; then no request that began is lost and the jobs end after their batch.
///
/// # Errors
/// [`StartError`] when mail or the admin address can't be set up.
pub async fn run(app: App, listener: TcpListener, stop: impl Future<Output = ()>) -> Result<(), StartError> {
    let delivery = Delivery::open(&app.config.mail).map_err(StartError::Setting)?;
    let (stopping, stopped) = watch::channel(false);
    let jobs = jobs::start(&app, delivery, &stopped);
    let admin = match app.config.server.admin_listen {
        Some(address) => {
            let listener = TcpListener::bind(address)
                .await
                .map_err(|error| StartError::Setting(format!("server.admin_listen: {error}")))?;
            let mut stopped = stopped.clone();
            let until = async move {
                let _gone = stopped.wait_for(|stop| *stop).await;
            };
            Some(tokio::spawn(server::serve(listener, admin::router(&app), until)))
        }
        None => None,
    };
    server::serve(listener, site::router(&app), stop).await;
    let _no_listener = stopping.send(true);
    app.wake_jobs();
    jobs.end().await;
    if let Some(admin) = admin {
        let _ended = admin.await;
    }
    Ok(())
}

/// Done when the process is asked to end (SIGINT, SIGTERM).
pub async fn stop_signal() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// What the start says when protection is off.
#[must_use]
pub fn rehearsal_warning(config: &Config) -> Option<&'static str> {
    match (config.rehearsal, config.captcha.mode) {
        (true, CaptchaMode::Off) => Some("this is a rehearsal, and captchas are off"),
        (true, CaptchaMode::On) => Some("this is a rehearsal"),
        (false, CaptchaMode::Off) => Some("captchas are off"),
        (false, CaptchaMode::On) => None,
    }
}
