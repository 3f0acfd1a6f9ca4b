//! The figures of a place as a file: one table, each row of which names what it counts.

use axum::response::Response;

use super::cut::Cut;
use super::pools::fullest;
use super::{Read, level, read, subject_name, way_words, yuan};
use crate::change::tree;
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{self, Form, Sheet};
use crate::web::answer::PageError;
use crate::web::page::Page;
use cet_domain::staff::Permission;
use cet_domain::statistics::day_begins;

/// The name of the file.
const NAME: &str = "statistics";
/// The headings: what a row counts, and of what; then the numbers.
const HEADINGS: [&str; 14] = [
    "staff-col-figure",
    "staff-col-campus",
    "staff-col-subject-or-day",
    "staff-figure-entered",
    "staff-col-paid",
    "staff-col-unpaid",
    "staff-col-amount",
    "staff-col-taken",
    "staff-col-capacity",
    "staff-figure-registrations",
    "staff-col-gateway",
    "staff-col-received",
    "staff-col-refunded",
    "staff-col-net",
];

pub(in crate::staff::pages) async fn csv(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Csv).await
}

pub(in crate::staff::pages) async fn xlsx(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Xlsx).await
}

/// A row: its first cell, and the others by their column.
fn row(of: &str, cells: &[(usize, String)]) -> Vec<String> {
    let mut row = vec![String::new(); HEADINGS.len()];
    for (at, cell) in std::iter::once((0, of.to_owned())).chain(cells.iter().cloned()) {
        if let Some(place) = row.get_mut(at) {
            *place = cell;
        }
    }
    row
}

async fn file(who: StaffMember, form: Form) -> Result<Response, PageError> {
    who.needs(Permission::Statistics)?;
    let top = tree::top(&who)?;
    let page = who.page();
    let headings = HEADINGS.map(|key| page.m(key).to_owned()).to_vec();
    let Some(plan) = who.asked_sitting()? else {
        return list::download_empty(&who, NAME, form, headings).await;
    };
    let begun = Download::of(&who)?;
    let mut read = read(&who, &plan, top).await?;
    let (cut, said) = Cut::read(&who, &page);
    if !said.is_empty() {
        // The page says what is wrong.
        return super::show(who).await;
    }
    cut.apply(&mut read, &plan);
    let mut pools = fullest(&who, &plan, top, list::FILE_ROWS).await?;
    pools.retain(|of| cut.holds(&plan, of.subject));
    let n = |number: i64| number.to_string();
    let mut rows =
        vec![row(page.m("staff-read-at"), &[(2, read.at.map(|at| at.to_string()).unwrap_or_default())])];
    for (code, of) in &read.own.detail.subjects {
        let cells = [
            (2, subject_name(&page, &plan, code)),
            (4, n(of.paid)),
            (5, n(of.unpaid)),
            (6, yuan(of.amount)),
            (7, n(of.taken)),
            (8, n(of.capacity)),
        ];
        rows.push(row(page.m("staff-by-subject"), &cells));
    }
    for (day, of) in read.days() {
        let cells = [(2, day.page_date()), (3, n(of.entered)), (4, n(of.paid)), (9, n(of.saved))];
        rows.push(row(page.m("staff-by-day"), &cells));
    }
    for (hour, of) in read.hours() {
        let cells = [(2, hour.to_string()), (3, n(of.entered)), (4, n(of.paid)), (9, n(of.saved))];
        rows.push(row(page.m("staff-by-hour"), &cells));
    }
    for (place, of) in &read.below {
        let sums = of.sums;
        let cells = [
            (1, place.clone()),
            (4, n(sums.paid)),
            (5, n(sums.unpaid)),
            (6, yuan(sums.amount)),
            (7, n(sums.taken)),
            (8, n(sums.capacity)),
            (9, n(sums.registrations)),
            (11, yuan(sums.received)),
            (12, yuan(sums.refunded)),
            (13, yuan(sums.received.saturating_sub(sums.refunded))),
        ];
        rows.push(row(level(&page, top), &cells));
    }
    rows.extend(money_rows(&page, &read));
    for of in &pools {
        let subject = subject_name(&page, &plan, of.subject.as_str());
        let cells = [(1, of.campus.to_string()), (2, subject), (7, n(of.taken)), (8, n(of.capacity))];
        rows.push(row(page.m("staff-by-pool"), &cells));
    }
    list::download(&who, NAME, form, (begun, Sheet { headings, rows })).await
}

/// What came and went back on each day, by gateway.
fn money_rows(page: &Page, read: &Read) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (day, ways) in read.own.detail.money.iter().filter(|(day, _)| read.is_day(**day)) {
        for (way, of) in ways {
            let cells = [
                (2, day_begins(*day).page_date()),
                (10, way_words(page, way).to_owned()),
                (11, yuan(of.received)),
                (12, yuan(of.refunded)),
                (13, yuan(of.received.saturating_sub(of.refunded))),
            ];
            rows.push(row(page.m("staff-money-days"), &cells));
        }
    }
    rows
}
