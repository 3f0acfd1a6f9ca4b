//! `/staff/refunds/{id}`: a request for a refund, which another person approves; or one refund, which finance settles.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;

use super::new::{effect_words, exam_words};
use super::{reason_words, row as refund_row};
use crate::staff::StaffMember;
use crate::staff::pages::orders::one;
use crate::staff::pages::{by, refused, second_factor};
use crate::staff::views::{RequestLineRow, RequestRow, RequestView};
use crate::web::answer::{PageError, refusal, see_other};
use crate::web::form_data::FormData;
use crate::web::page::{OnPage as _, Page, Refused, Typed};
use cet_base::store::{DbError, Stop, Tx};
use cet_base::words::codes::{SchoolCode, SubjectCode};
use cet_base::words::ids::EntryId;
use cet_base::words::time::Time;
use cet_domain::payment::refund_request::RequestRefusal;
use cet_domain::payment::rules::refunding::Effect;
use cet_domain::payment::store::scoped::RefundSeen;
use cet_domain::payment::store::{
    refund_requests as requests,
    refund_requests::{Line, Request},
};
use cet_domain::payment::verbs::{approve as approve_refund, refuse as refuse_refund};
use cet_domain::reconciliation::store::{self as reconciliation, Checks};
use cet_domain::staff::Permission;
use cet_domain::staff::refusal::StaffRefusal;

/// How many lines of a request are shown; of a cancelled exam there are thousands.
const SHOWN: i64 = 50;

pub(super) fn address(id: i64) -> String {
    format!("/staff/refunds/{id}")
}

struct Found {
    of: Request,
    lines: Vec<Line>,
    subjects: Vec<(SchoolCode, EntryId, SubjectCode)>,
    tally: Vec<(String, i64)>,
    refunds: Vec<RefundSeen>,
    checks: Checks,
    /// How much goes back of each entry by now.
    back: Vec<(SchoolCode, EntryId, i64)>,
    /// Whether it waits, and an entry is no longer as it was asked for: nobody can approve it.
    changed: bool,
    now: Time,
}

async fn found(who: &StaffMember, id: &str) -> Result<Found, PageError> {
    let id: i64 = id.parse().map_err(|_| PageError::NotFound)?;
    let scope = who.scope.clone();
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let Some(of) = requests::one(tx, &scope, id).await? else { return Ok(None) };
            Ok(Some(Found {
                lines: requests::lines(tx, id, "", SHOWN).await?,
                subjects: requests::subjects(tx, id, SHOWN).await?,
                tally: requests::tally(tx, id).await?,
                refunds: requests::refunds(tx, id, SHOWN).await?,
                checks: reconciliation::checks(tx, id).await?,
                back: requests::back_now(tx, id, SHOWN).await?,
                changed: of.state == "asked" && requests::changed(tx, id).await? > 0,
                of,
                now: tx.now().await?,
            }))
        })
        .await;
    found?.ok_or(PageError::NotFound)
}

/// The state of a request in words, with the class of its tag.
fn state(page: &Page, of: &Request, now: Time) -> (&'static str, &'static str) {
    match of.state.as_str() {
        "approved" if of.working => ("info", page.m("staff-refund-request-working")),
        "approved" => ("ok", page.m("staff-refund-request-approved")),
        "asked" if now < of.expires_at => ("warn", page.m("staff-refund-request-asked")),
        "asked" => ("", page.m("staff-refund-request-over")),
        _ => ("bad", page.m("staff-refund-request-refused")),
    }
}

/// A request in a list or on its page.
pub(super) fn row(who: &StaffMember, page: &Page, of: &Request, now: Time) -> RequestRow {
    let (class, state) = state(page, of, now);
    RequestRow {
        href: address(of.id),
        title: title(who, page, of),
        why: reason_words(page, &of.why),
        reason: of.reason.clone(),
        lines: of.lines,
        amount: format!("¥{}", of.amount),
        class,
        state,
        requester: of.requester.clone(),
        asked_at: of.asked_at.page(),
        expires_at: of.expires_at.page(),
        approver: of.approver.clone().unwrap_or_default(),
        decided_at: of.decided_at.map(Time::page).unwrap_or_default(),
        note: of.note.clone(),
        order: of.order_number.clone(),
    }
}

fn title(who: &StaffMember, page: &Page, of: &Request) -> String {
    if !of.order_number.is_empty() {
        return page.f("staff-refund-of-order", &[("number", &of.order_number)]);
    }
    exam_words(who, page, &of.sitting, (&of.subject, &of.campus))
}

pub(in crate::staff::pages) async fn show(
    who: StaffMember,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    who.needs(Permission::Refunds)?;
    if id.contains('-') {
        return super::one::page(&who, &id, Vec::new(), Typed::default()).await;
    }
    page(&who, &id, Vec::new(), Typed::default()).await
}

async fn page(who: &StaffMember, id: &str, said: Vec<Refused>, typed: Typed) -> Result<Response, PageError> {
    page_after(who, id, (said, &[]), typed).await
}

async fn page_after(
    who: &StaffMember,
    id: &str,
    (said, why): (Vec<Refused>, &[StaffRefusal]),
    typed: Typed,
) -> Result<Response, PageError> {
    let Found { of, lines, subjects, tally, refunds, checks, back, changed, now } = found(who, id).await?;
    let (page, menu) = who.frame_at(&address(of.id), "staff-refund-request").await?;
    let open = of.state == "asked" && now < of.expires_at;
    let may_approve = open && !changed && of.requester_person != who.person;
    let count = |state: &str| tally.iter().find(|(of, _)| of == state).map_or(0, |(_, n)| *n);
    let subject = |line: &Line| {
        let is_of = |(school, entry, _): &&(SchoolCode, EntryId, SubjectCode)| {
            *school == line.school && *entry == line.entry
        };
        let found = subjects.iter().find(is_of);
        found.map(|(.., subject)| one::subject_name(who, &page, &of.sitting, *subject)).unwrap_or_default()
    };
    // What was decided keeps what it was decided about; what waits is shown as it is now.
    let back_of = |line: &Line| {
        let is_of = |(school, entry, _): &&(SchoolCode, EntryId, i64)| {
            of.state == "asked" && *school == line.school && *entry == line.entry
        };
        back.iter().find(is_of).map_or(line.back, |(.., back)| *back)
    };
    let view = RequestView {
        row: row(who, &page, &of, now),
        lines: lines.iter().map(|line| line_row(&page, line, (subject(line), back_of(line)))).collect(),
        more: of.lines > SHOWN,
        done: count("done"),
        left: count("left"),
        refunds: refunds.iter().map(|of| refund_row(&page, of)).collect(),
        checks: checked(&page, checks),
        may_approve,
        asks_code: may_approve && !who.session.is_fresh(now),
        may_refuse: open,
        changed: open && changed,
        page: page.refusing(said.clone(), typed),
        menu,
    };
    refused(&said, why, &view)
}

/// What the request was compared with, each with the class of its tag.
fn checked(page: &Page, of: Checks) -> Vec<(&'static str, String)> {
    let check = |bad: i64, bad_key: &str, fits: &'static str| match bad {
        0 => ("ok", fits.to_owned()),
        n => ("bad", page.f(bad_key, &[("n", &n.to_string())])),
    };
    let billed = match of.without_bill {
        n if n > 0 && of.unbilled == 0 => {
            ("warn", page.f("staff-refund-check-bill-waits", &[("n", &n.to_string())]))
        }
        _ => check(of.unbilled, "staff-refund-check-unbilled", page.m("staff-refund-check-billed")),
    };
    vec![
        check(of.unpaid, "staff-refund-check-unpaid", page.m("staff-refund-check-paid")),
        check(of.over, "staff-refund-check-over", page.m("staff-refund-check-within")),
        billed,
    ]
}

fn line_row(page: &Page, of: &Line, (subject, back): (String, i64)) -> RequestLineRow {
    let yuan = |fen| cet_base::words::fen::FenSum::new(fen).map(|sum| sum.to_string()).unwrap_or_default();
    RequestLineRow {
        subject,
        entry: format!("{}-{}", of.school, of.entry),
        amount: yuan(of.amount),
        back: yuan(back),
        effect: Effect::from_wire(&of.effect).map_or("", |effect| effect_words(page, Ok(effect))),
        state: match of.state.as_str() {
            "done" => page.m("staff-refund-line-done"),
            "left" => page.m("staff-refund-line-left"),
            _ => "",
        },
    }
}

/// Whether a request of the scope can be decided.
async fn waits(who: &StaffMember, id: i64) -> Result<bool, PageError> {
    let scope = who.scope.clone();
    let read: Result<bool, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let now = tx.now().await?;
            Ok(requests::one(tx, &scope, id).await?.is_some_and(|of| of.waits(now)))
        })
        .await;
    Ok(read?)
}

/// Who decided a request, what and when.
fn ended(page: &Page, of: &Request) -> String {
    let by = of.approver.as_deref().unwrap_or_default();
    let time = of.decided_at.map(Time::page).unwrap_or_default();
    let facts = [("who", by), ("time", &time)];
    match of.state.as_str() {
        "approved" => page.f("staff-refund-over-approved", &facts),
        "refused" if by == of.requester => page.f("staff-refund-over-taken-back", &facts),
        "refused" => page.f("staff-refund-over-refused", &facts),
        _ => page.f("staff-refund-over-lapsed", &[("time", &of.expires_at.page())]),
    }
}

pub(in crate::staff::pages) async fn approve(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Refunds)?;
    let number: i64 = id.parse().map_err(|_| PageError::NotFound)?;
    // Of what is over there is nothing to enter a code for: who decided it is told.
    if waits(&who, number).await?
        && let Some(why) = second_factor::again(&who, &form).await?
    {
        let said = why.on(&who.page()).at("code");
        return page_after(&who, &id, (vec![said], &[why]), Typed::default()).await;
    }
    let (by, catalogue) = (by(&who), who.app.catalogue.get());
    let done: Result<(), Stop<RequestRefusal>> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| {
            approve_refund(tx, Arc::clone(&catalogue), by.clone(), number).await
        })
        .await;
    decided(&who, &id, refusal(done)?, Typed::default()).await
}

pub(in crate::staff::pages) async fn refuse(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Refunds)?;
    let number: i64 = id.parse().map_err(|_| PageError::NotFound)?;
    let (by, note) = (by(&who), form.one("note")?.to_owned());
    let done: Result<(), Stop<RequestRefusal>> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| refuse_refund(tx, by.clone(), number, note.clone()).await)
        .await;
    decided(&who, &id, refusal(done)?, form.typed(&["note"])).await
}

async fn decided(
    who: &StaffMember,
    id: &str,
    done: Result<(), RequestRefusal>,
    typed: Typed,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(see_other(&format!("/staff/refunds/{id}"))),
        Err(RequestRefusal::NotFound) => Err(PageError::NotFound),
        Err(why) => {
            let on = who.page();
            let said = why.on(&on);
            let said = match why {
                RequestRefusal::NoReason => said.at("note"),
                RequestRefusal::Over => said.saying(ended(&on, &found(who, id).await?.of)),
                _ => said,
            };
            page(who, id, vec![said], typed).await
        }
    }
}
