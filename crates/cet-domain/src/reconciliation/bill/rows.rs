//! The rows of a bill in memory.
//!
//! One takes some 75 bytes, so that the five million rows of the largest bill take less than 400 MB. Nothing of them is
//! copied while they grow.

use gateway::bill::{BillError, BillKind, BillRow, BillSums};

use super::{BillFault, MOST_ROWS};

/// From so many rows on there is room for all that a bill may have: growing copies, and holds twice as much meanwhile.
const MANY_ROWS: usize = 1 << 16;

/// A row of a bill, in as few bytes as it can be.
#[derive(Clone, Copy, Debug)]
struct Packed {
    begins: Place,
    number: u8,
    trade: u8,
    reference: u8,
    kind: BillKind,
    is_matched: bool,
    amount: i64,
    /// Seconds since 1970.
    at: u32,
}

/// Where a row's texts begin: the chunk and the place in it.
type Place = u32;

/// The texts of all rows, in chunks.
#[derive(Debug, Default)]
struct Texts {
    chunks: Vec<Vec<u8>>,
}

impl Texts {
    /// How many bits the place in a chunk has.
    const BITS: u32 = 24;
    const CHUNK: usize = 1 << Self::BITS;

    /// Keeps the texts of a row, one behind the other.
    fn keep(&mut self, texts: [&str; 3]) -> Option<Place> {
        let length = texts.iter().fold(0_usize, |sum, text| sum.saturating_add(text.len()));
        let has_room =
            self.chunks.last().is_some_and(|chunk| chunk.len().saturating_add(length) <= Self::CHUNK);
        if !has_room {
            let room = if self.chunks.is_empty() { 0 } else { Self::CHUNK };
            self.chunks.push(Vec::with_capacity(room));
        }
        let at = u32::try_from(self.chunks.len().checked_sub(1)?).ok()?;
        let chunk = self.chunks.last_mut()?;
        let within = u32::try_from(chunk.len()).ok()?;
        for text in texts {
            chunk.extend_from_slice(text.as_bytes());
        }
        at.checked_mul(1 << Self::BITS)?.checked_add(within)
    }

    fn slice(&self, begins: Place, skip: usize, length: u8) -> &[u8] {
        let chunk = usize::try_from(begins >> Self::BITS).unwrap_or(usize::MAX);
        let within = usize::try_from(begins % (1 << Self::BITS)).unwrap_or(usize::MAX).saturating_add(skip);
        let chunk = self.chunks.get(chunk).map(Vec::as_slice).unwrap_or_default();
        chunk.get(within..within.saturating_add(usize::from(length))).unwrap_or_default()
    }
}

/// All rows of a bill, sorted by kind and key.
#[derive(Debug, Default)]
pub struct Bill {
    texts: Texts,
    rows: Vec<Packed>,
    /// Counts and sums.
    pub sums: BillSums,
}

impl Bill {
    /// A bill of these rows.
    ///
    /// # Errors
    /// [`BillFault::TooLong`], [`BillFault::Twice`].
    pub fn of(rows: impl IntoIterator<Item = BillRow>, sums: BillSums) -> Result<Self, BillFault> {
        let mut bill = Self::default();
        for row in rows {
            bill.push(&row)?;
        }
        bill.sums = sums;
        bill.sorted()
    }

    /// Adds a row behind the others.
    pub(super) fn push(&mut self, row: &BillRow) -> Result<(), BillFault> {
        if self.rows.len() >= MOST_ROWS {
            return Err(BillFault::TooLong);
        }
        if self.rows.len() == MANY_ROWS {
            self.rows.reserve_exact(MOST_ROWS.saturating_sub(MANY_ROWS));
        }
        // Two of the numbers are mostly the same text, which is kept once.
        let trade = if row.trade_no == row.wire_number { "" } else { &row.trade_no };
        let reference = if row.reference == row.trade_no { "" } else { &row.reference };
        let length = |text: &str| u8::try_from(text.len()).map_err(|_| BillFault::TooLong);
        self.rows.push(Packed {
            number: length(&row.wire_number)?,
            trade: length(trade)?,
            reference: length(reference)?,
            begins: self.texts.keep([&row.wire_number, trade, reference]).ok_or(BillFault::TooLong)?,
            kind: row.kind,
            is_matched: false,
            amount: row.amount_fen,
            at: u32::try_from(row.at.as_second()).map_err(|_| BillFault::Text(BillError::Day))?,
        });
        Ok(())
    }

    /// Sorts the rows; none may stand twice.
    pub(super) fn sorted(mut self) -> Result<Self, BillFault> {
        let texts = std::mem::take(&mut self.texts);
        let all =
            |row: &Packed| (row.kind, key(&texts, row), trade(&texts, row), reference(&texts, row), row.at);
        self.rows.sort_unstable_by(|one, other| all(one).cmp(&all(other)));
        let same = |pair: &[Packed]| match pair {
            [one, other] => all(one) == all(other) && one.amount == other.amount,
            _ => false,
        };
        let twice = self.rows.windows(2).any(same);
        self.texts = texts;
        if twice { Err(BillFault::Twice) } else { Ok(self) }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows with a key: the number of an order on the wire, or of a refund.
    #[must_use]
    pub fn places(&self, kind: BillKind, wanted: &str) -> std::ops::Range<usize> {
        let of = |row: &Packed| (row.kind, key(&self.texts, row));
        let wanted = (kind, wanted.as_bytes());
        let first = self.rows.partition_point(|row| of(row) < wanted);
        let rest = self.rows.get(first..).unwrap_or_default();
        first..first.saturating_add(rest.partition_point(|row| of(row) == wanted))
    }

    /// A row.
    #[must_use]
    pub fn row(&self, place: usize) -> Option<BillRow> {
        let row = self.rows.get(place)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Some(BillRow {
            kind: row.kind,
            wire_number: text(number(&self.texts, row)),
            trade_no: text(trade(&self.texts, row)),
            reference: text(reference(&self.texts, row)),
            amount_fen: row.amount,
            at: jiff::Timestamp::from_second(row.at.into()).unwrap_or(jiff::Timestamp::UNIX_EPOCH),
        })
    }

    /// Marks a row as found in our books.
    pub fn mark(&mut self, place: usize) {
        if let Some(row) = self.rows.get_mut(place) {
            row.is_matched = true;
        }
    }

    /// Whether a row was found in our books.
    #[must_use]
    pub(crate) fn is_matched(&self, place: usize) -> bool {
        self.rows.get(place).is_some_and(|row| row.is_matched)
    }

    /// The places of the rows that were not found.
    pub fn left(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().enumerate().filter(|(_, row)| !row.is_matched).map(|(place, _)| place)
    }
}

fn number<'a>(texts: &'a Texts, row: &Packed) -> &'a [u8] {
    texts.slice(row.begins, 0, row.number)
}

fn trade<'a>(texts: &'a Texts, row: &Packed) -> &'a [u8] {
    if row.trade == 0 {
        number(texts, row)
    } else {
        texts.slice(row.begins, usize::from(row.number), row.trade)
    }
}

fn reference<'a>(texts: &'a Texts, row: &Packed) -> &'a [u8] {
    let skip = usize::from(row.number).saturating_add(usize::from(row.trade));
    if row.reference == 0 { trade(texts, row) } else { texts.slice(row.begins, skip, row.reference) }
}

/// By what a row is looked up.
fn key<'a>(texts: &'a Texts, row: &Packed) -> &'a [u8] {
    match row.kind {
        BillKind::Payment => number(texts, row),
        BillKind::Refund => reference(texts, row),
    }
}
