use super::{CHARSET, Method, SIGN_TYPE, merchant::AlipaySettings, sign_text};
use crate::amount::parse_yuan;
use crate::fields::{Charset, Fields};
use crate::order_number::OrderNumber;
use crate::refused::WireError;
use crate::vocabulary::{Currency, Doubtful, Notice, Outcome, ReturnHint, Returned, Verdict};

/// Parses a notification; its content is proven, since RSA2 covers every field.
pub(super) fn read(body: &[u8], settings: &AlipaySettings) -> Result<Verdict, WireError> {
    let fields = verified(body, settings)?;
    let (wire_number, trade_no) = (fields.require("out_trade_no")?.to_owned(), trade_no(&fields)?);
    let amount_fen = parse_yuan(fields.require("total_amount")?);
    let outcome = match outcome(&fields) {
        Ok(outcome) => Some(outcome),
        Err(WireError::UnknownStatus) => None,
        Err(error) => return Err(error),
    };
    let ours = || {
        addressee(&fields, settings)?;
        // Absent for domestic trades; present for a trade in another currency.
        for name in ["trans_currency", "settle_currency", "pay_currency"] {
            if fields.get(name).is_some_and(|currency| currency != "CNY") {
                return Err(WireError::WrongCurrency);
            }
        }
        let amount_fen = amount_fen.ok_or(WireError::BadAmount)?;
        let order_number = wire_number.parse().map_err(|_| WireError::WrongOrder)?;
        let outcome = outcome.clone().ok_or(WireError::UnknownStatus)?;
        Ok(Notice {
            gateway: super::CODE,
            wire_number: wire_number.clone(),
            order_number,
            amount_fen,
            currency: Currency::Cny,
            outcome,
            trade_no: trade_no.clone(),
            proven: true,
        })
    };
    let doubtful = |why| Doubtful {
        gateway: super::CODE,
        wire_number: wire_number.clone(),
        trade_no: trade_no.clone(),
        amount_fen,
        outcome: outcome.clone(),
        why,
        proven: true,
    };
    Ok(ours().map_err(|why| Box::new(doubtful(why))))
}

/// Parses the parameters of `return_url`: signed, but without an outcome.
pub(super) fn read_return(query: &[u8], settings: &AlipaySettings) -> Result<Returned, WireError> {
    let fields = verified(query, settings)?;
    addressee(&fields, settings)?;
    // A notification must not be accepted as a return, nor vice versa: a return has no trade_status.
    if fields.require("method")? != format!("{}.return", Method::PagePay.name()) {
        return Err(WireError::Malformed("method"));
    }
    Ok(Returned { order_number: order_number(&fields)?, hint: ReturnHint::Unsaid })
}

fn verified(form: &[u8], settings: &AlipaySettings) -> Result<Fields, WireError> {
    let fields = Fields::parse(form, Charset::Utf8)?;
    if fields.require("sign_type")? != SIGN_TYPE {
        return Err(WireError::WrongSignType);
    }
    if !fields.require("charset")?.eq_ignore_ascii_case(CHARSET) {
        return Err(WireError::WrongCharset);
    }
    let text = sign_text::of_notice(fields.pairs());
    if !settings.alipay_public_key.verify(text.as_bytes(), fields.require("sign")?) {
        return Err(WireError::BadSignature("sign"));
    }
    fields.require("app_id")?;
    fields.require("seller_id")?;
    Ok(fields)
}

fn addressee(fields: &Fields, settings: &AlipaySettings) -> Result<(), WireError> {
    if fields.require("app_id")? != settings.app_id {
        return Err(WireError::WrongApp);
    }
    if fields.require("seller_id")? != settings.seller_id {
        return Err(WireError::WrongMerchant);
    }
    Ok(())
}

fn order_number(fields: &Fields) -> Result<OrderNumber, WireError> {
    fields.require("out_trade_no")?.parse().map_err(|_| WireError::WrongOrder)
}

fn trade_no(fields: &Fields) -> Result<String, WireError> {
    let text = fields.require("trade_no")?;
    let plain = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain { Ok(text.to_owned()) } else { Err(WireError::Malformed("trade_no")) }
}

fn outcome(fields: &Fields) -> Result<Outcome, WireError> {
    let refund = match fields.get("refund_fee") {
        Some(fee) => Some(Outcome::Refunded {
            total_fen: parse_yuan(fee).ok_or(WireError::BadAmount)?,
            refund_number: fields.get("out_biz_no").map(str::to_owned),
        }),
        None if fields.get("gmt_refund").is_some() => return Err(WireError::MissingField("refund_fee")),
        None => None,
    };
    match (fields.require("trade_status")?, refund) {
        ("WAIT_BUYER_PAY", None) => Ok(Outcome::Pending),
        ("TRADE_SUCCESS" | "TRADE_FINISHED", None) => Ok(Outcome::Paid),
        ("TRADE_CLOSED", None) => Ok(Outcome::Closed),
        ("TRADE_SUCCESS" | "TRADE_FINISHED" | "TRADE_CLOSED", Some(refund)) => Ok(refund),
        _ => Err(WireError::UnknownStatus),
    }
}
