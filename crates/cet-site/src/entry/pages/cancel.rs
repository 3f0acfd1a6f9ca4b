//! 取消: the page that asks, and giving an unpaid entry up (R10, R13).

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::information::{self, PATH};
use super::refusal_texts::{entry_name, subject_name};
use super::{refusal_texts, registration_of, rows};
use crate::entry::views::{CancellationView, Going, Message};
use crate::passport::candidate::Candidate;
use crate::web::answer::{PageError, html, refusal, see_other};
use crate::web::error_views::ErrorView;
use crate::web::flash;
use crate::web::page::{Link, Notice, Page, Tone};
use cet_base::store::{DbError, Tx};
use cet_base::words::ids::{EntryId, OrderId};
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::entry::verbs::{
    CancelCommand, Cancellation, cancel as cancel_entry, cancellation as asked_for,
};
use cet_domain::entry::{Entry, EntryRefusal, EntryState, store};
use cet_domain::payment;
use cet_domain::payment::rules::pay_until;
use cet_domain::payment::verbs::{end_open, ends_of};
use cet_domain::sitting::{Catalogue, Plan};
use cet_domain::situation;

/// What the next page says.
const CANCELLED: &str = "cancelled";

/// What cancelling would do. The same page for what is not there and for what is somebody else's (TH21).
pub(super) async fn ask(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    let entry = EntryId::parse(&id).ok_or(PageError::NotFound)?;
    let (catalogue, plan) = sitting_of(&who, entry).await?;
    let (session, given, current) = (who.session.clone(), Arc::clone(&catalogue), Arc::clone(&plan));
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let Some(of) = registration_of(tx, &session, &current.code).await? else { return Ok(None) };
        let open = payment::store::open_of(tx, of.school, of.id).await?;
        let asked = asked_for(tx, &given, &of, entry).await?;
        let standing = situation::verbs::read(tx, &current, session.passport, (None, false)).await?;
        Ok::<_, DbError>(asked.map(|asked| {
            let (at, order) = (asked.entry.expires_at, asked.entry.order);
            (pay_until(standing.now, at, ends_of(open.as_ref(), order)), asked, standing)
        }))
    });
    let Some((until, asked, standing)) = read.await? else { return ended(&who, &plan, entry).await };
    let told = situation::decide(&standing.facts, &plan, standing.now).situation;
    let is_asked = information::asked(&told).is_some_and(|order| pays_for(&asked, order));
    let page = who.page();
    let told = refusal_texts::of_entry(&page, &plan, &asked.entry, &asked.refused);
    // Nothing was asked for yet: why it can't be cancelled (any more) is a note.
    let page = told.into_iter().fold(page, |page, why| page.noting(Notice::new(Tone::Info, why.text, "")));
    let notice = asking(&page);
    let page = if is_asked && asked.refused.is_empty() { page.noting(notice) } else { page };
    html(StatusCode::OK, &view(page, &plan, &asked, (until, is_asked)))
}

/// Whether an order pays for the entry, or for what would go along.
fn pays_for(asked: &Cancellation, order: OrderId) -> bool {
    std::iter::once(&asked.entry).chain(&asked.with_it).any(|entry| entry.order == Some(order))
}

/// While its gateway is asked, nobody knows whether it is paid: it can be neither paid nor cancelled.
fn asking(page: &Page) -> Notice {
    Notice::new(Tone::Warn, page.m("entry-asking-title"), page.m("entry-cancellation-asking"))
}

/// The current sitting. While there is none, what is not there and what is somebody else's has the page of that all the same
/// (TH21).
async fn sitting_of(who: &Candidate, entry: EntryId) -> Result<(Arc<Catalogue>, Arc<Plan>), PageError> {
    match who.sitting() {
        Ok(current) => Ok(current),
        Err(none) => {
            let (_, last) = who.told_sitting().map_err(|_| PageError::NotFound)?;
            own(who, &last, entry).await?.ok_or(PageError::NotFound)?;
            Err(none)
        }
    }
}

async fn own(who: &Candidate, plan: &Plan, entry: EntryId) -> Result<Option<Entry>, PageError> {
    let (passport, sitting) = (who.session.passport, plan.code.clone());
    let read: Result<_, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| store::own(tx, passport, &sitting, entry).await).await;
    Ok(read?)
}

/// The page that asked, opened again after its entry has ended: what became of it. The same page for what is not there and for
/// what is somebody else's (TH21).
async fn ended(who: &Candidate, plan: &Plan, entry: EntryId) -> Result<Response, PageError> {
    let of = own(who, plan, entry).await?.ok_or(PageError::NotFound)?;
    let key = match of.state {
        EntryState::Cancelled => "entry-ended-cancelled",
        // One past its hold that no job has ended yet is gone all the same (R13).
        EntryState::Held | EntryState::Expired => "entry-ended-expired",
        EntryState::Withdrawn => "entry-ended-withdrawn",
        EntryState::Paid => return Ok(see_other(PATH)),
    };
    let page = who.page().titled("entry-cancellation-title").described("entry-cancellation-about");
    let text = page.f(key, &[("subject", &entry_name(&page, plan, &of))]);
    let ways = vec![Link { href: PATH.to_owned(), text: page.m("error-way-registration").to_owned() }];
    html(StatusCode::OK, &ErrorView { page, code: None, text, ways, incident: None })
}

fn view(page: Page, plan: &Plan, asked: &Cancellation, (until, is_asked): (Time, bool)) -> CancellationView {
    let step = match asked.entry.mode {
        Mode::Written => 4,
        Mode::Oral => 5,
    };
    let going = |entry: &Entry| Going {
        subject: subject_name(&page, plan, entry.subject),
        place: rows::place(entry.campus, &entry.school_name, &entry.campus_name),
        fee: rows::yuan(rows::sum(std::iter::once(entry))),
    };
    CancellationView {
        entry: going(&asked.entry),
        with_it: asked.with_it.iter().map(going).collect(),
        pay_until: until.page(),
        order_ends: asked.order_ends,
        may: asked.refused.is_empty() && !is_asked,
        page: page.titled("entry-cancellation-title").described("entry-cancellation-about").at_step(step),
    }
}

/// Cancels, whether the page has asked or not: whoever sends this form means it.
pub(super) async fn cancel(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    let entry = EntryId::parse(&id).ok_or(PageError::NotFound)?;
    let (catalogue, plan) = sitting_of(&who, entry).await?;
    let cmd = CancelCommand { passport: who.session.passport, sitting: plan.code.clone(), entry };
    let mut done = give_up(&who, &catalogue, &cmd).await?;
    let mut order_ended = false;
    if done.as_ref().is_err_and(|refusals| refusals.iter().all(|why| why.code() == "order-open")) {
        // The order that pays for it ends first; a gateway that does not answer leaves the refusal as it is.
        if refusal(end_open(&who.app.payments, cmd.passport, cmd.sitting.clone()).await)?.is_ok() {
            order_ended = true;
            done = give_up(&who, &catalogue, &cmd).await?;
        }
    }
    match done {
        Ok(gone) => {
            // A repeat finds nothing left to do, and says the same of the entry that it names.
            let mut ids: Vec<i64> = gone.iter().map(|id| id.0).collect();
            if ids.is_empty() {
                ids.push(entry.0);
            }
            Ok(flash::set_of(&who, see_other(PATH), CANCELLED, &ids))
        }
        // Past its hold it was kept by that order only, and has ended with it.
        Err(refusals) if order_ended && refusals.contains(&EntryRefusal::NotFound) => {
            Ok(flash::set(&who, see_other(PATH), "refreshed"))
        }
        Err(refusals) if refusals.contains(&EntryRefusal::NotFound) => match own(&who, &plan, entry).await? {
            // It ended in another way: the information page says how.
            Some(_) => Ok(see_other(PATH)),
            // The same page for what is not there and for what is somebody else's (TH21).
            None => Err(PageError::NotFound),
        },
        Err(refusals) => {
            let of = own(&who, &plan, entry).await?;
            information::show(&who, (&refusals, of.as_ref())).await
        }
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

/// Says on the next page what was cancelled, by subject and campus, as far as it is the reader's own.
pub(super) async fn saying(who: &Candidate, plan: &Plan, page: Page) -> Result<Page, PageError> {
    if flash::get(who) != Some(CANCELLED) {
        return Ok(page);
    }
    let (passport, sitting) = (who.session.passport, plan.code.clone());
    let read =
        who.app.db.read(async move |tx: &mut Tx<'_>| store::cancelled(tx, passport, &sitting).await).await;
    let own: Vec<Entry> = read?;
    let ids = flash::ids(who);
    let gone = own.iter().filter(|entry| ids.contains(&entry.id.0));
    let names: Vec<String> = gone.map(|entry| entry_name(&page, plan, entry)).collect();
    let mut notice = Message::Cancelled.notice(page.t);
    notice.text = names.join(page.m("entry-cancelled-and"));
    Ok(page.noting(notice))
}
