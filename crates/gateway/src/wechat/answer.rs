//! Answers of the API. What they say of money is in a success, and no success is believed without its signature.

use super::CURRENCY;
use super::members::Members;
use super::sign::{self, PlatformKey};
use crate::http::HttpReply;
use crate::refused::WireError;
use crate::vocabulary::{CloseAnswer, OrderRef, RefundState, RefundToMake, TradeState};

/// The maximum size of an answer in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// The longest code and message that are kept of a refusal, in characters.
const LONGEST: usize = 100;

/// An answer.
#[derive(Debug)]
pub(super) enum Answer<'a> {
    /// A success; closing has no members.
    Success(Option<Members<'a>>),
    /// A refusal of the request itself.
    Refused { status: u16, code: String, message: String },
}

impl Answer<'_> {
    pub(super) fn error(self) -> WireError {
        match self {
            Answer::Success(_) => WireError::UnknownStatus,
            Answer::Refused { code, message, .. } => WireError::Gateway { code, detail: message },
        }
    }
}

/// Reads an answer.
///
/// A refusal (4xx) is believed without a signature, because the connection is our own: of those that reach us unsigned
/// none says that money came or went, and what one could make us do again has a number that the gateway carries out once.
/// That a day has no bill makes money of ours on it a difference, and takes nothing.
/// One that is signed is signed rightly.
pub(super) fn read<'a>(reply: HttpReply<'a>, keys: &[PlatformKey]) -> Result<Answer<'a>, WireError> {
    if reply.body.len() > MAX_BYTES {
        return Err(WireError::TooLarge);
    }
    let is_refusal = (400..500).contains(&reply.status);
    if !matches!(reply.status, 200 | 204) && !is_refusal {
        return Err(WireError::HttpStatus(reply.status));
    }
    if !is_refusal || sign::is_signed(reply.headers) {
        sign::verify(keys, reply.headers, reply.body, reply.at)?;
    }
    if !is_refusal {
        let members = if reply.body.is_empty() { None } else { Some(Members::parse(reply.body)?) };
        return Ok(Answer::Success(members));
    }
    // Without a code it is not the API that answers, but something on the way to it.
    let members = Members::parse(reply.body).map_err(|_| WireError::HttpStatus(reply.status))?;
    let cut = |text: String| text.chars().take(LONGEST).collect::<String>();
    Ok(Answer::Refused {
        status: reply.status,
        code: cut(members.text("code")?),
        message: cut(members.text_or_empty("message")?),
    })
}

fn content<'m, 'a>(answer: &'m Answer<'a>) -> Result<&'m Members<'a>, WireError> {
    match answer {
        Answer::Success(Some(members)) => Ok(members),
        Answer::Success(None) => Err(WireError::Malformed("JSON")),
        Answer::Refused { code, message, .. } => {
            Err(WireError::Gateway { code: code.clone(), detail: message.clone() })
        }
    }
}

pub(super) fn trade_state(
    answer: &Answer<'_>,
    order: &OrderRef,
    (mchid, app_id): (&str, &str),
) -> Result<TradeState, WireError> {
    if matches!(answer, Answer::Refused { code, .. } if matches!(code.as_str(), "ORDER_NOT_EXIST" | "ORDERNOTEXIST"))
    {
        return Ok(TradeState::NotExist);
    }
    let content = content(answer)?;
    content.same("mchid", mchid, WireError::WrongMerchant)?;
    content.same("appid", app_id, WireError::WrongApp)?;
    content.same("out_trade_no", order.number.as_str(), WireError::WrongOrder)?;
    match content.text("trade_state")?.as_str() {
        "NOTPAY" | "USERPAYING" | "ACCEPT" => Ok(TradeState::Waiting),
        "PAYERROR" => Ok(TradeState::Declined),
        "SUCCESS" => {
            let amount = content.object("amount")?;
            amount.same("currency", CURRENCY, WireError::WrongCurrency)?;
            Ok(TradeState::Paid { trade_no: trade_no(content)?, amount_fen: amount.fen("total")? })
        }
        // Paid, and refunded in whole or in part: how much is not said. No money comes for it any more.
        "CLOSED" | "REVOKED" | "REFUND" => Ok(TradeState::Closed),
        _ => Err(WireError::UnknownStatus),
    }
}

/// The gateway's own number of a payment.
pub(super) fn trade_no(content: &Members<'_>) -> Result<String, WireError> {
    number(content, "transaction_id", 32)
}

/// A number that stands in rows of ours.
pub(super) fn number(content: &Members<'_>, name: &'static str, most: usize) -> Result<String, WireError> {
    let text = content.text(name)?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-|*@".contains(&b);
    let plain = (1..=most).contains(&text.len()) && text.bytes().all(allowed);
    if plain { Ok(text) } else { Err(WireError::Malformed(name)) }
}

pub(super) fn close(answer: &Answer<'_>) -> Result<CloseAnswer, WireError> {
    match answer {
        Answer::Success(_) => Ok(CloseAnswer::Closed),
        Answer::Refused { code, message, .. } => match code.as_str() {
            "ORDER_NOT_EXIST" | "ORDERNOTEXIST" => Ok(CloseAnswer::NotExist),
            "ORDERPAID" | "ORDER_PAID" | "ORDER_CLOSED" | "ORDERCLOSED" => Ok(CloseAnswer::AskAgain),
            _ => Err(WireError::Gateway { code: code.clone(), detail: message.clone() }),
        },
    }
}

pub(super) fn refund(answer: &Answer<'_>, refund: &RefundToMake) -> Result<RefundState, WireError> {
    match answer {
        // Of these nothing is known of the refund: our signature, our speed, their trouble.
        Answer::Refused { status: 401 | 429, .. } => content(answer).map(|_| RefundState::Pending),
        Answer::Refused { code, .. } if matches!(code.as_str(), "SYSTEM_ERROR" | "FREQUENCY_LIMITED") => {
            Ok(RefundState::Pending)
        }
        Answer::Refused { code, .. } => Ok(RefundState::Refused { code: code.clone() }),
        Answer::Success(_) => made(content(answer)?, refund),
    }
}

pub(super) fn refund_query(answer: &Answer<'_>, refund: &RefundToMake) -> Result<RefundState, WireError> {
    match answer {
        Answer::Refused { code, .. }
            if matches!(
                code.as_str(),
                "RESOURCE_NOT_EXISTS" | "REFUND_NOT_EXISTS" | "RESOURCE_NOT_EXIST"
            ) =>
        {
            Ok(RefundState::NotExist)
        }
        Answer::Refused { .. } | Answer::Success(_) => made(content(answer)?, refund),
    }
}

/// What has become of a refund that the gateway knows.
fn made(content: &Members<'_>, refund: &RefundToMake) -> Result<RefundState, WireError> {
    content.same("out_trade_no", refund.order.number.as_str(), WireError::WrongOrder)?;
    content.same("out_refund_no", &refund.refund_number, WireError::WrongOrder)?;
    let amount_fen = content.object("amount")?.fen("refund")?;
    match content.text("status")?.as_str() {
        "SUCCESS" => Ok(RefundState::Done { amount_fen, reference: Some(content.text("refund_id")?) }),
        "PROCESSING" => Ok(RefundState::Pending),
        // The payer's account can't take it, or the gateway gave it up: finance decides.
        state @ ("CLOSED" | "ABNORMAL") => Ok(RefundState::Refused { code: state.to_owned() }),
        _ => Err(WireError::UnknownStatus),
    }
}
