//! `cet backup` and `cet restore`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use jiff::SignedDuration;

use super::{Done, Failed, load, say};
use crate::backups::{self, Plan};
use crate::node::StopSignals;
use crate::store::{Clock, Db, Tx, VersionState, backup};
use crate::{key_check, private_file};
use cet_domain::installation::{StartError, open_database_to_read, open_vault, unfit};

/// A copy, or copies at regular times.
#[derive(clap::Args)]
pub(super) struct BackupArguments {
    /// The copy, which must not exist; with `--every`, the folder of the copies.
    file: PathBuf,
    /// Goes on, with a copy this often, such as `15m`.
    #[arg(long, value_name = "TIME", value_parser = often, requires = "keep")]
    every: Option<SignedDuration>,
    /// With `--every`: how many of the newest copies stay.
    #[arg(long, value_name = "COUNT", requires = "every")]
    keep: Option<NonZeroUsize>,
    /// The configuration file.
    #[arg(long, default_value = "cet.toml")]
    config: PathBuf,
}

/// A time between copies: their names differ by the second.
fn often(text: &str) -> Result<SignedDuration, String> {
    match text.parse::<SignedDuration>() {
        Ok(every) if every >= SignedDuration::from_secs(1) => Ok(every),
        Ok(_) => Err("less than a second".to_owned()),
        Err(_) => Err("expected a time such as 15m or 1h".to_owned()),
    }
}

/// The copy, and the configuration that names the database.
#[derive(clap::Args)]
pub(super) struct RestoreArguments {
    /// The copy.
    file: PathBuf,
    /// The configuration file.
    #[arg(long, default_value = "cet.toml")]
    config: PathBuf,
}

pub(super) async fn back_up(arguments: BackupArguments) -> Done {
    let config = load(&arguments.config)?;
    let opened =
        open_database_to_read(&config, Clock::Real { rehearsal: config.rehearsal }, config.command_node())
            .await;
    // How a PostgreSQL is copied is said also while it is away.
    if opened.is_err() && !config.database_url().starts_with("sqlite:") {
        return Err(backup::BackupError::Postgres.into());
    }
    let db = opened?;
    if let empty @ VersionState::Older { found: 0, .. } = db.version().await? {
        return Err(StartError::Version(empty).into());
    }
    if let (Some(every), Some(keep)) = (arguments.every, arguments.keep) {
        return again_and_again(&db, &arguments.file, Plan { every, keep }).await;
    }
    let bytes = db.back_up(&arguments.file).await?;
    say(format_args!("{}: {bytes} bytes, complete and on disk", arguments.file.display()));
    say("it does not contain the keys: store the key files named in the configuration separately");
    Ok(ExitCode::SUCCESS)
}

/// Copies until a signal comes; a copy that has begun is finished. A failure is logged and tried again, since the next one
/// may find room or a mounted folder; `cet doctor --backups` tells whoever reads no log.
async fn again_and_again(db: &Db, folder: &Path, plan: Plan) -> Done {
    let signals = StopSignals::take()?;
    let mut wait = plan.wait(db.clock().process_now(), backups::newest(folder)?);
    say(format_args!("{}: a copy every {:#}, {} of them stay", folder.display(), plan.every, plan.keep));
    loop {
        tokio::select! {
            () = signals.next() => return Ok(ExitCode::SUCCESS),
            () = tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()) => {}
        }
        let now = db.clock().process_now();
        wait = match backups::round(db, folder, now, plan).await {
            Ok((file, bytes, deleted)) => {
                tracing::info!(file = %file.display(), bytes, deleted, "a copy is complete");
                plan.wait(db.clock().process_now(), Some(now))
            }
            // No other try will go better.
            Err(backup::BackupError::Postgres) => return Err(backup::BackupError::Postgres.into()),
            Err(error) => {
                tracing::error!("no copy was made: {error}");
                plan.wait_to_retry()
            }
        };
    }
}

pub(super) async fn restore(arguments: RestoreArguments) -> Done {
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
