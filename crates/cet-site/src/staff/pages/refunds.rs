//! `/staff/refunds`: refunds, for finance staff.

pub(super) mod new;
pub(super) mod one;
pub(super) mod request;

use axum::response::Response;

use super::exports::What;
use super::orders::{gateway_words, one as orders_one};
use super::refused;
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::staff::views::{RefundRow, RefundsView, RequestRow};
use crate::web::answer::PageError;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::time::Time;
use cet_domain::payment::rules::RefundReason;
use cet_domain::payment::store::scoped::{self, RefundSeen};
use cet_domain::payment::store::settling::IN_CONSOLE;
use cet_domain::payment::store::{lapsed_requests, refund_requests as requests};
use cet_domain::staff::Permission;

const STATES: [&str; 6] = ["due", "done", "stopped", "refused", "unknown", "by-hand"];
/// The number of attempts without an answer from which a refund needs attention.
const MANY_TRIES: i64 = 5;
/// How many requests stand above the list.
const REQUESTS: i64 = 50;
/// How many of the member's own requests are shown with what became of them.
const OWN: i64 = 20;

pub(super) fn state_words(page: &Page, state: &str) -> &'static str {
    match state {
        "due" => page.m("payment-order-refunding"),
        "stopped" => page.m("staff-refund-state-stopped"),
        "refused" => page.m("staff-refund-state-refused"),
        "unknown" => page.m("staff-refund-state-unknown"),
        "by-hand" => page.m("staff-refund-state-by-hand"),
        _ => page.m("payment-order-refunded"),
    }
}

pub(super) fn reason_words(page: &Page, reason: &str) -> &'static str {
    match RefundReason::from_wire(reason) {
        Some(RefundReason::Surplus) => page.m("staff-refund-surplus"),
        Some(RefundReason::Replaced) => page.m("staff-refund-replaced"),
        Some(RefundReason::Locked) => page.m("staff-refund-locked"),
        Some(RefundReason::Cancelled) => page.m("staff-refund-cancelled"),
        Some(RefundReason::NoSeat) => page.m("staff-refund-no-seat"),
        Some(RefundReason::NeedsWritten) => page.m("staff-refund-needs-written"),
        Some(RefundReason::ExamCancelled) => page.m("staff-refund-exam-cancelled"),
        Some(RefundReason::Mistaken) => page.m("staff-refund-mistaken"),
        Some(RefundReason::Instructed) => page.m("staff-refund-instructed"),
        None if reason == IN_CONSOLE => page.m("staff-refund-console"),
        None => "",
    }
}

pub(super) enum Refunds {}

impl List for Refunds {
    type Row = RefundSeen;

    const NAME: &'static str = What::Refunds.wire();
    const NEEDS: Permission = What::Refunds.needs();
    const EXPORT: Option<What> = Some(What::Refunds);
    const FILTERS: &'static [&'static str] = &["state", "reason"];
    const HEADINGS: &'static [&'static str] = &[
        "staff-refund-number",
        "payment-order-number",
        "staff-col-school",
        "staff-col-gateway",
        "staff-col-amount",
        "staff-reason",
        "staff-state",
        "staff-refund-tries",
        "staff-refund-due",
        "staff-refund-done",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("state", STATES), Limited::to("reason", RefundReason::ALL.map(RefundReason::wire))]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<RefundSeen>, PageError> {
        let (scope, before) = (who.scope.clone(), asked.after.parse().unwrap_or(i64::MAX));
        let (state, reason) = (asked.get("state").to_owned(), asked.get("reason").to_owned());
        let list =
            async move |tx: &mut Tx<'_>| scoped::refunds(tx, &scope, (&state, &reason), before, limit).await;
        let found: Result<_, DbError> = who.app.db.read_long(list).await;
        Ok(found?)
    }

    fn key(of: &RefundSeen) -> String {
        of.id.to_string()
    }

    fn cells(_: &StaffMember, page: &Page, of: &RefundSeen, _: bool) -> Result<Vec<String>, PageError> {
        let row = row(page, of);
        let (gateway, reason, state) = (row.gateway.to_owned(), row.reason.to_owned(), row.state.to_owned());
        let (amount, tries, due) = (of.amount.to_string(), of.tries.to_string(), of.due_at.to_string());
        let done = of.done_at.map(|at| at.to_string()).unwrap_or_default();
        Ok(vec![row.request_no, row.order, row.school, gateway, amount, reason, state, tries, due, done])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<RefundSeen>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at("/staff/refunds", "staff-refunds").await?;
        let choice = |value: &str, text: &str| Choice { value: value.to_owned(), text: text.to_owned() };
        let reasons =
            RefundReason::ALL.map(|reason| choice(reason.wire(), reason_words(&page, reason.wire())));
        let (asked_for, own) = requests_of(who, &page).await?;
        let view = RefundsView {
            states: STATES.map(|state| choice(state, state_words(&page, state))).to_vec(),
            reasons: reasons.to_vec(),
            rows: found.iter().map(|of| row(&page, of)).collect(),
            asked: asked_for,
            own,
            page: page.refusing(said.clone(), typed),
            menu,
            filters: asked,
            pager,
        };
        refused(&said, &[], &view)
    }
}

/// The requests that wait for a second person, and what became of the member's own ones; the newest first.
async fn requests_of(
    who: &StaffMember,
    page: &Page,
) -> Result<(Vec<RequestRow>, Vec<RequestRow>), PageError> {
    let (scope, person) = (who.scope.clone(), who.person.clone());
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let found = requests::list(tx, &scope, "asked", i64::MAX, REQUESTS).await?;
            let now = tx.now().await?;
            Ok((found, lapsed_requests::over(tx, &scope, &person, (now, OWN)).await?, now))
        })
        .await;
    let (found, own, now) = found?;
    let row = |of: &requests::Request| request::row(who, page, of, now);
    Ok((found.iter().filter(|of| of.waits(now)).map(row).collect(), own.iter().map(row).collect()))
}

pub(super) fn row(page: &Page, of: &RefundSeen) -> RefundRow {
    RefundRow {
        href: format!("/staff/refunds/{}-{}", of.school, of.id),
        request_no: of.request_no.clone(),
        order: of.number.clone(),
        orders: orders_one::address(&of.number),
        school: of.school.to_string(),
        gateway: gateway_words(page, &of.gateway),
        amount: format!("¥{}", of.amount),
        reason: reason_words(page, &of.reason),
        state: state_words(page, &of.state),
        class: match (of.state.as_str(), of.tries >= MANY_TRIES) {
            ("refused" | "unknown", _) | ("due", true) => "bad",
            ("due", false) => "warn",
            _ => "ok",
        },
        tries: of.tries,
        due_at: of.due_at.page(),
        done_at: of.done_at.map(Time::page).unwrap_or_default(),
    }
}
