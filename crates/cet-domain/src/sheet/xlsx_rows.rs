//! Rows of a workbook's sheets, streamed cell by cell. The package was checked before.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

use calamine::{DataRef, Xlsx};

use super::header::Source;
use super::survey::SheetPlan;
use super::{
    Cell, LONGEST_CELL, Limits, MOST_COLUMNS, Place, RowFault, SheetError, SheetRow, Wrong, cell_rules,
};

pub(super) type Workbook = Xlsx<BufReader<File>>;

impl From<calamine::XlsxError> for SheetError {
    fn from(error: calamine::XlsxError) -> Self {
        Self::Workbook(error.to_string())
    }
}

pub(super) fn read(
    path: &Path,
    columns: &'static [&'static str],
    plans: &[SheetPlan],
    limits: Limits,
    mut each: impl FnMut(SheetRow) -> ControlFlow<()>,
) -> Result<(), SheetError> {
    let mut book: Workbook = calamine::open_workbook(path)?;
    let mut rows: u64 = 0;
    for plan in plans {
        let merged = Merged::of(&mut book, plan)?;
        let flow = each_row(&mut book, &plan.name, |found| {
            if found.ordinal <= plan.until_header || found.is_blank() {
                return Ok(ControlFlow::Continue(()));
            }
            let row = row(found, plan, columns, &merged);
            if !row.cells.as_ref().is_err_and(|fault| fault.wrong.is_no_row()) {
                rows = rows.saturating_add(1);
            }
            if rows > limits.rows {
                return Err(SheetError::TooLarge { what: "sheet-unit-rows", limit: limits.rows });
            }
            Ok(each(row))
        })?;
        if flow.is_break() {
            return Ok(());
        }
    }
    if rows == 0 { Err(SheetError::Empty) } else { Ok(()) }
}

/// A row of a sheet.
pub(super) struct Found {
    /// From 0.
    pub(super) number: u32,
    /// Its position among the rows that have any cell, from 1: rows need not be in the order of their numbers.
    pub(super) ordinal: u64,
    pub(super) cells: Vec<Cell>,
    /// A non-blank column beyond those that are kept.
    pub(super) far: Option<u32>,
}

impl Found {
    pub(super) fn line(&self) -> u64 {
        u64::from(self.number).saturating_add(1)
    }

    pub(super) fn is_blank(&self) -> bool {
        self.far.is_none() && self.cells.iter().all(Cell::is_blank)
    }

    /// Whether a column is blank.
    pub(super) fn is_blank_at(&self, column: usize) -> bool {
        self.cells.get(column).is_none_or(Cell::is_blank)
    }
}

/// Passes on the rows of a sheet, one after another.
pub(super) fn each_row(
    book: &mut Workbook,
    sheet: &str,
    mut each: impl FnMut(Found) -> Result<ControlFlow<()>, SheetError>,
) -> Result<ControlFlow<()>, SheetError> {
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let mut row: Option<Found> = None;
    let mut ordinal: u64 = 0;
    loop {
        let next = cells.next_cell_with_formula_metadata()?;
        // A row is complete at the first cell of another one, or at the end.
        if let Some(found) = row.take_if(|row| next.as_ref().is_none_or(|next| next.pos.0 != row.number))
            && each(found)?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        let Some(cell) = next else { return Ok(ControlFlow::Continue(())) };
        let (number, column) = cell.pos;
        let row = row.get_or_insert_with(|| {
            ordinal = ordinal.saturating_add(1);
            Found { number, ordinal, cells: Vec::with_capacity(24), far: None }
        });
        put(row, column, value(&cell.value, cell.formula.is_some()));
    }
}

/// Stores a cell in its column; the cells of a sheet need not be in order.
fn put(row: &mut Found, column: u32, cell: Cell) {
    let at = usize::try_from(column).unwrap_or(usize::MAX);
    if at >= MOST_COLUMNS {
        if !cell.is_blank() {
            row.far.get_or_insert(column);
        }
        return;
    }
    while row.cells.len() <= at {
        row.cells.push(Cell::Text(String::new()));
    }
    if let Some(place) = row.cells.get_mut(at) {
        *place = cell;
    }
}

fn row(mut found: Found, plan: &SheetPlan, columns: &'static [&'static str], merged: &Merged) -> SheetRow {
    let place = Place { sheet: plan.named.clone(), line: found.line() };
    if let Some(range) = merged.at(found.number) {
        return SheetRow::wrong(place, None, Wrong::Merged { range: range.clone() });
    }
    if plan.header.is_blank(|at| found.is_blank_at(at)) {
        return SheetRow::wrong(place, None, Wrong::Outside);
    }
    let near = plan.header.stray(|at| found.is_blank_at(at), found.cells.len());
    let stray = near.and_then(|at| u32::try_from(at).ok()).or(found.far);
    let stray = stray.map(|column| address((found.number, column)));
    plan.pad(found.number, &mut found.cells);
    SheetRow { cells: sorted(found.cells, &place, plan, columns), place, short: None, stray }
}

fn sorted(
    mut found: Vec<Cell>,
    place: &Place,
    plan: &SheetPlan,
    columns: &'static [&'static str],
) -> Result<Vec<Cell>, RowFault> {
    let empty = || Cell::Text(String::new());
    let cell = |(source, column): (&Source, &&'static str)| {
        let cell = match source {
            Source::Column(at) => {
                found.get_mut(*at).map_or_else(empty, |cell| std::mem::replace(cell, empty()))
            }
            Source::Fixed(value) => Cell::Text(value.clone()),
        };
        if cell.text().len() > LONGEST_CELL {
            let wrong = Wrong::TooLong { max: LONGEST_CELL };
            return Err(RowFault { place: place.clone(), column: Some(column), wrong });
        }
        Ok(cell)
    };
    plan.header.places.iter().zip(columns).map(cell).collect()
}

/// The value of formulas that a program wrote without calculating them, and of a reference to an empty cell.
const NEVER_CALCULATED: &str = "sheet-odd-uncalculated";
const ZERO: &str = "sheet-odd-zero";

fn value(data: &DataRef<'_>, formula: bool) -> Cell {
    match data {
        DataRef::Empty if formula => Cell::Odd(NEVER_CALCULATED),
        DataRef::String(text) => Cell::Text(cell_rules::meant(text).into_owned()),
        DataRef::SharedString(text) => Cell::Text(cell_rules::meant(text).into_owned()),
        DataRef::Int(0) if formula => Cell::Odd(ZERO),
        DataRef::Int(number) => Cell::Number(number.to_string()),
        // Whole numbers up to 15 digits are exact; Display prints them without a point.
        DataRef::Float(number) => match number.to_string() {
            zero if formula && (zero == "0" || zero == "-0") => Cell::Odd(ZERO),
            text => Cell::Number(text),
        },
        DataRef::Bool(_) => Cell::Odd("sheet-odd-boolean"),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => {
            Cell::Odd("sheet-odd-date")
        }
        DataRef::Error(_) => Cell::Odd("sheet-odd-error"),
        DataRef::Empty => Cell::Text(String::new()),
    }
}

/// The merged regions of a sheet: only their first cell has a value.
#[derive(Default)]
struct Merged {
    /// By their first row.
    begin: HashMap<u32, String>,
    /// Those that go on below their first row in a column that is read: in the order of that row, each with the last
    /// row of all up to it.
    go_on: Vec<(u32, u32, String)>,
}

impl Merged {
    fn of(book: &mut Workbook, plan: &SheetPlan) -> Result<Self, SheetError> {
        let mut all = Self::default();
        for region in book.merge_cells_by_sheet_name(&plan.name)? {
            let ((top, left), (bottom, right)) = (region.start, region.end);
            let range = format!("{}:{}", address(region.start), address(region.end));
            let read = |source: &Source| {
                source
                    .column()
                    .is_some_and(|at| u32::try_from(at).is_ok_and(|at| (left..=right).contains(&at)))
            };
            if bottom > top && plan.header.places.iter().any(read) {
                all.go_on.push((top, bottom, range.clone()));
            }
            all.begin.entry(top).or_insert(range);
        }
        all.go_on.sort_unstable();
        let mut last: Option<(u32, String)> = None;
        for (_, bottom, range) in &mut all.go_on {
            match &last {
                Some((to, longer)) if *to >= *bottom => (*bottom, *range) = (*to, longer.clone()),
                _ => last = Some((*bottom, range.clone())),
            }
        }
        Ok(all)
    }

    /// The region that takes a value from this row.
    fn at(&self, row: u32) -> Option<&String> {
        self.begin.get(&row).or_else(|| {
            let above = self.go_on.partition_point(|(top, ..)| *top < row);
            let (_, bottom, range) = self.go_on.get(above.checked_sub(1)?)?;
            (row <= *bottom).then_some(range)
        })
    }
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
