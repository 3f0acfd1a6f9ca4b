//! `/staff/statistics`: the state of registration in a scope, as figures, tables and charts (S6).

mod chart;

use axum::response::Response;
use http::StatusCode;

use crate::entry::figures::{self, OfDay, OfSubject};
use crate::registration::store::scoped;
use crate::seat_pool::scoped::{self as pools, PoolShown};
use crate::sitting::Plan;
use crate::staff::list::{self, Form, Sheet};
use crate::staff::views::{DayRow, Figure, FillRow, StatisticsView, SubjectRow};
use crate::staff::{Permission, StaffMember};
use crate::store::{DbError, Tx};
use crate::web::answer::{PageError, html};
use crate::web::page::Page;
use crate::words::codes::SubjectCode;
use crate::words::fen::FenSum;
use crate::words::time::Time;

/// Days of the chart.
const DAYS: i64 = 14;
/// Pools on the page; the file has all of them up to its own limit.
const POOLS: i64 = 50;

/// The data read from the database.
pub(super) struct Read {
    pub(super) registrations: i64,
    pub(super) subjects: Vec<OfSubject>,
    pub(super) days: Vec<OfDay>,
    pub(super) pools: Vec<PoolShown>,
    pub(super) seats: (i64, i64),
    pub(super) at: Time,
}

pub(super) async fn read(who: &StaffMember, plan: &Plan, most_pools: i64) -> Result<Read, PageError> {
    let (scope, sitting) = (who.scope.clone(), plan.code.clone());
    let all = async move |tx: &mut Tx<'_>| {
        Ok(Read {
            registrations: scoped::count(tx, &scope, &sitting).await?,
            subjects: figures::by_subject(tx, &scope, &sitting).await?,
            days: figures::by_day(tx, &scope, &sitting, DAYS).await?,
            pools: pools::list(tx, &scope, &sitting, most_pools).await?,
            seats: pools::sum(tx, &scope, &sitting).await?,
            at: tx.now().await?,
        })
    };
    let read: Result<_, DbError> = who.app.db.read_long(all).await;
    Ok(read?)
}

/// A ratio in tenths of a percent: 825 is 82.5 %.
pub(super) fn tenths(part: i64, whole: i64) -> i64 {
    part.saturating_mul(1000).checked_div(whole).unwrap_or(0)
}

fn percent(tenths: i64) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// The figures at the top of the overview and the statistics.
pub(super) fn heads(page: &Page, read: &Read, plan: &Plan) -> Vec<Figure> {
    let paid: i64 = read.subjects.iter().map(|of| of.paid).sum();
    let unpaid: i64 = read.subjects.iter().map(|of| of.unpaid).sum();
    let amount = FenSum::of(read.subjects.iter().map(|of| of.amount));
    let (capacity, taken) = read.seats;
    let share = percent(tenths(paid, paid.saturating_add(unpaid)));
    let figure = |name, value: String, text: String| Figure { name, value, text };
    let mut all = vec![
        figure(page.m("staff-figure-registrations"), read.registrations.to_string(), String::new()),
        figure(
            page.m("staff-figure-paid"),
            paid.to_string(),
            page.f("staff-figure-of-entries", &[("share", &share)]),
        ),
        figure(page.m("staff-figure-unpaid"), unpaid.to_string(), String::new()),
        figure(page.m("staff-figure-amount"), format!("¥{amount}"), String::new()),
        figure(
            page.m("staff-figure-left"),
            capacity.saturating_sub(taken).to_string(),
            page.f("staff-figure-capacity", &[("capacity", &capacity.to_string())]),
        ),
    ];
    if let Some((_, closes)) = plan.registration_span() {
        let left = closes.since(read.at).as_hours() / 24;
        let value = if left >= 0 && closes.micros() > read.at.micros() {
            page.f("staff-figure-days", &[("days", &left.to_string())])
        } else {
            page.m("staff-figure-closed").to_owned()
        };
        all.push(figure(page.m("staff-figure-until"), value, closes.page()));
    }
    all
}

fn name(plan: &Plan, code: SubjectCode) -> String {
    plan.subject(code).map_or_else(|| code.to_string(), |subject| subject.name.clone())
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::Statistics)?;
    let plan = who.app.catalogue.get().current().cloned().ok_or(PageError::NotFound)?;
    let read = read(&who, &plan, POOLS).await?;
    let (page, menu) = who.frame("staff-statistics").await?;
    let catalogue = who.app.catalogue.get();
    let fill = |of: &PoolShown| {
        let share = tenths(of.taken, of.capacity);
        FillRow {
            campus: format!("({}){}", of.campus, catalogue.campus_name(of.campus).unwrap_or_default()),
            subject: name(&plan, of.subject),
            taken: of.taken,
            capacity: of.capacity,
            width: percent(share.min(1000)),
            share: percent(share),
        }
    };
    let subject = |of: &OfSubject| SubjectRow {
        subject: name(&plan, of.subject),
        paid: of.paid,
        unpaid: of.unpaid,
        amount: of.amount.to_string(),
    };
    let day = |of: &OfDay| DayRow { day: of.day.page_date(), entered: of.entered, paid: of.paid };
    let view = StatisticsView {
        sitting: plan.name.clone(),
        read_at: read.at.page(),
        figures: heads(&page, &read, &plan),
        fills: read.pools.iter().map(fill).collect(),
        subjects: read.subjects.iter().map(subject).collect(),
        days: read.days.iter().map(day).collect(),
        chart: chart::of(&page, &read.days),
        page,
        menu,
    };
    html(StatusCode::OK, &view)
}

pub(super) async fn csv(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Csv).await
}

pub(super) async fn xlsx(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Xlsx).await
}

/// The same figures in one table; each row names what it counts.
async fn file(who: StaffMember, form: Form) -> Result<Response, PageError> {
    who.needs(Permission::Statistics)?;
    let plan = who.app.catalogue.get().current().cloned().ok_or(PageError::NotFound)?;
    let read = read(&who, &plan, list::FILE_ROWS).await?;
    let page = who.page();
    let headings = [
        "staff-col-figure",
        "staff-col-campus",
        "staff-col-subject-or-day",
        "staff-figure-entered",
        "staff-col-paid",
        "staff-col-unpaid",
        "staff-col-amount",
        "staff-col-taken",
        "staff-col-capacity",
    ];
    let mut rows = Vec::new();
    let row = |of: &str, cells: [String; 8]| {
        let mut row = vec![of.to_owned()];
        row.extend(cells);
        row
    };
    let no = String::new;
    for of in &read.subjects {
        let (paid, unpaid, amount) = (of.paid.to_string(), of.unpaid.to_string(), of.amount.to_string());
        let cells = [no(), name(&plan, of.subject), no(), paid, unpaid, amount, no(), no()];
        rows.push(row(page.m("staff-by-subject"), cells));
    }
    for of in &read.days {
        let (entered, paid) = (of.entered.to_string(), of.paid.to_string());
        rows.push(row(
            page.m("staff-by-day"),
            [no(), of.day.page_date(), entered, paid, no(), no(), no(), no()],
        ));
    }
    for of in &read.pools {
        let (taken, capacity) = (of.taken.to_string(), of.capacity.to_string());
        let (campus, subject) = (of.campus.to_string(), name(&plan, of.subject));
        rows.push(row(page.m("staff-by-pool"), [campus, subject, no(), no(), no(), no(), taken, capacity]));
    }
    let sheet = Sheet { headings: headings.map(|key| page.m(key).to_owned()).to_vec(), rows };
    list::download(&who, "statistics", form, sheet).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_nothing_and_tenths_are_shown() {
        assert_eq!(percent(tenths(0, 0)), "0.0%");
        assert_eq!(percent(tenths(33, 40)), "82.5%");
        assert_eq!(percent(tenths(7, 7)), "100.0%");
    }
}
