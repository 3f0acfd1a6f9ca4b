//! A passport's payments and refunds, on the information page (Y4).

use crate::payment::rules::OrderState;
use crate::payment::store::Order;
use crate::payment::verbs::PassportMoney;
use crate::web::page::Page;
use crate::words::time::Time;

/// A refund of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyBack {
    /// The amount: `¥0.02`.
    pub sum: String,
    /// The state in a word.
    pub word: &'static str,
    /// The CSS class next to `tag`.
    pub class: &'static str,
    /// When the refund was due, or when the gateway accepted it: `YYYY-MM-DD HH:MM`.
    pub at: String,
}

/// One payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastOrder {
    /// `/payment/{order}`.
    pub href: String,
    /// 支付单号.
    pub number: String,
    /// Its sum: `¥0.02`.
    pub sum: String,
    /// The gateway in words.
    pub gateway: &'static str,
    /// When it was opened, `YYYY-MM-DD HH:MM`.
    pub opened: String,
    /// The state in a word.
    pub word: &'static str,
    /// The CSS class next to `tag`.
    pub class: &'static str,
    /// Its refunds, complete or under way.
    pub back: Vec<MoneyBack>,
}

/// The payments of a passport, newest first.
#[must_use]
pub fn past_orders(page: &Page, money: &PassportMoney, now: Time) -> Vec<PastOrder> {
    money.orders.iter().map(|order| past_order(page, money, order, now)).collect()
}

fn past_order(page: &Page, money: &PassportMoney, order: &Order, now: Time) -> PastOrder {
    let (word, class) = match order.state {
        OrderState::Open if now < order.deadline_at => (page.m("payment-order-open"), " warn"),
        OrderState::Open => (page.m("payment-order-asking"), " warn"),
        OrderState::Paid => (page.m("payment-order-paid"), " ok"),
        OrderState::Closed(_) => (page.m("payment-order-closed"), ""),
    };
    let own = money.refunds.iter().filter(|refund| refund.order == order.id);
    let back = own.map(|refund| MoneyBack {
        sum: format!("¥{}", refund.amount),
        word: page.m(if refund.done_at.is_some() { "payment-back-done" } else { "payment-back-due" }),
        class: if refund.done_at.is_some() { "" } else { " warn" },
        at: refund.done_at.unwrap_or(refund.due_at).page(),
    });
    PastOrder {
        href: format!("/payment/{}", order.id),
        number: order.number.to_string(),
        sum: format!("¥{}", order.amount),
        gateway: match order.method.gateway {
            gateway::GatewayCode::Alipay => page.m("payment-alipay"),
            gateway::GatewayCode::PayEase => page.m("payment-payease"),
        },
        opened: order.opened_at.page(),
        word,
        class,
        back: back.collect(),
    }
}
