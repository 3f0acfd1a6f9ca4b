//! The sections of a sitting's file, one function each.

use std::collections::{BTreeMap, BTreeSet};

use super::arrangement::arrangements;
use super::limits::limits;
use super::table::{Faults, Section};
use super::texts::{notices, text_beside};
use super::{Places, PoolLine, SittingFile, WindowLine};
use crate::change::parse::{self, LARGEST_POOL};
use crate::sitting::consistency::{About, misfits};
use crate::sitting::plan::TextKind;
use crate::sitting::subject::Subject;
use crate::sitting::window::{Scope, Window};
use crate::words::codes::{CampusCode, ProvinceCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::{Level, Mode};

pub(super) const SUBJECT: &str = "a subject code: one digit or upper-case letter";
pub(super) const MODE: &str = "\"written\" or \"oral\"";

/// Key, kind and language of each text file.
pub(in crate::setup) const TEXTS: [(&str, TextKind, &str); 6] = [
    ("agreement", TextKind::Agreement, "zh"),
    ("agreement_en", TextKind::Agreement, "en"),
    ("guidance_written", TextKind::GuidanceWritten, "zh"),
    ("guidance_written_en", TextKind::GuidanceWritten, "en"),
    ("guidance_oral", TextKind::GuidanceOral, "zh"),
    ("guidance_oral_en", TextKind::GuidanceOral, "en"),
];

pub(super) fn sitting(
    mut root: Section<'_, '_>,
    beside: &impl Fn(&str) -> Result<String, String>,
    faults: &mut Faults,
) -> Option<SittingFile> {
    let code = root
        .need("code", "up to 16 letters, digits and dashes", faults, |text| SittingCode::parse(text).ok());
    let name = root.line_of_text("name", faults);
    let name_en = root.optional_line("name_en", faults);
    let year = root.number("year", 1987..=2100, faults);
    let half = root.whole_number("half", "1 or 2", faults, |half| (1..=2).contains(&half));
    let ask_student_number = root.flag("ask_student_number", faults);
    let province_fees = root.optional_flag("province_fees", faults);
    let texts = TEXTS
        .into_iter()
        .filter_map(|(key, kind, lang)| {
            let text = text_beside(&mut root, key, beside, faults)?;
            Some((kind, lang, text))
        })
        .collect();
    let provinces =
        places(root.tables("province", faults), "2 digits", faults, |t| ProvinceCode::parse(t).ok());
    // School 00000 is reserved for what belongs to none.
    let schools = places(root.tables("school", faults), "5 digits, not 00000", faults, |text| {
        SchoolCode::parse(text).ok().filter(|code| *code != SchoolCode::NONE)
    });
    let campuses = places(root.tables("campus", faults), "6 digits, not 00000…", faults, |text| {
        CampusCode::parse(text).ok().filter(|code| code.school() != SchoolCode::NONE)
    });
    faults.places.provinces = provinces.iter().map(|(code, _)| *code).collect();
    faults.places.campuses = campuses.iter().map(|(code, _)| *code).collect();
    let mut subject_lines = BTreeMap::new();
    let subjects = subjects(root.tables("subject", faults), &mut subject_lines, faults);
    let known: BTreeSet<SubjectCode> = subject_lines.keys().copied().collect();
    let windows = windows(root.tables("window", faults), faults);
    dates(year, &subjects, &subject_lines, &windows, faults);
    let limits = limits(root.tables("limit", faults), &known, faults);
    let fees = fees(root.tables("fee", faults), &known, faults);
    let pools = pools(root.tables("pool", faults), &known, faults);
    let notices = notices(root.tables("notice", faults), beside, faults);
    let orals = orals(root.tables("oral", faults), faults);
    let arrangements = arrangements(root.tables("arrangement", faults), faults);
    root.end(faults);
    let name = name?;
    Some(SittingFile {
        code: code?,
        name_en: name_en.unwrap_or_else(|| name.clone()),
        name,
        year: year?,
        half: half?,
        ask_student_number,
        province_fees,
        subjects,
        subject_lines,
        windows,
        fees,
        pools,
        limits,
        notices,
        orals,
        arrangements,
        provinces,
        schools,
        campuses,
        texts,
        places: Places::default(),
    })
}

/// Reports contradictions between the dates, each at its line.
fn dates(
    year: Option<i64>,
    subjects: &[Subject],
    lines: &BTreeMap<SubjectCode, usize>,
    windows: &[WindowLine],
    faults: &mut Faults,
) {
    for misfit in misfits(year, subjects, windows) {
        let line = match misfit.about {
            About::Sitting => None,
            About::Subject(code) => lines.get(&code).copied(),
            About::Window(scope, mode) => {
                let stands = |line: &&WindowLine| (line.scope, line.mode) == (scope, mode);
                windows.iter().find(stands).map(|line| line.line)
            }
        };
        faults.at(line.unwrap_or(1), misfit.text);
    }
}

fn places<C: Ord + Copy + std::fmt::Display>(
    sections: Vec<Section<'_, '_>>,
    expected: &str,
    faults: &mut Faults,
    parse: fn(&str) -> Option<C>,
) -> Vec<(C, String)> {
    let mut places: Vec<(C, String)> = Vec::new();
    let mut seen = BTreeSet::new();
    for mut section in sections {
        let code = section.need("code", expected, faults, parse);
        let name = section.line_of_text("name", faults);
        if let Some(code) = code
            && !seen.insert(code)
        {
            faults.at(section.line, format!("code {code} stands twice"));
        }
        places.extend(code.zip(name));
        section.end(faults);
    }
    places
}

/// The subjects that are complete enough to check their dates; `lines` gets every code in the file.
fn subjects(
    sections: Vec<Section<'_, '_>>,
    lines: &mut BTreeMap<SubjectCode, usize>,
    faults: &mut Faults,
) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = Vec::new();
    for (index, mut section) in (1..).zip(sections) {
        let place = section.optional_number("place", 1..=999, faults).unwrap_or(index);
        let code = section.need("code", SUBJECT, faults, |text| SubjectCode::parse(text).ok());
        let name = section.line_of_text("name", faults);
        let name_en = section.optional_line("name_en", faults);
        let mode = section.need("mode", MODE, faults, Mode::from_wire);
        let level = section.whole_number("level", "4 or 6", faults, |level| [4, 6].contains(&level));
        let language = section.optional_line("language", faults);
        let needs = section.list("needs", SUBJECT, faults, |text| SubjectCode::parse(text).ok());
        let before = faults.list.len();
        let dates =
            ["exam_from", "exam_to", "printing_from", "printing_to"].map(|key| section.time(key, faults));
        // An unreadable date is not reported as missing too.
        let readable = faults.list.len() == before;
        let [exam_from, exam_to, printing_from, printing_to] = if readable { dates } else { [None; 4] };
        if let Some(code) = code
            && lines.insert(code, section.line).is_some()
        {
            faults.at(section.line, format!("subject {code} stands twice"));
        }
        // What is missing here is a fault already, so nothing of the file will be stored.
        let name = name.unwrap_or_default();
        if let (Some(code), Some(mode)) = (code, mode) {
            subjects.push(Subject {
                code,
                place,
                name_en: name_en.unwrap_or_else(|| name.clone()),
                name,
                mode,
                level: level.and_then(Level::from_number).unwrap_or(Level::FOUR),
                language: language.unwrap_or_else(|| Subject::ENGLISH.to_owned()),
                needs: needs.unwrap_or_default(),
                exam_from,
                exam_to,
                printing_from,
                printing_to,
            });
        }
        section.end(faults);
    }
    subjects
}

/// One of `province`, `school`, `campus`; none of them means the nation.
pub(super) fn scope(section: &mut Section<'_, '_>, faults: &mut Faults) -> Option<Scope> {
    let before = faults.list.len();
    let found = [
        section.read("province", "2 digits", faults, |t| ProvinceCode::parse(t).ok()).map(Scope::Province),
        section.read("school", "5 digits", faults, |t| SchoolCode::parse(t).ok()).map(Scope::School),
        section.read("campus", "6 digits", faults, |t| CampusCode::parse(t).ok()).map(Scope::Campus),
    ];
    let mut named = found.into_iter().flatten();
    let scope = named.next().unwrap_or(Scope::National);
    if named.next().is_some() {
        faults
            .at(section.line, "expected one of province, school and campus, or none of them for the nation");
    }
    for place in found.into_iter().flatten() {
        let key = match place {
            Scope::National => "",
            Scope::Province(_) => "province",
            Scope::School(_) => "school",
            Scope::Campus(_) => "campus",
        };
        faults.names(section.line, &section.path(key), place);
    }
    (faults.list.len() == before).then_some(scope)
}

fn windows(sections: Vec<Section<'_, '_>>, faults: &mut Faults) -> Vec<WindowLine> {
    let mut windows = Vec::new();
    let mut seen = BTreeSet::new();
    for mut section in sections {
        let scope = scope(&mut section, faults);
        let mode = section.need("mode", MODE, faults, Mode::from_wire);
        let from = section.need_time("from", faults);
        let to = section.need_time("to", faults);
        let outsiders_from = section.time("outsiders_from", faults);
        if let (Some(from), Some(to)) = (from, to) {
            match (Window::new(from, to), scope, mode) {
                (Err(_), _, _) => faults.at(section.line, "window.to: expected a time after from"),
                (Ok(window), Some(scope), Some(mode)) => {
                    if !seen.insert((scope, mode)) {
                        faults.at(
                            section.line,
                            format!("the {} window of \"{scope}\" stands twice", mode.wire()),
                        );
                    }
                    windows.push(WindowLine { line: section.line, scope, mode, window, outsiders_from });
                }
                (Ok(_), _, _) => {}
            }
        }
        section.end(faults);
    }
    windows
}

/// `subject = "1"` or `subjects = ["1", "2"]`, all of them subjects of the file.
pub(super) fn subject_list(
    section: &mut Section<'_, '_>,
    known: &BTreeSet<SubjectCode>,
    faults: &mut Faults,
) -> Vec<SubjectCode> {
    let in_file = |text: &str| SubjectCode::parse(text).ok().filter(|code| known.contains(code));
    let expected = "a [[subject]] of this file";
    let one = section.list("subject", expected, faults, in_file);
    let many = section.list("subjects", expected, faults, in_file);
    if one.is_none() && many.is_none() {
        faults.at(section.line, "subject or subjects is missing");
    }
    one.into_iter().chain(many).flatten().collect()
}

fn fees(
    sections: Vec<Section<'_, '_>>,
    known: &BTreeSet<SubjectCode>,
    faults: &mut Faults,
) -> Vec<(Scope, SubjectCode, Fen)> {
    let mut fees = Vec::new();
    let mut seen = BTreeSet::new();
    for mut section in sections {
        let scope = scope(&mut section, faults);
        let subjects = subject_list(&mut section, known, faults);
        let amount =
            section.need("amount", "yuan in quotes from 0.01 to 10000.00, as \"30.00\"", faults, parse::fee);
        for subject in subjects {
            if let (Some(scope), Some(amount)) = (scope, amount) {
                if !seen.insert((scope, subject)) {
                    faults.at(
                        section.line,
                        format!("the fee of subject {subject} for \"{scope}\" stands twice"),
                    );
                }
                fees.push((scope, subject, amount));
            }
        }
        section.end(faults);
    }
    fees
}

fn pools(
    sections: Vec<Section<'_, '_>>,
    known: &BTreeSet<SubjectCode>,
    faults: &mut Faults,
) -> Vec<PoolLine> {
    let mut pools = Vec::new();
    let mut seen = BTreeSet::new();
    for mut section in sections {
        let campus = section.need("campus", "6 digits", faults, |t| CampusCode::parse(t).ok());
        let subjects = subject_list(&mut section, known, faults);
        let capacity = section.number("capacity", 0..=LARGEST_POOL, faults);
        if let Some(campus) = campus {
            faults.names(section.line, "pool.campus", campus);
        }
        for subject in subjects {
            if let (Some(campus), Some(capacity)) = (campus, capacity) {
                if !seen.insert((campus, subject)) {
                    faults
                        .at(section.line, format!("the pool of subject {subject} at {campus} stands twice"));
                }
                pools.push(PoolLine { line: section.line, campus, subject, capacity });
            }
        }
        section.end(faults);
    }
    pools
}

fn orals(sections: Vec<Section<'_, '_>>, faults: &mut Faults) -> Vec<(Scope, Vec<String>)> {
    let mut orals = Vec::new();
    let mut seen = BTreeSet::new();
    for mut section in sections {
        let scope = scope(&mut section, faults);
        let elsewhere =
            section.list("elsewhere", "the first 1 to 6 digits of campus codes", faults, parse::prefix);
        if elsewhere.is_none() {
            faults.at(section.line, "oral.elsewhere is missing");
        }
        for prefix in elsewhere.iter().flatten() {
            faults.names(section.line, "oral.elsewhere", prefix);
        }
        if let Some(scope) = scope
            && !seen.insert(scope)
        {
            faults.at(section.line, format!("the oral setting of \"{scope}\" stands twice"));
        }
        orals.extend(scope.zip(elsewhere));
        section.end(faults);
    }
    orals
}
