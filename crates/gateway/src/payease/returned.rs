use super::merchant::PayEaseSettings;
use super::number::order_number_of;
use super::status::ReturnStatus;
use super::{cny, yuan};
use crate::fields::{Charset, Fields};
use crate::refused::WireError;
use crate::vocabulary::Returned;

/// Parses the parameters that the browser returns to `v_url` with.
pub(super) fn read(query: &[u8], settings: &PayEaseSettings) -> Result<Returned, WireError> {
    let fields = Fields::parse(query, Charset::Gbk)?;
    let oid = fields.require_bytes("v_oid")?;
    let state = fields.require_bytes("v_pstatus")?;
    let amount = fields.require_bytes("v_amount")?;
    let currency = fields.require_bytes("v_moneytype")?;
    let pstring = settings.mac_text.of_field(&fields, "v_pstring")?;
    let pmode = settings.mac_text.of_field(&fields, "v_pmode")?;

    if !settings.mac_key.verify(&[oid, state, &pstring, &pmode], fields.require("v_md5info")?) {
        return Err(WireError::BadSignature("v_md5info"));
    }
    if !settings.mac_key.verify(&[amount, currency], fields.require("v_md5money")?) {
        return Err(WireError::BadSignature("v_md5money"));
    }
    if let Some(sign) = fields.get("v_sign").filter(|sign| !sign.is_empty())
        && !settings.public_key.verify(&[oid, state, amount, currency], sign)
    {
        return Err(WireError::BadSignature("v_sign"));
    }
    cny(fields.require("v_moneytype")?)?;
    yuan(fields.require("v_amount")?)?;
    Ok(Returned {
        order_number: order_number_of(fields.require("v_oid")?, &settings.mid)?,
        hint: ReturnStatus::parse(fields.require("v_pstatus")?)?.hint(),
    })
}
