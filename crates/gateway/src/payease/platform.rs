//! PayEase's own side, for the sandbox: parsing merchants' forms and queries and signing answers.

use jiff::civil::Date;

use super::{CNY, MacText, NoticeStatus, QueryStatus, ReturnStatus, SEPARATOR, cny, yuan};
use crate::amount::format_yuan;
use crate::fields::{Charset, Fields};
use crate::keys::{MacKey, Md5RsaPrivateKey};
use crate::refused::{BuildError, WireError};
use crate::xml::escape;

/// PayEase's data about a merchant.
#[derive(Debug)]
pub struct Merchant {
    /// The merchant's number.
    pub mid: String,
    /// The shared key.
    pub mac_key: MacKey,
    /// PayEase's own key.
    pub private_key: Md5RsaPrivateKey,
    /// Which bytes of Chinese fields the MACs cover.
    pub mac_text: MacText,
}

/// A verified order form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderForm {
    /// The order's number.
    pub oid: String,
    /// The amount in fen.
    pub amount_fen: i64,
    /// The receiver's name.
    pub ordername: String,
    /// The bank's number, if the merchant chose one.
    pub bank: Option<String>,
    /// Where the browser is redirected afterwards.
    pub return_url: String,
}

/// One order in a notification, a return or an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The order's number.
    pub oid: String,
    /// The payment method in Chinese, such as 中国银行.
    pub pmode: String,
    /// The explanation in Chinese, such as 支付成功.
    pub pstring: String,
    /// The amount in fen.
    pub amount_fen: i64,
}

/// A verified refund request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundForm {
    /// The order's number.
    pub oid: String,
    /// The amount in fen.
    pub amount_fen: i64,
    /// The reason; our merchant sends its refund number.
    pub reason: String,
    /// The operator.
    pub operator: String,
}

/// One refund in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRow {
    /// PayEase's number.
    pub refid: String,
    /// The amount in fen.
    pub amount_fen: i64,
    /// The submitted reason.
    pub reason: String,
    /// Whether the money was refunded.
    pub done: bool,
}

impl Merchant {
    /// Parses and verifies an order form.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn parse_order(&self, body: &[u8]) -> Result<OrderForm, WireError> {
        let fields = self.own(body)?;
        let names = ["v_moneytype", "v_ymd", "v_amount", "v_rcvname", "v_oid", "v_mid", "v_url"];
        self.verify(&fields, &names, "v_md5info")?;
        for name in ["v_rcvaddr", "v_rcvtel", "v_rcvpost"] {
            if fields.require(name)?.is_empty() {
                return Err(WireError::MissingField(name));
            }
        }
        cny(fields.require("v_moneytype")?)?;
        let oid = fields.require("v_oid")?;
        let start = format!("{}-{}-", fields.require("v_ymd")?, self.mid);
        let serial = oid.strip_prefix(&start).unwrap_or_default();
        if oid.len() > 64 || serial.is_empty() || !serial.bytes().all(|b| b.is_ascii_digit()) {
            return Err(WireError::WrongOrder);
        }
        let amount_fen = yuan(fields.require("v_amount")?)?;
        if amount_fen == 0 {
            return Err(WireError::BadAmount);
        }
        Ok(OrderForm {
            oid: oid.to_owned(),
            amount_fen,
            ordername: fields.get("v_ordername").unwrap_or_default().to_owned(),
            bank: fields.get("v_pmode").map(str::to_owned),
            return_url: fields.require("v_url")?.to_owned(),
        })
    }

    /// Parses and verifies a query for one order or its refunds; returns its number.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn parse_query(&self, body: &[u8]) -> Result<String, WireError> {
        let fields = self.own(body)?;
        self.verify(&fields, &["v_mid", "v_oid"], "v_mac")?;
        fields.require("v_oid").map(str::to_owned)
    }

    /// Parses and verifies a refund request.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn parse_refund(&self, body: &[u8]) -> Result<RefundForm, WireError> {
        let fields = self.own(body)?;
        self.verify(&fields, &["v_mid", "v_oid", "v_refamount", "v_refoprt"], "v_mac")?;
        Ok(RefundForm {
            oid: fields.require("v_oid")?.to_owned(),
            amount_fen: yuan(fields.require("v_refamount")?)?,
            reason: fields.require("v_refreason")?.to_owned(),
            operator: fields.require("v_refoprt")?.to_owned(),
        })
    }

    /// Parses and verifies a request for the list of a day.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn parse_day(&self, body: &[u8]) -> Result<Date, WireError> {
        let fields = self.own(body)?;
        self.verify(&fields, &["v_mid", "v_ymd"], "v_mac")?;
        Date::strptime("%Y%m%d", fields.require("v_ymd")?).map_err(|_| WireError::Malformed("v_ymd"))
    }

    fn own(&self, body: &[u8]) -> Result<Fields, WireError> {
        let fields = Fields::parse(body, Charset::Gbk)?;
        if fields.require("v_mid")? == self.mid { Ok(fields) } else { Err(WireError::WrongMerchant) }
    }

    fn verify(&self, fields: &Fields, names: &[&'static str], mac: &'static str) -> Result<(), WireError> {
        let mut parts = Vec::with_capacity(names.len());
        for name in names {
            parts.push(self.mac_text.of_field(fields, name)?);
        }
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        if self.mac_key.verify(&parts, fields.require(mac)?) {
            Ok(())
        } else {
            Err(WireError::BadSignature(mac))
        }
    }

    fn mac(&self, parts: &[&str]) -> Result<String, BuildError> {
        let mut bytes = Vec::with_capacity(parts.len());
        for part in parts {
            bytes.push(self.mac_text.of_text(part)?);
        }
        let bytes: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
        self.mac_key.sign(&bytes).ok_or(BuildError::Signing)
    }

    fn sign(&self, parts: &[&str]) -> Result<String, BuildError> {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        self.private_key.sign(&parts)
    }

    /// The fields of a notification about these orders; a real one has one to four.
    ///
    /// # Errors
    /// [`BuildError::Encoding`] or [`BuildError::Signing`].
    pub fn notice(&self, orders: &[(Order, NoticeStatus)]) -> Result<Vec<(String, String)>, BuildError> {
        self.notice_in(orders, CNY)
    }

    /// The same with another `v_moneytype`, such as 1 for US dollars; real notifications always have CNY.
    ///
    /// # Errors
    /// [`BuildError::Encoding`] or [`BuildError::Signing`].
    pub fn notice_in(
        &self,
        orders: &[(Order, NoticeStatus)],
        moneytype: &str,
    ) -> Result<Vec<(String, String)>, BuildError> {
        let join = |part: &dyn Fn(&(Order, NoticeStatus)) -> String| {
            orders.iter().map(part).collect::<Vec<_>>().join(SEPARATOR)
        };
        let count = orders.len().to_string();
        let oid = join(&|(order, _)| order.oid.clone());
        let pmode = join(&|(order, _)| order.pmode.clone());
        let state = join(&|(_, state)| state.code().to_owned());
        let pstring = join(&|(order, _)| order.pstring.clone());
        let amount = join(&|(order, _)| format_yuan(order.amount_fen));
        let currency = join(&|_| moneytype.to_owned());
        let mac = self.mac(&[&oid, &pmode, &state, &pstring, &count])?;
        let money = self.mac(&[&amount, &currency])?;
        let sign = self.sign(&[&oid, &state, &amount, &currency, &count])?;
        Ok(owned([
            ("v_count", count),
            ("v_oid", oid),
            ("v_pmode", pmode),
            ("v_pstatus", state),
            ("v_pstring", pstring),
            ("v_amount", amount),
            ("v_moneytype", currency),
            ("v_mac", mac),
            ("v_md5money", money),
            ("v_sign", sign),
        ]))
    }

    /// The fields that the browser returns with.
    ///
    /// # Errors
    /// [`BuildError::Encoding`] or [`BuildError::Signing`].
    pub fn returned(&self, order: &Order, state: ReturnStatus) -> Result<Vec<(String, String)>, BuildError> {
        let amount = format_yuan(order.amount_fen);
        let info = self.mac(&[&order.oid, state.code(), &order.pstring, &order.pmode])?;
        let money = self.mac(&[&amount, CNY])?;
        let sign = self.sign(&[&order.oid, state.code(), &amount, CNY])?;
        Ok(owned([
            ("v_oid", order.oid.clone()),
            ("v_pstatus", state.code().to_owned()),
            ("v_pstring", order.pstring.clone()),
            ("v_pmode", order.pmode.clone()),
            ("v_md5info", info),
            ("v_amount", amount),
            ("v_moneytype", CNY.to_owned()),
            ("v_md5money", money),
            ("v_sign", sign),
        ]))
    }

    /// The answer to a query for one order, in GB2312; `None` for an order that PayEase never saw.
    ///
    /// # Errors
    /// [`BuildError::Encoding`] or [`BuildError::Signing`].
    pub fn query_answer(
        &self,
        oid: &str,
        found: Option<(&Order, QueryStatus)>,
    ) -> Result<Vec<u8>, BuildError> {
        let body = match found {
            None => String::new(),
            Some((order, state)) => {
                let amount = format_yuan(order.amount_fen);
                let sign = self.sign(&[&order.oid, state.code(), &amount, CNY])?;
                format!(
                    "<order><orderindex>1</orderindex><oid>{}</oid><pmode>{}</pmode><pstatus>{}</pstatus>\
                     <pstring>{}</pstring><amount>{amount}</amount><moneytype>{CNY}</moneytype><sign>{sign}</sign></order>",
                    escape(&order.oid),
                    escape(&order.pmode),
                    state.code(),
                    escape(&order.pstring)
                )
            }
        };
        let (status, detail) =
            if found.is_some() { ("0", "Success") } else { ("1", super::query::UNKNOWN_ORDER) };
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"GB2312\"?><ordermessage><messagehead><status>{status}</status>\
             <statusdesc>{detail}</statusdesc><mid>{}</mid><oid>{}</oid></messagehead><messagebody>{body}</messagebody>\
             </ordermessage>",
            escape(&self.mid),
            escape(oid)
        );
        Charset::Gbk.encode(&text).map(std::borrow::Cow::into_owned)
    }

    /// The answer to a refund request: accepted with this number, or refused with this text.
    ///
    /// # Errors
    /// [`BuildError::Encoding`] or [`BuildError::Signing`].
    pub fn refund_answer(&self, form: &RefundForm, taken: Result<&str, &str>) -> Result<Vec<u8>, BuildError> {
        let amount = format_yuan(form.amount_fen);
        let (status, detail, refid) = match taken {
            Ok(refid) => ("0", "Success", refid),
            Err(words) => ("1", words, ""),
        };
        let sign = self.sign(&[&form.oid, &amount, refid])?;
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"GB2312\"?><refundmessage><status>{status}</status>\
             <statusdesc>{}</statusdesc><mid>{}</mid><oid>{}</oid><refamount>{amount}</refamount>\
             <refoprt>{}</refoprt><refid>{}</refid><sign>{sign}</sign></refundmessage>",
            escape(detail),
            escape(&self.mid),
            escape(&form.oid),
            escape(&form.operator),
            escape(refid)
        );
        Charset::Gbk.encode(&text).map(std::borrow::Cow::into_owned)
    }

    /// The answer to a query for the refunds of one order, in UTF-8; `None` for an order that PayEase never saw.
    ///
    /// # Errors
    /// [`BuildError::Signing`].
    pub fn refund_list(&self, oid: &str, rows: Option<&[RefundRow]>) -> Result<Vec<u8>, BuildError> {
        let mut body = String::new();
        for (index, row) in rows.unwrap_or_default().iter().enumerate() {
            body.push_str(&self.refund_row(index, None, row)?);
        }
        let found = if rows.is_some() { ("0", "Success") } else { ("1", super::query::UNKNOWN_ORDER) };
        Ok(self.refunds(found, ("oid", oid), &body))
    }

    /// The answer to a query for the refunds of a day, in UTF-8, each with the number of its order.
    ///
    /// # Errors
    /// [`BuildError::Signing`].
    pub fn refunds_of_day(&self, day: Date, rows: &[(&str, RefundRow)]) -> Result<Vec<u8>, BuildError> {
        let mut body = String::new();
        for (index, (oid, row)) in rows.iter().enumerate() {
            body.push_str(&self.refund_row(index, Some(oid), row)?);
        }
        Ok(self.refunds(("0", "Success"), ("ymd", &day.strftime("%Y%m%d").to_string()), &body))
    }

    fn refund_row(&self, index: usize, oid: Option<&str>, row: &RefundRow) -> Result<String, BuildError> {
        let amount = format_yuan(row.amount_fen);
        let state = if row.done { "1" } else { "0" };
        let sign = self.sign(&[&row.refid, &amount, state])?;
        let oid = oid.map(|oid| format!("<oid>{}</oid>", escape(oid))).unwrap_or_default();
        Ok(format!(
            "<refund><refundindex>{}</refundindex>{oid}<refid>{}</refid><refamount>{amount}</refamount>\
             <refmoneytype>{CNY}</refmoneytype><refstatus>{state}</refstatus><refreason>{}</refreason>\
             <sign>{sign}</sign></refund>",
            index.saturating_add(1),
            escape(&row.refid),
            escape(&row.reason)
        ))
    }

    fn refunds(&self, (status, detail): (&str, &str), (name, of): (&str, &str), body: &str) -> Vec<u8> {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><refundmessage><messagehead><status>{status}</status>\
             <statusdesc>{detail}</statusdesc><mid>{}</mid><{name}>{}</{name}></messagehead><messagebody>{body}</messagebody>\
             </refundmessage>",
            escape(&self.mid),
            escape(of)
        )
        .into_bytes()
    }
}

fn owned<const N: usize>(pairs: [(&str, String); N]) -> Vec<(String, String)> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
