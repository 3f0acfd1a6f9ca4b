//! `[[limit]]`: what a place allows the places below it.

use std::collections::BTreeSet;

use super::sections::{MODE, scope, subject_list};
use super::table::{Faults, Section};
use crate::change::parse::LARGEST_POOL;
use crate::sitting::limit::{Limit, LimitOn};
use crate::sitting::window::Scope;
use crate::words::codes::SubjectCode;
use crate::words::subject::Mode;

/// `mode` with `from` or `to`, or `subject` with `capacity`.
pub(super) fn limits(
    sections: Vec<Section<'_, '_>>,
    known: &BTreeSet<SubjectCode>,
    faults: &mut Faults,
) -> Vec<(usize, Scope, LimitOn, Limit)> {
    let mut limits = Vec::new();
    let mut seen = BTreeSet::new();
    for mut section in sections {
        let place = scope(&mut section, faults);
        if matches!(place, Some(Scope::School(_) | Scope::Campus(_))) {
            faults.at(section.line, "limit: expected a province, or none for the nation");
        }
        let mode = section.read("mode", MODE, faults, Mode::from_wire);
        let (from, to) = (section.time("from", faults), section.time("to", faults));
        let capacity = section.optional_number("capacity", 0..=LARGEST_POOL, faults);
        let mut found = Vec::new();
        match (mode, capacity) {
            (Some(mode), None) if from.is_some() || to.is_some() => {
                if from.zip(to).is_some_and(|(from, to)| from >= to) {
                    faults.at(section.line, "limit.to: expected a time after from");
                }
                found.push((LimitOn::Windows(mode), Limit::Span(from, to)));
            }
            (None, Some(most)) if from.is_none() && to.is_none() => {
                let subjects = subject_list(&mut section, known, faults);
                found.extend(subjects.into_iter().map(|code| (LimitOn::Capacity(code), Limit::Seats(most))));
            }
            _ => faults.at(section.line, "limit: expected mode with from or to, or subject with capacity"),
        }
        for (on, limit) in found {
            if let Some(place) = place {
                if !seen.insert((place, on)) {
                    faults.at(section.line, format!("the limit of {on} for \"{place}\" stands twice"));
                }
                limits.push((section.line, place, on, limit));
            }
        }
        section.end(faults);
    }
    limits
}
