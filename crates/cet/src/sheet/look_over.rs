//! The first look at a file: what it is, how large, how it is encoded, and its hash.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use encoding_rs::GB18030;
use ring::digest::{Context, SHA256};

use super::{Encoding, Form, LONGEST_CELL, Limits, MOST_COLUMNS, SheetError, header, package};
use crate::vault::to_hex;

pub(super) struct Seen {
    pub(super) form: Form,
    pub(super) hash: String,
    pub(super) bytes: u64,
}

pub(super) fn look_over(
    path: &Path,
    columns: &'static [&'static str],
    limits: Limits,
) -> Result<Seen, SheetError> {
    let bytes = std::fs::metadata(path)?.len();
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path)?);
    match reader.fill_buf()? {
        [] => return Err(SheetError::Empty),
        [b'P', b'K', 3, 4, ..] => {
            limit("bytes of a packed file", bytes, limits.packed)?;
            package::check(path, limits)?;
            let hash = hash(reader)?;
            return Ok(Seen { form: Form::Xlsx, hash, bytes });
        }
        [0xD0, 0xCF, 0x11, 0xE0, ..] => {
            return Err(SheetError::OtherForm(
                "this is an old .xls (or locked) workbook, save it as .xlsx without a password",
            ));
        }
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
            return Err(SheetError::OtherForm("this is UTF-16 text, save it as CSV UTF-8"));
        }
        _ => {}
    }
    limit("bytes", bytes, limits.csv)?;
    let (hash, valid_utf8) = scan_csv(reader)?;
    let encoding = if valid_utf8 { Encoding::Utf8 } else { by_header(path, columns)? };
    Ok(Seen { form: Form::Csv(encoding), hash, bytes })
}

fn limit(what: &'static str, size: u64, limit: u64) -> Result<(), SheetError> {
    if size > limit { Err(SheetError::TooLarge { what, limit }) } else { Ok(()) }
}

fn hash(mut reader: impl BufRead) -> Result<String, SheetError> {
    let mut context = Context::new(&SHA256);
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            return Ok(to_hex(context.finish().as_ref()));
        }
        context.update(chunk);
        let read = chunk.len();
        reader.consume(read);
    }
}

/// Hash, whether all of it is UTF-8, and that no quotation mark swallows the rest of the file.
fn scan_csv(mut reader: impl BufRead) -> Result<(String, bool), SheetError> {
    let mut context = Context::new(&SHA256);
    let mut utf8 = Utf8::default();
    let mut quotes = Quotes::default();
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            quotes.end()?;
            return Ok((to_hex(context.finish().as_ref()), utf8.end()));
        }
        context.update(chunk);
        utf8.chunk(chunk);
        quotes.chunk(chunk)?;
        let read = chunk.len();
        reader.consume(read);
    }
}

/// Whether a stream of chunks is UTF-8: a character may be cut by the border of two chunks.
#[derive(Default)]
struct Utf8 {
    broken: bool,
    rest: Vec<u8>,
}

impl Utf8 {
    fn chunk(&mut self, chunk: &[u8]) {
        if self.broken {
            return;
        }
        let mut bytes = chunk;
        if !self.rest.is_empty() {
            // At most three more bytes end the character that was cut.
            let (head, tail) = bytes.split_at(bytes.len().min(4));
            self.rest.extend_from_slice(head);
            let joined = std::mem::take(&mut self.rest);
            match std::str::from_utf8(&joined) {
                Ok(_) => bytes = tail,
                Err(error) if error.error_len().is_none() && tail.is_empty() => {
                    self.rest = joined.get(error.valid_up_to()..).unwrap_or_default().to_vec();
                    return;
                }
                Err(error) if error.error_len().is_none() => {
                    // The head itself ends within a character: begin the rest of the chunk there.
                    let cut = joined.len().saturating_sub(error.valid_up_to());
                    bytes = bytes.get(head.len().saturating_sub(cut)..).unwrap_or_default();
                }
                Err(_) => {
                    self.broken = true;
                    return;
                }
            }
        }
        if let Err(error) = std::str::from_utf8(bytes) {
            self.broken = error.error_len().is_some();
            self.rest = bytes.get(error.valid_up_to()..).unwrap_or_default().to_vec();
        }
    }

    fn end(self) -> bool {
        !self.broken && self.rest.is_empty()
    }
}

/// The longest row in bytes: what the reader would have to hold in memory.
const LONGEST_ROW: usize = 2 * LONGEST_CELL * MOST_COLUMNS;

/// Where the reader of CSV stands: as it reads, so that a row can't outgrow the memory unseen.
#[derive(Default)]
struct Quotes {
    state: Place,
    row_line: u64,
    line: u64,
    row_bytes: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

impl Quotes {
    fn chunk(&mut self, chunk: &[u8]) -> Result<(), SheetError> {
        for &byte in chunk {
            self.line = self.line.saturating_add(u64::from(byte == b'\n'));
            self.row_bytes = self.row_bytes.saturating_add(1);
            self.state = match (self.state, byte) {
                (Place::Quoted, b'"') => Place::QuoteInQuoted,
                (Place::Quoted, _) | (Place::FieldStart | Place::QuoteInQuoted, b'"') => Place::Quoted,
                (_, b'\n' | b'\r') => {
                    self.row_line = self.line;
                    self.row_bytes = 0;
                    Place::FieldStart
                }
                (_, b',') => Place::FieldStart,
                (Place::FieldStart | Place::Plain | Place::QuoteInQuoted, _) => Place::Plain,
            };
            if self.row_bytes > LONGEST_ROW {
                return self.end().and(Err(SheetError::TooLarge {
                    what: "bytes in a row",
                    limit: u64::try_from(LONGEST_ROW).unwrap_or(u64::MAX),
                }));
            }
        }
        Ok(())
    }

    fn end(&self) -> Result<(), SheetError> {
        if self.state == Place::Quoted {
            Err(SheetError::Quote { line: self.row_line.saturating_add(1) })
        } else {
            Ok(())
        }
    }
}

/// Broken somewhere: which encoding was meant? The one in which the header holds names of columns.
fn by_header(path: &Path, columns: &'static [&'static str]) -> Result<Encoding, SheetError> {
    let mut line = Vec::new();
    let first = File::open(path)?.take(u64::try_from(LONGEST_ROW).unwrap_or(u64::MAX));
    BufReader::new(first).read_until(b'\n', &mut line)?;
    let known = |text: &str| {
        text.split(',')
            .filter(|name| columns.contains(&header::plain(name.trim().trim_matches('"')).as_str()))
            .count()
    };
    let as_utf8 = known(&String::from_utf8_lossy(&line));
    let (text, _) = GB18030.decode_without_bom_handling(&line);
    match (as_utf8, known(&text)) {
        (0, 0) => Err(SheetError::OtherForm("in neither encoding the first row holds the columns' names")),
        (utf8, gb18030) if utf8 > gb18030 => Ok(Encoding::Utf8),
        _ => Ok(Encoding::Gb18030),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_seen_however_the_chunks_are_cut() {
        let text = "姓名,𬭸㛃,é,a\n".as_bytes();
        for size in 1..text.len() {
            let mut utf8 = Utf8::default();
            text.chunks(size).for_each(|chunk| utf8.chunk(chunk));
            assert!(utf8.end(), "{size}");
            let mut cut = Utf8::default();
            text[..text.len() - 6].chunks(size).for_each(|chunk| cut.chunk(chunk));
            cut.chunk(b"\xff");
            cut.chunk(b"abc");
            assert!(!cut.end(), "{size}");
        }
    }
}
