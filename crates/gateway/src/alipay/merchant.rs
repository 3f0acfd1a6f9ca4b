use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{CHARSET, Method, SIGN_TYPE, answer, format_time, notice, sign_text};
use crate::amount::{MAX_FEN, format_yuan};
use crate::bill::{BillAddress, BillFile, BillRequest};
use crate::fields::{Charset, Fields};
use crate::http::{Acknowledgement, HttpNotice, HttpReply, HttpRequest, NoticeReply};
use crate::keys::{Rsa2PrivateKey, Rsa2PublicKey};
use crate::refused::{BuildError, WireError};
use crate::registry::GatewayCode;
use crate::vocabulary::{
    CloseAnswer, Gateway, OrderRef, OrderToPay, PayForm, RefundState, RefundToMake, Returned, TradeState,
    Verdict,
};

/// The maximum length of a subject in characters.
const MAX_SUBJECT: usize = 256;

/// The merchant's contract data with Alipay.
#[derive(Debug)]
pub struct AlipaySettings {
    /// The gateway's URL, `https://openapi.alipay.com/gateway.do`.
    pub endpoint: String,
    /// Our application id.
    pub app_id: String,
    /// The merchant's account (2088…), which every notification contains.
    pub seller_id: String,
    /// Our private key.
    pub private_key: Rsa2PrivateKey,
    /// Alipay's public key, not the public half of ours.
    pub alipay_public_key: Rsa2PublicKey,
    /// The origin of the URLs at which bills lie, `https://dwbillcenter.alipay.com`.
    pub bill_origin: String,
}

/// Alipay, from the merchant's side.
#[derive(Debug)]
pub struct Alipay {
    settings: AlipaySettings,
}

impl Alipay {
    /// Accepts the settings without checks; an error shows at the first call.
    #[must_use]
    pub const fn new(settings: AlipaySettings) -> Self {
        Self { settings }
    }

    fn signed(
        &self,
        method: Method,
        content: Map<String, Value>,
        addresses: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<Vec<(String, String)>, BuildError> {
        let mut pairs = vec![
            ("app_id".to_owned(), self.settings.app_id.clone()),
            ("method".to_owned(), method.name().to_owned()),
            ("format".to_owned(), "JSON".to_owned()),
            ("charset".to_owned(), CHARSET.to_owned()),
            ("sign_type".to_owned(), SIGN_TYPE.to_owned()),
            ("timestamp".to_owned(), format_time(now)),
            ("version".to_owned(), "1.0".to_owned()),
        ];
        for (name, value) in addresses {
            pairs.push(((*name).to_owned(), (*value).to_owned()));
        }
        pairs.push(("biz_content".to_owned(), Value::Object(content).to_string()));
        let text = sign_text::of_request(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        pairs.push(("sign".to_owned(), self.settings.private_key.sign(text.as_bytes())?));
        Ok(pairs)
    }

    // The charset is in the URL too, because Alipay needs it before it can parse the body.
    fn address(&self) -> String {
        format!("{}?charset={CHARSET}", self.settings.endpoint)
    }

    fn call(
        &self,
        method: Method,
        content: Map<String, Value>,
        now: Timestamp,
    ) -> Result<HttpRequest, BuildError> {
        let pairs = self.signed(method, content, &[], now)?;
        let body = Fields::encode(&pairs, Charset::Utf8)?.into_bytes();
        Ok(HttpRequest::post(self.address(), "application/x-www-form-urlencoded;charset=utf-8", body))
    }

    fn answer(&self, method: Method, reply: HttpReply<'_>) -> Result<answer::Answer, WireError> {
        answer::read(method, reply.ok()?, &self.settings.alipay_public_key)
    }
}

fn content(members: &[(&str, &str)]) -> Map<String, Value> {
    members.iter().map(|(name, value)| ((*name).to_owned(), Value::String((*value).to_owned()))).collect()
}

fn amount(fen: i64) -> Result<String, BuildError> {
    if (1..=MAX_FEN).contains(&fen) { Ok(format_yuan(fen)) } else { Err(BuildError::Amount) }
}

impl Gateway for Alipay {
    fn code(&self) -> GatewayCode {
        super::CODE
    }

    fn merchant(&self) -> &str {
        &self.settings.seller_id
    }

    fn wire_number(&self, order: &OrderRef) -> String {
        order.number.to_string()
    }

    fn pay_form(&self, order: &OrderToPay, now: Timestamp) -> Result<PayForm, BuildError> {
        if order.subject.is_empty() || order.subject.chars().count() > MAX_SUBJECT {
            return Err(BuildError::Subject);
        }
        if order.expires_at <= now {
            return Err(BuildError::Expired);
        }
        let content = content(&[
            ("out_trade_no", order.order.number.as_str()),
            ("product_code", "FAST_INSTANT_TRADE_PAY"),
            ("total_amount", &amount(order.amount_fen)?),
            ("subject", &order.subject),
            // An absolute time, since timeout_express counts from the moment the payer scans the code.
            ("time_expire", &format_time(order.expires_at)),
        ]);
        let addresses =
            [("return_url", order.return_url.as_str()), ("notify_url", order.notify_url.as_str())];
        let fields = self.signed(Method::PagePay, content, &addresses, now)?;
        Ok(PayForm { action: self.address(), charset: Charset::Utf8, fields })
    }

    fn query_request(&self, order: &OrderRef, now: Timestamp) -> Result<HttpRequest, BuildError> {
        self.call(Method::Query, content(&[("out_trade_no", order.number.as_str())]), now)
    }

    fn parse_query(&self, order: &OrderRef, reply: HttpReply<'_>) -> Result<TradeState, WireError> {
        answer::trade_state(&self.answer(Method::Query, reply)?, order)
    }

    fn close_request(&self, order: &OrderRef, now: Timestamp) -> Result<Option<HttpRequest>, BuildError> {
        self.call(Method::Close, content(&[("out_trade_no", order.number.as_str())]), now).map(Some)
    }

    fn parse_close(&self, order: &OrderRef, reply: HttpReply<'_>) -> Result<CloseAnswer, WireError> {
        answer::close(&self.answer(Method::Close, reply)?, order)
    }

    fn refund_request(&self, refund: &RefundToMake, now: Timestamp) -> Result<HttpRequest, BuildError> {
        let content = content(&[
            ("out_trade_no", refund.order.number.as_str()),
            ("refund_amount", &amount(refund.amount_fen)?),
            ("refund_reason", &refund.reason),
            ("out_request_no", &refund.refund_number),
        ]);
        self.call(Method::Refund, content, now)
    }

    fn parse_refund(&self, refund: &RefundToMake, reply: HttpReply<'_>) -> Result<RefundState, WireError> {
        answer::refund(&self.answer(Method::Refund, reply)?, refund)
    }

    fn refund_query_request(&self, refund: &RefundToMake, now: Timestamp) -> Result<HttpRequest, BuildError> {
        let content = content(&[
            ("out_trade_no", refund.order.number.as_str()),
            ("out_request_no", &refund.refund_number),
        ]);
        self.call(Method::RefundQuery, content, now)
    }

    fn parse_refund_query(
        &self,
        refund: &RefundToMake,
        reply: HttpReply<'_>,
    ) -> Result<RefundState, WireError> {
        answer::refund_query(&self.answer(Method::RefundQuery, reply)?, refund)
    }

    fn bill_request(&self, day: Date, now: Timestamp) -> Result<BillRequest, BuildError> {
        let content = content(&[("bill_type", "trade"), ("bill_date", &day.to_string())]);
        self.call(Method::Bill, content, now).map(BillRequest::AddressBy)
    }

    fn parse_bill_address(&self, reply: HttpReply<'_>) -> Result<BillAddress, WireError> {
        let url = match self.answer(Method::Bill, reply)? {
            answer::Answer::Success(content) => content.require("bill_download_url")?.to_owned(),
            answer::Answer::Refused { sub_code, .. } if sub_code == "isp.bill_not_exist" => {
                return Ok(BillAddress::Absent);
            }
            answer::Answer::Refused { code, sub_code } => {
                return Err(WireError::Gateway { code, detail: sub_code });
            }
        };
        // Alipay names its own host by plain HTTP; nothing leaves without TLS, and nobody else's host is asked.
        let own = self.settings.bill_origin.trim_end_matches('/');
        let url = match (own.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(_), Some(rest)) => format!("https://{rest}"),
            _ => url,
        };
        let rest = url.strip_prefix(own).filter(|rest| rest.starts_with('/'));
        if rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_graphic())) {
            Ok(BillAddress::At(BillFile { request: HttpRequest::get(url), sha1: None }))
        } else {
            Err(WireError::Malformed("bill_download_url"))
        }
    }

    fn parse_notice(&self, notice: HttpNotice<'_>) -> Result<Vec<Verdict>, WireError> {
        notice::read(notice.body, &self.settings).map(|notice| vec![notice])
    }

    fn parse_return(&self, query: &[u8]) -> Result<Returned, WireError> {
        notice::read_return(query, &self.settings)
    }

    fn acknowledge(&self, answer: Acknowledgement) -> NoticeReply {
        NoticeReply::word(match answer {
            Acknowledgement::Done => "success",
            Acknowledgement::Failed | Acknowledgement::NotTrusted | Acknowledgement::Unreadable => "fail",
        })
    }
}
