//! The rows of a bill in memory.
//!
//! One takes some 45 bytes, so that the five million rows of the largest bill take less than 250 MB. Nothing of them is
//! copied while they grow.

use gateway::bill::{BillError, BillKind, BillRow, BillSums};

use super::{BillFault, MOST_ROWS};

/// From so many rows on there is room for all that a bill may have: growing copies, and holds twice as much meanwhile.
const MANY_ROWS: usize = 1 << 16;

/// A row of a bill, in as few bytes as it can be.
#[derive(Clone, Copy, Debug)]
struct Packed {
    begins: Place,
    /// In fen; [`Self::LARGE`]: it stands behind the row's texts.
    amount: u32,
    /// Seconds since 1970.
    at: u32,
    number: Length,
    trade: Length,
    reference: Length,
    kind: BillKind,
    is_matched: bool,
}

impl Packed {
    const LARGE: u32 = u32::MAX;
}

/// How long a text is, and whether two of its characters share a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Length(u8);

impl Length {
    /// The longest text.
    const MOST: usize = 0x7f;
    const HALVED: u8 = 0x80;

    fn bytes(self) -> usize {
        let characters = usize::from(self.0 & !Self::HALVED);
        if self.is_halved() { characters.div_ceil(2) } else { characters }
    }

    const fn is_halved(self) -> bool {
        self.0 & Self::HALVED != 0
    }

    const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// A text as it is kept. Each has one form, so that texts are the same where their forms are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Short<'t>(&'t [u8], Length);

/// The characters of which two share a byte: those of all numbers but a few of strangers.
const HALVES: [u8; 15] = *b"0123456789-_RT*";
/// Behind the last character of a text with an odd number of them.
const NO_HALF: u8 = 15;

/// The place of a character among [`HALVES`].
const fn half(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte & 0x0f),
        b'-' => Some(10),
        b'_' => Some(11),
        b'R' => Some(12),
        b'T' => Some(13),
        b'*' => Some(14),
        _ => None,
    }
}

/// Writes a text behind others; returns its length there. `None`: it is longer than any number of a bill.
fn shorten(text: &str, to: &mut Vec<u8>) -> Option<Length> {
    let length = u8::try_from(text.len()).ok().filter(|length| usize::from(*length) <= Length::MOST)?;
    if length == 0 || !text.bytes().all(|byte| half(byte).is_some()) {
        to.extend_from_slice(text.as_bytes());
        return Some(Length(length));
    }
    for pair in text.as_bytes().chunks(2) {
        let mut halves = pair.iter().map(|byte| half(*byte).unwrap_or(NO_HALF));
        let (first, second) = (halves.next().unwrap_or(NO_HALF), halves.next().unwrap_or(NO_HALF));
        to.push((first << 4) | second);
    }
    Some(Length(length | Length::HALVED))
}

impl Short<'_> {
    fn text(self) -> String {
        let Self(bytes, length) = self;
        if !length.is_halved() {
            return String::from_utf8_lossy(bytes).into_owned();
        }
        let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
        halves.filter_map(|half| HALVES.get(usize::from(half))).map(|byte| char::from(*byte)).collect()
    }
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

    /// A place with room for so many bytes, and the chunk that it is in.
    fn room(&mut self, bytes: usize) -> Option<(Place, &mut Vec<u8>)> {
        let has_room =
            self.chunks.last().is_some_and(|chunk| chunk.len().saturating_add(bytes) <= Self::CHUNK);
        if !has_room {
            let room = if self.chunks.is_empty() { 0 } else { Self::CHUNK };
            self.chunks.push(Vec::with_capacity(room));
        }
        let at = u32::try_from(self.chunks.len().checked_sub(1)?).ok()?;
        let chunk = self.chunks.last_mut()?;
        let within = u32::try_from(chunk.len()).ok()?;
        Some((at.checked_mul(1 << Self::BITS)?.checked_add(within)?, chunk))
    }

    fn bytes(&self, begins: Place, skip: usize, length: usize) -> &[u8] {
        let chunk = usize::try_from(begins >> Self::BITS).unwrap_or(usize::MAX);
        let within = usize::try_from(begins % (1 << Self::BITS)).unwrap_or(usize::MAX).saturating_add(skip);
        let chunk = self.chunks.get(chunk).map(Vec::as_slice).unwrap_or_default();
        chunk.get(within..within.saturating_add(length)).unwrap_or_default()
    }

    fn short(&self, begins: Place, skip: usize, length: Length) -> Short<'_> {
        Short(self.bytes(begins, skip, length.bytes()), length)
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
        let most = [row.wire_number.len(), trade.len(), reference.len(), size_of::<i64>()];
        let (begins, chunk) =
            self.texts.room(most.into_iter().fold(0, usize::saturating_add)).ok_or(BillFault::TooLong)?;
        let mut kept = |text: &str| shorten(text, chunk).ok_or(BillFault::TooLong);
        let (number, trade, reference) = (kept(&row.wire_number)?, kept(trade)?, kept(reference)?);
        let amount = u32::try_from(row.amount_fen).unwrap_or(Packed::LARGE);
        if amount == Packed::LARGE {
            chunk.extend_from_slice(&row.amount_fen.to_le_bytes());
        }
        let at = u32::try_from(row.at.as_second()).map_err(|_| BillFault::Text(BillError::Day))?;
        let (kind, is_matched) = (row.kind, false);
        self.rows.push(Packed { begins, amount, at, number, trade, reference, kind, is_matched });
        Ok(())
    }

    /// Sorts the rows; none may stand twice.
    pub(super) fn sorted(mut self) -> Result<Self, BillFault> {
        let texts = std::mem::take(&mut self.texts);
        let all =
            |row: &Packed| (row.kind, key(&texts, row), trade(&texts, row), reference(&texts, row), row.at);
        self.rows.sort_unstable_by(|one, other| all(one).cmp(&all(other)));
        let same = |pair: &[Packed]| match pair {
            [one, other] => all(one) == all(other) && amount(&texts, one) == amount(&texts, other),
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
        let mut bytes = Vec::with_capacity(wanted.len());
        let Some(length) = shorten(wanted, &mut bytes) else { return 0..0 };
        let wanted = (kind, Short(&bytes, length));
        let first = self.rows.partition_point(|row| of(row) < wanted);
        let rest = self.rows.get(first..).unwrap_or_default();
        first..first.saturating_add(rest.partition_point(|row| of(row) == wanted))
    }

    /// A row.
    #[must_use]
    pub fn row(&self, place: usize) -> Option<BillRow> {
        let row = self.rows.get(place)?;
        Some(BillRow {
            kind: row.kind,
            wire_number: number(&self.texts, row).text(),
            trade_no: trade(&self.texts, row).text(),
            reference: reference(&self.texts, row).text(),
            amount_fen: amount(&self.texts, row),
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

fn number<'a>(texts: &'a Texts, row: &Packed) -> Short<'a> {
    texts.short(row.begins, 0, row.number)
}

fn trade<'a>(texts: &'a Texts, row: &Packed) -> Short<'a> {
    if row.trade.is_none() {
        number(texts, row)
    } else {
        texts.short(row.begins, row.number.bytes(), row.trade)
    }
}

fn reference<'a>(texts: &'a Texts, row: &Packed) -> Short<'a> {
    let skip = row.number.bytes().saturating_add(row.trade.bytes());
    if row.reference.is_none() { trade(texts, row) } else { texts.short(row.begins, skip, row.reference) }
}

fn amount(texts: &Texts, row: &Packed) -> i64 {
    if row.amount != Packed::LARGE {
        return row.amount.into();
    }
    let skip =
        [row.number, row.trade, row.reference].into_iter().map(Length::bytes).fold(0, usize::saturating_add);
    let bytes = texts.bytes(row.begins, skip, size_of::<i64>());
    bytes.try_into().map_or(0, i64::from_le_bytes)
}

/// By what a row is looked up.
fn key<'a>(texts: &'a Texts, row: &Packed) -> Short<'a> {
    match row.kind {
        BillKind::Payment => number(texts, row),
        BillKind::Refund => reference(texts, row),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was_and_two_digits_share_a_byte() {
        for (text, bytes) in [
            ("", 0),
            ("7", 1),
            ("99301000000000000009", 10),
            ("20170919-888-99301000000000000009", 17),
            ("R993017", 4),
            ("2017091921001004330200418866", 14),
            ("a9", 2),
            ("F7", 2),
        ] {
            let mut kept = Vec::new();
            let length = shorten(text, &mut kept).unwrap();
            assert_eq!((kept.len(), length.bytes()), (bytes, bytes), "{text}");
            assert_eq!(Short(&kept, length).text(), text);
        }
        for byte in 0..=u8::MAX {
            let place = HALVES.iter().position(|of| *of == byte);
            assert_eq!(half(byte).map(usize::from), place, "{byte}");
        }
        assert_eq!(shorten(&"9".repeat(Length::MOST + 1), &mut Vec::new()), None);
        assert_eq!(size_of::<Packed>(), 20);
    }
}
