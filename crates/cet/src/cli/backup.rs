//! `cet backup` and `cet restore`.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{Done, Failed, load, say};
use crate::store::{Clock, Tx, VersionState, backup};
use crate::{key_check, private_file};
use cet_domain::installation::{StartError, open_database, open_vault, unfit};

/// The copy, and the configuration that names the database.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The copy: it must not exist for `backup`, and must exist for `restore`.
    file: PathBuf,
    /// The configuration file.
    #[arg(long, default_value = "cet.toml")]
    config: PathBuf,
}

pub(super) async fn back_up(arguments: Arguments) -> Done {
    let config = load(&arguments.config)?;
    let db = open_database(&config, Clock::Real { rehearsal: config.rehearsal }, config.server.node).await?;
    if let empty @ VersionState::Older { found: 0, .. } = db.version().await? {
        return Err(StartError::Version(empty).into());
    }
    let bytes = db.back_up(&arguments.file).await?;
    say(format_args!("{}: {bytes} bytes, complete and on disk", arguments.file.display()));
    say("it does not contain the keys: store the key files named in the configuration separately");
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(arguments: Arguments) -> Done {
    let config = load(&arguments.config)?;
    let vault = open_vault(&config)?;
    let (file, url) = (arguments.file.clone(), config.database_url());
    if let Some(mode) = private_file::open_to_others(&file).ok().flatten() {
        let file = file.display();
        say(format_args!("{file}: other users can read it (mode {mode:o}): run `chmod 600 {file}`"));
    }
    let restored = tokio::task::spawn_blocking(move || {
        backup::restore(&file, &url, &async |tx: &mut Tx<'_>, marked: bool| {
            let fits =
                if marked { key_check::fits(tx, &vault).await } else { key_check::proved(tx, &vault).await };
            fits.map_err(|stop| unfit(&config, stop))
        })
    });
    let bytes = restored.await.map_err(|error| Failed(error.to_string()))??;
    say(format_args!("{bytes} bytes restored; run `cet verify` to check every invariant"));
    Ok(ExitCode::SUCCESS)
}
