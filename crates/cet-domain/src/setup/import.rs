//! Imports a sitting's file: all of it in one transaction, or nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{FileFault, SittingFile};
use super::store;
use crate::arrangement::ArrangeRefusal;
use crate::change::parse::plain_lines;
use crate::change::rules::{TwoPeople, needs_second_of_staff};
use crate::change::verbs::{By, Policy, Proposal, make, stored_lines};
use crate::change::{ChangeRefusal, Key, SettingValue, Wanted};
use crate::sitting::consistency::{About, Misfit, Missing};
use crate::sitting::plan::{Plan, SittingState};
use crate::sitting::store::load_one;
use crate::sitting::store::write::Head;
use crate::store::{DbError, Stop, Tx};
use crate::texts::Lang;
use crate::words::codes::CampusCode;

/// The result, for the command's last line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Subjects of the sitting.
    pub subjects: usize,
    /// Windows, fees, notices and oral settings.
    pub settings: usize,
    /// Seat pools.
    pub pools: usize,
    /// Texts that got a new version, because they changed.
    pub new_texts: usize,
    /// The state of the sitting.
    pub state: SittingState,
    /// What took effect without the second person whom staff would have needed.
    pub alone: BTreeSet<TwoPeople>,
}

/// Writes the content of a sitting's file as one change of settings (season.md section 1); those that the file does
/// not mention stay. A new sitting is a draft, until it is imported with `publish`.
///
/// # Errors
/// All unknown places, pools whose capacity would fall below the number of taken seats (R15), contradictions with
/// earlier imports, and missing requirements for publishing; nothing is stored then.
pub async fn import(
    tx: &mut Tx<'_>,
    file: &SittingFile,
    publish: bool,
) -> Result<Imported, Stop<Vec<FileFault>>> {
    places(tx, file).await?;
    let known: BTreeSet<CampusCode> = store::campuses(tx).await?.into_keys().collect();
    let unknown = file.places.unknown(&known);
    let before = load_one(tx, &file.code).await?;
    let state = before.as_ref().map_or(SittingState::Draft, |plan| plan.state);
    // One that is over is refused by the change itself.
    let (publishes, new) = (publish && state != SittingState::Published, before.is_none());
    let mut wanted = wanted(file, before.as_ref());
    let after = if publishes { SittingState::Published } else { state };
    if publishes || new {
        wanted.push((Key::State, Some(SettingValue::State(after))));
    }
    // What is not known was reported with its line.
    wanted.retain(|(key, _)| !matches!(key, Key::Pool(campus, _) if !known.contains(campus)));
    let texts_before =
        wanted.iter().filter(|(key, value)| is_new_text(before.as_ref(), key, value.as_ref())).count();
    let proposal = Proposal {
        sitting: file.code.clone(),
        origin: "file",
        wanted,
        reason: String::new(),
        undoes: None,
        from: None,
        seen: None,
    };
    let policy = Policy { two_people: BTreeSet::new() };
    let made = make(tx, &By::Command("import sitting"), &policy, &proposal).await;
    let (mut faults, mut alone) = (unknown, BTreeSet::new());
    match made {
        Ok(made) => {
            let (lines, now) = (stored_lines(tx, made.id()).await?, tx.now().await?);
            let before = before.unwrap_or_else(|| Plan::empty(file.code.clone()));
            alone = needs_second_of_staff(&lines, &before, now);
        }
        // The file says what is set already.
        Err(Stop::Refused(refusals)) if refusals == [ChangeRefusal::Nothing] => {}
        Err(Stop::Refused(refusals)) => {
            let lines = lines(file);
            let had_unknown = !faults.is_empty();
            faults.extend(refusals.iter().flat_map(|refusal| told(file, &lines, refusal, had_unknown)));
        }
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Err(Stop::Refused(faults));
    }
    Ok(Imported {
        subjects: file.subjects.len(),
        settings: file.windows.len()
            + file.limits.len()
            + file.fees.len()
            + file.notices.len()
            + file.orals.len()
            + file.arrangements.len(),
        pools: file.pools.len(),
        new_texts: texts_before,
        state: after,
        alone,
    })
}

fn is_new_text(before: Option<&Plan>, key: &Key, value: Option<&SettingValue>) -> bool {
    let Key::Text(kind, lang) = key else { return false };
    let Some(SettingValue::Text(body)) = value else { return false };
    before
        .and_then(|plan| plan.own_text(*kind, *lang))
        .is_none_or(|text| plain_lines(&text.body) != plain_lines(body))
}

/// The settings of a file.
pub(super) fn wanted(file: &SittingFile, before: Option<&Plan>) -> Vec<Wanted> {
    let head = Head {
        name: file.name.clone(),
        name_en: file.name_en.clone(),
        year: file.year,
        half: file.half,
        ask_student_number: file.ask_student_number,
        province_fees: file.province_fees.unwrap_or_else(|| before.is_some_and(|plan| plan.province_fees)),
    };
    let mut all = vec![(Key::Sitting, Some(SettingValue::Sitting(head)))];
    let subject = |subject: &crate::sitting::Subject| {
        (Key::Subject(subject.code), Some(SettingValue::Subject(Box::new(subject.clone()))))
    };
    all.extend(file.subjects.iter().map(subject));
    all.extend(
        file.limits
            .iter()
            .map(|(_, place, on, limit)| (Key::Limit(*place, *on), Some(SettingValue::Limit(*limit)))),
    );
    all.extend(file.windows.iter().map(|line| {
        let value = SettingValue::Window(line.window, line.outsiders_from);
        (Key::Window(line.scope, line.mode), Some(value))
    }));
    all.extend(
        file.fees
            .iter()
            .map(|(place, subject, amount)| (Key::Fee(*place, *subject), Some(SettingValue::Fee(*amount)))),
    );
    all.extend(
        file.orals
            .iter()
            .map(|(place, prefixes)| (Key::Oral(*place), Some(SettingValue::Oral(prefixes.clone())))),
    );
    all.extend(file.notices.iter().map(|notice| {
        let value = SettingValue::Notice(notice.body.clone(), notice.body_en.clone());
        (Key::Notice(notice.scope, notice.step), Some(value))
    }));
    all.extend(file.texts.iter().filter_map(|(kind, lang, body)| {
        Some((Key::Text(*kind, Lang::parse(lang)?), Some(SettingValue::Text(body.clone()))))
    }));
    all.extend(file.arrangements.iter().filter_map(|(_, row)| {
        let place = crate::sitting::window::Scope::parse(&row.scope)?;
        Some((Key::Arrangement(place), Some(SettingValue::Arrangement(Box::new(row.clone())))))
    }));
    all.extend(
        file.pools
            .iter()
            .map(|pool| (Key::Pool(pool.campus, pool.subject), Some(SettingValue::Pool(pool.capacity)))),
    );
    all
}

/// The line of each setting in the file.
fn lines(file: &SittingFile) -> BTreeMap<Key, usize> {
    let subjects = file.subject_lines.iter().map(|(code, line)| (Key::Subject(*code), *line));
    let limits = file.limits.iter().map(|(line, place, on, _)| (Key::Limit(*place, *on), *line));
    let windows = file.windows.iter().map(|line| (Key::Window(line.scope, line.mode), line.line));
    let pools = file.pools.iter().map(|pool| (Key::Pool(pool.campus, pool.subject), pool.line));
    let arrangements = file.arrangements.iter().filter_map(|(line, row)| {
        Some((Key::Arrangement(crate::sitting::window::Scope::parse(&row.scope)?), *line))
    });
    subjects.chain(limits).chain(windows).chain(pools).chain(arrangements).collect()
}

/// A refusal as faults of the file.
fn told(
    file: &SittingFile,
    lines: &BTreeMap<Key, usize>,
    refusal: &ChangeRefusal,
    had_unknown: bool,
) -> Vec<FileFault> {
    let at = |key: &Key, text: String| vec![FileFault { line: lines.get(key).copied().unwrap_or(1), text }];
    match refusal {
        ChangeRefusal::Misfit(misfit) => vec![misfitting(lines, misfit)],
        ChangeRefusal::Missing(missing) => missing
            .iter()
            // Pools of unknown campuses were reported with their lines.
            .filter(|what| !had_unknown || file.pools.is_empty() || **what != Missing::Pool)
            .map(|what| FileFault { line: 1, text: format!("it can't be published: {what}") })
            .collect(),
        ChangeRefusal::BelowTaken(key @ Key::Pool(campus, subject), taken) => {
            let capacity = file.pools.iter().find(|pool| (pool.campus, pool.subject) == (*campus, *subject));
            let capacity = capacity.map_or(0, |pool| pool.capacity);
            at(
                key,
                format!(
                    "pool.capacity = {capacity} for subject {subject} at {campus}: expected at least {taken}, as many seats are taken"
                ),
            )
        }
        ChangeRefusal::OutsideLimits(key, place, limit) => {
            let expected = match limit {
                crate::sitting::limit::Limit::Seats(most) => format!("at most {most} seats"),
                crate::sitting::limit::Limit::Span(from, to) => format!(
                    "from {} to {}",
                    from.map_or_else(|| "any time".to_owned(), crate::words::time::Time::page),
                    to.map_or_else(|| "any time".to_owned(), crate::words::time::Time::page)
                ),
            };
            let (kind, of, item) = (key.kind().wire(), key.place(), key.item());
            at(key, format!("{kind} {item} of \"{of}\": expected {expected}, the limit of \"{place}\""))
        }
        ChangeRefusal::Arranged(key) => {
            at(key, format!("arrangement.arrange_as: {}", ArrangeRefusal::Published))
        }
        // Its line was reported from the file's places.
        ChangeRefusal::PlaceUnknown(_) if had_unknown => Vec::new(),
        ChangeRefusal::PlaceUnknown(key) => {
            at(key, format!("{} of \"{}\": expected a known place", key.kind().wire(), key.place()))
        }
        ChangeRefusal::State(state) => {
            vec![FileFault { line: 1, text: format!("the sitting is {} and can't be changed", state.wire()) }]
        }
        other => vec![FileFault { line: 1, text: format!("it can't be changed: {}", other.code()) }],
    }
}

/// A contradiction in the resulting sitting, between this file and earlier ones. Those within the file have been
/// reported when it was parsed.
fn misfitting(lines: &BTreeMap<Key, usize>, misfit: &Misfit) -> FileFault {
    let (line, whose) = match misfit.about {
        About::Sitting => (Some(1), String::new()),
        About::Subject(code) => {
            (lines.get(&Key::Subject(code)).copied(), format!(" (subject {code}, from an earlier import)"))
        }
        About::Window(scope, mode) => (
            lines.get(&Key::Window(scope, mode)).copied(),
            format!(" (the {} window of \"{scope}\", from an earlier import)", mode.wire()),
        ),
    };
    let text = if line.is_some() { misfit.text.clone() } else { format!("{}{whose}", misfit.text) };
    FileFault { line: line.unwrap_or(1), text }
}

async fn places(tx: &mut Tx<'_>, file: &SittingFile) -> Result<(), DbError> {
    for (code, name) in &file.provinces {
        store::set_province(tx, *code, name).await?;
    }
    for (code, name) in &file.schools {
        store::set_school(tx, *code, name).await?;
    }
    for (code, name) in &file.campuses {
        store::set_campus(tx, *code, name).await?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "tests/import.rs"]
mod tests;
