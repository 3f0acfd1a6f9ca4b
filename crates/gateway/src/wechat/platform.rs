//! The side of 微信支付 itself, for the sandbox: parsing merchants' requests and signing answers and notifications.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::members::Members;
use super::sign::{answer_text, nonce, request_text};
use super::{SEAL, SIGNATURE_TYPE};
use crate::http::{Headers, Verb};
use crate::keys::{Rsa2PrivateKey, Rsa2PublicKey, SealKey, self_signed};
use crate::refused::{BuildError, WireError};

pub use super::{CURRENCY, format_time};

/// A merchant as the gateway knows it.
#[derive(Debug)]
pub struct Merchant {
    /// Its application.
    pub app_id: String,
    /// Its number.
    pub mchid: String,
    /// The serial number of its certificate.
    pub serial_no: String,
    /// Its public key.
    pub public_key: Rsa2PublicKey,
    /// The id of the gateway's key.
    pub platform_id: String,
    /// The gateway's own private key.
    pub private_key: Rsa2PrivateKey,
    /// The shared key.
    pub seal_key: SealKey,
    /// Certificates that it signs with in place of that key: always the newest one that is live.
    pub certificates: Vec<Certificate>,
}

/// A platform certificate.
#[derive(Debug)]
pub struct Certificate {
    /// Its serial number.
    pub serial_no: String,
    /// The key that it is of.
    pub private_key: Rsa2PrivateKey,
    /// From when on it is live.
    pub from: Timestamp,
    /// When it is over.
    pub until: Timestamp,
}

/// An order of a merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The merchant's number.
    pub out_trade_no: String,
    /// In fen.
    pub amount_fen: i64,
    /// What is sold.
    pub description: String,
    /// Where the outcome is sent.
    pub notify_url: String,
    /// The deadline.
    pub expires_at: Option<Timestamp>,
}

/// How a request names an order: one of its two numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderKey {
    /// The merchant's number, `out_trade_no`.
    Merchants(String),
    /// The platform's number of the payment, `transaction_id`; it goes before the other where both are sent.
    Platforms(String),
}

/// A refund that a merchant asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The order.
    pub order: OrderKey,
    /// The merchant's number of the refund.
    pub out_refund_no: String,
    /// In fen.
    pub refund_fen: i64,
    /// What the order was paid with, in fen.
    pub total_fen: i64,
    /// Where the outcome is sent.
    pub notify_url: Option<String>,
}

impl Merchant {
    /// Verifies the signature of a request.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn verify(
        &self,
        (verb, path): (Verb, &str),
        authorization: &str,
        body: &[u8],
    ) -> Result<(), WireError> {
        let (kind, rest) = authorization.split_once(' ').ok_or(WireError::Malformed("Authorization"))?;
        if kind != SIGNATURE_TYPE {
            return Err(WireError::WrongSignType);
        }
        let field = |name: &'static str| {
            let own = |pair: &&str| pair.split_once('=').is_some_and(|(known, _)| known.trim() == name);
            let pair = rest.split(',').find(own).ok_or(WireError::MissingField(name))?;
            let (_, value) = pair.split_once('=').ok_or(WireError::MissingField(name))?;
            let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            quoted.ok_or(WireError::Malformed(name))
        };
        if field("mchid")? != self.mchid || field("serial_no")? != self.serial_no {
            return Err(WireError::WrongMerchant);
        }
        let text = request_text(verb, path, (field("timestamp")?, field("nonce_str")?), body);
        if self.public_key.verify(&text, field("signature")?) {
            Ok(())
        } else {
            Err(WireError::BadSignature("signature"))
        }
    }

    /// Parses an order: Native, or H5 with its scene.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn parse_order(&self, body: &[u8], is_phone: bool) -> Result<Order, WireError> {
        let order = Members::parse(body)?;
        order.same("appid", &self.app_id, WireError::WrongApp)?;
        order.same("mchid", &self.mchid, WireError::WrongMerchant)?;
        if is_phone {
            let scene = order.object("scene_info")?;
            scene.text("payer_client_ip")?;
            scene.object("h5_info")?.text("type")?;
        }
        let number = order.text("out_trade_no")?;
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-|*".contains(&b);
        if !(6..=32).contains(&number.len()) || !number.bytes().all(allowed) {
            return Err(WireError::Malformed("out_trade_no"));
        }
        let amount = order.object("amount")?;
        if !matches!(amount.text_or_empty("currency")?.as_str(), "" | super::CURRENCY) {
            return Err(WireError::WrongCurrency);
        }
        let expires_at = match order.text_or_empty("time_expire")?.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| WireError::Malformed("time_expire"))?),
        };
        Ok(Order {
            out_trade_no: number,
            amount_fen: positive(amount.fen("total")?)?,
            description: order.text("description")?,
            notify_url: order.text("notify_url")?,
            expires_at,
        })
    }

    /// Parses the request to close an order.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn parse_close(&self, body: &[u8]) -> Result<(), WireError> {
        Members::parse(body)?.same("mchid", &self.mchid, WireError::WrongMerchant)
    }

    /// Parses a refund.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn parse_refund(&self, body: &[u8]) -> Result<Refund, WireError> {
        let refund = Members::parse(body)?;
        let amount = refund.object("amount")?;
        amount.same("currency", super::CURRENCY, WireError::WrongCurrency)?;
        let order = match refund.text_or_empty("transaction_id")? {
            id if id.is_empty() => OrderKey::Merchants(refund.text("out_trade_no")?),
            id => OrderKey::Platforms(id),
        };
        Ok(Refund {
            order,
            out_refund_no: refund.text("out_refund_no")?,
            refund_fen: positive(amount.fen("refund")?)?,
            total_fen: positive(amount.fen("total")?)?,
            notify_url: Some(refund.text_or_empty("notify_url")?).filter(|url| !url.is_empty()),
        })
    }

    /// Signs an answer or a notification: the headers beside its body.
    ///
    /// # Errors
    /// [`BuildError::Signing`].
    pub fn sign(&self, body: &[u8], now: Timestamp) -> Result<Vec<(String, String)>, BuildError> {
        let (time, nonce) = (now.as_second().to_string(), nonce().ok_or(BuildError::Signing)?);
        let live = self.certificates.iter().filter(|of| of.from <= now && now < of.until);
        let (id, key) = live
            .max_by_key(|of| of.from)
            .map_or((&self.platform_id, &self.private_key), |of| (&of.serial_no, &of.private_key));
        let signature = key.sign(&answer_text((&time, &nonce), body))?;
        let named = |name: &str, value: String| (name.to_owned(), value);
        Ok(vec![
            named("Wechatpay-Timestamp", time),
            named("Wechatpay-Nonce", nonce),
            named("Wechatpay-Signature", signature),
            named("Wechatpay-Signature-Type", SIGNATURE_TYPE.to_owned()),
            named("Wechatpay-Serial", id.clone()),
        ])
    }

    /// The certificates that are not over, sealed; `None` if it signs with no certificate.
    ///
    /// # Errors
    /// [`BuildError`].
    pub fn hand_out(&self, now: Timestamp) -> Result<Option<Value>, BuildError> {
        let sealed = |of: &Certificate| -> Result<Value, BuildError> {
            let text = self_signed(&of.serial_no, (of.from, of.until), &of.private_key)?;
            let nonce: String = nonce().ok_or(BuildError::Signing)?.chars().take(12).collect();
            let ciphertext = self.seal_key.seal(&nonce, "certificate", text.as_bytes());
            Ok(json!({
                "serial_no": of.serial_no,
                "effective_time": format_time(of.from),
                "expire_time": format_time(of.until),
                "encrypt_certificate": {
                    "algorithm": SEAL,
                    "nonce": nonce,
                    "associated_data": "certificate",
                    "ciphertext": ciphertext.ok_or(BuildError::Signing)?,
                },
            }))
        };
        let all: Vec<Value> =
            self.certificates.iter().filter(|of| now < of.until).map(sealed).collect::<Result<_, _>>()?;
        Ok((!all.is_empty()).then(|| json!({ "data": all })))
    }

    /// The body of a notification about this content.
    ///
    /// # Errors
    /// [`BuildError::Signing`].
    pub fn notice(
        &self,
        (id, event): (&str, &str),
        content: &Value,
        now: Timestamp,
    ) -> Result<String, BuildError> {
        let kind = if event.starts_with("REFUND") { "refund" } else { "transaction" };
        let nonce: String = nonce().ok_or(BuildError::Signing)?.chars().take(12).collect();
        let sealed =
            self.seal_key.seal(&nonce, kind, content.to_string().as_bytes()).ok_or(BuildError::Signing)?;
        let body = json!({
            "id": id,
            "create_time": format_time(now),
            "resource_type": "encrypt-resource",
            "event_type": event,
            "summary": event,
            "resource": {
                "original_type": kind,
                "algorithm": SEAL,
                "ciphertext": sealed,
                "associated_data": kind,
                "nonce": nonce,
            },
        });
        Ok(body.to_string())
    }
}

fn positive(fen: i64) -> Result<i64, WireError> {
    if fen > 0 { Ok(fen) } else { Err(WireError::BadAmount) }
}

/// The signature among headers, to be falsified.
pub fn signature(headers: &mut Headers) -> Option<&mut String> {
    let own = |(name, _): &&mut (String, String)| name.eq_ignore_ascii_case("wechatpay-signature");
    headers.iter_mut().find(own).map(|(_, value)| value)
}
