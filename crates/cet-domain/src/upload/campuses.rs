//! Files of campuses: what they would change is shown first.

use std::path::Path;

use super::store::{self, Claim, Finished, Upload};
use super::table::{columns_of, findings, keep_looked, unreadable, whole};
use super::{Kind, State, Summary};
use crate::audit::Actor;
use crate::import::ImportError;
use crate::setup::campuses;
use crate::setup::campuses::CampusFile;
use crate::sheet::words::Say as _;
use crate::sheet::{Chosen, SheetError};
use crate::store::{Db, DbError, Tx};
use crate::texts::{Lang, texts};
use crate::words::codes::CampusCode;

/// The renamed campuses that are listed.
const RENAMED_LISTED: usize = 500;

/// Reads a file on a thread of its own.
async fn read(path: &Path, chosen: Option<Chosen>) -> Result<Result<CampusFile, SheetError>, DbError> {
    let at = path.to_owned();
    tokio::task::spawn_blocking(move || campuses::read(&at, chosen)).await.map_err(DbError::from)
}

/// Checks a file of campuses.
pub(super) async fn check(db: &Db, of: &Upload, path: &Path) -> Result<Finished, DbError> {
    let (chosen, looked) = columns_of(db, of, Kind::Campuses, path).await?;
    let file = match read(path, chosen).await? {
        Ok(file) => file,
        Err(error) => return unreadable(&ImportError::Sheet(error), &looked),
    };
    let good = file.campuses.len();
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    // Each row of a code with several names is wrong: which of them is right nobody knows.
    let doubled = file.doubled.values().map(Vec::len).sum();
    let errors = file.findings.error_rows.saturating_add(number(doubled));
    let known = db.read(async |tx: &mut Tx<'_>| campuses::known(tx).await).await?;
    let was = |code: &CampusCode| known.get(code).map(String::as_str);
    let renamed: Vec<(&CampusCode, &str, &String)> = file
        .campuses
        .iter()
        .filter_map(|(code, name)| was(code).filter(|was| was != name).map(|was| (code, was, name)))
        .collect();
    let new = file.campuses.keys().filter(|code| was(code).is_none()).count();
    let summary = Summary {
        rows: number(good).saturating_add(errors),
        good: number(good),
        new: number(new),
        changed: number(renamed.len()),
        unchanged: number(good.saturating_sub(new).saturating_sub(renamed.len())),
        stands: good > 0 && new == 0 && renamed.is_empty(),
        errors,
        warnings: file.findings.told(),
        ..Summary::default()
    };
    let state = if errors == 0 { State::Ready } else { State::Bad };
    let mut finished = Finished::of(state, summary);
    finished.findings = findings(&file.findings, &file.notes, finished.summary.rows);
    for (code, was, name) in renamed.into_iter().take(RENAMED_LISTED) {
        let say = |lang: Lang| texts(lang).f("upload-campus-renamed", &[("before", was), ("after", name)]);
        let mut finding = whole("note", say(Lang::Zh), say(Lang::En));
        finding.subject = code.to_string();
        finished.findings.push(finding);
    }
    for (code, names) in &file.doubled {
        let say = |lang: Lang| {
            let t = texts(lang);
            let all: Vec<String> =
                names.iter().map(|(place, name)| format!("{} {name}", place.say(t))).collect();
            t.f("upload-campus-doubled", &[("names", &all.join("; "))])
        };
        let line = names.first().map_or(0, |(place, _)| i64::try_from(place.line).unwrap_or(i64::MAX));
        let mut finding = whole("error", say(Lang::Zh), say(Lang::En));
        (finding.line, finding.subject) = (line, code.to_string());
        finished.findings.push(finding);
    }
    keep_looked(&mut finished, &looked)?;
    Ok(finished)
}

/// Stores the campuses of a file whose code has one name.
pub(super) async fn publish(db: &Db, claim: &Claim, path: &Path) -> Result<(), DbError> {
    let (chosen, _) = columns_of(db, &claim.upload, Kind::Campuses, path).await?;
    let file = read(path, chosen).await?.map_err(|error| DbError::Other(error.to_string()))?;
    let by = Actor::Staff(claim.upload.publisher.clone());
    campuses::store(db, file.campuses, by, Some(claim.upload.id)).await?;
    let of = claim.clone();
    db.write(async move |tx: &mut Tx<'_>| {
        store::published(tx, &of, &of.upload.summary()).await.map(|_held| ())
    })
    .await
}
