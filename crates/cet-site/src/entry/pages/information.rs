//! 报名信息 (R9).

use std::sync::Arc;

use axum::response::Response;

use super::rows::Seats;
use super::{cancel, refusal_texts, rows};
use crate::entry::views::{InformationView, Message, Record, UnboundInformationView, Unpaid};
use crate::passport::candidate::Candidate;
use crate::passport::views::document_kind_name;
use crate::payment::views::{OrderStory, Speaker};
use crate::registration::pages::sex_name;
use crate::situation::{self, Lead, On, Wording, Written};
use crate::web::answer::{PageError, refreshing, refused_html};
use crate::web::flash;
use crate::web::page::{Notice, Page, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::vault::Vault;
use cet_base::words::document::DocumentNumber;
use cet_base::words::ids::OrderId;
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::entry::progress::{EntryProgress, Step, StepState, chart};
use cet_domain::entry::{Entry, EntryRefusal, EntryState, rules};
use cet_domain::payment;
use cet_domain::payment::verbs::OrderTruth;
use cet_domain::registration::Registration;
use cet_domain::review::ReviewState;
use cet_domain::roster::Snapshot;
use cet_domain::sitting::{Catalogue, Plan};
use cet_domain::situation::Situation;
use cet_domain::situation::verbs::Read;

/// The page's path.
pub(super) const PATH: &str = "/registration";

pub(super) async fn page(who: Candidate) -> Result<Response, PageError> {
    show(&who, (&[], None)).await
}

/// What the page is made of, besides what decides the situation.
struct Known {
    read: Read,
    snapshot: Option<Snapshot>,
    orders: Vec<OrderTruth>,
}

/// One read, all of it by key.
async fn known(who: &Candidate, plan: &Arc<Plan>) -> Result<Known, PageError> {
    let (passport, plan, prints) = (who.session.passport, Arc::clone(plan), who.app.printer.key().is_some());
    let looked_up = who.session.looked_up;
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let read = cet_domain::situation::verbs::read(tx, &plan, passport, (looked_up, prints)).await?;
        let snapshot = match &read.facts.registration {
            Some(of) => cet_domain::registration::store::snapshot(tx, of.school, of.id).await?,
            None => None,
        };
        let orders = payment::verbs::truths(tx, passport, &read.money).await?;
        Ok::<_, DbError>(Known { read, snapshot, orders })
    });
    Ok(read.await?)
}

/// The page, with why something was refused, and of which entry.
pub(super) async fn show(
    who: &Candidate,
    (refusals, of_entry): (&[EntryRefusal], Option<&Entry>),
) -> Result<Response, PageError> {
    let (catalogue, plan) = who.told_sitting()?;
    let page = cancel::saying(who, &plan, who.page_at(PATH)).await?;
    let told = match of_entry {
        Some(entry) => refusal_texts::of_entry(&page, &plan, entry, refusals),
        None => refusal_texts::all(&page, &plan, refusals),
    };
    let Known { read, snapshot, orders } = known(who, &plan).await?;
    let standpoint = cet_domain::situation::decide(&read.facts, &plan, read.now);
    let page = saying(who, page).titled("entry-info-title").described("entry-info-about");
    let written = Written::of(&who.app.vault, &read)?;
    let words = Wording { page: &page, plan: &plan, money: &read.money, written: &written, now: read.now };
    let lead = Lead::of(&words, &standpoint.situation, On::Information);
    let speaker = Speaker {
        page: &page,
        catalogue: &catalogue,
        banks: &who.app.payments.gateways.banks,
        now: read.now,
    };
    let mut notices = situation::notices(&words, &standpoint.notes);
    notices.extend(speaker.seated_again(&orders));
    let orders: Vec<OrderStory> = speaker.stories(&orders, &plan.code);
    let notes = page.that_fit(notices);
    let page = page.refusing(told.clone(), Typed::default());
    let again = lead.refresh_header(PATH).filter(|_| told.is_empty());
    let retry = refusal_texts::retry_seconds(refusals, read.now);
    let response = if let (Some(of), Some(snapshot)) = (&read.facts.registration, snapshot) {
        let revealed = who.query("show").as_deref() == Some("document");
        let record = record(&page, &who.app.vault, &plan, (of, &snapshot), revealed)?;
        let view = view(
            page,
            (&catalogue, &plan),
            (&read, of),
            record,
            (&standpoint.situation, lead, notes),
            orders,
        );
        refused_html(&told, retry, &view)?
    } else {
        refused_html(&told, None, &UnboundInformationView { page, lead, notes, orders })?
    };
    Ok(flash::clear(who, refreshing(response, again)))
}

/// Adds the flash message, if there is one.
fn saying(who: &Candidate, page: Page) -> Page {
    let message = match flash::get(who) {
        Some("saved") => Message::Saved,
        Some("refreshed") => Message::Refreshed,
        Some("refresh-failed") => Message::RefreshFailed,
        Some(_) | None => return page,
    };
    let notice = message.notice(page.t);
    page.noting(notice)
}

fn view(
    page: Page,
    (catalogue, plan): (&Catalogue, &Plan),
    (read, of): (&Read, &Registration),
    record: Record,
    (situation, lead, notes): (&Situation, Lead, Vec<Notice>),
    orders: Vec<OrderStory>,
) -> InformationView {
    let (entries, now) = (&read.live, read.now);
    let seats = Seats { all: read.seats.clone(), signed: read.facts.prints };
    let progress: Vec<_> = entries.iter().map(|entry| progress(plan, entry, &seats)).collect();
    let chart = chart(&progress, now);
    let complete = chart.contains(&(Step::Complete, StepState::Done));
    let written_paid = chart.contains(&(Step::WrittenPaid, StepState::Done));
    let page = page.at_step(if complete {
        7
    } else if written_paid {
        5
    } else {
        4
    });
    let open = read.money.open(of.id);
    let locks = rows::Locks {
        home: of.campus,
        school: rows::place(of.campus, &of.school_name, "").school,
        until: read.facts.locks.clone(),
        asked: asked(situation),
        declined: open.filter(|_| matches!(situation, Situation::BankRefused(_))).map(|open| open.id),
        open: open.cloned(),
    };
    let written = rows::table(&page, plan, entries, (&seats, &locks), Mode::Written, now);
    InformationView {
        registration: of.id.to_string(),
        chart,
        record,
        // What it would open can only be entered while registration goes on.
        review: shows_review(read.facts.review.map(|review| review.state))
            || (written.open && rows::offers_review(plan, of)),
        written,
        oral: rows::table(&page, plan, entries, (&seats, &locks), Mode::Oral, now),
        unpaid: unpaid(entries, now).filter(|_| lead.in_bar),
        tickets_from: tickets_from(plan, entries),
        boards: rows::boards(&page, catalogue, plan, of.campus, &[Mode::Written, Mode::Oral]),
        orders,
        lead,
        notes,
        page,
    }
}

/// The order whose gateway is asked while its candidate waits: what it pays for is neither paid nor cancelled meanwhile.
pub(super) fn asked(situation: &Situation) -> Option<OrderId> {
    match situation {
        Situation::Asking(asked) | Situation::GatewaySilent(asked) => Some(asked.order),
        _ => None,
    }
}

/// The state of an application always shows (V1).
fn shows_review(review: Option<ReviewState>) -> bool {
    review.is_some_and(|state| state != ReviewState::Withdrawn)
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
    let of = |mode: Mode| rows::sum(payable.iter().copied().filter(move |entry| entry.mode == mode));
    (!payable.is_empty()).then(|| Unpaid {
        sum: rows::yuan(rows::sum(payable.iter().copied())),
        written: of(Mode::Written).to_string(),
        oral: of(Mode::Oral).to_string(),
    })
}

/// The first printing time of what is entered, else of the sitting; empty while none is set.
fn tickets_from(plan: &Plan, entries: &[Entry]) -> String {
    let entered = entries.iter().filter_map(|entry| plan.subject(entry.subject)?.printing_from).min();
    let any = || plan.subjects().iter().filter_map(|subject| subject.printing_from).min();
    entered.or_else(any).map(Time::page).unwrap_or_default()
}

fn record(
    page: &Page,
    vault: &Vault,
    plan: &Plan,
    (of, kept): (&Registration, &Snapshot),
    revealed: bool,
) -> Result<Record, PageError> {
    let number = kept.number(vault).map_err(PageError::fault)?;
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
        subjects: subjects.join(page.m("layout-subjects-and")),
    })
}
