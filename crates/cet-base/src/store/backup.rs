//! A consistent copy of SQLite's file, taken while nodes run, and its restore. PostgreSQL has its own tools.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::{Clock, Db, DbError, Tx, VersionState, migrate, poll_once};
use crate::private_file;
use crate::words::ids::IdMaker;

/// Why a backup or a restore failed.
#[derive(Debug)]
pub enum BackupError {
    /// The database is PostgreSQL: its own tools copy it.
    Postgres,
    /// A file of that name exists already; nothing is overwritten.
    Exists(PathBuf),
    /// The configuration's database is there already, in these files; nothing is overwritten.
    InPlace(Vec<PathBuf>),
    /// The file is not a complete database of this program.
    Damaged(String),
    /// The copy was made by a later program.
    Newer(VersionState),
    /// The keys of the installation do not open it, for this reason.
    Keys(String),
    /// A file system error.
    Io(PathBuf, io::Error),
    /// A database error.
    Database(DbError),
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres => f.write_str(
                "the database is PostgreSQL: copy it with `pg_dump --format=custom`, or keep a base backup and its \
                 log (`pg_basebackup`, `archive_command`) to go back to any second; restore with `pg_restore`",
            ),
            Self::Exists(path) => write!(
                f,
                "{} is there already: nothing was overwritten. Choose another name, or move it away first",
                path.display()
            ),
            Self::InPlace(files) => {
                let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
                let first = names.first().map_or("the database", String::as_str);
                let is_live = names.iter().any(|name| name.ends_with("-wal"));
                let live = if is_live { ", and a node has it open or was killed while it had" } else { "" };
                let all = names.join(" and ");
                write!(
                    f,
                    "{first} is there already{live}: nothing was overwritten. Stop every node, move {all} away, and \
                     restore again"
                )
            }
            Self::Damaged(what) => write!(f, "the file is not a whole database of cet: {what}"),
            Self::Newer(state) => write!(f, "the copy needs a later program: {state:?}"),
            Self::Keys(reason) => f.write_str(reason),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BackupError {}

impl From<DbError> for BackupError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl Db {
    /// Copies a snapshot of the database into a new file while other work goes on; returns its size in bytes. The name
    /// appears only when the whole copy is on disk.
    ///
    /// # Errors
    /// [`BackupError`]; no file of that name exists then.
    pub async fn back_up(&self, file: &Path) -> Result<u64, BackupError> {
        let super::Backend::Sqlite(db) = &self.backend else { return Err(BackupError::Postgres) };
        let part = free_for(file)?;
        // SQLite treats an empty file as a new database, and keeps its permissions.
        private_file::create_new(&part).map_err(|error| BackupError::Io(part.clone(), error))?;
        let into = part.display().to_string();
        db.with_connection(move |conn| {
            conn.execute("VACUUM INTO ?1", [into])?;
            Ok(())
        })
        .await?;
        finish(&part, file)
    }
}

/// Puts a copy in the place of the configuration's database; returns its size in bytes. The copy is inspected first;
/// `keys` rejects one that belongs to other keys, and its argument is whether the copy holds their marks.
///
/// # Errors
/// [`BackupError`]; nothing was written then.
pub fn restore<E, F>(copy: &Path, url: &str, keys: &F) -> Result<u64, BackupError>
where
    E: fmt::Display,
    F: AsyncFn(&mut Tx<'_>, bool) -> Result<(), E>,
{
    let Some(target) = url.strip_prefix("sqlite:").map(PathBuf::from) else {
        return Err(BackupError::Postgres);
    };
    // The write-ahead log of a database that was moved away would be replayed into the restored one.
    let all = ["", "-wal", "-shm"].map(|suffix| PathBuf::from(format!("{}{suffix}", target.display())));
    let there: Vec<PathBuf> = all.into_iter().filter(|file| file.exists()).collect();
    if !there.is_empty() {
        return Err(BackupError::InPlace(there));
    }
    inspect(copy, keys)?;
    let part = free_for(&target)?;
    let copied = File::open(copy).and_then(|mut from| {
        let mut into = private_file::create_new(&part)?;
        io::copy(&mut from, &mut into)
    });
    copied.map_err(|error| BackupError::Io(part.clone(), error))?;
    finish(&part, &target)
}

/// Checks that every page is sound, that all migrations are known, and that the keys fit.
fn inspect<E, F>(copy: &Path, keys: &F) -> Result<(), BackupError>
where
    E: fmt::Display,
    F: AsyncFn(&mut Tx<'_>, bool) -> Result<(), E>,
{
    let damaged = |error: rusqlite::Error| BackupError::Damaged(error.to_string());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(copy, flags).map_err(damaged)?;
    let said: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(damaged)?;
    if said != "ok" {
        return Err(BackupError::Damaged(said));
    }
    let ran: i64 =
        conn.query_row("SELECT COUNT(*) FROM schema_migration", [], |row| row.get(0)).map_err(damaged)?;
    let ran = usize::try_from(ran).unwrap_or(0);
    match migrate::state(ran) {
        VersionState::Older { found: 0, .. } => {
            Err(BackupError::Damaged("it holds no table of ours".to_owned()))
        }
        // Before there were accounts, no sealed value can exist.
        VersionState::Older { .. } if !migrate::has(ran, "0008_staff") => Ok(()),
        VersionState::Current | VersionState::Older { .. } => {
            let (clock, ids) = (Clock::Real { rehearsal: false }, IdMaker::new(0));
            let mut tx = Tx::sqlite(&mut conn, &clock, &ids);
            match poll_once(keys(&mut tx, migrate::has(ran, "0018_vault_check"))) {
                Some(Ok(())) => Ok(()),
                Some(Err(reason)) => Err(BackupError::Keys(reason.to_string())),
                None => Err(BackupError::Damaged("it can't be read at once".to_owned())),
            }
        }
        state @ VersionState::Newer { .. } => Err(BackupError::Newer(state)),
    }
}

/// The name of the temporary file, if neither it nor the file exists.
fn free_for(file: &Path) -> Result<PathBuf, BackupError> {
    let part = PathBuf::from(format!("{}.part", file.display()));
    for path in [file, &part] {
        if path.exists() {
            return Err(BackupError::Exists(path.to_owned()));
        }
    }
    Ok(part)
}

/// Syncs the temporary file to disk and renames it.
fn finish(part: &Path, file: &Path) -> Result<u64, BackupError> {
    let io = |error| BackupError::Io(file.to_owned(), error);
    let grown = File::open(part).map_err(io)?;
    grown.sync_all().map_err(io)?;
    fs::rename(part, file).map_err(io)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
    Ok(grown.metadata().map_err(io)?.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Settings;
    use crate::store::testing::{Kind, fresh};

    async fn any_keys(_: &mut Tx<'_>, _: bool) -> Result<(), String> {
        Ok(())
    }

    fn restore(copy: &Path, url: &str) -> Result<u64, BackupError> {
        super::restore(copy, url, &any_keys)
    }

    async fn count(db: &Db) -> i64 {
        let read: Result<(i64,), DbError> =
            db.read(async |tx: &mut Tx<'_>| tx.query_one("SELECT COUNT(*) FROM province", &[]).await).await;
        read.unwrap().0
    }

    async fn add(db: &Db, code: i64) {
        let added: Result<u64, DbError> = db
            .write(async move |tx: &mut Tx<'_>| {
                let sql = "INSERT INTO province (code, name) VALUES ($1, '')";
                tx.execute(sql, crate::params![code.to_string()]).await
            })
            .await;
        added.unwrap();
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[tokio::test]
    async fn a_copy_taken_among_writes_holds_one_moment_and_comes_back_whole() {
        let t = fresh(Kind::Sqlite).await;
        let (folder, mut writers) = (folder(), tokio::task::JoinSet::new());
        for code in 10..60 {
            let db = t.db.clone();
            writers.spawn(async move { add(&db, code).await });
        }
        let copy = folder.path().join("copy.sqlite");
        let bytes = t.db.back_up(&copy).await.unwrap();
        while writers.join_next().await.is_some() {}
        assert_eq!(bytes, copy.metadata().unwrap().len());
        let url = format!("sqlite:{}", folder.path().join("new.sqlite").display());
        assert_eq!(restore(&copy, &url).unwrap(), bytes);
        let clock = t.clock.clone();
        let again = Db::open(Settings { url, pool: 1, durable: false, clock, node: 1 }).await.unwrap();
        assert_eq!(again.version().await.unwrap(), VersionState::Current);
        assert!(count(&again).await <= count(&t.db).await);
        assert_eq!(count(&t.db).await, 50);
    }

    #[tokio::test]
    async fn nothing_is_overwritten_and_a_torn_file_does_not_come_back() {
        let t = fresh(Kind::Sqlite).await;
        let folder = folder();
        let copy = folder.path().join("copy.sqlite");
        t.db.back_up(&copy).await.unwrap();
        assert!(matches!(t.db.back_up(&copy).await, Err(BackupError::Exists(_))));
        assert!(matches!(restore(&copy, &t.url), Err(BackupError::InPlace(_))));
        let database = folder.path().join("live.sqlite").display().to_string();
        for end in ["", "-wal", "-shm"] {
            fs::write(format!("{database}{end}"), b"x").unwrap();
        }
        let live = restore(&copy, &format!("sqlite:{database}")).unwrap_err().to_string();
        let files = format!("move {database} and {database}-wal and {database}-shm away");
        assert!(live.contains(&files) && live.contains("a node has it open"), "{live}");
        let lone = folder.path().join("lone.sqlite");
        fs::write(format!("{}-wal", lone.display()), b"x").unwrap();
        let lone = restore(&copy, &format!("sqlite:{}", lone.display())).unwrap_err().to_string();
        assert!(lone.contains("lone.sqlite-wal is there already") && !lone.contains("-wal-"), "{lone}");
        let whole = fs::read(&copy).unwrap();
        let torn = folder.path().join("torn.sqlite");
        let new = format!("sqlite:{}", folder.path().join("new.sqlite").display());
        for bytes in [whole.get(..whole.len() / 2).unwrap(), b"no database", &[][..]] {
            fs::write(&torn, bytes).unwrap();
            assert!(restore(&torn, &new).is_err(), "{} bytes", bytes.len());
        }
        assert!(!folder.path().join("new.sqlite").exists());
    }

    #[tokio::test]
    async fn nobody_else_can_read_the_database_its_log_a_copy_or_what_came_back() {
        use std::os::unix::fs::PermissionsExt as _;

        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let t = fresh(Kind::Sqlite).await;
        add(&t.db, 10).await;
        let database = PathBuf::from(t.url.strip_prefix("sqlite:").unwrap());
        let folder = folder();
        let (copy, new) = (folder.path().join("copy.sqlite"), folder.path().join("new.sqlite"));
        t.db.back_up(&copy).await.unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o644)).unwrap();
        restore(&copy, &format!("sqlite:{}", new.display())).unwrap();
        t.db.back_up(&folder.path().join("second.sqlite")).await.unwrap();
        for path in [&new, &folder.path().join("second.sqlite"), &database] {
            assert_eq!(mode(path), 0o600, "{}", path.display());
        }
        for beside in ["-wal", "-shm"] {
            assert_eq!(mode(Path::new(&format!("{}{beside}", database.display()))), 0o600, "{beside}");
        }
        // A file that was open to others is tightened when it is next opened.
        fs::set_permissions(&database, fs::Permissions::from_mode(0o644)).unwrap();
        t.another_node().await;
        assert_eq!(mode(&database), 0o600);
    }

    #[tokio::test]
    async fn postgresql_is_copied_by_its_own_tools() {
        assert!(matches!(restore(Path::new("x"), "postgres://localhost/cet"), Err(BackupError::Postgres)));
        let t = fresh(Kind::Postgres).await;
        assert!(matches!(t.db.back_up(Path::new("x")).await, Err(BackupError::Postgres)));
    }
}
