//! The bill of 微信支付: a table in UTF-8 whose cells begin with a backtick, then the names of the sums, then the sums.
//! It names neither a title nor its account: each row does.

use jiff::civil::Date;

use super::reader::{LONGEST_LINE, cells, is_number, sum};
use super::{BillError, BillKind, BillRow, BillSums};
use crate::CHINA;
use crate::alipay::{format_time, parse_time};
use crate::amount::{format_yuan, parse_yuan};

/// The columns, in the order in which the gateway writes them.
const COLUMNS: [&str; 27] = [
    "交易时间",
    "公众账号ID",
    "商户号",
    "特约商户号",
    "设备号",
    "微信订单号",
    "商户订单号",
    "用户标识",
    "交易类型",
    "交易状态",
    "付款银行",
    "货币种类",
    "应结订单金额",
    "代金券金额",
    "微信退款单号",
    "商户退款单号",
    "退款金额",
    "充值券退款金额",
    "退款类型",
    "退款状态",
    "商品名称",
    "商户数据包",
    "手续费",
    "费率",
    "订单金额",
    "申请退款金额",
    "费率备注",
];
/// The names of the sums.
const SUMS: [&str; 7] = [
    "总交易单数",
    "应结订单总金额",
    "退款总金额",
    "充值券退款总金额",
    "手续费总金额",
    "订单总金额",
    "申请退款总金额",
];

/// What has been read so far.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// The names of the columns are next.
    Columns,
    /// Rows, under these names.
    Rows(Vec<String>),
    /// The sums are next, under these names.
    Sums(Vec<String>),
    /// Nothing may follow; the sums of the bill.
    Done(u64, i64, i64),
}

/// Reads a bill.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    merchant: String,
    day: Date,
    part: Part,
    line: u64,
    sums: BillSums,
    /// Refunds that the gateway gave up: they stand in its sums, but no money went back.
    given_up: (u64, i64),
}

impl Reader {
    pub(super) fn new(merchant: &str, day: Date) -> Self {
        let merchant = merchant.to_owned();
        Self { merchant, day, part: Part::Columns, line: 0, sums: BillSums::default(), given_up: (0, 0) }
    }

    pub(super) fn line(&mut self, bytes: &[u8]) -> Result<Option<BillRow>, BillError> {
        let (bytes, has_end) = bytes.strip_suffix(b"\n").map_or((bytes, false), |line| (line, true));
        let is_bill = self.part != Part::Columns;
        self.one(bytes).map_err(|error| if is_bill && !has_end { BillError::CutOff } else { error })
    }

    fn one(&mut self, bytes: &[u8]) -> Result<Option<BillRow>, BillError> {
        self.line = self.line.saturating_add(1);
        if bytes.len() > LONGEST_LINE {
            return Err(BillError::Long(self.line));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| BillError::Encoding(self.line))?;
        let text = text.trim_start_matches('\u{feff}').trim_end();
        if text.is_empty() {
            return Ok(None);
        }
        // It is put back where the bill goes on; after an error nobody does.
        match std::mem::replace(&mut self.part, Part::Columns) {
            Part::Columns => {
                let names = cells(text).ok_or(BillError::Heading)?;
                // Of what is read, nothing may be missing; of the rest, years differ.
                let is_there = |name: &&str| names.iter().any(|known| known == name);
                let is_doubled =
                    names.iter().enumerate().any(|(at, name)| names.iter().take(at).any(|one| one == name));
                if is_doubled || !["交易时间", "商户号", "商户订单号", "交易状态"].iter().all(is_there)
                {
                    return Err(BillError::Heading);
                }
                self.part = Part::Rows(names);
                Ok(None)
            }
            Part::Rows(names) if text.starts_with('`') => {
                let row = Row { names: &names, cells: ticked(text).ok_or(BillError::Row(self.line))? };
                let row = self.row(&row)?;
                self.part = Part::Rows(names);
                Ok(row)
            }
            Part::Rows(_) => {
                let names = cells(text).filter(|names| names.first().is_some_and(|name| name == SUMS[0]));
                self.part = Part::Sums(names.ok_or(BillError::Row(self.line))?);
                Ok(None)
            }
            Part::Sums(names) => {
                let row = Row { names: &names, cells: ticked(text).ok_or(BillError::Sums)? };
                self.part = totals(&row).ok_or(BillError::Sums)?;
                Ok(None)
            }
            // A second bill behind the first.
            Part::Done(..) => Err(BillError::Merchant),
        }
    }

    fn row(&mut self, row: &Row<'_>) -> Result<Option<BillRow>, BillError> {
        let wrong = BillError::Row(self.line);
        if row.names.len() != row.cells.len() {
            return Err(wrong);
        }
        if row.get("商户号") != self.merchant {
            return Err(BillError::Merchant);
        }
        if row.get("货币种类") != "CNY" {
            return Err(wrong);
        }
        let kind = match row.get("交易状态") {
            "SUCCESS" => BillKind::Payment,
            "REFUND" => BillKind::Refund,
            _ => return Err(wrong),
        };
        let (amount, reference) = match kind {
            BillKind::Payment => ("订单金额", "微信订单号"),
            BillKind::Refund => ("申请退款金额", "商户退款单号"),
        };
        let amount_fen = parse_yuan(row.get(amount)).filter(|fen| *fen > 0).ok_or(wrong)?;
        let at = parse_time(row.get("交易时间")).ok_or(wrong)?;
        if CHINA.to_datetime(at).date() != self.day {
            return Err(BillError::Day);
        }
        let (order, trade, reference) = (row.get("商户订单号"), row.get("微信订单号"), row.get(reference));
        if ![order, trade, reference].into_iter().all(is_number) {
            return Err(wrong);
        }
        if kind == BillKind::Refund && matches!(row.get("退款状态"), "FAIL" | "CHANGE" | "REFUNDCLOSE") {
            let (count, fen) = self.given_up;
            self.given_up = (count.saturating_add(1), fen.checked_add(amount_fen).ok_or(BillError::Sums)?);
            return Ok(None);
        }
        self.sums = self.sums.with(kind, amount_fen).ok_or(BillError::Sums)?;
        Ok(Some(BillRow {
            kind,
            wire_number: order.to_owned(),
            trade_no: trade.to_owned(),
            reference: reference.to_owned(),
            amount_fen,
            at,
        }))
    }

    pub(super) fn end(self) -> Result<BillSums, BillError> {
        let (count, paid, refunded) = match self.part {
            Part::Done(count, paid, refunded) => (count, paid, refunded),
            Part::Columns => return Err(BillError::Heading),
            Part::Rows(_) | Part::Sums(_) => return Err(BillError::CutOff),
        };
        let sums = self.sums;
        let rows = sums.payments.saturating_add(sums.refunds).saturating_add(self.given_up.0);
        let back = sums.refunded_fen.saturating_add(self.given_up.1);
        if (count, paid, refunded) == (rows, sums.paid_fen, back) { Ok(sums) } else { Err(BillError::Sums) }
    }
}

/// A row under the names of its columns.
struct Row<'r> {
    names: &'r [String],
    cells: Vec<String>,
}

impl Row<'_> {
    fn get(&self, name: &str) -> &str {
        let place = self.names.iter().position(|known| known == name);
        place.and_then(|place| self.cells.get(place)).map_or("", String::as_str)
    }
}

/// The cells of a line in which each begins with a backtick. What was sold may hold a comma, but no backtick: our own
/// words have none.
fn ticked(line: &str) -> Option<Vec<String>> {
    let rest = line.strip_prefix('`')?;
    Some(rest.split(",`").map(|cell| cell.trim().to_owned()).collect())
}

fn totals(row: &Row<'_>) -> Option<Part> {
    let fen = |name: &str| sum(row.get(name));
    Some(Part::Done(row.get(SUMS[0]).parse().ok()?, fen(SUMS[5])?, fen(SUMS[6])?))
}

/// Writes a bill.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    merchant: String,
    text: String,
    sums: BillSums,
}

impl Writer {
    pub(super) fn new(merchant: &str) -> Self {
        let text = format!("\u{feff}{}\r\n", COLUMNS.join(","));
        Self { merchant: merchant.to_owned(), text, sums: BillSums::default() }
    }

    pub(super) fn row(&mut self, row: &BillRow, subject: &str) {
        let amount = format_yuan(row.amount_fen);
        let is_refund = row.kind == BillKind::Refund;
        let of = |own: bool| if own { amount.clone() } else { "0.00".to_owned() };
        let cells = COLUMNS.map(|name| match name {
            "交易时间" => format_time(row.at),
            "公众账号ID" => "wx0000000000000000".to_owned(),
            "商户号" => self.merchant.clone(),
            "特约商户号" => "0".to_owned(),
            "微信订单号" => row.trade_no.clone(),
            "商户订单号" => row.wire_number.clone(),
            "交易类型" => "NATIVE".to_owned(),
            "交易状态" => if is_refund { "REFUND" } else { "SUCCESS" }.to_owned(),
            "付款银行" => "OTHERS".to_owned(),
            "货币种类" => "CNY".to_owned(),
            "应结订单金额" | "订单金额" => of(!is_refund),
            "退款金额" | "申请退款金额" => of(is_refund),
            "代金券金额" | "充值券退款金额" => "0.00".to_owned(),
            "微信退款单号" => {
                if is_refund {
                    format!("5{}", row.trade_no)
                } else {
                    "0".to_owned()
                }
            }
            "商户退款单号" => {
                if is_refund {
                    row.reference.clone()
                } else {
                    "0".to_owned()
                }
            }
            "退款类型" if is_refund => "ORIGINAL".to_owned(),
            "退款状态" if is_refund => "SUCCESS".to_owned(),
            "商品名称" => subject.replace('`', ""),
            "手续费" => "0.00000".to_owned(),
            "费率" => "0.60%".to_owned(),
            _ => String::new(),
        });
        self.line(&cells);
        self.sums = self.sums.with(row.kind, row.amount_fen).unwrap_or(self.sums);
    }

    fn line(&mut self, cells: &[String]) {
        self.text.push('`');
        self.text.push_str(&cells.join(",`"));
        self.text.push_str("\r\n");
    }

    pub(super) fn end(mut self) -> Vec<u8> {
        let sums = self.sums;
        let (paid, back) = (format_yuan(sums.paid_fen), format_yuan(sums.refunded_fen));
        self.text.push_str(&SUMS.join(","));
        self.text.push_str("\r\n");
        let count = sums.payments.saturating_add(sums.refunds).to_string();
        let none = || "0.00".to_owned();
        let cells = [count, paid.clone(), back.clone(), none(), "0.00000".to_owned(), paid, back];
        self.line(&cells);
        self.text.into_bytes()
    }
}
