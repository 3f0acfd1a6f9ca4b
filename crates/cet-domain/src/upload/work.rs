//! Works on one upload: checks it, or publishes it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use super::store::{self, At, Claim, Finished, Upload};
use super::{Failure, Kind, State, Summary, campuses, photos, table};
use crate::import::{Step, Watch};
use crate::store::{Db, DbError, Tx};
use crate::texts::{Lang, texts};
use crate::vault::Vault;

/// How often a node tells that it is alive.
const SIGN_OF_LIFE: Duration = Duration::from_secs(2);
/// A file with which nodes begin more often than this is given up.
const MOST_TRIES: i64 = 4;
/// The longest name of a file in bytes.
const LONGEST_NAME: usize = 120;

/// How far the work is.
#[derive(Clone, Default)]
struct Progress(Arc<Mutex<At>>);

impl Progress {
    fn watch(&self) -> Arc<Watch> {
        let own = self.clone();
        Arc::new(move |step, done, total| {
            let step = match step {
                Step::Checking => "checking",
                Step::Comparing => "comparing",
                Step::Staging => "staging",
            };
            let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            *own.0.lock().unwrap_or_else(PoisonError::into_inner) =
                At { step: step.to_owned(), done: number(done), total: number(total.unwrap_or(0)) };
        })
    }

    fn now(&self) -> At {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The file of an upload in a folder of its own, deleted when dropped.
pub(super) struct TempFile {
    _folder: TempDir,
    pub(super) path: PathBuf,
}

impl TempFile {
    /// The file of an upload, from the database.
    pub(super) async fn of(db: &Db, upload: &Upload) -> Result<Self, DbError> {
        let io = |error: std::io::Error| DbError::Other(error.to_string());
        let folder = tempfile::Builder::new().prefix("cet-upload-").tempdir().map_err(io)?;
        let path = folder.path().join(plain_name(&upload.file_name));
        store::write_file(db, upload.id, &path).await?;
        Ok(Self { _folder: folder, path })
    }
}

/// A file's name without folders and without what no file system takes.
#[must_use]
pub(super) fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut plain: String = last.chars().filter(|c| !c.is_control()).collect();
    while plain.len() > LONGEST_NAME {
        plain.remove(0);
    }
    match plain.trim() {
        "" | "." | ".." => "file".to_owned(),
        plain => plain.to_owned(),
    }
}

/// Takes the next upload and works on it; returns how many were worked on.
pub(super) async fn next(db: &Db, vault: &Arc<Vault>) -> Result<i64, DbError> {
    let has_work: bool = db.read(async |tx: &mut Tx<'_>| store::has_work(tx).await).await?;
    if !has_work {
        return Ok(0);
    }
    let claim: Option<Claim> = db.write(async |tx: &mut Tx<'_>| store::claim(tx).await).await?;
    let Some(claim) = claim else { return Ok(0) };
    if claim.upload.tries >= MOST_TRIES {
        give_up(db, &claim).await?;
        return Ok(1);
    }
    let progress = Progress::default();
    let worked = leased(db, &claim, &progress, apart(db, vault, &claim, &progress)).await;
    if worked.is_err() {
        // Another node can begin at once; if this fails, when the lease ends.
        let of = claim.clone();
        let _later: Result<(), DbError> =
            db.write(async move |tx: &mut Tx<'_>| store::let_go(tx, &of).await).await;
    }
    worked.map(|()| 1)
}

/// Runs the work on a thread of its own: it reads files, and pages go before it. It is not stopped when the lease is lost,
/// but then it changes nothing any more.
async fn apart(db: &Db, vault: &Arc<Vault>, claim: &Claim, progress: &Progress) -> Result<(), DbError> {
    let (db, vault, claim, watch) = (db.clone(), Arc::clone(vault), claim.clone(), progress.watch());
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || runtime.block_on(work(&db, &vault, &claim, watch)))
        .await
        .map_err(DbError::from)?
}

/// Works while renewing the lease; stops when it is lost, as when somebody gave the upload up.
async fn leased(
    db: &Db,
    claim: &Claim,
    progress: &Progress,
    work: impl Future<Output = Result<(), DbError>>,
) -> Result<(), DbError> {
    let mut alive = tokio::time::interval(SIGN_OF_LIFE);
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = alive.tick() => {
                let (of, now) = (claim.clone(), progress.now());
                let held: bool = db.write(async move |tx: &mut Tx<'_>| store::renew(tx, &of, &now).await).await?;
                if !held {
                    return Ok(());
                }
            }
        }
    }
}

async fn work(db: &Db, vault: &Arc<Vault>, claim: &Claim, watch: Arc<Watch>) -> Result<(), DbError> {
    let kind = claim.upload.kind()?;
    if claim.upload.state()? == State::Publishing {
        return match kind {
            Kind::Roster | Kind::Scores => table::publish(db, claim).await,
            Kind::Campuses | Kind::Photos => {
                let file = TempFile::of(db, &claim.upload).await?;
                match kind {
                    Kind::Photos => photos::publish(db, vault, claim, &file.path, &watch).await,
                    _ => campuses::publish(db, claim, &file.path).await,
                }
            }
        };
    }
    let file = TempFile::of(db, &claim.upload).await?;
    let mut result = match kind {
        Kind::Roster | Kind::Scores => table::check(db, vault, claim, &file.path, &watch).await?,
        Kind::Campuses => campuses::check(db, &claim.upload, &file.path).await?,
        Kind::Photos => photos::check(db, vault, claim, &file.path, &watch).await?,
    };
    result.summary.again = claim.upload.summary().again;
    finish(db, claim, result).await
}

/// Keeps the result of a check.
async fn finish(db: &Db, claim: &Claim, result: Finished) -> Result<(), DbError> {
    let (of, result) = (claim.clone(), Arc::new(result));
    db.write(async move |tx: &mut Tx<'_>| {
        let now = tx.now().await?;
        if !store::finish(tx, &of, &result, now).await?
            && let Some(import) = result.import
        {
            crate::import::store::abandon(tx, import).await?;
        }
        Ok(())
    })
    .await
}

/// A file that nobody could work on: ours is the fault, and the person is told so.
async fn give_up(db: &Db, claim: &Claim) -> Result<(), DbError> {
    tracing::error!(upload = claim.upload.id, tries = claim.upload.tries, "an upload can't be worked on");
    if claim.upload.state()? == State::Publishing {
        let of = claim.clone();
        return db
            .write(async move |tx: &mut Tx<'_>| store::compare_again(tx, &of).await.map(|_again| ()))
            .await;
    }
    let mut result = Finished::of(State::Bad, Summary::default());
    result.failure = Some(both(|lang| texts(lang).m("upload-failed-ours").to_owned()));
    finish(db, claim, result).await
}

/// A text in both languages.
pub(super) fn both(say: impl Fn(Lang) -> String) -> Failure {
    Failure { zh: say(Lang::Zh), en: say(Lang::En) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_no_path() {
        for (given, plain) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\名单\\2017级.xlsx", "2017级.xlsx"),
            ("", "file"),
            ("..", "file"),
            ("a\u{0}b\n.csv", "ab.csv"),
        ] {
            assert_eq!(plain_name(given), plain, "{given:?}");
        }
        assert!(plain_name(&"长".repeat(200)).len() <= LONGEST_NAME);
        let long = plain_name(&format!("{}.csv", "a".repeat(300)));
        assert_eq!(std::path::Path::new(&long).extension(), Some("csv".as_ref()));
    }
}
