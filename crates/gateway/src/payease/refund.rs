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
    let (mut fault, mut ours, mut reasons) = (None, None, Vec::new());
    for row in &body.children {
        // Another shape, as of older versions: it may hold our refund under names that nobody knows here.
        if row.name != "refund" {
            reasons.push(String::new());
            continue;
        }
        match read_row(row, refund, settings) {
            // A refund that was refused and sent again stands there twice.
            Ok(Row::Ours(state)) => ours = Some(better(ours, state)),
            Ok(Row::SameSum(reason)) => reasons.push(reason),
            Ok(Row::Another) => {}
            Err(error) => {
                fault.get_or_insert(error);
            }
        }
    }
    match (ours, fault) {
        (Some(state), _) => Ok(state),
        (None, Some(fault)) => Err(fault),
        (None, None) if reasons.is_empty() => Ok(RefundState::NotExist),
        (None, None) => Ok(RefundState::Unexplained { reasons }),
    }
}

/// A refund of the list.
enum Row {
    /// It has our number.
    Ours(RefundState),
    /// It has another reason, and our sum.
    SameSum(String),
    /// It has neither.
    Another,
}

/// The state that says more: done, then waiting, then refused.
fn better(known: Option<RefundState>, state: RefundState) -> RefundState {
    match (known, state) {
        (Some(done @ RefundState::Done { .. }), _) => done,
        (Some(pending @ RefundState::Pending), RefundState::Refused { .. }) => pending,
        (_, state) => state,
    }
}

/// Parses one refund of the list.
fn read_row(row: &Element, refund: &RefundToMake, settings: &PayEaseSettings) -> Result<Row, WireError> {
    let parts = [row.text_of("refid")?, row.text_of("refamount")?, row.text_of("refstatus")?];
    signed(row, &parts, settings)?;
    let [reference, amount, state] = parts;
    let amount_fen = yuan(amount)?;
    // Older lists have no reason.
    let reason = match row.child("refreason")? {
        Some(_) => row.text_of("refreason")?,
        None => "",
    };
    if reason != refund.refund_number {
        let same = amount_fen == refund.amount_fen;
        return Ok(if same { Row::SameSum(reason.to_owned()) } else { Row::Another });
    }
    cny(row.text_of("refmoneytype")?)?;
    if amount_fen != refund.amount_fen {
        return Err(WireError::BadAmount);
    }
    Ok(Row::Ours(match state {
        "1" => RefundState::Done { amount_fen, reference: Some(reference.to_owned()) },
        "2" => RefundState::Refused { code: "refstatus 2".to_owned() },
        _ => RefundState::Pending,
    }))
}
