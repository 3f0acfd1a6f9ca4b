//! Refunds that somebody makes in the merchant's console at a gateway: the merchant's own system did not ask for them.

use jiff::Timestamp;

use crate::ledger::{Event, NoticeContent, Recorded, Refund, Side, Trade};
use crate::sandbox::{Sandbox, Unavailable};
use crate::{Behaviour, ConsoleRefund, notice};

fn side(gateway: &str) -> Option<Side> {
    match gateway {
        "alipay" => Some(Side::Alipay),
        "payease" => Some(Side::PayEase),
        "wechat" => Some(Side::WeChat),
        _ => None,
    }
}

/// What is told of a refund, if anything is: 支付宝 tells of no refund that closes the trade, and counts all of them in others.
fn told(trade: &Trade, asked: &ConsoleRefund) -> Option<NoticeContent> {
    let total_fen = trade.refunded_fen().saturating_add(asked.amount_fen);
    let request = asked.id.clone();
    match trade.opening.side {
        Side::Alipay if total_fen >= trade.opening.amount_fen => None,
        Side::Alipay => Some(NoticeContent::Refunded { total_fen, request }),
        Side::PayEase | Side::WeChat => {
            Some(NoticeContent::Refunded { total_fen: asked.amount_fen, request })
        }
    }
}

impl Sandbox {
    /// Makes the refunds of the console that were not made yet; one of more than what is left of a payment is not made.
    pub(crate) async fn refund_in_console(&self) -> Result<(), Unavailable> {
        let behaviour = self.behaviour().await?;
        if behaviour.console.is_empty() {
            return Ok(());
        }
        let now = self.now().await?;
        for asked in &behaviour.console {
            self.refund_one(asked, &behaviour, now).await?;
        }
        Ok(())
    }

    async fn refund_one(
        &self,
        asked: &ConsoleRefund,
        behaviour: &Behaviour,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let Some(side) = side(&asked.gateway) else { return Ok(()) };
        let pending = {
            let mut book = self.book().await;
            let Some(trade) = book.ledger.trade(side, &asked.number).cloned() else { return Ok(()) };
            let left = trade.opening.amount_fen.saturating_sub(trade.refunded_fen());
            let is_paid = matches!(trade.recorded, Recorded::Paid { .. });
            let is_made = trade.refunds.iter().any(|refund| refund.request == asked.id);
            if is_made || !is_paid || !(1..=left).contains(&asked.amount_fen) {
                return Ok(());
            }
            let delivery = told(&trade, asked)
                .and_then(|told| notice::queue(&book.ledger, &trade, told, behaviour, self.settings(), now));
            let refund = Refund {
                reference: format!("5{:027}", book.ledger.next_id()),
                request: asked.id.clone(),
                amount_fen: asked.amount_fen,
                at: now,
            };
            book.record(&Event::Refunded { side, number: asked.number.clone(), refund, delivery })?
        };
        pending.wait().await.map_err(|error| Unavailable::journal(&error))
    }
}
