//! `/payment`: what is due, and how it is paid (Y1). It speaks from the situation (R18): where nothing is to be paid now, it says
//! why, and where to go on.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::response::Response;

use super::subject_name;
use crate::passport::notice::asking_to_verify;
use crate::passport::{Candidate, kept};
use crate::payment::views::{
    BankChoice, GatewayChoice, OpenOrder, PayRow, PaymentView, locked_remark, oral_remark,
};
use crate::situation::{Lead, On, Wording, Written};
use crate::web::answer::{PageError, refreshing, refusal, refused_html, see_other};
use crate::web::form_data::FormData;
use crate::web::known;
use crate::web::page::{Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::ids::EntryId;
use cet_base::words::time::Time;
use cet_domain::entry::{self, Entry, EntryState};
use cet_domain::payment::choice::{self, Needs};
use cet_domain::payment::refusal::PaymentRefusal;
use cet_domain::payment::rules;
use cet_domain::payment::store::Order;
use cet_domain::payment::verbs::{self, Confirmation, Pay};
use cet_domain::sitting::Plan;
use cet_domain::situation::Situation;
use cet_domain::situation::verbs::Read;

const PATH: &str = "/payment";

pub(super) async fn show(who: Candidate) -> Result<Response, PageError> {
    let kept = kept::typed(&who);
    let wish = Wish {
        entries: kept.all("entry").filter_map(EntryId::parse).collect(),
        gateway: kept.get("gateway").to_owned(),
        bank: kept.get("bank").to_owned(),
    };
    Ok(kept::given_back(&who, page(&who, &wish, (Vec::new(), Vec::new())).await?))
}

/// The submitted form, as far as it is shown again.
struct Wish {
    entries: BTreeSet<EntryId>,
    gateway: String,
    bank: String,
}

impl Wish {
    /// Parses the form; an invalid entry id belongs to no entry, as 0 does.
    fn read(form: &FormData) -> Result<Self, PageError> {
        let entry = |id: &str| EntryId::parse(id).unwrap_or(EntryId(0));
        Ok(Self {
            entries: form.many("entry").map(entry).collect(),
            gateway: form.one("gateway")?.to_owned(),
            bank: form.one("bank")?.to_owned(),
        })
    }
}

pub(super) async fn open(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let (_, plan) = who.sitting()?;
    let wish = Wish::read(&form)?;
    let payments = &who.app.payments;
    let pay = Pay {
        passport: who.session.passport,
        sitting: plan.code.clone(),
        entries: wish.entries.clone(),
        method: choice::method(&wish.gateway, &wish.bank, &payments.gateways.offered()),
        address: who.address.to_string(),
    };
    let mut refusals = match refusal(verbs::pay(payments, pay).await)? {
        Ok(order) => return Ok(see_other(&format!("/payment/{order}"))),
        Err(refusals) => refusals,
    };
    if let Some(seconds) = refusals.iter().find_map(|why| why.wait()) {
        return Err(PageError::TooMany(seconds));
    }
    let is_stale = |why: &PaymentRefusal| matches!(why, PaymentRefusal::NotFound | PaymentRefusal::NotBound);
    let gone = if refusals.iter().any(is_stale) {
        gone(&who, &plan, &wish.entries).await?
    } else {
        Some(Vec::new())
    };
    refusals.retain(|why| *why != PaymentRefusal::NotFound);
    let gone = gone.unwrap_or_else(|| {
        // What is not one's own is not there, with and without a registration; what else is wrong is named beside it.
        refusals.retain(|why| *why != PaymentRefusal::NotBound);
        refusals.insert(0, PaymentRefusal::NotFound);
        Vec::new()
    });
    if refusals.is_empty() && gone.is_empty() {
        refusals.push(PaymentRefusal::NothingToPay);
    }
    page(&who, &wish, (refusals, gone)).await
}

/// Which of the chosen entries have ended since the page was opened. `None` if one is not there, or somebody else's: no page
/// tells these apart (TH21).
async fn gone(
    who: &Candidate,
    plan: &Plan,
    chosen: &BTreeSet<EntryId>,
) -> Result<Option<Vec<Entry>>, PageError> {
    let (passport, sitting, chosen) = (who.session.passport, plan.code.clone(), chosen.clone());
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let now = tx.now().await?;
        let mut gone = Vec::new();
        for id in &chosen {
            let Some(own) = entry::store::own(tx, passport, &sitting, *id).await? else { return Ok(None) };
            if own.state != EntryState::Paid && !entry::rules::is_live(&own, now) {
                gone.push(own);
            }
        }
        Ok::<_, DbError>(Some(gone))
    });
    Ok(read.await?)
}

/// The page, and the reasons after a refusal: those of the verb, and what has ended since the page was opened.
async fn page(
    who: &Candidate,
    wish: &Wish,
    (mut refusals, gone): (Vec<PaymentRefusal>, Vec<Entry>),
) -> Result<Response, PageError> {
    let (catalogue, plan) = who.sitting()?;
    let needs = Needs::of(&catalogue, &plan.code);
    let (passport, chosen, current) = (who.session.passport, wish.entries.clone(), Arc::clone(&plan));
    let (looked_up, prints) = (who.session.looked_up, who.app.printer.key().is_some());
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let read = cet_domain::situation::verbs::read(tx, &current, passport, (looked_up, prints)).await?;
        let facts = verbs::confirm(tx, passport, &current.code, &chosen, &needs).await;
        Ok::<_, DbError>((read, facts))
    });
    let (read, facts) = read.await?;
    // Without a registration there is nothing to pay; only submitting the form is refused.
    let facts = refusal(facts)?.ok();
    let told = cet_domain::situation::decide(&read.facts, &plan, read.now).situation;
    refusals.dedup();
    let page = asking_to_verify(who, who.page_at(PATH))
        .titled("payment-title")
        .described("payment-about")
        .at_step(4);
    let shown = all_refused(&page, &plan, (&refusals, &gone), &read);
    let page = page.refusing(shown.clone(), Typed::default());
    let written = Written::of(&who.app.vault, &read)?;
    let words = Wording { page: &page, plan: &plan, money: &read.money, written: &written, now: read.now };
    let lead = Lead::of(&words, &told, On::Payment);
    let again = lead.refresh_header(PATH).filter(|_| shown.is_empty());
    let view = view(who, page, facts, (&plan, read.now), wish, (&told, lead));
    Ok(refreshing(refused_html(&shown, None, &view)?, again))
}

/// The refusals in words. Of an entry that has ended, or is paid, they say which it is.
fn all_refused(
    page: &Page,
    plan: &Plan,
    (refusals, gone): (&[PaymentRefusal], &[Entry]),
    read: &Read,
) -> Vec<Refused> {
    let name = |of: &Entry| {
        format!("{} ({}){}", subject_name(plan, of.subject, page.lang().code()), of.campus, of.campus_name)
    };
    let ended = |of: &Entry| {
        let key = match of.state {
            EntryState::Cancelled => "entry-ended-cancelled",
            EntryState::Withdrawn => "entry-ended-withdrawn",
            // One past its hold that no job has ended yet is gone all the same (R13).
            EntryState::Held | EntryState::Expired | EntryState::Paid => "payment-ended-expired",
        };
        page.f(key, &[("subject", &name(of))])
    };
    let of_verb = refusals.iter().map(|why| {
        let refused = refused(page, *why);
        match *why {
            PaymentRefusal::EntryPaid(id) => match read.facts.entries.iter().find(|of| of.id == id) {
                Some(of) => refused.saying(page.f("payment-ended-paid", &[("subject", &name(of))])),
                None => refused,
            },
            PaymentRefusal::EntryLocked(id) | PaymentRefusal::OralNeedsWritten(id) => {
                let Some(of) = read.facts.entries.iter().find(|of| of.id == id) else { return refused };
                let subject = name(of);
                let text = page.f("entry-refused-subject", &[("subject", &subject), ("text", &refused.text)]);
                refused.saying(text)
            }
            // Nothing is registered any more: what became of the last of it is told in its place.
            PaymentRefusal::NotBound if !gone.is_empty() => {
                let all: Vec<String> = gone.iter().map(ended).collect();
                refused.saying(all.join(page.m("situation-space")))
            }
            _ => refused,
        }
    });
    let mut all: Vec<Refused> = of_verb.collect();
    if !refusals.contains(&PaymentRefusal::NotBound) {
        let code = PaymentRefusal::NothingToPay.code();
        all.extend(gone.iter().map(|of| Refused::new(page.t, code).at("entry").saying(ended(of))));
    }
    all
}

fn refused(page: &Page, refusal: PaymentRefusal) -> Refused {
    let refused = Refused::new(page.t, refusal.code());
    let refused = match refusal.field() {
        Some(field) => refused.at(field),
        None => refused,
    };
    match refusal {
        PaymentRefusal::NotFound => refused.saying(page.m("payment-entry-unknown")),
        PaymentRefusal::OrderOpen(id) => refused.linked(format!("/payment/{id}"), page.m("payment-go-on")),
        _ => refused,
    }
}

fn view(
    who: &Candidate,
    page: Page,
    facts: Option<Confirmation>,
    (plan, now): (&Plan, Time),
    wish: &Wish,
    (told, lead): (&Situation, Lead),
) -> PaymentView {
    let t = page.t;
    let lang = t.lang().code();
    let offered = &who.app.payments.gateways;
    let rows = facts.iter().flat_map(|facts| &facts.rows).map(|row| PayRow {
        id: row.entry.id.to_string(),
        subject_name: subject_name(plan, row.entry.subject, lang),
        campus_name: format!("({}){}", row.entry.campus, row.entry.campus_name),
        fee: row.entry.fee.to_string(),
        payable: row.payable,
        ticked: row.ticked,
        why: match row.entry.state {
            rules::EntryState::Locked => locked_remark(t).to_owned(),
            _ if row.needs_written => oral_remark(t).to_owned(),
            _ => String::new(),
        },
    });
    let gateways = offered.all.iter().map(|gateway| {
        let code = gateway.code();
        GatewayChoice::of(code, t, wish.gateway == code.as_str())
    });
    let banks = offered.banks.iter().map(|bank| BankChoice {
        number: bank.number.clone(),
        name: known::bank(t.lang(), &bank.name),
        chosen: bank.number == wish.bank,
    });
    let due = facts.as_ref().and_then(|facts| facts.due);
    PaymentView {
        rows: rows.collect(),
        total: facts.as_ref().map_or_else(|| "¥0.00".to_owned(), |facts| format!("¥{}", facts.total)),
        due: due.map_or_else(String::new, Time::page),
        is_late: due.is_some_and(|due| due <= now),
        gateways: gateways.collect(),
        banks: banks.collect(),
        is_asked: super::is_asked(told),
        is_refused: matches!(told, Situation::BankRefused(_)),
        open_order: facts.and_then(|facts| facts.open).map(|order| open_order(&order)),
        command: None,
        lead,
        page,
    }
}

/// The link to an open order.
fn open_order(order: &Order) -> OpenOrder {
    OpenOrder {
        href: format!("/payment/{}", order.id),
        number: order.number.to_string(),
        sum: format!("¥{}", order.amount),
        until: order.deadline_at.page(),
    }
}

#[cfg(test)]
#[path = "../tests/standing.rs"]
mod tests;
