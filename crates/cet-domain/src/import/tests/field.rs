//! Files as users really have them (`tests/fixtures/field`), and the outcome that their schools expect.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::*;
use crate::on_both;
use crate::roster::tests::{key, vault};
use crate::roster::{DocumentKey, StudentRecord, store};
use crate::texts::{Lang, texts};
use crate::words::codes::SittingCode;
use crate::words::document::DocumentKind;

/// The expected outcome of a file.
enum Then {
    /// This many rows are imported, and the report contains these texts.
    Taken(u64, &'static [&'static str]),
    /// Rows are invalid: this many errors, and the first is this.
    Wrong(u64, &'static str),
    /// The whole file is refused with a message that contains this.
    Refused(&'static str),
}

use Then::{Refused, Taken, Wrong};

const ZEROS: &str = "numbers of a spreadsheet, taken as they are";
const LOST: &str =
    "line 2: 证件号码: expected text, found a number of a spreadsheet, which lost its last digits";
const WEB_PAGE: &str = "this is a web page under the name of a workbook";
const OLD: &str = "this is an old .xls (or locked) workbook";

const ROSTERS: &[(&str, Then)] = &[
    ("c04-semicolon.csv", Taken(3, &[])),
    ("c04b-sep-line.csv", Taken(3, &[])),
    ("c08-linebreak-remark.csv", Taken(2, &[])),
    ("c10-ends000.csv", Wrong(30, "line 2: 证件号码: stands twice in this file, again in line 3")),
    ("c11-eq-quote.csv", Taken(3, &[])),
    ("c11b-eq-quote-stuno.csv", Taken(3, &[])),
    ("c11c-apostrophe.csv", Taken(3, &[])),
    ("c11d-apostrophe-stuno.csv", Taken(3, &[])),
    ("c18-traditional-header.csv", Taken(3, &[])),
    ("c19-extra-xuhao.csv", Taken(3, &["not read: column \"序号\""])),
    ("c21-renamed.csv", Taken(3, &[])),
    ("c21c-hash-required.csv", Taken(3, &[])),
    ("c23-html-utf8.xls", Refused(WEB_PAGE)),
    ("c23b-html-gbk.xls", Refused(WEB_PAGE)),
    ("c27-lo.ods", Refused("this is an OpenDocument file (.ods), save it as .xlsx")),
    ("c28-docx-like.xlsx", Refused("this is a text document")),
    ("c28b-csv-in-zip.zip", Refused("this is a ZIP archive, unpack it")),
    ("c28c-truncated.xlsx", Refused("it is damaged or cut off")),
    ("c33-trailing-fields-cut.csv", Taken(2, &["2 rows that end early"])),
    ("c36-nul.csv", Wrong(1, "line 2: 姓名: expected a line of text, found the character U+0000")),
    ("c40-excel-16-row-blocks.csv", Taken(40, &["16 rows that end early"])),
    (
        "d01-documents.xlsx",
        Wrong(11, "line 11: 证件号码: expected letters and digits, found other characters"),
    ),
    ("d02-subjects.xlsx", Wrong(3, "line 12: 资格科目: expected codes of subjects of the sitting")),
    ("d03-codes.xlsx", Wrong(3, "line 8: 校区代码: expected a campus code of 6 digits, found \"0\"")),
    ("s04-one-bad-of-500.xlsx", Taken(500, &[])),
    ("s05-all-ids-end-000.xlsx", Taken(40, &["40 of 40 rows: document numbers that end in 000"])),
    (
        "s06-name-and-stuno-exchanged.xlsx",
        Wrong(3, "line 2: 姓名: expected a name, found what 学号 should hold"),
    ),
    (
        "s07-same-student-number.xlsx",
        Taken(3, &["line 3: 学号: 2016000888 is also", "line 4: 学号: 2016000888 is also"]),
    ),
    (
        "s12-same-stuno.csv",
        Taken(
            2,
            &["line 3: 学号: 2016000999 is also the number of another student of this school, in line 2"],
        ),
    ),
    ("x03c-sheetjs.xlsb", Refused("this is a binary workbook (.xlsb)")),
    ("x03d-sheetjs.ods", Refused("this is an OpenDocument file (.ods)")),
    ("x03f-sheetjs.dbf", Refused("this is a dBASE table (.dbf)")),
    ("x03g-sheetjs-html.xls", Refused(WEB_PAGE)),
    ("x03h-sheetjs-sylk.slk", Refused("this is a SYLK file (.slk)")),
    ("x07-title-row.xlsx", Taken(3, &["not read: line 1, above the header"])),
    ("x11-hidden-first-sheet.xlsx", Taken(3, &["not read: sheet 字典 (hidden) with 2 rows"])),
    ("x12-two-sheets-data.xlsx", Taken(7, &["sheet 外语学院: 3 rows", "sheet 化学学院: 4 rows"])),
    ("x13b-empty-first-sheet.xlsx", Taken(3, &[])),
    ("x18b-stuno-number10.xlsx", Taken(3, &[ZEROS])),
    ("x18d-macau-number.xlsx", Taken(1, &[ZEROS])),
    (
        "x28-stray-cell-far.xlsx",
        Taken(3, &["1 rows with nothing in the columns of this table: not read; first: line 300"]),
    ),
    ("x28c-stray-note-header.xlsx", Taken(3, &["not read: column \"打印…\""])),
    ("x40-guard-apostrophe.xlsx", Taken(1, &[])),
    ("x42-chartsheet-first.xlsx", Taken(3, &[])),
    ("x43-stuno-number-with-text-format.xlsx", Taken(3, &[ZEROS])),
    ("x44-stuno-custom-format-zeros.xlsx", Taken(3, &[ZEROS])),
    ("x47-struck-through-row.xlsx", Taken(3, &[])),
    ("~$名单.xlsx", Refused("this is a lock file")),
    ("passing/c01-utf8bom-crlf.csv", Taken(3, &[])),
    ("passing/c02-gbk.csv", Taken(3, &[])),
    ("passing/c03-utf16le-tab.csv", Refused("this is UTF-16 text, save it as CSV UTF-8")),
    ("passing/c03b-utf16le-nobom.csv", Refused("this is UTF-16 text")),
    ("passing/c06-cr-only.csv", Taken(3, &[])),
    ("passing/c07-no-last-newline.csv", Taken(3, &[])),
    ("passing/c07b-trailing-empty.csv", Taken(3, &[])),
    ("passing/c09-scientific.csv", Wrong(3, LOST)),
    ("passing/c11e-tabprefix.csv", Taken(3, &[])),
    ("passing/c12-gb18030-extB.csv", Taken(4, &[])),
    ("passing/c13-bad-bytes.csv", Wrong(1, "line 3: 姓名: expected characters of the file's encoding")),
    ("passing/c13b-euro80.csv", Taken(3, &[])),
    ("passing/c13c-big5.csv", Refused("in neither encoding")),
    ("passing/c14-gbk-pua.csv", Taken(1, &[])),
    ("passing/c15-zero.csv", Refused("the file holds no row")),
    ("passing/c15b-bom-only.csv", Refused("the file holds no row")),
    ("passing/c16-header-only.csv", Refused("the file holds no row")),
    ("passing/c17-header-spaces.csv", Taken(3, &[])),
    ("passing/c21b-doubled.csv", Refused("column 备注 stands twice")),
    ("passing/c25-biff8.xlsx", Refused(OLD)),
    ("passing/c25b-lo.xls", Refused(OLD)),
    ("passing/c26-password.xlsx", Refused(OLD)),
    ("passing/c30-quote-all.csv", Taken(2, &[])),
    ("passing/c31-stray-quotes.csv", Refused("line 3: a quotation mark opens here and is never closed")),
    ("passing/c34-comma-space.csv", Taken(2, &[])),
    ("passing/c37-mixed-encoding.csv", Wrong(1, "line 3: 姓名: expected characters of the file's encoding")),
    (
        "passing/c38-utf8-bom-gbk-rows.csv",
        Wrong(1, "line 2: 姓名: expected characters of the file's encoding"),
    ),
    ("passing/c39-mojibake.csv", Wrong(2, "line 2: 性别: expected 男, 女 or nothing")),
    ("passing/n01-names.xlsx", Taken(26, &["2 ", "line 22: 姓名: a name with digits"])),
    (
        "passing/s03-formulas-in-text.xlsx",
        Wrong(2, "line 2: 姓名: expected text, found a formula that was never calculated"),
    ),
    ("passing/s03b-formulas.csv", Taken(3, &["line 2: 姓名: a name with digits"])),
    ("passing/s08-empty-student-number.xlsx", Taken(2, &[])),
    ("passing/s09-all-optional-empty.xlsx", Taken(1, &[])),
    ("passing/s10-same-person-twice-same-file.xlsx", Wrong(2, "line 2: 证件号码: stands twice in this file")),
    (
        "passing/s11-15-and-18-digits-same-person.xlsx",
        Wrong(2, "line 2: 证件号码: stands twice in this file"),
    ),
    ("passing/x01-openpyxl.xlsx", Taken(3, &[])),
    ("passing/x02-xlsxwriter-constmem.xlsx", Taken(3, &[])),
    ("passing/x03-sheetjs.xlsx", Taken(3, &[])),
    ("passing/x03b-sheetjs-sst-comp.xlsx", Taken(3, &[])),
    ("passing/x03e-sheetjs.xlsm", Taken(3, &[])),
    ("passing/x04-exceljs-stream.xlsx", Taken(3, &[])),
    ("passing/x04b-exceljs-rich-link-formula.xlsx", Taken(3, &[])),
    (
        "passing/x05-lo-formula-merge.xlsx",
        Wrong(2, "line 2: expected single cells, found the merged cells O2:O3"),
    ),
    ("passing/x05b-lo.xlsx", Taken(3, &[])),
    ("passing/x07b-blank-first-row.xlsx", Taken(3, &[])),
    (
        "passing/x09-merged-college.xlsx",
        Wrong(3, "line 2: expected single cells, found the merged cells K2:K4"),
    ),
    ("passing/x09b-header-merged-2rows.xlsx", Taken(3, &[])),
    (
        "passing/x15-formula-nocache.xlsx",
        Wrong(6, "line 2: 姓名: expected text, found a formula that was never calculated"),
    ),
    ("passing/x16-na.xlsx", Wrong(3, "line 2: 院系: expected text, found an error of a formula")),
    ("passing/x17-date-class.xlsx", Wrong(2, "line 2: 入学年份: expected text, found a date")),
    ("passing/x18-numbers.xlsx", Taken(1, &[])),
    ("passing/x18c-id-number.xlsx", Wrong(3, LOST)),
    ("passing/x18e-class-leading0-num.xlsx", Taken(1, &[])),
    ("passing/x19-richtext.xlsx", Taken(1, &[])),
    ("passing/x20-phonetic.xlsx", Taken(3, &[])),
    ("passing/x21-empty-v-shared.xlsx", Taken(3, &[])),
    ("passing/x21b-cdata-inline.xlsx", Taken(3, &[])),
    ("passing/x21d-inline-rich.xlsx", Taken(3, &[])),
    ("passing/x22-x000D.xlsx", Taken(3, &[])),
    ("passing/x22b-x000D-shared.xlsx", Taken(3, &[])),
    ("passing/x23-nbsp-etc.xlsx", Taken(2, &[])),
    ("passing/x23b-x-variants.xlsx", Wrong(1, "line 6: 证件号码: expected letters and digits")),
    ("passing/x27-decorated.xlsx", Taken(3, &[])),
    ("passing/x28b-stray-note-right.xlsx", Taken(3, &["line 3: cell S3 stands in a column without a name"])),
    ("passing/x29-footer.xlsx", Wrong(2, "line 6: 证件类型: expected one of")),
    ("passing/x30-below-blank.xlsx", Wrong(2, "line 5: 证件类型: expected one of")),
    ("passing/x31-strict.xlsx", Taken(3, &[])),
    ("passing/x32-dimension-a1.xlsx", Taken(3, &[])),
    ("passing/x33-no-r-attributes.xlsx", Taken(3, &[])),
    ("passing/x34-backslash-parts.xlsx", Taken(3, &[])),
    ("passing/x35-no-styles.xlsx", Taken(3, &[])),
    ("passing/x36-bom-part.xlsx", Taken(3, &[])),
    ("passing/x37-prefixed-ns.xlsx", Taken(3, &[])),
    ("passing/x41-header-linebreak.xlsx", Taken(2, &[])),
    ("passing/x46-year-date-format.xlsx", Wrong(1, "line 2: 入学年份: expected text, found a date")),
    ("passing/x48-bool.xlsx", Wrong(1, "line 2: 备注: expected text, found TRUE or FALSE")),
    ("passing/x49-remark-number.xlsx", Taken(2, &[])),
];

const SCORES: &[(&str, Then)] = &[
    ("sc04-ticket-number.xlsx", Taken(1, &["line 2: 准考证号: a number of a spreadsheet, taken as it is"])),
    ("passing/sc01-plain.xlsx", Taken(2, &[])),
    ("passing/sc02-kaoci-date.xlsx", Wrong(1, "line 2: 考次: expected text, found a date")),
    (
        "passing/sc03-score-kinds.xlsx",
        Wrong(5, "line 3: 成绩: expected a whole number from 0 to 710, found \"430.5\""),
    ),
    ("passing/sc05-subject-names.xlsx", Taken(3, &[])),
];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/field").join(name)
}

fn quiet() -> Arc<Watch> {
    Arc::new(|_, _, _| {})
}

async fn sitting(db: &Db) {
    db.write(async |tx| {
        for sql in [
            "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
             VALUES ('2017-2', '2017年下半年', 'x', 2017, 2, FALSE, 0)",
            "INSERT INTO campus (code, name) VALUES ('993010', '测试校区机构001')",
            "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs, exam_from, exam_to, printing_from)
             VALUES ('2017-2', '1', 1, '英语四级笔试', 'CET4', 'written', 4, '英语', '', NULL, NULL, NULL),
                    ('2017-2', '2', 2, '英语六级笔试', 'CET6', 'written', 6, '英语', '', NULL, NULL, NULL),
                    ('2017-2', 'F', 3, '英语四级口试', 'CET-SET4', 'oral', 4, '英语', '', NULL, NULL, NULL),
                    ('2017-2', 'S', 4, '英语六级口试', 'CET-SET6', 'oral', 6, '英语', '', NULL, NULL, NULL)",
        ] {
            tx.execute(sql, &[]).await?;
        }
        Ok::<_, DbError>(())
    })
    .await
    .unwrap();
}

/// Compares the outcome of a file with the expected one.
fn assert_outcome(file: &str, then: &Then, result: Result<Report, ImportError>) {
    match (then, result) {
        (Taken(rows, told), Ok(report)) => {
            assert_eq!(report.rows, *rows, "{file}");
            let kinds = report.kinds.iter().map(|(kind, tally)| {
                format!("{} {}; first: {}", tally.count, texts(Lang::En).m(kind), tally.first)
            });
            let all: Vec<String> = (report.warnings.iter().map(ToString::to_string))
                .chain(report.notes.iter().map(ToString::to_string))
                .chain(kinds)
                .chain(report.headlines)
                .collect();
            for told in *told {
                assert!(all.iter().any(|line| line.contains(told)), "{file}: {told} is not in {all:#?}");
            }
        }
        (Wrong(count, first), Err(ImportError::Rows { findings, .. })) => {
            let told: Vec<String> = findings.errors.iter().map(ToString::to_string).collect();
            assert_eq!(findings.error_count, *count, "{file}: {told:#?}");
            assert!(told[0].starts_with(first), "{file}: {}", told[0]);
        }
        (Refused(told), Err(ImportError::Sheet(error))) => {
            let error = error.to_string();
            assert!(error.contains(told) && error.matches(';').count() < 3, "{file}: {error}");
        }
        (_, other) => panic!("{file}: {other:?}"),
    }
}

on_both! {
    async fn each_file_has_the_outcome_that_its_school_expects(t: TestDb) {
        sitting(&t.db).await;
        for (file, then) in ROSTERS {
            let done = crate::roster::file::import(&t.db, vault(), &fixture(file), "2017-2", true, quiet()).await;
            assert_outcome(file, then, done);
        }
        for (file, then) in SCORES {
            assert_outcome(file, then, crate::score::file::import(&t.db, vault(), &fixture(file), true, quiet()).await);
        }
        for file in ["passing/ca01-numeric-code.xlsx", "passing/ca02-chinese-header.xlsx"] {
            let done = crate::setup::files::campuses(&t.db, &fixture(file), false).await.unwrap();
            assert!(done.stored.is_some_and(|stored| stored.campuses > 0), "{file}");
        }
    }

    async fn whom_a_file_names_is_found_by_number_and_name_as_printed(t: TestDb) {
        sitting(&t.db).await;
        for (file, kind, number, name, student_number) in [
            ("c11-eq-quote.csv", DocumentKind::ResidentId, "330199199601041997", "王测试", "T000069"),
            ("c11b-eq-quote-stuno.csv", DocumentKind::ResidentId, "330199199601042025", "王测试", "T000072"),
            ("c11c-apostrophe.csv", DocumentKind::ResidentId, "33019919960104205X", "王测试", "T000075"),
            ("c11d-apostrophe-stuno.csv", DocumentKind::ResidentId, "330199199601042113", "王测试", "T000078"),
            ("c40-excel-16-row-blocks.csv", DocumentKind::ResidentId, "330199199704108023", "王测试", "T070002"),
            ("x12-two-sheets-data.xlsx", DocumentKind::ResidentId, "33019919960107297X", "王测试", "T000164"),
            ("x18b-stuno-number10.xlsx", DocumentKind::ResidentId, "330199199601083150", "王测试", "2016000100"),
            ("x18d-macau-number.xlsx", DocumentKind::MacauId, "12345678", "王测试", "T000188"),
            ("x40-guard-apostrophe.xlsx", DocumentKind::ResidentId, "330199199604137011", "@王", "T060001"),
            ("x44-stuno-custom-format-zeros.xlsx", DocumentKind::ResidentId, "330199199604137118", "王测试", "0016000201"),
        ] {
            crate::roster::file::import(&t.db, vault(), &fixture(file), "2017-2", false, quiet()).await.unwrap();
            let found = find(&t.db, key(kind, number)).await.unwrap_or_else(|| panic!("{file}: {number} is not found"));
            assert_eq!((found.name.as_str(), found.student_number.as_str()), (name, student_number), "{file}");
            assert_eq!(found.document(&vault()).unwrap().number.as_str(), number, "{file}");
        }
        let broken = find(&t.db, key(DocumentKind::ResidentId, "330199199601021355")).await;
        assert!(broken.is_none());
        crate::roster::file::import(&t.db, vault(), &fixture("c08-linebreak-remark.csv"), "2017-2", false, quiet()).await.unwrap();
        let found = find(&t.db, key(DocumentKind::ResidentId, "330199199601021355")).await.unwrap();
        assert_eq!((found.college.as_str(), found.remark.contains('\n')), ("外\"国\"语学院,一系", false));
    }

    async fn a_sittings_file_that_is_not_utf8_is_told_with_its_line_and_what_to_do(t: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sitting.toml");
        std::fs::write(&path, encoding_rs::GB18030.encode("code = \"2017-2\"\nname = \"2017年下半年\"\n").0).unwrap();
        let told = crate::setup::files::sitting(&t.db, &path, true).await.unwrap_err().to_string();
        assert!(told.ends_with("line 2 is not UTF-8: open the file in an editor and save it with the encoding UTF-8"), "{told}");
    }
}

async fn find(db: &Db, key: DocumentKey) -> Option<StudentRecord> {
    let sitting = SittingCode::parse("2017-2").unwrap();
    db.read(async move |tx| store::find(tx, &sitting, key).await).await.unwrap()
}
