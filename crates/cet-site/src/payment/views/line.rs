//! 资金去向: the line of an order in words, for `/registration`, `/home` and the order's own page (Y4). Each sentence is made
//! from what became of the line that it speaks of.

use super::history::{RefundRow, declined_words, outcome_words, reason_words};
use super::past::MoneyBack;
use super::steps::{StepView, steps};
use crate::web::known;
use crate::web::page::{Notice, Page, Tone};
use cet_base::config::Bank;
use cet_base::words::codes::SittingCode;
use cet_base::words::time::Time;
use cet_domain::payment::choice::Method;
use cet_domain::payment::rules::pay_until;
use cet_domain::payment::store::RefundShown;
use cet_domain::payment::store::history::LineKnown;
use cet_domain::payment::verbs::{Fate, LineFate, OrderTruth};
use cet_domain::sitting::Catalogue;

/// For how long it is said that late money took a seat again.
const LATELY: jiff::SignedDuration = jiff::SignedDuration::from_hours(3 * 24);

/// What the words are made of besides the order.
#[derive(Clone, Copy)]
pub struct Speaker<'s> {
    /// The page that speaks.
    pub page: &'s Page,
    /// The sittings, for the names of subjects.
    pub catalogue: &'s Catalogue,
    /// The banks of 首信易支付.
    pub banks: &'s [Bank],
    /// Now.
    pub now: Time,
}

/// One order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderStory {
    /// Its id.
    pub id: String,
    /// `/payment/{order}`.
    pub href: String,
    /// 支付单号.
    pub number: String,
    /// What it pays for.
    pub subjects: String,
    /// Its sum: `¥0.02`.
    pub sum: String,
    /// Gateway and bank.
    pub method: String,
    /// The state in a word.
    pub word: &'static str,
    /// The class beside `tag`.
    pub class: &'static str,
    /// What it comes to, and what the candidate has to do now.
    pub todo: String,
    /// What happened, and what is going on.
    pub steps: Vec<StepView>,
    /// What went back of it, or is on its way.
    pub back: Vec<RefundRow>,
    /// Whether nothing more happens to it.
    pub is_settled: bool,
}

impl Speaker<'_> {
    /// The lines of these orders: those of a sitting, and what is not settled of another. `/account/payments` has all; beside
    /// an entry of today, last year's payment for the same subject reads as one that was paid twice.
    #[must_use]
    pub fn stories(&self, all: &[OrderTruth], sitting: &SittingCode) -> Vec<OrderStory> {
        let is_told = |of: &&OrderTruth| of.money.order.sitting == *sitting || !is_settled(of.fate(self.now));
        all.iter().filter(is_told).map(|of| self.story(of)).collect()
    }

    /// The line of an order.
    #[must_use]
    pub fn story(&self, of: &OrderTruth) -> OrderStory {
        let (order, fate) = (&of.money.order, of.fate(self.now));
        let (word, class) = self.word(of, fate);
        let refund = |refund: &RefundShown| RefundRow {
            back: MoneyBack::of(self.page, refund),
            of: self.returned(of, refund.id),
            why: reason_words(self.page.t, &refund.reason),
        };
        OrderStory {
            id: order.id.to_string(),
            href: format!("/payment/{}", order.id),
            number: order.number.to_string(),
            subjects: self.subjects(of, |_| true),
            sum: format!("¥{}", order.amount),
            method: self.method(&order.method),
            word,
            class,
            todo: self.todo(of, fate),
            steps: steps(self, of, fate),
            back: of.money.refunds.iter().map(refund).collect(),
            is_settled: is_settled(fate),
        }
    }

    /// That late money took seats again: said for some days, because its candidate may think that they are lost.
    #[must_use]
    pub fn seated_again(&self, all: &[OrderTruth]) -> Option<Notice> {
        let newest = all.iter().filter_map(|of| of.seated_again().map(|again| (of, again)));
        let (of, (at, entries)) = newest.max_by_key(|(_, (at, _))| *at)?;
        if self.now >= at.plus(LATELY) {
            return None;
        }
        let subjects = self.subjects(of, |line| entries.contains(&line.entry));
        let title = self.page.f("payment-seated-again-title", &[("subjects", &subjects)]);
        let text = self.page.f("payment-seated-again-text", &[("time", &at.page())]);
        let href = format!("/payment/{}", of.money.order.id);
        Some(Notice::new(Tone::Ok, title, text).linked(href, self.page.m("entry-order-look")))
    }

    /// Until when an order is to be paid, as every page says it (Y4). One that is opened in the last minutes of a hold is open for
    /// longer.
    fn pay_until(&self, of: &OrderTruth) -> Time {
        let ends = of.money.order.deadline_at;
        let lines = of.lines.iter().map(|line| pay_until(self.now, line.expires_at, Some(ends)));
        lines.min().unwrap_or(ends)
    }

    /// A sentence with that time; another one once it is past.
    pub(super) fn due(&self, of: &OrderTruth, key: &'static str) -> String {
        let until = self.pay_until(of);
        let key = if until <= self.now { "situation-late-text" } else { key };
        self.page.f(key, &[("time", &until.page())])
    }

    /// `首信易支付 中国银行`.
    #[must_use]
    pub fn method(&self, method: &Method) -> String {
        let gateway = self.gateway(method.gateway.as_str());
        match self.banks.iter().find(|bank| bank.number == method.bank) {
            Some(bank) => format!("{gateway} {}", known::bank(self.page.lang(), &bank.name)),
            None => gateway.to_owned(),
        }
    }

    /// A gateway by its code.
    pub(super) fn gateway(&self, code: &str) -> &'static str {
        gateway::GatewayCode::parse(code).map_or("", |gateway| self.page.m(gateway.profile().name))
    }

    /// The subjects of some of an order's lines, by their names.
    pub(super) fn subjects(&self, of: &OrderTruth, some: impl Fn(&LineKnown) -> bool) -> String {
        let plan = self.catalogue.sitting(&of.money.order.sitting);
        let lang = self.page.lang().code();
        let name = |line: &LineKnown| match plan.and_then(|plan| plan.subject(line.subject)) {
            Some(subject) => subject.name_in(lang).to_owned(),
            None => line.subject.to_string(),
        };
        let names: Vec<String> = of.lines.iter().filter(|line| some(line)).map(name).collect();
        names.join(self.page.m("situation-and"))
    }

    /// The subjects of which a refund of finance staff gives something back; empty for any other.
    pub(super) fn returned(&self, of: &OrderTruth, refund: i64) -> String {
        let some = |line: &LineKnown| {
            of.money.returned.iter().any(|one| one.refund == refund && one.entry == line.entry)
        };
        self.subjects(of, some)
    }

    fn word(&self, of: &OrderTruth, fate: Fate) -> (&'static str, &'static str) {
        let m = |key: &'static str| self.page.m(key);
        match fate {
            Fate::Declined => declined_words(self.page),
            Fate::PaidTwice { is_back: false, .. } => (m("payment-line-twice"), " warn"),
            Fate::PaidTwice { is_back: true, .. } => (m("payment-line-twice-back"), " ok"),
            Fate::InPart { is_back: false, .. } => (m("payment-line-part"), " warn"),
            Fate::InPart { is_back: true, .. } => (m("payment-line-part-back"), " ok"),
            Fate::WithStaff(_) => (m("payment-line-staff"), " warn"),
            Fate::Waiting
            | Fate::Asking
            | Fate::Paid
            | Fate::Closed { .. }
            | Fate::GoingBack(_)
            | Fate::Back(_) => outcome_words(self.page, of.money.outcome(self.now)),
        }
    }

    /// The last sentences: what staff have ended, and what the candidate has to do now.
    fn todo(&self, of: &OrderTruth, fate: Fate) -> String {
        let last = self.last(of, fate);
        match self.ended(of) {
            Some(ended) => format!("{ended}{}{last}", self.page.m("situation-space")),
            None => last,
        }
    }

    /// What finance staff have ended, and when.
    fn ended(&self, of: &OrderTruth) -> Option<String> {
        let at = |line: &LineKnown| match of.line_fate(line.entry) {
            LineFate::Ended(at) => Some(at),
            LineFate::Unpaid | LineFate::Paid | LineFate::SeatedAgain | LineFate::Unused => None,
        };
        let last = of.lines.iter().filter_map(at).max()?;
        let subjects = self.subjects(of, |line| at(line).is_some());
        Some(self.page.f("situation-back-ended", &[("subjects", &subjects), ("time", &last.page())]))
    }

    fn last(&self, of: &OrderTruth, fate: Fate) -> String {
        let page = self.page;
        let summed =
            |key: &'static str, sum: &dyn std::fmt::Display| page.f(key, &[("sum", &sum.to_string())]);
        match fate {
            Fate::Waiting => self.due(of, "payment-do-waiting"),
            Fate::Declined => self.due(of, "payment-do-declined"),
            Fate::Asking => page.m("payment-do-asking").to_owned(),
            Fate::Paid => page.m("payment-do-paid").to_owned(),
            Fate::PaidTwice { extra, is_back: false } if of.is_with_staff() => {
                summed("payment-do-twice-staff", &extra)
            }
            Fate::PaidTwice { extra, is_back: false } => summed("payment-do-twice", &extra),
            Fate::PaidTwice { extra, is_back: true } => summed("payment-do-twice-back", &extra),
            Fate::InPart { rest, is_back } => {
                let is_paid = |line: &LineKnown| {
                    matches!(of.line_fate(line.entry), LineFate::Paid | LineFate::SeatedAgain)
                };
                let (paid, other) = (self.subjects(of, is_paid), self.subjects(of, |line| !is_paid(line)));
                // Which of them is not told of money from before lines were told, nor of what staff return of a paid one.
                let key = match (paid.is_empty() || other.is_empty(), is_back) {
                    (false, false) if of.is_with_staff() => "payment-do-part-staff",
                    (true, false) if of.is_with_staff() => "payment-do-some-staff",
                    (false, false) => "payment-do-part",
                    (false, true) => "payment-do-part-back",
                    (true, false) => "payment-do-some",
                    (true, true) => "payment-do-some-back",
                };
                page.f(key, &[("paid", &paid), ("rest", &other), ("sum", &rest.to_string())])
            }
            Fate::Closed { is_owed: true } => page.m("payment-do-closed-owed").to_owned(),
            Fate::Closed { is_owed: false } => page.m("payment-do-closed").to_owned(),
            Fate::GoingBack(sum) => summed("payment-do-going-back", &sum),
            Fate::WithStaff(sum) => summed("payment-do-staff", &sum),
            Fate::Back(sum) => summed("payment-do-back", &sum),
        }
    }
}

const fn is_settled(fate: Fate) -> bool {
    match fate {
        Fate::Paid | Fate::Closed { .. } | Fate::Back(_) => true,
        Fate::PaidTwice { is_back, .. } | Fate::InPart { is_back, .. } => is_back,
        Fate::Waiting | Fate::Declined | Fate::Asking | Fate::GoingBack(_) | Fate::WithStaff(_) => false,
    }
}

#[cfg(test)]
#[path = "../tests/line.rs"]
mod tests;
