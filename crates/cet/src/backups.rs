//! Copies of the database at regular times: when the next one is due, and which of the older ones go.

use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;

use crate::private_file;
use crate::store::{Db, backup::BackupError};
use crate::words::time::Time;

/// After a failure the next try comes no later than this.
const RETRY: SignedDuration = SignedDuration::from_mins(1);

/// How often, and how many stay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// From one copy to the next.
    pub(crate) every: SignedDuration,
    /// So many of the newest stay.
    pub(crate) keep: NonZeroUsize,
}

impl Plan {
    /// How long to wait for the next copy. Nobody waits longer than from one copy to the next, so that a clock that was
    /// put back does not end the copies.
    pub(crate) fn wait(self, now: Time, newest: Option<Time>) -> SignedDuration {
        let due = newest.map_or(now, |newest| newest.plus(self.every));
        due.since(now).clamp(SignedDuration::ZERO, self.every)
    }

    /// How long to wait after a failure.
    pub(crate) fn wait_to_retry(self) -> SignedDuration {
        self.every.min(RETRY)
    }

    /// The copies that go, of these.
    fn superfluous(self, mut copies: Vec<Time>) -> Vec<Time> {
        copies.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
        copies.split_off(self.keep.get().min(copies.len()))
    }
}

/// The name of the copy of this time: in UTC, so that names sort as times do.
fn name(at: Time) -> String {
    format!("cet-{}.sqlite", at.timestamp().strftime("%Y%m%dT%H%M%SZ"))
}

/// The time of the copy of this name, if it is the name of one.
fn time_of(name: &str) -> Option<Time> {
    let text = name.strip_prefix("cet-")?.strip_suffix(".sqlite")?;
    let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(at).ok().map(Time::from)
}

/// The times of the files in the folder whose name has this ending behind a copy's name.
fn found(folder: &Path, ending: &str) -> Result<Vec<Time>, BackupError> {
    let io = |error| BackupError::Io(folder.to_owned(), error);
    let mut times = Vec::new();
    for file in fs::read_dir(folder).map_err(io)? {
        let name = file.map_err(io)?.file_name();
        times.extend(name.to_str().and_then(|name| name.strip_suffix(ending)).and_then(time_of));
    }
    Ok(times)
}

/// The newest copy in the folder, which is made if there is none.
///
/// # Errors
/// When it can't be read or made.
pub(crate) fn newest(folder: &Path) -> Result<Option<Time>, BackupError> {
    private_file::folder(folder).map_err(|error| BackupError::Io(folder.to_owned(), error))?;
    Ok(found(folder, "")?.into_iter().max())
}

/// Makes a copy, and only then deletes older ones; returns its file, its size in bytes, and how many are gone.
///
/// # Errors
/// [`BackupError`]; without a new copy none is deleted.
pub(crate) async fn round(
    db: &Db,
    folder: &Path,
    now: Time,
    plan: Plan,
) -> Result<(PathBuf, u64, usize), BackupError> {
    let file = folder.join(name(now));
    let bytes = db.back_up(&file).await?;
    let mut gone: Vec<PathBuf> =
        plan.superfluous(found(folder, "")?).into_iter().map(|at| folder.join(name(at))).collect();
    // A process that was killed in the middle of a copy left it.
    let parts = found(folder, ".part")?.into_iter().filter(|at| *at < now);
    gone.extend(parts.map(|at| folder.join(format!("{}.part", name(at)))));
    for old in &gone {
        match fs::remove_file(old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(BackupError::Io(old.clone(), error));
            }
            _ => {}
        }
    }
    Ok((file, bytes, gone.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{Kind, fresh};

    const QUARTER: SignedDuration = SignedDuration::from_mins(15);

    fn plan(keep: usize) -> Plan {
        Plan { every: QUARTER, keep: NonZeroUsize::new(keep).unwrap() }
    }

    fn at(text: &str) -> Time {
        Time::parse_rfc3339(text).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = folder.read_dir().unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_first_copy_is_due_at_once_and_each_further_one_after_the_time_between_them() {
        let now = at("2027-03-08T12:00:00Z");
        let minutes = SignedDuration::from_mins;
        for (newest, wait) in [
            (None, minutes(0)),
            (Some("2027-03-08T12:00:00Z"), minutes(15)),
            (Some("2027-03-08T11:50:00Z"), minutes(5)),
            (Some("2027-03-08T11:45:00Z"), minutes(0)),
            (Some("2027-03-07T12:00:00Z"), minutes(0)),
            // The clock was put back by a day.
            (Some("2027-03-09T12:00:00Z"), minutes(15)),
        ] {
            assert_eq!(plan(2).wait(now, newest.map(at)), wait, "{newest:?}");
        }
        assert_eq!(plan(2).wait_to_retry(), minutes(1));
        let often = Plan { every: SignedDuration::from_secs(10), ..plan(2) };
        assert_eq!(often.wait_to_retry(), SignedDuration::from_secs(10));
    }

    #[test]
    fn a_copys_name_tells_its_time_and_no_other_file_is_one() {
        let time = at("2027-03-08T12:00:00Z");
        assert_eq!(name(time), "cet-20270308T120000Z.sqlite");
        assert_eq!(time_of(&name(time)), Some(time));
        for other in
            ["cet.sqlite", "cet-.sqlite", "cet-20270308T120000Z.sqlite.part", "cet-20271308T120000Z.sqlite"]
        {
            assert_eq!(time_of(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn the_newest_copies_stay_and_nothing_else_in_the_folder_is_touched() {
        let t = fresh(Kind::Sqlite).await;
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("copies");
        assert_eq!(newest(&folder).unwrap(), None);
        for other in ["cet.sqlite", "notes.txt", "cet-before-the-opening.sqlite"] {
            fs::write(folder.join(other), "ours").unwrap();
        }
        fs::write(folder.join("cet-20270308T113000Z.sqlite.part"), "left by a process that was killed")
            .unwrap();
        let mut gone = Vec::new();
        for minute in 0..4_i64 {
            let now = at("2027-03-08T12:00:00Z").plus(SignedDuration::from_mins(15 * minute));
            let (file, bytes, deleted) = round(&t.db, &folder, now, plan(2)).await.unwrap();
            assert_eq!(file.metadata().unwrap().len(), bytes);
            assert_eq!(newest(&folder).unwrap(), Some(now));
            gone.push(deleted);
        }
        assert_eq!(gone, [1, 0, 1, 1], "the part of a copy first");
        let expected = [
            "cet-20270308T123000Z.sqlite",
            "cet-20270308T124500Z.sqlite",
            "cet-before-the-opening.sqlite",
            "cet.sqlite",
            "notes.txt",
        ];
        assert_eq!(names(&folder), expected);
    }

    #[tokio::test]
    async fn without_a_new_copy_no_older_one_is_deleted() {
        let t = fresh(Kind::Sqlite).await;
        let folder = tempfile::tempdir().unwrap();
        let now = at("2027-03-08T12:00:00Z");
        round(&t.db, folder.path(), now, plan(2)).await.unwrap();
        let before = names(folder.path());
        // The same second again: that file is there.
        let again = round(&t.db, folder.path(), now, plan(1)).await;
        assert!(matches!(again, Err(BackupError::Exists(_))), "{again:?}");
        assert_eq!(names(folder.path()), before);
    }
}
