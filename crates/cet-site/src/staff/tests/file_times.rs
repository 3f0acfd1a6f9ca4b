//! Times in files of lists (interface.md, line 18).

use super::access::{files, filled, path_of, populated};
use super::world::member;
use cet_base::on_both;
use cet_base::words::time::Time;

/// The files that have a time here; the others have none, or no row.
const WITH_TIMES: [&str; 20] = [
    "/staff/accounts.csv",
    "/staff/arrangements.csv",
    "/staff/audit.csv",
    "/staff/changes.csv",
    "/staff/collective-payments.csv",
    "/staff/disputes.csv",
    "/staff/exports.csv",
    "/staff/orders.csv",
    "/staff/photos.csv",
    "/staff/rebinds.csv",
    "/staff/record-reports.csv",
    "/staff/refunds.csv",
    "/staff/registrations.csv",
    "/staff/reviews.csv",
    "/staff/rosters.csv",
    "/staff/sittings/{code}/subjects.csv",
    "/staff/sittings/{code}/windows.csv",
    "/staff/suspense.csv",
    "/staff/transfers.csv",
    "/staff/statistics.csv",
];

/// Whether a cell is a time as pages show it, alone or beside who did it.
fn is_of_a_page(cell: &str) -> bool {
    let ends = [cell.get(..16), cell.len().checked_sub(16).and_then(|at| cell.get(at..))];
    ends.into_iter().flatten().any(|text| text.as_bytes()[10] == b' ' && Time::parse_local(text).is_ok())
}

/// Whether a cell is a time as files show it, alone or beside who did it.
fn is_of_a_file(cell: &str) -> bool {
    cell.split(' ').any(|word| Time::parse_rfc3339(word).is_ok())
}

#[test]
fn times_of_pages_and_of_files_are_told_apart() {
    for (cell, of_a_page, of_a_file) in [
        ("2017-09-20 12:00", true, false),
        ("finance 2017-09-20 12:00", true, false),
        ("2017-09-20 12:00 finance", true, false),
        ("2017-09-20T12:00:00+08:00", false, true),
        ("2017-09-20T12:00:00+08:00 finance", false, true),
        ("2017-09-20", false, false),
        ("99301000000000000005", false, false),
    ] {
        assert_eq!((is_of_a_page(cell), is_of_a_file(cell)), (of_a_page, of_a_file), "{cell}");
    }
}

on_both! {
    async fn each_file_of_a_list_has_its_times_in_the_form_of_files(t: TestDb) {
        let app = populated(t).await;
        let names = filled(&app).await;
        let mut with_times = Vec::new();
        for (route, account) in files().chain([("/staff/reconciliation/{gateway}/{day}.csv", "finance")]) {
            let file = member(&app, account).await.get(&path_of(route, &names)).await;
            assert_eq!(file.status, 200, "{route} as {account}");
            let text = file.text.trim_start_matches('\u{feff}');
            let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
            let mut cells: Vec<Vec<String>> =
                rows.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            // The last row says who downloaded it and when.
            assert!(cells.pop().unwrap().iter().any(|cell| is_of_a_file(cell)), "{route}");
            let wrong: Vec<_> = cells.iter().flatten().filter(|cell| is_of_a_page(cell)).collect();
            assert!(wrong.is_empty(), "{route}: {wrong:?}");
            if cells.iter().flatten().any(|cell| is_of_a_file(cell)) {
                with_times.push(route);
            }
        }
        let missing: Vec<_> = WITH_TIMES.iter().filter(|route| !with_times.contains(route)).collect();
        assert!(missing.is_empty(), "{missing:?} of {with_times:?}");
    }
}
