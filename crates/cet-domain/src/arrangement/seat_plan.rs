//! 座位表: a unit as a workbook, once as rows and once in the layout of the rooms.

use rust_xlsxwriter::{Format, FormatBorder, Workbook, Worksheet, XlsxError};
use ticket_pdf::Room;

use super::rules::spread::Grid;
use super::verbs::lists::Listing;
use crate::sheet::inert;
use crate::texts::{Lang, texts};

const HEADINGS: [&str; 12] = [
    "arrangement-col-batch",
    "ticket-room",
    "arrangement-col-room-name",
    "ticket-seat",
    "ticket-number",
    "staff-col-name",
    "arrangement-col-sex",
    "staff-col-number",
    "arrangement-col-home",
    "staff-college",
    "staff-class",
    "arrangement-accommodations",
];
/// The width of a seat in a room's layout, in characters.
const SEAT_WIDTH: f64 = 18.0;
/// The height of its three lines, in points.
const SEAT_HEIGHT: f64 = 48.0;

/// The workbook; all cells are text, and none is a formula (TH29).
///
/// # Errors
/// [`XlsxError`] when a name can't be written.
pub(super) fn workbook(listing: &Listing, rooms: &[Room]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    by_rows(book.add_worksheet(), listing)?;
    by_rooms(book.add_worksheet(), listing, rooms)?;
    book.save_to_buffer()
}

fn by_rows(sheet: &mut Worksheet, listing: &Listing) -> Result<(), XlsxError> {
    let t = texts(Lang::Zh);
    let text = Format::new().set_num_format("@");
    let bold = text.clone().set_bold();
    sheet.set_name(t.m("arrangement-sheet-seats"))?.set_freeze_panes(1, 0)?;
    for (column, key) in (0_u16..).zip(HEADINGS) {
        sheet.write_string_with_format(0, column, t.m(key), &bold)?;
        sheet.set_column_width(column, if key == "ticket-number" { 18.0 } else { 12.0 })?;
    }
    for (line, row) in (1_u32..).zip(&listing.seats) {
        let person = listing.people.get(&(row.school, row.entry));
        let of =
            |part: fn(&crate::entry::arrangeable::Seated) -> String| person.map(part).unwrap_or_default();
        let cells = [
            if row.session == 0 { String::new() } else { row.session.to_string() },
            format!("{:03}", row.room),
            listing.room_names.get(&row.room).cloned().unwrap_or_default(),
            format!("{:02}", row.seat),
            row.ticket.clone(),
            of(|person| person.name.clone()),
            of(|person| person.sex.clone()),
            of(|person| person.student_number.clone()),
            of(|person| person.campus.to_string()),
            of(|person| person.college.clone()),
            of(|person| person.class.clone()),
            row.needs.words(t),
        ];
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(line, column, inert(&cell), &text)?;
        }
    }
    Ok(())
}

/// Each room with its name: columns side by side, the front row first, numbered as its seats are.
fn by_rooms(sheet: &mut Worksheet, listing: &Listing, rooms: &[Room]) -> Result<(), XlsxError> {
    let t = texts(Lang::Zh);
    let seat = Format::new().set_num_format("@").set_text_wrap().set_border(FormatBorder::Thin);
    let bold = Format::new().set_num_format("@").set_bold();
    let grid = Grid::of(listing.unit.mode, &listing.settings);
    sheet.set_name(t.m("arrangement-sheet-rooms"))?;
    let mut top = 0_u32;
    let mut widest = 0_u16;
    for room in rooms {
        let name =
            [&room.room, &room.place, &room.batch, &room.subject, &room.campus, &room.exam_time, &room.note];
        let name: Vec<&str> = name.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        sheet.write_string_with_format(top, 0, inert(&name.join("  ")), &bold)?;
        let first = top.saturating_add(1);
        let mut last = top;
        for (place, one) in room.seats.iter().enumerate() {
            let (column, row) = grid.place(place);
            let row = first.saturating_add(u32::try_from(row).unwrap_or(u32::MAX));
            let column = u16::try_from(column).unwrap_or(u16::MAX);
            let cell = format!("{}\n{}\n{}", one.seat, one.name, one.ticket_number);
            sheet.write_string_with_format(row, column, inert(&cell), &seat)?;
            (last, widest) = (last.max(row), widest.max(column));
        }
        for row in first..=last {
            sheet.set_row_height(row, SEAT_HEIGHT)?;
        }
        top = last.saturating_add(2);
    }
    for column in 0..=widest {
        sheet.set_column_width(column, SEAT_WIDTH)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_seats_make_one_workbook() {
        use crate::arrangement::rules::tests::{candidates, unit};
        use crate::arrangement::store::{Arrangement, seats::SeatRow};
        use crate::arrangement::verbs::lists::Listing;
        use crate::arrangement::{Settings, rules};
        use crate::words::time::Time;

        let (unit, settings) = (unit("1"), Settings::default());
        let all = candidates(&(0..10_000).map(|n| n % 300).collect::<Vec<_>>());
        let places = rules::arrange(&unit, &all, &settings, &[], 7).unwrap();
        let row = |(who, place): (&crate::arrangement::Candidate, crate::arrangement::Assignment)| SeatRow {
            school: who.school,
            entry: who.entry,
            class: who.class,
            needs: who.needs,
            session: place.session,
            room: place.room,
            seat: place.seat,
            ticket: place.ticket,
            late: 0,
        };
        let mut seats: Vec<SeatRow> = all.iter().zip(places).map(row).collect();
        seats.sort_unstable_by_key(|row| (row.room, row.seat));
        let at = Time::from_micros(0);
        let made = Arrangement {
            id: 1,
            run: 1,
            seed: 7,
            settings: String::new(),
            busy: String::new(),
            sources: String::new(),
            room_most: 30,
            candidates: 10_000,
            rooms: 334,
            closed_at: at,
            made_at: at,
            published_at: Some(at),
        };
        let (room_names, people) = Default::default();
        let listing = Listing { unit, made, settings, seats, room_names, people };
        let begun = std::time::Instant::now();
        let bytes = workbook(&listing, &[]).unwrap();
        println!("seat plan: {:?}, {} bytes", begun.elapsed(), bytes.len());
        assert!(bytes.starts_with(b"PK"));
    }
}
