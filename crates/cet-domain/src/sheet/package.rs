//! A workbook is a package of compressed parts: all of it is decompressed once and discarded, with limits, before the
//! workbook reader may process it (TH31). Sizes in headers and directories are not trusted.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use zip::ZipArchive;

use super::hidden::{Book, HiddenRows};
use super::{Limits, SheetError, kinds};

/// The most that decompressed may exceed compressed size: spreadsheets compress their XML by 10 to 40 (TH31).
const RATIO: u64 = 100;
/// Below this size the ratio is ignored.
const RATIO_FROM: u64 = 1 << 20;
/// The most parts of a package; a workbook has some ten.
const MOST_PARTS: usize = 1_000;
/// The most distinct texts of a workbook: the reader keeps them all in memory.
const MOST_TEXTS: u64 = 2_000_000;
/// The most merged regions: the reader keeps them all in memory.
const MOST_MERGED: u64 = 100_000;
/// How far a search may read beyond its first byte.
const LOOK_AHEAD: usize = 512;

/// Decompresses all of it with limits; returns the hidden rows of each sheet.
pub(super) fn check(path: &Path, limits: Limits) -> Result<Vec<Option<HiddenRows>>, SheetError> {
    let broken = |error: &dyn std::fmt::Display| SheetError::Workbook(error.to_string());
    let Ok(mut archive) = ZipArchive::new(BufReader::new(File::open(path)?)) else {
        return Err(SheetError::Workbook(String::new()));
    };
    if archive.len() > MOST_PARTS {
        return Err(SheetError::Hostile("sheet-hostile-parts"));
    }
    let mut book = Book::default();
    let mut names = Vec::new();
    let mut total: u64 = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| broken(&error))?;
        let name = part.name().map_err(|error| broken(&error))?.to_ascii_lowercase().replace('\\', "/");
        let is_xml = [".xml", ".rels", ".vml"].iter().any(|end| name.ends_with(end));
        let packed = part.compressed_size();
        let mut scan = Scan { is_xml, keep: Book::is_of_interest(&name), ..Scan::default() };
        scan.rows = name.contains("worksheets/").then(HiddenRows::default);
        total = unpack(part, packed, total, limits, &mut scan)?;
        book.part(&name, scan.kept, scan.rows);
        names.push(name);
    }
    match kinds::archive(&names) {
        Some(what) => Err(SheetError::OtherForm(what)),
        None => Ok(book.hidden_rows()),
    }
}

/// Decompresses and discards one part; returns the total size so far.
fn unpack(
    mut part: impl Read,
    packed: u64,
    mut total: u64,
    limits: Limits,
    scan: &mut Scan,
) -> Result<u64, SheetError> {
    let mut buffer = vec![0; 1 << 16];
    let mut kept = 0;
    let mut own: u64 = 0;
    loop {
        let read = part
            .read(buffer.get_mut(kept..).unwrap_or_default())
            .map_err(|error| SheetError::Workbook(error.to_string()))?;
        let size = u64::try_from(read).unwrap_or(u64::MAX);
        own = own.saturating_add(size);
        total = total.saturating_add(size);
        if total > limits.unpacked {
            return Err(SheetError::TooLarge { what: "sheet-unit-unpacked", limit: limits.unpacked });
        }
        if own > RATIO_FROM && own > packed.saturating_mul(RATIO) {
            return Err(SheetError::Hostile("sheet-hostile-packed"));
        }
        let filled = kept.saturating_add(read);
        // What may be split between two chunks is scanned with the next one.
        let until = if read == 0 { filled } else { filled.saturating_sub(LOOK_AHEAD) };
        scan.chunk(buffer.get(..filled).unwrap_or_default(), until)?;
        scan.keep(buffer.get(..until).unwrap_or_default());
        if read == 0 {
            return Ok(total);
        }
        buffer.copy_within(until..filled, 0);
        kept = filled.saturating_sub(until);
    }
}

/// The state of the scan of the XML parts.
#[derive(Default)]
struct Scan {
    is_xml: bool,
    begun: bool,
    texts: u64,
    merged: u64,
    /// Whether the text itself is needed, and its beginning.
    keep: bool,
    kept: Vec<u8>,
    /// For a worksheet: its hidden rows.
    rows: Option<HiddenRows>,
}

impl Scan {
    fn keep(&mut self, bytes: &[u8]) {
        const KEPT: usize = 1 << 20;
        if self.keep && self.kept.len() < KEPT {
            self.kept.extend_from_slice(bytes);
        }
    }

    fn chunk(&mut self, bytes: &[u8], until: usize) -> Result<(), SheetError> {
        if !self.is_xml {
            return Ok(());
        }
        if !self.begun && !bytes.is_empty() {
            self.begun = true;
            // In another encoding the searches below would find nothing.
            let utf8 = match bytes {
                [0xEF, 0xBB, 0xBF, ..] => true,
                [first, second, ..] => first.is_ascii() && *first != 0 && *second != 0,
                _ => true,
            };
            if !utf8 {
                return Err(SheetError::Hostile("sheet-hostile-xml"));
            }
        }
        let mut from = 0;
        while let Some(found) =
            bytes.get(from..until).and_then(|rest| rest.iter().position(|b| matches!(b, b'<' | b'u')))
        {
            let at = from.saturating_add(found);
            self.look_at(bytes.get(at..).unwrap_or_default())?;
            from = at.saturating_add(1);
        }
        Ok(())
    }

    fn look_at(&mut self, here: &[u8]) -> Result<(), SheetError> {
        let starts = |what: &[u8]| here.get(..what.len()).is_some_and(|head| head.eq_ignore_ascii_case(what));
        if starts(b"<!DOCTYPE") || starts(b"<!ENTITY") {
            return Err(SheetError::Hostile("sheet-hostile-doctype"));
        }
        if let Some(rows) = &mut self.rows {
            rows.look_at(here);
        }
        if starts(b"<si>") || starts(b"<si ") || starts(b"<si/") {
            self.texts = self.texts.saturating_add(1);
        }
        if starts(b"<mergeCell ") {
            self.merged = self.merged.saturating_add(1);
        }
        // The workbook reader allocates memory for as many texts as this attribute says.
        let promised = if starts(b"uniqueCount") { number_of(here) } else { 0 };
        if self.texts > MOST_TEXTS || promised > MOST_TEXTS {
            return Err(SheetError::TooLarge { what: "sheet-unit-texts", limit: MOST_TEXTS });
        }
        if self.merged > MOST_MERGED {
            return Err(SheetError::TooLarge { what: "sheet-unit-merged", limit: MOST_MERGED });
        }
        Ok(())
    }
}

/// The number of an attribute that begins here; one that does not end within the look-ahead counts as too large.
fn number_of(attribute: &[u8]) -> u64 {
    let rest = attribute.get(b"uniqueCount".len()..LOOK_AHEAD.min(attribute.len())).unwrap_or_default();
    let mut digits =
        rest.iter().skip_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'"' | b'\''));
    let mut number: u64 = 0;
    loop {
        match digits.next() {
            Some(digit @ b'0'..=b'9') => {
                number = number.saturating_mul(10).saturating_add(u64::from(digit.saturating_sub(b'0')));
            }
            Some(_) => return number,
            None => return u64::MAX,
        }
    }
}
