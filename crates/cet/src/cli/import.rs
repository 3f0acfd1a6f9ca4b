//! `cet import`: sitting, campuses, roster and scores (docs/files.md).

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};

use super::summary::{ended, print_doubled, print_findings, print_notes, tell};
use super::{Done, Failed, load, say};
use crate::import::{ImportError, Report, Step, Watch};
use crate::printing::coverage;
use crate::setup::campuses::Stored;
pub use crate::setup::files::{campuses, sitting};
use crate::sitting::SittingState;
use crate::store::Db;
use crate::vault::Vault;
use crate::{roster, score};
use cet_domain::installation::open_installation;

/// What to import.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// A sitting: a TOML file with its texts next to it.
    Sitting {
        /// The file.
        file: PathBuf,
        /// Publishes it, so that candidates can see it. Without this a new sitting is a draft.
        #[arg(long)]
        publish: bool,
        #[command(flatten)]
        config: super::ConfigFile,
    },
    /// Campuses: CSV or XLSX with the columns code and name.
    Campuses {
        /// The file.
        file: PathBuf,
        /// Imports the campuses whose code has one name, although others have several.
        #[arg(long)]
        skip_doubled: bool,
        #[command(flatten)]
        config: super::ConfigFile,
    },
    /// A roster (学籍库): CSV or XLSX.
    Roster {
        /// The file.
        file: PathBuf,
        /// The code of the sitting, such as 2017-2.
        #[arg(long)]
        sitting: String,
        /// Only checks the file.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        config: super::ConfigFile,
    },
    /// Photos for tickets: a ZIP file of SCHOOL/STUDENT-NUMBER.jpg, or by document number.
    Photos {
        /// The file.
        file: PathBuf,
        /// The code of the sitting, such as 2017-2.
        #[arg(long)]
        sitting: String,
        /// The school of photos that are not in a folder of a school.
        #[arg(long)]
        school: Option<String>,
        /// Imports the valid photos of a file that also has invalid ones.
        #[arg(long)]
        skip_bad: bool,
        #[command(flatten)]
        config: super::ConfigFile,
    },
    /// Lists the newest imports, also those that staff uploaded.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..))]
        limit: u16,
        #[command(flatten)]
        config: super::ConfigFile,
    },
    /// Takes a published roster, scores, photos or campuses back: what candidates saved keeps its snapshot.
    Withdraw {
        /// The import's id, as listed.
        id: i64,
        /// Why. With a reason, students who have saved a registration and are in no other file are taken out too.
        #[arg(long, default_value = "")]
        reason: String,
        #[command(flatten)]
        config: super::ConfigFile,
    },
    /// Scores of earlier sittings: CSV or XLSX.
    Scores {
        /// The file.
        file: PathBuf,
        /// Only checks the file.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        config: super::ConfigFile,
    },
}

pub(super) async fn run(arguments: Arguments) -> Done {
    match arguments.what {
        What::Sitting { file, publish, config } => {
            let (db, _) = open(&config.config).await?;
            let done = sitting(&db, &file, publish).await?;
            say(format_args!(
                "{} subjects, {} settings, {} seat pools, {} new texts",
                done.subjects, done.settings, done.pools, done.new_texts
            ));
            say(match done.state {
                SittingState::Draft => {
                    "it is a draft: import it with --publish to show it to candidates".to_owned()
                }
                state => format!("it is {}", state.wire()),
            });
            if !done.alone.is_empty() {
                let what: Vec<&str> = done.alone.iter().map(|of| of.wire()).collect();
                say(format_args!(
                    "{} took effect without a second person, as an operator may: the log names each",
                    what.join(", ")
                ));
            }
            Ok(ExitCode::SUCCESS)
        }
        What::Campuses { file, skip_doubled, config } => {
            let (db, _) = open(&config.config).await?;
            let done = campuses(&db, &file, skip_doubled).await?;
            print_doubled(&done.file);
            print_findings(&done.file.findings);
            print_notes(&done.file.notes);
            say(match done.stored {
                Some(Stored { campuses, changed: 0 }) => {
                    format!("{campuses} campuses are already as in this file, nothing was done")
                }
                Some(Stored { campuses, changed }) => {
                    format!("{campuses} campuses imported, {changed} of them new or renamed")
                }
                None => "nothing was imported".to_owned(),
            });
            Ok(if done.stored.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        What::Roster { file, sitting, dry_run, config } => {
            let (db, vault) = open(&config.config).await?;
            let own = load(&config.config)?;
            let fonts: Vec<PathBuf> = own.tickets.font_files.iter().map(|file| own.path(file)).collect();
            coverage::with_fonts(&fonts).map_err(|fault| Failed(fault.to_string()))?;
            ended(roster(&db, vault, &file, &sitting, dry_run, progress()).await)
        }
        What::Photos { file, sitting, school, skip_bad, config } => {
            let (db, vault) = open(&config.config).await?;
            super::photos::run(&db, &vault, &file, &sitting, school.as_deref(), skip_bad).await
        }
        What::List { limit, config } => super::imports::list(&open(&config.config).await?.0, limit).await,
        What::Withdraw { id, reason, config } => {
            super::imports::withdraw(&open(&config.config).await?.0, id, reason.trim()).await
        }
        What::Scores { file, dry_run, config } => {
            let (db, vault) = open(&config.config).await?;
            ended(scores(&db, vault, &file, dry_run, progress()).await)
        }
    }
}

async fn open(file: &Path) -> Result<(Db, Arc<Vault>), Failed> {
    let config = load(file)?;
    Ok(open_installation(&config, config.command_node()).await?)
}

/// Imports a roster for a sitting; with `dry_run` it is only checked.
///
/// # Errors
/// [`ImportError`]; then no row of the file is imported.
pub async fn roster(
    db: &Db,
    vault: Arc<Vault>,
    path: &Path,
    sitting: &str,
    dry_run: bool,
    watch: Arc<Watch>,
) -> Result<Report, ImportError> {
    roster::file::import(db, vault, path, sitting, dry_run, watch).await
}

/// Imports scores; with `dry_run` they are only checked.
///
/// # Errors
/// [`ImportError`]; then no row of the file is imported.
pub async fn scores(
    db: &Db,
    vault: Arc<Vault>,
    path: &Path,
    dry_run: bool,
    watch: Arc<Watch>,
) -> Result<Report, ImportError> {
    score::file::import(db, vault, path, dry_run, watch).await
}

/// A progress bar on a terminal, otherwise a line now and then.
pub(super) fn progress() -> Arc<Watch> {
    if std::io::stderr().is_terminal() {
        let bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec}");
        return Arc::new(move |step, done, total| {
            if let Ok(style) = &style {
                bar.set_style(style.clone());
            }
            bar.set_message(name(step));
            bar.set_length(total.unwrap_or(done));
            bar.set_position(done);
        });
    }
    let last: Mutex<Option<(Step, u64)>> = Mutex::new(None);
    Arc::new(move |step, done, total| {
        const EVERY: u64 = 100_000;
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let reached = (step, done / EVERY);
        if done >= EVERY && *last != Some(reached) {
            *last = Some(reached);
            let of = total.map_or_else(String::new, |total| format!(" of {total}"));
            tell(format_args!("{}: {done}{of}", name(step)));
        }
    })
}

fn name(step: Step) -> &'static str {
    match step {
        Step::Checking => "checking",
        Step::Comparing => "comparing",
        Step::Staging => "writing",
    }
}
