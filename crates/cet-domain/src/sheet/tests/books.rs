//! Workbooks with several sheets, titles, hidden content and stray cells: everything in a file is read or reported.

use proptest::prelude::*;
use rust_xlsxwriter::{Format, Formula, Workbook};

use super::*;

/// A workbook as written by a spreadsheet program.
pub(super) struct Book(Workbook, Vec<bool>);

impl Book {
    pub(super) fn new() -> Self {
        Self(Workbook::new(), Vec::new())
    }

    /// Adds a sheet of these rows.
    pub(super) fn sheet(mut self, name: &str, rows: &[&[&str]]) -> Self {
        let sheet = self.0.add_worksheet();
        sheet.set_name(name).unwrap();
        self.1.push(false);
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(*cells) {
                if let Some(formula) = cell.strip_prefix("F:") {
                    sheet.write_formula(row, column, Formula::new(formula)).unwrap();
                } else if let Some(number) = cell.strip_prefix("N:") {
                    sheet.write_number(row, column, number.parse::<f64>().unwrap()).unwrap();
                } else if let Some(number) = cell.strip_prefix("Z:") {
                    let zeros = Format::new().set_num_format("0000000000");
                    sheet
                        .write_number_with_format(row, column, number.parse::<f64>().unwrap(), &zeros)
                        .unwrap();
                } else if !cell.is_empty() {
                    sheet.write_string(row, column, *cell).unwrap();
                }
            }
        }
        self
    }

    fn hide(mut self) -> Self {
        *self.1.last_mut().unwrap() = true;
        self
    }

    fn hide_row(mut self, row: u32) -> Self {
        self.0.worksheets_mut().last_mut().unwrap().set_row_hidden(row).unwrap();
        self
    }

    pub(super) fn file(mut self) -> File {
        // The active sheet can't be hidden.
        let shown = self.1.iter().rposition(|hidden| !hidden).unwrap();
        self.0.worksheet_from_index(shown).unwrap().set_active(true);
        for (sheet, hidden) in self.0.worksheets_mut().iter_mut().zip(&self.1) {
            if *hidden {
                sheet.set_hidden(true);
            }
        }
        File::of(self.0.save_to_buffer().unwrap())
    }
}

fn notes(file: &File) -> Vec<String> {
    file.open().unwrap().notes().iter().map(ToString::to_string).collect()
}

const LIST: &[&[&str]] = &[HEADER, &["张三", "1", "a"], &["李四", "2", "b"]];
const OTHER: &[&[&str]] = &[&["证件号码", "姓名", "班级"], &["3", "王五", "c"]];

#[test]
fn every_visible_sheet_with_the_header_is_read_in_its_own_order_of_columns() {
    let file = Book::new().sheet("外语", LIST).sheet("化学", OTHER).file();
    assert_eq!(file.texts(), [["张三", "1", "a"], ["李四", "2", "b"], ["王五", "3", "c"]]);
    let places: Vec<String> = file.rows().iter().map(|row| row.place.to_string()).collect();
    assert_eq!(places, ["sheet 外语, line 2", "sheet 外语, line 3", "sheet 化学, line 2"]);
    assert_eq!(notes(&file), ["sheet 外语: 2 rows", "sheet 化学: 1 row"]);
}

#[test]
fn a_sheet_whose_header_is_nearly_whole_stops_the_import() {
    let near: &[&[&str]] = &[&["姓名", "证件号码", "班"], &["王五", "3", "c"]];
    let error = Book::new().sheet("外语", LIST).sheet("化学", near).file().open().unwrap_err().to_string();
    assert!(
        error.starts_with("sheet 化学, line 1 is not the whole header, so its 1 row would be left out"),
        "{error}"
    );
    assert!(error.contains("column 班级 is missing"), "{error}");
}

#[test]
fn sheets_before_the_list_do_not_hide_it_and_those_with_rows_are_named() {
    let dictionary: &[&[&str]] = &[&["身份证"], &["护照"]];
    let file = Book::new().sheet("字典", dictionary).hide().sheet("空", &[]).sheet("名单", LIST).file();
    assert_eq!(file.texts().len(), 2);
    let unread = "not read: sheet 字典 (hidden) with 2 rows, because it has no header of this table";
    assert_eq!(notes(&file), ["sheet 名单: 2 rows", unread]);
    let hidden_list = Book::new().sheet("旧", OTHER).hide().sheet("名单", LIST).file();
    assert!(notes(&hidden_list)[1].contains("sheet 旧 (hidden) with 1 row, because it is hidden"));
    let only = Book::new().sheet("说明", &[&["见下"]]).sheet("名单", LIST).hide().file();
    assert_eq!(only.open().unwrap_err(), SheetError::HiddenList { sheet: "名单".into() });
}

#[test]
fn hidden_rows_are_read_and_named() {
    let file = Book::new().sheet("名单", LIST).hide_row(2).file();
    assert_eq!(file.texts().len(), 2);
    assert_eq!(notes(&file), ["read like the others: 1 hidden row of sheet 名单, line 3"]);
}

#[test]
fn the_header_is_found_below_titles_and_what_stands_above_it_is_named() {
    let rows: &[&[&str]] =
        &[&["2017年下半年报名信息表"], &[], &["制表：教务处", "", "x"], HEADER, &["张三", "1", "a"]];
    let file = Book::new().sheet("名单", rows).file();
    assert_eq!(file.texts(), [["张三", "1", "a"]]);
    assert_eq!(notes(&file), ["not read: line 1, above the header", "not read: line 3, above the header"]);
    let csv = File::of("报名信息表,,\n\n制表：教务处\n姓名,证件号码,班级\n张三,1,a\n");
    assert_eq!(csv.texts(), [["张三", "1", "a"]]);
    assert_eq!(notes(&csv), ["not read: line 1, above the header", "not read: line 3, above the header"]);
    let late = format!("{}姓名,证件号码,班级\n张三,1,a\n", "x\n".repeat(10));
    assert_eq!(File::of(late).open().unwrap_err(), SheetError::NoHeader { columns: COLUMNS });
}

#[test]
fn columns_that_the_table_does_not_have_are_left_out_by_name_and_stray_cells_by_place() {
    let rows: &[&[&str]] = &[
        &["序号", "姓名*", "身份证号", "班级（必填）", "", ""],
        &["1", "张三", "1", "a", "", "见附件"],
        &["2"],
        &["", "", "", "", "", "y"],
    ];
    for file in [Book::new().sheet("名单", rows).file(), File::of(as_csv(rows))] {
        assert_eq!(notes(&file), ["not read: column \"序号\", which this table does not have"]);
        let rows = file.rows();
        assert_eq!(rows.len(), 3);
        assert!(
            rows[0].cells.is_ok() && rows[0].stray.as_deref().is_some_and(|cell| cell == "F2" || cell == "6")
        );
        assert!(rows[1..].iter().all(|row| row.cells.as_ref().unwrap_err().wrong == Wrong::Outside));
    }
    let mut far = Workbook::new();
    let sheet = far.add_worksheet();
    for (column, name) in (0..).zip(HEADER) {
        sheet.write_string(0, column, *name).unwrap();
        sheet.write_string(1, column, *name).unwrap();
    }
    sheet.write_string(299, 77, "x").unwrap();
    let file = File::of(far.save_to_buffer().unwrap());
    let rows = file.rows();
    assert_eq!(
        rows[1].cells.as_ref().unwrap_err().to_string(),
        "line 300: holds nothing in the columns of this table and was not read"
    );
}

fn as_csv(rows: &[&[&str]]) -> String {
    let quoted = |cell: &&str| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |row: &&[&str]| row.iter().map(quoted).collect::<Vec<_>>().join(",");
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// TH30.
#[test]
fn one_table_of_cell_rules_holds_for_csv_and_for_workbooks() {
    for (raw, means) in cell_rules::tests::TABLE {
        let rows: &[&[&str]] = &[HEADER, &["x", raw, raw]];
        let (book, csv) = (Book::new().sheet("名单", rows).file(), File::of(as_csv(rows)));
        for file in [&book, &csv] {
            let texts = file.texts();
            assert_eq!(texts[0][1].trim(), *means, "{raw:?}");
        }
    }
}

#[test]
fn a_formula_without_a_value_is_never_nothing_and_never_zero() {
    // The writer stores 0 for a formula that it can't calculate, as many programs do.
    let zero = Book::new().sheet("名单", &[HEADER, &["F:Sheet9!A1", "1", "a"]]).file();
    assert!(matches!(zero.rows()[0].cells.as_ref().unwrap()[0], Cell::Odd(told) if told == "sheet-odd-zero"));
    let empty = workbook(&data(&[HEADER, &["<f>A9</f><v></v>", "1", "a"], &["<f>A9</f>"]]), &[]);
    for row in &empty.rows() {
        assert!(
            matches!(row.cells.as_ref().unwrap()[0], Cell::Odd(told) if told == "sheet-odd-uncalculated")
        );
    }
    let real = Book::new().sheet("名单", &[HEADER, &["N:0", "1", "a"]]).file();
    assert_eq!(real.rows()[0].cells.as_ref().unwrap()[0], Cell::Number("0".to_owned()));
}

#[test]
fn numbers_have_the_leading_zeros_that_their_format_shows() {
    let file = Book::new().sheet("名单", &[HEADER, &["张三", "Z:16000201", "N:16000201"]]).file();
    assert_eq!(file.texts(), [["张三", "0016000201", "16000201"]]);
}

#[test]
fn semicolons_tabs_and_the_line_that_names_them_are_read() {
    for text in [
        "姓名;证件号码;班级\n张三;1;\"a;b\"\n",
        "sep=;\n姓名;证件号码;班级\n张三;1;\"a;b\"\n",
        "\u{FEFF}姓名\t证件号码\t班级\r\n张三\t1\ta;b\r\n",
    ] {
        let file = File::of(text);
        assert_eq!(file.texts(), [["张三", "1", "a;b"]], "{text}");
        assert_eq!(notes(&file), Vec::<String>::new());
    }
    let (bytes, _, _) = encoding_rs::GB18030.encode("姓名;证件号码;班级\n张三;1;a\n");
    assert_eq!(File::of(bytes).texts(), [["张三", "1", "a"]]);
}

#[test]
fn fields_that_excel_left_out_at_the_end_are_empty() {
    let rows = File::of("姓名,证件号码,班级\n张三,1\n李四,2,b,,\n王五,3,c,x\n").rows();
    assert_eq!((rows[0].short, rows[1].short), (Some((3, 2)), None));
    assert!(rows[0].cells.is_ok() && rows[1].cells.is_ok());
    assert_eq!(rows[2].cells.as_ref().unwrap_err().wrong, Wrong::Fields { expected: 3, found: 4 });
}

#[test]
fn what_a_file_is_instead_is_one_sentence() {
    let zip = |names: &[&str]| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut zip = zip::ZipWriter::new(&mut bytes);
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"x").unwrap();
        }
        zip.finish().unwrap();
        bytes.into_inner()
    };
    for (bytes, told) in [
        (zip(&["mimetype", "content.xml"]), "OpenDocument"),
        (zip(&["xl/workbook.bin"]), ".xlsb"),
        (zip(&["[Content_Types].xml", "word/document.xml"]), "text document"),
        (zip(&["名单.csv"]), "ZIP archive, unpack it"),
        (b"<html><table><tr><td>x".to_vec(), "web page"),
    ] {
        let error = File::of(bytes).open().unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    let error = File::of("PK\u{3}\u{4}cut off").open().unwrap_err().to_string();
    assert_eq!(error, "the workbook can't be read: it is damaged or cut off, copy or download it again");
    let zh = crate::texts::texts(crate::texts::Lang::Zh);
    let cut_off = File::of("PK\u{3}\u{4}cut off").open().unwrap_err();
    let chinese = crate::sheet::words::Say::say(&cut_off, zh);
    assert_eq!(chinese, "工作簿读不了：损坏了，或者不完整，请重新复制或下载");
}

/// A cell of a random sheet: mostly non-blank, each text only once.
fn cell() -> impl Strategy<Value = u8> {
    prop_oneof![3 => Just(0_u8), 1 => Just(1), 6 => Just(2)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Each non-blank cell of a random workbook is in a row that was passed on, in a row or sheet that a note names, or
    /// in the file's refusal.
    #[test]
    fn rows_in_are_rows_told(
        sheets in proptest::collection::vec(
            (any::<bool>(), 0_usize..4, prop_oneof![Just(0_u8), Just(1), Just(2)],
             proptest::collection::vec(proptest::collection::vec(cell(), 0..6), 0..6)),
            1..4,
        ),
    ) {
        let mut book = Workbook::new();
        let mut held: Vec<(String, u64)> = Vec::new();
        for (index, (hidden, above, header, rows)) in sheets.iter().enumerate() {
            let sheet = book.add_worksheet();
            let name = format!("s{index}");
            sheet.set_name(&name).unwrap();
            if *hidden && index > 0 {
                sheet.set_hidden(true);
            }
            let mut at = 0;
            let write = |sheet: &mut rust_xlsxwriter::Worksheet, row: u32, column: u16, text: &str| {
                sheet.write_string(row, column, text).unwrap();
            };
            for _ in 0..*above {
                write(sheet, at, 1, "title");
                held.push((name.clone(), u64::from(at) + 1));
                at += 1;
            }
            if *header > 0 {
                for (column, text) in (0..).zip(HEADER) {
                    write(sheet, at, column, if *header == 2 && column == 2 { "序号" } else { text });
                }
                at += 1;
            }
            for cells in rows {
                let mut any = false;
                for (column, cell) in (0_u16..).zip(cells) {
                    if *cell > 0 {
                        write(sheet, at, column, "x");
                        any = true;
                    }
                }
                if any {
                    held.push((name.clone(), u64::from(at) + 1));
                }
                at += 1;
            }
        }
        let file = File::of(book.save_to_buffer().unwrap());
        let Ok(sheet) = file.open() else { return Ok(()) };
        let mut read = Vec::new();
        let end = file.open().unwrap().read(|row| { read.push(row); ControlFlow::Continue(()) });
        // Cells beside the header's columns only: the refusal says that the file holds no row.
        if end.is_err() && read.is_empty() {
            return Ok(());
        }
        // Without a note of its own it is the only sheet with the header.
        let list = sheets.iter().enumerate().position(|(at, (hidden, _, header, _))| *header == 1 && !(*hidden && at > 0));
        let only = format!("s{}", list.unwrap_or_default());
        let name_of = |place: &Place| place.sheet.as_ref().map_or_else(|| only.clone(), |sheet| sheet.name.to_string());
        for (name, line) in held {
            let handed_on = read.iter().any(|row| row.place.line == line && name_of(&row.place) == name);
            let named = sheet.notes().iter().any(|note| match note {
                Note::Above(place) => place.line == line && name_of(place) == name,
                Note::Unread { sheet, .. } => **sheet == *name,
                _ => false,
            });
            prop_assert!(handed_on || named, "sheet {name}, line {line}: {:?}", sheet.notes());
        }
    }

    #[test]
    fn rows_of_text_in_are_rows_told(rows in proptest::collection::vec(proptest::collection::vec(cell(), 0..6), 1..12), above in 0_usize..4) {
        let mut text = "title\n".repeat(above) + "姓名,证件号码,班级,\n";
        let mut held = Vec::new();
        for (at, cells) in rows.iter().enumerate() {
            let fields: Vec<&str> = cells.iter().map(|cell| if *cell > 0 { "x" } else { "" }).collect();
            text += &fields.join(",");
            text.push('\n');
            if cells.iter().any(|cell| *cell > 0) {
                held.push(u64::try_from(above + at).unwrap() + 2);
            }
        }
        let file = File::of(text);
        let Ok(_) = file.open() else {
            prop_assert!(held.is_empty());
            return Ok(());
        };
        let mut lines = Vec::new();
        let _all_outside = file.open().unwrap().read(|row| { lines.push(row.place.line); ControlFlow::Continue(()) });
        prop_assert_eq!(lines, held);
    }
}
