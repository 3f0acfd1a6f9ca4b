//! From the exams of a candidate to the events of a calendar file, in the language of the page.

use jiff::SignedDuration;

use super::ics::{Event, calendar};
use super::verbs::Dated;
use crate::arrangement::verbs::Placed;
use crate::entry::Entry;
use crate::message::words::room_where;
use crate::sitting::hours::hours;
use crate::sitting::{Catalogue, Plan};
use crate::texts::Texts;
use crate::words::time::Time;

/// How long the event of the day on which printing begins lasts: it is a reminder.
const PRINTING: SignedDuration = SignedDuration::from_mins(30);

/// The file: an event for each exam, and one for each time from which tickets print. `host` is the site's, by which no
/// other calendar has events of the same name.
#[must_use]
pub fn file(catalogue: &Catalogue, plan: &Plan, of: &Dated, t: &'static Texts, host: &str) -> String {
    let exams = of
        .exams
        .iter()
        .filter_map(|(entry, placed)| exam(catalogue, plan, (entry, placed.as_ref()), t, host));
    let mut events: Vec<Event> = exams.collect();
    events.extend(printing(plan, of, t, host));
    calendar(&events, of.now)
}

fn exam(
    catalogue: &Catalogue,
    plan: &Plan,
    (entry, placed): (&Entry, Option<&Placed>),
    t: &'static Texts,
    host: &str,
) -> Option<Event> {
    let subject = plan.subject(entry.subject);
    let (from, to) = hours(subject, placed.and_then(|placed| placed.begins));
    let name = subject.map_or("", |subject| subject.name_in(t.lang().code()));
    let campus = match placed {
        Some(placed) if placed.campus != entry.campus => {
            let school = catalogue.school_name(placed.campus.school()).unwrap_or_default();
            format!("{school} {}", catalogue.campus_name(placed.campus).unwrap_or_default())
        }
        Some(_) | None => format!("{} {}", entry.school_name, entry.campus_name),
    };
    let room_name = placed.map(|placed| placed.room_name.as_str()).filter(|name| !name.is_empty());
    let seat = placed.map(|placed| {
        let (room, seat) = (format!("{:03}", placed.seat.room), format!("{:02}", placed.seat.seat));
        let place = room_where(t, &placed.room_name);
        t.f("ticket-calendar-seat", &[("room", &room), ("where", &place), ("seat", &seat)])
    });
    let bring = t.m("ticket-calendar-bring").to_owned();
    Some(Event {
        uid: format!("exam-{}@{host}", entry.id),
        from: from?,
        to,
        summary: name.to_owned(),
        location: std::iter::once(&*campus).chain(room_name).collect::<Vec<_>>().join(" "),
        description: seat.into_iter().chain([bring]).collect::<Vec<_>>().join("\n"),
        busy: true,
    })
}

/// One event for each time from which tickets print, named after the first entry that it is for.
fn printing(plan: &Plan, of: &Dated, t: &'static Texts, host: &str) -> Vec<Event> {
    let mut days: Vec<(Time, &Entry, Vec<&str>)> = Vec::new();
    for (entry, _) in &of.exams {
        let Some(subject) = plan.subject(entry.subject) else { continue };
        let Some(from) = subject.printing_from else { continue };
        let name = subject.name_in(t.lang().code());
        match days.iter_mut().find(|(known, _, _)| *known == from) {
            Some((_, _, names)) => names.push(name),
            None => days.push((from, entry, vec![name])),
        }
    }
    let event = |(from, entry, names): (Time, &Entry, Vec<&str>)| Event {
        uid: format!("printing-{}@{host}", entry.id),
        from,
        to: Some(from.plus(PRINTING)),
        summary: t.f("ticket-calendar-printing", &[("subjects", &names.join(t.m("ticket-calendar-and")))]),
        location: String::new(),
        description: t.m("ticket-calendar-printing-text").to_owned(),
        busy: false,
    };
    days.into_iter().map(event).collect()
}
