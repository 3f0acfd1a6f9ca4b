//! `cet verify`: one line per invariant; exit code 1 on a violation.

use std::path::Path;
use std::process::ExitCode;

use super::{Done, load, say};
use crate::sitting::catalogue::CatalogueCell;
use crate::store::Clock;
use crate::verify;
use cet_domain::installation::{check_installation, open_database_to_read};

pub(super) async fn run(file: &Path) -> Done {
    let config = load(file)?;
    // A standby can be asked too.
    let clock = Clock::Real { rehearsal: config.rehearsal };
    let db = open_database_to_read(&config, clock, config.command_node()).await?;
    let vault = check_installation(&config, &db).await?;
    let catalogue = CatalogueCell::open(&db).await?;
    let mut findings = verify::run(&db, &catalogue.get()).await?;
    findings.push(crate::audit::verify::anchors(&db, &vault).await?);
    let good = findings.iter().all(|finding| finding.violations.is_empty());
    for finding in &findings {
        say(finding);
    }
    for note in crate::audit::verify::notes(&db).await? {
        say(format_args!("note         {note}"));
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
