//! What the words of a situation are made of besides the situation itself.

use crate::entry::views::Clock;
use crate::web::answer::PageError;
use crate::web::page::Page;
use cet_base::vault::Vault;
use cet_base::words::codes::SubjectCode;
use cet_base::words::ids::OrderId;
use cet_base::words::time::Time;
use cet_domain::payment::store::Order;
use cet_domain::payment::verbs::PassportMoney;
use cet_domain::sitting::Plan;
use cet_domain::situation::Back;
use cet_domain::situation::verbs::Read;

/// The page's words, the sitting's names and the passport's orders.
#[derive(Clone, Copy)]
pub struct Wording<'p> {
    /// The page that speaks.
    pub page: &'p Page,
    /// The sitting.
    pub plan: &'p Plan,
    /// The passport's money.
    pub money: &'p PassportMoney,
    /// What schools wrote to the candidate.
    pub written: &'p Written,
    /// Now.
    pub now: Time,
}

/// Most characters of a reason beside a lead; all of it stands on `/review`.
const REASON: usize = 200;

impl Wording<'_> {
    /// Why an application for CET6 was refused, in the school's words.
    pub(super) fn reason(&self) -> Option<String> {
        let all = self.written.reason.as_deref()?;
        let mut text: String = all.chars().take(REASON).collect();
        if text.len() < all.len() {
            text.push('…');
        }
        Some(self.page.f("message-review-reason", &[("text", &text)]))
    }

    /// An order's number; empty for one that is not among the newest.
    pub(super) fn number(&self, order: OrderId) -> String {
        self.order(order).map_or_else(String::new, |order| order.number.to_string())
    }

    /// The order.
    pub(super) fn order(&self, order: OrderId) -> Option<&Order> {
        self.money.orders.iter().find(|known| known.id == order)
    }

    /// The gateway of an order in words.
    pub(super) fn gateway(&self, order: OrderId) -> &'static str {
        let gateway = self.order(order).map(|order| order.method.gateway);
        self.page.m(gateway.map_or("situation-gateway", |gateway| gateway.profile().name))
    }

    /// Subjects by their names.
    pub(super) fn subjects(&self, codes: &[SubjectCode]) -> String {
        let lang = self.page.lang().code();
        let names: Vec<&str> = codes
            .iter()
            .filter_map(|code| self.plan.subject(*code))
            .map(|subject| subject.name_in(lang))
            .collect();
        names.join(self.page.m("situation-and"))
    }

    /// A moment that ends something, with what is left until then.
    pub(super) fn clock(&self, until: Time) -> Clock {
        Clock {
            seconds_left: until.since(self.now).as_secs(),
            until: until.page(),
            until_machine: until.to_string(),
            now_machine: self.now.to_string(),
        }
    }
}

/// What schools wrote to a candidate, opened: for pages that nobody else gets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Of a refused application for CET6.
    pub reason: Option<String>,
    /// To the newest report of a wrong record.
    pub answer: Option<String>,
}

impl Written {
    /// Opens what was read.
    ///
    /// # Errors
    /// [`PageError`] if the installation's keys can't open it.
    pub fn of(vault: &Vault, read: &Read) -> Result<Self, PageError> {
        let open = |sealed: &Option<Vec<u8>>| {
            sealed.as_deref().map(|sealed| vault.open(sealed)).transpose().map_err(PageError::fault)
        };
        Ok(Self { reason: open(&read.review_reason)?, answer: open(&read.report_answer)? })
    }
}

/// Why money goes back, and where it is: its gateway returns it the way it came, staff may pay it in another way.
#[must_use]
pub(super) fn of_refund(told: &Wording<'_>, back: &Back) -> String {
    let page = told.page;
    let end = match (back.done_at, back.is_by_staff) {
        (Some(at), false) => page.f("situation-refunded-text", &[("time", &at.page())]),
        (Some(at), true) => page.f("situation-refund-by-hand-text", &[("time", &at.page())]),
        (None, false) => page.m("situation-refunding-text").to_owned(),
        (None, true) => page.m("situation-refund-staff-text").to_owned(),
    };
    let ended = back.ended.as_ref().map(|(subjects, at)| {
        page.f("situation-back-ended", &[("subjects", &told.subjects(subjects)), ("time", &at.page())])
    });
    let why = Some(why_back(page, &back.reason)).filter(|why| !why.is_empty()).map(str::to_owned);
    let all: Vec<String> = ended.into_iter().chain(why).chain([end]).collect();
    all.join(page.m("situation-space"))
}

/// Why money goes back, as one sentence; empty for a reason that is not known here.
fn why_back(page: &Page, reason: &str) -> &'static str {
    match reason {
        "surplus" => page.m("situation-back-surplus"),
        "replaced" => page.m("situation-back-replaced"),
        "locked" => page.m("situation-back-locked"),
        "cancelled" => page.m("situation-back-cancelled"),
        "given-up" => page.m("situation-back-given-up"),
        "no-seat" => page.m("situation-back-no-seat"),
        "window-closed" => page.m("situation-back-window-closed"),
        "not-allowed" => page.m("situation-back-not-allowed"),
        "bound-elsewhere" => page.m("situation-back-bound-elsewhere"),
        "not-granted" => page.m("situation-back-not-granted"),
        "needs-written" => page.m("situation-back-needs-written"),
        "exam-cancelled" => page.m("situation-back-exam-cancelled"),
        "mistaken" => page.m("situation-back-mistaken"),
        "instructed" => page.m("situation-back-instructed"),
        "console" => page.m("situation-back-console"),
        _ => "",
    }
}
