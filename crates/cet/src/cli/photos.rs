//! `cet import photos`: prints the result for each photo.

use std::path::Path;
use std::process::ExitCode;

use super::import::progress;
use super::summary::tell;
use super::{Done, Failed, say};
use crate::store::Db;
use crate::ticket::photo::{Listing, Missing, Options, Report, import};
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
    let report =
        import(db, vault, file, sitting, Options { school, skip_bad, ..Options::default() }, &*watch).await?;
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
    let sorts: [(&str, &Listing); 5] = [
        ("error", &report.bad),
        ("no such student", &report.nobody),
        ("doubtful", &report.doubtful),
        ("unusual proportions", &report.odd),
        ("skipped", &report.other),
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
        let way =
            if good > 0 { format!("; --skip-bad imports the {good} valid ones") } else { String::new() };
        lines.push(format!("nothing was imported: {} invalid photos{way}", report.bad.count));
    }
    let stored = if report.stored { good } else { 0 };
    lines.push(format!(
        "{stored} photos imported, {} without a student, {} doubtful, {} invalid, {} other files skipped, {} system files ignored",
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
    use crate::sheet::words::Phrase;
    use crate::ticket::photo::Line;

    #[test]
    fn the_summary_counts_every_part_of_the_file() {
        let line = |name: &str| Line { name: name.to_owned(), what: Phrase::of("upload-photo-no-photo") };
        let told =
            |lines: &[&str], count| Listing { lines: lines.iter().copied().map(line).collect(), count };
        let mut report = Report::default();
        (report.good, report.stored, report.junk) = (2, true, 4);
        report.nobody = told(&["99301/9.jpg"], 3);
        report.missing = vec![Missing {
            school: SchoolCode::parse("99301").unwrap(),
            count: 2,
            of: 4,
            numbers: vec!["N3".to_owned(), String::new()],
        }];
        assert_eq!(
            super::told(&report),
            ["no such student: 99301/9.jpg: no photo", "no such student: and 2 more"]
        );
        let counts = "2 photos imported, 3 without a student, 0 doubtful, 0 invalid, 0 other files skipped, 4 system files ignored";
        assert_eq!(summary(&report), ["school 99301: 2 of 4 students without a photo: N3", counts]);
        report.stored = false;
        report.missing = Vec::new();
        report.bad.count = 1;
        assert_eq!(
            summary(&report),
            [
                "nothing was imported: 1 invalid photos; --skip-bad imports the 2 valid ones",
                "0 photos imported, 3 without a student, 0 doubtful, 1 invalid, 0 other files skipped, 4 system files ignored"
            ]
        );
    }
}
