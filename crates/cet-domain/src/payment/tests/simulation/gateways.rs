//! What payers and gateways do: money, notifications, and every way in which both go wrong.

use gateway::payease::NoticeStatus;
use gateway::{Charset, Fields, format_yuan};

use super::super::wechat_bank;
use super::super::world::*;
use super::Season;
use crate::entry::testing::hours;
use crate::payment::store::Order;
use crate::payment::verbs::receive;

/// A refund that somebody made in the gateway's own console.
pub(super) const CONSOLE: &str = "console";

impl Season {
    /// Money and faults that only the gateway knows of.
    pub(super) async fn at_the_bank(&mut self) -> String {
        let bank = std::sync::Arc::clone(&self.m.bank);
        match self.dice.below(9) {
            0 | 1 => {
                let fault = self.dice.of(&[
                    Fault::Timeout,
                    Fault::AnswerLost,
                    Fault::AnswerLost,
                    Fault::WrongSignature,
                    Fault::Unavailable,
                ]);
                bank.fail(&[fault]);
                format!("the next answer fails: {fault:?}")
            }
            2 => {
                let times = self.dice.of(&[3, 12, 40]);
                bank.fail(&vec![Fault::Timeout; times]);
                format!("silent for {times} questions")
            }
            3 => {
                bank.fail(&[Fault::Refused]);
                "the next refund is refused".to_owned()
            }
            4 => {
                let listing = self.dice.of(&[Listing::Whole, Listing::ReasonsDropped, Listing::Older]);
                *bank.listing.lock().unwrap() = listing;
                format!("refunds are listed as {listing:?}")
            }
            5 => self.console().await,
            _ => {
                let Some(order) = self.any_order() else { return "nothing is paid".to_owned() };
                // What a gateway takes even later without telling is only in its bill.
                if self.m.world.now() >= order.deadline_at.plus(hours(24)) {
                    return self.pays_and_tells(&order).await;
                }
                self.takes(&order);
                format!("{} is paid", order.number)
            }
        }
    }

    /// Notifications; dropped ones are those that nobody sends.
    pub(super) async fn told(&mut self) -> String {
        let Some(order) = self.any_order() else { return "nothing is told".to_owned() };
        match self.dice.below(9) {
            0 => self.another_sum(&order).await,
            1 => self.pays_twice(&order).await,
            2 => self.forges(&order).await,
            3 => self.batch(&order).await,
            4 => {
                for _ in 0..3 {
                    self.pays_and_tells(&order).await;
                }
                format!("{} is told three times", order.number)
            }
            5 => {
                let state = self.dice.of(&["WAIT_BUYER_PAY", "TRADE_CLOSED"]);
                let paid = self.m.bank.is(&self.m.wire_number(&order)) == Some(TradeIs::Paid);
                if order.method.gateway != gateway::alipay::CODE || paid {
                    return format!("{} is not told to be {state}", order.number);
                }
                if state == "TRADE_CLOSED" {
                    self.m.bank.set(&self.m.wire_number(&order), order.amount.get(), TradeIs::Closed);
                }
                let answer = self.m.notify(&alipay_notice(&order, state, &[])).await;
                format!("{} is told to be {state}: {answer}", order.number)
            }
            _ => self.pays_and_tells(&order).await,
        }
    }

    /// The number that the gateway gives the money of an order.
    fn trade(&self, order: &Order) -> String {
        if order.method.gateway == gateway::payease::CODE {
            self.m.wire_number(order)
        } else {
            format!("T{}", order.number)
        }
    }

    /// The payer pays; a trade takes money once.
    fn takes(&mut self, order: &Order) -> bool {
        let (trade, sum) = (self.trade(order), order.amount.get());
        let (_, took) = *self.came.entry(trade).or_insert((order.id, sum));
        self.m.bank.set(&self.m.wire_number(order), took, TradeIs::Paid);
        took == sum
    }

    pub(super) async fn pays_and_tells(&mut self, order: &Order) -> String {
        if !self.takes(order) {
            return format!("{} took another sum before", order.number);
        }
        format!("{} is told: {}", order.number, self.m.pays_and_tells(order).await)
    }

    /// The gateway took another sum than the order's, and says so with its own signature.
    async fn another_sum(&mut self, order: &Order) -> String {
        if self.came.contains_key(&self.trade(order)) {
            return format!("{} is paid already", order.number);
        }
        let sum = order.amount.get() + 7_700;
        self.came.insert(self.trade(order), (order.id, sum));
        self.m.bank.set(&self.m.wire_number(order), sum, TradeIs::Paid);
        let answer = if order.method.gateway == gateway::alipay::CODE {
            let told = [("total_amount", &*format_yuan(sum))];
            self.m.notify(&alipay_notice(order, "TRADE_SUCCESS", &told)).await
        } else {
            "nothing is told"
        };
        format!("{} takes another sum: {answer}", order.number)
    }

    /// A second trade of the order takes its sum again. A paid order is not asked for any more, so that the notification of the
    /// first must have come.
    async fn pays_twice(&mut self, order: &Order) -> String {
        if order.method.gateway != gateway::alipay::CODE || !self.takes(order) {
            return format!("{} can't be paid twice", order.number);
        }
        self.m.pays_and_tells(order).await;
        let trade = format!("T{}X2", order.number);
        self.came.insert(trade.clone(), (order.id, order.amount.get()));
        let told = alipay_notice(order, "TRADE_SUCCESS", &[("trade_no", &trade)]);
        format!("{} is paid by a second trade: {}", order.number, self.m.notify(&told).await)
    }

    /// Somebody who has not the gateway's key tells of money that never came.
    async fn forges(&mut self, order: &Order) -> String {
        let trade = format!("F{}", order.number);
        let forged =
            alipay_notice_by(&keys().app_private, order, "TRADE_SUCCESS", &[("trade_no", trade.as_str())]);
        let payments = self.credulous.as_ref().unwrap_or(&self.m.payments);
        let answer = receive(payments, gateway::alipay::CODE, "192.0.2.9", (&[], &forged)).await;
        let answer = answer.map_or("not heard", |answer| answer.body);
        format!("{} is told by a forger: {answer}", order.number)
    }

    /// 首信 tells of several orders at once, one of them somebody else's.
    async fn batch(&mut self, order: &Order) -> String {
        if order.method.gateway != gateway::payease::CODE || !self.takes(order) {
            return format!("{} is in no batch", order.number);
        }
        let ours = (payease_order(&self.m.wire_number(order), order.amount.get()), NoticeStatus::Paid);
        let stranger = (payease_order("20170920-888-7", 100), NoticeStatus::Paid);
        let fields = merchant().notice(&[stranger, ours]).unwrap();
        let body = Fields::encode(&fields, Charset::Gbk).unwrap().into_bytes();
        format!("{} is told after a stranger's: {}", order.number, self.m.notify(&body).await)
    }

    /// Somebody refunds in the gateway's own console; the gateway tells of it.
    async fn console(&mut self) -> String {
        let Some(order) = self.any_order() else { return "nothing is refunded".to_owned() };
        let (wire, sum) = (self.m.wire_number(&order), order.amount.get());
        let total: i64 = {
            let mut trades = self.m.bank.trades.lock().unwrap();
            let Some(trade) = trades.get_mut(&wire).filter(|trade| trade.state == TradeIs::Paid) else {
                return format!("{} has nothing to refund in the console", order.number);
            };
            if trade.refunds.iter().any(|(number, _)| number == CONSOLE) {
                return format!("{} was refunded in the console", order.number);
            }
            trade.refunds.push((CONSOLE.to_owned(), sum));
            trade.refunds.iter().map(|(_, fen)| fen).sum()
        };
        let answer = if order.method.gateway == gateway::alipay::CODE {
            let fee = format_yuan(total);
            let told = [("refund_fee", fee.as_str()), ("gmt_refund", "2017-09-20 12:05:00.000")];
            self.m.notify(&alipay_notice(&order, "TRADE_SUCCESS", &told)).await
        } else if order.method.gateway == gateway::payease::CODE {
            self.m.notify(&payease_notice(&self.m.payments, &[(&order, NoticeStatus::Refunding)], true)).await
        } else {
            let content = wechat_bank::refunded(&order, CONSOLE, sum, "SUCCESS");
            let (headers, body) =
                wechat_bank::notice("REFUND.SUCCESS", &content, self.m.world.now().timestamp());
            receive(&self.m.payments, gateway::wechat::CODE, "192.0.2.9", (&headers, &body))
                .await
                .unwrap()
                .body
        };
        format!("{} is refunded in the console: {answer}", order.number)
    }
}
