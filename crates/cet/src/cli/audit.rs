//! `cet audit`: archiving the log, checking an archive, and whose data an export or an account touched.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::{ConfigFile, Done, Failed, load, say};
use crate::store::Tx;
use crate::words::time::Time;
use cet_domain::audit::archive::{self, Archived, Contents};
use cet_domain::installation::{open_installation, open_vault};
use cet_domain::privacy::touched::{self, Student, Touched, Whom};
use cet_domain::staff::store as accounts;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Writes old lines of the log to a signed file, reads it back, and only then cuts them; nodes may be running.
    Archive {
        /// The day before which lines are archived, as 2017-10-01: at least six months ago.
        #[arg(long, value_parser = day)]
        until: Time,
        /// The folder of the files; only its owner can read it.
        #[arg(long)]
        dir: PathBuf,
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Checks an archive by itself: each line, each chain, and the signature. Needs the key file, not the database.
    Check {
        /// The archive.
        archive: PathBuf,
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Lists whose data a file that was taken out, or an account of staff, touched.
    #[command(group(clap::ArgGroup::new("whom").required(true).args(["export", "account"])))]
    Touched {
        /// The number of the request for the file.
        #[arg(long)]
        export: Option<i64>,
        /// The account's name.
        #[arg(long)]
        account: Option<String>,
        #[command(flatten)]
        file: ConfigFile,
    },
}

pub(super) async fn run(arguments: Arguments) -> Done {
    match arguments.what {
        What::Archive { until, dir, file } => cut(until, &dir, file).await,
        What::Check { archive, file } => {
            let vault = open_vault(&load(&file.config)?)?;
            let contents = archive::check(&archive, &vault)
                .map_err(|error| Failed(format!("{}: {error}", archive.display())))?;
            held(&contents);
            Ok(ExitCode::SUCCESS)
        }
        What::Touched { export, account, file } => touched(export, account, file).await,
    }
}

/// The beginning of a day in China.
fn day(text: &str) -> Result<Time, String> {
    Time::parse_local(&format!("{text} 00:00")).map_err(|_| "expected a day, such as 2017-10-01".to_owned())
}

async fn cut(until: Time, dir: &std::path::Path, file: ConfigFile) -> Done {
    let config = load(&file.config)?;
    let (db, vault) = open_installation(&config, config.command_node()).await?;
    if let Some(before) = archive::finish(&db, &vault, dir).await? {
        told("an earlier run is finished: ", &before);
    }
    match archive::archive(&db, &vault, until, dir).await? {
        Some(done) => told("", &done),
        None => say("there is nothing to archive"),
    }
    Ok(ExitCode::SUCCESS)
}

fn told(begin: &str, of: &Archived) {
    say(format_args!("{begin}{}: {} lines, read back and cut", of.file.display(), of.contents.lines));
}

fn held(of: &Contents) {
    for chain in &of.chains {
        say(format_args!("school {}: links {} to {}", chain.school, chain.from.saturating_add(1), chain.to));
    }
    say(format_args!(
        "{} lines before {}, unchanged, signed by this installation",
        of.lines,
        of.until.page_date()
    ));
}

async fn touched(export: Option<i64>, account: Option<String>, file: ConfigFile) -> Done {
    let config = load(&file.config)?;
    let (db, _) = open_installation(&config, config.command_node()).await?;
    if let Some(account) = account {
        let mut persons = 0_u64;
        let count = |of: Touched| {
            persons = persons.saturating_add(1);
            said(&of);
        };
        touched::by_account(&db, &account, count).await?;
        let name = account.clone();
        if persons == 0
            && db.read(async move |tx: &mut Tx<'_>| accounts::login(tx, &name).await).await?.is_none()
        {
            return Err(Failed(format!("--account {account}: no such account; `cet staff list` names all")));
        }
        say(format_args!("{persons} in all"));
        return Ok(ExitCode::SUCCESS);
    }
    let number = export.unwrap_or_default();
    let lines = touched::downloads(&db, number).await?;
    let lines = lines.ok_or_else(|| Failed(format!("--export {number}: nobody asked for such a file")))?;
    for line in &lines {
        say(format_args!("{} {}: {}", line.at, line.actor, line.read_detail().about));
        let Some(place) = touched::place(line) else { continue };
        let mut persons = 0_u64;
        let count = |of: Student| {
            persons = persons.saturating_add(1);
            student(&of);
        };
        touched::of_place(&db, &place, line.at, count).await?;
        say(format_args!("{persons} students were in the roster there then; the file can hold any of them"));
    }
    if lines.is_empty() {
        say("it was never taken out");
    }
    Ok(ExitCode::SUCCESS)
}

fn said(of: &Touched) {
    let times = &of.times;
    let when = format!("{} times, {} to {}", times.count, times.first, times.last);
    match &of.whom {
        Whom::Passport(id) => say(format_args!("passport {id}: {when}")),
        Whom::Place(code) if code.is_empty() => say(format_args!("files of the whole nation: {when}")),
        Whom::Place(code) => say(format_args!("files of {code}: {when}")),
        Whom::Gone(name) => say(format_args!("{name}, of whom nothing is left: {when}")),
        Whom::Student(records) => {
            say(format_args!("student: {when}"));
            records.iter().for_each(student);
        }
    }
}

fn student(of: &Student) {
    say(format_args!("  student {}-{} of campus {}, {}", of.school, of.id, of.campus, of.sitting));
}
