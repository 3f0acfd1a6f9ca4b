//! The job of the waiting room, with what this node measures of itself.

use tokio::sync::Mutex;

use crate::app::App;
use crate::store::DbError;
use cet_domain::jobs::batch::Round;
use cet_domain::waiting::jobs::{self, Memory, Now, second_of};
use cet_domain::waiting::load::Sample;

/// Works for one second.
pub(super) async fn round(app: &App, memory: &Mutex<Memory>) -> Result<Round, DbError> {
    let catalogue = app.catalogue.get();
    let sitting = catalogue.current().and_then(|plan| {
        let (opens, closes) = plan.registration_span()?;
        Some((plan.code.clone(), opens, closes))
    });
    let now = Now { second: second_of(app.catalogue.about_now(&app.db)), sitting };
    let mut memory = memory.lock().await;
    jobs::round(&app.waiting, &mut memory, &app.db, &app.vault, now, sample(app)).await?;
    Ok(Round::default())
}

fn sample(app: &App) -> Sample {
    let load = app.db.load();
    // The pool for long reads waits by intention: files and counts yield to pages.
    let pools = load.pools.iter().filter(|pool| pool.name != "long");
    Sample {
        store: [load.queue.recorded()].into_iter().chain(pools.map(|pool| pool.wait.recorded())).collect(),
        store_waits: load.queue_length > 0,
        passwords: Some(app.passwords.wait().recorded()),
        refused: app.passwords.refused(),
    }
}
