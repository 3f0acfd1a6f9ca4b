//! Files as schools send them, and malicious ones.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::*;

mod books;

const COLUMNS: &[&str] = &["姓名", "证件号码", "班级"];

struct File(tempfile::TempDir);

impl File {
    fn of(bytes: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("f"), bytes).unwrap();
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("f")
    }

    fn open(&self) -> Result<Sheet, SheetError> {
        Sheet::open(&self.path(), Table::of(COLUMNS), Limits::upload())
    }

    fn rows(&self) -> Vec<SheetRow> {
        let mut rows = Vec::new();
        self.open()
            .unwrap()
            .read(|row| {
                rows.push(row);
                ControlFlow::Continue(())
            })
            .unwrap();
        rows
    }

    /// The texts of each readable row.
    fn texts(&self) -> Vec<Vec<String>> {
        let texts =
            |row: SheetRow| row.cells.ok().map(|cells| cells.iter().map(|c| c.text().to_owned()).collect());
        self.rows().into_iter().filter_map(texts).collect()
    }
}

/// A workbook with one sheet of this XML, and additional parts.
fn workbook(sheet: &str, more: &[(&str, &[u8])]) -> File {
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="学籍" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!(r#"<worksheet xmlns="{main}">{sheet}</worksheet>"#)),
    ];
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut bytes);
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in parts.iter().map(|(n, c)| (*n, c.as_bytes())).chain(more.iter().copied()) {
        zip.start_file(name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap();
    File::of(bytes.into_inner())
}

/// `<sheetData>` of rows of cells; a cell is a text, or XML when it begins with `<`.
fn data(rows: &[&[&str]]) -> String {
    let mut xml = String::from("<sheetData>");
    for (row, cells) in (1..).zip(rows) {
        xml += &format!(r#"<row r="{row}">"#);
        for (column, cell) in ('A'..).zip(*cells) {
            xml += &if cell.starts_with('<') {
                format!(r#"<c r="{column}{row}">{cell}</c>"#)
            } else {
                format!(r#"<c r="{column}{row}" t="inlineStr"><is><t>{cell}</t></is></c>"#)
            };
        }
        xml += "</row>";
    }
    xml + "</sheetData>"
}

const HEADER: &[&str] = &["姓名", "证件号码", "班级"];

#[test]
fn columns_are_found_by_name_in_any_order() {
    let file = File::of("班级, 证件号码,姓名,,\n01,11010519491231002X,张三,,\n\n,,,,\n");
    assert_eq!(file.texts(), [["张三", "11010519491231002X", "01"]]);
}

#[test]
fn a_header_with_missing_unknown_or_doubled_columns_is_told_whole() {
    let error = File::of("姓名,姓名,手机\n1,2,3\n").open().unwrap_err().to_string();
    for told in ["证件号码 is missing", "班级 is missing", "\"手机\" is not known", "姓名 stands twice"]
    {
        assert!(error.contains(told), "{error}");
    }
}

/// TH29.
#[test]
fn what_our_exports_guard_comes_back_as_it_was() {
    let file = File::of("姓名,证件号码,班级\n'=1+1,'@a,'＋x\n'王,a,b\n");
    assert_eq!(file.texts(), [["=1+1", "@a", "＋x"], ["王", "a", "b"]]);
}

#[test]
fn quotes_and_line_breaks_inside_a_field_keep_the_count_of_lines() {
    let text = "姓名,证件号码,班级\n\"张,\"\"三\",1,\"a\nb\"\n李四,2,c\n\n\n王五,3,d";
    for text in [text.to_owned(), text.replace('\n', "\r\n"), text.replace('\n', "\r")] {
        let file = File::of(text);
        let lines: Vec<u64> = file.rows().iter().map(|row| row.place.line).collect();
        assert_eq!(lines, [2, 4, 7]);
        assert_eq!(file.texts()[0], ["张,\"三", "1", "a b"]);
    }
}

#[test]
fn a_quote_that_is_never_closed_is_told_with_its_line() {
    let file = File::of("姓名,证件号码,班级\n张三,1,2\n\"李四,1,2\n王五,1,2\n");
    assert_eq!(file.open().unwrap_err(), SheetError::Quote { line: 3 });
    let endless = format!("姓名,证件号码,班级\n\"{}", "x".repeat(1 << 20));
    assert_eq!(File::of(endless).open().unwrap_err(), SheetError::Quote { line: 2 });
}

#[test]
fn other_forms_are_refused_with_what_to_do() {
    let utf16: Vec<u8> = "\u{FEFF}姓名,证件号码".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(matches!(File::of(utf16).open(), Err(SheetError::OtherForm(_))));
    assert!(matches!(File::of([0xD0, 0xCF, 0x11, 0xE0, 0xA1]).open(), Err(SheetError::OtherForm(_))));
    assert!(matches!(File::of([0xFF, 0x00, 0x81, 0xFF]).open(), Err(SheetError::OtherForm(_))));
    assert_eq!(File::of("").open().unwrap_err(), SheetError::Empty);
    assert!(matches!(File::of("PK\u{3}\u{4}rubbish").open(), Err(SheetError::Workbook(_))));
}

#[test]
fn a_workbook_is_read_whatever_its_name_and_its_numbers_are_known() {
    let file = workbook(
        &data(&[HEADER, &["张三", "<v>330101199001010000</v>", "<v>7</v>"], &[], &["李四", "A1", "01"]]),
        &[],
    );
    let rows = file.rows();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].place.line, 4);
    let cells = rows[0].cells.as_ref().unwrap();
    assert!(matches!(cells[1], Cell::Number(_)));
    assert_eq!(cells[2], Cell::Number("7".to_owned()));
    assert_eq!(file.open().unwrap().form(), Form::Xlsx);
}

#[test]
fn merged_cells_spoil_every_row_that_they_take_a_value_from() {
    let names = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"];
    let rows: Vec<[&str; 3]> = names.iter().map(|name| [*name, "1", ""]).collect();
    let rows: Vec<&[&str]> = std::iter::once(HEADER).chain(rows.iter().map(|row| &row[..])).collect();
    // A long region, a short one inside of it, one beside the table, and one of a single row.
    let merged = ["C3:C6", "B4:B5", "E7:E9", "A8:B8"];
    let merged: String = merged.iter().map(|range| format!(r#"<mergeCell ref="{range}"/>"#)).collect();
    let sheet = data(&rows) + &format!(r#"<mergeCells count="4">{merged}</mergeCells>"#);
    let told = |row: SheetRow| row.cells.err().map(|fault| fault.to_string());
    let found: Vec<_> = workbook(&sheet, &[]).rows().into_iter().map(told).collect();
    let of = |line: u64, range: &str| {
        Some(format!("line {line}: expected single cells, found the merged cells {range}"))
    };
    assert_eq!(
        found,
        [
            None,
            of(3, "C3:C6"),
            of(4, "B4:B5"),
            of(5, "C3:C6"),
            of(6, "C3:C6"),
            of(7, "E7:E9"),
            of(8, "A8:B8"),
            None
        ]
    );
}

/// TH31.
#[test]
fn two_hundred_columns_are_refused() {
    let many: Vec<String> = (0..200).map(|n| format!("c{n}")).collect();
    let csv = File::of(format!("{}\n{}\n", many.join(","), many.join(",")));
    assert!(matches!(csv.open(), Err(SheetError::TooLarge { what: "sheet-unit-columns", limit: 64 })));
    let cells: String =
        (0..200).map(|n| format!(r#"<c r="{}1" t="inlineStr"><is><t>x</t></is></c>"#, letters(n))).collect();
    let sheet = format!(r#"<sheetData><row r="1">{cells}</row></sheetData>"#);
    assert!(matches!(
        workbook(&sheet, &[]).open(),
        Err(SheetError::TooLarge { what: "sheet-unit-columns", .. })
    ));
}

fn letters(column: u32) -> String {
    let letter = |n: u32| char::from_u32('A' as u32 + n).unwrap();
    if column < 26 {
        letter(column).to_string()
    } else {
        format!("{}{}", letter(column / 26 - 1), letter(column % 26))
    }
}

/// TH31.
#[test]
fn bombs_are_refused_before_they_are_unpacked_anywhere() {
    let zeros = vec![b' '; 8 << 20];
    let bomb = workbook(&data(&[HEADER, &["a", "b", "c"]]), &[("xl/media/bomb.bin", &zeros)]);
    assert!(matches!(bomb.open(), Err(SheetError::Hostile(_))));
    let small = Limits { unpacked: 1 << 19, ..Limits::upload() };
    let noise: Vec<u8> = (0..1_u32 << 20).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let large = workbook(&data(&[HEADER, &["a", "b", "c"]]), &[("xl/media/noise.bin", &noise)]);
    let refused = Sheet::open(&large.path(), Table::of(COLUMNS), small).unwrap_err();
    assert_eq!(refused, SheetError::TooLarge { what: "sheet-unit-unpacked", limit: 1 << 19 });
    let packed = Limits { packed: 100, ..Limits::upload() };
    assert!(matches!(
        Sheet::open(&large.path(), Table::of(COLUMNS), packed),
        Err(SheetError::TooLarge { .. })
    ));
}

/// TH31.
#[test]
fn document_types_foreign_encodings_and_false_promises_are_refused() {
    let entity: &[u8] = b"<!DOCTYPE sst [<!ENTITY a \"x\">]><sst><si><t>&a;</t></si></sst>";
    let utf16: Vec<u8> = "<sst/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let promise: &[u8] = b"<sst  uniqueCount = '99999999999999'><si><t>x</t></si></sst>";
    for shared in [entity, utf16.as_slice(), promise] {
        let file = workbook(&data(&[HEADER, &["a", "b", "c"]]), &[("xl/sharedStrings.xml", shared)]);
        assert!(matches!(file.open(), Err(SheetError::Hostile(_) | SheetError::TooLarge { .. })));
    }
}

/// TH31.
#[test]
fn more_rows_than_allowed_stop_the_reading() {
    let file = File::of(format!("姓名,证件号码,班级\n{}", "a,b,c\n".repeat(11)));
    let sheet =
        Sheet::open(&file.path(), Table::of(COLUMNS), Limits { rows: 10, ..Limits::upload() }).unwrap();
    let stopped = sheet.read(|_| ControlFlow::Continue(()));
    assert_eq!(stopped, Err(SheetError::TooLarge { what: "sheet-unit-rows", limit: 10 }));
}

/// TH60.
#[test]
fn messages_and_debug_show_no_document() {
    assert_eq!(masked("330101199001010000"), "33…");
    assert_eq!(masked("男性"), "男性");
    assert_eq!(format!("{:?}", Cell::Text("330101199001010000".to_owned())), "Text(..)");
}
