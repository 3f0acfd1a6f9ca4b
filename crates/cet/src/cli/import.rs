//! `cet import`: sitting, campuses, roster and scores (docs/files.md).

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};

use super::summary::{ended, print_doubled, print_findings, print_notes, tell};
use super::{Done, Failed, load, say};
use cet_domain::installation::open_installation;
use crate::import::{ImportError, Report, Step, Watch};
use crate::sitting::SittingState;
use crate::sitting::campuses::{self, CampusFile, Stored};
use crate::sitting::file::{self, FileFault, LARGEST_FILE};
use crate::sitting::import::{Imported, campuses as campuses_known, import};
use crate::store::{Db, DbError, Stop, Tx};
use crate::ticket::coverage;
use crate::vault::Vault;
use crate::{roster, score};

/// What to import.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// A sitting: a TOML file with its texts beside it.
    Sitting {
        /// The file.
        file: PathBuf,
        /// Publishes it: candidates see it from then on. Without this a new sitting is a draft.
        #[arg(long)]
        publish: bool,
        #[command(flatten)]
        config: super::ConfigFile,
    },
    /// Campuses: CSV or XLSX with the columns code and name.
    Campuses {
        /// The file.
        file: PathBuf,
        /// Stores the campuses whose code has one name although others have several.
        #[arg(long)]
        skip_doubled: bool,
        #[command(flatten)]
        config: super::ConfigFile,
    },
    /// A roster (学籍库): CSV or XLSX.
    Roster {
        /// The file.
        file: PathBuf,
        /// The code of the sitting, as 2017-2.
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
        /// The code of the sitting, as 2017-2.
        #[arg(long)]
        sitting: String,
        /// The school of photos that stand in no folder of a school.
        #[arg(long)]
        school: Option<String>,
        /// Stores the good photos of a file that holds bad ones.
        #[arg(long)]
        skip_bad: bool,
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
                    "it is a draft: candidates see it once it is imported with --publish".to_owned()
                }
                state => format!("it is {}", state.wire()),
            });
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
                    format!("{campuses} campuses stand as this file says, nothing was done")
                }
                Some(Stored { campuses, changed }) => {
                    format!("{campuses} campuses stored, {changed} of them new or renamed")
                }
                None => "nothing was stored".to_owned(),
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
        What::Scores { file, dry_run, config } => {
            let (db, vault) = open(&config.config).await?;
            ended(scores(&db, vault, &file, dry_run, progress()).await)
        }
    }
}

async fn open(file: &Path) -> Result<(Db, Arc<Vault>), Failed> {
    let config = load(file)?;
    // Beside a running node: ids must come from another number than its own.
    let node = config.server.node ^ 0x200;
    Ok(open_installation(&config, node).await?)
}

/// Why a sitting's file was not taken over.
#[derive(Debug)]
pub enum SittingError {
    /// It can't be read.
    Io(String),
    /// Its faults, each with its line.
    Faults {
        /// The file's name, for `file:line:`.
        file: String,
        /// What is wrong with it.
        faults: Vec<FileFault>,
    },
    /// Ours.
    Fault(DbError),
}

impl std::fmt::Display for SittingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(reason) => f.write_str(reason),
            Self::Fault(error) => error.fmt(f),
            Self::Faults { file, faults } => {
                faults.iter().try_for_each(|fault| writeln!(f, "{file}:{fault}"))?;
                f.write_str("nothing was stored")
            }
        }
    }
}

impl std::error::Error for SittingError {}

/// Takes over a sitting's file and the text files beside it.
///
/// # Errors
/// [`SittingError`]; nothing is stored then.
pub async fn sitting(db: &Db, path: &Path, publish: bool) -> Result<Imported, SittingError> {
    let text = read_text(path).map_err(|reason| SittingError::Io(format!("{}: {reason}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let told = |faults| SittingError::Faults { file: path.display().to_string(), faults };
    let reading = file::read(&text, |name| read_text(&folder.join(name)));
    let file = match reading.file {
        Ok(file) => file,
        Err(mut faults) => {
            // All faults at once, also those that only the database shows.
            let known = db.read_long(async |tx: &mut Tx<'_>| campuses_known(tx).await).await;
            faults.extend(reading.places.unknown(&known.map_err(SittingError::Fault)?));
            faults.sort_by_key(|fault| fault.line);
            return Err(told(faults));
        }
    };
    db.write(async move |tx| import(tx, &file, publish).await).await.map_err(|stop| match stop {
        Stop::Refused(faults) => told(faults),
        Stop::Fault(error) => SittingError::Fault(error),
    })
}

fn read_text(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > LARGEST_FILE {
        return Err(format!("expected at most {LARGEST_FILE} bytes, found {size}"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..at).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
        format!("line {line} is not UTF-8: open the file in an editor and save it with the encoding UTF-8")
    })?;
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}

/// What became of a file of campuses.
#[derive(Debug)]
pub struct CampusReport {
    /// What it says, with what is doubled or wrong.
    pub file: CampusFile,
    /// What was stored; `None`: nothing was, because of what is doubled or wrong.
    pub stored: Option<Stored>,
}

/// Takes over a file of campuses. Codes with several names stop it unless `skip_doubled` leaves them out; wrong rows
/// always do.
///
/// # Errors
/// [`ImportError`] when the file as a whole is wrong or the database can't be asked.
pub async fn campuses(db: &Db, path: &Path, skip_doubled: bool) -> Result<CampusReport, ImportError> {
    let file = campuses::read(path)?;
    let fit = file.findings.error_count == 0 && (skip_doubled || file.doubled.is_empty());
    let stored = if fit { Some(campuses::store(db, file.campuses.clone()).await?) } else { None };
    Ok(CampusReport { file, stored })
}

/// Imports a roster for a sitting; with `dry_run` it is only checked.
///
/// # Errors
/// [`ImportError`]; no row of the file counts then.
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
/// [`ImportError`]; no row of the file counts then.
pub async fn scores(
    db: &Db,
    vault: Arc<Vault>,
    path: &Path,
    dry_run: bool,
    watch: Arc<Watch>,
) -> Result<Report, ImportError> {
    score::file::import(db, vault, path, dry_run, watch).await
}

/// A bar on a terminal, else a line now and then.
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
