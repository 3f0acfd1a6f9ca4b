use super::merchant::{PayEaseSettings, QueryTrust};
use super::status::QueryStatus;
use super::{cny, yuan};
use crate::refused::WireError;
use crate::vocabulary::TradeState;
use crate::xml::Element;

/// `statusdesc` for an order that PayEase never saw.
pub(super) const UNKNOWN_ORDER: &str = "Invalid order number";

/// Parses the answer to `order_ack_oid_list.jsp`.
pub(super) fn read(body: &[u8], oid: &str, settings: &PayEaseSettings) -> Result<TradeState, WireError> {
    let root = Element::parse(body)?;
    let head = root.child("messagehead")?.ok_or(WireError::MissingField("messagehead"))?;
    let (status, detail) = (head.text_of("status")?, head.text_of("statusdesc")?);
    if status != "0" {
        return if detail.ends_with(UNKNOWN_ORDER) {
            Ok(TradeState::NotExist)
        } else {
            Err(WireError::Gateway { code: status.to_owned(), detail: detail.to_owned() })
        };
    }
    if head.text_of("mid")? != settings.mid {
        return Err(WireError::WrongMerchant);
    }
    let body = root.child("messagebody")?.ok_or(WireError::MissingField("messagebody"))?;
    // An order that was opened several times is listed once per attempt; one paid attempt is enough, whatever the
    // others are. Without a paid one, an untrusted attempt might have been it, so the state is unknown.
    let mut state = TradeState::NotExist;
    let mut fault = None;
    for order in body.children("order") {
        let found = match read_order(order, oid, settings) {
            Ok(found) => found,
            Err(error) => {
                fault.get_or_insert(error);
                continue;
            }
        };
        match (&state, &found) {
            // Somebody paid on two open pages. The order is paid all the same, and the bill of the day has the second payment.
            (TradeState::Paid { .. }, TradeState::Paid { .. }) if state == found => {}
            (TradeState::Paid { .. }, TradeState::Paid { .. }) => {
                return Err(WireError::DuplicateField("order".to_owned()));
            }
            (TradeState::Paid { .. }, _) => {}
            (_, TradeState::Paid { .. }) | (TradeState::NotExist, _) => state = found,
            (TradeState::Waiting | TradeState::Declined | TradeState::Closed, _) => {}
        }
    }
    match (state, fault) {
        (
            TradeState::NotExist | TradeState::Waiting | TradeState::Declined | TradeState::Closed,
            Some(fault),
        ) => Err(fault),
        (state, _) => Ok(state),
    }
}

fn read_order(order: &Element, oid: &str, settings: &PayEaseSettings) -> Result<TradeState, WireError> {
    let parts = [
        order.text_of("oid")?,
        order.text_of("pstatus")?,
        order.text_of("amount")?,
        order.text_of("moneytype")?,
    ];
    signed(order, &parts, settings)?;
    let [found, state, amount, currency] = parts;
    if found != oid {
        return Err(WireError::WrongOrder);
    }
    cny(currency)?;
    let amount_fen = yuan(amount)?;
    Ok(match QueryStatus::parse(state)? {
        QueryStatus::Paid => TradeState::Paid { trade_no: oid.to_owned(), amount_fen },
        QueryStatus::Unpaid => TradeState::Waiting,
        QueryStatus::Failed => TradeState::Declined,
    })
}

/// Checks `sign` over the concatenated texts, if the settings require it.
pub(super) fn signed(element: &Element, parts: &[&str], settings: &PayEaseSettings) -> Result<(), WireError> {
    let sign = match element.child("sign")? {
        None => "",
        Some(_) => element.text_of("sign")?,
    };
    if sign.is_empty() {
        return match settings.query_trust {
            QueryTrust::Signature => Err(WireError::MissingField("sign")),
            QueryTrust::Connection => Ok(()),
        };
    }
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    if settings.public_key.verify(&parts, sign) { Ok(()) } else { Err(WireError::BadSignature("sign")) }
}
