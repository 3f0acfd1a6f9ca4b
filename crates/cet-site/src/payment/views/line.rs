//! 资金去向: the line of an order in words, for `/registration`, `/home` and the order's own page (Y4). Each sentence is made
//! from what became of the line that it speaks of.

use super::history::{RefundRow, money_words, reason_words};
use super::past::MoneyBack;
use super::steps::{StepView, steps};
use crate::web::known;
use crate::web::page::{Notice, Page, Tone};
use cet_base::config::Bank;
use cet_base::words::codes::SittingCode;
use cet_base::words::fen::FenSum;
use cet_base::words::time::Time;
use cet_domain::payment::choice::Method;
use cet_domain::payment::rules::outcome::{Course, Courses};
use cet_domain::payment::rules::pay_until;
use cet_domain::payment::store::RefundShown;
use cet_domain::payment::store::history::{LineKnown, Returned};
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
    /// Whether finance staff see to something that goes back.
    pub is_with_staff: bool,
}

impl Speaker<'_> {
    /// The lines of these orders: those of a sitting, and what is not settled of another. `/account/payments` has all; beside
    /// an entry of today, last year's payment for the same subject reads as one that was paid twice.
    #[must_use]
    pub fn stories(&self, all: &[OrderTruth], sitting: &SittingCode) -> Vec<OrderStory> {
        let is_open = |of: &OrderTruth| !of.in_doubt.is_empty() || !is_settled(of.fate(self.now));
        let is_told = |of: &&OrderTruth| of.money.order.sitting == *sitting || is_open(of);
        all.iter().filter(is_told).map(|of| self.story(of)).collect()
    }

    /// The line of an order.
    #[must_use]
    pub fn story(&self, of: &OrderTruth) -> OrderStory {
        let (order, fate) = (&of.money.order, of.fate(self.now));
        let (word, class) = money_words(self.page, &of.money, self.now);
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
            is_settled: is_settled(fate) && of.in_doubt.is_empty(),
            is_with_staff: of.is_with_staff(),
        }
    }

    /// The line on the order's own page, which says elsewhere that nobody is to pay twice.
    #[must_use]
    pub fn story_here(&self, of: &OrderTruth) -> OrderStory {
        let story = self.story(of);
        let todo = match of.fate(self.now) {
            Fate::Waiting => self.due(of, "payment-step-now-paying-text"),
            Fate::Asking => self.page.m("payment-do-asking-here").to_owned(),
            _ => return story,
        };
        OrderStory { todo, ..story }
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

    /// The last sentences: what staff have ended, and what the candidate has to do now.
    fn todo(&self, of: &OrderTruth, fate: Fate) -> String {
        // Of money that may have gone back it can't be said that all is well.
        let last = if of.in_doubt.is_empty() { self.last(of, fate) } else { self.in_doubt(of) };
        match self.ended(of) {
            Some(ended) => format!("{ended}{}{last}", self.page.m("situation-space")),
            None => last,
        }
    }

    /// That its gateway refunded something which this system did not send, and finance checks it.
    fn in_doubt(&self, of: &OrderTruth) -> String {
        let (key, sum) = doubted(&of.in_doubt, ["payment-do-doubt", "payment-do-doubt-no-sum"]);
        let gateway = self.gateway(of.money.order.method.gateway.as_str());
        self.page.f(key, &[("gateway", gateway), ("sum", &sum)])
    }

    /// What finance staff have ended, and when.
    fn ended(&self, of: &OrderTruth) -> Option<String> {
        let at = |line: &LineKnown| match of.line_fate(line.entry) {
            LineFate::Ended(at) => Some(at),
            LineFate::Unpaid | LineFate::Paid | LineFate::SeatedAgain | LineFate::Unused => None,
        };
        let mut times: Vec<Time> = of.lines.iter().filter_map(at).collect();
        times.sort_unstable();
        times.dedup();
        // Each end has its own time.
        let said = times.iter().map(|time| {
            let subjects = self.subjects(of, |line| at(line) == Some(*time));
            self.page.f("situation-back-ended", &[("subjects", &subjects), ("time", &time.page())])
        });
        let said: Vec<String> = said.collect();
        (!said.is_empty()).then(|| said.join(self.page.m("situation-space")))
    }

    fn last(&self, of: &OrderTruth, fate: Fate) -> String {
        let page = self.page;
        match fate {
            Fate::Waiting => self.due(of, "payment-do-waiting"),
            Fate::Declined => self.due(of, "payment-do-declined"),
            Fate::Asking => page.m("payment-do-asking").to_owned(),
            Fate::Paid => page.m("payment-do-paid").to_owned(),
            Fate::Closed { is_owed: true } => page.m("payment-do-closed-owed").to_owned(),
            Fate::Closed { is_owed: false } => page.m("payment-do-closed").to_owned(),
            Fate::PaidTwice { .. }
            | Fate::PaidLess { .. }
            | Fate::InPart { .. }
            | Fate::GoingBack(_)
            | Fate::WithStaff(_)
            | Fate::Back(_) => self.back(of, fate),
        }
    }

    /// What goes back, each sum with the subject that it is of and how far it has come; and what is still to be paid. What is to be
    /// done comes last.
    fn back(&self, of: &OrderTruth, fate: Fate) -> String {
        let (page, all) = (self.page, of.money.courses());
        let is_paid =
            |line: &LineKnown| matches!(of.line_fate(line.entry), LineFate::Paid | LineFate::SeatedAgain);
        let (paid, other) = (self.subjects(of, is_paid), self.subjects(of, |line| !is_paid(line)));
        let owed = self.owed(of);
        let mut parts = self.parts(of, is_paid);
        let (keys, first) = match fate {
            Fate::PaidTwice { .. } => (Some(TWICE), of.money.back_besides_lines().first()),
            // Which of them is not told of money from before lines were told.
            Fate::InPart { .. } if !paid.is_empty() && !other.is_empty() => {
                (Some(PART), of.back_of_unpaid().first())
            }
            Fate::PaidLess { .. } if !parts.is_empty() => (None, None),
            Fate::InPart { .. } | Fate::PaidLess { .. } => (Some(SOME), all.first()),
            _ if owed.is_none() => (Some(WHOLE), all.first()),
            _ => (None, None),
        };
        // Where all that goes back is one sum, it holds these.
        let is_split = matches!(fate, Fate::PaidTwice { .. } | Fate::PaidLess { .. } | Fate::InPart { .. });
        if !is_split || keys == Some(SOME) {
            parts.clear();
        }
        let last = keys.zip(first).map(|(keys, (course, sum))| {
            let amount = sum.to_string();
            let facts: [(&str, &str); 3] = [("paid", &paid), ("rest", &other), ("sum", &amount)];
            (course, sum, page.f(by_course(keys, course), &facts))
        });
        let mut left = all;
        if let Some((course, sum, _)) = &last {
            left = left.without(Courses::default().plus(*course, *sum));
        }
        let mut said = Vec::new();
        let count = parts.len();
        for (n, (course, subject, sum)) in (1..).zip(parts) {
            let keys = if last.is_none() && n == count { LINE_LAST } else { LINE };
            said.push(page.f(by_course(keys, course), &[("subjects", &subject), ("sum", &sum.to_string())]));
            left = left.without(Courses::default().plus(course, sum));
        }
        while let Some((course, sum)) = left.first() {
            said.insert(0, page.f(by_course(SUM, course), &[("sum", &sum.to_string())]));
            left = left.without(Courses::default().plus(course, sum));
        }
        said.extend(last.map(|(_, _, words)| words));
        said.extend(owed);
        said.join(page.m("situation-space"))
    }

    /// What goes back of lines that stay paid: how far it has come, of which subject, how much.
    fn parts(&self, of: &OrderTruth, is_paid: impl Fn(&LineKnown) -> bool) -> Vec<(Course, String, FenSum)> {
        let mut parts = Vec::new();
        for line in of.lines.iter().filter(|line| is_paid(line)) {
            let mut courses = Courses::default();
            for refund in &of.money.refunds {
                let own = |one: &&Returned| one.refund == refund.id && one.entry == line.entry;
                let sums = of.money.returned.iter().filter(own).map(|one| one.amount);
                courses = courses.plus(refund.course(), FenSum::of(sums));
            }
            while let Some((course, sum)) = courses.first() {
                parts.push((course, self.subjects(of, |one| one.entry == line.entry), sum));
                courses = courses.without(Courses::default().plus(course, sum));
            }
        }
        parts
    }

    /// What still waits for its candidate's payment where all money that came goes back.
    fn owed(&self, of: &OrderTruth) -> Option<String> {
        let owed = || of.lines.iter().filter(|line| line.is_owed(self.now));
        let until = owed().map(|line| pay_until(self.now, line.expires_at, None)).min()?;
        let subjects = self.subjects(of, |line| line.is_owed(self.now));
        Some(self.page.f("payment-do-owed", &[("subjects", &subjects), ("time", &until.page())]))
    }
}

/// The sentence of refunds that finance checks, and their sum: with it where all of them have one, or without.
pub(in crate::payment) fn doubted(
    sums: &[FenSum],
    [with, without]: [&'static str; 2],
) -> (&'static str, String) {
    let key = if sums.iter().any(|sum| sum.is_zero()) { without } else { with };
    (key, FenSum::of(sums.iter().copied()).to_string())
}

/// Sentences for what is under way, waits for staff, is back.
type ByCourse = [&'static str; 3];
const TWICE: ByCourse = ["payment-do-twice", "payment-do-twice-staff", "payment-do-twice-back"];
const PART: ByCourse = ["payment-do-part", "payment-do-part-staff", "payment-do-part-back"];
const SOME: ByCourse = ["payment-do-some", "payment-do-some-staff", "payment-do-some-back"];
const LINE: ByCourse = ["payment-do-line", "payment-do-line-staff", "payment-do-line-back"];
const LINE_LAST: ByCourse =
    ["payment-do-line-last", "payment-do-line-last-staff", "payment-do-line-last-back"];
const WHOLE: ByCourse = ["payment-do-going-back", "payment-do-staff", "payment-do-back"];
const SUM: ByCourse = ["payment-do-sum", "payment-do-sum-staff", "payment-do-sum-back"];

const fn by_course([on_its_way, with_staff, back]: ByCourse, course: Course) -> &'static str {
    match course {
        Course::OnItsWay => on_its_way,
        Course::WithStaff => with_staff,
        Course::Back | Course::ByHand => back,
    }
}

const fn is_settled(fate: Fate) -> bool {
    match fate {
        Fate::Paid | Fate::Closed { .. } | Fate::Back(_) => true,
        Fate::PaidTwice { is_back, .. } | Fate::PaidLess { is_back, .. } | Fate::InPart { is_back, .. } => {
            is_back
        }
        Fate::Waiting | Fate::Declined | Fate::Asking | Fate::GoingBack(_) | Fate::WithStaff(_) => false,
    }
}

#[cfg(test)]
#[path = "../tests/line.rs"]
mod tests;
