//! The first rows of a file, for a person who says which of them is the header and what its columns are.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use calamine::{Reader as _, SheetType, SheetVisible};
use serde::{Deserialize, Serialize};

use super::table::Table;
use super::xlsx_rows::{Workbook, each_row};
use super::{Form, Limits, MOST_COLUMNS, SheetError, csv_rows, guarded, header, inspect};
use crate::words::document::DocumentKind;

/// Rows that are looked at.
const ROWS: usize = 14;
/// Characters of a cell.
const SHOWN: usize = 40;

/// The beginning of a sheet, or of a file without sheets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// The sheet's name; empty for CSV.
    pub sheet: String,
    /// Whether it is hidden.
    pub hidden: bool,
    /// The first rows that are not blank: line and cells.
    pub rows: Vec<(u64, Vec<String>)>,
    /// The line that is probably the header: it names the most columns.
    pub header: u64,
    /// For each column of that row the table's column that it probably is; empty if none.
    pub guessed: Vec<String>,
}

/// Reads the beginning of a file.
///
/// # Errors
/// [`SheetError`] if it is no table at all.
pub fn look(path: &Path, table: &Table, limits: Limits) -> Result<Vec<Looked>, SheetError> {
    // Whatever its header is, the file itself is checked as usual.
    let free = Table { chosen: Some(super::Chosen::default()), ..table.clone() };
    let seen = inspect::inspect(path, &free, limits)?;
    let sheets = match seen.form {
        Form::Csv(encoding) => {
            vec![(String::new(), false, csv_rows::first(path, (encoding, seen.separator), ROWS)?)]
        }
        Form::Xlsx => guarded(|| workbook(path))?,
    };
    Ok(sheets.into_iter().map(|(sheet, hidden, rows)| looked(sheet, hidden, rows, table)).collect())
}

/// Rows as they are in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raw {
    /// The header.
    pub header: Vec<String>,
    /// Sheet, line and cells.
    pub rows: Vec<(String, u64, Vec<String>)>,
}

/// Reads rows of a file as they are: those of these lines, by sheet (empty if only one is read).
///
/// # Errors
/// [`SheetError`] if it is no table.
pub fn raw(
    path: &Path,
    table: &Table,
    limits: Limits,
    wanted: &BTreeSet<(String, u64)>,
) -> Result<Raw, SheetError> {
    let looked = look(path, table, limits)?;
    let chosen = table.chosen.as_ref();
    let best = looked.iter().max_by_key(|sheet| sheet.guessed.iter().filter(|name| !name.is_empty()).count());
    let sheet = looked.iter().find(|sheet| chosen.is_some_and(|chosen| chosen.sheet == sheet.sheet)).or(best);
    let line = chosen.map(|chosen| chosen.header).filter(|line| *line > 0);
    let header = sheet.and_then(|sheet| {
        let line = line.unwrap_or(sheet.header);
        sheet.rows.iter().find(|(at, _)| *at == line).map(|(_, cells)| cells.clone())
    });
    let mut raw = Raw { header: header.unwrap_or_default(), rows: Vec::new() };
    let seen =
        inspect::inspect(path, &Table { chosen: Some(super::Chosen::default()), ..table.clone() }, limits)?;
    match seen.form {
        Form::Csv(encoding) => csv_rows::each(path, (encoding, seen.separator), |line, cells| {
            if wanted.contains(&(String::new(), line)) {
                raw.rows.push((String::new(), line, cells));
            }
            ControlFlow::Continue(())
        })?,
        Form::Xlsx => guarded(|| {
            let mut book: Workbook = calamine::open_workbook(path)?;
            let only = sheet.map(|sheet| sheet.sheet.clone()).unwrap_or_default();
            let named = wanted.iter().any(|(sheet, _)| !sheet.is_empty());
            let names: Vec<String> = looked.iter().map(|sheet| sheet.sheet.clone()).collect();
            for name in names.into_iter().filter(|name| named || *name == only) {
                let key = if named { name.clone() } else { String::new() };
                let _ended = each_row(&mut book, &name, |found| {
                    if wanted.contains(&(key.clone(), found.line())) {
                        let cells = found.cells.iter().map(|cell| cell.text().to_owned()).collect();
                        raw.rows.push((key.clone(), found.line(), cells));
                    }
                    Ok(ControlFlow::Continue(()))
                })?;
            }
            Ok(())
        })?,
    }
    Ok(raw)
}

type Rows = Vec<(u64, Vec<String>)>;

fn workbook(path: &Path) -> Result<Vec<(String, bool, Rows)>, SheetError> {
    let mut book: Workbook = calamine::open_workbook(path)?;
    let sheets = book.sheets_metadata().to_vec();
    let mut all = Vec::new();
    for sheet in sheets.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let mut rows = Rows::new();
        let _ended = each_row(&mut book, &sheet.name, |found| {
            if !found.is_blank() {
                let cells = found.cells.iter().map(|cell| cell.text().trim().to_owned()).collect();
                rows.push((found.line(), cells));
            }
            Ok(if rows.len() < ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        if !rows.is_empty() {
            all.push((sheet.name, sheet.visible != SheetVisible::Visible, rows));
        }
    }
    if all.is_empty() { Err(SheetError::Empty) } else { Ok(all) }
}

fn looked(sheet: String, hidden: bool, rows: Rows, table: &Table) -> Looked {
    let rows: Rows = rows
        .into_iter()
        .map(|(line, cells)| (line, cells.into_iter().take(MOST_COLUMNS).collect()))
        .collect();
    let named = |cells: &[String]| header::guessed(cells, table);
    let count = |cells: &[String]| named(cells).iter().flatten().count();
    // Of equals the first; without any name the row with the most cells. A row of values names no columns, even if one of
    // its values is also the name of one.
    let rank = |cells: &[String]| {
        let names = count(cells);
        let may_be = names.saturating_mul(2) >= filled(cells) || !are_values(cells);
        if may_be { (true, names, filled(cells)) } else { (false, 0, 0) }
    };
    let best = rows.iter().rev().max_by_key(|(_, cells)| rank(cells));
    let (line, guessed) = best.map_or((1, Vec::new()), |(line, cells)| (*line, named(cells)));
    let shown = |(at, cells): (u64, Vec<String>)| {
        let cells = cells.into_iter().map(|cell| if at == line { cut(&cell) } else { sample(&cell) });
        (at, cells.collect())
    };
    Looked {
        sheet,
        hidden,
        header: line,
        guessed: guessed.into_iter().map(|column| column.unwrap_or_default().to_owned()).collect(),
        rows: rows.into_iter().map(shown).collect(),
    }
}

fn filled(cells: &[String]) -> usize {
    cells.iter().filter(|cell| !cell.is_empty()).count()
}

/// Values of columns with few of them, besides the kinds of documents.
const VALUES: [&str; 11] = ["男", "女", "男性", "女性", "本科", "专科", "研究生", "硕士", "博士", "是", "否"];

/// Whether most cells of a row are values: numbers, codes, days, kinds.
fn are_values(cells: &[String]) -> bool {
    let is_value = |cell: &&String| {
        let cell = cell.trim();
        let has_digit = cell.chars().any(|c| c.is_ascii_digit());
        has_digit || VALUES.contains(&cell) || DocumentKind::from_roster(cell).is_some()
    };
    cells.iter().filter(is_value).count().saturating_mul(2) > filled(cells)
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}

/// A cell as it may be shown: what is as long as a document number is masked.
fn sample(text: &str) -> String {
    const LONG: usize = 15;
    const ENDS: usize = 4;
    let chars: Vec<char> = cut(text).chars().collect();
    let digits = chars.iter().filter(|c| c.is_ascii_digit()).count();
    if digits < LONG {
        return chars.into_iter().collect();
    }
    let tail = chars.len().saturating_sub(ENDS);
    (0_usize..).zip(chars).map(|(at, c)| if at < ENDS || at >= tail { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// season.md 3.2.
    #[test]
    fn the_row_that_is_guessed_to_be_the_header_names_columns_and_holds_no_values() {
        const COLUMNS: [&str; 6] = ["姓名", "性别", "证件类型", "证件号码", "校区代码", "学历"];
        let data = "张三,男,身份证,330199199601021355,993010,本科";
        let cases: [(&[&str], u64); 9] = [
            (&["名,XB,证类,号,校区,学位", data], 1),
            (&["名,XB,证类,号,校区,学位", data, data], 1),
            (&["2017年学生名单", "名,XB,证类,号,校区,学位", data], 2),
            (&["名,XB,证类,身份证,校区,学位", data], 1),
            (&["2017年学生名单", "姓名,XB,证类,身份证,校区,学位", data], 2),
            (&["姓名1,性别2,证件类型3,证件号码4,校区代码5,学历6", data], 1),
            (&["姓名(1),性别(2),证件类型(3),证件号码(4),校区代码(5),学历(6)", data], 1),
            (&[data, data], 1),
            (&["护照,E12345678,王小明,女,993010,本科", data], 1),
        ];
        for (lines, header) in cases {
            let rows =
                (1..).zip(lines.iter().map(|line| line.split(',').map(str::to_owned).collect())).collect();
            let seen = looked(String::new(), false, rows, &Table::of(&COLUMNS));
            assert_eq!(seen.header, header, "{lines:?}");
        }
    }

    #[test]
    fn samples_do_not_show_whole_document_numbers() {
        assert_eq!(sample("330101199901010018"), "3301**********0018");
        assert_eq!(sample("2017003001"), "2017003001");
        assert_eq!(sample("吴桐"), "吴桐");
    }
}
