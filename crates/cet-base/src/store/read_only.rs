//! A database that takes no writes is told in words when it is opened, with what to do: a candidate would be the first to notice.

use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use super::connect::Lane;
use super::{Backend, Db, DbError, OpenError, postgres::Postgres};

/// What to do about a file of SQLite.
fn to_do(path: &Path) -> String {
    let file = path.display();
    format!(
        "run cet as its owner (`ls -l {file}` names him), or give it to this user (`chown`), then `chmod 600 {file}`"
    )
}

fn of_file(path: &Path) -> OpenError {
    OpenError::ReadOnly(format!(
        "{} can't be written by this user, or its disk is mounted read-only: {}",
        path.display(),
        to_do(path)
    ))
}

fn of_folder(path: &Path) -> OpenError {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    OpenError::ReadOnly(format!(
        "nothing can be made in the folder {}, where SQLite keeps its log beside the database: give the folder to the user who \
         runs cet (`chown`), and let that user alone write there (`chmod 700 {}`)",
        folder.display(),
        folder.display()
    ))
}

/// The error of a file that could not be made or opened, in words.
pub(super) fn of_io(path: &Path, error: &std::io::Error) -> Option<OpenError> {
    use std::io::ErrorKind as Kind;
    let denied = matches!(error.kind(), Kind::PermissionDenied | Kind::ReadOnlyFilesystem);
    denied.then(|| if path.exists() { of_file(path) } else { of_folder(path) })
}

/// The error of SQLite at opening, in words if that is why.
pub(super) fn of_sqlite(path: &Path, error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => of_file(path),
        // The file is there by now: it is the log beside it that can't be made.
        Some(ErrorCode::CannotOpen) => of_folder(path),
        _ => OpenError::Database(error.into()),
    }
}

/// Refuses a connection that SQLite opened for reading only, since it could not do otherwise.
pub(super) fn refuse_sqlite(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    match conn.is_readonly(rusqlite::MAIN_DB) {
        Ok(false) => Ok(()),
        Ok(true) => Err(of_file(path)),
        Err(error) => Err(of_sqlite(path, error)),
    }
}

async fn refuse_postgres(db: &Postgres) -> Result<(), OpenError> {
    let client = db.client(Lane::Write).await?;
    let sql = "SELECT pg_is_in_recovery(), current_setting('transaction_read_only')";
    let row = client.query_one(sql, &[]).await.map_err(DbError::from)?;
    let standby: bool = row.try_get(0).map_err(DbError::from)?;
    let read_only: String = row.try_get(1).map_err(DbError::from)?;
    if standby {
        return Err(OpenError::ReadOnly(
            "this PostgreSQL is a standby and takes no writes: name the primary in database.url, or promote this one if the \
             primary is gone for good (`SELECT pg_promote()`)"
                .to_owned(),
        ));
    }
    if read_only == "on" {
        return Err(OpenError::ReadOnly(
            "this PostgreSQL takes no writes from this account (default_transaction_read_only = on): turn it off where it was set, \
             as `ALTER DATABASE name RESET default_transaction_read_only` or `ALTER ROLE name RESET …`, or in postgresql.conf"
                .to_owned(),
        ));
    }
    Ok(())
}

impl Db {
    /// Refuses a database that takes no writes.
    ///
    /// # Errors
    /// [`OpenError::ReadOnly`] says what to do.
    pub async fn refuse_read_only(&self) -> Result<(), OpenError> {
        match &self.backend {
            Backend::Sqlite(db) => db.refuse_read_only().await,
            Backend::Postgres(db) => refuse_postgres(db).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Settings;
    use crate::store::testing::{Kind, TestDb, block_on};
    use rusqlite::OpenFlags;
    use std::io::{Error, ErrorKind};

    fn said(error: &OpenError) -> String {
        let OpenError::ReadOnly(text) = error else { panic!("{error}") };
        text.clone()
    }

    /// Permissions hold nobody who runs tests as root: what SQLite says then is made otherwise.
    #[test]
    fn a_file_of_sqlite_that_is_not_writable_is_told_with_what_to_do() {
        block_on(Kind::Sqlite, async |t: TestDb| {
            let path = t.url.strip_prefix("sqlite:").unwrap();
            t.db.refuse_read_only().await.unwrap();
            let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
            let refused = said(&refuse_sqlite(&conn, Path::new(path)).unwrap_err());
            assert!(refused.contains(path) && refused.contains("chown"), "{refused}");
            let written = conn.execute("DELETE FROM node", []).unwrap_err();
            assert_eq!(said(&of_sqlite(Path::new(path), written)), refused);
            // While a node runs it is an outage, and nothing was kept.
            let written = conn.execute("DELETE FROM node", []).unwrap_err();
            assert!(DbError::from(written).is_outage());
        });
    }

    #[test]
    fn a_folder_in_which_nothing_can_be_made_is_told_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cet.sqlite");
        let Err(no_folder) = Connection::open(folder.path().join("none/cet.sqlite")) else {
            panic!("opened")
        };
        let denied = Error::from(ErrorKind::PermissionDenied);
        for refused in [of_sqlite(&path, no_folder), of_io(&path, &denied).unwrap()] {
            let refused = said(&refused);
            assert!(
                refused.contains(&*folder.path().to_string_lossy()) && refused.contains("chmod 700"),
                "{refused}"
            );
        }
        std::fs::write(&path, "").unwrap();
        assert!(said(&of_io(&path, &denied).unwrap()).contains("chmod 600"));
        assert!(of_io(&path, &Error::from(ErrorKind::StorageFull)).is_none());
    }

    #[test]
    fn a_database_that_takes_no_writes_is_told_with_what_to_do_on_postgres() {
        block_on(Kind::Postgres, async |t: TestDb| {
            t.db.refuse_read_only().await.unwrap();
            let (client, connection) = crate::store::testing::client(&t.url).await.unwrap();
            let name: String = client.query_one("SELECT current_database()", &[]).await.unwrap().get(0);
            let alter = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
            client.batch_execute(&alter).await.unwrap();
            drop(client);
            let _ended = connection.await;
            let settings =
                Settings { url: t.url.clone(), pool: 2, durable: false, clock: t.clock.clone(), node: 908 };
            let refused = said(&Db::open(settings).await.unwrap().refuse_read_only().await.unwrap_err());
            assert!(refused.contains("default_transaction_read_only"), "{refused}");
        });
    }
}
