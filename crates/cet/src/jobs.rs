//! Runs the rooms' jobs on this node. A job takes work in small batches, is safe on any number of nodes, and carries
//! on where another node or an earlier life of this one left off (O3).

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;
use crate::outbox::delivery::Delivery;
use crate::store::DbError;

/// How long a job rests when there was nothing to do: a freed seat must be back within 5 s (R13).
const REST: Duration = Duration::from_secs(1);
/// How long it rests after an error.
const AFTER_ERROR: Duration = Duration::from_secs(3);

/// Starts all jobs, which run as long as the set is kept; they end soon after `stop` turns true.
#[must_use]
pub fn start(app: &App, delivery: Delivery, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    let catalogue = app.clone();
    jobs.spawn(repeat("catalogue", app.clone(), stop.clone(), async move || {
        catalogue.catalogue.refresh(&catalogue.db).await.map(|_| 0)
    }));
    let seats = app.clone();
    jobs.spawn(repeat("expiry", app.clone(), stop.clone(), async move || {
        crate::entry::jobs::sweep(&seats.db, seats.catalogue.get()).await
    }));
    let schools = app.clone();
    jobs.spawn(repeat("collective-payment", app.clone(), stop.clone(), async move || {
        crate::collective_payment::jobs::release_due(&schools).await
    }));
    let orders = app.clone();
    jobs.spawn(repeat("orders", app.clone(), stop.clone(), async move || {
        crate::payment::jobs::ask_due(&orders.shop).await.map(|n| i64::try_from(n).unwrap_or(1))
    }));
    let refunds = app.clone();
    jobs.spawn(repeat("refunds", app.clone(), stop.clone(), async move || {
        crate::payment::jobs::refund_due(&refunds.shop).await.map(|n| i64::try_from(n).unwrap_or(1))
    }));
    let ended = app.clone();
    jobs.spawn(repeat("sweep", app.clone(), stop.clone(), async move || {
        crate::passport::jobs::sweep(&ended).await
    }));
    let forgotten = app.clone();
    jobs.spawn(repeat("recovery", app.clone(), stop.clone(), async move || {
        crate::passport::jobs::recover(&forgotten).await
    }));
    let imports = app.clone();
    jobs.spawn(repeat("imports", app.clone(), stop.clone(), async move || {
        crate::import::jobs::sweep(&imports.db).await
    }));
    let log = app.clone();
    jobs.spawn(repeat("audit", app.clone(), stop.clone(), async move || {
        crate::audit::link_some(&log.db).await
    }));
    let staff = app.clone();
    jobs.spawn(repeat("staff", app.clone(), stop.clone(), async move || {
        crate::staff::jobs::sweep(&staff.db).await
    }));
    let mail = app.clone();
    jobs.spawn(repeat("mail", app.clone(), stop.clone(), async move || {
        crate::outbox::jobs::send_due(&mail.db, &mail.vault, &delivery).await
    }));
    jobs
}

/// Repeats a job until told to stop: at once while there is work, else after a rest or a wake-up.
async fn repeat<F>(name: &'static str, app: App, mut stop: watch::Receiver<bool>, job: F)
where
    F: AsyncFn() -> Result<i64, DbError>,
{
    while !*stop.borrow() {
        let rest = match job().await {
            Ok(0) => REST,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(job = name, %error, "a job failed; it is tried again");
                AFTER_ERROR
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = app.wake.notified() => {}
            _ = stop.changed() => {}
        }
    }
}
