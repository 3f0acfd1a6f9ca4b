//! Notifications: signed outside, sealed inside.

use super::answer::{number, trade_no};
use super::members::Members;
use super::{CURRENCY, PlatformKey, SEAL, WeChatSettings, sign};
use crate::http::HttpNotice;
use crate::refused::WireError;
use crate::vocabulary::{Currency, Doubtful, Notice, Outcome, Verdict};

/// The maximum size of a notification in bytes; valid ones have less than a tenth of it.
const MAX_BYTES: usize = 64 * 1024;

/// Parses a notification; its content is proven, since the signature covers the whole body. `None`: it tells of something
/// that is no payment and no refund, as a coupon.
pub(super) fn read(
    notice: HttpNotice<'_>,
    settings: &WeChatSettings,
    keys: &[PlatformKey],
) -> Result<Option<Verdict>, WireError> {
    if notice.body.len() > MAX_BYTES {
        return Err(WireError::TooLarge);
    }
    sign::verify(keys, notice.headers, notice.body, notice.at)?;
    let outer = Members::parse(notice.body)?;
    let resource = outer.object("resource")?;
    resource.same("algorithm", SEAL, WireError::WrongSignType)?;
    let (nonce, associated) = (resource.text("nonce")?, resource.text_or_empty("associated_data")?);
    let content = settings.seal_key.open(&nonce, &associated, &resource.text("ciphertext")?);
    let content = content.ok_or(WireError::BadSignature("ciphertext"))?;
    let content = Members::parse(&content)?;
    let event = outer.text("event_type")?;
    match event.split_once('.') {
        Some(("TRANSACTION", _)) => payment(&content, settings).map(Some),
        Some(("REFUND", _)) => refund(&content, settings).map(Some),
        _ => Ok(None),
    }
}

fn payment(content: &Members<'_>, settings: &WeChatSettings) -> Result<Verdict, WireError> {
    let outcome = match content.text("trade_state")?.as_str() {
        "SUCCESS" => Some(Outcome::Paid),
        "NOTPAY" | "USERPAYING" | "ACCEPT" => Some(Outcome::Pending),
        "PAYERROR" => Some(Outcome::Declined),
        "CLOSED" | "REVOKED" => Some(Outcome::Closed),
        _ => None,
    };
    let amount = content.object("amount")?;
    let app = content.same("appid", &settings.app_id, WireError::WrongApp);
    let currency = amount.same("currency", CURRENCY, WireError::WrongCurrency);
    verdict(content, settings, outcome.as_ref(), amount.fen("total").ok(), app.and(currency))
}

fn refund(content: &Members<'_>, settings: &WeChatSettings) -> Result<Verdict, WireError> {
    let amount = content.object("amount")?;
    let is_done = match content.text("refund_status")?.as_str() {
        "SUCCESS" => Some(true),
        "CLOSED" | "ABNORMAL" => Some(false),
        _ => None,
    };
    let outcome = match is_done {
        Some(is_done) => Some(Outcome::OneRefund {
            refund_number: number(content, "out_refund_no", 64)?,
            amount_fen: amount.fen("refund")?,
            is_done,
        }),
        None => None,
    };
    verdict(content, settings, outcome.as_ref(), amount.fen("total").ok(), Ok(()))
}

fn verdict(
    content: &Members<'_>,
    settings: &WeChatSettings,
    outcome: Option<&Outcome>,
    amount_fen: Option<i64>,
    fits: Result<(), WireError>,
) -> Result<Verdict, WireError> {
    let (wire_number, trade_no) = (number(content, "out_trade_no", 32)?, trade_no(content)?);
    let ours = || {
        content.same("mchid", &settings.mchid, WireError::WrongMerchant)?;
        fits?;
        Ok(Notice {
            gateway: super::CODE,
            order_number: wire_number.parse().map_err(|_| WireError::WrongOrder)?,
            wire_number: wire_number.clone(),
            amount_fen: amount_fen.ok_or(WireError::BadAmount)?,
            currency: Currency::Cny,
            outcome: outcome.cloned().ok_or(WireError::UnknownStatus)?,
            trade_no: trade_no.clone(),
            proven: true,
        })
    };
    Ok(ours().map_err(|why| {
        Box::new(Doubtful {
            gateway: super::CODE,
            wire_number: wire_number.clone(),
            trade_no: trade_no.clone(),
            amount_fen,
            outcome: outcome.cloned(),
            why,
            proven: true,
        })
    }))
}
