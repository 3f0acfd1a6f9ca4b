//! Rows of a CSV file. Commas, quotes and line ends are ASCII in GB18030 too, never a part of another character, so
//! the rows are cut as bytes and each field is decoded by itself: broken bytes spoil one row, not the file.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;

use csv::ByteRecord;
use encoding_rs::GB18030;

use super::{
    Cell, Encoding, LONGEST_CELL, Limits, MOST_COLUMNS, RowFault, SheetError, SheetRow, Wrong, header,
};

pub(super) fn read(
    path: &Path,
    columns: &'static [&'static str],
    encoding: Encoding,
    limits: Limits,
    mut each: impl FnMut(SheetRow) -> ControlFlow<()>,
) -> Result<(), SheetError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1 << 16)
        .from_reader(PlainLines::of(File::open(path)?));
    let mut record = ByteRecord::new();
    if !next(&mut reader, &mut record)? {
        return Err(SheetError::Empty);
    }
    if record.len() > MOST_COLUMNS {
        let limit = u64::try_from(MOST_COLUMNS).unwrap_or(u64::MAX);
        return Err(SheetError::TooLarge { what: "columns", limit });
    }
    let names: Vec<String> =
        record.iter().map(|field| decode(field, encoding).unwrap_or_default().into_owned()).collect();
    let places = header::places(&names, columns).map_err(SheetError::Header)?;
    let width = record.len();
    let mut rows: u64 = 0;
    while next(&mut reader, &mut record)? {
        if record.iter().all(|field| field.iter().all(u8::is_ascii_whitespace)) {
            continue;
        }
        rows = rows.saturating_add(1);
        if rows > limits.rows {
            return Err(SheetError::TooLarge { what: "rows", limit: limits.rows });
        }
        let line = line_of(&record, reader.position());
        let cells = cells(&record, line, width, &places, columns, encoding);
        if each(SheetRow { line, cells }).is_break() {
            return Ok(());
        }
    }
    if rows == 0 { Err(SheetError::Empty) } else { Ok(()) }
}

fn next(reader: &mut csv::Reader<PlainLines>, record: &mut ByteRecord) -> Result<bool, SheetError> {
    reader.read_byte_record(record).map_err(|error| SheetError::Io(error.to_string()))
}

/// Where a row begins: the reader stands behind its end, and blank lines before it are not its own.
fn line_of(record: &ByteRecord, behind: &csv::Position) -> u64 {
    let inside = record.as_slice().iter().filter(|byte| **byte == b'\n').count();
    behind.line().saturating_sub(1).saturating_sub(u64::try_from(inside).unwrap_or(0))
}

/// A file whose lines all end in LF, the last one too: only then can they be counted.
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

fn cells(
    record: &ByteRecord,
    line: u64,
    width: usize,
    places: &[usize],
    columns: &'static [&'static str],
    encoding: Encoding,
) -> Result<Vec<Cell>, RowFault> {
    if record.len() != width {
        let wrong = Wrong::Fields { expected: width, found: record.len() };
        return Err(RowFault { line, column: None, wrong });
    }
    let cell = |(place, column): (&usize, &&'static str)| {
        let fault = |wrong| RowFault { line, column: Some(column), wrong };
        let field = record.get(*place).unwrap_or_default();
        if field.len() > LONGEST_CELL {
            return Err(fault(Wrong::TooLong { max: LONGEST_CELL }));
        }
        let text = decode(field, encoding).ok_or_else(|| fault(Wrong::Bytes))?;
        Ok(Cell::Text(without_guard(&text).to_owned()))
    };
    places.iter().zip(columns).map(cell).collect()
}

fn decode(field: &[u8], encoding: Encoding) -> Option<Cow<'_, str>> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(field).ok().map(Cow::Borrowed),
        Encoding::Gb18030 => GB18030.decode_without_bom_handling_and_without_replacement(field),
    }
}

/// The quote that our exports put before what a spreadsheet would take for a formula (T29).
fn without_guard(text: &str) -> &str {
    const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠'];
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) => rest,
        Some(_) | None => text,
    }
}
