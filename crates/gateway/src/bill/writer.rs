use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;

use super::dialect::{Column, Dialect, SUMMARY, Style};
use super::{BillKind, BillRow, BillSums};
use crate::alipay::format_time;
use crate::amount::format_yuan;
use crate::fields::Charset;
use crate::refused::BuildError;

/// Writes a bill with a title, as [`super::reader::Titled`] reads it.
#[derive(Clone, Debug)]
pub(super) struct Titled {
    dialect: &'static Dialect,
    merchant: String,
    day: Date,
    text: String,
    sums: BillSums,
}

impl Titled {
    pub(super) fn new(dialect: &'static Dialect, merchant: &str, day: Date) -> Self {
        let mut writer = Self {
            dialect,
            merchant: merchant.to_owned(),
            day,
            text: String::new(),
            sums: BillSums::default(),
        };
        writer.text.push_str(&writer.heading(dialect.title));
        writer.text.push_str(&dialect.columns.join(","));
        writer.text.push_str("\r\n");
        writer
    }

    fn heading(&self, title: &str) -> String {
        let day = self.day.strftime(self.dialect.day_format);
        match self.dialect.style {
            Style::Alipay => {
                let next = self.day.tomorrow().unwrap_or(self.day);
                let next = next.strftime(self.dialect.day_format);
                format!(
                    "{title}\r\n#账号：[{}0156]\r\n#起始日期：[{day} 00:00:00]   终止日期：[{next} 00:00:00]\r\n\
                     #-----------------------------------------业务明细列表----------------------------------------\r\n",
                    self.merchant
                )
            }
            Style::PayEase => {
                format!("{title}\r\n#商户编号：[{}]\r\n#对账日期：[{day}]\r\n", self.merchant)
            }
        }
    }

    pub(super) fn row(&mut self, row: &BillRow, subject: &str, made_at: Timestamp) {
        let (kind, amount) = (self.dialect.word(row.kind), format_yuan(row.amount_fen));
        let amount = match row.kind {
            BillKind::Payment => amount,
            BillKind::Refund => format!("{}{amount}", self.dialect.minus),
        };
        let done = format_time(row.at);
        let line: Vec<String> = self
            .dialect
            .columns
            .iter()
            .map(|name| {
                let needed = self.dialect.needed.iter().find(|(_, known)| known == name);
                match needed.map(|(column, _)| *column) {
                    Some(Column::Order) => row.wire_number.clone(),
                    Some(Column::Kind) => kind.to_owned(),
                    Some(Column::Done) => done.clone(),
                    Some(Column::Amount) => amount.clone(),
                    Some(Column::Currency) => "0".to_owned(),
                    Some(Column::Trade) => match (self.dialect.style, row.kind) {
                        (Style::PayEase, BillKind::Payment) => row.reference.clone(),
                        _ => row.trade_no.clone(),
                    },
                    Some(Column::Reference) => match row.kind {
                        BillKind::Payment => String::new(),
                        BillKind::Refund => row.reference.clone(),
                    },
                    None => match *name {
                        "商品名称" => quoted(subject),
                        "创建时间" => format_time(made_at),
                        "商家实收（元）" => amount.clone(),
                        name if name.ends_with("（元）") => "0.00".to_owned(),
                        _ => String::new(),
                    },
                }
            })
            .collect();
        // 支付宝 ends its cells by tabs, so that spreadsheets keep long numbers.
        let between = if self.dialect.style == Style::Alipay { "\t," } else { "," };
        self.text.push_str(&line.join(between));
        self.text.push_str("\r\n");
        self.sums = self.sums.with(row.kind, row.amount_fen).unwrap_or(self.sums);
    }

    pub(super) fn end(mut self, now: Timestamp) -> Result<Vec<u8>, BuildError> {
        let (sums, paid, refunded) =
            (self.sums, format_yuan(self.sums.paid_fen), format_yuan(self.sums.refunded_fen));
        let (payments, refunds) = (self.dialect.payments, self.dialect.refunds);
        let written = match self.dialect.style {
            Style::Alipay => write!(
                self.text,
                "#-----------------------------------------业务明细列表结束------------------------------------\r\n\
                 {payments}{}笔，商家实收共{paid}元，商家优惠共0.00元\r\n\
                 {refunds}{}笔，商家实收退款共-{refunded}元，商家优惠退款共0.00元\r\n#导出时间：[{}]\r\n",
                sums.payments,
                sums.refunds,
                format_time(now)
            ),
            Style::PayEase => write!(
                self.text,
                "{payments}{}笔，{paid}元\r\n{refunds}{}笔，{refunded}元\r\n",
                sums.payments, sums.refunds
            ),
        };
        debug_assert!(written.is_ok(), "a String takes everything");
        Charset::Gbk.encode(&self.text).map(std::borrow::Cow::into_owned)
    }

    pub(super) fn summary(&self) -> Result<Vec<u8>, BuildError> {
        let text = format!(
            "{}门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）\r\n合计,,{},{},{},{}\r\n",
            self.heading(SUMMARY),
            self.sums.payments,
            self.sums.refunds,
            format_yuan(self.sums.paid_fen),
            format_yuan(self.sums.paid_fen.saturating_sub(self.sums.refunded_fen)),
        );
        Charset::Gbk.encode(&text).map(std::borrow::Cow::into_owned)
    }
}

/// A cell that may hold a comma.
fn quoted(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
