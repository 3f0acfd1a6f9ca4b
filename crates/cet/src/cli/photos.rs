//! `cet import photos`: prints the result for each photo.

use std::path::Path;
use std::process::ExitCode;

use super::import::progress;
use super::summary::tell;
use super::{Done, Failed, say};
use crate::store::Db;
use crate::ticket::photo::{Missing, Options, Report, Told, import};
use crate::vault::Vault;
use crate::words::codes::SchoolCode;

pub(super) async fn run(
    db: &Db,
    vault: &Vault,
    file: &Path,
    sitting: &str,
    school: Option<&str>,
    skip_bad: bool,
) -> Done {
    let wrong = |text: &str| Failed(format!("{text}: no such school"));
    let school = match school {
        Some(text) => Some(SchoolCode::parse(text).map_err(|_| wrong(text))?),
        None => None,
    };
    let watch = progress();
    let report = import(db, vault, file, sitting, Options { school, skip_bad }, &*watch).await?;
    for line in told(&report) {
        tell(line);
    }
    for line in summary(&report) {
        say(line);
    }
    // The command fails if no photo of the file was imported.
    let done = report.stored && report.good > 0;
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Everything in the report that needs attention, grouped by kind.
fn told(report: &Report) -> Vec<String> {
    let sorts: [(&str, &Told); 5] = [
        ("error", &report.bad),
        ("fits nobody", &report.nobody),
        ("doubtful", &report.doubtful),
        ("odd proportions", &report.odd),
        ("left out", &report.other),
    ];
    let mut lines = Vec::new();
    for (sort, told) in sorts {
        lines.extend(told.lines.iter().map(|line| format!("{sort}: {line}")));
        let more = told.count.saturating_sub(told.lines.len());
        if more > 0 {
            lines.push(format!("{sort}: and {more} more"));
        }
    }
    lines
}

fn summary(report: &Report) -> Vec<String> {
    let mut lines: Vec<String> = report.missing.iter().map(missing).collect();
    let good = report.good;
    if !report.stored {
        let way = if good > 0 { format!("; --skip-bad stores the {good} good ones") } else { String::new() };
        lines.push(format!("nothing was stored: {} bad photos{way}", report.bad.count));
    }
    let stored = if report.stored { good } else { 0 };
    lines.push(format!(
        "{stored} photos stored, {} fit nobody, {} doubtful, {} bad, {} other files left out, {} files of systems ignored",
        report.nobody.count, report.doubtful.count, report.bad.count, report.other.count, report.junk
    ));
    lines
}

fn missing(of: &Missing) -> String {
    let numbers: Vec<&str> =
        of.numbers.iter().map(String::as_str).filter(|number| !number.is_empty()).collect();
    let more = if of.count > of.numbers.len() { " …" } else { "" };
    let list = if numbers.is_empty() { String::new() } else { format!(": {}{more}", numbers.join(", ")) };
    format!("school {}: {} of {} students without a photo{list}", of.school, of.count, of.of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_every_part_of_the_file() {
        let told =
            |lines: &[&str], count| Told { lines: lines.iter().map(ToString::to_string).collect(), count };
        let mut report = Report {
            good: 2,
            stored: true,
            nobody: told(&["99301/9.jpg: nobody"], 3),
            junk: 4,
            missing: vec![Missing {
                school: SchoolCode::parse("99301").unwrap(),
                count: 2,
                of: 4,
                numbers: vec!["N3".to_owned(), String::new()],
            }],
            ..Report::default()
        };
        assert_eq!(super::told(&report), ["fits nobody: 99301/9.jpg: nobody", "fits nobody: and 2 more"]);
        let counts = "2 photos stored, 3 fit nobody, 0 doubtful, 0 bad, 0 other files left out, 4 files of systems ignored";
        assert_eq!(summary(&report), ["school 99301: 2 of 4 students without a photo: N3", counts]);
        report.stored = false;
        report.missing = Vec::new();
        report.bad.count = 1;
        assert_eq!(
            summary(&report),
            [
                "nothing was stored: 1 bad photos; --skip-bad stores the 2 good ones",
                "0 photos stored, 3 fit nobody, 0 doubtful, 1 bad, 0 other files left out, 4 files of systems ignored"
            ]
        );
    }
}
