//! `cet migrate`.

use std::path::Path;
use std::process::ExitCode;

use super::{Done, load, say};
use crate::app::open_database;
use crate::store::Clock;

pub(super) async fn run(file: &Path) -> Done {
    let config = load(file)?;
    let db = open_database(&config, Clock::Real { rehearsal: config.rehearsal }, config.server.node).await?;
    let ran = db.migrate().await?;
    if ran.is_empty() {
        say("the database is at this version already");
    }
    for name in ran {
        say(format_args!("{name}: done"));
    }
    Ok(ExitCode::SUCCESS)
}
