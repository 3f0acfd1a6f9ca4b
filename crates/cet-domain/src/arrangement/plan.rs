//! The units of a sitting: campuses that are arranged together, with their settings and the end of their windows.

use std::collections::BTreeMap;

use super::rules::numbers::OralTicket;
use super::settings::{SettingFault, Tail, parse_sessions};
use super::store::SettingRow;
use super::{ArrangeRefusal, Settings, Unit};
use crate::sitting::plan::Plan;
use crate::sitting::subject::Subject;
use crate::sitting::window::Scope;
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::subject::Mode;
use crate::words::time::Time;

/// A unit with all inputs of its arrangement except the candidates.
#[derive(Clone, Debug)]
pub struct UnitPlan {
    /// The unit.
    pub unit: Unit,
    /// The campuses whose candidates are in it, each with the end of its window.
    pub sources: Vec<(CampusCode, Option<Time>)>,
    /// The arranging campus's settings.
    pub settings: Settings,
    /// The other oral subjects of the same day, which use the same machines: those before it in the sitting's list take
    /// precedence.
    pub same_day: SameDay,
}

/// Oral subjects of one day.
#[derive(Clone, Debug, Default)]
pub struct SameDay {
    /// Before it in the list: their drafts count too.
    pub earlier: Vec<SubjectCode>,
    /// After it in the list: only published arrangements count.
    pub later: Vec<SubjectCode>,
}

impl UnitPlan {
    /// When the last of its windows closes; the earliest time if none is set, because nobody can enter then.
    #[must_use]
    pub fn closed_at(&self) -> Time {
        self.last_to_close().map_or(Time::from_micros(0), |(_, closes)| closes)
    }

    /// Refuses before registration has closed at all of its campuses (T1).
    ///
    /// # Errors
    /// [`ArrangeRefusal::NotClosed`] with the last campus to close.
    pub(crate) fn may_arrange(&self, now: Time) -> Result<(), ArrangeRefusal> {
        match self.last_to_close() {
            Some((campus, closes)) if now < closes => Err(ArrangeRefusal::NotClosed { campus, closes }),
            _ => Ok(()),
        }
    }

    fn last_to_close(&self) -> Option<(CampusCode, Time)> {
        self.sources
            .iter()
            .filter_map(|(campus, closes)| closes.map(|closes| (*campus, closes)))
            .max_by_key(|(_, closes)| *closes)
    }

    /// The source campuses.
    pub fn campuses(&self) -> impl Iterator<Item = CampusCode> + '_ {
        self.sources.iter().map(|(campus, _)| *campus)
    }

    /// The source campuses, joined by `;`.
    #[must_use]
    pub(crate) fn source_list(&self) -> String {
        self.sources.iter().map(|(campus, _)| campus.as_str()).collect::<Vec<_>>().join(";")
    }
}

/// The units of a sitting by campus and the order of subjects; if `only` is set, those of that arranging campus (or of
/// the one that it is arranged with).
///
/// # Errors
/// [`ArrangeRefusal::Setting`] for the first campus whose settings are out of their limits.
pub fn units(
    plan: &Plan,
    rows: &[SettingRow],
    only: Option<CampusCode>,
) -> Result<Vec<UnitPlan>, ArrangeRefusal> {
    let mut together: BTreeMap<CampusCode, Vec<CampusCode>> = BTreeMap::new();
    for campus in plan.campuses() {
        together.entry(arranging(rows, campus)?).or_default().push(campus);
    }
    let only = only.map(|campus| arranging(rows, campus)).transpose()?;
    let mut all = Vec::new();
    for (campus, campuses) in together {
        if only.is_some_and(|only| only != campus) {
            continue;
        }
        let settings = settings_of(rows, campus).map_err(|fault| ArrangeRefusal::Setting(campus, fault))?;
        for subject in plan.subjects() {
            let sources: Vec<_> = campuses
                .iter()
                .filter(|source| plan.offers(**source, subject.code))
                .map(|source| {
                    (
                        *source,
                        plan.window(*source, subject.mode).map(super::super::sitting::window::Window::closes),
                    )
                })
                .collect();
            if !sources.is_empty() {
                let unit = unit(plan, campus, subject);
                all.push(UnitPlan {
                    unit,
                    sources,
                    settings: settings.clone(),
                    same_day: same_day(plan, subject),
                });
            }
        }
    }
    Ok(all)
}

fn unit(plan: &Plan, campus: CampusCode, subject: &Subject) -> Unit {
    Unit {
        campus,
        sitting: plan.code.clone(),
        year: plan.year,
        half: plan.half,
        subject: subject.code,
        mode: subject.mode,
    }
}

/// Subjects with the same local start date are on the same day; subjects without a date share one day.
fn same_day(plan: &Plan, own: &Subject) -> SameDay {
    let mut found = SameDay::default();
    if own.mode == Mode::Written {
        return found;
    }
    let day = |subject: &Subject| subject.exam_from.map(Time::page_date);
    let mut before = true;
    for subject in plan.subjects() {
        if subject.code == own.code {
            before = false;
        } else if subject.mode == Mode::Oral && day(subject) == day(own) {
            if before { found.earlier.push(subject.code) } else { found.later.push(subject.code) }
        }
    }
    found
}

/// The campus that arranges a campus's candidates: itself if none is set.
fn arranging(rows: &[SettingRow], campus: CampusCode) -> Result<CampusCode, ArrangeRefusal> {
    let with = |campus: CampusCode| {
        rows.iter()
            .find(|row| row.scope == campus.as_str())
            .and_then(|row| row.arrange_as.as_deref())
            .map(CampusCode::parse)
    };
    let fault =
        |expected| Err(ArrangeRefusal::Setting(campus, SettingFault { what: "arrange_as", expected }));
    match with(campus) {
        None => Ok(campus),
        Some(Err(_)) => fault("a campus"),
        Some(Ok(other)) if other == campus => Ok(campus),
        Some(Ok(other)) => match with(other) {
            Some(Ok(third)) if third != other => fault("a campus that arranges its own candidates"),
            _ => Ok(other),
        },
    }
}

/// The settings of a campus: each from the narrowest scope that sets it.
fn settings_of(rows: &[SettingRow], campus: CampusCode) -> Result<Settings, SettingFault> {
    let scopes = [
        Scope::National,
        Scope::Province(campus.province()),
        Scope::School(campus.school()),
        Scope::Campus(campus),
    ];
    let mut settings = Settings::default();
    for scope in scopes.map(|scope| scope.to_string()) {
        if let Some(row) = rows.iter().find(|row| row.scope == scope) {
            row.apply(&mut settings)?;
        }
    }
    settings.checked()
}

impl SettingRow {
    fn apply(&self, settings: &mut Settings) -> Result<(), SettingFault> {
        let numbers = [
            (self.room_size, &mut settings.room_size, "room_size"),
            (self.seat_columns, &mut settings.columns, "columns"),
            (self.spare_seats, &mut settings.spare_seats, "spare_seats"),
            (self.oral_rooms, &mut settings.oral_rooms, "oral_rooms"),
            (self.machines, &mut settings.machines, "machines"),
        ];
        for (value, setting, what) in numbers {
            if let Some(value) = value {
                *setting = usize::try_from(value)
                    .map_err(|_| SettingFault { what, expected: "a number that is not negative" })?;
            }
        }
        if let Some(tail) = &self.tail {
            let fault = SettingFault { what: "tail", expected: "short, balanced or merged" };
            settings.tail = Tail::from_wire(tail).ok_or(fault)?;
        }
        if let Some(sessions) = &self.oral_sessions {
            let fault = SettingFault { what: "oral_sessions", expected: "times as 08:30;09:15" };
            settings.sessions = parse_sessions(sessions).ok_or(fault)?;
        }
        if let Some(form) = &self.oral_ticket {
            settings.oral_ticket =
                OralTicket::parse(form).map_err(|expected| SettingFault { what: "oral_ticket", expected })?;
        }
        Ok(())
    }
}
