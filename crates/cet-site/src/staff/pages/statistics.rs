//! `/staff/statistics`: the state of registration at a place of the tree, as figures, tables and charts (S6). Down the
//! tree by `?place=`. The sums are those that a job keeps, with their time; only the fill of pools is read as it is now.

mod ahead;
mod chart;
mod cut;
mod file;
mod money_file;
mod pools;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::response::Response;

pub(super) use self::chart::days as chart;
use self::cut::Cut;
pub(super) use self::file::{csv, xlsx};
pub(super) use self::money_file::{csv as money_csv, xlsx as money_xlsx};
use super::refused;
use crate::change::tree;
use crate::change::words;
use crate::staff::StaffMember;
use crate::staff::views::{DayRow, Figure, MoneyRow, PlaceRow, StatisticsView, SubjectRow};
use crate::web::answer::PageError;
use crate::web::page::{Choice, Page, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SubjectCode;
use cet_base::words::fen::FenSum;
use cet_base::words::time::Time;
use cet_domain::sitting::window::Scope as Place;
use cet_domain::sitting::{Catalogue, Plan};
use cet_domain::staff::Permission;
use cet_domain::statistics::share::tenths;
use cet_domain::statistics::{
    self, BY_HAND, COLLECTIVE, Figures, OfMoney, Sums, day_begins, day_of, hour_begins, hour_of, jobs, store,
};

/// The kept sums of a place, and of those directly below it.
pub(super) struct Read {
    /// When they were counted; `None` before the first count.
    pub(super) at: Option<Time>,
    pub(super) now: Time,
    pub(super) own: Figures,
    pub(super) below: BTreeMap<String, Figures>,
    /// The days that the page shows.
    first: i64,
    last: i64,
    /// Whether these were chosen.
    is_cut: bool,
    /// The filters, for links to the same figures of another place; empty, or begins with `&`.
    keep: String,
}

impl Read {
    /// Whether the sums are older than they should be.
    pub(super) fn is_old(&self) -> bool {
        self.at.is_some_and(|at| self.now.since(at) > jobs::OLDEST)
    }

    /// When they were counted, in words; empty before the first count.
    pub(super) fn time(&self) -> String {
        self.at.map(Time::page).unwrap_or_default()
    }

    /// Whether the page has this day; without a choice, every day that has money.
    fn is_day(&self, day: i64) -> bool {
        !self.is_cut || (self.first..=self.last).contains(&day)
    }

    /// What was done in each of the last hours until the count, the earliest first.
    fn hours(&self) -> Vec<(Time, statistics::OfDay)> {
        let last = hour_of(self.at.unwrap_or(self.now));
        let first = last.saturating_sub(jobs::HOURS).saturating_add(1);
        let of = |hour| (hour_begins(hour), self.own.detail.hours.get(&hour).copied().unwrap_or_default());
        (first..=last).map(of).collect()
    }

    /// What was done on each of the days, the earliest first.
    pub(super) fn days(&self) -> Vec<(Time, statistics::OfDay)> {
        let of = |day| (day_begins(day), self.own.detail.days.get(&day).copied().unwrap_or_default());
        (self.first..=self.last).map(of).collect()
    }
}

/// Reads the sums of a place in the scope.
pub(super) async fn read(who: &StaffMember, plan: &Plan, place: Place) -> Result<Read, PageError> {
    let (scope, sitting, place) = (who.scope.clone(), plan.code.clone(), place.to_string());
    let all = async move |tx: &mut Tx<'_>| {
        let now = tx.now().await?;
        Ok(Read {
            at: store::counted_at(tx, &sitting).await?,
            now,
            first: first_day(now),
            last: day_of(now),
            is_cut: false,
            keep: String::new(),
            own: store::of_place(tx, &scope, &sitting, &place).await?,
            below: store::below(tx, &scope, &sitting, &place).await?,
        })
    };
    let read: Result<_, DbError> = who.app.db.read_long(all).await;
    Ok(read?)
}

/// Tenths of a percent as text.
pub(super) fn percent(tenths: i64) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// Fen as yuan.
pub(super) fn yuan(fen: i64) -> String {
    let text = FenSum::new(fen.saturating_abs()).unwrap_or_default().to_string();
    if fen < 0 { format!("-{text}") } else { text }
}

/// The figures at the top of the overview and the statistics.
pub(super) fn heads(page: &Page, read: &Read, plan: &Plan) -> Vec<Figure> {
    let sums = read.own.sums;
    let share = percent(tenths(sums.paid, sums.paid.saturating_add(sums.unpaid)));
    let figure = |name, value: String, text: String| Figure { name, value, text };
    let mut all = vec![
        figure(page.m("staff-figure-registrations"), sums.registrations.to_string(), String::new()),
        figure(
            page.m("staff-figure-paid"),
            sums.paid.to_string(),
            page.f("staff-figure-of-entries", &[("share", &share)]),
        ),
        figure(page.m("staff-figure-unpaid"), sums.unpaid.to_string(), String::new()),
        figure(page.m("staff-figure-amount"), format!("¥{}", yuan(sums.amount)), String::new()),
        figure(
            page.m("staff-figure-left"),
            sums.capacity.saturating_sub(sums.taken).to_string(),
            page.f("staff-figure-capacity", &[("capacity", &sums.capacity.to_string())]),
        ),
    ];
    if let Some((_, closes)) = plan.registration_span() {
        let left = closes.since(read.now).as_hours() / 24;
        let value = if left >= 0 && closes.micros() > read.now.micros() {
            page.f("staff-figure-days", &[("days", &left.to_string())])
        } else {
            page.m("staff-figure-closed").to_owned()
        };
        all.push(figure(page.m("staff-figure-until"), value, closes.page()));
    }
    all
}

pub(super) fn subject_name(page: &Page, plan: &Plan, code: &str) -> String {
    let known = SubjectCode::parse(code).ok().and_then(|code| plan.subject(code));
    known.map_or_else(|| code.to_owned(), |subject| subject.name_in(page.lang().code()).to_owned())
}

/// The gateway, that a school paid, or that finance paid by hand, in words.
pub(super) fn way_words(page: &Page, way: &str) -> &'static str {
    match way {
        COLLECTIVE => page.m("staff-collective-way"),
        BY_HAND => page.m("staff-refund-state-by-hand"),
        gateway => super::orders::gateway_words(page, gateway),
    }
}

/// The sums of the places below, most entries first.
pub(super) fn places(page: &Page, catalogue: &Catalogue, top: Place, read: &Read) -> Vec<PlaceRow> {
    let entries = |sums: &Sums| sums.paid.saturating_add(sums.unpaid);
    let most = read.below.values().map(|of| entries(&of.sums)).max().unwrap_or(0);
    let row = |place: &Place| {
        let sums = read.below.get(&place.to_string()).map(|of| of.sums).unwrap_or_default();
        let (paid, unpaid) = (tenths(sums.paid, most), tenths(sums.unpaid, most));
        let row = PlaceRow {
            code: tree::name(*place),
            name: words::place(page, catalogue, *place),
            href: format!("/staff/statistics?place={}{}", tree::name(*place), read.keep),
            registrations: sums.registrations,
            paid: sums.paid,
            unpaid: sums.unpaid,
            share: percent(tenths(sums.paid, entries(&sums))),
            paid_width: percent(paid),
            unpaid_width: percent(unpaid),
            amount: yuan(sums.amount),
            taken: sums.taken,
            capacity: sums.capacity,
        };
        (entries(&sums), row)
    };
    let mut rows: Vec<(i64, PlaceRow)> = tree::below(catalogue, top).iter().map(row).collect();
    rows.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.code.cmp(&other.code)));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// What was done on each of the last days as numbers.
pub(super) fn day_rows(read: &Read) -> Vec<DayRow> {
    numbers(read.days(), Time::page_date)
}

fn numbers(rows: Vec<(Time, statistics::OfDay)>, words: fn(Time) -> String) -> Vec<DayRow> {
    let row = |(at, of): (Time, statistics::OfDay)| DayRow {
        day: words(at),
        saved: of.saved,
        entered: of.entered,
        paid: of.paid,
    };
    rows.into_iter().map(row).collect()
}

/// The heading of the places below one.
pub(super) fn level(page: &Page, top: Place) -> &'static str {
    page.m(match top {
        Place::National => "staff-by-province",
        Place::Province(_) => "staff-by-school",
        Place::School(_) | Place::Campus(_) => "staff-by-campus",
    })
}

/// The money of each of the days, the latest first.
pub(super) fn money(page: &Page, read: &Read) -> Vec<MoneyRow> {
    let days = read.own.detail.money.range(read.first..=read.last);
    let all = days.flat_map(|(day, ways)| ways.iter().map(|(way, of)| (*day, way, of)));
    let all: Vec<(i64, &String, &OfMoney)> = all.collect();
    let most = all.iter().flat_map(|(_, _, of)| [of.received, of.refunded]).max().unwrap_or(0);
    let row = |(day, way, of): &(i64, &String, &OfMoney)| MoneyRow {
        day: day_begins(*day).page_date(),
        way: way_words(page, way),
        received: yuan(of.received),
        payments: of.payments,
        refunded: yuan(of.refunded),
        refunds: of.refunds,
        net: yuan(of.received.saturating_sub(of.refunded)),
        received_width: percent(tenths(of.received, most)),
        refunded_width: percent(tenths(of.refunded, most)),
    };
    all.iter().rev().map(row).collect()
}

/// All money of a place in one sentence.
pub(super) fn money_sum(page: &Page, sums: &Sums) -> String {
    let net = yuan(sums.received.saturating_sub(sums.refunded));
    let (received, refunded) = (yuan(sums.received), yuan(sums.refunded));
    page.f("staff-money-sum", &[("received", &received), ("refunded", &refunded), ("net", &net)])
}

/// The first of the days that pages show.
fn first_day(now: Time) -> i64 {
    day_of(now).saturating_sub(jobs::DAYS).saturating_add(1)
}

/// The places above one that the member may see, the widest first, with the place itself.
fn path(
    who: &StaffMember,
    page: &Page,
    catalogue: &Catalogue,
    (top, keep): (Place, &str),
) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut at = Some(top);
    while let Some(place) = at {
        let href = format!("/staff/statistics?place={}{keep}", tree::name(place));
        all.push((words::place(page, catalogue, place), href));
        at = tree::above(who, place);
    }
    all.reverse();
    all
}

/// The sittings to choose from.
fn sittings(page: &Page, catalogue: &Catalogue) -> Vec<Choice> {
    let choice = |plan: &Arc<Plan>| Choice {
        value: plan.code.to_string(),
        text: plan.name_in(page.lang().code()).to_owned(),
    };
    catalogue.sittings().into_iter().map(choice).collect()
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::Statistics)?;
    let catalogue = who.app.catalogue.get();
    let Some(plan) = who.asked_sitting()? else { return Err(who.no_sitting().await) };
    let top = tree::top(&who)?;
    let mut read = read(&who, &plan, top).await?;
    let (page, menu) = who.frame("staff-statistics").await?;
    // The estimate rests on all days and subjects.
    let outlook = ahead::expected(&who, &page, &catalogue, &plan, (top, &read)).await?;
    let (cut, said) = Cut::read(&who, &page);
    cut.apply(&mut read, &plan);
    let fills = pools::rows(&who, &page, (&catalogue, &plan), (top, &read, &cut)).await?;
    let subject = |(code, of): (&String, &statistics::OfSubject)| SubjectRow {
        subject: subject_name(&page, &plan, code),
        paid: of.paid,
        unpaid: of.unpaid,
        amount: yuan(of.amount),
        taken: of.taken,
        capacity: of.capacity,
    };
    let view = StatisticsView {
        sitting: plan.name_in(page.lang().code()).to_owned(),
        code: plan.code.to_string(),
        sittings: sittings(&page, &catalogue),
        read_at: read.time(),
        is_old: read.is_old(),
        place: tree::name(top),
        path: path(&who, &page, &catalogue, (top, &read.keep)),
        scopes: cut::scopes(&who, &page, &catalogue, top),
        modes: cut::modes(&page),
        keep: read.keep.clone(),
        level: level(&page, top),
        places: places(&page, &catalogue, top, &read),
        figures: heads(&page, &read, &plan),
        fills,
        subjects: read.own.detail.subjects.iter().map(subject).collect(),
        funnel: ahead::funnel(&page, &read.own, cut.mode),
        outlook,
        has_hours: read.last >= day_of(read.now).saturating_sub(1),
        hours: numbers(read.hours(), Time::page),
        hour_chart: chart::hours(&page, &read.hours()),
        chart: if read.is_cut { chart::range(&page, &read.days()) } else { chart(&page, &read.days()) },
        by_day: page.m(if read.is_cut { "staff-by-chosen-day" } else { "staff-by-day" }),
        days: day_rows(&read),
        money: money(&page, &read),
        money_sum: money_sum(&page, &read.own.sums),
        asked: cut.asked,
        page: page.refusing(said.clone(), Typed::default()),
        menu,
    };
    refused(&said, &[], &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_nothing_and_tenths_are_shown() {
        assert_eq!(percent(tenths(0, 0)), "0.0%");
        assert_eq!(percent(tenths(19, 28)), "67.9%");
        assert_eq!(percent(tenths(7, 7)), "100.0%");
    }

    #[test]
    fn fen_are_shown_as_yuan_on_both_sides_of_nothing() {
        assert_eq!([yuan(0), yuan(2), yuan(12_345), yuan(-150)], ["0.00", "0.02", "123.45", "-1.50"]);
    }
}
