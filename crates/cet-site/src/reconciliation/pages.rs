//! `/staff/reconciliation`: each day of each gateway, and the upload of bills.

mod day;

use crate::web::route::{boxed, get, post};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::Response;

use super::receive;
use super::views::{DayLine, ListView, gateway_words};
use crate::app::App;
use crate::staff::StaffMember;
use crate::staff::list::{self, Asked, Limited, List, Pager};
use crate::web::answer::{PageError, refused_html, see_other};
use crate::web::page::{Choice, OnPage as _, Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::fen::FenSum;
use cet_domain::reconciliation::store::{self, DayRow};
use cet_domain::reconciliation::{Of, ReconciliationRefusal as Refusal};
use cet_domain::staff::Permission;

const PATH: &str = "/staff/reconciliation";

/// Routes of this module.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/staff/reconciliation.csv", get(list::csv::<Days>))
        .route("/staff/reconciliation.xlsx", get(list::xlsx::<Days>))
        .route("/staff/reconciliation/{gateway}/{day}", get(day::show))
        .route("/staff/reconciliation/{gateway}/{day}/bill", get(day::bill))
        .route("/staff/reconciliation/{gateway}/{day}/differences/{id}/resolution", post(day::resolve))
        .route("/staff/reconciliation/{gateway}/{day}/sign-off", post(day::sign))
        .route("/staff/reconciliation", get(list::show::<Days>).post(boxed(upload)))
        // The size of a bill is limited while it is received.
        .layer(DefaultBodyLimit::disable())
}

/// The path of a day's page.
pub(super) fn path(of: Of) -> String {
    format!("{PATH}/{}/{}", of.gateway.as_str(), of.day)
}

async fn upload(who: StaffMember, request: Request) -> Result<Response, PageError> {
    who.needs(Permission::Reconciliation)?;
    match receive::receive(&who, request).await? {
        Ok(of) => Ok(see_other(&path(of))),
        Err(all) => {
            let page = who.page();
            let told = |why: Refusal| {
                let said = why.on(&page);
                if matches!(why, Refusal::Bill(_)) { said.at("file") } else { said }
            };
            let said = all.into_iter().map(told).collect();
            list::page::<Days>(&who, said, Typed::default()).await
        }
    }
}

/// A sum of what came in less what went out, in yuan.
pub(super) fn net(paid: FenSum, refunded: FenSum) -> String {
    signed(paid.get().saturating_sub(refunded.get()))
}

/// A sum that may be negative, in yuan.
pub(super) fn signed(fen: i64) -> String {
    let sum = FenSum::new(i64::try_from(fen.unsigned_abs()).unwrap_or(i64::MAX)).unwrap_or_default();
    if fen < 0 { format!("-{sum}") } else { sum.to_string() }
}

/// A day with how many of its differences are not resolved.
pub(super) struct DayFound {
    row: DayRow,
    open: i64,
}

enum Days {}

impl List for Days {
    type Row = DayFound;

    const NAME: &'static str = "reconciliation";
    const NEEDS: Permission = Permission::Reconciliation;
    const FILTERS: &'static [&'static str] = &["state", "gateway"];
    const HEADINGS: &'static [&'static str] = &[
        "reconciliation-day",
        "staff-col-gateway",
        "staff-state",
        "reconciliation-differences",
        "reconciliation-ours",
        "reconciliation-our-count",
        "reconciliation-theirs",
        "reconciliation-their-count",
        "reconciliation-signed-by",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        let gateways = gateway::GatewayCode::all().map(gateway::GatewayCode::as_str);
        vec![Limited::to("state", ["waiting", "open", "ready", "signed"]), Limited::to("gateway", gateways)]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<DayFound>, PageError> {
        let (state, gateway) = (asked.get("state").to_owned(), asked.get("gateway").to_owned());
        let cursor = asked.after.split_once('.').unwrap_or(("9999-99-99", ""));
        let cursor = (cursor.0.to_owned(), cursor.1.to_owned());
        let read: Result<Vec<DayFound>, DbError> = who
            .app
            .db
            .read_long(async move |tx: &mut Tx<'_>| {
                let days = store::days(tx, (&state, &gateway), (&cursor.0, &cursor.1), limit).await?;
                let mut found = Vec::with_capacity(days.len());
                for row in days {
                    let (open, next_day) = store::waits_of(tx, row.of()?).await?;
                    found.push(DayFound { row, open: open.saturating_add(next_day) });
                }
                Ok(found)
            })
            .await;
        Ok(read?)
    }

    fn key(of: &DayFound) -> String {
        format!("{}.{}", of.row.day, of.row.gateway)
    }

    fn cells(_: &StaffMember, page: &Page, of: &DayFound, _: bool) -> Result<Vec<String>, PageError> {
        let line = line(page, of);
        let gateway = gateway_words(page, &of.row.gateway).to_owned();
        let head = [of.row.day.clone(), gateway, line.state.to_owned(), line.open];
        let signed = of.row.signed_at.map(|at| format!("{} {at}", of.row.signed_by)).unwrap_or_default();
        let rest = [line.ours, line.our_count, line.theirs, line.their_count, signed];
        Ok(head.into_iter().chain(rest).collect())
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<DayFound>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "reconciliation-title").await?;
        let choice = |value: &str, text: &str| Choice { value: value.to_owned(), text: text.to_owned() };
        let states = vec![
            choice("", page.m("staff-all")),
            choice("waiting", page.m("reconciliation-waiting")),
            choice("open", page.m("reconciliation-unresolved")),
            choice("ready", page.m("reconciliation-to-sign")),
            choice("signed", page.m("reconciliation-signed")),
        ];
        let gateways = who.app.payments.gateways.all.iter().map(|gateway| gateway.code().as_str());
        let view = ListView {
            gateways: gateways.map(|code| choice(code, gateway_words(&page, code))).collect(),
            figures: figures(who, &page).await?,
            rows: found.iter().map(|of| line(&page, of)).collect(),
            page: page.refusing(said.clone(), typed),
            menu,
            asked,
            pager,
            states,
        };
        refused_html(&said, None, &view)
    }
}

async fn figures(who: &StaffMember, page: &Page) -> Result<Vec<(&'static str, String, String)>, PageError> {
    let read: Result<_, DbError> = who
        .app
        .db
        .read_long(async |tx: &mut Tx<'_>| {
            let (open, to_sign) = (store::open_now(tx).await?.0, store::to_sign(tx).await?.0);
            Ok((open, to_sign, store::waiting_since(tx).await?.0, store::totals(tx).await?))
        })
        .await;
    let (open, to_sign, waiting, (payments, paid, refunds, refunded)) = read?;
    let count = |n: i64| page.f("reconciliation-count", &[("n", &n.to_string())]);
    Ok(vec![
        (page.m("reconciliation-unresolved-differences"), open.to_string(), String::new()),
        (
            page.m("reconciliation-to-sign"),
            page.f("reconciliation-days", &[("n", &to_sign.to_string())]),
            String::new(),
        ),
        (
            page.m("reconciliation-waiting"),
            page.f("reconciliation-days", &[("n", &waiting.to_string())]),
            String::new(),
        ),
        (page.m("reconciliation-received"), format!("¥{paid}"), count(payments)),
        (page.m("reconciliation-refunded"), format!("¥{refunded}"), count(refunds)),
    ])
}

fn line(page: &Page, of: &DayFound) -> DayLine {
    let row = &of.row;
    let (state, class, mark) = match (row.state.as_str(), of.open) {
        ("signed", _) => (page.m("reconciliation-signed"), "ok", "signed"),
        ("compared", 0) if row.is_quiet() => (page.m("reconciliation-quiet"), "", "quiet"),
        ("compared", 0) => (page.m("reconciliation-to-sign"), "warn", "ready"),
        ("compared", _) => (page.m("reconciliation-unresolved"), "bad", "open"),
        _ => (page.m("reconciliation-waiting"), "warn", "waiting"),
    };
    let is_compared = row.state != "waiting";
    let if_compared = |text: String| if is_compared { text } else { "—".to_owned() };
    let signed_at = row.signed_at.map(cet_base::words::time::Time::page).unwrap_or_default();
    DayLine {
        href: format!("{PATH}/{}/{}", row.gateway, row.day),
        name: format!("{} {}", row.day, gateway_words(page, &row.gateway)),
        state,
        class,
        mark,
        open: if_compared(of.open.to_string()),
        ours: if_compared(net(row.our_paid, row.our_refunded)),
        our_count: if_compared(row.our_payments.saturating_add(row.our_refunds).to_string()),
        theirs: if_compared(net(row.their_paid, row.their_refunded)),
        their_count: if_compared(row.their_payments.saturating_add(row.their_refunds).to_string()),
        signed: format!("{} {signed_at}", row.signed_by).trim().to_owned(),
    }
}
