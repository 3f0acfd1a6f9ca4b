//! The statements of changes.

mod setters;
mod windows;

pub use setters::Setter;
pub(crate) use setters::setters;
pub(crate) use windows::{WindowChanged, windows};

use super::setting::{Key, Line, SettingValue};
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{asked_in_scope, scoped};

record! {
    /// A change without its lines.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Change {
        /// Its id.
        pub id: i64,
        /// The sitting.
        pub sitting: String,
        /// The widest place whose settings it changes; empty for the nation.
        pub place: String,
        /// Where it came from: `web`, `file`, `copy`, `undo`, `found` or `job`.
        pub origin: String,
        /// `asked`, `scheduled`, `done`, `refused` or `overtaken`.
        pub state: String,
        /// Why.
        pub reason: String,
        /// The account, or the command.
        pub account: String,
        /// The person; empty for a command.
        pub person: String,
        /// The scope of whoever asked.
        pub scope: String,
        /// When it was asked.
        pub asked_at: Time,
        /// When it lapses.
        pub expires_at: Option<Time>,
        /// Who decided.
        pub approver: Option<String>,
        /// The person who decided.
        pub approver_person: Option<String>,
        /// When it took effect or was refused.
        pub decided_at: Option<Time>,
        /// The change that it undoes.
        pub undoes: Option<i64>,
        /// The version of the reference tables that it made.
        pub version: Option<i64>,
        /// The hash of its lines and of who asked.
        pub hash: Vec<u8>,
        /// From when on it holds; `None`: at once.
        pub from_at: Option<Time>,
    }
}

/// The columns of a [`Change`], in order.
macro_rules! columns {
    () => {
        "c.id, c.sitting, c.place, c.origin, c.state, c.reason, c.account, c.person, c.scope, c.asked_at, c.expires_at,
         c.approver, c.approver_person, c.decided_at, c.undoes, c.version, c.hash, c.from_at"
    };
}

/// Stores a change.
pub async fn insert(tx: &mut Tx<'_>, change: &Change) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO setting_change
            (id, sitting, place, origin, state, reason, account, person, scope, asked_at, expires_at, approver,
             approver_person, decided_at, undoes, version, hash, from_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        params![
            change.id,
            change.sitting,
            change.place,
            change.origin,
            change.state,
            change.reason,
            change.account,
            change.person,
            change.scope,
            change.asked_at,
            change.expires_at,
            change.approver,
            change.approver_person,
            change.decided_at,
            change.undoes,
            change.version,
            change.hash,
            change.from_at,
        ],
    )
    .await?;
    Ok(())
}

/// A line as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLine {
    /// Kind, place and item of the setting.
    pub setting: [String; 3],
    /// The value before.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
}

impl StoredLine {
    /// The stored form of a line.
    ///
    /// # Errors
    /// As `serde_json`; texts cause none.
    pub fn of(line: &Line) -> Result<Self, DbError> {
        let stored = |value: &Option<SettingValue>| {
            value
                .as_ref()
                .map(SettingValue::stored)
                .transpose()
                .map_err(|error| DbError::Other(error.to_string()))
        };
        let setting = [line.key.kind().wire().to_owned(), line.key.place().to_string(), line.key.item()];
        Ok(Self { setting, before: stored(&line.before)?, after: stored(&line.after)? })
    }

    /// The line.
    ///
    /// # Errors
    /// [`DbError::Decode`] when it is none.
    pub fn line(&self) -> Result<Line, DbError> {
        let [kind, place, item] = &self.setting;
        let key = Key::from_stored(kind, place, item).ok_or(DbError::Decode("setting"))?;
        let value = |stored: &Option<String>| {
            let parse = |text: &String| {
                SettingValue::from_stored(&key, text).ok_or(DbError::Decode("value of a setting"))
            };
            stored.as_ref().map(parse).transpose()
        };
        Ok(Line { key, before: value(&self.before)?, after: value(&self.after)? })
    }
}

/// Stores the lines of a change.
pub(crate) async fn insert_lines(
    tx: &mut Tx<'_>,
    change: &Change,
    lines: &[StoredLine],
) -> Result<(), DbError> {
    for (number, line) in (1_i64..).zip(lines) {
        let [kind, place, item] = &line.setting;
        tx.execute_soon(
            "INSERT INTO setting_change_line
                (change_id, line, sitting, kind, scope, item, value_before, value_after)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![change.id, number, change.sitting, kind, place, item, line.before, line.after],
        )
        .await?
        .ignore();
    }
    Ok(())
}

/// One change, if its place lies in the scope.
pub async fn one(tx: &mut Tx<'_>, scope: &Scope, id: i64) -> Result<Option<Change>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                " FROM setting_change c WHERE ",
                asked_in_scope!("c.place"),
                " AND c.id = $3"
            ),
            params![id],
        )
        .await
}

/// The changes that wait for a second person, or for their time, and were asked for by the same account in the same words, the
/// newest first.
pub(crate) async fn waiting_like(tx: &mut Tx<'_>, change: &Change) -> Result<Vec<i64>, DbError> {
    let now = tx.now().await?;
    let sql = "SELECT id
                 FROM setting_change
                WHERE state = $1
                  AND sitting = $2
                  AND COALESCE(from_at, 0) = COALESCE(CAST($3 AS BIGINT), 0)
                  AND (expires_at IS NULL OR expires_at > $4)
                ORDER BY id DESC
                LIMIT 100";
    let values = params![change.state, change.sitting, change.from_at, now];
    let rows: Vec<(i64,)> = tx.query(sql, values).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Locks a change until the transaction ends; returns whether there is one.
pub async fn lock(tx: &mut Tx<'_>, id: i64) -> Result<bool, DbError> {
    let sql = "UPDATE setting_change SET state = state WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? == 1)
}

/// The lines of a change.
pub async fn lines(tx: &mut Tx<'_>, id: i64) -> Result<Vec<StoredLine>, DbError> {
    type Row = (String, String, String, Option<String>, Option<String>);
    let sql = "SELECT kind, scope, item, value_before, value_after
                 FROM setting_change_line
                WHERE change_id = $1
                ORDER BY line";
    let rows: Vec<Row> = tx.query(sql, params![id]).await?;
    let line =
        |(kind, scope, item, before, after)| StoredLine { setting: [kind, scope, item], before, after };
    Ok(rows.into_iter().map(line).collect())
}

/// The changes of a scope, the newest first: all of them, or those in one state, of which `lapsed` is one; older than
/// `before`.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (sitting, state): (&str, &str),
    before: i64,
    limit: i64,
) -> Result<Vec<Change>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                " FROM setting_change c WHERE ",
                asked_in_scope!("c.place"),
                " AND ($3 = '' OR c.sitting = $3) AND c.id < $5
                 AND ($4 = '' OR $4 = CASE WHEN c.state = 'asked' AND COALESCE(c.expires_at, 0) <= $7 THEN 'lapsed'
                                           ELSE c.state END)
                 ORDER BY c.id DESC
                 LIMIT $6"
            ),
            params![sitting, state, before, limit, now],
        )
        .await
}

/// How many changes of a scope wait for a second person other than this one, and since when the oldest does.
pub async fn waiting(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> Result<(i64, Option<Time>), DbError> {
    let now = tx.now().await?;
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(c.asked_at) FROM setting_change c WHERE ",
                asked_in_scope!("c.place"),
                " AND c.state = 'asked' AND c.expires_at > $3 AND c.person <> $4"
            ),
            params![now, person],
        )
        .await
}

/// Records the decision on a change that waits.
pub async fn decide(
    tx: &mut Tx<'_>,
    id: i64,
    state: &str,
    (approver, person): (&str, &str),
    version: Option<i64>,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE setting_change
            SET state = $2, approver = $3, approver_person = $4, decided_at = $5, version = $6
          WHERE id = $1
            AND state IN ('asked', 'scheduled')",
        params![id, state, approver, person, now, version],
    )
    .await?;
    Ok(())
}

/// Has a change that was approved wait for its time.
pub async fn schedule(tx: &mut Tx<'_>, id: i64, (approver, person): (&str, &str)) -> Result<(), DbError> {
    tx.execute(
        "UPDATE setting_change
            SET state = 'scheduled', approver = $2, approver_person = $3
          WHERE id = $1
            AND state = 'asked'",
        params![id, approver, person],
    )
    .await?;
    Ok(())
}

/// The changes whose time has come.
pub async fn due(tx: &mut Tx<'_>, most: i64) -> Result<Vec<i64>, DbError> {
    let now = tx.now().await?;
    let sql = "SELECT id FROM setting_change WHERE state = 'scheduled' AND from_at <= $1 ORDER BY from_at, id LIMIT $2";
    let rows: Vec<(i64,)> = tx.query(sql, params![now, most]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Ends a change whose time has come: it took effect, or could not.
pub(crate) async fn end_scheduled(tx: &mut Tx<'_>, id: i64, version: Option<i64>) -> Result<(), DbError> {
    let now = tx.now().await?;
    let state = if version.is_some() { "done" } else { "overtaken" };
    tx.execute(
        "UPDATE setting_change
            SET state = $2, decided_at = $3, version = $4
          WHERE id = $1
            AND state = 'scheduled'",
        params![id, state, now, version],
    )
    .await?;
    Ok(())
}

/// Whether a setting was changed after a version of the reference tables.
pub(crate) async fn changed_after(
    tx: &mut Tx<'_>,
    sitting: &str,
    key: &Key,
    version: i64,
) -> Result<bool, DbError> {
    let sql = "SELECT MAX(c.version)
                 FROM setting_change_line l
                 JOIN setting_change c
                   ON c.id = l.change_id
                WHERE l.sitting = $1
                  AND l.kind = $2
                  AND l.scope = $3
                  AND l.item = $4";
    let (kind, place, item) = (key.kind().wire(), key.place().to_string(), key.item());
    let (last,): (Option<i64>,) = tx.query_one(sql, params![sitting, kind, place, item]).await?;
    Ok(last.is_some_and(|last| last > version))
}

/// The change by which an account made a sitting as a copy, if it did.
pub(crate) async fn copied_by(tx: &mut Tx<'_>, sitting: &str, account: &str) -> Result<Option<i64>, DbError> {
    let sql = "SELECT MIN(id)
                 FROM setting_change
                WHERE sitting = $1
                  AND origin = 'copy'
                  AND account = $2
                  AND state = 'done'";
    tx.query_one::<(Option<i64>,)>(sql, params![sitting, account]).await.map(|(id,)| id)
}

/// The id of the change that undid this one, if one did.
pub async fn undone_by(tx: &mut Tx<'_>, id: i64) -> Result<Option<i64>, DbError> {
    let sql = "SELECT MAX(id) FROM setting_change WHERE undoes = $1 AND state = 'done'";
    tx.query_one::<(Option<i64>,)>(sql, params![id]).await.map(|(id,)| id)
}

/// The last value that changes gave each setting of a sitting: kind, place, item, value.
pub async fn sums(
    tx: &mut Tx<'_>,
    sitting: &str,
) -> Result<Vec<(String, String, String, Option<String>)>, DbError> {
    tx.query(
        "SELECT l.kind, l.scope, l.item, l.value_after
           FROM setting_change_line l
           JOIN setting_change c
             ON c.id = l.change_id
          WHERE l.sitting = $1
            AND c.state = 'done'
          ORDER BY c.decided_at, c.id, l.line",
        params![sitting],
    )
    .await
}

/// The sittings that any change names.
pub async fn sittings(tx: &mut Tx<'_>) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx.query("SELECT DISTINCT sitting FROM setting_change", &[]).await?;
    Ok(rows.into_iter().map(|(sitting,)| sitting).collect())
}
