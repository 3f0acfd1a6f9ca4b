//! Alipay's own side, for the sandbox: parsing merchants' requests and signing answers.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{CHARSET, Method, SIGN_TYPE, parse_time, sign_text};
use crate::amount::parse_yuan;
use crate::fields::{Charset, Fields};
use crate::json::Object;
use crate::keys::{Rsa2PrivateKey, Rsa2PublicKey};
use crate::refused::{BuildError, WireError};

/// A verified request from a merchant.
#[derive(Debug)]
pub struct Request {
    /// The requested method.
    pub method: Method,
    /// Where the browser is redirected afterwards; only with [`Method::PagePay`].
    pub return_url: Option<String>,
    /// Where the outcome is sent.
    pub notify_url: Option<String>,
    /// `biz_content`.
    pub content: Object,
}

impl Request {
    /// Parses and verifies a request's form body.
    ///
    /// # Errors
    /// Any [`WireError`]; [`WireError::BadSignature`] also if the key belongs to someone else.
    pub fn parse(body: &[u8], app_id: &str, app_public_key: &Rsa2PublicKey) -> Result<Self, WireError> {
        Self::of_fields(&Fields::parse(body, Charset::Utf8)?, app_id, app_public_key)
    }

    /// Verifies the fields of URL and body together: merchants' SDKs put the common ones into the URL, or all of them.
    ///
    /// # Errors
    /// Any [`WireError`]; [`WireError::UnknownStatus`] for a method that this gateway does not have.
    pub fn of_fields(
        fields: &Fields,
        app_id: &str,
        app_public_key: &Rsa2PublicKey,
    ) -> Result<Self, WireError> {
        if fields.require("sign_type")? != SIGN_TYPE {
            return Err(WireError::WrongSignType);
        }
        if fields.require("charset")? != CHARSET {
            return Err(WireError::WrongCharset);
        }
        if fields.require("app_id")? != app_id {
            return Err(WireError::WrongApp);
        }
        let text = sign_text::of_request(fields.pairs());
        if !app_public_key.verify(text.as_bytes(), fields.require("sign")?) {
            return Err(WireError::BadSignature("sign"));
        }
        if fields.require("version")? != "1.0" || parse_time(fields.require("timestamp")?).is_none() {
            return Err(WireError::Malformed("common parameters"));
        }
        Ok(Self {
            method: Method::parse(fields.require("method")?).ok_or(WireError::UnknownStatus)?,
            return_url: fields.get("return_url").map(str::to_owned),
            notify_url: fields.get("notify_url").map(str::to_owned),
            content: Object::parse(fields.get("biz_content").unwrap_or("{}"))?,
        })
    }
}

/// The content of `alipay.trade.page.pay`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagePay {
    /// The merchant's order number.
    pub out_trade_no: String,
    /// The amount in fen.
    pub amount_fen: i64,
    /// The subject of the payment.
    pub subject: String,
    /// The payment deadline.
    pub expires_at: Option<Timestamp>,
}

impl PagePay {
    /// Parses `biz_content`.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn parse(content: &Object) -> Result<Self, WireError> {
        let out_trade_no = content.require("out_trade_no")?;
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if !(1..=64).contains(&out_trade_no.len()) || !out_trade_no.bytes().all(allowed) {
            return Err(WireError::Malformed("out_trade_no"));
        }
        if content.require("product_code")? != "FAST_INSTANT_TRADE_PAY" {
            return Err(WireError::Malformed("product_code"));
        }
        let subject = content.require("subject")?;
        if subject.is_empty() || subject.chars().count() > 256 {
            return Err(WireError::Malformed("subject"));
        }
        let amount_fen = parse_yuan(content.require("total_amount")?).filter(|fen| *fen > 0);
        let expires_at = match content.get("time_expire") {
            None => None,
            Some(text) => Some(parse_time(text).ok_or(WireError::Malformed("time_expire"))?),
        };
        Ok(Self {
            out_trade_no: out_trade_no.to_owned(),
            amount_fen: amount_fen.ok_or(WireError::BadAmount)?,
            subject: subject.to_owned(),
            expires_at,
        })
    }
}

/// Builds a signed answer; `members` are strings, as most of Alipay's are.
///
/// # Errors
/// [`BuildError::Signing`].
pub fn answer(method: Method, members: &[(&str, &str)], key: &Rsa2PrivateKey) -> Result<String, BuildError> {
    answer_as(&method.answer_member(), members, key)
}

/// The answer to a request whose method is unknown.
///
/// # Errors
/// [`BuildError::Signing`].
pub fn error_answer(members: &[(&str, &str)], key: &Rsa2PrivateKey) -> Result<String, BuildError> {
    answer_as("error_response", members, key)
}

fn answer_as(member: &str, members: &[(&str, &str)], key: &Rsa2PrivateKey) -> Result<String, BuildError> {
    let content: Map<String, Value> = members
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::String((*value).to_owned())))
        .collect();
    // Alipay escapes slashes; the sandbox does too, so that verifying re-serialised JSON fails here as well.
    let raw = Value::Object(content).to_string().replace('/', "\\/");
    let sign = key.sign(raw.as_bytes())?;
    Ok(format!("{{\"{member}\":{raw},\"sign\":\"{sign}\"}}"))
}

/// Signs the fields of a notification or of a return and appends `sign_type` and `sign`.
///
/// # Errors
/// [`BuildError::Signing`].
pub fn sign_fields(
    mut fields: Vec<(String, String)>,
    key: &Rsa2PrivateKey,
) -> Result<Vec<(String, String)>, BuildError> {
    let text = sign_text::of_notice(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let sign = key.sign(text.as_bytes())?;
    fields.push(("sign_type".to_owned(), SIGN_TYPE.to_owned()));
    fields.push(("sign".to_owned(), sign));
    Ok(fields)
}
