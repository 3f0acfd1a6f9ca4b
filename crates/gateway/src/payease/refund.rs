//! Refunds. PayEase has no idempotency key, so our refund number is sent as the reason and looked up in the list.
//!
//! What `sign` covers here is not documented; the texts below are our interpretation and must be verified with real
//! traffic.

use super::merchant::PayEaseSettings;
use super::query::{UNKNOWN_ORDER, signed};
use super::{cny, yuan};
use crate::refused::WireError;
use crate::vocabulary::{RefundState, RefundToMake};
use crate::xml::Element;

/// Parses the answer to `ref_ack_submit.jsp`: flat, signed over oid, refamount and refid.
pub(super) fn read_submit(
    body: &[u8],
    refund: &RefundToMake,
    oid: &str,
    settings: &PayEaseSettings,
) -> Result<RefundState, WireError> {
    let root = Element::parse(body)?;
    if root.text_of("status")? != "0" {
        return Ok(RefundState::Refused { code: root.text_of("statusdesc")?.to_owned() });
    }
    let parts = [root.text_of("oid")?, root.text_of("refamount")?, root.text_of("refid")?];
    signed(&root, &parts, settings)?;
    let [found, amount, reference] = parts;
    if root.text_of("mid")? != settings.mid {
        return Err(WireError::WrongMerchant);
    }
    if found != oid {
        return Err(WireError::WrongOrder);
    }
    if yuan(amount)? != refund.amount_fen {
        return Err(WireError::BadAmount);
    }
    if reference.is_empty() {
        return Err(WireError::MissingField("refid"));
    }
    // Accepted does not mean refunded yet; the list tells.
    Ok(RefundState::Pending)
}

/// Parses the answer to `ref_ack_oid_list_utf8.jsp`; each refund is signed over refid, refamount and refstatus.
pub(super) fn read_list(
    body: &[u8],
    refund: &RefundToMake,
    oid: &str,
    settings: &PayEaseSettings,
) -> Result<RefundState, WireError> {
    let root = Element::parse(body)?;
    let head = root.child("messagehead")?.ok_or(WireError::MissingField("messagehead"))?;
    let (status, detail) = (head.text_of("status")?, head.text_of("statusdesc")?);
    if status != "0" {
        return if detail.ends_with(UNKNOWN_ORDER) {
            Ok(RefundState::NotExist)
        } else {
            Err(WireError::Gateway { code: status.to_owned(), detail: detail.to_owned() })
        };
    }
    if head.text_of("mid")? != settings.mid {
        return Err(WireError::WrongMerchant);
    }
    if head.text_of("oid")? != oid {
        return Err(WireError::WrongOrder);
    }
    let body = root.child("messagebody")?.ok_or(WireError::MissingField("messagebody"))?;
    // Our refund counts, whatever the other rows are. If it is not found, an untrusted row might be ours: then the
    // state is unknown, and nothing is sent again.
    let mut fault = None;
    for row in body.children("refund") {
        match read_row(row, refund, settings) {
            Ok(Some(state)) => return Ok(state),
            Ok(None) => {}
            Err(error) => {
                fault.get_or_insert(error);
            }
        }
    }
    fault.map_or(Ok(RefundState::NotExist), Err)
}

/// Parses one refund of the list; `None` if it is not ours.
fn read_row(
    row: &Element,
    refund: &RefundToMake,
    settings: &PayEaseSettings,
) -> Result<Option<RefundState>, WireError> {
    let parts = [row.text_of("refid")?, row.text_of("refamount")?, row.text_of("refstatus")?];
    signed(row, &parts, settings)?;
    if row.text_of("refreason")? != refund.refund_number {
        return Ok(None);
    }
    let [reference, amount, state] = parts;
    cny(row.text_of("refmoneytype")?)?;
    let amount_fen = yuan(amount)?;
    if amount_fen != refund.amount_fen {
        return Err(WireError::BadAmount);
    }
    Ok(Some(match state {
        "1" => RefundState::Done { amount_fen, reference: Some(reference.to_owned()) },
        "2" => RefundState::Refused { code: "refstatus 2".to_owned() },
        _ => RefundState::Pending,
    }))
}
