//! Rows of a CSV file. Commas, quotes and line ends are ASCII in GB18030 too, never part of another character, so the
//! rows are split as bytes and each field is decoded by itself: invalid bytes affect one row, not the file.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;

use csv::ByteRecord;
use encoding_rs::GB18030;

use super::header::{Header, Search, Source};
use super::table::Table;
use super::{
    Cell, Encoding, LONGEST_CELL, Limits, MOST_COLUMNS, Note, Place, RowFault, SheetError, SheetRow, Wrong,
    cell_rules,
};
use crate::texts::{Lang, texts};

/// How to locate the rows of a CSV file again.
#[derive(Debug)]
pub(super) struct CsvPlan {
    encoding: Encoding,
    separator: u8,
    /// Records up to and including the header.
    until_header: u64,
    /// Fields of the header's record.
    width: usize,
    header: Header,
}

type Reader = csv::Reader<PlainLines>;

fn reader(path: &Path, separator: u8) -> Result<Reader, SheetError> {
    Ok(csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .buffer_capacity(1 << 16)
        .from_reader(PlainLines::of(File::open(path)?)))
}

/// Finds the header among the first rows.
pub(super) fn plan(
    path: &Path,
    table: &Table,
    encoding: Encoding,
    separator: u8,
) -> Result<(CsvPlan, Vec<Note>), SheetError> {
    let mut reader = reader(path, separator)?;
    let mut record = ByteRecord::new();
    let mut search = Search::of(table);
    let mut notes = Vec::new();
    let mut until_header: u64 = 0;
    while search.goes_on() && next(&mut reader, &mut record)? {
        until_header = until_header.saturating_add(1);
        let names: Vec<String> = record
            .iter()
            .map(|field| {
                decode(field, encoding).map(|text| cell_rules::meant(&text).into_owned()).unwrap_or_default()
            })
            .collect();
        if names.iter().all(|name| name.trim().is_empty()) {
            continue;
        }
        let wide = names.iter().skip(MOST_COLUMNS).any(|name| !name.trim().is_empty());
        let line = line_of(&record, reader.position());
        search.row(line, names.get(..MOST_COLUMNS).unwrap_or(&names), wide);
        // `sep=;` is Excel's own directive.
        if search.found.is_none() && !names.first().is_some_and(|name| name.starts_with("sep=")) {
            notes.push(Note::Above(Place { sheet: None, line }));
        }
    }
    let Some(header) = search.found.take() else { return Err(search.failure(None)) };
    notes.extend(header.missing.iter().map(|name| Note::Missing { name, sheet: None }));
    notes.extend(header.unknown.iter().map(|name| Note::Unknown { name: name.clone(), sheet: None }));
    Ok((CsvPlan { encoding, separator, until_header, width: record.len(), header }, notes))
}

/// The first rows that are not blank, with their lines.
pub(super) fn first(
    path: &Path,
    form: (Encoding, u8),
    most: usize,
) -> Result<Vec<(u64, Vec<String>)>, SheetError> {
    let mut rows = Vec::new();
    each(path, form, |line, cells| {
        rows.push((line, cells));
        if rows.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(rows)
}

/// Passes on the rows that are not blank, with their lines.
pub(super) fn each(
    path: &Path,
    (encoding, separator): (Encoding, u8),
    mut row: impl FnMut(u64, Vec<String>) -> ControlFlow<()>,
) -> Result<(), SheetError> {
    let mut reader = reader(path, separator)?;
    let mut record = ByteRecord::new();
    while next(&mut reader, &mut record)? {
        if record.iter().all(is_blank) {
            continue;
        }
        let text = |field: &[u8]| {
            let text = decode(field, encoding);
            text.map(|text| cell_rules::meant(&text).trim().to_owned()).unwrap_or_default()
        };
        let line = line_of(&record, reader.position());
        if row(line, record.iter().map(text).collect()).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

pub(super) fn read(
    path: &Path,
    columns: &'static [&'static str],
    plan: &CsvPlan,
    limits: Limits,
    mut each: impl FnMut(SheetRow) -> ControlFlow<()>,
) -> Result<(), SheetError> {
    let mut reader = reader(path, plan.separator)?;
    let mut record = ByteRecord::new();
    for _ in 0..plan.until_header {
        next(&mut reader, &mut record)?;
    }
    let mut rows: u64 = 0;
    while next(&mut reader, &mut record)? {
        if record.iter().all(is_blank) {
            continue;
        }
        let line = line_of(&record, reader.position());
        let row = row(&record, line, plan, columns);
        if !row.cells.as_ref().is_err_and(|fault| fault.wrong.is_no_row()) {
            rows = rows.saturating_add(1);
        }
        if rows > limits.rows {
            return Err(SheetError::TooLarge { what: "sheet-unit-rows", limit: limits.rows });
        }
        if each(row).is_break() {
            return Ok(());
        }
    }
    if rows == 0 { Err(SheetError::Empty) } else { Ok(()) }
}

fn is_blank(field: &[u8]) -> bool {
    field.iter().all(u8::is_ascii_whitespace)
}

fn next(reader: &mut Reader, record: &mut ByteRecord) -> Result<bool, SheetError> {
    reader.read_byte_record(record).map_err(|error| SheetError::Io(error.to_string()))
}

/// The line on which a row begins: the reader is already past its end, and preceding blank lines are not part of it.
fn line_of(record: &ByteRecord, behind: &csv::Position) -> u64 {
    let inside = record.as_slice().iter().filter(|byte| **byte == b'\n').count();
    behind.line().saturating_sub(1).saturating_sub(u64::try_from(inside).unwrap_or(0))
}

/// A file whose lines all end in LF, including the last: only then can they be counted.
struct PlainLines {
    file: File,
    after_cr: bool,
    last: u8,
}

impl PlainLines {
    fn of(file: File) -> Self {
        Self { file, after_cr: false, last: b'\n' }
    }
}

impl Read for PlainLines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.file.read(buffer)?;
            if read == 0 {
                let Some(place) = buffer.first_mut().filter(|_| self.last != b'\n') else { return Ok(0) };
                (*place, self.last) = (b'\n', b'\n');
                return Ok(1);
            }
            let mut kept = 0;
            for at in 0..read {
                let byte = buffer.get(at).copied().unwrap_or(b'\n');
                let second_half = self.after_cr && byte == b'\n';
                self.after_cr = byte == b'\r';
                if second_half {
                    continue;
                }
                self.last = if byte == b'\r' { b'\n' } else { byte };
                if let Some(place) = buffer.get_mut(kept) {
                    *place = self.last;
                }
                kept = kept.saturating_add(1);
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

fn row(record: &ByteRecord, line: u64, plan: &CsvPlan, columns: &'static [&'static str]) -> SheetRow {
    let place = Place { sheet: None, line };
    let blank = |at: usize| record.get(at).is_none_or(is_blank);
    if (plan.width..record.len()).any(|at| !blank(at)) {
        let wrong = Wrong::Fields { expected: plan.width, found: record.len() };
        return SheetRow::wrong(place, None, wrong);
    }
    if plan.header.is_blank(blank) || is_mark(record, plan.encoding) {
        return SheetRow::wrong(place, None, Wrong::Outside);
    }
    let short = (record.len() < plan.width).then_some((plan.width, record.len()));
    let stray = plan.header.stray(blank, record.len()).map(|at| at.saturating_add(1).to_string());
    SheetRow { cells: cells(record, &place, plan, columns), place, short, stray }
}

/// Whether it is the last line of a file that this site has made, which says who took it: such a file can be sent back as
/// it is.
fn is_mark(record: &ByteRecord, encoding: Encoding) -> bool {
    if !record.iter().skip(1).all(is_blank) {
        return false;
    }
    let first = record.get(0).and_then(|field| decode(field, encoding)).unwrap_or_default();
    [Lang::Zh, Lang::En].into_iter().any(|lang| {
        let rest = first.trim().strip_prefix(texts(lang).m("staff-exported-by"));
        rest.is_some_and(|rest| rest.starts_with(' '))
    })
}

fn cells(
    record: &ByteRecord,
    place: &Place,
    plan: &CsvPlan,
    columns: &'static [&'static str],
) -> Result<Vec<Cell>, RowFault> {
    let cell = |(source, column): (&Source, &&'static str)| {
        let fault = |wrong| RowFault { place: place.clone(), column: Some(column), wrong };
        let at = match source {
            Source::Column(at) => *at,
            Source::Fixed(value) => return Ok(Cell::Text(value.clone())),
        };
        // Excel omits trailing empty fields.
        let field = record.get(at).unwrap_or_default();
        if field.len() > LONGEST_CELL {
            return Err(fault(Wrong::TooLong { max: LONGEST_CELL }));
        }
        let text = decode(field, plan.encoding).ok_or_else(|| fault(Wrong::Bytes))?;
        Ok(Cell::Text(cell_rules::meant(&text).into_owned()))
    };
    plan.header.places.iter().zip(columns).map(cell).collect()
}

fn decode(field: &[u8], encoding: Encoding) -> Option<Cow<'_, str>> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(field).ok().map(Cow::Borrowed),
        Encoding::Gb18030 => GB18030.decode_without_bom_handling_and_without_replacement(field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Season 3.8.
    #[test]
    fn the_line_that_says_who_took_a_file_is_no_row_of_it() {
        let is = |fields: &[&str]| is_mark(&ByteRecord::from(fields.to_vec()), Encoding::Utf8);
        assert!(is(&["导出人 school-99301 2017-09-21T12:00:00+08:00"]));
        assert!(is(&["Exported by school-99301 2017-09-21T12:00:00+08:00", "", " "]));
        assert!(
            !is(&["导出人 wang", "女"]) && !is(&["导出人"]) && !is(&["王测试"]) && !is(&["导出人民", ""])
        );
    }
}
