//! Rows of a workbook's first sheet, streamed cell by cell. The package was checked before.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

use calamine::{DataRef, Reader, Xlsx};

use super::{Cell, LONGEST_CELL, Limits, MOST_COLUMNS, RowFault, SheetError, SheetRow, Wrong, header};

type Workbook = Xlsx<BufReader<File>>;

pub(super) fn read(
    path: &Path,
    columns: &'static [&'static str],
    limits: Limits,
    mut each: impl FnMut(SheetRow) -> ControlFlow<()>,
) -> Result<(), SheetError> {
    let broken = |error: calamine::XlsxError| SheetError::Workbook(error.to_string());
    let mut book: Workbook = calamine::open_workbook(path).map_err(broken)?;
    let name = book.sheet_names().into_iter().next().ok_or(SheetError::Empty)?;
    let merged = merged_by_row(&mut book, &name)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let mut places: Option<Vec<usize>> = None;
    let mut row: Option<(u32, Vec<Cell>)> = None;
    let mut rows: u64 = 0;
    loop {
        let next = cells.next_cell().map_err(broken)?;
        let at = next.as_ref().map(calamine::Cell::get_position);
        // A row is whole when a cell of another one, or the end, comes.
        if let Some((number, found)) = row.take_if(|(number, _)| at.is_none_or(|(next, _)| next != *number)) {
            let line = u64::from(number).saturating_add(1);
            match &places {
                _ if found.iter().all(Cell::is_blank) => {}
                None => places = Some(header_places(&found, columns)?),
                Some(places) => {
                    rows = rows.saturating_add(1);
                    if rows > limits.rows {
                        return Err(SheetError::TooLarge { what: "rows", limit: limits.rows });
                    }
                    let cells = sorted(found, line, places, columns, merged.get(&number));
                    if each(SheetRow { line, cells }).is_break() {
                        return Ok(());
                    }
                }
            }
        }
        let Some(cell) = next else { break };
        let (number, column) = cell.get_position();
        put(&mut row, number, column, value(cell.get_value()))?;
    }
    if rows == 0 { Err(SheetError::Empty) } else { Ok(()) }
}

fn header_places(found: &[Cell], columns: &'static [&'static str]) -> Result<Vec<usize>, SheetError> {
    let names: Vec<String> = found.iter().map(|cell| cell.text().to_owned()).collect();
    header::places(&names, columns).map_err(SheetError::Header)
}

/// Puts a cell in its place; a sheet need not name its cells in order.
fn put(row: &mut Option<(u32, Vec<Cell>)>, number: u32, column: u32, cell: Cell) -> Result<(), SheetError> {
    let column = usize::try_from(column).unwrap_or(usize::MAX);
    if column >= MOST_COLUMNS {
        if cell.is_blank() {
            return Ok(());
        }
        let limit = u64::try_from(MOST_COLUMNS).unwrap_or(u64::MAX);
        return Err(SheetError::TooLarge { what: "columns", limit });
    }
    let (_, cells) = row.get_or_insert_with(|| (number, Vec::with_capacity(24)));
    while cells.len() <= column {
        cells.push(Cell::Text(String::new()));
    }
    if let Some(place) = cells.get_mut(column) {
        *place = cell;
    }
    Ok(())
}

fn sorted(
    mut found: Vec<Cell>,
    line: u64,
    places: &[usize],
    columns: &'static [&'static str],
    merged: Option<&String>,
) -> Result<Vec<Cell>, RowFault> {
    if let Some(range) = merged {
        return Err(RowFault { line, column: None, wrong: Wrong::Merged { range: range.clone() } });
    }
    let empty = || Cell::Text(String::new());
    let cell = |(place, column): (&usize, &&'static str)| {
        let cell = found.get_mut(*place).map_or_else(empty, |cell| std::mem::replace(cell, empty()));
        if cell.text().len() > LONGEST_CELL {
            let wrong = Wrong::TooLong { max: LONGEST_CELL };
            return Err(RowFault { line, column: Some(column), wrong });
        }
        Ok(cell)
    };
    places.iter().zip(columns).map(cell).collect()
}

fn value(data: &DataRef<'_>) -> Cell {
    match data {
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Int(number) => Cell::Number(number.to_string()),
        // Whole numbers up to 15 digits are exact; Display writes them without a point.
        DataRef::Float(number) => Cell::Number(number.to_string()),
        DataRef::Bool(_) => Cell::Odd("TRUE or FALSE"),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => Cell::Odd("a date"),
        DataRef::Error(_) => Cell::Odd("an error of a formula"),
        DataRef::Empty => Cell::Text(String::new()),
    }
}

/// The merged regions by the row they begin in.
fn merged_by_row(book: &mut Workbook, name: &str) -> Result<HashMap<u32, String>, SheetError> {
    let regions =
        book.merge_cells_by_sheet_name(name).map_err(|error| SheetError::Workbook(error.to_string()))?;
    let mut rows = HashMap::new();
    for region in regions {
        let (from, to) = (address(region.start), address(region.end));
        rows.entry(region.start.0).or_insert(format!("{from}:{to}"));
    }
    Ok(rows)
}

/// `B3` of row 2, column 1.
fn address((row, column): (u32, u32)) -> String {
    let mut letters = Vec::new();
    let mut rest = column.saturating_add(1);
    while rest > 0 {
        let digit = rest.saturating_sub(1) % 26;
        letters.push(char::from(b'A'.saturating_add(u8::try_from(digit).unwrap_or(0))));
        rest = rest.saturating_sub(1) / 26;
    }
    letters.iter().rev().collect::<String>() + &row.saturating_add(1).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheets_name_them() {
        assert_eq!(address((0, 0)), "A1");
        assert_eq!(address((9, 25)), "Z10");
        assert_eq!(address((0, 26)), "AA1");
        assert_eq!(address((0, 701)), "ZZ1");
        assert_eq!(address((0, 702)), "AAA1");
    }
}
