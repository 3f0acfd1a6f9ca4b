//! `cet doctor`: a live look at a site, each line with what to do.

use std::path::PathBuf;
use std::process::ExitCode;

use super::config::{Check, checks, database};
use super::{Done, load, say};
use crate::doctor::{Finding, State, inside, outside};
use crate::store::Clock;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The site as candidates reach it; `server.public_origin` without it.
    #[arg(long)]
    url: Option<String>,
    /// Sends a mail to this address.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    mail_to: Option<String>,
    /// The folder that backups are written to.
    #[arg(long, value_name = "FOLDER")]
    backups: Option<PathBuf>,
    /// The configuration file.
    #[arg(long, default_value = "cet.toml")]
    config: PathBuf,
}

pub(super) async fn run(arguments: Arguments) -> Done {
    if let Some(url) = arguments.url.as_deref().filter(|_| !arguments.config.exists()) {
        return Ok(tell(&from_outside(&arguments, url).await));
    }
    let config = load(&arguments.config)?;
    let mut all = checks(&arguments.config, &config).await.into_iter().map(of_check).collect::<Vec<_>>();
    let process = Clock::Real { rehearsal: config.rehearsal }.process_now();
    let now = match database(&config).await {
        Ok(db) => match inside::clock(&db, config.rehearsal).await {
            Ok((now, finding)) => {
                all.push(finding);
                all.extend(inside::nodes(&db, now).await);
                now
            }
            Err(error) => {
                all.push(Finding::wrong("clock", error.to_string(), "The database does not answer."));
                process
            }
        },
        // `config check` has said why.
        Err(_) => process,
    };
    all.push(inside::disk(&config));
    all.push(inside::backups(arguments.backups.as_deref(), system_time()));
    all.extend(inside::gateways(&config, now).await);
    all.push(inside::mail(&config, arguments.mail_to.as_deref()).await);
    all.push(inside::ready(&config).await);
    let url = arguments.url.as_deref().unwrap_or(&config.server.public_origin).trim_end_matches('/');
    all.extend(outside::look("site", url, system_time, config.rehearsal).await);
    if let Some(education) = config.server.education_origin.as_deref().filter(|origin| *origin != url) {
        all.extend(outside::look("education network", education, system_time, config.rehearsal).await);
    }
    if config.rehearsal {
        all.push(Finding::look("rehearsal", "this is one", "Nobody registers here for an examination."));
    }
    Ok(tell(&all))
}

/// What can be seen of a site from elsewhere, without its configuration.
async fn from_outside(arguments: &Arguments, url: &str) -> Vec<Finding> {
    let url = url.trim_end_matches('/');
    let skipped = format!(
        "{} is not there, so the database, the disk, the gateways, mails and /readyz were not looked at",
        arguments.config.display()
    );
    let mut all = vec![Finding::look("configuration", skipped, "Name it with --config where the site runs.")];
    if arguments.backups.is_some() {
        all.push(inside::backups(arguments.backups.as_deref(), system_time()));
    }
    // Nobody else can read what this machine sends to itself.
    let to_itself = ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|own| {
        url.strip_prefix(own)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(':') || rest.starts_with('/'))
    });
    all.extend(outside::look("site", url, system_time, to_itself).await);
    all
}

/// Says what was found; whether nothing is wrong.
fn tell(all: &[Finding]) -> ExitCode {
    for finding in all {
        say(finding);
    }
    let wrong = all.iter().filter(|finding| finding.state == State::Wrong).count();
    let look = all.iter().filter(|finding| finding.state == State::Look).count();
    say(format_args!(
        "{wrong} wrong, {look} to look at; `cet verify` asks for every invariant of the database"
    ));
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Files are as old as this machine's clock says.
#[expect(
    clippy::disallowed_methods,
    reason = "files are dated by this machine's clock, whatever a rehearsal's says"
)]
fn system_time() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

/// An address that a mail can be sent to.
fn address(text: &str) -> Result<String, String> {
    crate::words::email::Email::parse(text)
        .map(|_| text.to_owned())
        .map_err(|_| "expected an e-mail address, as name@example.cn".to_owned())
}

fn of_check(check: Check) -> Finding {
    match check {
        Check::Part(what, Ok(found)) => Finding::good(what, found),
        // A mail server that does not answer keeps nobody out: mails wait for it.
        Check::Part(what @ "mail", Err(found)) => {
            Finding::wrong(what, found, "Mails wait until it is mended, and are sent then.")
        }
        Check::Part(what, Err(found)) => {
            Finding::wrong(what, found, "The site does not start, or not rightly, until it is mended.")
        }
        Check::Note(found) => Finding::look("note", found, ""),
    }
}
