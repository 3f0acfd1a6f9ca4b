//! A passport's payments and refunds, on the information page (Y4).

use super::outcome_words;
use crate::payment::store::RefundShown;
use crate::payment::verbs::OrderMoney;
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

impl MoneyBack {
    /// A refund in words.
    #[must_use]
    pub fn of(page: &Page, refund: &RefundShown) -> Self {
        Self {
            sum: format!("¥{}", refund.amount),
            word: page.m(if refund.done_at.is_some() { "payment-back-done" } else { "payment-back-due" }),
            class: if refund.done_at.is_some() { "" } else { " warn" },
            at: refund.done_at.unwrap_or(refund.due_at).page(),
        }
    }
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
pub fn past_orders(page: &Page, orders: &[OrderMoney], now: Time) -> Vec<PastOrder> {
    orders.iter().map(|money| past_order(page, money, now)).collect()
}

fn past_order(page: &Page, money: &OrderMoney, now: Time) -> PastOrder {
    let order = &money.order;
    let (word, class) = outcome_words(page, money.outcome(now));
    let back = money.refunds.iter().map(|refund| MoneyBack::of(page, refund));
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
