//! The steps of an order's line in words.

use super::line::Speaker;
use cet_base::words::fen::FenSum;
use cet_base::words::ids::EntryId;
use cet_base::words::time::Time;
use cet_domain::payment::events::{Kind, PastEvent};
use cet_domain::payment::refund_request::LIFE;
use cet_domain::payment::verbs::{Fate, OrderTruth};

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// When, `YYYY-MM-DD HH:MM`; empty for what is going on.
    pub at: String,
    /// What happened.
    pub title: String,
    /// More about it; may be empty.
    pub text: String,
    /// Its class: `done`, `now`, `bad`.
    pub class: &'static str,
}

impl StepView {
    /// Whether it is going on.
    #[must_use]
    pub fn is_now(&self) -> bool {
        self.class == "now"
    }
}

/// Events that are one step: the lines of one receipt that had the same fate.
struct Step<'e> {
    told: &'e PastEvent,
    entries: Vec<EntryId>,
    amount: FenSum,
}

/// What happened to an order, and what is going on.
pub(super) fn steps(by: &Speaker<'_>, of: &OrderTruth, fate: Fate) -> Vec<StepView> {
    let mut all: Vec<StepView> = together(&of.events).iter().filter_map(|step| said(by, of, step)).collect();
    all.extend(lapsed(by, of));
    // Nothing was told of an order before its first event.
    if !all.is_empty() {
        all.extend(going_on(by, of, fate));
    }
    all
}

/// Requests for a refund that nobody decided in time: they end by themselves, so that no event tells it.
fn lapsed(by: &Speaker<'_>, of: &OrderTruth) -> Vec<StepView> {
    let mut open: Vec<Time> = Vec::new();
    for told in &of.events {
        match told.kind {
            Kind::RefundAsked => open.push(told.at.plus(LIFE)),
            Kind::RefundApproved | Kind::RefundTurnedDown => {
                if let Some(decided) = open.iter().position(|ends| told.at < *ends) {
                    open.remove(decided);
                }
            }
            _ => {}
        }
    }
    let step = |ends: Time| StepView {
        at: ends.page(),
        title: by.page.m("payment-step-refund-lapsed").to_owned(),
        text: String::new(),
        class: "bad",
    };
    open.into_iter().filter(|ends| *ends <= by.now).map(step).collect()
}

fn together(events: &[PastEvent]) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for told in events {
        let amount = told.amount.unwrap_or_default();
        match steps.last_mut().filter(|last| is_same(last.told, told)) {
            Some(last) => {
                last.entries.extend(told.entry);
                last.amount = last.amount.plus(amount);
            }
            None => steps.push(Step { told, entries: told.entry.into_iter().collect(), amount }),
        }
    }
    steps
}

fn is_same(one: &PastEvent, other: &PastEvent) -> bool {
    let key = |told: &PastEvent| (told.kind, told.receipt, told.detail.reason.clone());
    one.entry.is_some() && other.entry.is_some() && key(one) == key(other)
}

/// A step in words; `None` for one that its neighbour has said.
fn said(by: &Speaker<'_>, of: &OrderTruth, step: &Step<'_>) -> Option<StepView> {
    let (page, told) = (by.page, step.told);
    let detail = &told.detail;
    let code = detail.gateway.as_deref().unwrap_or_else(|| of.money.order.method.gateway.as_str());
    let (gateway, sum) = (by.gateway(code), step.amount.to_string());
    let subjects = if step.entries.is_empty() {
        by.subjects(of, |_| true)
    } else {
        by.subjects(of, |line| step.entries.contains(&line.entry))
    };
    let count = of.lines.len().to_string();
    let facts = [("gateway", gateway), ("sum", &sum), ("subjects", &subjects), ("count", &count)];
    let f = |key: &'static str| page.f(key, &facts);
    let m = |key: &'static str| page.m(key).to_owned();
    let why = || super::reason_words(page.t, detail.reason.as_deref().unwrap_or_default()).to_owned();
    let is_doubtful = detail.reason.is_some();
    let (title, text, class) = match told.kind {
        Kind::Opened => (m("payment-step-opened"), f("payment-step-opened-text"), "done"),
        Kind::SentToGateway => (f("payment-step-sent"), String::new(), "done"),
        Kind::Returned => (f("payment-step-returned"), f("payment-step-returned-text"), "done"),
        Kind::Asked if detail.by.is_some() => (f("payment-step-asked-staff"), String::new(), "done"),
        Kind::Asked => (f("payment-step-asked"), String::new(), "done"),
        Kind::NoticeRefused => doubtful(by, &facts),
        Kind::Answered if is_doubtful => doubtful(by, &facts),
        Kind::Answered => match detail.answer.as_deref() {
            Some("paid") => (f("payment-step-answered-paid"), m("payment-step-proven-text"), "done"),
            Some("declined") => (f("payment-step-declined"), String::new(), "bad"),
            _ => (f("payment-step-unpaid"), String::new(), "done"),
        },
        Kind::Silent => (f("payment-step-silent"), m("payment-step-silent-text"), "bad"),
        Kind::Notified => (f("payment-step-notified"), m("payment-step-proven-text"), "done"),
        Kind::Booked => (f("payment-step-booked"), String::new(), "done"),
        Kind::SeatedAgain => (f("payment-step-seated-again"), m("payment-step-seated-again-text"), "done"),
        Kind::NotBooked => (f("payment-step-unused"), why(), "bad"),
        Kind::Closed => (m("payment-step-closed"), m(closed_for(detail.reason.as_deref())), "done"),
        Kind::SuspenseOpened if detail.reason.as_deref() == Some("refunded") => {
            let key =
                if told.amount.is_some() { "payment-step-console" } else { "payment-step-console-no-sum" };
            (f(key), m("payment-step-console-text"), "bad")
        }
        Kind::SuspenseOpened => return None,
        Kind::SuspenseResolved if detail.answer.as_deref() == Some("refunded") => {
            match detail.reason.as_deref() {
                // Said by the refund that was booked.
                Some("ours" | "refund") => return None,
                _ => (f("payment-step-console-checked"), m("payment-step-console-checked-text"), "done"),
            }
        }
        Kind::SuspenseResolved => (m("payment-step-resolved"), String::new(), "done"),
        Kind::Reconciled if detail.answer.as_deref() == Some("different") => {
            (f("payment-step-reconciled-not"), m("payment-step-reconciled-not-text"), "bad")
        }
        Kind::Reconciled if detail.answer.as_deref() == Some("resolved") => {
            (f("payment-step-reconciled-resolved"), String::new(), "done")
        }
        Kind::Reconciled => (f("payment-step-reconciled"), String::new(), "done"),
        Kind::RefundUnknown if is_doubtful => {
            (f("payment-step-refund-unknown"), m("payment-step-refund-refused-text"), "bad")
        }
        of_refund => {
            let returned = told.refund.map_or_else(String::new, |id| by.returned(of, id));
            let is_of_console = detail.reason.as_deref() == Some("console");
            refund(by, (of_refund, &returned, is_of_console), &facts, why)?
        }
    };
    Some(StepView { at: told.at.page(), title, text, class })
}

type Said = (String, String, &'static str);

fn doubtful(by: &Speaker<'_>, facts: &[(&str, &str)]) -> Said {
    let text = by.page.m("payment-step-doubtful-text").to_owned();
    (by.page.f("payment-step-doubtful", facts), text, "bad")
}

/// The steps of a refund.
fn refund(
    by: &Speaker<'_>,
    (kind, returned, is_of_console): (Kind, &str, bool),
    facts: &[(&str, &str)],
    why: impl Fn() -> String,
) -> Option<Said> {
    let (f, m) = (|key: &'static str| by.page.f(key, facts), |key: &'static str| by.page.m(key).to_owned());
    Some(match kind {
        // Nobody of this system asked for it.
        Kind::RefundDue if is_of_console => (
            f("payment-step-console-booked"),
            by.page.f("payment-step-refund-of", &[("subjects", returned), ("why", &why())]),
            "done",
        ),
        Kind::RefundDue if !returned.is_empty() => (
            f("payment-step-refund-due"),
            by.page.f("payment-step-refund-of", &[("subjects", returned), ("why", &why())]),
            "done",
        ),
        Kind::RefundDue => (f("payment-step-refund-due"), why(), "done"),
        Kind::RefundAsked => (f("payment-step-refund-asked"), String::new(), "done"),
        Kind::RefundApproved => (m("payment-step-refund-approved"), String::new(), "done"),
        Kind::RefundTurnedDown => (m("payment-step-refund-turned-down"), String::new(), "bad"),
        Kind::RefundSent => (f("payment-step-refund-sent"), String::new(), "done"),
        Kind::RefundRefused => {
            (f("payment-step-refund-refused"), m("payment-step-refund-refused-text"), "bad")
        }
        // Most gateways take a refund first and confirm it when they are asked.
        Kind::RefundUnknown => (f("payment-step-refund-unknown"), m("payment-step-silent-text"), "done"),
        Kind::RefundDone => (f("payment-step-refund-done"), m("payment-step-refund-done-text"), "done"),
        Kind::ByHand => (m("payment-step-by-hand"), String::new(), "done"),
        _ => return None,
    })
}

fn closed_for(reason: Option<&str>) -> &'static str {
    match reason {
        Some("replaced") => "payment-step-closed-replaced-text",
        Some("given-up") => "payment-step-closed-given-up-text",
        _ => "payment-step-closed-deadline-text",
    }
}

/// What is going on.
fn going_on(by: &Speaker<'_>, of: &OrderTruth, fate: Fate) -> Option<StepView> {
    let (page, order) = (by.page, &of.money.order);
    let gateway = [("gateway", by.gateway(order.method.gateway.as_str()))];
    let (title, text) = match fate {
        Fate::Waiting | Fate::Declined => {
            (page.m("payment-step-now-paying").to_owned(), by.due(of, "payment-step-now-paying-text"))
        }
        Fate::Asking => {
            (page.f("payment-step-now-asking", &gateway), page.m("payment-step-now-asking-text").to_owned())
        }
        Fate::PaidTwice { .. } | Fate::PaidLess { .. } | Fate::InPart { .. } if of.is_with_staff() => {
            return None;
        }
        Fate::GoingBack(_)
        | Fate::PaidTwice { is_back: false, .. }
        | Fate::PaidLess { is_back: false, .. }
        | Fate::InPart { is_back: false, .. } => (page.f("payment-step-now-back", &gateway), String::new()),
        Fate::WithStaff(_)
        | Fate::Paid
        | Fate::PaidTwice { .. }
        | Fate::PaidLess { .. }
        | Fate::InPart { .. }
        | Fate::Closed { .. }
        | Fate::Back(_) => return None,
    };
    Some(StepView { at: String::new(), title, text, class: "now" })
}
