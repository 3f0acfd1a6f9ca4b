//! Tables that schools upload, and those that staff download.

use std::io::Write;
use std::ops::ControlFlow;

use super::Target;
use super::requests::none;
use cet_domain::roster::file::COLUMNS;
use cet_domain::sheet::{Form, Limits, Sheet, Table, inert};
use cet_domain::testing::archive;
use cet_site::staff::list;

pub(crate) const CSV_ROSTER: Target = Target {
    name: "csv_roster",
    run: csv_roster,
    seeds: none,
    words: &[
        "\"",
        "\"\"",
        "\r\n",
        "\n",
        ",",
        ";",
        "\t",
        "\u{feff}",
        "姓名",
        "证件号码",
        "=1+1",
        "1.23E+17",
        "\0",
    ],
    mutations: 2_000,
};

pub(crate) const XLSX_CONTAINER: Target = Target {
    name: "xlsx_container",
    run: xlsx_container,
    seeds: workbooks,
    words: &["PK\u{3}\u{4}", "PK\u{1}\u{2}", "PK\u{5}\u{6}", "../", "xl/workbook.xml", "\0\0\0\0"],
    mutations: 1_500,
};

pub(crate) const XLSX_SHEET: Target = Target {
    name: "xlsx_sheet",
    run: xlsx_sheet,
    seeds: none,
    words: &[
        "<row",
        "<c r=\"A1\"",
        "t=\"inlineStr\"",
        "</sheetData>",
        "<v>",
        "&#0;",
        "<!DOCTYPE",
        "XFD1048576",
        "<mergeCell ref=\"A1:B2\"/>",
    ],
    mutations: 1_500,
};

pub(crate) const CSV_WRITER: Target = Target {
    name: "csv_writer",
    run: csv_writer,
    seeds: none,
    words: &["\"", "\r\n", ",", "=1+1", "@x", "\u{0}", "＝", "\u{1f}", "\u{1e}"],
    mutations: 5_000,
};

fn limits() -> Limits {
    Limits { packed: 1 << 20, unpacked: 4 << 20, csv: 1 << 20, rows: 10_000 }
}

/// Reads a file twice: what is read is the same, within the limits, and never more than the file could hold.
fn read(file: &std::path::Path) -> Option<Form> {
    let sheet = Sheet::open(file, Table::of(&COLUMNS), limits()).ok()?;
    let rows = || {
        let mut rows = Vec::new();
        let done = sheet.read(|row| {
            rows.push(
                row.cells.map(|cells| cells.iter().map(|cell| cell.text().to_owned()).collect::<Vec<_>>()),
            );
            ControlFlow::Continue(())
        });
        (rows, done)
    };
    let (first, done) = rows();
    assert_eq!((&first, &done), (&rows().0, &rows().1), "it is read the same again");
    assert!(first.len() <= 10_001, "{} rows", first.len());
    for cells in first.iter().flatten() {
        assert!(cells.len() <= 64 && cells.iter().all(|cell| cell.len() <= 4_096), "{cells:?}");
    }
    Some(sheet.form())
}

fn on_disk(data: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(data).unwrap();
    file
}

fn csv_roster(data: &[u8]) {
    read(on_disk(data).path());
}

fn workbooks() -> Vec<Vec<u8>> {
    let headings: Vec<String> = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let row =
        "学生1,女,澳门身份证,99301000001,99301,993010,本科,4,16,2,化学学院,化学,1,20160001,,1;F,".split(',');
    let rows = vec![row.map(str::to_owned).collect()];
    vec![list::Sheet { headings, rows }.xlsx(("note", "made for the corpus")).unwrap()]
}

fn xlsx_container(data: &[u8]) {
    read(on_disk(data).path());
}

/// The parts around one sheet.
const PARTS: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>",
    ),
    (
        "_rels/.rels",
        "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<?xml version=\"1.0\"?><workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
    ),
];

fn xlsx_sheet(data: &[u8]) {
    let mut parts: Vec<(&str, &[u8])> = PARTS.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    parts.push(("xl/worksheets/sheet1.xml", data));
    read(archive(&parts).path());
}

/// Cells are cut at two control characters that text does not hold; the file gives each back as it was made harmless.
fn csv_writer(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let rows: Vec<Vec<String>> =
        text.split('\u{1e}').map(|row| row.split('\u{1f}').map(str::to_owned).collect()).collect();
    let sheet = list::Sheet { headings: vec!["a".to_owned()], rows };
    let bytes = sheet.clone().csv().collect::<Result<Vec<_>, _>>().unwrap().concat();
    assert!(bytes.starts_with("\u{feff}".as_bytes()));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&bytes[3..]);
    let read: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let written = std::iter::once(&sheet.headings).chain(&sheet.rows);
    let expected: Vec<Vec<String>> =
        written.map(|row| row.iter().map(|cell| inert(cell)).collect()).collect();
    assert_eq!(read, expected);
    let risky = ['=', '+', '-', '@', '\t', '\r', '\0'];
    assert!(!read.iter().flatten().any(|cell| cell.starts_with(risky)), "a formula is written");
}
