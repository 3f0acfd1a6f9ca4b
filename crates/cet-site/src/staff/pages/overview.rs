//! `/staff`: the board of the current sitting for the member's own place: what is missing, what waits and for how long,
//! how registration goes, and what was changed last. What a role has nothing to do with is left out.

mod checks;
mod waiting;

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;

use self::waiting::{WATCHED, tasks, waiting};
use super::statistics::{self, Read};
use crate::change::pages::latest;
use crate::change::tree;
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Pager};
use crate::staff::menu::ITEMS;
use crate::staff::views::{Board, Figure, LogRow, MoneyBoard, OverviewView, SubjectBar};
use crate::web::answer::{PageError, html};
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::words::time::Time;
use cet_domain::audit::Line;
use cet_domain::audit::search::{self, Sought};
use cet_domain::sitting::{Plan, SittingState};
use cet_domain::staff::Permission;
use cet_domain::statistics::OfSubject;
use cet_domain::statistics::share::tenths;

/// Places below that the board names; the statistics have all of them.
const PLACES: usize = 12;
/// Changes and lines of the log.
const LAST: usize = 6;

/// How registration goes, for who sees statistics.
fn board(who: &StaffMember, page: &Page, plan: &Plan, read: &Read) -> Board {
    let catalogue = who.app.catalogue.get();
    let bar = |(code, of): (&String, &OfSubject)| SubjectBar {
        subject: statistics::subject_name(page, plan, code),
        paid: of.paid,
        unpaid: of.unpaid,
        taken: of.taken,
        capacity: of.capacity,
        width: statistics::percent(tenths(of.taken, of.capacity).min(1000)),
        share: statistics::percent(tenths(of.taken, of.capacity)),
    };
    let sums = read.own.sums;
    let all = sums.paid.saturating_add(sums.unpaid);
    let (paid, unpaid) = (tenths(sums.paid, all), tenths(sums.unpaid, all));
    let own = tree::own(who);
    let mut places = statistics::places(page, &catalogue, own, read);
    let more = places.len() > PLACES;
    places.truncate(PLACES);
    Board {
        subjects: read.own.detail.subjects.iter().map(bar).collect(),
        chart: statistics::chart(page, &read.days()),
        days: statistics::day_rows(read),
        paid_width: statistics::percent(paid),
        unpaid_width: statistics::percent(unpaid),
        paid: sums.paid,
        unpaid: sums.unpaid,
        level: statistics::level(page, own),
        places,
        more,
    }
}

/// The money of the last days, for finance.
fn money(who: &StaffMember, page: &Page, read: &Read) -> MoneyBoard {
    // Its files are of the sitting that the page shows.
    let query = Asked::read(who, &["sitting"]).query("");
    let query = if query.is_empty() { query } else { format!("?{query}") };
    let [csv, xlsx] = [".csv", ".xlsx"].map(|ending| format!("/staff/money{ending}{query}"));
    let files = Pager { csv, xlsx, ..Pager::default() };
    MoneyBoard {
        rows: statistics::money(page, read),
        sum: statistics::money_sum(page, &read.own.sums),
        files,
    }
}

/// The figures at the top: of registration, or of money.
fn figures(who: &StaffMember, page: &Page, read: &Read, plan: &Plan) -> Vec<Figure> {
    if who.may(Permission::Statistics) {
        return statistics::heads(page, read, plan);
    }
    let sums = read.own.sums;
    let figure =
        |name, fen| Figure { name, value: format!("¥{}", statistics::yuan(fen)), text: String::new() };
    vec![
        figure(page.m("staff-col-received"), sums.received),
        figure(page.m("staff-col-refunded"), sums.refunded),
        figure(page.m("staff-col-net"), sums.received.saturating_sub(sums.refunded)),
    ]
}

/// What the auditor watches: the last lines of the last day.
async fn watched(who: &StaffMember) -> Result<Vec<Line>, PageError> {
    let scope = who.scope.clone();
    let last = i64::try_from(LAST).unwrap_or(i64::MAX);
    let reading = async move |tx: &mut Tx<'_>| {
        let from = Some(tx.now().await?.minus(jiff::SignedDuration::from_hours(24)));
        let mut lines = Vec::new();
        for action in [WATCHED.0, WATCHED.1] {
            let sought = Sought { action: action.to_owned(), from, ..Sought::default() };
            lines.extend(search::list(tx, &scope, &sought, None, last).await?);
        }
        lines.sort_by_key(|line| std::cmp::Reverse((line.at, line.id)));
        lines.truncate(LAST);
        Ok::<_, DbError>(lines)
    };
    Ok(who.app.db.read_long(reading).await?)
}

fn log_row(page: &Page, line: &Line) -> LogRow {
    let known = cet_domain::audit::codes::ACTIONS.iter().find(|(code, _)| *code == line.action);
    LogRow {
        href: format!("/staff/audit?action={}&actor={}", line.action, percent_encoded(&line.actor)),
        at: line.at.page(),
        actor: line.actor.clone(),
        action: known.map_or_else(|| line.action.clone(), |(_, key)| page.m(key).to_owned()),
        object: list_words(page, line).unwrap_or(&line.object).to_owned(),
    }
}

/// The title of the list that an export is of.
fn list_words(page: &Page, line: &Line) -> Option<&'static str> {
    if line.action != WATCHED.0 {
        return None;
    }
    let key = match line.object.as_str() {
        "differences" => "reconciliation-differences",
        "money" => "staff-money-days",
        name => ITEMS.iter().find(|item| item.href.strip_prefix("/staff/") == Some(name))?.words,
    };
    Some(page.m(key))
}

fn percent_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    let (page, menu) = who.frame("staff-overview").await?;
    let (role, scope) = (who.role, who.scope.clone());
    let (person, account) = (who.person.clone(), who.name.clone());
    let waits: Result<_, DbError> =
        who.app.db.read_long(async move |tx| waiting(tx, role, &scope, (&person, &account)).await).await;
    let waits = waits?;
    let plan = who.asked_sitting()?;
    let counted = who.may(Permission::Statistics) || who.may(Permission::Orders);
    let read = match plan.as_ref().filter(|_| counted) {
        Some(plan) => Some(statistics::read(&who, plan, tree::own(&who)).await?),
        None => None,
    };
    // Nothing is missing of a sitting that is over.
    let is_over = |plan: &Arc<Plan>| plan.state != SittingState::Published;
    let checks = match plan.as_ref().filter(|plan| who.may(Permission::Season) && !is_over(plan)) {
        Some(plan) => Some(checks::of(&who, &page, plan).await?),
        None => None,
    };
    let changes = if who.may(Permission::Season) { latest(&who, &page, LAST).await? } else { Vec::new() };
    let log = if who.may(Permission::ReadAudit) { watched(&who).await? } else { Vec::new() };
    let both = read.as_ref().zip(plan.as_ref());
    let view = OverviewView {
        sitting: plan.as_ref().map(|plan| plan.name_in(page.lang().code()).to_owned()).unwrap_or_default(),
        read_at: read.as_ref().map(Read::time).unwrap_or_default(),
        phases: plan
            .as_ref()
            .map(|plan| checks::phases(&page, plan, tree::own(&who), waits.now))
            .unwrap_or_default(),
        tasks: tasks(&page, &waits, role),
        figures: both.map(|(read, plan)| figures(&who, &page, read, plan)).unwrap_or_default(),
        board: both
            .filter(|_| who.may(Permission::Statistics))
            .map(|(read, plan)| board(&who, &page, plan, read)),
        money: both.filter(|_| who.may(Permission::Orders)).map(|(read, _)| money(&who, &page, read)),
        place: tree::name(tree::own(&who)),
        checks,
        changes,
        watches: who.may(Permission::ReadAudit),
        log: log.iter().map(|line| log_row(&page, line)).collect(),
        page,
        menu,
    };
    html(StatusCode::OK, &view)
}

/// When something is, in one line.
fn span(from: Time, to: Time) -> String {
    let (from, to) = (from.page_date(), to.page_date());
    if from == to { from } else { format!("{from} – {to}") }
}
