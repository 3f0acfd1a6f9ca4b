//! What the words of a situation are made of besides the situation itself.

use crate::entry::views::Clock;
use crate::payment::store::Order;
use crate::payment::verbs::PassportMoney;
use crate::sitting::Plan;
use crate::web::page::Page;
use crate::words::codes::SubjectCode;
use crate::words::ids::OrderId;
use crate::words::time::Time;

/// The page's words, the sitting's names and the passport's orders.
#[derive(Clone, Copy)]
pub struct Told<'p> {
    /// The page that speaks.
    pub page: &'p Page,
    /// The sitting.
    pub plan: &'p Plan,
    /// The passport's money.
    pub money: &'p PassportMoney,
    /// Now.
    pub now: Time,
}

impl Told<'_> {
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
        match self.order(order).map(|order| order.method.gateway) {
            Some(gateway::GatewayCode::Alipay) => self.page.m("payment-alipay"),
            Some(gateway::GatewayCode::PayEase) => self.page.m("payment-payease"),
            None => self.page.m("situation-gateway"),
        }
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

/// Why money goes back, as one sentence.
pub(super) fn why_back(page: &Page, reason: &str) -> &'static str {
    match reason {
        "surplus" => page.m("situation-back-surplus"),
        "replaced" => page.m("situation-back-replaced"),
        "locked" => page.m("situation-back-locked"),
        "cancelled" => page.m("situation-back-cancelled"),
        "no-seat" => page.m("situation-back-no-seat"),
        "needs-written" => page.m("situation-back-needs-written"),
        _ => "",
    }
}
