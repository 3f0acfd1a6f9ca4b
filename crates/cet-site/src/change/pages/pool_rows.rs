//! Capacities as rows: of a file, or pasted from a spreadsheet. One row a pool: 校区代码, 科目, 容量.

use std::collections::BTreeSet;

use crate::staff::StaffMember;
use crate::web::page::{Page, Refused};
use cet_base::words::codes::{CampusCode, SubjectCode};
use cet_base::words::text::half_width;
use cet_domain::change::{Key, SettingValue, Wanted, parse, rules};
use cet_domain::sheet::{self, SheetError, SmallRow};
use cet_domain::sitting::Plan;
use cet_domain::sitting::window::Scope as Place;

/// The columns of a file, in any order.
pub(super) const COLUMNS: [&str; 3] = ["校区代码", "科目", "容量"];
/// The most rows of a file.
const MOST: u64 = 50_000;
/// The most changed rows of one change: its preview repeats them in a form.
pub(super) const MOST_CHANGED: usize = 2_000;
/// The text of a campus that is unknown, or not in the scope.
const UNKNOWN_CAMPUS: &str = "setting-row-campus";
/// The most faults that one page lists.
const MOST_FAULTS: usize = 50;

/// A row: its line, and its cells or the text key of why they can't be read.
pub(super) type Row = (u64, Result<[String; 3], &'static str>);

/// The rows of a file.
pub(super) fn of_file(content: &[u8]) -> Result<Vec<Row>, SheetError> {
    let (rows, _) = sheet::small(content, &COLUMNS, MOST)?;
    let row = |row: SmallRow| {
        let cells = row.cells.map_err(|_| "setting-row-unreadable");
        (row.place.line, cells.and_then(|cells| cells.try_into().map_err(|_| "setting-row-columns")))
    };
    // Our own files end in a line that says who took them.
    let is_remark = |row: &Row| match &row.1 {
        Ok([first, subject, capacity]) => {
            subject.is_empty() && capacity.is_empty() && CampusCode::parse(&half_width(first)).is_err()
        }
        Err(_) => false,
    };
    let rows: Vec<Row> = rows.into_iter().map(row).filter(|row| !is_remark(row)).collect();
    if rows.is_empty() { Err(SheetError::Empty) } else { Ok(rows) }
}

/// The rows of a text: cells between tabs, as a spreadsheet copies them; a row with the columns' names is none.
pub(super) fn of_text(text: &str) -> Vec<Row> {
    let row = |(line, text): (u64, &str)| {
        let cells: Vec<String> = text.split('\t').map(|cell| cell.trim().to_owned()).collect();
        (line, cells.try_into().map_err(|_| "setting-row-columns"))
    };
    let is_header = |text: &str| text.split('\t').next().is_some_and(|cell| cell.trim() == "校区代码");
    let lines = (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty() && !is_header(text));
    lines.map(row).collect()
}

/// The rows as text again.
pub(super) fn text(rows: &[Row]) -> String {
    let cells = rows.iter().filter_map(|(_, cells)| cells.as_ref().ok());
    cells.map(|cells| cells.join("\t")).collect::<Vec<_>>().join("\n")
}

/// The pools that the rows set, and every row that can't be taken with its reason.
pub(super) fn wanted(
    who: &StaffMember,
    page: &Page,
    plan: &Plan,
    rows: &[Row],
) -> (Vec<Wanted>, Vec<Refused>) {
    let (mut wanted, mut faults, mut keys) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (line, cells) in rows {
        let read = cells.as_ref().map_err(|why| *why).and_then(|cells| one(who, plan, cells));
        let read = read.and_then(|(campus, subject, capacity)| {
            let new = keys.insert((campus, subject));
            if new { Ok((campus, subject, capacity)) } else { Err("setting-row-doubled") }
        });
        match read {
            Ok((campus, subject, capacity)) => {
                wanted.push((Key::Pool(campus, subject), Some(SettingValue::Pool(capacity))));
            }
            Err(why) if faults.len() < MOST_FAULTS => {
                let text = page.f("setting-row-wrong", &[("n", &line.to_string()), ("why", page.m(why))]);
                let code = if why == UNKNOWN_CAMPUS { "place-unknown" } else { "field-invalid" };
                faults.push(Refused::new(page.t, code).at("rows").saying(&text));
            }
            Err(_) => {}
        }
    }
    (wanted, faults)
}

fn one(
    who: &StaffMember,
    plan: &Plan,
    [campus, subject, capacity]: &[String; 3],
) -> Result<(CampusCode, SubjectCode, i64), &'static str> {
    let known = |code: &CampusCode| {
        rules::covers(&who.scope, Place::Campus(*code))
            && who.app.catalogue.get().campus_name(*code).is_some()
    };
    let campus = CampusCode::parse(&half_width(campus)).ok().filter(known).ok_or(UNKNOWN_CAMPUS)?;
    let named =
        plan.subjects().iter().find(|of| of.code.as_str() == half_width(subject) || of.name == *subject);
    let subject = named.ok_or("setting-row-subject")?.code;
    let capacity = parse::number(capacity, 0..=parse::LARGEST_POOL).ok_or("setting-seats-wrong")?;
    Ok((campus, subject, capacity))
}
