//! `cet import photos`: a ZIP file of pictures, each named after its student. Each is matched to the roster of the
//! sitting, decoded once and re-encoded; one that is unmatched, ambiguous or invalid is reported, and assigned to
//! nobody.
//!
//! **Invariant:** a photo is stored for a document, never for a student number alone. One that was found by the number
//! is printed only while the student still has that number and no other student does ([`super::store`]).

mod archive;
mod counted;
mod matching;
mod names;
pub mod picture;
mod report;
#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub mod testing;
mod without;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use archive::Archive;
use matching::{Match, Roster};
use names::{Home, Part};
use picture::Picture;
pub use report::{Line, Listing, Missing, PhotoError, Report, Shown};
pub use without::Without;
pub(crate) use without::without;

use super::store;
use crate::import::{Step, Watch};
use crate::roster::{self, DocumentKey};
use crate::sheet::words::Phrase;
use crate::sitting::Catalogue;
use crate::store::{Db, DbError, Tx};
use crate::vault::Vault;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::staff::Scope;

/// Photos per transaction.
const AT_ONCE: usize = 100;

/// One photo. It has no Debug: it is personal data.
pub struct Photo {
    /// The home school.
    pub school: SchoolCode,
    /// The lookup key of the student's document.
    pub document_key: DocumentKey,
    /// The 学号 in the file's name; empty if it was named by the document.
    pub named_by: String,
    /// The student's 学号 in the roster.
    pub student_number: String,
    /// The picture to print.
    pub jpeg: Vec<u8>,
}

/// Why a file that begins so is no ZIP file, whatever follows; `None`: the rest of it tells.
#[must_use]
pub fn told_by_head(head: &[u8]) -> Option<Phrase> {
    // A program may be an archive that unpacks itself.
    let may_be = |begin: &[u8]| head.starts_with(begin);
    let none = || (!may_be(b"PK") && !may_be(b"MZ")).then_some("upload-photo-zip-none");
    archive::other(head).or_else(none).map(Phrase::of)
}

/// Options of the import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The school of photos that are in no school's folder.
    pub school: Option<SchoolCode>,
    /// Store the good photos of a file that contains bad ones.
    pub skip_bad: bool,
    /// Only check the file.
    pub dry_run: bool,
    /// The part of the tree that the students must belong to; `None`: any.
    pub within: Option<Scope>,
    /// The upload that the file is of, so that it can be taken back.
    pub upload: Option<i64>,
}

/// A photo whose student is known, before it is read.
struct Matched {
    place: usize,
    name: String,
    school: SchoolCode,
    document_key: DocumentKey,
    named_by: String,
    student_number: String,
    /// Whether the student has a photo that it takes the place of.
    replaces: bool,
}

/// Imports the photos of a file. Existing ones are replaced, so that a second run completes an interrupted one. If a
/// photo is bad, nothing is stored unless the options say so.
///
/// # Errors
/// [`PhotoError`]; nothing is stored unless the database, or a later part of the file, fails on the way.
pub async fn import(
    db: &Db,
    vault: &Vault,
    path: &Path,
    sitting: &str,
    options: Options,
    watch: &Watch,
) -> Result<Report, PhotoError> {
    let catalogue = db.read_long(async |tx| crate::sitting::store::load(tx).await).await?;
    let code = SittingCode::parse(sitting).ok().filter(|code| catalogue.sitting(code).is_some());
    let sitting = code.ok_or_else(|| PhotoError::NoSitting(sitting.to_owned()))?;
    let mut archive = Archive::open(path)?;
    let mut report = Report::default();
    let by_school = sorted(archive.names()?, &catalogue, options.school, &mut report);
    let mut matched = Vec::new();
    let schools: Vec<SchoolCode> = by_school.keys().copied().collect();
    for (school, photos) in by_school {
        let within = options.within.as_ref();
        if within.is_some_and(|within| !reaches(within, school)) {
            // One answer for all of them: whom another school has is not told by its photos (TH22).
            for (place, name) in photos {
                report.is_nobodys(place, &name, Phrase::of("upload-photo-elsewhere"));
            }
            continue;
        }
        let students = students(db, &sitting, school).await?;
        let roster = Roster::of(vault, students, within);
        let had = without::had(db, &sitting, school).await?;
        let of_school = match_school(&roster, school, photos, &mut report).into_iter();
        matched.extend(of_school.map(|photo| Matched { replaces: had.holds(&photo), ..photo }));
    }
    let checks = options.dry_run || !options.skip_bad;
    if checks {
        check(&mut archive, &matched, &mut report, watch)?;
    }
    if options.dry_run {
        show(&mut archive, &mut report)?;
    } else {
        if checks && report.bad.count > 0 {
            return Ok(report);
        }
        (report.good, report.replaced, report.odd) = (0, 0, Listing::default());
        report.fits.clear();
        store_all(db, (&sitting, options.upload), &mut archive, matched, &mut report, watch).await?;
        report.stored = true;
    }
    // Of a check they are told as they will be.
    let soon: HashMap<DocumentKey, String> = report.fits.iter().cloned().collect();
    for school in schools {
        let found = without(db, vault, (&sitting, school), options.within.as_ref(), &soon).await?;
        report.missing.extend(found.told(school));
    }
    Ok(report)
}

/// The photos of each school, by index and name; everything else is reported.
fn sorted(
    names: Vec<String>,
    catalogue: &Catalogue,
    given: Option<SchoolCode>,
    report: &mut Report,
) -> BTreeMap<SchoolCode, Vec<(usize, String)>> {
    let mut by_school: BTreeMap<SchoolCode, Vec<(usize, String)>> = BTreeMap::new();
    let mut homes: HashMap<String, Home> = HashMap::new();
    for (place, name) in names.into_iter().enumerate() {
        let folders = match names::part(&name) {
            Part::Folder => continue,
            Part::Junk => {
                report.junk = report.junk.saturating_add(1);
                continue;
            }
            Part::Packed => {
                report.bad.add(&name, Phrase::of("upload-photo-packed"));
                continue;
            }
            Part::Foreign => {
                report.bad.add(&name, Phrase::of("upload-photo-foreign"));
                continue;
            }
            Part::Other => {
                report.other.add(&name, Phrase::of("upload-photo-no-photo"));
                continue;
            }
            Part::Photo { folders, .. } => folders,
        };
        let home = homes.entry(folders.to_owned()).or_insert_with(|| names::home(folders, catalogue));
        match (&*home, given) {
            (Home::School(school), _) => by_school.entry(*school).or_default().push((place, name)),
            (Home::None, Some(school)) => by_school.entry(school).or_default().push((place, name)),
            (Home::Unknown(code), _) => {
                report.is_nobodys(place, &name, Phrase::of("upload-photo-unknown-home").with("code", code));
            }
            (Home::None, None) => report.is_nobodys(place, &name, Phrase::of("upload-photo-no-home")),
        }
    }
    by_school
}

async fn students(
    db: &Db,
    sitting: &SittingCode,
    school: SchoolCode,
) -> Result<Vec<roster::store::Listed>, DbError> {
    let sitting = sitting.clone();
    db.read_long(async move |tx: &mut Tx<'_>| roster::store::listed(tx, &sitting, school).await).await
}

/// The photos of one school that are one student's each; of two for one student neither is stored.
fn match_school(
    roster: &Roster<'_>,
    school: SchoolCode,
    photos: Vec<(usize, String)>,
    report: &mut Report,
) -> Vec<Matched> {
    let mut of: BTreeMap<usize, Vec<Matched>> = BTreeMap::new();
    for (place, name) in photos {
        let Part::Photo { stem, .. } = names::part(&name) else { continue };
        let found = match roster.find(stem) {
            Match::Nobody if !roster.has_own() => {
                report.is_nobodys(place, &name, Phrase::of("upload-photo-no-roster").with("school", school));
                continue;
            }
            Match::Nobody => {
                report.is_nobodys(place, &name, Phrase::of("upload-photo-nobody").with("school", school));
                continue;
            }
            Match::Doubtful(doubt) => {
                report.is_doubtful(place, &name, doubt.phrase());
                continue;
            }
            Match::Document(at) => (at, true),
            Match::Number(at) => (at, false),
        };
        let (at, exact) = found;
        let Some(student) = roster.student(at) else { continue };
        let number = student.student_number.clone();
        of.entry(at).or_default().push(Matched {
            place,
            name,
            school,
            document_key: student.document_key,
            named_by: if exact { String::new() } else { number.clone() },
            student_number: number,
            replaces: false,
        });
    }
    let mut matched = Vec::new();
    for mut photos in of.into_values() {
        if photos.len() == 1 {
            matched.append(&mut photos);
            continue;
        }
        let count = photos.len();
        for photo in photos {
            let what = Phrase::of("upload-photo-several-files").with("count", count);
            report.is_doubtful(photo.place, &photo.name, what);
        }
    }
    matched
}

/// Finds the bad photos. All are decoded for it, and again when they are stored: the photos of a large school
/// would not fit in memory.
fn check(
    archive: &mut Archive,
    matched: &[Matched],
    report: &mut Report,
    watch: &Watch,
) -> Result<(), PhotoError> {
    let total = u64::try_from(matched.len()).ok();
    for (done, photo) in (0..).zip(matched) {
        watch(Step::Checking, done, total);
        if let Some(picture) = decoded(archive, photo, &mut report.bad)? {
            report.is_good(photo.document_key, &photo.named_by, photo.replaces);
            report_odd(&mut report.odd, photo, &picture);
        }
    }
    Ok(())
}

/// Reads the pictures that a person is to look at; a broken one can't be shown.
fn show(archive: &mut Archive, report: &mut Report) -> Result<(), PhotoError> {
    for (place, line) in std::mem::take(&mut report.to_show) {
        if let Ok(jpeg) = picture::small(&archive.read(place, &line.name)?) {
            report.shown.push(Shown { line, jpeg });
        }
    }
    Ok(())
}

/// Whether a place has any student of a school.
fn reaches(within: &Scope, school: SchoolCode) -> bool {
    within.holds(school.as_str()) || within.school() == Some(school)
}

async fn store_all(
    db: &Db,
    of: (&SittingCode, Option<i64>),
    archive: &mut Archive,
    matched: Vec<Matched>,
    report: &mut Report,
    watch: &Watch,
) -> Result<(), PhotoError> {
    let total = u64::try_from(matched.len()).ok();
    let mut batch = Vec::new();
    for (done, photo) in (0..).zip(matched) {
        watch(Step::Staging, done, total);
        let Some(picture) = decoded(archive, &photo, &mut report.bad)? else { continue };
        report_odd(&mut report.odd, &photo, &picture);
        report.is_good(photo.document_key, &photo.named_by, photo.replaces);
        let Matched { school, document_key, named_by, student_number, .. } = photo;
        batch.push(Photo { school, document_key, named_by, student_number, jpeg: picture.jpeg });
        if batch.len() >= AT_ONCE {
            store_photos(db, of, std::mem::take(&mut batch)).await?;
        }
    }
    Ok(store_photos(db, of, batch).await?)
}

fn decoded(archive: &mut Archive, photo: &Matched, bad: &mut Listing) -> Result<Option<Picture>, PhotoError> {
    let file = archive.read(photo.place, &names::shown(&photo.name))?;
    match picture::prepare(&file) {
        Ok(picture) => Ok(Some(picture)),
        Err(flaw) => {
            bad.add(&photo.name, flaw.phrase());
            Ok(None)
        }
    }
}

fn report_odd(odd: &mut Listing, photo: &Matched, picture: &Picture) {
    if let Some((width, height)) = picture.odd {
        let what = Phrase::of("upload-photo-odd").with("width", width).with("height", height);
        odd.add(&photo.name, what);
    }
}

async fn store_photos(
    db: &Db,
    (sitting, upload): (&SittingCode, Option<i64>),
    photos: Vec<Photo>,
) -> Result<(), DbError> {
    let sitting = sitting.clone();
    db.write(async move |tx: &mut Tx<'_>| {
        for photo in &photos {
            store::keep(tx, &sitting, photo, upload).await?;
        }
        Ok(())
    })
    .await
}

#[cfg(test)]
#[path = "../tests/photo.rs"]
pub(super) mod tests;
