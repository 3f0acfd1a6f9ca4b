use jiff::civil::Date;

use super::dialect::{Column, Dialect, SUMMARY, Style};
use super::{BillError, BillKind, BillRow, BillSums};
use crate::CHINA;
use crate::alipay::parse_time;
use crate::amount::parse_yuan;
use crate::fields::Charset;

/// The longest line in bytes; real ones have some 400.
pub(super) const LONGEST_LINE: usize = 4_096;
/// The longest number of an order or trade.
const LONGEST_NUMBER: usize = 64;
/// The most columns of a line.
const MOST_COLUMNS: usize = 64;

/// What has been read so far.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// The first line is next.
    Title,
    /// Account, day and other lines of the heading; then the columns.
    Heading { account: bool, day: bool },
    /// Rows: where each column that is read stands, and how many there are.
    Rows { places: Vec<(Column, usize)>, width: usize },
    /// The last lines: the sum of the payments, and of the refunds.
    Footer { payments: Option<(u64, i64)>, refunds: Option<(u64, i64)> },
}

/// Reads a bill with a title, a heading and sums in words: of 支付宝 or 首信易支付.
#[derive(Clone, Debug)]
pub(super) struct Titled {
    dialect: &'static Dialect,
    merchant: String,
    day: Date,
    part: Part,
    line: u64,
    sums: BillSums,
}

impl Titled {
    pub(super) fn new(dialect: &'static Dialect, merchant: &str, day: Date) -> Self {
        Self {
            dialect,
            merchant: merchant.to_owned(),
            day,
            part: Part::Title,
            line: 0,
            sums: BillSums::default(),
        }
    }

    pub(super) fn is_summary(first_line: &[u8]) -> bool {
        Charset::Gbk.decode(first_line).is_ok_and(|line| line.trim_end() == SUMMARY)
    }

    pub(super) fn line(&mut self, bytes: &[u8]) -> Result<Option<BillRow>, BillError> {
        let (bytes, has_end) = bytes.strip_suffix(b"\n").map_or((bytes, false), |line| (line, true));
        let is_bill = !matches!(self.part, Part::Title);
        self.one(bytes).map_err(|error| if is_bill && !has_end { BillError::CutOff } else { error })
    }

    fn one(&mut self, bytes: &[u8]) -> Result<Option<BillRow>, BillError> {
        self.line = self.line.saturating_add(1);
        if bytes.len() > LONGEST_LINE {
            return Err(BillError::Long(self.line));
        }
        let text = Charset::Gbk.decode(bytes).map_err(|_| BillError::Encoding(self.line))?;
        let text = text.trim_end();
        if text.is_empty() {
            return Ok(None);
        }
        match &mut self.part {
            Part::Title if text == self.dialect.title => {
                self.part = Part::Heading { account: false, day: false };
                Ok(None)
            }
            Part::Title => Err(BillError::Heading),
            Part::Heading { .. } => self.heading(text).map(|()| None),
            Part::Rows { .. } if text.starts_with('#') => self.footer(text).map(|()| None),
            Part::Rows { .. } => self.row(text).map(Some),
            Part::Footer { .. } => self.footer(text).map(|()| None),
        }
    }

    pub(super) fn end(self) -> Result<BillSums, BillError> {
        let Part::Footer { payments: Some(payments), refunds: Some(refunds) } = self.part else {
            return Err(if self.part == Part::Title { BillError::Heading } else { BillError::CutOff });
        };
        let sums = self.sums;
        let same = payments == (sums.payments, sums.paid_fen) && refunds == (sums.refunds, sums.refunded_fen);
        if same { Ok(sums) } else { Err(BillError::Sums) }
    }

    fn heading(&mut self, text: &str) -> Result<(), BillError> {
        let Part::Heading { account, day } = &mut self.part else { return Err(BillError::Heading) };
        if let Some(rest) = text.strip_prefix(self.dialect.account) {
            let own = rest.split(']').next().unwrap_or_default();
            if !self.dialect.is_account(own, &self.merchant) {
                return Err(BillError::Merchant);
            }
            *account = true;
            return Ok(());
        }
        if let Some(rest) = text.strip_prefix(self.dialect.day) {
            let own = self.day.strftime(self.dialect.day_format).to_string();
            if !rest.starts_with(&own) {
                return Err(BillError::Day);
            }
            *day = true;
            return Ok(());
        }
        if text.starts_with('#') {
            return Ok(());
        }
        if !*account || !*day {
            return Err(BillError::Heading);
        }
        let names: Vec<String> = cells(text).ok_or(BillError::Heading)?;
        let place = |name: &str| names.iter().position(|known| known == name);
        let mut places = Vec::with_capacity(self.dialect.needed.len());
        for (column, name) in self.dialect.needed {
            // Of two columns of one name nobody knows which holds the sum.
            if names.iter().filter(|known| known == name).count() > 1 {
                return Err(BillError::Heading);
            }
            places.push((*column, place(name).ok_or(BillError::Heading)?));
        }
        self.part = Part::Rows { places, width: names.len() };
        Ok(())
    }

    fn row(&mut self, text: &str) -> Result<BillRow, BillError> {
        let wrong = BillError::Row(self.line);
        let Part::Rows { places, width } = &self.part else { return Err(wrong) };
        let cells = cells(text).filter(|cells| cells.len() == *width).ok_or(wrong)?;
        let cell = |wanted: Column| {
            let place = places.iter().find(|(column, _)| *column == wanted).map(|(_, place)| *place);
            place.and_then(|place| cells.get(place)).map_or("", String::as_str)
        };
        let kind = match cell(Column::Kind) {
            word if word == self.dialect.payment => BillKind::Payment,
            word if word == self.dialect.refund => BillKind::Refund,
            _ => return Err(wrong),
        };
        let amount = match kind {
            BillKind::Payment => cell(Column::Amount),
            BillKind::Refund => cell(Column::Amount).strip_prefix(self.dialect.minus).ok_or(wrong)?,
        };
        let amount_fen = parse_yuan(amount).filter(|fen| *fen > 0).ok_or(wrong)?;
        let at = parse_time(cell(Column::Done)).ok_or(wrong)?;
        if CHINA.to_datetime(at).date() != self.day {
            return Err(BillError::Day);
        }
        let (order, number, reference) = (cell(Column::Order), cell(Column::Trade), cell(Column::Reference));
        if !is_number(order) || !is_number(number) || kind == BillKind::Refund && !is_number(reference) {
            return Err(wrong);
        }
        let (trade_no, own) = match self.dialect.style {
            Style::Alipay => (number, number),
            Style::PayEase => {
                if cell(Column::Currency) != "0" {
                    return Err(wrong);
                }
                // The oid names the merchant, so that a row of another is seen.
                if order.split('-').nth(1).is_some_and(|mid| mid != self.merchant) {
                    return Err(BillError::Merchant);
                }
                (order, number)
            }
        };
        self.sums = self.sums.with(kind, amount_fen).ok_or(BillError::Sums)?;
        Ok(BillRow {
            kind,
            wire_number: order.to_owned(),
            trade_no: trade_no.to_owned(),
            reference: if kind == BillKind::Refund { reference } else { own }.to_owned(),
            amount_fen,
            at,
        })
    }

    fn footer(&mut self, text: &str) -> Result<(), BillError> {
        if !text.starts_with('#') {
            return Err(BillError::Row(self.line));
        }
        if text == self.dialect.title || text.starts_with(self.dialect.account) {
            // A second bill behind the first.
            return Err(BillError::Merchant);
        }
        if !matches!(self.part, Part::Footer { .. }) {
            self.part = Part::Footer { payments: None, refunds: None };
        }
        let Part::Footer { payments, refunds } = &mut self.part else { return Ok(()) };
        let (place, rest) =
            match (text.strip_prefix(self.dialect.payments), text.strip_prefix(self.dialect.refunds)) {
                (Some(rest), _) => (payments, rest),
                (None, Some(rest)) => (refunds, rest),
                (None, None) => return Ok(()),
            };
        if place.is_some() {
            return Err(BillError::Merchant);
        }
        *place = Some(total(rest).ok_or(BillError::Sums)?);
        Ok(())
    }
}

/// Whether a text is the number of an order, a trade or a refund.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_NUMBER && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Count and sum of a line such as `2笔，商家实收共60.00元`.
fn total(text: &str) -> Option<(u64, i64)> {
    let (count, rest) = text.split_once('笔')?;
    let amount = rest.split('元').next()?;
    let digits = amount.find(|c: char| c.is_ascii_digit())?;
    Some((count.parse().ok()?, sum(amount.get(digits..)?)?))
}

/// A sum in yuan, which may exceed the largest amount of one order.
pub(super) fn sum(text: &str) -> Option<i64> {
    let (yuan, decimals) = text.split_once('.')?;
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(yuan) || !plain(decimals) || decimals.len() != 2 {
        return None;
    }
    yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(decimals.parse().ok()?)
}

/// The cells of a line; `None` where a quotation is not closed or there are too many.
pub(super) fn cells(line: &str) -> Option<Vec<String>> {
    let mut cells = Vec::with_capacity(32);
    let mut rest = line;
    loop {
        if cells.len() >= MOST_COLUMNS {
            return None;
        }
        let trimmed = rest.trim_start_matches([' ', '\t']);
        let (cell, behind) = if let Some(quoted) = trimmed.strip_prefix('"') {
            let (cell, behind) = quotation(quoted)?;
            (cell, behind.trim_start_matches([' ', '\t']))
        } else {
            let end = trimmed.find(',').unwrap_or(trimmed.len());
            (trimmed.get(..end)?.trim().to_owned(), trimmed.get(end..)?)
        };
        cells.push(cell);
        match behind.strip_prefix(',') {
            Some(next) => rest = next,
            None if behind.is_empty() => return Some(cells),
            None => return None,
        }
    }
}

/// The text of a quotation, and what is behind it.
fn quotation(text: &str) -> Option<(String, &str)> {
    let mut cell = String::new();
    let mut rest = text;
    loop {
        let (part, behind) = rest.split_once('"')?;
        cell.push_str(part);
        match behind.strip_prefix('"') {
            Some(next) => {
                cell.push('"');
                rest = next;
            }
            None => return Some((cell.trim().to_owned(), behind)),
        }
    }
}
