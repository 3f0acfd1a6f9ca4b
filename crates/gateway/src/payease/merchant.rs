use jiff::Timestamp;
use jiff::civil::Date;

use super::{MacText, notice, number, query, refund, returned};
use crate::amount::{MAX_FEN, format_yuan};
use crate::bill::{BillAddress, BillRequest};
use crate::fields::{Charset, Fields};
use crate::http::{Acknowledgement, HttpNotice, HttpReply, HttpRequest, NoticeReply};
use crate::keys::{MacKey, Md5RsaPublicKey};
use crate::refused::{BuildError, WireError};
use crate::registry::GatewayCode;
use crate::vocabulary::{
    CloseAnswer, Gateway, OrderRef, OrderToPay, PayForm, RefundState, RefundToMake, Returned, TradeState,
    Verdict,
};

/// When the answer to a query is trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueryTrust {
    /// Only with a valid `sign`.
    #[default]
    Signature,
    /// Because we opened the TLS connection ourselves; a `sign` that is present must still be valid.
    Connection,
}

/// The merchant's contract data with PayEase.
#[derive(Debug)]
pub struct PayEaseSettings {
    /// The origin for browsers: `https://pay.yizhifubj.com`.
    pub pay_origin: String,
    /// The origin for our server: `https://api.yizhifubj.com`.
    pub api_origin: String,
    /// The merchant's number, only digits.
    pub mid: String,
    /// The shared key.
    pub mac_key: MacKey,
    /// PayEase's public key for `v_sign`.
    pub public_key: Md5RsaPublicKey,
    /// Which bytes of Chinese fields the MACs cover.
    pub mac_text: MacText,
    /// When the answer to a query is trusted.
    pub query_trust: QueryTrust,
}

impl PayEaseSettings {
    /// The two origins for one configured URL: a host `pay.…` has its API at `api.…`, any other has both.
    #[must_use]
    pub fn origins(endpoint: &str) -> (String, String) {
        let pay = endpoint.trim_end_matches('/');
        (pay.to_owned(), pay.replacen("://pay.", "://api.", 1))
    }
}

/// PayEase, from the merchant's side.
#[derive(Debug)]
pub struct PayEase {
    settings: PayEaseSettings,
}

impl PayEase {
    /// Checks and stores the settings.
    ///
    /// # Errors
    /// [`BuildError::Setting`] for a merchant number that is not 1 to 16 digits.
    pub fn new(settings: PayEaseSettings) -> Result<Self, BuildError> {
        let mid = &settings.mid;
        if (1..=16).contains(&mid.len()) && mid.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self { settings })
        } else {
            Err(BuildError::Setting("mid"))
        }
    }

    fn call(&self, path: &str, pairs: &[(&str, &str)], mac_over: &[&str]) -> Result<HttpRequest, BuildError> {
        let mut pairs = pairs.to_vec();
        let parts: Vec<&[u8]> = mac_over.iter().map(|part| part.as_bytes()).collect();
        let mac = self.settings.mac_key.sign(&parts).ok_or(BuildError::Signing)?;
        pairs.push(("v_mac", &mac));
        let (url, body) =
            (format!("{}{path}", self.settings.api_origin), Fields::encode(&pairs, Charset::Gbk)?);
        Ok(HttpRequest::post(url, "application/x-www-form-urlencoded; charset=GBK", body.into_bytes()))
    }
}

impl Gateway for PayEase {
    fn code(&self) -> GatewayCode {
        super::CODE
    }

    fn merchant(&self) -> &str {
        &self.settings.mid
    }

    fn wire_number(&self, order: &OrderRef) -> String {
        number::wire_number(&order.number, order.made_at, &self.settings.mid)
    }

    fn pay_form(&self, order: &OrderToPay, now: Timestamp) -> Result<PayForm, BuildError> {
        if order.expires_at <= now {
            return Err(BuildError::Expired);
        }
        if !(1..=MAX_FEN).contains(&order.amount_fen) {
            return Err(BuildError::Amount);
        }
        let mid = self.settings.mid.as_str();
        let oid = self.wire_number(&order.order);
        let day = number::day_of(order.order.made_at);
        let amount = format_yuan(order.amount_fen);
        let text = [super::CNY, &day, &amount, mid, &oid, mid, &order.return_url];
        let mac = self.settings.mac_key.sign(&text.map(str::as_bytes)).ok_or(BuildError::Signing)?;
        // Receiver fields are ASCII, since browsers disagree on how a page in UTF-8 submits GBK.
        let mut fields = vec![
            ("v_mid", mid),
            ("v_oid", &oid),
            ("v_rcvname", mid),
            ("v_rcvaddr", mid),
            ("v_rcvtel", mid),
            ("v_rcvpost", mid),
            ("v_amount", &amount),
            ("v_ymd", &day),
            ("v_orderstatus", "1"),
            ("v_ordername", mid),
            ("v_moneytype", super::CNY),
            ("v_url", &order.return_url),
            ("v_md5info", &mac),
        ];
        let path = match &order.bank {
            None => "/prs/user_payment.checkit",
            Some(bank) if (1..=4).contains(&bank.len()) && bank.bytes().all(|b| b.is_ascii_digit()) => {
                fields.push(("v_pmode", bank));
                "/customer/gb/pay_bank.jsp"
            }
            Some(_) => return Err(BuildError::Bank),
        };
        Ok(PayForm {
            action: format!("{}{path}", self.settings.pay_origin),
            charset: Charset::Gbk,
            fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        })
    }

    fn query_request(&self, order: &OrderRef, _now: Timestamp) -> Result<HttpRequest, BuildError> {
        let (mid, oid) = (self.settings.mid.as_str(), self.wire_number(order));
        self.call("/merchant/order/order_ack_oid_list.jsp", &[("v_mid", mid), ("v_oid", &oid)], &[mid, &oid])
    }

    fn parse_query(&self, order: &OrderRef, reply: HttpReply<'_>) -> Result<TradeState, WireError> {
        query::read(reply.ok()?, &self.wire_number(order), &self.settings)
    }

    fn close_request(&self, _order: &OrderRef, _now: Timestamp) -> Result<Option<HttpRequest>, BuildError> {
        Ok(None)
    }

    fn parse_close(&self, _order: &OrderRef, _reply: HttpReply<'_>) -> Result<CloseAnswer, WireError> {
        Err(WireError::Malformed("close: PayEase has none"))
    }

    fn refund_request(&self, refund: &RefundToMake, _now: Timestamp) -> Result<HttpRequest, BuildError> {
        if !(1..=MAX_FEN).contains(&refund.amount_fen) {
            return Err(BuildError::Amount);
        }
        let (mid, oid) = (self.settings.mid.as_str(), self.wire_number(&refund.order));
        let amount = format_yuan(refund.amount_fen);
        let pairs = [
            ("v_mid", mid),
            ("v_oid", &oid),
            ("v_refamount", &amount),
            ("v_refreason", &refund.refund_number),
            ("v_refoprt", &refund.operator),
        ];
        self.call("/merchant/refund/ref_ack_submit.jsp", &pairs, &[mid, &oid, &amount, &refund.operator])
    }

    fn parse_refund(&self, refund: &RefundToMake, reply: HttpReply<'_>) -> Result<RefundState, WireError> {
        refund::read_submit(reply.ok()?, refund, &self.wire_number(&refund.order), &self.settings)
    }

    fn refund_query_request(
        &self,
        refund: &RefundToMake,
        _now: Timestamp,
    ) -> Result<HttpRequest, BuildError> {
        let (mid, oid) = (self.settings.mid.as_str(), self.wire_number(&refund.order));
        let pairs = [("v_mid", mid), ("v_oid", &oid), ("v_version", "1.0")];
        self.call("/merchant/refund/ref_ack_oid_list_utf8.jsp", &pairs, &[mid, &oid])
    }

    fn parse_refund_query(
        &self,
        refund: &RefundToMake,
        reply: HttpReply<'_>,
    ) -> Result<RefundState, WireError> {
        refund::read_list(reply.ok()?, refund, &self.wire_number(&refund.order), &self.settings)
    }

    fn bill_request(&self, day: Date, _now: Timestamp) -> Result<BillRequest, BuildError> {
        let (mid, ymd) = (self.settings.mid.as_str(), day.strftime("%Y%m%d").to_string());
        let pairs = [("v_mid", mid), ("v_ymd", ymd.as_str()), ("v_version", "1.0")];
        self.call("/merchant/order/order_ack_day_list.jsp", &pairs, &[mid, &ymd]).map(BillRequest::FileBy)
    }

    fn parse_bill_address(&self, _reply: HttpReply<'_>) -> Result<BillAddress, WireError> {
        Err(WireError::Malformed("bill: PayEase sends the bill itself"))
    }

    fn parse_notice(&self, notice: HttpNotice<'_>) -> Result<Vec<Verdict>, WireError> {
        notice::read(notice.body, &self.settings)
    }

    fn parse_return(&self, query: &[u8]) -> Result<Returned, WireError> {
        returned::read(query, &self.settings)
    }

    fn acknowledge(&self, answer: Acknowledgement) -> NoticeReply {
        NoticeReply::word(match answer {
            Acknowledgement::Done => "sent",
            Acknowledgement::Failed | Acknowledgement::NotTrusted | Acknowledgement::Unreadable => "error",
        })
    }
}
