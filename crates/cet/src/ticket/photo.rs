//! `cet import photos`: a ZIP file of JPEGs named by school and student number, all of it good or nothing stored.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use zip::ZipArchive;

use super::store;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};

/// The largest photo in bytes.
const LARGEST: u64 = 300 * 1024;
/// Width and height in pixels.
const PIXELS: std::ops::RangeInclusive<u16> = 50..=2_000;
/// Photos of one file.
const MOST: usize = 100_000;
/// Photos of one transaction.
const AT_ONCE: usize = 100;
/// Faults that are told; a file of the wrong kind has thousands.
const TOLD: usize = 200;

/// One photo. It has no Debug: it is a person's data.
pub struct Photo {
    /// The home school.
    pub school: SchoolCode,
    /// 学号.
    pub student_number: String,
    /// The file as it came.
    pub jpeg: Vec<u8>,
}

/// Why no photo was taken over.
#[derive(Debug)]
pub enum PhotoError {
    /// The file can't be read, or is no ZIP file.
    File(String),
    /// These photos are wrong, each by its name in the file; at most [`TOLD`] of them.
    Photos(Vec<String>),
    /// Ours.
    Fault(DbError),
}

impl std::fmt::Display for PhotoError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(reason) => f.write_str(reason),
            Self::Photos(faults) => {
                faults.iter().try_for_each(|fault| writeln!(f, "{fault}"))?;
                f.write_str("nothing was stored")
            }
            Self::Fault(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PhotoError {}

impl From<DbError> for PhotoError {
    fn from(error: DbError) -> Self {
        Self::Fault(error)
    }
}

/// Takes over the photos of a file; `school` is whose students those are that stand in no folder of a school. Answers
/// how many. What is there already is replaced, so that a second run finishes one that was cut off.
///
/// # Errors
/// [`PhotoError`]; nothing is stored but for a fault of the database on the way.
pub async fn import(
    db: &Db,
    path: &Path,
    sitting: &SittingCode,
    school: Option<SchoolCode>,
) -> Result<usize, PhotoError> {
    let mut archive = open(path)?;
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for place in 0..archive.len() {
        match read(&mut archive, place, school) {
            Ok(None) => {}
            Ok(Some(photo)) => {
                if !seen.insert((photo.school, photo.student_number.clone())) {
                    faults.push(format!("{}/{}: stands twice", photo.school, photo.student_number));
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        faults.truncate(TOLD);
        return Err(PhotoError::Photos(faults));
    }
    let mut batch = Vec::new();
    for place in 0..archive.len() {
        batch.extend(read(&mut archive, place, school).map_err(PhotoError::File)?);
        if batch.len() >= AT_ONCE {
            keep(db, sitting, std::mem::take(&mut batch)).await?;
        }
    }
    keep(db, sitting, batch).await?;
    Ok(seen.len())
}

async fn keep(db: &Db, sitting: &SittingCode, photos: Vec<Photo>) -> Result<(), DbError> {
    let sitting = sitting.clone();
    db.write(async move |tx: &mut Tx<'_>| {
        for photo in &photos {
            store::keep(tx, &sitting, photo).await?;
        }
        Ok(())
    })
    .await
}

fn open(path: &Path) -> Result<ZipArchive<BufReader<File>>, PhotoError> {
    let wrong = |error: &dyn std::fmt::Display| PhotoError::File(format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(|error| wrong(&error))?;
    let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| wrong(&error))?;
    if archive.len() > MOST {
        return Err(wrong(&format!("expected at most {MOST} photos, found {}", archive.len())));
    }
    Ok(archive)
}

/// One photo of the file; nothing for a folder. What the directory says of sizes is not believed.
fn read(
    archive: &mut ZipArchive<BufReader<File>>,
    place: usize,
    school: Option<SchoolCode>,
) -> Result<Option<Photo>, String> {
    let part = archive.by_index(place).map_err(|error| format!("photo {place}: {error}"))?;
    let name = part.name().map_err(|error| format!("photo {place}: {error}"))?.into_owned();
    if name.ends_with('/') {
        return Ok(None);
    }
    let told = |what: &str| format!("{}: {what}", name.escape_debug());
    let (school, student_number) =
        named(&name, school).ok_or_else(|| told("expected SCHOOL/STUDENT-NUMBER.jpg"))?;
    let mut jpeg = Vec::new();
    part.take(LARGEST.saturating_add(1)).read_to_end(&mut jpeg).map_err(|error| told(&error.to_string()))?;
    check(&jpeg).map_err(told)?;
    Ok(Some(Photo { school, student_number, jpeg }))
}

/// `99301/2016000123.jpg`, also inside other folders; without a school's folder the given school.
fn named(name: &str, school: Option<SchoolCode>) -> Option<(SchoolCode, String)> {
    let mut parts = name.rsplit('/');
    let (number, ending) = parts.next()?.rsplit_once('.')?;
    let folder = parts.next().and_then(|folder| SchoolCode::parse(folder).ok());
    let jpeg = ending.eq_ignore_ascii_case("jpg") || ending.eq_ignore_ascii_case("jpeg");
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let good = jpeg && (1..=64).contains(&number.len()) && number.chars().all(plain);
    good.then_some((folder.or(school)?, number.to_owned()))
}

/// Whether a file is a JPEG of a size that fits a ticket.
fn check(jpeg: &[u8]) -> Result<(), &'static str> {
    if u64::try_from(jpeg.len()).unwrap_or(u64::MAX) > LARGEST {
        return Err("expected at most 300 KiB");
    }
    match pixels(jpeg) {
        None => Err("not a JPEG file"),
        Some((width, height)) if PIXELS.contains(&width) && PIXELS.contains(&height) => Ok(()),
        Some(_) => Err("expected 50 to 2000 pixels on each side"),
    }
}

/// Width and height, from the first frame header (ITU-T T.81, B.2.2).
fn pixels(jpeg: &[u8]) -> Option<(u16, u16)> {
    let mut rest = jpeg.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let (marker, after) = match rest {
            // A marker may have any number of fill bytes before it.
            [0xFF, 0xFF, ..] => {
                rest = rest.get(1..)?;
                continue;
            }
            [0xFF, marker, after @ ..] => (*marker, after),
            _ => return None,
        };
        let [high, low, ..] = after else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        match marker {
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let [_, _, _, h1, h2, w1, w2, ..] = after else { return None };
                return Some((u16::from_be_bytes([*w1, *w2]), u16::from_be_bytes([*h1, *h2])));
            }
            // The picture itself, before any frame header, or a marker without a length.
            0xDA | 0xD0..=0xD9 | 0x00 | 0x01 => return None,
            _ => rest = after.get(length.max(2)..)?,
        }
    }
}

#[cfg(test)]
#[path = "tests/photo.rs"]
pub(super) mod tests;
