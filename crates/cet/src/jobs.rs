//! Runs the background jobs of all modules on this node. A job works in small batches, is safe on any number of nodes,
//! and continues where another node, or this one before a restart, left off (O3).
//!
//! No job ends while the node serves: a round that fails or panics is retried after a growing delay, one that hangs is
//! reported and aborted ([`runner`]), and an item that a job can't process is set aside
//! ([`aside`](cet_domain::jobs::batch)).

mod runner;
mod waiting;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use gateway::GatewayCode;
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};

use crate::app::App;
use crate::audit::Linker;
use crate::outbox::delivery::Delivery;
use crate::store::DbError;
use cet_domain::jobs::batch::Round;
use cet_domain::waiting::jobs::Memory;
use runner::Plan;

/// How long a job pauses when there was nothing to do: a freed seat must be available again within 5 s (R13).
const IDLE_PAUSE: Duration = Duration::from_secs(1);
/// How long rows of the audit log are collected before they are linked, however many there are.
const GATHER: Duration = Duration::from_secs(3);
/// Between two batches of mails that messages owe: candidates' own steps go before them on SQLite's single writer, and a
/// node still makes mails for 30 million events a day.
const BETWEEN_MAILS: Duration = Duration::from_millis(250);
/// The time limit of a round that only uses the database.
const LIMIT: Duration = Duration::from_mins(2);
/// The time limit of a round that also waits for gateways or a mail server; each call has a shorter timeout.
const LONG_LIMIT: Duration = Duration::from_mins(20);
/// How long a shutdown waits for rounds in progress. Aborting one then is as safe as a power failure.
const AT_END: Duration = Duration::from_secs(30);

/// The jobs of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    Catalogue,
    Expiry,
    CollectivePayment,
    Orders(GatewayCode),
    Refunds(GatewayCode),
    RefundRequests,
    Sweep,
    Recovery,
    Imports,
    Audit,
    Staff,
    Reminders,
    Seats,
    Messages,
    Statistics,
    Mail,
    Uploads,
    Reconciliation,
    Retention,
    Season,
    Standby,
    Waiting,
    Number,
}

/// What lapses and ends for staff.
async fn staff_round(app: &App) -> Result<Round, DbError> {
    let ended = cet_domain::dispute::jobs::lapse(&app.db).await?;
    let ended = ended.and(crate::staff::jobs::sweep(&app.db).await?);
    let catalogue = app.catalogue.get();
    Ok(ended.and(crate::staff::jobs::lapse_refund_requests(&app.db, &app.vault, &catalogue).await?))
}

impl Job {
    /// Those of which a node runs one.
    const SINGLE: [Self; 21] = [
        Self::Catalogue,
        Self::Expiry,
        Self::CollectivePayment,
        Self::RefundRequests,
        Self::Sweep,
        Self::Recovery,
        Self::Imports,
        Self::Audit,
        Self::Staff,
        Self::Reminders,
        Self::Seats,
        Self::Messages,
        Self::Statistics,
        Self::Mail,
        Self::Uploads,
        Self::Reconciliation,
        Self::Retention,
        Self::Season,
        Self::Standby,
        Self::Waiting,
        Self::Number,
    ];

    /// All jobs. Those that wait for a gateway run once for each, under one name, so that none waits for another one's.
    fn all() -> Vec<Self> {
        let of_gateways = GatewayCode::all().flat_map(|of| [Self::Orders(of), Self::Refunds(of)]);
        Self::SINGLE.into_iter().chain(of_gateways).collect()
    }

    const fn plan(self) -> Plan {
        let (name, limit) = match self {
            Self::Catalogue => ("catalogue", LIMIT),
            Self::Expiry => ("expiry", LIMIT),
            Self::CollectivePayment => ("collective-payment", LIMIT),
            Self::Orders(_) => ("orders", LONG_LIMIT),
            Self::Refunds(_) => ("refunds", LONG_LIMIT),
            Self::RefundRequests => ("refund-requests", LIMIT),
            Self::Sweep => ("sweep", LIMIT),
            Self::Recovery => ("recovery", LIMIT),
            Self::Imports => ("imports", LIMIT),
            Self::Audit => ("audit", LIMIT),
            Self::Staff => ("staff", LIMIT),
            Self::Reminders => ("reminders", LIMIT),
            Self::Seats => ("seats", LIMIT),
            Self::Messages => ("messages", LIMIT),
            Self::Statistics => ("statistics", LIMIT),
            Self::Mail => ("mail", LONG_LIMIT),
            Self::Uploads => ("uploads", LONG_LIMIT),
            Self::Reconciliation => ("reconciliation", LONG_LIMIT),
            Self::Retention => (cet_domain::retention::JOB, LIMIT),
            Self::Season => ("season", LIMIT),
            Self::Standby => (cet_domain::handout::jobs::GIVES, LIMIT),
            Self::Waiting => ("waiting", LIMIT),
            Self::Number => (cet_domain::nodes::jobs::JOB, LIMIT),
        };
        let plan = Plan { name, limit, rest: IDLE_PAUSE, always_rests: false, longest: Duration::MAX };
        match self {
            Self::Audit => Plan { rest: GATHER, always_rests: true, ..plan },
            Self::Messages => Plan { rest: BETWEEN_MAILS, always_rests: true, ..plan },
            Self::Waiting => Plan { always_rests: true, ..plan },
            // A number that is not renewed is taken for that of a killed node.
            Self::Number => Plan { always_rests: true, longest: IDLE_PAUSE, ..plan },
            _ => plan,
        }
    }

    /// Runs one batch of its work.
    fn round(self, of: Arc<Shared>) -> BoxFuture<'static, Result<Round, DbError>> {
        match self {
            Self::Catalogue => Box::pin(async move {
                let app = &of.app;
                app.catalogue.refresh(&app.db).await.map(|_| Round::default())
            }),
            Self::Expiry => Box::pin(async move {
                let app = &of.app;
                crate::entry::jobs::sweep(&app.db, app.catalogue.get()).await
            }),
            Self::CollectivePayment => {
                Box::pin(async move { crate::collective_payment::jobs::release_due(&of.app).await })
            }
            Self::Orders(gateway) => {
                Box::pin(async move { crate::payment::jobs::ask_due(&of.app.payments, gateway).await })
            }
            Self::Refunds(gateway) => {
                Box::pin(async move { crate::payment::jobs::refund_due(&of.app.payments, gateway).await })
            }
            Self::RefundRequests => {
                Box::pin(async move { crate::payment::jobs::carry_due(&of.app.payments).await })
            }
            Self::Sweep => Box::pin(async move { crate::passport::jobs::sweep(&of.app).await }),
            Self::Recovery => Box::pin(async move { crate::passport::jobs::recover(&of.app).await }),
            Self::Imports => Box::pin(async move { crate::import::jobs::sweep(&of.app.db).await }),
            Self::Audit => Box::pin(async move { of.linker.round().await }),
            Self::Staff => Box::pin(async move { staff_round(&of.app).await }),
            Self::Reminders => Box::pin(async move {
                let app = &of.app;
                crate::entry::jobs::remind(&app.db, app.catalogue.get()).await
            }),
            Self::Seats => Box::pin(async move {
                let app = &of.app;
                crate::arrangement::jobs::tell_seats(&app.db, app.catalogue.get()).await
            }),
            Self::Messages => Box::pin(async move { crate::message::jobs::mail_owed(&of.app).await }),
            Self::Uploads => Box::pin(async move {
                let app = &of.app;
                cet_domain::upload::jobs::round(&app.db, &app.vault).await
            }),
            Self::Reconciliation => {
                Box::pin(async move { cet_domain::reconciliation::jobs::round(&of.app.payments).await })
            }
            Self::Retention => Box::pin(async move {
                let app = &of.app;
                cet_domain::retention::round_due(&app.db, &app.vault, &app.config.retention, &of.retention)
                    .await
            }),
            Self::Season => Box::pin(async move {
                let app = &of.app;
                let policy = cet_domain::change::verbs::Policy::of(&app.config.staff);
                cet_domain::change::jobs::round(&app.db, &policy, &app.catalogue.get()).await
            }),
            Self::Standby => Box::pin(async move {
                let app = &of.app;
                cet_domain::handout::jobs::round(&app.db, app.catalogue.get()).await
            }),
            Self::Waiting => Box::pin(async move { waiting::round(&of.app, &of.waiting).await }),
            Self::Number => Box::pin(async move { number(&of.app).await }),
            Self::Statistics => Box::pin(async move {
                let app = &of.app;
                crate::statistics::jobs::keep(&app.db, &app.catalogue.get()).await
            }),
            Self::Mail => Box::pin(async move {
                let app = &of.app;
                crate::outbox::jobs::send_due(&app.db, &app.vault, &of.delivery).await
            }),
        }
    }
}

async fn number(app: &App) -> Result<Round, DbError> {
    cet_domain::nodes::jobs::round(&app.db, &app.holder, &app.alarms).await
}

/// State shared by all jobs of a node.
struct Shared {
    app: App,
    delivery: Delivery,
    linker: Linker,
    waiting: tokio::sync::Mutex<Memory>,
    retention: cet_domain::retention::Memory,
}

/// The running jobs; dropping it aborts them.
pub struct Jobs(JoinSet<()>);

/// Starts all jobs; they stop soon after `stop` becomes true.
#[must_use]
pub fn start(app: &App, delivery: Delivery, stop: &watch::Receiver<bool>) -> Jobs {
    let shared = Arc::new(Shared {
        app: app.clone(),
        delivery,
        linker: Linker::new(app.db.clone()),
        waiting: tokio::sync::Mutex::default(),
        retention: cet_domain::retention::Memory::default(),
    });
    let one = move |job: Job, stop: watch::Receiver<bool>| -> BoxFuture<'static, ()> {
        let shared = Arc::clone(&shared);
        let app = shared.app.clone();
        Box::pin(runner::repeat(job.plan(), app, stop, move || job.round(Arc::clone(&shared))))
    };
    let mut jobs = JoinSet::new();
    jobs.spawn(keep(app.clone(), Job::all(), |job| job.plan().name, stop.clone(), one));
    Jobs(jobs)
}

impl Jobs {
    /// Waits for the current rounds, up to a timeout.
    pub async fn end(mut self) {
        let all = async { while self.0.join_next().await.is_some() {} };
        if tokio::time::timeout(AT_END, all).await.is_err() {
            tracing::warn!("a job did not stop within {} s and was aborted", AT_END.as_secs());
        }
    }
}

/// Supervises a job's task: one that ends unexpectedly is reported and started again.
async fn keep<J: Copy>(
    app: App,
    all: Vec<J>,
    name: fn(J) -> &'static str,
    stop: watch::Receiver<bool>,
    task: impl Fn(J, watch::Receiver<bool>) -> BoxFuture<'static, ()>,
) {
    let mut running = JoinSet::new();
    let mut of: HashMap<Id, J> = HashMap::new();
    for job in all {
        app.jobs.begins(name(job));
        of.insert(running.spawn(task(job, stop.clone())).id(), job);
    }
    while let Some(ended) = running.join_next_with_id().await {
        let id = match &ended {
            Ok((id, ())) => *id,
            Err(error) => error.id(),
        };
        let Some(job) = of.remove(&id) else { continue };
        if *stop.borrow() {
            continue;
        }
        app.alarms.sound(crate::alarms::JOB_ENDED);
        tracing::error!(job = name(job), "a job ended unexpectedly and is restarted");
        let again = task(job, stop.clone());
        let later = async move {
            tokio::time::sleep(IDLE_PAUSE).await;
            again.await;
        };
        of.insert(running.spawn(later).id(), job);
    }
}

#[cfg(test)]
mod tests;
