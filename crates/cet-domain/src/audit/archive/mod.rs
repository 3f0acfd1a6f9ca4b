//! The log's oldest lines go to a signed file, are read back, and only then cut (S7).
//!
//! Of each school's chain the lines before a time are taken, up to the first that is not, and never the last link: what stays
//! follows from the last one in the file, which `audit_anchor` keeps. A kill leaves, at any moment, every line in the log, in a
//! whole file, or in both: before the anchors are written nothing is cut, and afterwards the next run goes on cutting, once it has
//! read the file again.

mod file;

use std::path::{Path, PathBuf};

use jiff::SignedDuration;

pub use file::{Contents, FileError, Part, check};

use super::store::archive::{self as store, Anchor};
use super::{Actor, Changes, Event, Value, record};
use crate::private_file;
use crate::store::{Db, DbError, Stop, Tx};
use crate::vault::Vault;
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// How long the log stays in the database at the least: six months (8.1.4.3).
pub const KEPT: SignedDuration = SignedDuration::from_hours(183 * 24);
/// Lines per page of reading.
const PAGE: i64 = 1_000;
/// Lines cut per transaction.
const CUT: i64 = 200;

/// Why nothing was archived, or not all of it was cut.
#[derive(Debug)]
pub enum ArchiveError {
    /// The time is less than six months ago.
    TooRecent,
    /// The chain is broken there: `cet verify` says more.
    Broken(SchoolCode, i64),
    /// The file can't be written or read back; nothing of it was cut.
    File(PathBuf, FileError),
    /// The file of an earlier run, whose lines are not all cut yet, is not the one that was written then.
    Another(PathBuf),
    /// Somebody else archived meanwhile: run it again.
    Meanwhile,
    /// The database.
    Database(DbError),
}

impl std::fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooRecent => {
                f.write_str("the log stays in the database for six months: name an earlier day")
            }
            Self::Broken(school, place) => {
                write!(f, "the chain of school {school} is broken at link {place}: see `cet verify`")
            }
            Self::File(path, error) => write!(f, "{}: {error}; nothing was cut", path.display()),
            Self::Another(path) => write!(
                f,
                "{}: not the file that was written then; put it back, it holds lines that are still being cut",
                path.display()
            ),
            Self::Meanwhile => f.write_str("the log was archived by somebody else meanwhile: run it again"),
            Self::Database(error) => write!(f, "database: {error}"),
        }
    }
}

impl std::error::Error for ArchiveError {}

impl From<DbError> for ArchiveError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// The file.
    pub file: PathBuf,
    /// What it holds.
    pub contents: Contents,
}

/// Whether the lines before a time may leave the database.
#[must_use]
pub fn may_leave(until: Time, now: Time) -> bool {
    now.since(until) >= KEPT
}

/// Goes on with an earlier run whose lines are not all cut; `None` if there is none.
///
/// # Errors
/// [`ArchiveError::Another`] and [`ArchiveError::File`] for its file.
pub async fn finish(db: &Db, vault: &Vault, dir: &Path) -> Result<Option<Archived>, ArchiveError> {
    let unfinished = db.read_long(async |tx: &mut Tx<'_>| store::unfinished(tx).await).await?;
    let Some(of) = unfinished else { return Ok(None) };
    let path = dir.join(&of.file);
    let contents = check(&path, vault).map_err(|error| ArchiveError::File(path.clone(), error))?;
    if contents.digest != of.digest {
        return Err(ArchiveError::Another(path));
    }
    cut(db, &contents).await?;
    Ok(Some(Archived { file: path, contents }))
}

/// Writes the lines before a time to a file in `dir`, reads it back, and cuts them; `None` if there are none.
///
/// # Errors
/// [`ArchiveError`]; what it says was not cut is still in the log.
pub async fn archive(
    db: &Db,
    vault: &Vault,
    until: Time,
    dir: &Path,
) -> Result<Option<Archived>, ArchiveError> {
    let now = db.read_long(async |tx: &mut Tx<'_>| tx.now().await).await?;
    if !may_leave(until, now) {
        return Err(ArchiveError::TooRecent);
    }
    let Some(path) = write(db, vault, until, dir).await? else { return Ok(None) };
    let contents = check(&path, vault).map_err(|error| ArchiveError::File(path.clone(), error))?;
    anchor(db, vault, &path, &contents).await?;
    cut(db, &contents).await?;
    Ok(Some(Archived { file: path, contents }))
}

/// Writes the file; `None` if there was nothing to write. It gets its name once it is whole and on disk.
pub(super) async fn write(
    db: &Db,
    vault: &Vault,
    until: Time,
    dir: &Path,
) -> Result<Option<PathBuf>, ArchiveError> {
    let (id, now, chains) = db
        .read_long(async |tx: &mut Tx<'_>| {
            Ok::<_, DbError>((tx.new_id(), tx.now().await?, store::chains(tx).await?))
        })
        .await?;
    let name = format!("audit-{}-{id}.jsonl", until.local("%Y%m%d"));
    let (path, part) = (dir.join(&name), dir.join(format!("{name}.part")));
    let fault = |error: std::io::Error| ArchiveError::File(part.clone(), FileError::Io(error));
    private_file::folder(dir).map_err(fault)?;
    let mut out = file::Out::begin(&part, id, until, now).map_err(fault)?;
    for chain in chains {
        if let Err(error) = one_chain(db, &mut out, &chain, until).await {
            // It has no name yet and holds nothing that is not in the log.
            let _left = std::fs::remove_file(&part);
            return Err(match error {
                Wrong::Io(error) => fault(error),
                Wrong::Broken(school, place) => ArchiveError::Broken(school, place),
                Wrong::Database(error) => ArchiveError::Database(error),
            });
        }
    }
    if out.lines() == 0 {
        std::fs::remove_file(&part).map_err(fault)?;
        return Ok(None);
    }
    out.end(vault).map_err(fault)?;
    std::fs::rename(&part, &path).map_err(fault)?;
    std::fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(fault)?;
    Ok(Some(path))
}

enum Wrong {
    Io(std::io::Error),
    Broken(SchoolCode, i64),
    Database(DbError),
}

async fn one_chain(db: &Db, out: &mut file::Out, chain: &store::Chain, until: Time) -> Result<(), Wrong> {
    let school = chain.school;
    let (mut place, mut hash, mut begun) = (chain.place, chain.hash.clone(), false);
    loop {
        let (from, last) = (place, chain.last);
        let read = async move |tx: &mut Tx<'_>| {
            let linked = store::linked(tx, school, from, last, PAGE).await?;
            let to = linked.last().map_or(from, |linked| linked.place);
            Ok((linked, store::about(tx, school, from, to).await?))
        };
        let page: Result<_, DbError> = db.read_long(read).await;
        let (linked, mut about) = page.map_err(Wrong::Database)?;
        let found = linked.len();
        for linked in linked {
            if linked.at >= until {
                return Ok(());
            }
            let follows = file::follows(school, (place, &hash), &linked);
            if !follows {
                return Err(Wrong::Broken(school, linked.place));
            }
            if !begun {
                out.chain(school, place, &hash).map_err(Wrong::Io)?;
                begun = true;
            }
            let about = about.remove(&linked.id).unwrap_or_default();
            out.line(&linked, about).map_err(Wrong::Io)?;
            place = linked.place;
            hash = linked.link;
        }
        if i64::try_from(found).unwrap_or(PAGE) < PAGE {
            return Ok(());
        }
    }
}

/// Notes the file, and for each of its chains the link that the rest follows from.
pub(super) async fn anchor(
    db: &Db,
    vault: &Vault,
    path: &Path,
    contents: &Contents,
) -> Result<(), ArchiveError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let anchors: Vec<(Anchor, i64)> = contents
        .chains
        .iter()
        .map(|chain| {
            let proof = proof(vault, chain.school, chain.to, &chain.hash);
            let anchor = Anchor { school: chain.school, place: chain.to, hash: chain.hash.clone(), proof };
            (anchor, chain.from)
        })
        .collect();
    let of = contents.clone();
    let done: Result<(), Stop<()>> = db
        .write(async move |tx: &mut Tx<'_>| {
            if store::unfinished(tx).await?.is_some() {
                return Err(Stop::Refused(()));
            }
            store::insert(tx, &of, &name).await?;
            for (anchor, from) in &anchors {
                if !store::move_anchor(tx, anchor, *from, of.id).await? {
                    return Err(Stop::Refused(()));
                }
            }
            told(tx, &of).await?;
            Ok(())
        })
        .await;
    done.map_err(|stop| match stop {
        Stop::Refused(()) => ArchiveError::Meanwhile,
        Stop::Fault(fault) => fault.into(),
    })
}

/// The line about it, which is the newest and stays.
async fn told(tx: &mut Tx<'_>, of: &Contents) -> Result<(), DbError> {
    let event = Event {
        school: SchoolCode::NONE,
        actor: Actor::Command("audit"),
        action: "log-archived",
        object_kind: "data",
        object: "log",
        address: "",
        detail: &format!("archive={} until={}", of.id, of.until.page_date()),
        changes: Changes::NONE.set("count", Value::Number(of.lines)),
    };
    record(tx, &event).await
}

/// Cuts what the file holds, some lines a transaction.
async fn cut(db: &Db, contents: &Contents) -> Result<(), ArchiveError> {
    for chain in &contents.chains {
        let (school, to) = (chain.school, chain.to);
        while db.write(async move |tx: &mut Tx<'_>| store::cut(tx, school, to, CUT).await).await? > 0 {}
    }
    let id = contents.id;
    db.write(async move |tx: &mut Tx<'_>| store::finished(tx, id).await).await?;
    Ok(())
}

/// The keyed hash of an anchor.
pub(super) fn proof(vault: &Vault, school: SchoolCode, place: i64, hash: &[u8]) -> Vec<u8> {
    let content = [school.as_str().as_bytes(), &place.to_be_bytes(), hash].concat();
    vault.sign_token("audit-anchor", &content).to_vec()
}

#[cfg(test)]
#[path = "../tests/archive.rs"]
mod tests;
