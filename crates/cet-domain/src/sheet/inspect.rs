//! The first inspection of a file: its format, size, encoding and hash.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use encoding_rs::GB18030;
use ring::digest::{Context, SHA256};

use super::hidden::HiddenRows;
use super::table::Table;
use super::{Encoding, Form, LONGEST_CELL, Limits, MOST_COLUMNS, SheetError, header, kinds, package};
use crate::vault::to_hex;

pub(super) struct Seen {
    pub(super) form: Form,
    pub(super) hash: String,
    /// The separator of a CSV file.
    pub(super) separator: u8,
    /// For each sheet of a workbook, in order.
    pub(super) hidden_rows: Vec<Option<HiddenRows>>,
}

pub(super) fn inspect(path: &Path, table: &Table, limits: Limits) -> Result<Seen, SheetError> {
    let bytes = std::fs::metadata(path)?.len();
    let head = head(path)?;
    if head.is_empty() {
        return Err(SheetError::Empty);
    }
    if let Some(what) = kinds::foreign(path, &head) {
        return Err(SheetError::OtherForm(what));
    }
    let reader = BufReader::with_capacity(1 << 16, File::open(path)?);
    if head.starts_with(b"PK\x03\x04") {
        limit("sheet-unit-packed", bytes, limits.packed)?;
        let hidden_rows = package::check(path, limits)?;
        return Ok(Seen { form: Form::Xlsx, hash: hash(reader)?, separator: 0, hidden_rows });
    }
    limit("sheet-unit-bytes", bytes, limits.csv)?;
    let guess = Guess::of(&head, table);
    let (hash, valid_utf8) = scan_csv(reader, guess.separator)?;
    let encoding = match (valid_utf8, guess.known) {
        (true, _) => Encoding::Utf8,
        (false, 0) if table.chosen.is_none() => {
            return Err(SheetError::OtherForm("sheet-no-encoding"));
        }
        (false, _) => guess.encoding,
    };
    Ok(Seen { form: Form::Csv(encoding), hash, separator: guess.separator, hidden_rows: Vec::new() })
}

/// The first bytes, for guessing the format.
fn head(path: &Path) -> Result<Vec<u8>, SheetError> {
    let most = u64::try_from(kinds::HEAD).unwrap_or(u64::MAX);
    let mut head = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut head)?;
    Ok(head)
}

/// The encoding and separator of a CSV file: those with which one of its first rows names the most columns.
struct Guess {
    encoding: Encoding,
    separator: u8,
    known: usize,
}

impl Guess {
    fn of(head: &[u8], table: &Table) -> Self {
        const LINES: usize = 12;
        let mut best = Self { encoding: Encoding::Utf8, separator: b',', known: 0 };
        let gb18030 = GB18030.decode_without_bom_handling(head).0;
        for (encoding, text) in
            [(Encoding::Utf8, String::from_utf8_lossy(head)), (Encoding::Gb18030, gb18030)]
        {
            for line in text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).take(LINES) {
                for separator in [b',', b';', b'\t', b'|'] {
                    let names: Vec<String> = line
                        .split(char::from(separator))
                        .take(2 * MOST_COLUMNS)
                        .map(|name| name.trim().trim_matches('"').to_owned())
                        .collect();
                    let known = header::known(&names, table);
                    if known > best.known {
                        best = Self { encoding, separator, known };
                    }
                }
            }
        }
        if best.known == 0 { Self::by_form(head) } else { best }
    }

    /// Without any known name: UTF-8 if it is valid up to a cut character, and the separator that the first line has the
    /// most of.
    fn by_form(head: &[u8]) -> Self {
        let valid = std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true);
        let encoding = if valid { Encoding::Utf8 } else { Encoding::Gb18030 };
        let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty());
        let count =
            |separator: &u8| line.map_or(0, |line| line.iter().filter(|byte| *byte == separator).count());
        // Of equals the first.
        let separator = [b'|', b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
        Self { encoding, separator, known: 0 }
    }
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

/// The hash and whether all of it is UTF-8; an error if an unclosed quotation mark swallows the rest of the file.
fn scan_csv(mut reader: impl BufRead, separator: u8) -> Result<(String, bool), SheetError> {
    let mut context = Context::new(&SHA256);
    let mut utf8 = Utf8::default();
    let mut quotes = Quotes { separator, ..Quotes::default() };
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

/// Whether a stream of chunks is UTF-8: a character may be split between two chunks.
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
            // At most three more bytes complete the split character.
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
                    // The head itself ends within a character: continue the chunk there.
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

/// Tracks the state of the CSV reader, so that a row can't exhaust the memory unnoticed.
#[derive(Default)]
struct Quotes {
    separator: u8,
    state: State,
    row_line: u64,
    line: u64,
    row_bytes: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
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
                (State::Quoted, b'"') => State::QuoteInQuoted,
                (State::Quoted, _) | (State::FieldStart | State::QuoteInQuoted, b'"') => State::Quoted,
                (_, b'\n' | b'\r') => {
                    self.row_line = self.line;
                    self.row_bytes = 0;
                    State::FieldStart
                }
                (_, byte) if byte == self.separator => State::FieldStart,
                (State::FieldStart | State::Plain | State::QuoteInQuoted, _) => State::Plain,
            };
            if self.row_bytes > LONGEST_ROW {
                return self.end().and(Err(SheetError::TooLarge {
                    what: "sheet-unit-row-bytes",
                    limit: u64::try_from(LONGEST_ROW).unwrap_or(u64::MAX),
                }));
            }
        }
        Ok(())
    }

    fn end(&self) -> Result<(), SheetError> {
        if self.state == State::Quoted {
            Err(SheetError::Quote { line: self.row_line.saturating_add(1) })
        } else {
            Ok(())
        }
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
