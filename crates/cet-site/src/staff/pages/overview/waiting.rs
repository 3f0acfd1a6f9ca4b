//! What waits for a member of staff, with its age.

use crate::staff::views::Task;
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::words::fen::FenSum;
use cet_base::words::time::Time;
use cet_domain::arrangement::store::requests;
use cet_domain::audit::search;
use cet_domain::change;
use cet_domain::roster::transfer::{self, Told};
use cet_domain::staff::exports::approvable;
use cet_domain::staff::store::{exports, rebinds, resets};
use cet_domain::staff::{Permission, Role, Scope};
use cet_domain::{collective_payment, dispute, payment, reconciliation, record_report, review};

/// What an auditor is shown: exports and full document numbers shown in the last day.
pub(super) const WATCHED: (&str, &str) = ("list-exported", "document-shown");

/// Pending work; `None` where it does not concern the role.
pub(super) struct Waiting {
    reviews: Option<(i64, Option<Time>)>,
    reports: Option<(i64, Option<Time>)>,
    disputes: (i64, Option<Time>),
    uploads: Option<(i64, Option<Time>)>,
    transfers: Option<((i64, Option<Time>), Told)>,
    resets: i64,
    rebinds: Option<(i64, Option<Time>)>,
    collective: Option<(i64, i64, Option<Time>)>,
    refunds: Option<(i64, FenSum, Option<Time>)>,
    refund_requests: (i64, Option<Time>),
    stopped: (i64, Option<Time>),
    suspense: Option<(i64, Option<Time>)>,
    bills: Option<Bills>,
    exports: (i64, Option<Time>),
    changes: (i64, Option<Time>),
    drafts: (i64, Option<Time>),
    watched: Option<i64>,
    pub(super) now: Time,
}

/// What waits about the gateways' bills.
struct Bills {
    open: (i64, Option<Time>),
    to_sign: (i64, Option<Time>),
    missing: (i64, Option<Time>),
}

impl Bills {
    async fn of(tx: &mut Tx<'_>) -> Result<Self, DbError> {
        Ok(Self {
            open: reconciliation::store::open_now(tx).await?,
            to_sign: reconciliation::store::to_sign(tx).await?,
            missing: reconciliation::store::waiting_since(tx).await?,
        })
    }

    fn tasks(
        &self,
        page: &Page,
        since: impl Fn(Option<Time>) -> String,
        task: impl Fn(&'static str, &str, i64, String, (&'static str, &'static str)) -> Task,
    ) -> Vec<Task> {
        let mut all = Vec::new();
        if let (n @ 1.., oldest) = self.open {
            let tag = ("bad", page.m("reconciliation-unresolved"));
            all.push(task(
                "/staff/reconciliation?state=open",
                "reconciliation-task-open",
                n,
                since(oldest),
                tag,
            ));
        }
        if let (n @ 1.., oldest) = self.to_sign {
            let tag = ("warn", page.m("reconciliation-to-sign"));
            all.push(task(
                "/staff/reconciliation?state=ready",
                "reconciliation-task-sign",
                n,
                since(oldest),
                tag,
            ));
        }
        if let (n @ 1.., oldest) = self.missing {
            let tag = ("warn", page.m("reconciliation-waiting"));
            all.push(task(
                "/staff/reconciliation?state=waiting",
                "reconciliation-task-waiting",
                n,
                since(oldest),
                tag,
            ));
        }
        all
    }
}

pub(super) async fn waiting(
    tx: &mut Tx<'_>,
    role: Role,
    scope: &Scope,
    (person, account): (&str, &str),
) -> Result<Waiting, DbError> {
    let may = |what| role.may(what);
    let now = tx.now().await?;
    let (refund_requests, stopped) = if may(Permission::Refunds) {
        let asked = payment::store::refund_requests::waiting(tx, scope, person).await?;
        (asked, payment::store::settling::stopped(tx, scope).await?)
    } else {
        ((0, None), (0, None))
    };
    Ok(Waiting {
        reviews: if may(Permission::DecideReviews) {
            Some(review::store::pending(tx, scope).await?)
        } else {
            None
        },
        reports: if may(Permission::Students) {
            Some(record_report::store::waiting(tx, scope).await?)
        } else {
            None
        },
        disputes: disputes(tx, role, scope, person).await?,
        uploads: if may(Permission::Rosters) {
            Some(cet_domain::upload::store::waiting(tx, scope).await?)
        } else {
            None
        },
        transfers: if may(Permission::Rosters) {
            Some((transfer::waiting(tx, scope).await?, transfer::told(tx, scope, account).await?))
        } else {
            None
        },
        resets: if may(Permission::Accounts) { resets::open_now(tx, scope, person).await? } else { 0 },
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
        refund_requests,
        stopped,
        suspense: if may(Permission::Refunds) {
            Some(payment::store::suspense::open_now(tx, scope).await?)
        } else {
            None
        },
        bills: if may(Permission::Reconciliation) { Some(Bills::of(tx).await?) } else { None },
        exports: exports::count_open(tx, scope, &approvable(role)).await?,
        changes: if may(Permission::Season) {
            change::store::waiting(tx, scope, person).await?
        } else {
            (0, None)
        },
        drafts: if may(Permission::Arrange) {
            requests::waiting(tx, scope, person).await?
        } else {
            (0, None)
        },
        now,
        watched: if may(Permission::ReadAudit) {
            Some(search::tally(tx, scope, now.minus(jiff::SignedDuration::from_hours(24)), WATCHED).await?)
        } else {
            None
        },
    })
}

async fn disputes(
    tx: &mut Tx<'_>,
    role: Role,
    scope: &Scope,
    person: &str,
) -> Result<(i64, Option<Time>), DbError> {
    if role.may(Permission::Disputes) {
        dispute::store::scoped::waiting(tx, scope, person).await
    } else {
        Ok((0, None))
    }
}

pub(super) fn tasks(page: &Page, waiting: &Waiting, role: Role) -> Vec<Task> {
    let task = |href, key: &str, n: i64, text: String, tag: (&'static str, &'static str)| Task {
        href,
        title: page.f(key, &[("n", &n.to_string())]),
        text,
        class: tag.0,
        tag: tag.1,
    };
    let until = |time: Option<Time>| {
        time.map(|time| page.f("staff-task-until", &[("time", &time.page())])).unwrap_or_default()
    };
    let since = |oldest: Option<Time>| {
        let told = |oldest: Time| {
            page.f("staff-task-waits", &[("time", &oldest.page()), ("age", &age(page, waiting.now, oldest))])
        };
        oldest.map(told).unwrap_or_default()
    };
    let mut all = Vec::new();
    if let Some((n @ 1.., oldest)) = waiting.reviews {
        let tag = ("warn", page.m("review-state-pending"));
        all.push(task("/staff/reviews?state=pending", "staff-task-reviews", n, since(oldest), tag));
    }
    all.extend(of_students(page, waiting, since, task));
    if let Some((n @ 1.., ends)) = waiting.rebinds {
        let key = if role.may(Permission::DecideRebind) {
            "staff-task-rebinds"
        } else {
            "staff-task-rebinds-asked"
        };
        let tag = ("warn", page.m("staff-rebind-state-asked"));
        all.push(task("/staff/rebinds?state=asked", key, n, until(ends), tag));
    }
    if let Some((n @ 1.., entries, ends)) = waiting.collective {
        let until = ends.map(Time::page).unwrap_or_default();
        let text = page.f("staff-task-locked", &[("n", &entries.to_string()), ("time", &until)]);
        let tag = ("info", page.m("staff-entry-locked"));
        all.push(task("/staff/collective-payments?state=open", "staff-task-collective", n, text, tag));
    }
    all.extend(of_money(page, waiting, since, task));
    if let (n @ 1.., oldest) = waiting.exports {
        let tag = ("warn", page.m("staff-export-state-asked"));
        all.push(task("/staff/exports?state=asked", "staff-task-exports", n, since(oldest), tag));
    }
    if let (n @ 1.., oldest) = waiting.changes {
        let tag = ("warn", page.m("change-state-asked"));
        all.push(task("/staff/changes?state=asked", "staff-task-changes", n, since(oldest), tag));
    }
    if let (n @ 1.., oldest) = waiting.drafts {
        let tag = ("warn", page.m("change-state-asked"));
        all.push(task("/staff/arrangements", "staff-task-drafts", n, since(oldest), tag));
    }
    if let Some(n @ 1..) = waiting.watched {
        let tag = ("info", page.m("staff-audit"));
        let text = page.m("staff-task-watched-text").to_owned();
        all.push(task("/staff/audit", "staff-task-watched", n, text, tag));
    }
    all
}

/// What waits for finance.
fn of_money(
    page: &Page,
    waiting: &Waiting,
    since: impl Fn(Option<Time>) -> String,
    task: impl Fn(&'static str, &str, i64, String, (&'static str, &'static str)) -> Task,
) -> Vec<Task> {
    let mut all = Vec::new();
    if let Some((n @ 1.., sum, oldest)) = waiting.refunds {
        let from = oldest.map(Time::page).unwrap_or_default();
        let text = page.f("staff-task-refund-sum", &[("sum", &format!("¥{sum}")), ("time", &from)]);
        let tag = ("warn", page.m("payment-order-refunding"));
        all.push(task("/staff/refunds?state=due", "staff-task-refunds", n, text, tag));
    }
    if let (n @ 1.., oldest) = waiting.refund_requests {
        let tag = ("warn", page.m("staff-refund-request-asked"));
        all.push(task("/staff/refunds", "staff-task-refund-requests", n, since(oldest), tag));
    }
    if let (n @ 1.., oldest) = waiting.stopped {
        let tag = ("bad", page.m("staff-refund-state-stopped"));
        all.push(task("/staff/refunds?state=stopped", "staff-task-refunds-stopped", n, since(oldest), tag));
    }
    if let Some((n @ 1.., oldest)) = waiting.suspense {
        let tag = ("bad", page.m("staff-suspense-open"));
        all.push(task("/staff/suspense", "staff-task-suspense", n, since(oldest), tag));
    }
    if let Some(bills) = &waiting.bills {
        all.extend(bills.tasks(page, since, task));
    }
    all
}

/// How long something has waited, in the largest unit that fits.
fn age(page: &Page, now: Time, since: Time) -> String {
    let minutes = now.since(since).as_mins().max(0);
    let (key, n) = match minutes {
        0..60 => ("staff-age-minutes", minutes),
        60..1440 => ("staff-age-hours", minutes / 60),
        _ => ("staff-age-days", minutes / 1440),
    };
    page.f(key, &[("n", &n.to_string())])
}

/// What waits about students and their records, and about accounts.
fn of_students(
    page: &Page,
    waiting: &Waiting,
    since: impl Fn(Option<Time>) -> String,
    task: impl Fn(&'static str, &str, i64, String, (&'static str, &'static str)) -> Task,
) -> Vec<Task> {
    let mut all = Vec::new();
    if let Some((n @ 1.., oldest)) = waiting.reports {
        let tag = ("warn", page.m("report-state-open"));
        all.push(task("/staff/record-reports?state=open", "report-task", n, since(oldest), tag));
    }
    if let (n @ 1.., oldest) = waiting.disputes {
        let tag = ("warn", page.m("dispute-state-open"));
        all.push(task("/staff/disputes", "dispute-task", n, since(oldest), tag));
    }
    if let Some((n @ 1.., oldest)) = waiting.uploads {
        let tag = ("warn", page.m("report-state-open"));
        all.push(task("/staff/rosters", "upload-task", n, since(oldest), tag));
    }
    if let Some((own, told)) = &waiting.transfers {
        all.extend(of_transfers(page, *own, told, &since, &task));
    }
    if waiting.resets > 0 {
        let tag = ("warn", page.m("change-state-asked"));
        all.push(task("/staff/accounts", "staff-task-resets", waiting.resets, String::new(), tag));
    }
    all
}

/// Students whom two schools name, for the school that holds one and for the one that asks.
fn of_transfers(
    page: &Page,
    own: (i64, Option<Time>),
    told: &Told,
    since: impl Fn(Option<Time>) -> String,
    task: impl Fn(&'static str, &str, i64, String, (&'static str, &'static str)) -> Task,
) -> Vec<Task> {
    const OPEN: &str = "/staff/transfers?state=open";
    let last = |time: Option<Time>| {
        time.map(|time| page.f("roster-task-last", &[("time", &time.page())])).unwrap_or_default()
    };
    let open = |class| (class, page.m("roster-transfer-open"));
    let (released, kept) = (page.m("roster-transfer-released"), page.m("roster-transfer-kept"));
    [
        (OPEN, "roster-task", own.0, since(own.1), open("warn")),
        (OPEN, "roster-task-asked", told.asked, since(told.asked_at), open("info")),
        (
            "/staff/transfers?state=released",
            "roster-task-released",
            told.released,
            last(told.released_at),
            ("ok", released),
        ),
        ("/staff/transfers?state=kept", "roster-task-kept", told.kept, last(told.kept_at), ("info", kept)),
    ]
    .into_iter()
    .filter(|(_, _, n, _, _)| *n > 0)
    .map(|(href, key, n, text, tag)| task(href, key, n, text, tag))
    .collect()
}
