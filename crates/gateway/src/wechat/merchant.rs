use std::sync::{PoisonError, RwLock};

use data_encoding::HEXLOWER_PERMISSIVE;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::certificates::{self, Certificate};
use super::members::Members;
use super::sign::{PlatformKey, Signer};
use super::{CURRENCY, format_time, notice, path};
use crate::amount::MAX_FEN;
use crate::bill::{BillAddress, BillFile, BillRequest};
use crate::fields::escape;
use crate::http::{Acknowledgement, HttpNotice, HttpReply, HttpRequest, NoticeReply, Verb};
use crate::keys::{Rsa2PrivateKey, SealKey};
use crate::refused::{BuildError, WireError};
use crate::registry::{GatewayCode, PayFlow};
use crate::vocabulary::{
    CloseAnswer, Gateway, OrderRef, OrderToPay, Payer, RefundState, RefundToMake, Returned, TradeState,
    Verdict,
};

/// The maximum length of a description in characters.
const MAX_SUBJECT: usize = 127;
/// The maximum length of a refund's reason in bytes.
const MAX_REASON: usize = 80;
/// The longest address that is taken.
const LONGEST_ADDRESS: usize = 512;
/// What a code begins with that the app of 微信 scans.
const CODE: &str = "weixin://";

/// The merchant's contract data with 微信支付.
#[derive(Debug)]
pub struct WeChatSettings {
    /// The origin of the API, `https://api.mch.weixin.qq.com`.
    pub endpoint: String,
    /// The origin of the pages for telephones, `https://wx.tenpay.com`.
    pub phone_origin: String,
    /// The application's id (wx…).
    pub app_id: String,
    /// The merchant's number.
    pub mchid: String,
    /// The serial number of the merchant's certificate.
    pub serial_no: String,
    /// The merchant's private key.
    pub private_key: Rsa2PrivateKey,
    /// The shared key that seals notifications.
    pub seal_key: SealKey,
    /// The gateway's keys; the first one is what it is asked to sign answers with. If there is a platform certificate among
    /// them, the next ones are asked for.
    pub platform_keys: Vec<PlatformKey>,
    /// Where refunds are notified, as payments are.
    pub notify_url: String,
    /// Whether codes may also be addresses of the endpoint: only in a rehearsal, so that they can be opened as links.
    pub is_rehearsal: bool,
}

/// 微信支付, from the merchant's side.
#[derive(Debug)]
pub struct WeChat {
    settings: WeChatSettings,
    /// The certificates that the gateway handed out last.
    handed: RwLock<Vec<Certificate>>,
}

impl WeChat {
    /// Accepts the settings.
    ///
    /// # Errors
    /// [`BuildError::Setting`] without a key of the gateway, or for a number that no header can carry.
    pub fn new(settings: WeChatSettings) -> Result<Self, BuildError> {
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        for (name, text) in
            [("mchid", &settings.mchid), ("serial_no", &settings.serial_no), ("app_id", &settings.app_id)]
        {
            if !plain(text) {
                return Err(BuildError::Setting(name));
            }
        }
        if settings.platform_keys.is_empty() {
            return Err(BuildError::Setting("platform_keys"));
        }
        Ok(Self { settings, handed: RwLock::default() })
    }

    fn request(
        &self,
        verb: Verb,
        path: &str,
        body: Option<&Value>,
        now: Timestamp,
    ) -> Result<HttpRequest, BuildError> {
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let of = &self.settings;
        let signer = Signer { mchid: &of.mchid, serial_no: &of.serial_no, key: &of.private_key };
        let mut headers = vec![
            ("authorization", signer.sign(verb, path, &body, now)?),
            ("accept", "application/json".to_owned()),
            // The gateway refuses requests without one.
            ("user-agent", "cet".to_owned()),
        ];
        headers.extend(self.wanted_key(now).map(|id| ("wechatpay-serial", id)));
        Ok(HttpRequest {
            verb,
            url: format!("{}{path}", of.endpoint.trim_end_matches('/')),
            content_type: "application/json",
            headers,
            body,
        })
    }

    fn answer<'a>(&self, reply: HttpReply<'a>) -> Result<Answer<'a>, WireError> {
        answer::read(reply, &self.keys(reply.at))
    }

    /// The keys that are listed, and those of certificates that were handed out and are not over.
    fn keys(&self, at: Timestamp) -> Vec<PlatformKey> {
        let handed = self.handed.read().unwrap_or_else(PoisonError::into_inner);
        let live = handed.iter().filter(|one| at < one.until).map(|one| one.key.clone());
        self.settings.platform_keys.iter().cloned().chain(live).collect()
    }

    /// What the gateway is asked to sign its answer with: the key that is listed first, or the newest certificate.
    fn wanted_key(&self, now: Timestamp) -> Option<String> {
        let first = self.settings.platform_keys.first()?;
        let handed = self.handed.read().unwrap_or_else(PoisonError::into_inner);
        let newest = handed.iter().filter(|one| one.is_live(now)).max_by_key(|one| one.from);
        let newest = newest.filter(|_| first.is_certificate()).map_or(first, |one| &one.key);
        Some(newest.id.clone())
    }
}

/// The address if it is the gateway's own.
fn own_address(address: String, begins: &[&str]) -> Result<String, WireError> {
    let is_own = begins.iter().any(|begin| address.strip_prefix(begin).is_some_and(|rest| !rest.is_empty()));
    let plain = address.len() <= LONGEST_ADDRESS && address.bytes().all(|b| b.is_ascii_graphic());
    if is_own && plain { Ok(address) } else { Err(WireError::Malformed("address")) }
}

fn amount(fen: i64) -> Result<i64, BuildError> {
    if (1..=MAX_FEN).contains(&fen) { Ok(fen) } else { Err(BuildError::Amount) }
}

/// As many characters as fit into so many bytes.
fn cut(text: &str, most: usize) -> &str {
    let end = text
        .char_indices()
        .map(|(at, c)| at.saturating_add(c.len_utf8()))
        .take_while(|end| *end <= most)
        .last();
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

impl Gateway for WeChat {
    fn code(&self) -> GatewayCode {
        super::CODE
    }

    fn merchant(&self) -> &str {
        &self.settings.mchid
    }

    fn wire_number(&self, order: &OrderRef) -> String {
        order.number.to_string()
    }

    fn address_request(
        &self,
        order: &OrderToPay,
        payer: &Payer,
        now: Timestamp,
    ) -> Result<HttpRequest, BuildError> {
        if order.subject.is_empty() || order.subject.chars().count() > MAX_SUBJECT {
            return Err(BuildError::Subject);
        }
        if order.expires_at <= now {
            return Err(BuildError::Expired);
        }
        let mut body = json!({
            "appid": self.settings.app_id,
            "mchid": self.settings.mchid,
            "description": order.subject,
            "out_trade_no": order.order.number.as_str(),
            "time_expire": format_time(order.expires_at),
            "notify_url": order.notify_url,
            "amount": { "total": amount(order.amount_fen)?, "currency": CURRENCY },
        });
        let path = match payer.way {
            PayFlow::Scan => path::NATIVE,
            PayFlow::Phone => {
                if let Some(members) = body.as_object_mut() {
                    let scene = json!({ "payer_client_ip": payer.address, "h5_info": { "type": "Wap" } });
                    members.insert("scene_info".to_owned(), scene);
                }
                path::H5
            }
            PayFlow::Form => return Err(BuildError::Setting("way")),
        };
        self.request(Verb::Post, path, Some(&body), now)
    }

    fn parse_address(
        &self,
        order: &OrderToPay,
        payer: &Payer,
        reply: HttpReply<'_>,
    ) -> Result<String, WireError> {
        let members = self.answer(reply)?.success()?;
        let own = |origin: &str| format!("{}/", origin.trim_end_matches('/'));
        match payer.way {
            PayFlow::Scan => {
                let endpoint = own(&self.settings.endpoint);
                let both = [CODE, endpoint.as_str()];
                let begins = if self.settings.is_rehearsal { &both[..] } else { &[CODE] };
                own_address(members.text("code_url")?, begins)
            }
            PayFlow::Phone => {
                let mut address = own_address(members.text("h5_url")?, &[&own(&self.settings.phone_origin)])?;
                address.push(if address.contains('?') { '&' } else { '?' });
                address.push_str("redirect_url=");
                escape(order.return_url.as_bytes(), &mut address);
                Ok(address)
            }
            PayFlow::Form => Err(WireError::Malformed("way")),
        }
    }

    fn query_request(&self, order: &OrderRef, now: Timestamp) -> Result<HttpRequest, BuildError> {
        let path = format!("{}{}?mchid={}", path::ORDER, order.number, self.settings.mchid);
        self.request(Verb::Get, &path, None, now)
    }

    fn parse_query(&self, order: &OrderRef, reply: HttpReply<'_>) -> Result<TradeState, WireError> {
        answer::trade_state(&self.answer(reply)?, order, (&self.settings.mchid, &self.settings.app_id))
    }

    fn close_request(&self, order: &OrderRef, now: Timestamp) -> Result<Option<HttpRequest>, BuildError> {
        let path = format!("{}{}/close", path::ORDER, order.number);
        let body = json!({ "mchid": self.settings.mchid });
        self.request(Verb::Post, &path, Some(&body), now).map(Some)
    }

    fn parse_close(&self, _order: &OrderRef, reply: HttpReply<'_>) -> Result<CloseAnswer, WireError> {
        answer::close(&self.answer(reply)?)
    }

    fn refund_request(&self, refund: &RefundToMake, now: Timestamp) -> Result<HttpRequest, BuildError> {
        let body = json!({
            "out_trade_no": refund.order.number.as_str(),
            "out_refund_no": refund.refund_number,
            "reason": cut(&refund.reason, MAX_REASON),
            "notify_url": self.settings.notify_url,
            "amount": {
                "refund": amount(refund.amount_fen)?,
                "total": amount(refund.order_fen)?,
                "currency": CURRENCY,
            },
        });
        self.request(Verb::Post, path::REFUNDS, Some(&body), now)
    }

    fn parse_refund(&self, refund: &RefundToMake, reply: HttpReply<'_>) -> Result<RefundState, WireError> {
        answer::refund(&self.answer(reply)?, refund)
    }

    fn refund_query_request(&self, refund: &RefundToMake, now: Timestamp) -> Result<HttpRequest, BuildError> {
        let path = format!("{}/{}", path::REFUNDS, refund.refund_number);
        self.request(Verb::Get, &path, None, now)
    }

    fn parse_refund_query(
        &self,
        refund: &RefundToMake,
        reply: HttpReply<'_>,
    ) -> Result<RefundState, WireError> {
        answer::refund_query(&self.answer(reply)?, refund)
    }

    fn bill_request(&self, day: Date, now: Timestamp) -> Result<BillRequest, BuildError> {
        let path = format!("{}?bill_date={day}&bill_type=ALL&tar_type=GZIP", path::BILL);
        self.request(Verb::Get, &path, None, now).map(BillRequest::AddressBy)
    }

    fn parse_bill_address(&self, reply: HttpReply<'_>) -> Result<BillAddress, WireError> {
        let at = reply.at;
        let members = match self.answer(reply)? {
            Answer::Success(members) => members.ok_or(WireError::Malformed("JSON"))?,
            Answer::Refused { code, .. } if code == "NO_STATEMENT_EXIST" => return Ok(BillAddress::Absent),
            Answer::Refused { code, .. } if code == "STATEMENT_CREATING" => return Ok(BillAddress::NotYet),
            refused @ Answer::Refused { .. } => return Err(refused.error()),
        };
        members.same("hash_type", "SHA1", WireError::WrongSignType)?;
        let sha1 = HEXLOWER_PERMISSIVE.decode(members.text("hash_value")?.as_bytes()).ok();
        let sha1 = sha1.and_then(|bytes| bytes.try_into().ok()).ok_or(WireError::Malformed("hash_value"))?;
        let origin = self.settings.endpoint.trim_end_matches('/');
        let url = own_address(members.text("download_url")?, &[&format!("{origin}/")])?;
        let path = url.strip_prefix(origin).unwrap_or_default();
        // Fetching it is signed as every other request is; the file itself is not.
        let request =
            self.request(Verb::Get, path, None, at).map_err(|_| WireError::Malformed("download_url"))?;
        Ok(BillAddress::At(BillFile { request, sha1: Some(sha1) }))
    }

    fn parse_notice(&self, notice: HttpNotice<'_>) -> Result<Vec<Verdict>, WireError> {
        notice::read(notice, &self.settings, &self.keys(notice.at)).map(|told| told.into_iter().collect())
    }

    fn parse_return(&self, _query: &[u8]) -> Result<Returned, WireError> {
        // The browser comes back with nothing that is signed.
        Err(WireError::MissingField("sign"))
    }

    fn keys_request(&self, now: Timestamp) -> Result<Option<HttpRequest>, BuildError> {
        if !self.settings.platform_keys.iter().any(PlatformKey::is_certificate) {
            return Ok(None);
        }
        self.request(Verb::Get, path::CERTIFICATES, None, now).map(Some)
    }

    fn take_keys(&self, reply: HttpReply<'_>) -> Result<(), WireError> {
        let live = certificates::read(reply, &self.keys(reply.at), &self.settings.seal_key)?;
        *self.handed.write().unwrap_or_else(PoisonError::into_inner) = live;
        Ok(())
    }

    fn acknowledge(&self, answer: Acknowledgement) -> NoticeReply {
        let (status, body) = match answer {
            Acknowledgement::Done => (204, ""),
            Acknowledgement::Failed => (500, "{\"code\":\"FAIL\",\"message\":\"send it again\"}"),
            Acknowledgement::NotTrusted => {
                (401, "{\"code\":\"FAIL\",\"message\":\"not signed by the gateway\"}")
            }
            Acknowledgement::Unreadable => (400, "{\"code\":\"FAIL\",\"message\":\"not a notification\"}"),
        };
        NoticeReply { status, content_type: "application/json", body }
    }
}

/// The content of a success, whose members were signed.
impl<'a> Answer<'a> {
    fn success(self) -> Result<Members<'a>, WireError> {
        match self {
            Answer::Success(members) => members.ok_or(WireError::Malformed("JSON")),
            refused @ Answer::Refused { .. } => Err(refused.error()),
        }
    }
}
