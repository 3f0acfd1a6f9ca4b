//! `/staff`: pending work and the state of registration in the role's scope.

use axum::response::Response;
use http::StatusCode;

use super::statistics;
use crate::audit::search;
use crate::change;
use crate::staff::exports::approvable;
use crate::staff::store::{exports, rebinds};
use crate::staff::views::{OverviewView, Task};
use crate::staff::{Permission, Role, Scope, StaffMember};
use crate::store::{DbError, Tx};
use crate::web::answer::{PageError, html};
use crate::web::page::Page;
use crate::words::fen::FenSum;
use crate::words::time::Time;
use crate::{collective_payment, payment, review};

/// What an auditor is shown: exports and full document numbers shown in the last day.
const WATCHED: (&str, &str) = ("list-exported", "document-shown");

/// Pending work; `None` where it does not concern the role.
struct Waiting {
    reviews: Option<(i64, Option<Time>)>,
    rebinds: Option<(i64, Option<Time>)>,
    collective: Option<(i64, i64, Option<Time>)>,
    refunds: Option<(i64, FenSum, Option<Time>)>,
    suspense: Option<(i64, Option<Time>)>,
    exports: i64,
    changes: i64,
    watched: Option<i64>,
}

async fn waiting(tx: &mut Tx<'_>, role: Role, scope: &Scope, person: &str) -> Result<Waiting, DbError> {
    let may = |what| role.may(what);
    let now = tx.now().await?;
    Ok(Waiting {
        reviews: if may(Permission::DecideReviews) {
            Some(review::store::pending(tx, scope).await?)
        } else {
            None
        },
        rebinds: if may(Permission::SeeRebinds) { Some(rebinds::open_now(tx, scope).await?) } else { None },
        collective: if may(Permission::CollectivePayment) {
            Some(collective_payment::store::open_now(tx, scope).await?)
        } else {
            None
        },
        refunds: if may(Permission::Refunds) {
            Some(payment::store::scoped::refunds_due(tx, scope).await?)
        } else {
            None
        },
        suspense: if may(Permission::Refunds) {
            Some(payment::store::suspense::open_now(tx, scope).await?)
        } else {
            None
        },
        exports: exports::count_open(tx, scope, &approvable(role)).await?,
        changes: if may(Permission::Season) { change::store::waiting(tx, scope, person).await? } else { 0 },
        watched: if may(Permission::ReadAudit) {
            let since = now.minus(jiff::SignedDuration::from_hours(24));
            Some(search::tally(tx, scope, since, WATCHED).await?)
        } else {
            None
        },
    })
}

fn tasks(page: &Page, waiting: &Waiting, role: Role) -> Vec<Task> {
    let task = |href, key: &str, n: i64, text: String, tag: (&'static str, &'static str)| Task {
        href,
        title: page.f(key, &[("n", &n.to_string())]),
        text,
        class: tag.0,
        tag: tag.1,
    };
    let at = |key: &str, time: Option<Time>| {
        time.map(|time| page.f(key, &[("time", &time.page())])).unwrap_or_default()
    };
    let mut all = Vec::new();
    if let Some((n @ 1.., oldest)) = waiting.reviews {
        let tag = ("warn", page.m("review-state-pending"));
        all.push(task(
            "/staff/reviews?state=pending",
            "staff-task-reviews",
            n,
            at("staff-task-since", oldest),
            tag,
        ));
    }
    if let Some((n @ 1.., until)) = waiting.rebinds {
        let key = if role.may(Permission::DecideRebind) {
            "staff-task-rebinds"
        } else {
            "staff-task-rebinds-asked"
        };
        let tag = ("warn", page.m("staff-rebind-state-asked"));
        all.push(task("/staff/rebinds?state=asked", key, n, at("staff-task-until", until), tag));
    }
    if let Some((n @ 1.., entries, until)) = waiting.collective {
        let until = until.map(Time::page).unwrap_or_default();
        let text = page.f("staff-task-locked", &[("n", &entries.to_string()), ("time", &until)]);
        let tag = ("info", page.m("staff-entry-locked"));
        all.push(task("/staff/collective-payments?state=open", "staff-task-collective", n, text, tag));
    }
    if let Some((n @ 1.., sum, oldest)) = waiting.refunds {
        let since = oldest.map(Time::page).unwrap_or_default();
        let text = page.f("staff-task-refund-sum", &[("sum", &format!("¥{sum}")), ("time", &since)]);
        let tag = ("warn", page.m("payment-order-refunding"));
        all.push(task("/staff/refunds?state=due", "staff-task-refunds", n, text, tag));
    }
    if let Some((n @ 1.., oldest)) = waiting.suspense {
        let tag = ("bad", page.m("staff-suspense-open"));
        all.push(task("/staff/suspense", "staff-task-suspense", n, at("staff-task-since", oldest), tag));
    }
    if waiting.exports > 0 {
        let tag = ("warn", page.m("staff-export-state-asked"));
        let n = waiting.exports;
        all.push(task("/staff/exports?state=asked", "staff-task-exports", n, String::new(), tag));
    }
    if waiting.changes > 0 {
        let tag = ("warn", page.m("change-state-asked"));
        let n = waiting.changes;
        all.push(task("/staff/changes?state=asked", "staff-task-changes", n, String::new(), tag));
    }
    if let Some(n @ 1..) = waiting.watched {
        let tag = ("info", page.m("staff-audit"));
        let text = page.m("staff-task-watched-text").to_owned();
        all.push(task("/staff/audit", "staff-task-watched", n, text, tag));
    }
    all
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    let (page, menu) = who.frame("staff-overview").await?;
    let (role, scope, person) = (who.role, who.scope.clone(), who.person.clone());
    let waits: Result<_, DbError> =
        who.app.db.read_long(async move |tx| waiting(tx, role, &scope, &person).await).await;
    let waits = waits?;
    let plan = who.app.catalogue.get().current().cloned();
    let read = match plan.as_ref().filter(|_| who.may(Permission::Statistics)) {
        Some(plan) => Some(statistics::read(&who, plan, crate::change::tree::own(&who)).await?),
        None => None,
    };
    let view = OverviewView {
        sitting: plan.as_ref().map(|plan| plan.name.clone()).unwrap_or_default(),
        read_at: read.as_ref().map(statistics::Read::time).unwrap_or_default(),
        tasks: tasks(&page, &waits, role),
        figures: match (&read, &plan) {
            (Some(read), Some(plan)) => statistics::heads(&page, read, plan),
            (None, _) | (_, None) => Vec::new(),
        },
        page,
        menu,
    };
    html(StatusCode::OK, &view)
}
