//! `/staff/orders/{number}`: one order with everything that belongs to it, and a question to its gateway.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;
use gateway::OrderNumber;
use http::StatusCode;

use super::{events, gateway_words, state_words};
use crate::reconciliation::views::{class_words, state_words as difference_state};
use crate::staff::StaffMember;
use crate::staff::pages::{by, refunds, suspense};
use crate::staff::views::{
    OrderDifferenceRow, OrderFactsRow, OrderLineRow, OrderView, OtherOrderRow, ReceiptRow,
};
use crate::web::answer::{PageError, html, refusal, see_other};
use crate::web::flash;
use crate::web::known;
use crate::web::page::{Notice, Page, Tone};
use cet_base::store::{DbError, Stop, Tx};
use cet_base::texts::Lang;
use cet_base::words::codes::{SittingCode, SubjectCode};
use cet_base::words::fen::FenSum;
use cet_base::words::time::Time;
use cet_domain::entry;
use cet_domain::payment::gateways::{GatewayAnswer, Gateways};
use cet_domain::payment::rules::OrderState;
use cet_domain::payment::rules::asking::Answer;
use cet_domain::payment::store::dossier::{LineSeen, OtherOrder};
use cet_domain::payment::store::settling::IN_CONSOLE;
use cet_domain::payment::store::suspense::SuspenseSeen;
use cet_domain::payment::suspense::Doubt;
use cet_domain::payment::verbs::{AskRefusal, Dossier, ask_for_staff, dossier};
use cet_domain::reconciliation::Class;
use cet_domain::reconciliation::store::{Difference, open_of_order};
use cet_domain::staff::Permission;

/// What a question to a gateway brought: the word of the flash message, its text key and its tone.
const ANSWERS: [(&str, &str, Tone); 6] = [
    ("order-paid", "staff-order-said-paid", Tone::Ok),
    ("order-closed", "staff-order-said-closed", Tone::Info),
    ("order-waiting", "staff-order-said-waiting", Tone::Info),
    ("order-missing", "staff-order-said-missing", Tone::Info),
    ("order-declined", "staff-order-said-declined", Tone::Info),
    ("order-silence", "staff-order-said-silence", Tone::Warn),
];

/// The states of refunds whose sums are told apart from what its gateway has given back.
const APART: [(&str, &str); 4] = [
    ("by-hand", "staff-order-sum-by-hand"),
    ("due", "staff-order-sum-due"),
    ("refused", "staff-order-sum-refused"),
    ("unknown", "staff-order-sum-unknown"),
];

/// The address of an order.
pub(in crate::staff::pages) fn address(number: &str) -> String {
    format!("/staff/orders/{number}")
}

/// The name of a subject in the page's language.
pub(in crate::staff::pages) fn subject_name(
    who: &StaffMember,
    page: &Page,
    sitting: &SittingCode,
    subject: SubjectCode,
) -> String {
    let (zh, en) = entry::messages::names(&who.app.catalogue.get(), sitting, subject);
    format!("({subject}) {}", if page.lang() == Lang::En && !en.is_empty() { en } else { zh })
}

fn number(text: &str) -> Result<OrderNumber, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

pub(in crate::staff::pages) async fn show(
    who: StaffMember,
    Path(text): Path<String>,
) -> Result<Response, PageError> {
    who.needs(Permission::SeeOrder)?;
    let number = number(&text)?;
    let (scope, gateways) = (who.scope.clone(), Arc::clone(&who.app.payments.gateways));
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let Some(of) = dossier(tx, &scope, &number, &gateways).await? else { return Ok(None) };
            let differing = differences(tx, &of, &gateways).await?;
            Ok(Some((of, differing)))
        })
        .await;
    let (of, differing) = found?.ok_or(PageError::NotFound)?;
    let (mut page, menu) = who.frame_at(&address(&text), "staff-order").await?;
    page.title = page.f("staff-refund-of-order", &[("number", of.order.number.as_str())]);
    if let Some((_, key, tone)) = ANSWERS.iter().find(|(word, ..)| flash::get(&who) == Some(*word)) {
        let words = page.t.find(key).unwrap_or_default();
        let note = Notice::new(*tone, page.m("staff-order-asked"), words);
        page = page.noting(note);
    }
    let view = OrderView {
        agrees: agrees(&page, &of, !differing.is_empty()),
        lines: of.lines.iter().map(|line| line_row(&who, &page, &of, line)).collect(),
        total: format!("¥{}", FenSum::of(of.lines.iter().map(|line| line.amount))),
        receipts: of.receipts.iter().map(|row| receipt_row(&page, row)).collect(),
        refunds: of.refunds.iter().map(|row| refunds::row(&page, row)).collect(),
        suspense: of.suspense.iter().map(|row| suspense::row(&page, row)).collect(),
        differences: differing.iter().map(|row| difference_row(&who, &page, row)).collect(),
        others: of.others.iter().map(|row| other_row(&page, row)).collect(),
        events: of.events.iter().map(|event| events::row(&page, event)).collect(),
        may_ask: who.may(Permission::Orders),
        may_return: of.lines.iter().any(may_return),
        of: facts(&who, &page, &of),
        page,
        menu,
    };
    Ok(flash::clear(&who, html(StatusCode::OK, &view)?))
}

/// An order as another page links to it.
pub(in crate::staff::pages) fn other_row(page: &Page, of: &OtherOrder) -> OtherOrderRow {
    OtherOrderRow {
        href: address(&of.number),
        number: of.number.clone(),
        state: state_words(page, &of.state),
        amount: format!("¥{}", of.amount),
    }
}

fn facts(who: &StaffMember, page: &Page, of: &Dossier) -> OrderFactsRow {
    let order = &of.order;
    let may_find = of.found.live && who.may(Permission::FindRegistrations);
    OrderFactsRow {
        number: order.number.to_string(),
        amount: format!("¥{}", order.amount),
        gateway: gateway_words(page, order.method.gateway.as_str()),
        bank: bank_words(who, &order.method.bank),
        state: state_words(page, order.state.wire()),
        class: match order.state {
            OrderState::Open => "warn",
            OrderState::Paid => "ok",
            OrderState::Closed(_) => "",
        },
        opened_at: order.opened_at.page(),
        deadline_at: order.deadline_at.page(),
        settled_at: order.settled_at.map(Time::page).unwrap_or_default(),
        ask_at: order.ask_at.map(Time::page).unwrap_or_default(),
        name: of.found.name.clone(),
        registration: if may_find {
            format!("/staff/registrations/{}/{}", order.school, order.registration)
        } else {
            String::new()
        },
        school: order.school.to_string(),
    }
}

/// A bank's number with its name.
pub(super) fn bank_words(who: &StaffMember, number: &str) -> String {
    let banks = &who.app.payments.gateways.banks;
    match banks.iter().find(|bank| bank.number == number) {
        Some(bank) => format!("{number} {}", known::bank(who.lang, &bank.name)),
        None => number.to_owned(),
    }
}

/// What daily bills say of the order that our books do not, and nobody has explained.
async fn differences(tx: &mut Tx<'_>, of: &Dossier, gateways: &Gateways) -> Result<Vec<Difference>, DbError> {
    let (gateway, number) = (of.order.method.gateway, of.order.number.as_str());
    let on_wire = gateways.gateway(gateway).map(|gateway| gateway.wire_number(&of.order.reference()));
    let numbers = (number, on_wire.as_deref().unwrap_or(number));
    open_of_order(tx, gateway.as_str(), numbers).await
}

fn difference_row(who: &StaffMember, page: &Page, of: &Difference) -> OrderDifferenceRow {
    let (state, class) = difference_state(page, of);
    let sum = |sum: Option<FenSum>| sum.map_or_else(|| "—".to_owned(), |sum| sum.to_string());
    OrderDifferenceRow {
        href: if who.may(Permission::Reconciliation) {
            format!("/staff/reconciliation/{}/{}", of.gateway, of.day)
        } else {
            String::new()
        },
        day: of.day.clone(),
        kind: Class::from_wire(&of.class).map_or("", |class| class_words(page, class)),
        ours: sum(of.ours),
        theirs: sum(of.theirs),
        state,
        class,
    }
}

/// Whether what came is divided between subjects and refunds, as a note of this tone.
fn agrees(page: &Page, of: &Dossier, differs: bool) -> (&'static str, &'static str, String) {
    let received = FenSum::of(of.receipts.iter().map(|row| row.amount));
    let back = FenSum::of(of.refunds.iter().map(|row| row.amount));
    let used = FenSum::of(of.receipts.iter().map(|row| row.used));
    let text = sums(page, of, (received, used));
    if of.suspense.iter().any(|row| row.state == "open") {
        ("warn", page.m("staff-order-doubtful"), text)
    } else if received.get() != used.get().saturating_add(back.get()) {
        ("bad", page.m("staff-order-differs"), text)
    } else if unbooked(of) {
        ("warn", page.m("staff-order-console-unbooked"), text)
    } else if differs {
        ("warn", page.m("staff-order-bill-differs"), text)
    } else if of.refunds.iter().any(|row| matches!(row.state.as_str(), "refused" | "unknown")) {
        ("warn", page.m("staff-order-refund-stuck"), text)
    } else if of.order.state == OrderState::Open && matches!(of.order.answer, Some((Answer::Silence, _))) {
        ("warn", page.m("staff-order-silent"), text)
    } else {
        ("ok", page.m("staff-order-agrees"), text)
    }
}

/// Whether a refund that the gateway told of was settled as something else than one, so that no book has its sum.
fn unbooked(of: &Dossier) -> bool {
    let is_told = |row: &&SuspenseSeen| row.reason == Doubt::Refunded.wire() && row.state == "settled";
    let told = of.suspense.iter().filter(is_told).count();
    told > of.refunds.iter().filter(|row| row.reason == IN_CONSOLE).count()
}

/// What came, what of it subjects keep, and what went back; what has not gone back, or went another way, is told apart.
fn sums(page: &Page, of: &Dossier, (received, kept): (FenSum, FenSum)) -> String {
    let in_state = |states: &[&str]| {
        let some = of.refunds.iter().filter(|row| states.contains(&row.state.as_str()));
        FenSum::of(some.map(|row| row.amount))
    };
    let yuan = |sum: FenSum| format!("¥{sum}");
    let (received, kept, back) = (yuan(received), yuan(kept), yuan(in_state(&["done", "by-hand"])));
    let whole = [("received", received.as_str()), ("used", kept.as_str()), ("back", back.as_str())];
    let mut told = vec![page.f("staff-order-sums", &whole)];
    for (state, key) in APART {
        let sum = in_state(&[state]);
        if !sum.is_zero() {
            told.push(page.f(key, &[("sum", &yuan(sum))]));
        }
    }
    told.join(if page.lang() == Lang::En { " " } else { "" })
}

fn line_row(who: &StaffMember, page: &Page, of: &Dossier, line: &LineSeen) -> OrderLineRow {
    let (class, state) = match line.receipt {
        // The entry is paid, but not by this order.
        None if line.state == "paid" => ("info", page.m("staff-entry-paid-elsewhere")),
        _ => entry_words(page, &line.state, line.locked_by.is_some()),
    };
    let holds = matches!(line.state.as_str(), "held" | "paid");
    let seat = match (&line.ticket, holds) {
        (Some(ticket), true) => page.f("staff-order-seated", &[("ticket", ticket)]),
        (Some(ticket), false) => page.f("staff-order-seat-void", &[("ticket", ticket)]),
        (None, true) => page.m("staff-order-seat-held").to_owned(),
        (None, false) => page.m("staff-order-seat-free").to_owned(),
    };
    OrderLineRow {
        subject: subject_name(who, page, &of.order.sitting, line.subject),
        campus: format!("({}){}", line.campus, line.campus_name),
        amount: line.amount.to_string(),
        back: if line.back == FenSum::ZERO { String::new() } else { line.back.to_string() },
        state,
        class,
        seat,
    }
}

/// The state of an entry in words, with the class of its tag.
pub(in crate::staff::pages) fn entry_words(
    page: &Page,
    state: &str,
    locked: bool,
) -> (&'static str, &'static str) {
    match state {
        "paid" => ("ok", page.m("staff-col-paid")),
        "held" if locked => ("info", page.m("staff-entry-locked")),
        "held" => ("warn", page.m("staff-col-unpaid")),
        "expired" => ("", page.m("staff-entry-expired")),
        "withdrawn" => ("", page.m("staff-entry-withdrawn")),
        _ => ("", page.m("staff-entry-cancelled")),
    }
}

/// Whether something can go back of a line: it is paid by this order, and not all of it went back.
fn may_return(line: &LineSeen) -> bool {
    line.receipt.is_some() && line.state == "paid" && line.back.get() < line.amount.get()
}

fn receipt_row(page: &Page, of: &cet_domain::payment::store::dossier::ReceiptSeen) -> ReceiptRow {
    ReceiptRow {
        trade_no: of.trade_no.clone(),
        amount: of.amount.to_string(),
        used: of.used.to_string(),
        proof: if of.proof == "notice" { page.m("staff-proof-notice") } else { page.m("staff-proof-query") },
        at: of.received_at.page(),
    }
}

pub(in crate::staff::pages) async fn ask(
    who: StaffMember,
    Path(text): Path<String>,
) -> Result<Response, PageError> {
    who.needs(Permission::Orders)?;
    let done: Result<GatewayAnswer, Stop<AskRefusal>> =
        ask_for_staff(&who.app.payments, by(&who), number(&text)?).await;
    let word = match refusal(done)? {
        Ok(GatewayAnswer::Paid { .. }) => "order-paid",
        Ok(GatewayAnswer::Closed) => "order-closed",
        Ok(GatewayAnswer::Waiting) => "order-waiting",
        Ok(GatewayAnswer::Missing) => "order-missing",
        Ok(GatewayAnswer::Declined) => "order-declined",
        Ok(GatewayAnswer::Silence) => "order-silence",
        Err(AskRefusal::NotFound) => return Err(PageError::NotFound),
        Err(AskRefusal::TooMany(wait)) => return Err(PageError::TooMany(wait.seconds)),
    };
    Ok(flash::set(&who, see_other(&address(&text)), word))
}
