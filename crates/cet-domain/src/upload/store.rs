//! The SQL of uploads.

mod chosen;
pub mod imports;
mod kept;
mod lease;
mod pictures;

use super::{Failure, Kind, State, Summary};
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{asked_in_scope, scoped};

pub(super) use chosen::{choose, remember, remembered};
pub(crate) use kept::has_file;
pub use kept::{Sent, sent};
pub(super) use kept::{
    delete_parts, ended, fits, give_up, kinds_sent, lapsed, take_back, taken_back, to_take_back, write_file,
};
pub(super) use lease::{
    At, Claim, Finished, claim, compare_again, finish, has_work, let_go, published, renew, stays_withdrawn,
    summarised,
};
pub(super) use pictures::{NewPicture, delete_pictures};
pub use pictures::{PictureOf, picture, pictures};

/// The size of a part in bytes.
pub const PART: usize = 256 * 1024;

record! {
    /// An upload.
    #[derive(Clone, Debug)]
    pub struct Upload {
        /// Its id.
        pub id: i64,
        kind: String,
        /// The scope of whoever sent it.
        pub place: Scope,
        /// The sitting; empty if the kind has none.
        pub sitting: String,
        /// The campus of rows without one; empty: the file says it.
        pub campus: String,
        /// The file's name.
        pub file_name: String,
        /// Its size in bytes.
        pub size: i64,
        state: String,
        /// Who sent it.
        pub account: String,
        /// When it was sent.
        pub created_at: Time,
        /// When its state last changed.
        pub changed_at: Time,
        /// What is being done.
        pub step: String,
        /// How many rows of it.
        pub done: i64,
        /// Of how many; 0: not known.
        pub total: i64,
        /// The import of its staged rows.
        pub import_id: Option<i64>,
        /// When it was compared with what was published.
        pub checked_at: Option<Time>,
        /// The last import that was published then.
        pub turn: i64,
        /// When it was published.
        pub published_at: Option<Time>,
        /// Who asked for its publication.
        pub publisher: String,
        /// Whether only the good rows were asked to be published.
        pub good_only: bool,
        /// Whether the students of the last file who are not in this one are taken out.
        pub remove_gone: bool,
        failure: String,
        summary: String,
        /// The choice of columns, as JSON; empty: none.
        pub chosen: String,
        /// The first rows to choose from, as JSON; empty: none.
        pub looked: String,
        /// How often a node has begun with it.
        pub(super) tries: i64,
        /// The name of its end, if it does not count.
        ended_for: String,
        /// Who gave it up.
        pub ended_by: String,
        /// Who takes it back, while that goes on.
        pub(super) taken_back_by: String,
        /// Why.
        pub(super) taken_back_why: String,
    }
}

impl Upload {
    /// What it holds.
    ///
    /// # Errors
    /// [`DbError::Decode`] for an unknown kind.
    pub fn kind(&self) -> Result<Kind, DbError> {
        Kind::from_wire(&self.kind).ok_or_else(|| DbError::Decode("kind of upload"))
    }

    /// Its state.
    ///
    /// # Errors
    /// [`DbError::Decode`] for an unknown state.
    pub fn state(&self) -> Result<State, DbError> {
        State::from_wire(&self.state).ok_or_else(|| DbError::Decode("state of upload"))
    }

    /// The counts of its check; all zero before.
    #[must_use]
    pub fn summary(&self) -> Summary {
        serde_json::from_str(&self.summary).unwrap_or_default()
    }

    /// Why it can't be read, if so.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        serde_json::from_str(&self.failure).ok()
    }
}

macro_rules! upload_columns {
    () => {
        "u.id, u.kind, u.place, u.sitting, u.campus, u.file_name, u.size, u.state, u.account, u.created_at, u.changed_at,
         u.step, u.done, u.total, u.import_id, u.checked_at, u.turn, u.published_at, u.publisher, u.good_only, u.remove_gone,
         u.failure, u.summary, u.chosen, u.looked, u.tries, u.ended_for, u.ended_by,
         u.taken_back_by, u.taken_back_why"
    };
}

/// Uploads that wait for somebody. One that can't be read, and whose columns are not what is wrong, does not: it was
/// refused, and nothing can be done with it.
macro_rules! waits {
    () => {
        "u.state IN ('columns', 'bad', 'ready') AND (u.state <> 'bad' OR u.failure = '' OR u.looked <> '')"
    };
}
pub(super) use upload_columns;

/// A new upload.
#[derive(Clone, Debug)]
pub struct New {
    /// What it holds.
    pub kind: Kind,
    /// The scope of whoever sends it.
    pub place: Scope,
    /// The sitting; empty if the kind has none.
    pub sitting: String,
    /// The campus of rows without one; empty: the file says it.
    pub campus: String,
    /// The file's name.
    pub file_name: String,
    /// Who sends it.
    pub account: String,
}

/// Creates an upload whose bytes are still to come; returns its id.
pub(super) async fn insert(tx: &mut Tx<'_>, new: &New) -> Result<i64, DbError> {
    let (id, now) = (tx.new_id(), tx.now().await?);
    tx.execute(
        "INSERT INTO upload
            (id, kind, place, sitting, campus, file_name, size, state, account, created_at, changed_at, worker,
             lease_until, tries, step, done, total, import_id, checked_at, turn, published_at, publisher,
             good_only, remove_gone, failure, summary, chosen, looked)
         VALUES ($1, $2, $3, $4, $5, $6, 0, 'receiving', $7, $8, $8, NULL, NULL, 0, '', 0, 0, NULL, NULL, 0, NULL, '',
                 $9, $9, '', '', '', '')",
        params![
            id,
            new.kind.wire(),
            new.place,
            new.sitting,
            new.campus,
            new.file_name,
            new.account,
            now,
            false
        ],
    )
    .await?;
    Ok(id)
}

/// Adds bytes.
pub async fn append(tx: &mut Tx<'_>, id: i64, number: i64, body: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO upload_part (upload_id, number, body) VALUES ($1, $2, $3)",
        params![id, number, body],
    )
    .await?;
    Ok(())
}

/// Records that all bytes have arrived, and what is known besides them.
pub(super) async fn arrived(
    tx: &mut Tx<'_>,
    id: i64,
    (size, file_name, sitting, campus): (i64, &str, &str, &str),
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let changed = tx
        .execute(
            "UPDATE upload
                SET size = $2, file_name = $3, sitting = $4, campus = $5, state = 'checking', changed_at = $6
              WHERE id = $1
                AND state = 'receiving'",
            params![id, size, file_name, sitting, campus, now],
        )
        .await?;
    Ok(changed == 1)
}

/// Uploads of a scope in a state (empty: any), newest first, older than `before` (0: all).
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    kind: Kind,
    state: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<Upload>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                "SELECT ",
                upload_columns!(),
                "
                   FROM upload u
                  WHERE ",
                asked_in_scope!("u.place"),
                "
                    AND u.kind = $3
                    AND u.state <> 'receiving'
                    AND (CAST($4 AS TEXT) = '' OR u.state = $4)
                    AND (CAST($5 AS BIGINT) = 0 OR u.id < $5)
                  ORDER BY u.id DESC
                  LIMIT $6"
            ),
            params![kind.wire(), state, before, limit],
        )
        .await
}

/// One upload of a scope.
pub async fn one(tx: &mut Tx<'_>, scope: &Scope, kind: Kind, id: i64) -> Result<Option<Upload>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                upload_columns!(),
                " FROM upload u WHERE u.id = $3 AND u.kind = $4 AND u.state <> 'receiving' AND ",
                asked_in_scope!("u.place")
            ),
            params![id, kind.wire()],
        )
        .await
}

/// How many uploads of a scope wait for somebody, and since when.
pub async fn waiting(tx: &mut Tx<'_>, scope: &Scope) -> Result<(i64, Option<Time>), DbError> {
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(u.changed_at)
                   FROM upload u
                  WHERE ",
                waits!(),
                "
                    AND ",
                asked_in_scope!("u.place")
            ),
            params![],
        )
        .await
}

/// The upload that has waited longest for a node.
async fn next(tx: &mut Tx<'_>, now: Time) -> Result<Option<Upload>, DbError> {
    tx.query_opt(
        concat!(
            "SELECT ",
            upload_columns!(),
            "
               FROM upload u
              WHERE u.state IN ('checking', 'publishing')
                AND (u.lease_until IS NULL OR u.lease_until < $1)
              ORDER BY u.changed_at, u.id
              LIMIT 1"
        ),
        params![now],
    )
    .await
}

/// Changes the state of an upload that is in one of two states; returns whether it was.
pub(super) async fn step(tx: &mut Tx<'_>, id: i64, from: State, to: State) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let changed = tx
        .execute(
            "UPDATE upload
                SET state = $3, changed_at = $4, worker = NULL, lease_until = NULL, tries = 0, step = '', done = 0,
                    total = 0
              WHERE id = $1
                AND state = $2",
            params![id, from.wire(), to.wire(), now],
        )
        .await?;
    Ok(changed == 1)
}

/// Keeps what was asked at publication.
pub(super) async fn asked(
    tx: &mut Tx<'_>,
    id: i64,
    (good_only, remove_gone): (bool, bool),
    publisher: &str,
) -> Result<(), DbError> {
    let sql = "UPDATE upload SET good_only = $2, remove_gone = $3, publisher = $4 WHERE id = $1";
    tx.execute(sql, params![id, good_only, remove_gone, publisher]).await?;
    Ok(())
}

record! {
    /// Something that the check found.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Finding {
        /// `error`, `headline`, `warning` or `note`.
        pub level: String,
        /// The sheet; empty if only one was read.
        pub sheet: String,
        /// The line; 0 for what concerns the whole file.
        pub line: i64,
        /// The column, or the file in an archive.
        pub subject: String,
        /// In Chinese.
        pub zh: String,
        /// In English.
        pub en: String,
    }
}

/// The findings of an upload at a level, from the `after`th on.
pub async fn findings(tx: &mut Tx<'_>, id: i64, level: &str, limit: i64) -> Result<Vec<Finding>, DbError> {
    tx.query(
        "SELECT level, sheet, line, subject, zh, en
           FROM upload_finding
          WHERE upload_id = $1
            AND level = $2
          ORDER BY number
          LIMIT $3",
        params![id, level, limit],
    )
    .await
}

/// When an import was published.
pub async fn published_at(tx: &mut Tx<'_>, import: i64) -> Result<Option<Time>, DbError> {
    let found: Option<(Option<Time>,)> =
        tx.query_opt("SELECT published_at FROM import WHERE id = $1", params![import]).await?;
    Ok(found.and_then(|(at,)| at))
}
