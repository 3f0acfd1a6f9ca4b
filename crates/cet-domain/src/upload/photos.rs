//! Photos: each is decoded at the check and again at the publication, because those of a large school do not fit in
//! memory.

use std::path::Path;
use std::sync::Arc;

use super::store::{self, Claim, Finding, Finished, NewPicture};
use super::work::both;
use super::{State, Summary};
use crate::import::Watch;
use crate::sheet::words::Say as _;
use crate::store::{Db, DbError, Tx};
use crate::texts::{Lang, texts};
use crate::ticket::photo::{self, Listing, Options, PhotoError, Report, Shown};
use crate::vault::Vault;

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
    finished.pictures = report.shown.into_iter().map(picture).collect();
    Ok(finished)
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
        let numbers = of.numbers.join(", ");
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
