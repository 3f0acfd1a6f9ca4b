//! The file of an archive: lines of JSON. The first says what it is, each chain begins with the link before it, each line stands
//! with its link and whom it is about, and the last line signs all of that with a key of the vault.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

use data_encoding::HEXLOWER;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::super::line::{Line, link_hash};
use super::super::store::archive::Linked;
use crate::private_file;
use crate::vault::Vault;
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

const FORMAT: &str = "cet-audit-archive-1";
/// The longest line that is read: one of the log is some kilobytes.
const LONGEST: u64 = 1 << 20;

/// What is wrong with a file.
#[derive(Debug)]
pub enum FileError {
    /// It can't be read or written.
    Io(io::Error),
    /// This line of it, from 1, is not one of an archive.
    Line(usize),
    /// This line of the file holds a line of the log that was changed.
    Changed(usize),
    /// This line of the file does not follow from the one before.
    Gap(usize),
    /// It ends before its signature.
    Short,
    /// It is not signed with the key of this installation, or was changed.
    Signature,
}

impl std::fmt::Display for FileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::Line(line) => write!(f, "line {line} is not one of an archive"),
            Self::Changed(line) => write!(f, "line {line} was changed"),
            Self::Gap(line) => write!(f, "line {line} does not follow from the one before it"),
            Self::Short => f.write_str("it ends before its signature"),
            Self::Signature => {
                f.write_str("it was changed, or is not signed with the key of this installation")
            }
        }
    }
}

impl std::error::Error for FileError {}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What a file holds of one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The school.
    pub school: SchoolCode,
    /// The place before its first line.
    pub from: i64,
    /// The place of its last line.
    pub to: i64,
    /// The hash of that link.
    pub hash: Vec<u8>,
}

/// What a file holds, once all of it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Its number.
    pub id: i64,
    /// Lines before this time.
    pub until: Time,
    /// How many.
    pub lines: i64,
    /// By chain.
    pub chains: Vec<Part>,
    /// The hash of all that is signed.
    pub digest: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: String,
    id: String,
    until: i64,
    made: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    chain: String,
    place: i64,
    hash: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    place: i64,
    link: String,
    id: String,
    at: i64,
    kind: String,
    actor: String,
    action: String,
    object_kind: String,
    object: String,
    address: String,
    detail: String,
    hash: String,
    about: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    lines: i64,
    signature: String,
}

/// Any but the first line.
#[derive(Deserialize)]
#[serde(untagged)]
enum Any {
    Row(Box<Row>),
    Begin(Begin),
    End(End),
}

/// A file that is being written.
pub(super) struct Out {
    to: BufWriter<File>,
    digest: Context,
    lines: i64,
}

impl Out {
    pub(super) fn begin(path: &Path, id: i64, until: Time, made: Time) -> io::Result<Self> {
        let to = BufWriter::new(private_file::create_new(path)?);
        let mut this = Self { to, digest: Context::new(&SHA256), lines: 0 };
        this.put(&Head {
            format: FORMAT.to_owned(),
            id: id.to_string(),
            until: until.micros(),
            made: made.micros(),
        })?;
        Ok(this)
    }

    pub(super) fn lines(&self) -> i64 {
        self.lines
    }

    /// Begins a chain after this link.
    pub(super) fn chain(&mut self, school: SchoolCode, place: i64, hash: &[u8]) -> io::Result<()> {
        self.put(&Begin { chain: school.to_string(), place, hash: HEXLOWER.encode(hash) })
    }

    pub(super) fn line(&mut self, of: &Linked, about: Vec<String>) -> io::Result<()> {
        self.lines = self.lines.saturating_add(1);
        self.put(&Row {
            place: of.place,
            link: HEXLOWER.encode(&of.link),
            id: of.id.to_string(),
            at: of.at.micros(),
            kind: of.actor_kind.clone(),
            actor: of.actor.clone(),
            action: of.action.clone(),
            object_kind: of.object_kind.clone(),
            object: of.object.clone(),
            address: of.address.clone(),
            detail: of.detail.clone(),
            hash: HEXLOWER.encode(&of.hash),
            about,
        })
    }

    /// Signs it, and brings it to the disk.
    pub(super) fn end(mut self, vault: &Vault) -> io::Result<()> {
        let digest = self.digest.clone().finish();
        let signature = HEXLOWER.encode(&sign(vault, digest.as_ref()));
        self.put(&End { lines: self.lines, signature })?;
        self.to.flush()?;
        self.to.get_ref().sync_all()
    }

    fn put(&mut self, of: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_vec(of)?;
        text.push(b'\n');
        self.digest.update(&text);
        self.to.write_all(&text)
    }
}

fn sign(vault: &Vault, digest: &[u8]) -> [u8; 32] {
    vault.sign_token("audit-archive", digest)
}

/// Whether a line is as it was written and follows from the link before.
pub(super) fn follows(school: SchoolCode, (place, hash): (i64, &[u8]), of: &Linked) -> bool {
    let line = of.line(school);
    of.place == place.saturating_add(1)
        && line.content_hash() == line.hash
        && link_hash(hash, school, of.place, of.id, &of.hash) == of.link
}

/// Reads a whole file and checks all of it: each line, each chain, and the signature.
///
/// # Errors
/// [`FileError`].
pub fn check(path: &Path, vault: &Vault) -> Result<Contents, FileError> {
    let mut read = Reading::default();
    let mut from = BufReader::new(File::open(path)?);
    let mut digest = Context::new(&SHA256);
    let mut text = Vec::new();
    for number in 1.. {
        text.clear();
        let took = io::Read::take(&mut from, LONGEST).read_until(b'\n', &mut text)?;
        if took == 0 {
            return Err(FileError::Short);
        }
        let Some(json) = text.strip_suffix(b"\n") else { return Err(FileError::Short) };
        if number == 1 {
            read.head(json).ok_or(FileError::Line(number))?;
        } else if let Some(end) = read.next(json, number)? {
            let digest = digest.finish();
            return read.end(&end, digest.as_ref(), vault, from);
        }
        digest.update(&text);
    }
    Err(FileError::Short)
}

/// A file as far as it was read.
#[derive(Default)]
struct Reading {
    id: i64,
    until: i64,
    lines: i64,
    chains: Vec<Part>,
}

impl Reading {
    fn head(&mut self, json: &[u8]) -> Option<()> {
        let head: Head = serde_json::from_slice(json).ok()?;
        self.id = head.id.parse().ok()?;
        self.until = head.until;
        (head.format == FORMAT).then_some(())
    }

    fn next(&mut self, json: &[u8], number: usize) -> Result<Option<End>, FileError> {
        match serde_json::from_slice(json) {
            Err(_) => Err(FileError::Line(number)),
            Ok(Any::End(end)) => Ok(Some(end)),
            Ok(Any::Begin(begin)) => self.begin(&begin).map(|()| None).ok_or(FileError::Line(number)),
            Ok(Any::Row(row)) => self.row(&row, number).map(|()| None),
        }
    }

    fn begin(&mut self, begin: &Begin) -> Option<()> {
        let school = SchoolCode::parse(&begin.chain).ok()?;
        let hash = HEXLOWER.decode(begin.hash.as_bytes()).ok()?;
        if self.chains.iter().any(|part| part.school == school) {
            return None;
        }
        self.chains.push(Part { school, from: begin.place, to: begin.place, hash });
        Some(())
    }

    fn row(&mut self, row: &Row, number: usize) -> Result<(), FileError> {
        let linked = linked(row).ok_or(FileError::Line(number))?;
        let part = self.chains.last_mut().ok_or(FileError::Line(number))?;
        let line = linked.line(part.school);
        if line.content_hash() != line.hash {
            return Err(FileError::Changed(number));
        }
        if !follows(part.school, (part.to, &part.hash), &linked) {
            return Err(FileError::Gap(number));
        }
        part.to = linked.place;
        part.hash = linked.link;
        self.lines = self.lines.saturating_add(1);
        Ok(())
    }

    fn end(
        self,
        end: &End,
        digest: &[u8],
        vault: &Vault,
        mut rest: BufReader<File>,
    ) -> Result<Contents, FileError> {
        let signed = HEXLOWER.decode(end.signature.as_bytes()).map_err(|_| FileError::Signature)?;
        let more = !rest.fill_buf()?.is_empty();
        if more || end.lines != self.lines || signed != sign(vault, digest) {
            return Err(FileError::Signature);
        }
        Ok(Contents {
            id: self.id,
            until: Time::from_micros(self.until),
            lines: self.lines,
            chains: self.chains,
            digest: digest.to_vec(),
        })
    }
}

fn linked(row: &Row) -> Option<Linked> {
    let bytes = |hex: &str| HEXLOWER.decode(hex.as_bytes()).ok();
    Some(Linked {
        place: row.place,
        link: bytes(&row.link)?,
        id: row.id.parse().ok()?,
        at: Time::from_micros(row.at),
        actor_kind: row.kind.clone(),
        actor: row.actor.clone(),
        action: row.action.clone(),
        object_kind: row.object_kind.clone(),
        object: row.object.clone(),
        address: row.address.clone(),
        detail: row.detail.clone(),
        hash: bytes(&row.hash)?,
    })
}

impl Linked {
    /// The line by itself.
    fn line(&self, school: SchoolCode) -> Line {
        Line {
            school,
            id: self.id,
            at: self.at,
            actor_kind: self.actor_kind.clone(),
            actor: self.actor.clone(),
            action: self.action.clone(),
            object_kind: self.object_kind.clone(),
            object: self.object.clone(),
            address: self.address.clone(),
            detail: self.detail.clone(),
            hash: self.hash.clone(),
        }
    }
}
