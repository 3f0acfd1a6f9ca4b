//! `/staff/arrangements/{campus}/{subject}/room-names`: a school says where the rooms of a subject are, by a list or one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;

use super::{PATH, subject_name, unit};
use crate::arrangement::views::{NameLine, RoomNamesView};
use crate::staff::list::PAGE;
use crate::staff::{StaffMember, file_texts};
use crate::web::answer::{PageError, refusal, refused_html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Notice, OnPage as _, Page, Refused, Tone, Typed};
use crate::web::upload::Upload;
use cet_base::form_mark::SEEN;
use cet_base::store::{DbError, Tx};
use cet_base::words::time::Time;
use cet_domain::arrangement::rules::{
    room_names as rules,
    room_names::{LONGEST, NameFault, NameLine as Line},
};
use cet_domain::arrangement::store::lists::rooms;
use cet_domain::arrangement::store::{self, room_names};
use cet_domain::arrangement::verbs::room_names::{NameRooms, name_rooms};
use cet_domain::arrangement::{RoomNameRefusal, Unit};
use cet_domain::sheet::{self, SheetError, SmallRow};
use cet_domain::sitting::Plan;
use cet_domain::staff::Permission;

/// The columns of a file, in any order.
const COLUMNS: [&str; 2] = ["考场号", "考场名称"];
/// The most lines of a list: as many as a subject may have rooms, and as many again.
const MOST: u64 = 2_000;
/// The most faults that one page lists.
const MOST_FAULTS: usize = 50;
/// What the inputs of names begin with; the room follows.
const FIELD: &str = "name.";
/// The flash messages for the next page; with the first the numbers of changed and of unused rooms.
const SET: &str = "rooms-named";
const SAME: &str = "rooms-same";

/// What stands in the address.
type At = Path<(String, String)>;

/// The rooms and names that were sent, and what can't be taken with its reason.
type Sent = (Vec<(i64, String)>, Vec<Refused>);

/// A unit with its rooms and their names.
struct Read {
    unit: Unit,
    plan: Arc<Plan>,
    /// Each room with its candidates, over all batches.
    rooms: Vec<(i64, i64)>,
    names: Vec<room_names::RoomName>,
    now: Time,
    is_published: bool,
}

impl Read {
    fn prints_from(&self) -> Option<Time> {
        self.plan.subject(self.unit.subject).and_then(|subject| subject.printing_from)
    }

    fn prints(&self) -> bool {
        self.is_published && self.prints_from().is_some_and(|from| from <= self.now)
    }

    fn name(&self, room: i64) -> &str {
        self.names.iter().find(|of| of.room == room).map_or("", |of| of.name.as_str())
    }

    fn path(&self) -> String {
        format!("{PATH}/{}/{}", self.unit.campus, self.unit.subject)
    }
}

async fn read(who: &StaffMember, (campus, subject): &(String, String)) -> Result<Read, PageError> {
    who.needs(Permission::RoomNames)?;
    let plan = who.shown_sitting().await?;
    let unit = unit::unit(who, &plan, campus, subject)?;
    let of = unit.clone();
    let read: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let row = store::unit(tx, &of, of.subject).await?;
            let Some((row, id)) = row.and_then(|row| Some((row, row.published.or(row.draft)?))) else {
                return Ok(None);
            };
            let rooms = rooms(tx, of.school(), id).await?;
            let names = room_names::all(tx, &of).await?;
            Ok(Some((rooms, names, row.published.is_some(), tx.now().await?)))
        })
        .await;
    let Some((all, names, is_published, now)) = read? else { return Err(PageError::NotFound) };
    let mut rooms = BTreeMap::new();
    for row in all {
        let candidates: &mut i64 = rooms.entry(row.room).or_default();
        *candidates = candidates.saturating_add(row.candidates);
    }
    Ok(Read { unit, plan, rooms: rooms.into_iter().collect(), names, now, is_published })
}

pub(super) async fn show(who: StaffMember, Path(at): At) -> Result<Response, PageError> {
    let read = read(&who, &at).await?;
    let response = page(&who, &read, Vec::new(), Typed::default()).await?;
    Ok(flash::clear(&who, response))
}

/// What the last form did, and what is odd about it.
fn notices(who: &StaffMember, page: &Page, read: &Read) -> Vec<Notice> {
    let mut all = Vec::new();
    let ids = flash::ids(who);
    let count = |at: usize| ids.get(at).copied().unwrap_or(0);
    match flash::get(who) {
        Some(SET) => {
            let n = count(0).to_string();
            all.push(Notice::new(Tone::Ok, page.f("arrangement-names-set", &[("n", &n)]), ""));
        }
        Some(SAME) => all.push(Notice::new(Tone::Ok, page.m("arrangement-names-same"), "")),
        _ => {}
    }
    if count(1) > 0 {
        let title = page.f("arrangement-names-unused", &[("n", &count(1).to_string())]);
        all.push(Notice::new(Tone::Info, title, page.m("arrangement-names-unused-text")));
    }
    let names: Vec<(i64, &str)> = read.rooms.iter().map(|(room, _)| (*room, read.name(*room))).collect();
    let doubled: Vec<String> = rules::doubled(&names).iter().map(|room| format!("{room:03}")).collect();
    if !doubled.is_empty() {
        let rooms = doubled.join(page.m("arrangement-and"));
        let title = page.f("arrangement-names-doubled", &[("rooms", &rooms)]);
        all.push(Notice::new(Tone::Warn, title, page.m("arrangement-names-doubled-text")));
    }
    // At most two: what was done, and the weightiest oddity.
    if all.len() > 2 {
        all.remove(1);
    }
    all
}

async fn page(
    who: &StaffMember,
    read: &Read,
    said: Vec<Refused>,
    typed: Typed,
) -> Result<Response, PageError> {
    let (mut page, menu) = who.frame_at(PATH, "arrangement-names").await?;
    if said.is_empty() {
        for notice in notices(who, &page, read) {
            page = page.noting(notice);
        }
    }
    let after: i64 = who.query("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let page_rows = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let mut shown: Vec<_> = read.rooms.iter().filter(|(room, _)| *room > after).collect();
    let more = shown.len() > page_rows;
    shown.truncate(page_rows);
    let (unit, longest) = (read.path(), LONGEST.to_string());
    let next = shown.last().filter(|_| more).map(|(room, _)| format!("{unit}/room-names?after={room}"));
    let lines =
        shown.iter().map(|(room, candidates)| line(&page, read, &typed, *room, *candidates)).collect();
    let campus = read.unit.campus;
    let name = who.app.catalogue.get().campus_name(campus).unwrap_or_default().to_owned();
    let subject = subject_name(&page, &read.plan, read.unit.subject);
    let rows_hint = page.f("arrangement-names-rows-hint", &[("n", &longest)]);
    let page = page.marked(SEEN, read.now.micros().to_string()).refusing(said.clone(), typed);
    let view = RoomNamesView {
        lines,
        first: (after > 0).then(|| format!("{unit}/room-names")),
        next,
        campus: format!("({campus}){name}"),
        subject,
        unit,
        rows_hint,
        prints: read.prints(),
        page,
        menu,
    };
    refused_html(&said, None, &view)
}

fn line(page: &Page, read: &Read, typed: &Typed, room: i64, candidates: i64) -> NameLine {
    let (number, field) = (format!("{room:03}"), format!("{FIELD}{room}"));
    let kept = typed.get(&field);
    NameLine {
        label: page.f("arrangement-names-of", &[("room", &number)]),
        value: if kept.is_empty() { read.name(room).to_owned() } else { kept.to_owned() },
        candidates: candidates.to_string(),
        room: number,
        field,
    }
}

pub(super) async fn set(who: StaffMember, Path(at): At, upload: Upload) -> Result<Response, PageError> {
    let read = read(&who, &at).await?;
    who.made_for(&upload.form)?;
    who.sitting().await?;
    let Upload { form, file, is_empty } = upload;
    let listed = match file {
        _ if is_empty => Some(Err(SheetError::Empty)),
        Some(file) => {
            let content = file.to_vec();
            let lines = tokio::task::spawn_blocking(move || of_file(&content));
            Some(lines.await.map_err(PageError::fault)?)
        }
        None => Some(form.one("rows")?)
            .filter(|rows| !rows.trim().is_empty())
            .map(|text| Ok(rules::of_text(text))),
    };
    let texts = who.page();
    let (names, wrong, typed) = match listed {
        Some(Err(error)) => {
            return page(&who, &read, vec![file_texts::refused(&texts, &error)], form.all_typed()).await;
        }
        Some(Ok(lines)) => {
            let (names, wrong) = of_lines(&texts, lines);
            (names, wrong, form.all_typed())
        }
        None => {
            form.each_once(&[])?;
            let (names, wrong) = of_fields(&texts, &form)?;
            (names, wrong, form.all_typed())
        }
    };
    if !wrong.is_empty() {
        return page(&who, &read, wrong, typed).await;
    }
    if names.is_empty() {
        let nothing =
            Refused::new(texts.t, "nothing-chosen").at("rows").saying(texts.m("arrangement-names-nothing"));
        return page(&who, &read, vec![nothing], typed).await;
    }
    let is_unused = |room: i64| !read.rooms.iter().any(|(known, _)| *known == room);
    let unused = names.iter().filter(|(room, _)| is_unused(*room)).count();
    let cmd = NameRooms {
        scope: who.scope.clone(),
        unit: read.unit.clone(),
        prints_from: read.prints_from(),
        names,
        confirmed: form.one("confirmed")? == "yes",
        seen_at: form.one(SEEN)?.parse().ok().map(Time::from_micros),
        actor: who.actor(),
        address: who.from(),
    };
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| name_rooms(tx, &cmd).await).await;
    match refusal(done)? {
        Ok(changed) => {
            let answer = see_other(&format!("{}/room-names", read.path()));
            let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
            let word = if changed > 0 { SET } else { SAME };
            Ok(flash::set_of(&who, answer, word, &[count(changed), count(unused)]))
        }
        Err(RoomNameRefusal::NoUnit) => Err(PageError::NotFound),
        Err(refused) => {
            // What counts now, not what was read before somebody else's change.
            let read = self::read(&who, &at).await?;
            let refused = refused.on(&texts);
            page(&who, &read, vec![refused], typed).await
        }
    }
}

/// The lines of a file: of a table, or of a list of rooms without a header.
fn of_file(content: &[u8]) -> Result<Vec<Line>, SheetError> {
    let rows = match sheet::small(content, &COLUMNS, MOST) {
        Ok((rows, _)) => rows,
        Err(error @ SheetError::TooLarge { .. }) => return Err(error),
        Err(error) => return rules::of_bytes(content).ok_or(error),
    };
    let cells = rows.into_iter().map(|row: SmallRow| {
        let cells = row.cells.ok().map(|cells| {
            let mut cells = cells.into_iter();
            (cells.next().unwrap_or_default(), cells.next().unwrap_or_default())
        });
        (row.place.line, cells)
    });
    Ok(rules::of_cells(cells))
}

/// The names of a list, and each line that can't be taken with its reason.
fn of_lines(page: &Page, lines: Vec<Line>) -> Sent {
    let (mut names, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in lines {
        match line {
            Ok(named) => names.push(named),
            Err(why) if wrong.len() < MOST_FAULTS => {
                let facts = [("n", number.to_string()), ("why", why_not(page, why))];
                let facts: Vec<(&str, &str)> =
                    facts.iter().map(|(key, text)| (*key, text.as_str())).collect();
                let text = page.f("arrangement-names-line", &facts);
                wrong.push(Refused::new(page.t, "field-invalid").at("rows").saying(text));
            }
            Err(_) => {}
        }
    }
    (names, wrong)
}

/// The names of the inputs.
fn of_fields(page: &Page, form: &FormData) -> Result<Sent, PageError> {
    let (mut names, mut wrong) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for (field, name) in form.all() {
        let Some(room) = field.strip_prefix(FIELD) else { continue };
        let Some(room) = rules::number(room).filter(|room| seen.insert(*room)) else {
            return Err(PageError::NotFound);
        };
        match rules::checked(name) {
            Ok(name) => names.push((room, name)),
            Err(why) => {
                let at = field.to_owned();
                wrong.push(Refused::new(page.t, "field-invalid").at(at).saying(why_not(page, why)));
            }
        }
    }
    Ok((names, wrong))
}

fn why_not(page: &Page, why: NameFault) -> String {
    match why {
        NameFault::Number => page.m("arrangement-names-number").to_owned(),
        NameFault::Empty => page.m("arrangement-names-empty").to_owned(),
        NameFault::TooLong => page.f("arrangement-names-long", &[("n", &LONGEST.to_string())]),
        NameFault::Control => page.m("arrangement-names-control").to_owned(),
        NameFault::Twice => page.m("arrangement-names-twice").to_owned(),
        NameFault::Cell => page.m("arrangement-names-cell").to_owned(),
    }
}

#[cfg(test)]
#[path = "../tests/room_names.rs"]
mod tests;
