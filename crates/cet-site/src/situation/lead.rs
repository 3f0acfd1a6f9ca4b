//! The lead of a page: what is the matter in a few words, what follows, and one thing to do.

use super::wording::{Wording, of_refund};
use crate::entry::views::Clock;
use crate::web::page::{Link, Page, Tone};
use cet_base::words::time::Time;
use cet_domain::payment::rules::{ClosedFor, OrderState};
use cet_domain::payment::store::Order;
use cet_domain::situation::{Action, Asked, Due, Lost, Situation};

/// The page that a lead stands on: it does not lead to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// `/home`.
    Home,
    /// `/registration`.
    Information,
    /// `/payment`.
    Payment,
    /// `/payment/{order}`.
    Order,
    /// `/`.
    Portal,
}

/// What a lead offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadAction {
    /// A link.
    Go(Link),
    /// The button of the form `refresh`, which stands on the page.
    Refresh(String),
}

/// One lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// The value of `data-situation`.
    pub situation: &'static str,
    /// How it looks.
    pub tone: Tone,
    /// What is the matter.
    pub title: String,
    /// Why, in somebody's own words.
    pub why: Option<String>,
    /// What follows; may be empty.
    pub text: String,
    /// What is left of a time, and what the words around it are.
    pub clock: Option<LeadClock>,
    /// What to do, if it is not on this page already.
    pub action: Option<LeadAction>,
    /// Whether the page has the same button in its bar, where phones show it.
    pub in_bar: bool,
    /// After how many seconds the page comes again by itself.
    pub again: Option<u64>,
}

/// A time that runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadClock {
    /// The time.
    pub at: Clock,
    /// The words before the time.
    pub before: &'static str,
    /// The words after it.
    pub after: &'static str,
}

/// How often a page comes again that waits for a gateway's answer.
const AGAIN_SECONDS: u64 = 3;

impl Lead {
    /// The words for a situation on a page.
    #[must_use]
    pub fn of(told: &Wording<'_>, situation: &Situation, on: On) -> Self {
        let (title, text) = words(told, situation);
        Self {
            situation: situation.wire(),
            tone: tone(situation),
            title,
            why: told.reason().filter(|_| matches!(situation, Situation::ReviewRefused { .. })),
            text,
            clock: clock(told, situation),
            action: action(told, situation, on),
            in_bar: on == On::Information && situation.action() == Action::Pay,
            again: again(situation, told.now),
        }
    }

    /// Where no sitting is published.
    #[must_use]
    pub fn without_sitting(page: &Page) -> Self {
        Self {
            situation: Situation::WindowNotOpen { opens: None, is_bound: false }.wire(),
            tone: Tone::Info,
            title: page.m("situation-window-not-open").to_owned(),
            why: None,
            text: page.m("situation-window-unset-text").to_owned(),
            clock: None,
            action: None,
            in_bar: false,
            again: None,
        }
    }

    /// A lead for the tests of views.
    #[cfg(test)]
    #[must_use]
    pub fn sample(situation: &'static str, action: Option<LeadAction>) -> Self {
        Self {
            situation,
            tone: Tone::Warn,
            title: "存在未支付科目，请通过“支付”完成缴费".to_owned(),
            why: None,
            text: String::new(),
            clock: None,
            action,
            in_bar: false,
            again: None,
        }
    }

    /// Whether its action leads to this path.
    #[must_use]
    pub fn leads_to(&self, path: &str) -> bool {
        matches!(&self.action, Some(LeadAction::Go(link)) if link.href == path)
    }

    /// The icon of the sprite.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        if self.clock.is_some() || self.again.is_some() { "clock" } else { self.tone.icon() }
    }

    /// The value of the header `Refresh`.
    #[must_use]
    pub fn refresh_header(&self, path: &str) -> Option<String> {
        self.again.map(|seconds| format!("{seconds}; url={path}"))
    }
}

fn again(situation: &Situation, now: Time) -> Option<u64> {
    match situation {
        Situation::Asking(Asked { again_until: Some(until), .. }) if now < *until => Some(AGAIN_SECONDS),
        _ => None,
    }
}

const fn tone(situation: &Situation) -> Tone {
    match situation {
        Situation::Paid
        | Situation::Refunded(_)
        | Situation::Arranging
        | Situation::Seated(_)
        | Situation::PrintNow(_)
        | Situation::ExamDay(_) => Tone::Ok,
        Situation::NoEntry(_)
        | Situation::Unpaid(_)
        | Situation::PartPaid(_)
        | Situation::Asking(_)
        | Situation::BankRefused(_)
        | Situation::GatewaySilent(_)
        | Situation::Expired(_)
        | Situation::Refunding(_)
        | Situation::ReviewRefused { .. } => Tone::Warn,
        Situation::NotBound
        | Situation::Locked(_)
        | Situation::ReviewPending
        | Situation::Over
        | Situation::WindowNotOpen { .. }
        | Situation::WindowClosed(_) => Tone::Info,
    }
}

fn clock(told: &Wording<'_>, situation: &Situation) -> Option<LeadClock> {
    let page = told.page;
    match situation {
        // Past its time nothing runs out any more: the text says so.
        Situation::Unpaid(due) | Situation::PartPaid(due) | Situation::BankRefused(due)
            if due.until <= told.now =>
        {
            None
        }
        Situation::Unpaid(due) | Situation::PartPaid(due) | Situation::BankRefused(due) => Some(LeadClock {
            at: told.clock(due.until),
            before: page.m("entry-clock-before"),
            after: page.m("entry-clock-after"),
        }),
        Situation::NoEntry(by) => Some(LeadClock {
            at: told.clock(by.at),
            before: page.m("entry-empty-before"),
            after: page.m(if by.is_closing { "entry-empty-after-closing" } else { "entry-empty-after" }),
        }),
        _ => None,
    }
}

/// Title and text.
fn words(told: &Wording<'_>, situation: &Situation) -> (String, String) {
    let m = |title: &'static str, text: &'static str| {
        (told.page.m(title).to_owned(), told.page.m(text).to_owned())
    };
    match situation {
        Situation::NotBound => m("situation-not-bound", "situation-not-bound-text"),
        Situation::NoEntry(_) => (told.page.m("entry-empty-title").to_owned(), String::new()),
        Situation::Unpaid(due) => {
            let (title, text) = (told.page.m("entry-info-unpaid-title").to_owned(), String::new());
            late(told, due, (title, text))
        }
        Situation::PartPaid(due) => late(told, due, m("entry-info-unpaid-title", "situation-part-paid-text")),
        Situation::BankRefused(due) => {
            late(told, due, m("situation-bank-refused", "situation-bank-refused-text"))
        }
        Situation::Asking(asked) => asking(told, asked),
        Situation::GatewaySilent(asked) => silent(told, asked),
        Situation::Paid => m("entry-complete-title", "situation-paid-text"),
        Situation::Expired(lost) => expired(told, lost),
        Situation::Refunding(_) | Situation::Refunded(_) => back(told, situation),
        Situation::Locked(until) => timed(told, "situation-locked", *until, "situation-locked-text"),
        Situation::ReviewPending => m("situation-review-pending", "situation-review-pending-text"),
        Situation::ReviewRefused { is_closed } => m("situation-review-refused", refused_text(*is_closed)),
        Situation::Arranging => m("situation-arranging", "situation-arranging-text"),
        Situation::Seated(from) => timed(told, "situation-seated", *from, "situation-seated-text"),
        Situation::PrintNow(exam) => timed(told, "situation-print-now", *exam, "situation-print-now-text"),
        Situation::ExamDay(begins) => {
            timed(told, "situation-exam-day", Some(*begins), "situation-exam-day-text")
        }
        Situation::Over => m("situation-over", "situation-over-text"),
        Situation::WindowNotOpen { opens, is_bound } => {
            let text =
                if *is_bound { "situation-window-bound-text" } else { "situation-window-not-open-text" };
            timed(told, "situation-window-not-open", *opens, text)
        }
        Situation::WindowClosed(closed) => {
            timed(told, "situation-window-closed", Some(*closed), "situation-window-closed-text")
        }
    }
}

/// The same words, and those for the last minutes of a hold: a payment may come too late (Y4).
fn late(told: &Wording<'_>, due: &Due, (title, text): (String, String)) -> (String, String) {
    if told.now < due.until {
        return (title, text);
    }
    let late = told.page.f("situation-late-text", &[("time", &due.until.page())]);
    let space = if text.is_empty() { "" } else { told.page.m("situation-space") };
    (title, format!("{text}{space}{late}"))
}

/// What can be done after a refusal.
pub(super) const fn refused_text(is_closed: bool) -> &'static str {
    if is_closed { "situation-review-closed-text" } else { "situation-review-refused-text" }
}

/// A text that names a time, where the time is set; without one a text of its own, which every such key has.
fn timed(told: &Wording<'_>, title: &'static str, at: Option<Time>, text: &'static str) -> (String, String) {
    let page = told.page;
    let text = match at {
        Some(at) => page.f(text, &[("time", &at.page())]),
        None => page.m(untimed(text)).to_owned(),
    };
    (page.m(title).to_owned(), text)
}

fn untimed(text: &'static str) -> &'static str {
    match text {
        "situation-window-not-open-text" | "situation-window-bound-text" => "situation-window-unset-text",
        "situation-seated-text" => "situation-seated-unset-text",
        "situation-locked-text" => "entry-locked-hint",
        _ => "situation-time-unset-text",
    }
}

fn asking(told: &Wording<'_>, asked: &Asked) -> (String, String) {
    let page = told.page;
    if asked.past_hold {
        return (page.m("entry-asking-title").to_owned(), page.m("entry-asking-text").to_owned());
    }
    let title = page.f("situation-asking", &[("gateway", told.gateway(asked.order))]);
    let sum = told.order(asked.order).map_or_else(String::new, |order| order.amount.to_string());
    let text = page.f("situation-asking-text", &[("number", &told.number(asked.order)), ("sum", &sum)]);
    (title, text)
}

fn silent(told: &Wording<'_>, asked: &Asked) -> (String, String) {
    let page = told.page;
    let title = page.f("situation-gateway-silent", &[("gateway", told.gateway(asked.order))]);
    let text = if asked.past_hold { "entry-asking-text" } else { "situation-gateway-silent-text" };
    (title, page.m(text).to_owned())
}

fn expired(told: &Wording<'_>, lost: &Lost) -> (String, String) {
    let page = told.page;
    let title = page.f("situation-expired", &[("subjects", &told.subjects(&lost.subjects))]);
    let text = if lost.may_enter_again { "situation-expired-text" } else { "situation-expired-closed-text" };
    let text = page.f(text, &[("time", &lost.at.page())]);
    // A payer may be on the gateway's page still: the order was closed, its money may come.
    let late = |order: &Order| matches!(order.state, OrderState::Closed(ClosedFor::Deadline));
    if told.money.orders.iter().any(late) {
        let money = if lost.may_enter_again {
            "situation-expired-money-text"
        } else {
            "situation-expired-closed-money-text"
        };
        return (title, format!("{text}{}{}", page.m("situation-space"), page.m(money)));
    }
    (title, text)
}

fn back(told: &Wording<'_>, situation: &Situation) -> (String, String) {
    let page = told.page;
    let (key, back) = match situation {
        Situation::Refunded(back) => ("situation-refunded", back),
        Situation::Refunding(back) if back.is_by_staff => ("situation-refund-staff", back),
        Situation::Refunding(back) => ("situation-refunding", back),
        _ => return (String::new(), String::new()),
    };
    let sum = back.sum.to_string();
    (page.f(key, &[("sum", &sum)]), of_refund(told, back))
}

fn action(told: &Wording<'_>, situation: &Situation, on: On) -> Option<LeadAction> {
    let page = told.page;
    let go = |href: &str, key: &'static str| {
        Some(LeadAction::Go(Link { href: href.to_owned(), text: page.m(key).to_owned() }))
    };
    match situation.action() {
        Action::Start => go("/agreement", "registration-start"),
        Action::Enter => go("/registration/written", "entry-info-written"),
        Action::EnterAgain => {
            let is_bound = matches!(situation, Situation::Expired(lost) if lost.is_bound);
            go(if is_bound { "/registration/written" } else { "/agreement" }, "situation-enter-again")
        }
        Action::Pay if on == On::Payment => None,
        Action::Pay => {
            let sum = match situation {
                Situation::Unpaid(due) | Situation::PartPaid(due) | Situation::BankRefused(due) => due.sum,
                _ => return go("/payment", "entry-info-pay"),
            };
            let text = format!("{} ¥{sum}", page.m("entry-info-pay"));
            Some(LeadAction::Go(Link { href: "/payment".to_owned(), text }))
        }
        Action::LookAtOrder(_) if on == On::Order => None,
        Action::LookAtOrder(order) => go(&format!("/payment/{order}"), "entry-order-look"),
        Action::Refresh if on == On::Information => {
            Some(LeadAction::Refresh(page.m("entry-info-refresh").to_owned()))
        }
        Action::LookAtReview => go("/review", "entry-info-review"),
        Action::Print => go("/tickets.pdf", "situation-print-all"),
        Action::SeeDates => go("/schedule", "portal-nav-schedule"),
        Action::SeeInformation if on == On::Information => None,
        Action::Refresh | Action::SeeInformation => go("/registration", "registration-to-information"),
    }
}
