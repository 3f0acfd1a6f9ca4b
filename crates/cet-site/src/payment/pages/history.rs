//! `/account/payments` and the receipt of one order.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;
use http::{HeaderValue, StatusCode};
use ticket_pdf::Fonts;

use super::{method_words, subject_name};
use crate::passport::Candidate;
use crate::passport::views::document_kind_name;
use crate::payment::views::{
    HistoryRow, HistoryView, MoneyBack, RefundRow, doubted, money_words, reason_words,
};
use crate::ticket::pages::{file, unprinted, warn_of_boxes};
use crate::web::answer::{PageError, html, refusal};
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::texts::Lang;
use cet_base::words::codes::{SittingCode, SubjectCode};
use cet_base::words::document::DocumentNumber;
use cet_base::words::fen::FenSum;
use cet_base::words::ids::OrderId;
use cet_base::words::time::Time;
use cet_domain::payment::store::RefundShown;
use cet_domain::payment::verbs::{self, PastOrder, Receipt};
use cet_domain::sitting::{Catalogue, Plan};

/// Orders on one page.
const PAGE: usize = 20;

pub(super) async fn list(who: Candidate) -> Result<Response, PageError> {
    let before = match who.query("after").filter(|after| !after.is_empty()) {
        Some(after) => Some(OrderId::parse(&after).ok_or(PageError::NotFound)?),
        None => None,
    };
    let passport = who.session.passport;
    let read: Result<_, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| verbs::history(tx, passport, before, PAGE).await).await;
    let history = read?;
    let page = who.page().titled("payment-history-title").described("payment-history-about");
    let catalogue = who.app.catalogue.get();
    let rows = history.orders.iter().map(|order| row(&who, &page, &catalogue, order, history.now)).collect();
    let older = history.next.map(|id| format!("/account/payments?after={id}"));
    html(StatusCode::OK, &HistoryView { page, rows, is_later: before.is_some(), older })
}

fn row(who: &Candidate, page: &Page, catalogue: &Catalogue, of: &PastOrder, now: Time) -> HistoryRow {
    let order = &of.money.order;
    let names = Names::of(catalogue, &order.sitting, page.lang());
    let (word, class) = money_words(page, &of.money, now);
    HistoryRow {
        href: format!("/payment/{}", order.id),
        number: order.number.to_string(),
        sitting: names.sitting(),
        subjects: of.subjects.iter().map(|subject| names.subject(*subject)).collect(),
        sum: format!("¥{}", order.amount),
        method: method_words(who, page, &order.method),
        opened: order.opened_at.page(),
        paid: of.money.paid_at().map_or_else(String::new, Time::page),
        word,
        class,
        back: of.money.refunds.iter().map(|refund| refund_row(page, &names, of, refund)).collect(),
        receipt: of.money.paid_at().map(|_| format!("/account/payments/{}/receipt.pdf", order.id)),
    }
}

fn refund_row(page: &Page, names: &Names<'_>, of: &PastOrder, refund: &RefundShown) -> RefundRow {
    let returned = of.money.returned.iter().filter(|one| one.refund == refund.id);
    let subjects: Vec<String> = returned.map(|one| names.subject(one.subject)).collect();
    let of = subjects.join(page.m("situation-and"));
    RefundRow { of, back: MoneyBack::of(page, refund), why: reason_words(page.t, &refund.reason) }
}

/// The names of an order's sitting, which need not be the current one.
struct Names<'c> {
    code: &'c SittingCode,
    plan: Option<&'c Arc<Plan>>,
    lang: Lang,
}

impl<'c> Names<'c> {
    fn of(catalogue: &'c Catalogue, code: &'c SittingCode, lang: Lang) -> Self {
        Self { code, plan: catalogue.sitting(code), lang }
    }

    fn sitting(&self) -> String {
        match (self.plan, self.lang) {
            (Some(plan), Lang::Zh) => plan.name.clone(),
            (Some(plan), Lang::En) => plan.name_en.clone(),
            (None, _) => self.code.to_string(),
        }
    }

    fn subject(&self, code: SubjectCode) -> String {
        self.plan.map_or_else(|| format!("({code})"), |plan| subject_name(plan, code, self.lang.code()))
    }
}

pub(super) async fn receipt(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = OrderId::parse(&id).ok_or(PageError::NotFound)?;
    let slot = who.app.printer.slot().await.map_err(unprinted)?;
    let passport = who.session.passport;
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| verbs::receipt(tx, passport, id).await);
    // The same page for what is not there, what is somebody else's and what nobody paid (TH21).
    let receipt = refusal(read.await)?.map_err(|_| PageError::NotFound)?;
    let page = who.page();
    let method = method_words(&who, &page, &receipt.money.order.method);
    let document = match &receipt.payer {
        Some(payer) => payer.number(&who.app.vault).map_err(PageError::fault)?,
        None => String::new(),
    };
    let sheet = sheet(&page, &who.app.catalogue.get(), &receipt, method, &document);
    let draw = move |fonts: &Fonts| ticket_pdf::receipt(fonts, &sheet);
    let printed = who.app.printer.print(slot, draw).await.map_err(unprinted)?;
    warn_of_boxes(&printed.missing);
    let name = format!("attachment; filename=\"receipt-{}.pdf\"", receipt.money.order.number);
    Ok(file(HeaderValue::from_static("application/pdf"), &name, printed.pdf))
}

/// What the receipt says, in the language of the candidate's pages. `document` is the payer's number.
fn sheet(
    page: &Page,
    catalogue: &Catalogue,
    of: &Receipt,
    method: String,
    document: &str,
) -> ticket_pdf::Receipt {
    let order = &of.money.order;
    let names = Names::of(catalogue, &order.sitting, page.lang());
    let paid_at = of.money.paid_at().map_or_else(String::new, Time::page);
    let mut facts = vec![
        (page.m("payment-order-number").to_owned(), order.number.to_string()),
        (page.m("payment-receipt-sitting").to_owned(), names.sitting()),
        (page.m("payment-history-method").to_owned(), method),
        (page.m("payment-order-created").to_owned(), order.opened_at.page()),
        (page.m("payment-history-paid-at").to_owned(), paid_at),
    ];
    facts.extend(payer(page, of, document));
    let mut tables = vec![entries(page, &names, of), received(page, of)];
    tables.extend(refunds(page, of));
    ticket_pdf::Receipt {
        lang: page.lang().html(),
        title: page.m("payment-receipt-title").to_owned(),
        under: page.m("layout-site").to_owned(),
        facts,
        tables,
        notes: notes(page, of),
        foot: page.f("payment-receipt-printed", &[("time", &of.now.page())]),
    }
}

/// What stands below the sums: first what may not be in them yet.
fn notes(page: &Page, of: &Receipt) -> Vec<String> {
    let mut all = vec![page.m("payment-receipt-no-invoice").to_owned()];
    if !of.in_doubt.is_empty() {
        let (key, sum) = doubted(&of.in_doubt, ["payment-receipt-doubt", "payment-receipt-doubt-no-sum"]);
        all.insert(0, page.f(key, &[("sum", &sum)]));
    }
    all
}

/// Who was registered; the document only as far as its owner knows it again.
fn payer(page: &Page, of: &Receipt, document: &str) -> Vec<(String, String)> {
    let Some(payer) = &of.payer else {
        let gone = page.m("payment-receipt-released").to_owned();
        return vec![(page.m("payment-receipt-payer").to_owned(), gone)];
    };
    let masked = DocumentNumber::parse(document).map_or_else(|_| String::new(), |number| number.masked());
    let kind = document_kind_name(page.t, &payer.document_kind);
    let school = format!("({}){}", of.money.order.school, payer.school_name);
    vec![
        (page.m("payment-receipt-name").to_owned(), cet_domain::printing::coverage::with_codes(&payer.name)),
        (page.m("payment-receipt-school").to_owned(), school),
        (page.m("payment-receipt-document").to_owned(), format!("{kind} {masked}")),
    ]
}

/// A table whose last column holds sums, with what they come to.
fn table(
    heading: &str,
    columns: [(&str, f32); 3],
    rows: Vec<Vec<String>>,
    totals: &[(&str, FenSum)],
) -> ticket_pdf::Table {
    ticket_pdf::Table {
        heading: heading.to_owned(),
        columns: columns.map(|(name, share)| (name.to_owned(), share)).into(),
        rows,
        totals: totals.iter().map(|(label, sum)| ((*label).to_owned(), format!("¥{sum}"))).collect(),
    }
}

fn entries(page: &Page, names: &Names<'_>, of: &Receipt) -> ticket_pdf::Table {
    let rows = of.lines.iter().map(|line| {
        let campus = format!("({}){}", line.entry.campus, line.entry.campus_name);
        vec![names.subject(line.entry.subject), campus, line.amount.to_string()]
    });
    let columns = [
        (page.m("payment-receipt-subject"), 0.4),
        (page.m("payment-receipt-campus"), 0.42),
        (page.m("payment-receipt-fee"), 0.18),
    ];
    let total = (page.m("payment-total"), of.money.order.amount);
    table(page.m("payment-entries"), columns, rows.collect(), &[total])
}

/// Mostly one row; a second one where it was paid twice.
fn received(page: &Page, of: &Receipt) -> ticket_pdf::Table {
    let all = of.money.received.iter();
    let rows = all.map(|one| vec![one.trade_no.clone(), one.received_at.page(), one.amount.to_string()]);
    let columns = [
        (page.m("payment-receipt-trade"), 0.52),
        (page.m("payment-receipt-at"), 0.3),
        (page.m("payment-receipt-fee"), 0.18),
    ];
    let total = (page.m("payment-total"), of.money.flow().received);
    table(page.m("payment-receipt-money"), columns, rows.collect(), &[total])
}

/// What went back or is on its way, and what stays; nothing where all stays.
fn refunds(page: &Page, of: &Receipt) -> Option<ticket_pdf::Table> {
    if of.money.refunds.is_empty() {
        return None;
    }
    let rows = of.money.refunds.iter().map(|refund| {
        let back = MoneyBack::of(page, refund);
        vec![back.word.to_owned(), back.at, refund.amount.to_string()]
    });
    let columns = [
        (page.m("payment-order-state"), 0.52),
        (page.m("payment-receipt-at"), 0.3),
        (page.m("payment-receipt-fee"), 0.18),
    ];
    let flow = of.money.flow();
    let totals =
        [(page.m("payment-receipt-back-total"), flow.back()), (page.m("payment-receipt-kept"), flow.kept())];
    Some(table(page.m("payment-history-back"), columns, rows.collect(), &totals))
}

#[cfg(test)]
#[path = "../tests/history.rs"]
mod tests;
