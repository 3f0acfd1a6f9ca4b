//! Repeats one job: each round is a separate task, so that a panic ends only that round and its time can be limited.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::alarms;
use crate::app::App;
use crate::store::DbError;
use cet_domain::jobs::batch::Round;
use cet_domain::jobs::rules;

/// How a job is repeated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) name: &'static str,
    /// A round that takes longer is reported and aborted.
    pub(super) limit: Duration,
    /// The pause between two rounds.
    pub(super) rest: Duration,
    /// Whether to pause even if there was work.
    pub(super) always_rests: bool,
    /// The longest pause after failures.
    pub(super) longest: Duration,
}

/// Repeats a job until told to stop: immediately while there is work, otherwise after a pause or a wake-up, and after a
/// failure with a growing delay.
pub(super) async fn repeat<F, R>(plan: Plan, app: App, mut stop: watch::Receiver<bool>, round: F)
where
    F: Fn() -> R,
    R: Future<Output = Result<Round, DbError>> + Send + 'static,
{
    let mut failures = 0_u32;
    // A seed that differs between nodes and jobs.
    let chance = RandomState::new();
    while !*stop.borrow() {
        if app.db.writes_no_more() {
            // Nothing of it could be kept: other nodes do the work.
            if stop.changed().await.is_err() {
                return;
            }
            continue;
        }
        let pause = match once(plan, &app, round()).await {
            Ok(done) => {
                failures = 0;
                app.jobs.succeeded(plan.name, app.db.clock().process_now());
                for _ in 0..done.set_aside {
                    app.alarms.sound(alarms::SET_ASIDE);
                }
                if done.done > 0 && !plan.always_rests {
                    continue;
                }
                plan.rest
            }
            Err(what) => {
                failures = failures.saturating_add(1);
                app.jobs.failed(plan.name, app.db.clock().process_now(), &what);
                let [dice, ..] = chance.hash_one(failures).to_le_bytes();
                rules::pause(failures, dice).min(plan.longest)
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.wake.notified() => {}
            changed = stop.changed() => if changed.is_err() { return },
        }
    }
}

/// Runs one round in its own task, and returns what went wrong otherwise. Dropping this future aborts the round.
async fn once<R>(plan: Plan, app: &App, round: R) -> Result<Round, String>
where
    R: Future<Output = Result<Round, DbError>> + Send + 'static,
{
    let mut task = JoinSet::new();
    task.spawn(round);
    let mut stuck = 0_u64;
    loop {
        match tokio::time::timeout(plan.limit, task.join_next()).await {
            Ok(Some(Ok(result))) => return result.map_err(|error| error.to_string()),
            Ok(Some(Err(error))) if error.is_panic() => return Err("it panicked".to_owned()),
            Ok(Some(Err(_)) | None) => {
                return Err(format!("it did not finish within {} s", plan.limit.as_secs()));
            }
            Err(_) => {
                if stuck == 0 {
                    app.alarms.sound(alarms::JOB_STUCK);
                    tracing::error!(job = plan.name, seconds = plan.limit.as_secs(), "a job is stuck");
                }
                stuck = stuck.saturating_add(1);
                // Aborts the round at its next await. A round that never awaits can only be waited for, and counted.
                task.abort_all();
                if stuck > 1 {
                    let what = "it hangs and can't be aborted";
                    app.jobs.failed(plan.name, app.db.clock().process_now(), what);
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/runner.rs"]
mod tests;
