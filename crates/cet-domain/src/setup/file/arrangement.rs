//! `[[arrangement]]`: settings of arrangement.

use std::collections::BTreeSet;

use super::sections::scope;
use super::table::{Faults, Section};
use crate::arrangement::rules::numbers::OralTicket;
use crate::arrangement::settings::{Tail, parse_sessions};
use crate::arrangement::store::SettingRow;
use crate::sitting::window::Scope;
use crate::words::codes::CampusCode;

/// Limits that depend on several settings, as columns and seats of a room, are checked when a campus is arranged.
pub(super) fn arrangements(sections: Vec<Section<'_, '_>>, faults: &mut Faults) -> Vec<(usize, SettingRow)> {
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    for mut section in sections {
        let place = scope(&mut section, faults);
        let tail = "\"short\", \"balanced\" or \"merged\"";
        let sessions = "times of a day, as \"08:30\"";
        let time =
            |text: &str| parse_sessions(text).filter(|times| times.len() == 1).map(|_| text.to_owned());
        let form = "15 characters in parts as {subject}{year}{half}{campus}{session}{place}";
        let row = SettingRow {
            scope: place.map(|place| place.to_string()).unwrap_or_default(),
            room_size: section.optional_number("room_size", 1..=99, faults),
            seat_columns: section.optional_number("columns", 1..=99, faults),
            tail: section.read("tail", tail, faults, |name| Tail::from_wire(name).map(|_| name.to_owned())),
            spare_seats: section.optional_number("spare_seats", 0..=98, faults),
            oral_rooms: section.optional_number("oral_rooms", 1..=99, faults),
            machines: section.optional_number("machines", 1..=99, faults),
            oral_sessions: section
                .list("oral_sessions", sessions, faults, time)
                .map(|times| times.join(";"))
                .filter(|times| !times.is_empty()),
            oral_ticket: section.read("oral_ticket", form, faults, |form| {
                OralTicket::parse(form).ok().map(|_| form.to_owned())
            }),
            arrange_as: section
                .read("arrange_as", "6 digits", faults, |code| CampusCode::parse(code).ok())
                .map(|campus| campus.to_string()),
        };
        if let Some(campus) = &row.arrange_as {
            faults.names(section.line, "arrangement.arrange_as", campus);
        }
        if row.arrange_as.is_some() && !matches!(place, Some(Scope::Campus(_)) | None) {
            faults.at(section.line, "arrangement.arrange_as: expected beside campus only");
        }
        if let Some(place) = place {
            if !seen.insert(place) {
                faults.at(section.line, format!("the arrangement of \"{place}\" stands twice"));
            }
            rows.push((section.line, row));
        }
        section.end(faults);
    }
    rows
}
