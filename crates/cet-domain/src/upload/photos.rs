//! Photos: each is decoded at the check and again at the publication, because those of a large school do not fit in
//! memory.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::store::{self, Claim, Finding, Finished, NewPicture, Upload};
use super::work::both;
use super::{State, Summary};
use crate::import::Watch;
use crate::roster::DocumentKey;
use crate::roster::store::Listed;
use crate::sheet::words::Say as _;
use crate::store::{Db, DbError, Tx};
use crate::texts::{Lang, texts};
use crate::ticket::photo::{self, Listing, Options, PhotoError, Report, Shown};
use crate::vault::Vault;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::staff::Scope;

fn options(claim: &Claim, dry_run: bool) -> Options {
    let (place, upload) = (claim.upload.place.clone(), Some(claim.upload.id));
    Options { school: place.school(), skip_bad: true, dry_run, within: Some(place), upload }
}

/// Checks a file of photos.
pub(super) async fn check(
    db: &Db,
    vault: &Arc<Vault>,
    claim: &Claim,
    path: &Path,
    watch: &Arc<Watch>,
) -> Result<Finished, DbError> {
    let report = photo::import(db, vault, path, &claim.upload.sitting, options(claim, true), &**watch).await;
    let report = match report {
        Ok(report) => report,
        Err(PhotoError::Fault(fault)) => return Err(fault),
        Err(error) => {
            let mut finished = Finished::of(State::Bad, Summary::default());
            finished.failure = Some(both(|lang| match &error {
                PhotoError::File { what, .. } => what.say(texts(lang)),
                PhotoError::NoSitting(code) => texts(lang).f("upload-no-sitting", &[("code", code)]),
                PhotoError::Fault(_) => texts(lang).m("upload-failed-ours").to_owned(),
            }));
            return Ok(finished);
        }
    };
    let summary = summary(&report);
    let state = if summary.errors == 0 && summary.good > 0 { State::Ready } else { State::Bad };
    let holds_none = summary.rows == 0;
    let mut finished = Finished::of(state, summary);
    if holds_none {
        finished.failure = Some(both(|lang| texts(lang).m("upload-photo-none").to_owned()));
    }
    finished.findings = findings(&report);
    finished.fits = fitting(&report)?;
    finished.pictures = report.shown.into_iter().map(picture).collect();
    Ok(finished)
}

/// Whose photos one part names.
const FIT_AT_ONCE: usize = 200;

/// Whose photos the file holds, so that who still has none can be told before they are published.
fn fitting(report: &Report) -> Result<Vec<String>, DbError> {
    let key = |(of, named_by): &(DocumentKey, String)| {
        (u128::from_be_bytes(of.bytes()).to_string(), named_by.clone())
    };
    report
        .fits
        .chunks(FIT_AT_ONCE)
        .map(|some| {
            let keys: Vec<(String, String)> = some.iter().map(key).collect();
            serde_json::to_string(&keys).map_err(|error| DbError::Other(error.to_string()))
        })
        .collect()
}

/// A student without a photo, and the school.
pub type WithoutPhoto = (SchoolCode, Listed);

/// Who of the schools of a file of photos has none, with those of the file where it may still be published; in the scope
/// of whoever asks.
///
/// # Errors
/// [`DbError`].
pub async fn without_photo(
    db: &Db,
    vault: &Vault,
    of: &Upload,
    within: &Scope,
) -> Result<Vec<WithoutPhoto>, DbError> {
    let Ok(sitting) = SittingCode::parse(&of.sitting) else { return Ok(Vec::new()) };
    let (id, may_come) = (of.id, matches!(of.state()?, State::Ready | State::Bad | State::Publishing));
    let (headlines, fits) = db
        .read_long(async move |tx: &mut Tx<'_>| {
            let headlines = store::findings(tx, id, "headline", i64::MAX).await?;
            let fits = if may_come { store::fits(tx, id).await? } else { Vec::new() };
            Ok::<_, DbError>((headlines, fits))
        })
        .await?;
    let mut soon = HashMap::new();
    for some in fits {
        let keys: Vec<(String, String)> =
            serde_json::from_str(&some).map_err(|_| DbError::Decode("keys of photos"))?;
        let keys = keys.into_iter().filter_map(|(key, named_by)| Some((key.parse::<u128>().ok()?, named_by)));
        soon.extend(keys.map(|(key, named_by)| (DocumentKey::from_bytes(key.to_be_bytes()), named_by)));
    }
    let mut all = Vec::new();
    for school in headlines.iter().filter_map(|told| SchoolCode::parse(&told.subject).ok()) {
        let found = photo::without(db, vault, (&sitting, school), Some(within), &soon).await?;
        all.extend(found.students.into_iter().map(|student| (school, student)));
    }
    Ok(all)
}

fn picture(shown: Shown) -> NewPicture {
    let why = both(|lang| shown.line.what.say(texts(lang)));
    NewPicture { name: shown.line.name, why, jpeg: shown.jpeg }
}

fn summary(report: &Report) -> Summary {
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let all = [report.good, report.bad.count, report.nobody.count, report.doubtful.count];
    Summary {
        form: "ZIP".to_owned(),
        rows: all.into_iter().fold(0, |sum, count| sum.saturating_add(number(count))),
        good: number(report.good),
        new: number(report.good.saturating_sub(report.replaced)),
        changed: number(report.replaced),
        errors: number(report.bad.count),
        warnings: number(report.odd.count),
        nobody: number(report.nobody.count),
        doubtful: number(report.doubtful.count),
        without: report.missing.iter().fold(0, |sum, of| sum.saturating_add(number(of.count))),
        ..Summary::default()
    }
}

fn findings(report: &Report) -> Vec<Finding> {
    let sorts: [(&str, &Listing); 5] = [
        ("error", &report.bad),
        ("warning", &report.doubtful),
        ("warning", &report.nobody),
        ("note", &report.odd),
        ("note", &report.other),
    ];
    let mut all = Vec::new();
    for (level, listing) in sorts {
        all.extend(listing.lines.iter().map(|line| Finding {
            level: level.to_owned(),
            sheet: String::new(),
            line: 0,
            subject: line.name.clone(),
            zh: line.what.say(texts(Lang::Zh)),
            en: line.what.say(texts(Lang::En)),
        }));
    }
    let junk = report.junk.to_string();
    let missing = report.missing.iter().map(|of| {
        let more = (of.count > of.numbers.len()).then_some("…");
        let named = of.numbers.iter().map(String::as_str).filter(|number| !number.is_empty());
        let numbers = named.chain(more).collect::<Vec<_>>().join(", ");
        let (count, all) = (of.count.to_string(), of.of.to_string());
        let args = [("count", &*count), ("of", &*all), ("numbers", &*numbers)];
        let say = |lang| texts(lang).f("upload-photo-missing", &args);
        (of.school.to_string(), say(Lang::Zh), say(Lang::En))
    });
    let ignored = (report.junk > 0).then(|| {
        let say = |lang| texts(lang).f("upload-photo-junk", &[("count", &junk)]);
        (String::new(), say(Lang::Zh), say(Lang::En))
    });
    all.extend(missing.chain(ignored).map(|(subject, zh, en)| Finding {
        level: "headline".to_owned(),
        sheet: String::new(),
        line: 0,
        subject,
        zh,
        en,
    }));
    all
}

/// Stores the good photos.
pub(super) async fn publish(
    db: &Db,
    vault: &Arc<Vault>,
    claim: &Claim,
    path: &Path,
    watch: &Arc<Watch>,
) -> Result<(), DbError> {
    let report = photo::import(db, vault, path, &claim.upload.sitting, options(claim, false), &**watch).await;
    let report = report.map_err(|error| match error {
        PhotoError::Fault(fault) => fault,
        other => DbError::Other(other.to_string()),
    })?;
    let mut summary = summary(&report);
    summary.again = false;
    let (of, actor) = (claim.clone(), crate::audit::Actor::Staff(claim.upload.publisher.clone()));
    db.write(async move |tx: &mut Tx<'_>| {
        if store::published(tx, &of, &summary).await? {
            super::verbs::note_photos(tx, &of.upload, summary.good, &actor).await?;
        }
        Ok::<_, DbError>(())
    })
    .await
}
