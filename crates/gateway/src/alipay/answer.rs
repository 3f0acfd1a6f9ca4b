//! Answers of the API: `{"…_response": {…}, "sign": "…"}`, where the signature covers the raw text of the first member.

use super::Method;
use crate::amount::parse_yuan;
use crate::fields::Charset;
use crate::json::{Object, RawObject};
use crate::keys::Rsa2PublicKey;
use crate::refused::WireError;
use crate::vocabulary::{CloseAnswer, OrderRef, RefundState, RefundToMake, TradeState};

/// The maximum size of an answer in bytes.
const MAX_BYTES: usize = 512 * 1024;

/// A verified answer: the content of a success, or the gateway's refusal.
pub(super) enum Answer {
    Success(Object),
    Refused { code: String, sub_code: String },
}

impl Answer {
    fn failed(code: &str, sub_code: &str) -> WireError {
        WireError::Gateway { code: code.to_owned(), detail: sub_code.to_owned() }
    }
}

pub(super) fn read(method: Method, body: &[u8], key: &Rsa2PublicKey) -> Result<Answer, WireError> {
    if body.len() > MAX_BYTES {
        return Err(WireError::TooLarge);
    }
    let text = Charset::Utf8.decode(body)?;
    let outer = RawObject::parse(&text)?;
    // Re-serialised JSON would not verify: Alipay escapes `/`, serde does not.
    let raw = outer.get(&method.answer_member()).or_else(|| outer.get("error_response"));
    let raw = raw.ok_or(WireError::MissingField("response"))?.get();
    let sign = outer.get("sign").ok_or(WireError::MissingField("sign"))?.get();
    let sign: String = serde_json::from_str(sign).map_err(|_| WireError::Malformed("sign"))?;
    if !key.verify(raw.as_bytes(), &sign) {
        return Err(WireError::BadSignature("sign"));
    }
    let content = Object::parse(raw)?;
    let code = content.require("code")?;
    if code == "10000" {
        return Ok(Answer::Success(content));
    }
    let sub_code = content.get("sub_code").unwrap_or_default().to_owned();
    Ok(Answer::Refused { code: code.to_owned(), sub_code })
}

pub(super) fn trade_state(answer: &Answer, order: &OrderRef) -> Result<TradeState, WireError> {
    let content = match answer {
        Answer::Success(content) => content,
        Answer::Refused { sub_code, .. } if sub_code == "ACQ.TRADE_NOT_EXIST" => {
            return Ok(TradeState::NotExist);
        }
        Answer::Refused { code, sub_code } => return Err(Answer::failed(code, sub_code)),
    };
    same_order(content, order)?;
    match content.require("trade_status")? {
        "WAIT_BUYER_PAY" => Ok(TradeState::Waiting),
        "TRADE_SUCCESS" | "TRADE_FINISHED" => Ok(TradeState::Paid {
            trade_no: content.require("trade_no")?.to_owned(),
            amount_fen: yuan(content, "total_amount")?,
        }),
        "TRADE_CLOSED" => Ok(TradeState::Closed),
        _ => Err(WireError::UnknownStatus),
    }
}

pub(super) fn close(answer: &Answer, order: &OrderRef) -> Result<CloseAnswer, WireError> {
    match answer {
        Answer::Success(content) => same_order(content, order).map(|()| CloseAnswer::Closed),
        Answer::Refused { code, sub_code } => match sub_code.as_str() {
            "ACQ.TRADE_NOT_EXIST" => Ok(CloseAnswer::NotExist),
            "ACQ.TRADE_STATUS_ERROR" | "ACQ.TRADE_HAS_SUCCESS" | "ACQ.REASON_TRADE_STATUS_INVALID" => {
                Ok(CloseAnswer::AskAgain)
            }
            _ => Err(Answer::failed(code, sub_code)),
        },
    }
}

pub(super) fn refund(answer: &Answer, refund: &RefundToMake) -> Result<RefundState, WireError> {
    let content = match answer {
        Answer::Success(content) => content,
        Answer::Refused { code, sub_code } => return refused(code, sub_code),
    };
    same_order(content, &refund.order)?;
    // `refund_fee` is the sum of all refunds of the trade, so this refund's amount is the requested one.
    Ok(match content.get("fund_change") {
        Some("Y") => RefundState::Done { amount_fen: refund.amount_fen, reference: trade_no(content) },
        // N (repeated request) or absent: only a query can tell.
        _ => RefundState::Pending,
    })
}

pub(super) fn refund_query(answer: &Answer, refund: &RefundToMake) -> Result<RefundState, WireError> {
    let content = match answer {
        Answer::Success(content) => content,
        Answer::Refused { sub_code, .. } if sub_code == "ACQ.TRADE_NOT_EXIST" => {
            return Ok(RefundState::NotExist);
        }
        Answer::Refused { code, sub_code } => return Err(Answer::failed(code, sub_code)),
    };
    // For an unknown refund Alipay answers with a success without a refund.
    if content.get("refund_amount").is_none() {
        return Ok(RefundState::NotExist);
    }
    same_order(content, &refund.order)?;
    if content.require("out_request_no")? != refund.refund_number {
        return Err(WireError::WrongOrder);
    }
    if yuan(content, "refund_amount")? != refund.amount_fen {
        return Err(WireError::BadAmount);
    }
    match content.get("refund_status") {
        None | Some("REFUND_SUCCESS") => {
            Ok(RefundState::Done { amount_fen: refund.amount_fen, reference: trade_no(content) })
        }
        Some(_) => Ok(RefundState::Pending),
    }
}

/// Whether a refused refund is final or must be queried again.
fn refused(code: &str, sub_code: &str) -> Result<RefundState, WireError> {
    match code {
        // 20000: the service is unavailable; the refund may have been made.
        "20000" => Ok(RefundState::Pending),
        _ if matches!(sub_code, "ACQ.SYSTEM_ERROR" | "aop.ACQ.SYSTEM_ERROR") => Ok(RefundState::Pending),
        "40004" => Ok(RefundState::Refused { code: sub_code.to_owned() }),
        _ => Err(Answer::failed(code, sub_code)),
    }
}

fn same_order(content: &Object, order: &OrderRef) -> Result<(), WireError> {
    if content.require("out_trade_no")? == order.number.as_str() {
        Ok(())
    } else {
        Err(WireError::WrongOrder)
    }
}

fn trade_no(content: &Object) -> Option<String> {
    content.get("trade_no").map(str::to_owned)
}

fn yuan(content: &Object, name: &'static str) -> Result<i64, WireError> {
    parse_yuan(content.require(name)?).ok_or(WireError::BadAmount)
}
