//! Opening a trade and deciding it; the same steps for all gateways.

use crate::behaviour::CashierBehaviour;
use crate::ledger::{Event, NoticeContent, Opening, Side, State, Trade};
use crate::notice;
use crate::page::{Refusal, origin};
use crate::sandbox::{Sandbox, Unavailable};
use gateway::{Fields, WireError};
use jiff::Timestamp;

/// Which button was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    Pay,
    Decline,
    Abandon,
}

impl Press {
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        match Fields::parse(body, gateway::Charset::Utf8).ok()?.get("outcome")? {
            "pay" => Some(Self::Pay),
            "decline" => Some(Self::Decline),
            "abandon" => Some(Self::Abandon),
            _ => None,
        }
    }

    pub(crate) const fn by_itself(behaviour: CashierBehaviour) -> Option<Self> {
        match behaviour {
            CashierBehaviour::Ask => None,
            CashierBehaviour::Pay => Some(Self::Pay),
            CashierBehaviour::Decline => Some(Self::Decline),
        }
    }
}

/// Opens the payment page: creates the trade, or finds the one with the same number.
pub(crate) async fn open(sandbox: &Sandbox, opening: Opening) -> Result<Result<(), Refusal>, Unavailable> {
    if origin(&opening.return_url).is_none() {
        return Ok(Err(Refusal::Form(WireError::Malformed("return address"))));
    }
    let pending = {
        let mut book = sandbox.book().await;
        if let Some(trade) = book.ledger.trade(opening.side, &opening.number) {
            // As the gateways do: under one number only exactly the same order is opened again.
            let contents = |of: &Opening| (of.amount_fen, of.subject.clone(), of.trade_type.clone());
            let same = contents(&trade.opening) == contents(&opening);
            return Ok(if same { Ok(()) } else { Err(Refusal::OtherContents) });
        }
        book.record(&Event::Opened(opening))?
    };
    pending.wait().await.map_err(|error| Unavailable::journal(&error))?;
    Ok(Ok(()))
}

/// The trade of a page, if it can still be paid.
pub(crate) async fn payable(
    sandbox: &Sandbox,
    side: Side,
    number: &str,
) -> Result<Result<Trade, (Refusal, String)>, Unavailable> {
    let (now, behaviour) = (sandbox.now().await?, sandbox.behaviour().await?);
    let book = sandbox.book().await;
    let Some(trade) = book.ledger.trade(side, number) else {
        return Ok(Err((Refusal::Unknown, String::new())));
    };
    Ok(match refused(trade, now, behaviour.late_payment) {
        None => Ok(trade.clone()),
        Some(refusal) => Err((refusal, trade.opening.return_url.clone())),
    })
}

/// Applies a button press; returns the trade's new state and when that was: what was recorded is answered without asking
/// the host anything more, which may have failed meanwhile.
pub(crate) async fn press(
    sandbox: &Sandbox,
    side: Side,
    number: &str,
    press: Press,
) -> Result<Result<(Trade, Timestamp), (Refusal, String)>, Unavailable> {
    let (now, behaviour) = (sandbox.now().await?, sandbox.behaviour().await?);
    let (trade, pending) = {
        let mut book = sandbox.book().await;
        let Some(trade) = book.ledger.trade(side, number).cloned() else {
            return Ok(Err((Refusal::Unknown, String::new())));
        };
        if let Some(refusal) = refused(&trade, now, behaviour.late_payment) {
            return Ok(Err((refusal, trade.opening.return_url)));
        }
        let queue = |told| notice::queue(&book.ledger, &trade, told, &behaviour, sandbox.settings(), now);
        let number = number.to_owned();
        let event = match (press, side) {
            (Press::Abandon, _) => return Ok(Ok((trade, now))),
            (Press::Pay, _) => {
                let trade_no = trade_no(now, book.ledger.next_id());
                Event::Paid { side, number, trade_no, at: now, delivery: queue(NoticeContent::Paid) }
            }
            (Press::Decline, Side::PayEase) => {
                Event::Declined { side, number, delivery: queue(NoticeContent::Declined) }
            }
            // These send no notification when a payer's bank declines.
            (Press::Decline, Side::Alipay | Side::WeChat) => Event::Declined { side, number, delivery: None },
        };
        let pending = book.record(&event)?;
        (book.ledger.trade(side, trade.opening.number.as_str()).cloned().unwrap_or(trade), pending)
    };
    pending.wait().await.map_err(|error| Unavailable::journal(&error))?;
    Ok(Ok((trade, now)))
}

fn refused(trade: &Trade, now: Timestamp, late_payment: bool) -> Option<Refusal> {
    match trade.state(now) {
        State::Waiting => None,
        State::Closed if late_payment => None,
        State::Closed => Some(Refusal::Closed),
        State::Paid { .. } | State::Refunded { .. } => Some(Refusal::Paid),
    }
}

/// 28 digits like Alipay's: the day, then a unique number.
fn trade_no(now: Timestamp, id: u64) -> String {
    format!("{}{id:020}", gateway::payease::day_of(now))
}
