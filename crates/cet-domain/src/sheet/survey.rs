//! The first pass over a workbook: which sheets hold the list, where their headers are, and what else there is. A list
//! may be on several sheets, as one per college: every visible sheet with the header is read. Others are reported; a
//! sheet whose header is nearly complete stops the import, because its rows are surely meant.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use calamine::{DataRef, Reader, SheetType, SheetVisible};

use super::header::{Header, Search};
use super::hidden::HiddenRows;
use super::table::Table;
use super::xlsx_rows::{Workbook, each_row};
use super::{Cell, Note, Place, SheetError, SheetName};

/// How to locate the rows of one sheet again.
#[derive(Debug)]
pub(super) struct SheetPlan {
    pub(super) name: String,
    /// Its name for messages, if several sheets are read.
    pub(super) named: Option<SheetName>,
    /// Rows with any cell up to and including the header.
    pub(super) until_header: u64,
    pub(super) header: Header,
    /// How many digits a number's format shows, if more than it has: `0000000000`.
    padded: HashMap<(u32, u32), usize>,
}

impl SheetPlan {
    /// Pads numbers with the leading zeros that their format shows.
    pub(super) fn pad(&self, row: u32, cells: &mut [Cell]) {
        if self.padded.is_empty() {
            return;
        }
        for (column, cell) in (0..).zip(cells) {
            if let (Cell::Number(text), Some(width)) = (cell, self.padded.get(&(row, column))) {
                *text = format!("{text:0>width$}");
            }
        }
    }
}

/// The survey of one sheet.
struct Surveyed<'t> {
    name: String,
    hidden: bool,
    search: Search<'t>,
    until_header: u64,
    /// Rows below the header, or of the whole sheet.
    rows: u64,
    /// The header's row exceeds the most columns.
    far_header: bool,
    has_numbers: bool,
    hidden_rows: Option<HiddenRows>,
}

pub(super) fn survey(
    path: &Path,
    table: &Table,
    hidden_rows: &[Option<HiddenRows>],
) -> Result<(Vec<SheetPlan>, Vec<Note>), SheetError> {
    let mut book: Workbook = calamine::open_workbook(path)?;
    let sheets = book.sheets_metadata().to_vec();
    // Sheets are read by name.
    if sheets.iter().map(|sheet| &sheet.name).collect::<BTreeSet<_>>().len() < sheets.len() {
        return Err(SheetError::Hostile("sheet-hostile-names"));
    }
    let mut surveyed = Vec::new();
    for (at, sheet) in sheets.iter().enumerate().filter(|(_, sheet)| sheet.typ == SheetType::WorkSheet) {
        let mut seen = survey_sheet(&mut book, &sheet.name, table)?;
        // A sheet that was chosen by name is read although it is hidden.
        let chosen =
            table.chosen.as_ref().map(|chosen| chosen.sheet.as_str()).filter(|name| !name.is_empty());
        seen.hidden = sheet.visible != SheetVisible::Visible && chosen != Some(sheet.name.as_str());
        if chosen.is_some_and(|name| name != sheet.name) {
            seen.search = Search::of(table);
        }
        seen.hidden_rows = hidden_rows.get(at).copied().flatten();
        surveyed.push(seen);
    }
    let (lists, others) = choose(surveyed)?;
    let mut notes = Vec::new();
    let several = lists.len() > 1;
    let alone = lists.len() == 1 && others.is_empty();
    let mut plans = Vec::new();
    for (index, list) in (0..).zip(lists) {
        plans.push(plan(&mut book, list, several.then_some(index), alone, &mut notes)?);
    }
    notes.extend(others.into_iter().map(|other| Note::Unread {
        sheet: other.name.into(),
        hidden: other.hidden,
        rows: other.rows,
        has_header: other.search.found.is_some(),
    }));
    Ok((plans, notes))
}

/// Surveys one sheet.
fn survey_sheet<'t>(book: &mut Workbook, name: &str, table: &'t Table) -> Result<Surveyed<'t>, SheetError> {
    let mut seen = Surveyed {
        name: name.to_owned(),
        hidden: false,
        search: Search::of(table),
        until_header: 0,
        rows: 0,
        far_header: false,
        has_numbers: false,
        hidden_rows: None,
    };
    let _to_the_end = each_row(book, name, |found| {
        if found.is_blank() {
            return Ok(ControlFlow::Continue(()));
        }
        if seen.search.goes_on() {
            let names: Vec<String> = found.cells.iter().map(|cell| cell.text().to_owned()).collect();
            seen.search.row(found.line(), &names, found.far.is_some());
            if seen.search.found.is_some() {
                (seen.until_header, seen.rows) = (found.ordinal, 0);
                seen.far_header = found.far.is_some();
                return Ok(ControlFlow::Continue(()));
            }
        }
        let header = seen.search.found.as_ref();
        if header.is_none_or(|header| !header.is_blank(|at| found.is_blank_at(at))) {
            seen.rows = seen.rows.saturating_add(1);
        }
        seen.has_numbers |= found.cells.iter().any(|cell| matches!(cell, Cell::Number(_)));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(seen)
}

/// The sheets that are read, and the non-empty ones that are not.
type Chosen<'t> = (Vec<Surveyed<'t>>, Vec<Surveyed<'t>>);

fn choose(surveyed: Vec<Surveyed<'_>>) -> Result<Chosen<'_>, SheetError> {
    let single = surveyed.len() == 1;
    let (lists, mut others): (Vec<_>, Vec<_>) =
        surveyed.into_iter().partition(|sheet| sheet.search.found.is_some() && !sheet.hidden);
    for sheet in others.iter_mut().filter(|sheet| sheet.search.found.is_some()) {
        let above = u64::try_from(sheet.search.above.len()).unwrap_or(u64::MAX);
        sheet.rows = sheet.rows.saturating_add(above);
    }
    others.retain(|sheet| sheet.rows > 0);
    let name = |sheet: &Surveyed<'_>| {
        let name: Arc<str> = sheet.name.as_str().into();
        (!single).then_some(SheetName { index: 0, name })
    };
    if lists.is_empty() {
        if let Some(hidden) = others.iter().find(|sheet| sheet.search.found.is_some()) {
            return Err(SheetError::HiddenList { sheet: hidden.name.as_str().into() });
        }
        // The one that is most similar to a list; of equals the first.
        let best = others.into_iter().rev().max_by_key(|sheet| sheet.search.known());
        return Err(best.map_or(SheetError::Empty, |sheet| {
            let name = name(&sheet);
            sheet.search.failure(name)
        }));
    }
    let meant =
        |sheet: &Surveyed<'_>| !sheet.hidden && sheet.search.found.is_none() && sheet.search.is_near();
    if let Some(at) = others.iter().position(meant) {
        let sheet = others.swap_remove(at);
        let (name, rows) = (name(&sheet), sheet.rows.saturating_sub(1));
        return Err(match sheet.search.failure(name) {
            SheetError::Header { place, faults } => SheetError::OtherSheet { rows, place, faults },
            other => other,
        });
    }
    Ok((lists, others))
}

/// The plan for reading a list; its anomalies are added to the notes.
fn plan(
    book: &mut Workbook,
    list: Surveyed<'_>,
    index: Option<u16>,
    alone: bool,
    notes: &mut Vec<Note>,
) -> Result<SheetPlan, SheetError> {
    let sheet: Arc<str> = list.name.as_str().into();
    let named = index.map(|index| SheetName { index, name: Arc::clone(&sheet) });
    if !alone {
        notes.push(Note::Read { sheet: Arc::clone(&sheet), rows: list.rows });
    }
    let above = list.search.above.iter().map(|line| Note::Above(Place { sheet: named.clone(), line: *line }));
    notes.extend(above);
    let header = list.search.found.ok_or(SheetError::Empty)?;
    let of = named.as_ref().map(|_| Arc::clone(&sheet));
    notes.extend(header.missing.iter().map(|name| Note::Missing { name, sheet: of.clone() }));
    notes.extend(header.unknown.iter().map(|name| Note::Unknown { name: name.clone(), sheet: of.clone() }));
    if list.far_header {
        notes.push(Note::Unknown { name: "…".to_owned(), sheet: of });
    }
    if let Some(hidden) = list.hidden_rows {
        notes.push(Note::HiddenRows { sheet, count: hidden.count, first: hidden.first });
    }
    let padded = if list.has_numbers { padded(book, &list.name, &header)? } else { HashMap::new() };
    Ok(SheetPlan { name: list.name, named, until_header: list.until_header, header, padded })
}

/// Numbers with leading zeros by a format such as `0000000000`.
fn padded(
    book: &mut Workbook,
    name: &str,
    header: &Header,
) -> Result<HashMap<(u32, u32), usize>, SheetError> {
    let mut cells = book.worksheet_cells_reader(name)?;
    let zeros = |code: &str| (2..=20).contains(&code.len()) && code.bytes().all(|byte| byte == b'0');
    let widths: Vec<usize> = cells
        .styles()
        .iter()
        .map(|style| style.number_format.as_ref().map_or("", |format| format.format_code.as_str()))
        .map(|code| if zeros(code) { code.len() } else { 0 })
        .collect();
    let mut padded = HashMap::new();
    if widths.iter().all(|width| *width == 0) {
        return Ok(padded);
    }
    while let Some((cell, style)) = cells.next_cell_with_style_id()? {
        let width = widths.get(style).copied().unwrap_or_default();
        let digits = match cell.get_value() {
            DataRef::Float(number) => number.to_string(),
            DataRef::Int(number) => number.to_string(),
            _ => continue,
        };
        let at = cell.get_position();
        let asked = usize::try_from(at.1)
            .is_ok_and(|column| header.places.contains(&super::header::Source::Column(column)));
        if asked && digits.len() < width && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            padded.insert(at, width);
        }
    }
    Ok(padded)
}
