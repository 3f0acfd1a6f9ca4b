//! The final output of `cet import`: first what concerns the whole file, then row by row, then the totals.

use std::process::ExitCode;

use super::{Done, say};
use crate::import::{Findings, ImportError, Outcome, Report};
use crate::setup::campuses::CampusFile;
use crate::sheet::words::Say as _;
use crate::sheet::{Note, RowFault};
use crate::texts::{Lang, texts};

pub(super) fn ended(result: Result<Report, ImportError>) -> Done {
    match result {
        Ok(report) => {
            print_list("warning", &report.warnings, report.warning_count);
            summary(&report).into_iter().for_each(say);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            if let ImportError::Sheet(error) = &error {
                tell(error.say(texts(Lang::Zh)));
            }
            if let ImportError::Rows { rows, findings, notes } = &error {
                findings
                    .headlines(texts(Lang::En), *rows)
                    .into_iter()
                    .for_each(|line| tell(format_args!("check first: {line}")));
                print_findings(findings);
                print_notes(notes);
            }
            Err(error.into())
        }
    }
}

/// The last lines of an import: what was imported and what was not, so that nothing is lost unnoticed.
fn summary(report: &Report) -> Vec<String> {
    let english = texts(Lang::En);
    let mut lines: Vec<String> =
        report.headlines.iter().map(|headline| format!("check first: {headline}")).collect();
    lines.extend(
        report
            .kinds
            .iter()
            .map(|(kind, tally)| format!("{} {}; first: {}", tally.count, english.m(kind), tally.first)),
    );
    lines.extend(report.notes.iter().map(ToString::to_string));
    if let Some(compared) = &report.compared {
        let (new, changed, unchanged) = (compared.new, compared.changed, compared.unchanged);
        lines.push(format!("{} rows read: {new} new, {changed} changed, {unchanged} unchanged", report.rows));
    }
    lines.push(match report.outcome {
        Outcome::Published { import } => {
            format!("{} rows published ({}), import {import}", report.rows, report.form)
        }
        Outcome::Checked => format!("{} rows are valid ({}), nothing was imported", report.rows, report.form),
        Outcome::KnownFile => {
            "this file was already imported and nothing has changed since: nothing was done".to_owned()
        }
    });
    lines
}

pub(super) fn print_doubled(file: &CampusFile) {
    for (code, names) in &file.doubled {
        let lines: Vec<String> = names.iter().map(|(place, name)| format!("{place} {name}")).collect();
        tell(format_args!("{code} has several names: {}", lines.join(", ")));
    }
}

pub(super) fn print_notes(notes: &[Note]) {
    notes.iter().for_each(tell);
}

pub(super) fn print_findings(findings: &Findings) {
    print_list("warning", &findings.warnings, findings.warning_count);
    print_list("error", &findings.errors, findings.error_count);
}

/// Prints the first items of a list; a million lines would help no one.
fn print_list(what: &str, list: &[RowFault], count: u64) {
    const PRINTED: usize = 200;
    for fault in list.iter().take(PRINTED) {
        tell(format_args!("{what}: {fault}"));
    }
    let printed = u64::try_from(list.len().min(PRINTED)).unwrap_or(u64::MAX);
    if count > printed {
        tell(format_args!("{what}: and {} more", count.saturating_sub(printed)));
    }
}

#[expect(clippy::print_stderr, reason = "what a command has to say beside its answer")]
pub(super) fn tell(text: impl std::fmt::Display) {
    eprintln!("{text}");
}
