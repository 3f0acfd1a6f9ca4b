//! `cet migrate`.

use std::path::Path;
use std::process::ExitCode;

use super::{Done, load, say};
use crate::key_check;
use crate::store::{Clock, Tx};
use cet_domain::change::found;
use cet_domain::installation::{check_installation, open_database, open_vault, unfit};

pub(super) async fn run(file: &Path) -> Done {
    let config = load(file)?;
    let db =
        open_database(&config, Clock::Real { rehearsal: config.rehearsal }, config.command_node()).await?;
    // Checked before any change: it may be the database of another installation.
    if db.has("0018_vault_check").await? {
        let vault = open_vault(&config)?;
        let fits = db.read(async move |tx: &mut Tx<'_>| key_check::fits(tx, &vault).await).await;
        fits.map_err(|stop| unfit(&config, stop))?;
    }
    let ran = db.migrate().await?;
    if ran.contains(&"0022_change") {
        db.write(async |tx: &mut Tx<'_>| found::record(tx).await).await?;
    }
    check_installation(&config, &db).await?;
    if ran.is_empty() {
        say("the database is already at this version");
    }
    for name in ran {
        say(format_args!("{name}: done"));
    }
    Ok(ExitCode::SUCCESS)
}
