//! 报名信息 and 取消 (R9, R13).

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;

use super::rows::Seats;
use super::{current, refusal_texts, registration_of, rows};
use crate::collective_payment;
use crate::entry::progress::{EntryProgress, Step, StepState, chart};
use crate::entry::rules::{Standing, standing};
use crate::entry::verbs::{CancelCommand, cancel as cancel_entry, entries_of};
use crate::entry::views::{
    Clock, EmptyRegistration, InformationView, Message, OpenOrder, Record, UnboundInformationView, Unpaid,
};
use crate::entry::{Entry, EntryRefusal, EntryState, rules};
use crate::passport::candidate::Candidate;
use crate::passport::views::document_kind_name;
use crate::payment;
use crate::payment::verbs::{PassportMoney, end_open, money_of};
use crate::registration::{self, Registration, pages::sex_name};
use crate::review;
use crate::roster::Snapshot;
use crate::sitting::{Catalogue, Plan};
use crate::store::{DbError, Tx};
use crate::ticket::verbs::seats_of;
use crate::vault::Vault;
use crate::web::answer::{PageError, refusal, refused_html, see_other};
use crate::web::flash;
use crate::web::page::{Page, Refused, Typed};
use crate::words::document::DocumentNumber;
use crate::words::ids::{CollectivePaymentId, EntryId, RegistrationId};
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The page's path.
const PATH: &str = "/registration";

pub(super) async fn page(who: Candidate) -> Result<Response, PageError> {
    show(&who, &[]).await
}

pub(super) async fn cancel(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    let (catalogue, plan) = current(&who)?;
    let entry = EntryId::parse(&id).ok_or(PageError::NotFound)?;
    let cmd = CancelCommand { passport: who.session.passport, sitting: plan.code.clone(), entry };
    let mut done = give_up(&who, &catalogue, &cmd).await?;
    let mut order_ended = false;
    if done.as_ref().is_err_and(|refusals| refusals.iter().all(|why| why.code() == "order-open")) {
        // The order that pays for it is closed first; if the gateway does not answer, the refusal stays.
        if refusal(end_open(&who.app.shop, cmd.passport, cmd.sitting.clone()).await)?.is_ok() {
            order_ended = true;
            done = give_up(&who, &catalogue, &cmd).await?;
        }
    }
    match done {
        Ok(_) => Ok(flash::set(&who, see_other(PATH), "cancelled")),
        // The entry was past its hold and only kept by that order, so it ended together with it.
        Err(refusals) if order_ended && refusals.contains(&EntryRefusal::NotFound) => {
            Ok(flash::set(&who, see_other(PATH), "refreshed"))
        }
        // The same page for what does not exist and for what belongs to someone else (TH21).
        Err(refusals) if refusals.contains(&EntryRefusal::NotFound) => Err(PageError::NotFound),
        Err(refusals) => show(&who, &refusals).await,
    }
}

async fn give_up(
    who: &Candidate,
    catalogue: &Arc<Catalogue>,
    cmd: &CancelCommand,
) -> Result<Result<Vec<EntryId>, Vec<EntryRefusal>>, PageError> {
    let (catalogue, cmd) = (Arc::clone(catalogue), cmd.clone());
    refusal(
        who.app.db.write_again(async move |tx: &mut Tx<'_>| cancel_entry(tx, &catalogue, &cmd).await).await,
    )
}

/// The data of the page.
struct Facts {
    of: Registration,
    snapshot: Snapshot,
    /// The live entries.
    entries: Vec<Entry>,
    seats: Seats,
    /// The collective payments that lock some of them, with their deadlines.
    locks: Vec<(i64, Time)>,
    /// Whether there is an application for CET6; its state is always shown (V1).
    reviewed: bool,
    now: Time,
}

/// What the page shows: the passport's payments, which remain when the registration is gone, and the rest.
struct Known {
    money: PassportMoney,
    now: Time,
    facts: Option<Facts>,
}

/// Reads everything in one transaction, all by key.
async fn known(who: &Candidate, plan: &Plan) -> Result<Known, PageError> {
    let (session, sitting) = (who.session.clone(), plan.code.clone());
    let signed = who.app.printer.key().is_some();
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let (money, now) = (money_of(tx, session.passport).await?, tx.now().await?);
        let nothing = |money| Ok::<_, DbError>(Known { money, now, facts: None });
        let Some(of) = registration_of(tx, &session, &sitting).await? else { return nothing(money) };
        let Some(snapshot) = registration::store::snapshot(tx, of.school, of.id).await? else {
            return nothing(money);
        };
        let entries = entries_of(tx, &of).await?;
        let seats = Seats { all: seats_of(tx, &of, &entries).await?, signed };
        let mut locks: Vec<(i64, Time)> = Vec::new();
        for id in entries.iter().filter_map(|entry| entry.locked_by) {
            if !locks.iter().any(|(known, _)| *known == id) {
                let until =
                    collective_payment::store::locks_until(tx, of.school, CollectivePaymentId(id)).await?;
                locks.extend(until.map(|until| (id, until)));
            }
        }
        let reviewed = review::verbs::shows_state(tx, session.passport, &sitting).await?;
        let facts = Some(Facts { of, snapshot, entries, seats, locks, reviewed, now });
        Ok(Known { money, now, facts })
    });
    Ok(read.await?)
}

async fn show(who: &Candidate, refusals: &[EntryRefusal]) -> Result<Response, PageError> {
    let (catalogue, plan) = current(who)?;
    let page = who.page_at(PATH);
    let told = refusal_texts::all(&page, &plan, refusals);
    let Known { money, now, facts } = known(who, &plan).await?;
    let Some(facts) = facts else {
        return unbound(saying(who, page), &money, &told, now).map(|page| flash::clear(who, page));
    };
    let revealed = who.query("show").as_deref() == Some("document");
    let record = record(&page, &who.app.vault, &plan, &facts, revealed)?;
    let page = page.refusing(told.clone(), Typed::default());
    let view = view(saying(who, page), &catalogue, &plan, (&facts, &money), record);
    let response = refused_html(&told, refusal_texts::retry_seconds(refusals, facts.now), &view)?;
    Ok(flash::clear(who, response))
}

/// Without a registration: the start state, or what happened to the payments of a deleted one.
fn unbound(page: Page, money: &PassportMoney, told: &[Refused], now: Time) -> Result<Response, PageError> {
    let page = refund_notice(page.titled("entry-info-title"), money, None);
    let orders = payment::views::past_orders(&page, money, now);
    let page = page.refusing(told.to_vec(), Typed::default());
    refused_html(told, None, &UnboundInformationView { page, orders })
}

/// Adds the flash message, if there is one.
fn saying(who: &Candidate, page: Page) -> Page {
    let message = match flash::get(who) {
        Some("saved") => Message::Saved,
        Some("cancelled") => Message::Cancelled,
        Some("refreshed") => Message::Refreshed,
        Some("refresh-failed") => Message::RefreshFailed,
        Some("paid") => Message::PaidNow,
        Some(_) | None => return page,
    };
    let notice = message.notice(page.t);
    page.noting(notice)
}

fn view(
    page: Page,
    catalogue: &Catalogue,
    plan: &Plan,
    (facts, money): (&Facts, &PassportMoney),
    record: Record,
) -> InformationView {
    let Facts { of, entries, seats, now, .. } = facts;
    let progress: Vec<_> = entries.iter().map(|entry| progress(plan, entry, seats)).collect();
    let chart = chart(&progress, *now);
    let complete = chart.contains(&(Step::Complete, StepState::Done));
    let written_paid = chart.contains(&(Step::WrittenPaid, StepState::Done));
    let page = page.titled("entry-info-title").at_step(if complete {
        7
    } else if written_paid {
        5
    } else {
        4
    });
    let page = refund_notice(page, money, Some(of.id));
    let page = if complete && page.notices.is_empty() {
        let notice = Message::Complete.notice(page.t);
        page.noting(notice)
    } else {
        page
    };
    let locks = rows::Locks {
        school: rows::place(of.campus, &of.school_name, "").school,
        until: facts.locks.clone(),
    };
    InformationView {
        registration: of.id.to_string(),
        chart,
        record,
        written: rows::table(&page, plan, entries, (seats, &locks), Mode::Written, *now),
        oral: rows::table(&page, plan, entries, (seats, &locks), Mode::Oral, *now),
        unpaid: unpaid(entries, *now),
        open_order: money
            .open(of.id)
            .filter(|order| *now < order.deadline_at)
            .map(payment::pages::open_order),
        asking: asking(entries, money, *now),
        empty: entries.is_empty().then(|| EmptyRegistration { clock: clock(release_time(of), *now) }),
        review: facts.reviewed || rows::offers_review(plan, of),
        tickets_from: tickets_from(plan, entries),
        boards: rows::boards(&page, catalogue, plan, of.campus, &[Mode::Written, Mode::Oral]),
        orders: payment::views::past_orders(&page, money, *now),
        page,
    }
}

/// Until the job has written the time, it is one day after saving.
fn release_time(of: &Registration) -> Time {
    of.release_at.unwrap_or_else(|| registration::rules::release_time(of.saved_at, None))
}

fn progress(plan: &Plan, entry: &Entry, seats: &Seats) -> EntryProgress {
    let subject = plan.subject(entry.subject);
    EntryProgress {
        mode: entry.mode,
        paid: entry.state == EntryState::Paid,
        prints_from: subject
            .and_then(|subject| subject.printing_from)
            .filter(|_| seats.of(entry.id).is_some()),
        exam: subject.and_then(|subject| subject.exam_from.zip(subject.exam_to)),
    }
}

fn unpaid(entries: &[Entry], now: Time) -> Option<Unpaid> {
    let payable = rules::payable(entries, now);
    let first = payable.iter().map(|entry| entry.expires_at).min()?;
    let of = |mode: Mode| rows::sum(payable.iter().copied().filter(move |entry| entry.mode == mode));
    Some(Unpaid {
        sum: rows::yuan(rows::sum(payable.iter().copied())),
        written: of(Mode::Written).to_string(),
        oral: of(Mode::Oral).to_string(),
        clock: clock(first, now),
    })
}

/// The order that entries past their hold are waiting for.
fn asking(entries: &[Entry], money: &PassportMoney, now: Time) -> Option<OpenOrder> {
    let waits = |entry: &&Entry| standing(entry, now) == Standing::AwaitingGateway;
    let order = entries.iter().find(waits)?.order?;
    money.orders.iter().find(|known| known.id == order).map(payment::pages::open_order)
}

/// Tells the reader about refunds: at most one message, the newest (Y4).
fn refund_notice(page: Page, money: &PassportMoney, of: Option<RegistrationId>) -> Page {
    let Some(refund) = money.newest_refund(of).filter(|_| page.notices.is_empty()) else { return page };
    let message = match (refund.reason.as_str(), refund.done_at) {
        ("surplus", _) => Message::ExtraRefund,
        ("no-seat", None) => Message::LateRefund,
        ("no-seat", Some(_)) => Message::PaidRefunded,
        _ => Message::OtherRefund,
    };
    let notice = message.notice(page.t);
    page.noting(notice)
}

fn clock(until: Time, now: Time) -> Clock {
    Clock {
        seconds_left: until.since(now).as_secs(),
        until: until.page(),
        until_machine: until.to_string(),
        now_machine: now.to_string(),
    }
}

/// The first printing time of the entries, else of the sitting; empty if not set.
fn tickets_from(plan: &Plan, entries: &[Entry]) -> String {
    let entered = entries.iter().filter_map(|entry| plan.subject(entry.subject)?.printing_from).min();
    let any = || plan.subjects().iter().filter_map(|subject| subject.printing_from).min();
    entered.or_else(any).map(Time::page).unwrap_or_default()
}

fn record(
    page: &Page,
    vault: &Vault,
    plan: &Plan,
    facts: &Facts,
    revealed: bool,
) -> Result<Record, PageError> {
    let (of, kept) = (&facts.of, &facts.snapshot);
    let number = vault.open(&kept.document_sealed).map_err(PageError::fault)?;
    let masked = || DocumentNumber::parse(&number).map(|number| number.masked()).unwrap_or_default();
    let document_number = if revealed { number.clone() } else { masked() };
    let place = rows::place(kept.campus, &kept.school_name, &kept.campus_name);
    let names = of.subjects.0.iter().filter_map(|code| plan.subject(*code));
    let subjects: Vec<&str> = names.map(|subject| subject.name_in(page.lang().code())).collect();
    Ok(Record {
        name: kept.name.clone(),
        sex: sex_name(page, &kept.sex),
        document_kind: document_kind_name(page.t, &kept.document_kind).to_owned(),
        document_number,
        revealed,
        school: place.school,
        campus: place.campus,
        student_number: kept.student_number.clone(),
        subjects: subjects.join("；"),
    })
}
