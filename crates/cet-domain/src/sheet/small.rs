//! Tables of a few columns that people upload or paste: read whole, and checked by whoever asked for them.

use std::ops::ControlFlow;

use super::{Cell, Limits, Note, Place, RowFault, Sheet, SheetError, Table, Wrong};
use cet_base::private_file::Passing;

/// A row below the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmallRow {
    /// Its place.
    pub place: Place,
    /// The texts of the required columns, or why one can't be read.
    pub cells: Result<Vec<String>, RowFault>,
}

/// Reads an uploaded table of at most `rows` rows.
///
/// # Errors
/// [`SheetError`] when the file as a whole is wrong.
pub fn small(
    content: &[u8],
    columns: &'static [&'static str],
    rows: u64,
) -> Result<(Vec<SmallRow>, Vec<Note>), SheetError> {
    let file = Passing::write(content)?;
    let sheet = Sheet::open(file.path(), Table::of(columns), Limits { rows, ..Limits::upload() })?;
    let mut all = Vec::new();
    sheet.read(|row| {
        // Texts below a table, as a sum or a signature, are no rows of it.
        if row.cells.as_ref().is_err_and(|fault| fault.wrong.is_no_row()) {
            return ControlFlow::Continue(());
        }
        let cells = row.cells.and_then(|cells| texts(&row.place, &cells, columns));
        all.push(SmallRow { place: row.place, cells });
        ControlFlow::Continue(())
    })?;
    Ok((all, sheet.notes().to_vec()))
}

fn texts(place: &Place, cells: &[Cell], columns: &'static [&'static str]) -> Result<Vec<String>, RowFault> {
    let text = |(cell, column): (&Cell, &&'static str)| match cell {
        Cell::Text(text) | Cell::Number(text) => Ok(text.trim().to_owned()),
        Cell::Odd(what) => {
            Err(RowFault { place: place.clone(), column: Some(column), wrong: Wrong::Odd(what) })
        }
    };
    cells.iter().zip(columns).map(text).collect()
}
