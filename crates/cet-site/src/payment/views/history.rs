//! 我的支付: every order of a passport with its refunds.

use askama::Template;

use super::MoneyBack;
use crate::web::page::Page;
use cet_base::texts::Texts;
use cet_base::words::time::Time;
use cet_domain::payment::rules::outcome::Outcome;
use cet_domain::payment::verbs::{Fate, OrderMoney};

/// A refund and why the money went back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRow {
    /// Sum, state and time.
    pub back: MoneyBack,
    /// Of which subjects, where staff refunded them one by one; else empty.
    pub of: String,
    /// The reason in a sentence; empty for one that is not known here.
    pub why: &'static str,
}

/// One order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// `/payment/{order}`.
    pub href: String,
    /// 支付单号.
    pub number: String,
    /// The sitting's name.
    pub sitting: String,
    /// What it pays for, each with its code.
    pub subjects: Vec<String>,
    /// Its sum: `¥0.02`.
    pub sum: String,
    /// Gateway and bank.
    pub method: String,
    /// When it was opened, `YYYY-MM-DD HH:MM`.
    pub opened: String,
    /// When its money came; empty where none did.
    pub paid: String,
    /// The state in a word.
    pub word: &'static str,
    /// The class beside `tag`.
    pub class: &'static str,
    /// What went back of it, or is on its way.
    pub back: Vec<RefundRow>,
    /// Where its receipt is; `None` for an order that no money came for.
    pub receipt: Option<String>,
}

/// `/account/payments`.
#[derive(Template)]
#[template(path = "payment/history.html")]
pub struct HistoryView {
    /// What every page has.
    pub page: Page,
    /// The orders, the newest first.
    pub rows: Vec<HistoryRow>,
    /// Whether this is not the first page.
    pub is_later: bool,
    /// Where the next page is, if there is one.
    pub older: Option<String>,
}

/// The same of an order that the bank has refused, and that can be paid again.
#[must_use]
pub(super) fn declined_words(page: &Page) -> (&'static str, &'static str) {
    (page.m("payment-line-declined"), " warn")
}

/// What has become of an order and of its money in a word, and the class beside `tag`: the same on every page.
#[must_use]
pub fn money_words(page: &Page, of: &OrderMoney, now: Time) -> (&'static str, &'static str) {
    let with = |due, staff, back, is_back: bool| {
        if is_back {
            (page.m(back), " ok")
        } else {
            (page.m(if of.is_with_staff() { staff } else { due }), " warn")
        }
    };
    match of.fate(now) {
        Fate::Declined => declined_words(page),
        Fate::PaidTwice { is_back, .. } => {
            with("payment-line-twice", "payment-line-twice-staff", "payment-line-twice-back", is_back)
        }
        Fate::PaidLess { is_back, .. } => {
            with("payment-line-less", "payment-line-less-staff", "payment-line-less-back", is_back)
        }
        Fate::InPart { is_back, .. } => {
            with("payment-line-part", "payment-line-part-staff", "payment-line-part-back", is_back)
        }
        Fate::WithStaff(_) => (page.m("payment-line-staff"), " warn"),
        Fate::Waiting
        | Fate::Asking
        | Fate::Paid
        | Fate::Closed { .. }
        | Fate::GoingBack(_)
        | Fate::Back(_) => outcome_words(page, of.outcome(now)),
    }
}

/// The state in a word, and the class beside `tag`.
#[must_use]
pub fn outcome_words(page: &Page, outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Waiting => (page.m("payment-order-open"), " warn"),
        Outcome::Asking => (page.m("payment-order-asking"), " warn"),
        Outcome::Paid => (page.m("payment-order-paid"), " ok"),
        Outcome::Closed => (page.m("payment-order-closed"), ""),
        Outcome::GoingBack => (page.m("payment-order-refunding"), " warn"),
        Outcome::Back => (page.m("payment-order-refunded"), ""),
    }
}

/// Why money goes back, by the code of a refund as it is told; empty for one that is not known here.
#[must_use]
pub fn reason_words(t: &'static Texts, told: &str) -> &'static str {
    match told {
        "surplus" => t.m("payment-back-why-surplus"),
        "replaced" => t.m("payment-back-why-replaced"),
        "locked" => t.m("payment-back-why-locked"),
        "cancelled" => t.m("payment-back-why-cancelled"),
        "given-up" => t.m("payment-back-why-given-up"),
        "no-seat" => t.m("payment-back-why-no-seat"),
        "window-closed" => t.m("payment-back-why-window-closed"),
        "not-allowed" => t.m("payment-back-why-not-allowed"),
        "bound-elsewhere" => t.m("payment-back-why-bound-elsewhere"),
        "not-granted" => t.m("payment-back-why-not-granted"),
        "needs-written" => t.m("payment-back-why-needs-written"),
        "exam-cancelled" => t.m("payment-back-why-exam-cancelled"),
        "mistaken" => t.m("payment-back-why-mistaken"),
        "instructed" => t.m("payment-back-why-instructed"),
        "console" => t.m("payment-back-why-console"),
        _ => "",
    }
}
