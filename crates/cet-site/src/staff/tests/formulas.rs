//! No cell of any file is a formula, whatever names and texts are made of.

use std::io::Read as _;

use super::access::rows::ROWS;
use super::access::{ACCOUNTS, allowed, filled, path_of, populated};
use super::world::{counted, member};
use crate::entry::pages::tests::sql;
use crate::testing::{Answer, TestApp};
use cet_base::on_both;

/// What a spreadsheet begins to calculate at.
const STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Every text that staff or files have written begins like a formula.
async fn hostile(app: &TestApp) {
    for change in [
        "UPDATE student_record SET name = '=1+1', college = '@a', major = '+b', class = '-c', remark = '＝d'",
        "UPDATE registration SET name = '=1+1', college = '@a', major = '+b', class = '-c', campus_name = '＠e'",
        "UPDATE eligibility_review SET name = '=1+1'",
        "UPDATE record_report SET name = '-1+1', student_number = '+1'",
        "UPDATE dispute SET name = '@1+1', student_number = '-1'",
        "UPDATE campus SET name = '=HYPERLINK(1)'",
        "UPDATE school SET name = '+school'",
        "UPDATE subject SET name = '=subject', name_en = '@subject'",
        "UPDATE sitting SET name = '-sitting', name_en = '+sitting'",
        "UPDATE notice SET body = '=notice', body_en = '@notice'",
        "UPDATE setting_change SET reason = '=reason'",
        "UPDATE staff_export SET reason = '=reason'",
        "UPDATE refund_request SET reason = '+reason'",
        "UPDATE suspense SET trade_no = '=trade', order_number = '@order'",
        "UPDATE receipt SET trade_no = '=trade'",
        "UPDATE upload SET file_name = '@file.xlsx', account = '=account'",
        "UPDATE transfer SET reason = '=reason'",
        "UPDATE catalogue_version SET version = version + 1",
    ] {
        sql(app, change).await;
    }
    app.app.catalogue.refresh(&app.app.db).await.unwrap();
}

/// What a path ends with, behind its dot.
fn ending(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, ending)| ending)
}

/// The texts of all cells of a file.
fn cells(path: &str, answer: &Answer) -> Vec<String> {
    if ending(path) == Some("csv") {
        let bytes = answer
            .bytes
            .strip_prefix("\u{feff}".as_bytes())
            .expect("a BOM, so that spreadsheets know the encoding");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        return reader
            .records()
            .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            .collect();
    }
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(answer.bytes.clone())).unwrap();
    let mut all = Vec::new();
    for place in 0..zip.len() {
        let mut part = zip.by_index(place).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        if name.contains("worksheets/") {
            assert!(!text.contains("<f>") && !text.contains("<f "), "{path}: {name}");
        }
        if name.ends_with("sharedStrings.xml") {
            let strings =
                text.split("<t").skip(1).filter_map(|part| part.split_once('>')?.1.split("</t>").next());
            all.extend(strings.map(str::to_owned));
        }
    }
    all
}

on_both! {
    /// TH29.
    async fn th29_no_cell_of_any_file_of_staff_is_a_formula(t: TestDb) {
        let app = populated(t).await;
        let names = filled(&app).await;
        counted(&app).await;
        hostile(&app).await;
        let (mut files, mut tamed) = (0, 0);
        for row in ROWS.iter().filter(|row| row.method == "GET") {
            let path = path_of(row.route, &names);
            if !matches!(ending(&path), Some("csv" | "xlsx")) {
                continue;
            }
            for account in ACCOUNTS.into_iter().chain(["auditor"]).filter(|account| allowed(row, account)) {
                let answer = member(&app, account).await.get(&path).await;
                if answer.status != 200 {
                    continue;
                }
                files += 1;
                for cell in cells(&path, &answer) {
                    assert!(!cell.starts_with(STARTS), "{path} as {account}: {cell:?}");
                    tamed += usize::from(cell.starts_with('\''));
                }
            }
        }
        assert!(files > 100 && tamed > 100, "{files} files, {tamed} cells");
    }
}
