//! Reads a bill from its file into memory, with bounds on everything: 支付宝 packs it in a zip, 微信支付 by gzip, 首信易支付
//! sends the text.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::GzDecoder;
use gateway::Packing;
use gateway::bill::{BillError, BillReader};
use zip::ZipArchive;

use super::Of;

mod rows;

pub use rows::Bill;

/// The most rows of a bill.
pub const MOST_ROWS: usize = 5_000_000;
/// The most bytes of a bill, unpacked: five million rows of 支付宝 have some 1.3 GB.
const MOST_UNPACKED: u64 = 2 << 30;
/// The most that unpacked may exceed packed size: bills compress by 5 to 20 (TH31).
const RATIO: u64 = 100;
/// Below this size the ratio is ignored.
const RATIO_FROM: u64 = 1 << 20;
/// The most files in a zip: there are two.
const MOST_PARTS: usize = 16;
/// The most lines of a bill: its rows, and a few before and behind them. Lines that are not rows cost time too.
const MOST_LINES: usize = MOST_ROWS + 1_000;
/// The longest line that is read into memory; a longer one is refused by the reader.
const LONGEST_LINE: u64 = 8_192;
/// What has no line end for so long is no text at all.
const NO_TEXT: u64 = 1 << 20;

/// Why a bill is not taken. Nothing of it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillFault {
    /// Its text is wrong.
    Text(BillError),
    /// Nothing is in it.
    Empty,
    /// Not a zip with one bill, or a broken one.
    Archive,
    /// It unpacks to more than any bill has.
    Hostile,
    /// More rows than a bill may have.
    TooLong,
    /// The same row stands twice.
    Twice,
    /// Nearly nothing of it is ours.
    Strange,
    /// Our fault: it could not be worked on.
    Ours,
}

impl From<BillError> for BillFault {
    fn from(error: BillError) -> Self {
        Self::Text(error)
    }
}

impl BillFault {
    /// All, for texts and tests.
    pub const ALL: [Self; 15] = [
        Self::Text(BillError::Encoding(0)),
        Self::Text(BillError::Long(0)),
        Self::Text(BillError::Heading),
        Self::Text(BillError::Merchant),
        Self::Text(BillError::Day),
        Self::Text(BillError::Row(0)),
        Self::Text(BillError::CutOff),
        Self::Text(BillError::Sums),
        Self::Empty,
        Self::Archive,
        Self::Hostile,
        Self::TooLong,
        Self::Twice,
        Self::Strange,
        Self::Ours,
    ];

    /// The code of `data-code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Text(BillError::Encoding(_)) => "bill-encoding",
            Self::Text(BillError::Long(_)) => "bill-line-long",
            Self::Text(BillError::Heading) => "bill-heading",
            Self::Text(BillError::Merchant) => "bill-merchant",
            Self::Text(BillError::Day) => "bill-day",
            Self::Text(BillError::Row(_)) => "bill-row",
            Self::Text(BillError::CutOff) => "bill-cut-off",
            Self::Text(BillError::Sums) => "bill-sums",
            Self::Empty => "bill-empty",
            Self::Archive => "bill-archive",
            Self::Hostile => "bill-hostile",
            Self::TooLong => "bill-too-long",
            Self::Twice => "bill-twice",
            Self::Strange => "bill-strange",
            Self::Ours => "bill-not-compared",
        }
    }

    /// The line to blame; 0: none.
    #[must_use]
    pub fn line(self) -> i64 {
        match self {
            Self::Text(BillError::Encoding(line) | BillError::Long(line) | BillError::Row(line)) => {
                i64::try_from(line).unwrap_or(0)
            }
            _ => 0,
        }
    }

    /// Reads a stored code with its line.
    #[must_use]
    pub fn from_code(code: &str, line: i64) -> Option<Self> {
        let line = u64::try_from(line).unwrap_or(0);
        Self::ALL.into_iter().find(|fault| fault.code() == code).map(|fault| match fault {
            Self::Text(BillError::Encoding(_)) => Self::Text(BillError::Encoding(line)),
            Self::Text(BillError::Long(_)) => Self::Text(BillError::Long(line)),
            Self::Text(BillError::Row(_)) => Self::Text(BillError::Row(line)),
            other => other,
        })
    }
}

fn packing(head: &[u8]) -> Packing {
    match head {
        [b'P', b'K', 3, 4, ..] => Packing::Zip,
        [0x1f, 0x8b, _, _, ..] => Packing::Gzip,
        _ => Packing::Text,
    }
}

/// Why a file that begins so, or is no more than that, is no bill of this gateway, merchant and day, whatever follows; `None`: the
/// job finds out.
#[must_use]
pub fn told_by_head((head, is_all): (&[u8], bool), of: Of, merchant: &str) -> Option<BillFault> {
    if head.is_empty() {
        return Some(BillFault::Empty);
    }
    let packing = packing(head);
    if packing != Packing::Text {
        return (packing != of.gateway.profile().bill_packing).then_some(BillFault::Archive);
    }
    let mut reader = BillReader::new(of.gateway, merchant, of.day.date());
    // Where it ends inside a line it was cut off, which is the job's to say: its first lines are those of a bill.
    let lines = head.split_inclusive(|byte| *byte == b'\n').filter(|line| is_all || line.ends_with(b"\n"));
    let fault = lines.map(|line| reader.line(line)).find_map(Result::err);
    fault.filter(|fault| *fault != BillError::CutOff).map(BillFault::Text)
}

/// Reads the file of a bill: a zip with one bill in it, or the text.
///
/// # Errors
/// [`BillFault`]; a file that can't be read is [`BillFault::Archive`].
pub fn read(path: &Path, of: Of, merchant: &str) -> Result<Bill, BillFault> {
    let mut file = File::open(path).map_err(|_| BillFault::Archive)?;
    let size = file.metadata().map_err(|_| BillFault::Archive)?.len();
    if size == 0 {
        return Err(BillFault::Empty);
    }
    let mut magic = [0_u8; 4];
    let has_magic = file.read_exact(&mut magic).is_ok();
    file.seek(SeekFrom::Start(0)).map_err(|_| BillFault::Archive)?;
    let packed_as = if has_magic { packing(&magic) } else { Packing::Text };
    let reader = || BillReader::new(of.gateway, merchant, of.day.date());
    if packed_as == Packing::Text {
        return text(BufReader::new(file), reader(), &mut Unpacked::plain());
    }
    if packed_as != of.gateway.profile().bill_packing {
        return Err(BillFault::Archive);
    }
    if packed_as == Packing::Gzip {
        return gzip(BufReader::with_capacity(1 << 16, file), size, reader());
    }
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| BillFault::Archive)?;
    if archive.len() > MOST_PARTS {
        return Err(BillFault::Archive);
    }
    let mut found = None;
    let mut unpacked = Unpacked::plain();
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| BillFault::Archive)?;
        if part.is_dir() {
            continue;
        }
        unpacked.packed = Some(part.compressed_size());
        unpacked.own = 0;
        let mut part = BufReader::with_capacity(1 << 16, part);
        // An archive in an archive is no bill.
        if packing(part.fill_buf().map_err(|_| BillFault::Archive)?) != Packing::Text {
            return Err(BillFault::Archive);
        }
        // Names are in an encoding that nothing tells: the first line says what a part is.
        if is_summary(&mut part)? {
            continue;
        }
        if found.is_some() {
            return Err(BillFault::Archive);
        }
        found = Some(text(part, reader(), &mut unpacked)?);
    }
    found.ok_or(BillFault::Archive)
}

/// A gzip holds one bill: what follows it would be read by nobody.
fn gzip(mut file: BufReader<File>, size: u64, reader: BillReader) -> Result<Bill, BillFault> {
    let mut unpacked = Unpacked { packed: Some(size), ..Unpacked::plain() };
    let bill = {
        let one = GzDecoder::new(&mut file);
        text(BufReader::with_capacity(1 << 16, one), reader, &mut unpacked)?
    };
    let rest = file.fill_buf().map_err(|_| BillFault::Archive)?;
    match packing(rest) {
        Packing::Gzip => Err(BillFault::Twice),
        _ if !rest.is_empty() => Err(BillFault::Archive),
        _ => Ok(bill),
    }
}

fn is_summary(part: &mut impl BufRead) -> Result<bool, BillFault> {
    let begin = part.fill_buf().map_err(|_| BillFault::Archive)?;
    let line = begin.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(BillReader::is_summary(line))
}

/// How much has been unpacked.
struct Unpacked {
    packed: Option<u64>,
    own: u64,
    total: u64,
}

impl Unpacked {
    const fn plain() -> Self {
        Self { packed: None, own: 0, total: 0 }
    }

    /// Counts bytes; the directory's sizes are not trusted.
    fn count(&mut self, bytes: usize) -> Result<(), BillFault> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.own = self.own.saturating_add(bytes);
        self.total = self.total.saturating_add(bytes);
        let too_thin = self.packed.is_some_and(|packed| self.own > packed.saturating_mul(RATIO));
        if self.total > MOST_UNPACKED || self.own > RATIO_FROM && too_thin {
            return Err(BillFault::Hostile);
        }
        Ok(())
    }
}

/// What ends within an archive was cut off on the way; else it is broken.
fn broken(error: &std::io::Error) -> BillFault {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => BillFault::Text(BillError::CutOff),
        _ => BillFault::Archive,
    }
}

/// Passes over the rest of a line that is too long, of which its reader says so.
///
/// # Errors
/// [`BillFault::Hostile`]: it has no end.
fn no_text(lines: &mut impl BufRead, unpacked: &mut Unpacked) -> Result<(), BillFault> {
    let mut passed = LONGEST_LINE;
    loop {
        let some = lines.fill_buf().map_err(|error| broken(&error))?;
        let end = some.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(some.len(), |at| at.saturating_add(1));
        let is_over = end.is_some() || some.is_empty();
        lines.consume(length);
        unpacked.count(length)?;
        passed = passed.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        if passed > NO_TEXT {
            return Err(BillFault::Hostile);
        }
        if is_over {
            return Ok(());
        }
    }
}

fn text(mut lines: impl BufRead, mut reader: BillReader, unpacked: &mut Unpacked) -> Result<Bill, BillFault> {
    let mut bill = Bill::default();
    let mut line = Vec::with_capacity(512);
    for number in 0_usize.. {
        if number > MOST_LINES {
            return Err(BillFault::TooLong);
        }
        line.clear();
        let read = lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
        // A zip whose check sum is wrong fails here.
        let read = read.map_err(|error| broken(&error))?;
        if read == 0 {
            break;
        }
        unpacked.count(read)?;
        if u64::try_from(read).is_ok_and(|read| read >= LONGEST_LINE) && !line.ends_with(b"\n") {
            no_text(&mut lines, unpacked)?;
            line.push(b'\n');
        }
        if let Some(row) = reader.line(&line)? {
            bill.push(&row)?;
        }
    }
    bill.sums = reader.end()?;
    bill.sorted()
}
