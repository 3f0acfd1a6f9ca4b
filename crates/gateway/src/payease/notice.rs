use super::merchant::PayEaseSettings;
use super::number::order_number_of;
use super::status::NoticeStatus;
use super::{MAX_ORDERS, SEPARATOR, cny, yuan};
use crate::fields::{Charset, Fields};
use crate::refused::WireError;
use crate::vocabulary::{Currency, Doubtful, Notice, Verdict};

/// Parses a notification of one to four orders. Signatures and counts concern all of it; each order's content concerns
/// only that order: one that can not be read silences none beside it.
pub(super) fn read(body: &[u8], settings: &PayEaseSettings) -> Result<Vec<Verdict>, WireError> {
    let fields = Fields::parse(body, Charset::Gbk)?;
    let proven = verify(&fields, settings)?;
    let count: usize = match fields.require("v_count")? {
        "1" => 1,
        "2" => 2,
        "3" => 3,
        "4" => MAX_ORDERS,
        _ => return Err(WireError::BadCount),
    };
    let oids = split(&fields, "v_oid", count)?;
    let states = split(&fields, "v_pstatus", count)?;
    let amounts = split(&fields, "v_amount", count)?;
    let currencies = split(&fields, "v_moneytype", count)?;
    split(&fields, "v_pmode", count)?;
    split(&fields, "v_pstring", count)?;

    let mut told: Vec<NoticeLine<'_>> = Vec::with_capacity(count);
    for (((oid, state), amount), currency) in oids.into_iter().zip(states).zip(amounts).zip(currencies) {
        told.push(NoticeLine { oid, state, amount_fen: yuan(amount).ok(), currency });
    }
    // There is no separator between the signed fields, so only parts of equal length keep their boundaries fixed: beside
    // another one all is a mere hint.
    let proven = proven && told.iter().all(|one| one_digit(one.state) && one_digit(one.currency));
    Ok(told.into_iter().map(|one| one.verdict(settings, proven)).collect())
}

/// The data of one order in a notification.
struct NoticeLine<'a> {
    oid: &'a str,
    state: &'a str,
    /// `None`: not an amount.
    amount_fen: Option<i64>,
    currency: &'a str,
}

impl NoticeLine<'_> {
    fn verdict(&self, settings: &PayEaseSettings, proven: bool) -> Verdict {
        self.ours(settings, proven).map_err(|why| {
            Box::new(Doubtful {
                gateway: super::CODE,
                wire_number: self.oid.to_owned(),
                trade_no: self.oid.to_owned(),
                amount_fen: self.amount_fen,
                outcome: NoticeStatus::parse(self.state).ok().map(NoticeStatus::outcome),
                why,
                proven,
            })
        })
    }

    fn ours(&self, settings: &PayEaseSettings, proven: bool) -> Result<Notice, WireError> {
        cny(self.currency)?;
        Ok(Notice {
            gateway: super::CODE,
            order_number: order_number_of(self.oid, &settings.mid)?,
            wire_number: self.oid.to_owned(),
            amount_fen: self.amount_fen.ok_or(WireError::BadAmount)?,
            currency: Currency::Cny,
            outcome: NoticeStatus::parse(self.state)?.outcome(),
            trade_no: self.oid.to_owned(),
            proven,
        })
    }
}

fn one_digit(text: &str) -> bool {
    text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Every signature that is present must be valid; returns whether `v_sign` was present.
fn verify(fields: &Fields, settings: &PayEaseSettings) -> Result<bool, WireError> {
    let text = settings.mac_text;
    let oid = fields.require_bytes("v_oid")?;
    let state = fields.require_bytes("v_pstatus")?;
    let count = fields.require_bytes("v_count")?;
    let amount = fields.require_bytes("v_amount")?;
    let currency = fields.require_bytes("v_moneytype")?;
    let pmode = text.of_field(fields, "v_pmode")?;
    let pstring = text.of_field(fields, "v_pstring")?;

    if !settings.mac_key.verify(&[oid, &pmode, state, &pstring, count], fields.require("v_mac")?) {
        return Err(WireError::BadSignature("v_mac"));
    }
    if !settings.mac_key.verify(&[amount, currency], fields.require("v_md5money")?) {
        return Err(WireError::BadSignature("v_md5money"));
    }
    match fields.get("v_sign") {
        None | Some("") => Ok(false),
        Some(sign) if settings.public_key.verify(&[oid, state, amount, currency, count], sign) => Ok(true),
        Some(_) => Err(WireError::BadSignature("v_sign")),
    }
}

fn split<'a>(fields: &'a Fields, name: &'static str, count: usize) -> Result<Vec<&'a str>, WireError> {
    let parts: Vec<&str> =
        fields.require(name)?.split(SEPARATOR).take(MAX_ORDERS.saturating_add(1)).collect();
    if parts.len() == count { Ok(parts) } else { Err(WireError::BadCount) }
}
