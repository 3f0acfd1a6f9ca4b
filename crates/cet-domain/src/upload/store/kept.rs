//! The bytes of uploads, and how long they are kept.

use std::path::Path;

use jiff::SignedDuration;

use super::{Upload, upload_columns};
use crate::params;
use crate::record;
use crate::store::{Db, DbError, Tx};
use crate::upload::Kind;
use crate::upload::rules::End;
use crate::words::time::Time;

/// An upload whose bytes don't arrive for so long was cut off.
const CUT_OFF_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// How long an upload waits for somebody, and how long a published one's file is kept.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long the bytes of a file count for whoever sent it.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Parts that are deleted per transaction.
const PARTS_AT_ONCE: i64 = 40;

/// Writes the file of an upload to a new file.
pub(in crate::upload) async fn write_file(db: &Db, id: i64, path: &Path) -> Result<(), DbError> {
    use std::io::Write as _;
    let io = |error: std::io::Error| DbError::Other(error.to_string());
    let mut file = cet_base::private_file::create_new(path).map_err(io)?;
    for number in 0_i64.. {
        let part: Option<(Vec<u8>,)> = db
            .read(async move |tx: &mut Tx<'_>| {
                let sql = "SELECT body FROM upload_part WHERE upload_id = $1 AND number = $2";
                tx.query_opt(sql, params![id, number]).await
            })
            .await?;
        let Some((body,)) = part else { break };
        file.write_all(&body).map_err(io)?;
    }
    file.sync_all().map_err(io)
}

record! {
    /// What an account has sent.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Sent {
        /// The files that arrive, are worked on, or wait until they are published or discarded.
        pub waiting: i64,
        /// How many of them arrive or are worked on.
        pub worked_on: i64,
        /// Since when the oldest of them waits.
        pub oldest: Option<Time>,
        /// When the first of the last day was sent.
        pub first: Option<Time>,
        /// The bytes of the last day.
        pub bytes: i64,
    }
}

/// Uploads that arrive or are worked on.
macro_rules! worked_on {
    () => {
        "u.state IN ('receiving', 'checking', 'publishing')"
    };
}

/// Uploads that wait and whose rows were read. One that can't be read is kept by time only: it can never be published, so
/// nobody is kept from sending a better one.
macro_rules! read_and_waits {
    () => {
        "(u.state IN ('columns', 'ready') OR u.state = 'bad' AND u.failure = '')"
    };
}

/// What an account has sent, as far as it counts for its limits.
pub async fn sent(tx: &mut Tx<'_>, account: &str) -> Result<Sent, DbError> {
    let since = tx.now().await?.minus(DAY);
    tx.query_one(
        concat!(
            "SELECT COALESCE(SUM(CASE WHEN ",
            worked_on!(),
            " OR ",
            read_and_waits!(),
            " THEN 1 ELSE 0 END), 0),
                    COALESCE(SUM(CASE WHEN ",
            worked_on!(),
            " THEN 1 ELSE 0 END), 0),
                    MIN(CASE WHEN ",
            read_and_waits!(),
            " THEN u.changed_at END),
                    MIN(CASE WHEN u.created_at > $2 THEN u.created_at END),
                    CAST(COALESCE(SUM(CASE WHEN u.created_at > $2 THEN u.size ELSE 0 END), 0) AS BIGINT)
               FROM upload u
              WHERE u.account = $1"
        ),
        params![account, since],
    )
    .await
}

/// The kinds of the files of an account that count for its limit, that with the most files first.
pub(in crate::upload) async fn kinds_sent(tx: &mut Tx<'_>, account: &str) -> Result<Vec<Kind>, DbError> {
    let kinds: Vec<(String,)> = tx
        .query(
            concat!(
                "SELECT u.kind FROM upload u WHERE u.account = $1 AND (",
                worked_on!(),
                " OR ",
                read_and_waits!(),
                ") GROUP BY u.kind ORDER BY COUNT(*) DESC, u.kind"
            ),
            params![account],
        )
        .await?;
    Ok(kinds.iter().filter_map(|(kind,)| Kind::from_wire(kind)).collect())
}

impl Sent {
    /// For how many seconds the account can send no more, whatever happens to its files by themselves; 0 while a node is at
    /// one of them.
    pub(in crate::upload) fn full_for(&self, now: Time) -> u64 {
        let lapses = self.oldest.filter(|_| self.worked_on == 0).map(|oldest| oldest.plus(KEPT));
        until(lapses, now)
    }

    /// For how many seconds the bytes of the last day do not become fewer.
    pub(in crate::upload) fn heavy_for(&self, now: Time) -> u64 {
        until(self.first.map(|first| first.plus(DAY)), now)
    }
}

fn until(then: Option<Time>, now: Time) -> u64 {
    then.map_or(0, |then| u64::try_from(then.since(now).as_secs()).unwrap_or(0))
}

impl Upload {
    /// How it ended without counting.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        End::from_wire(&self.ended_for)
    }

    /// Whether it is being taken back, some students at a time.
    #[must_use]
    pub fn is_being_taken_back(&self) -> bool {
        !self.taken_back_by.is_empty()
    }
}

/// Marks an upload as being taken back by somebody, for a reason; of several those of the first count.
pub(in crate::upload) async fn take_back(
    tx: &mut Tx<'_>,
    id: i64,
    (by, reason): (&str, &str),
) -> Result<(), DbError> {
    let sql =
        "UPDATE upload SET taken_back_by = $2, taken_back_why = $3 WHERE id = $1 AND taken_back_by = ''";
    tx.execute(sql, params![id, by, reason]).await?;
    Ok(())
}

/// Takes that mark away.
pub(in crate::upload) async fn taken_back(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    let sql =
        "UPDATE upload SET taken_back_by = '', taken_back_why = '' WHERE id = $1 AND taken_back_by <> ''";
    tx.execute(sql, params![id]).await?;
    Ok(())
}

/// An upload that is being taken back.
pub(in crate::upload) async fn to_take_back(tx: &mut Tx<'_>) -> Result<Option<Upload>, DbError> {
    let sql = concat!(
        "SELECT ",
        upload_columns!(),
        " FROM upload u WHERE u.taken_back_by <> '' ORDER BY u.id LIMIT 1"
    );
    tx.query_opt(sql, &[]).await
}

/// Whether the file of an upload is still there.
pub(crate) async fn has_file(tx: &mut Tx<'_>, id: i64) -> Result<bool, DbError> {
    let sql = "SELECT number FROM upload_part WHERE upload_id = $1 LIMIT 1";
    Ok(tx.query_opt::<(i64,)>(sql, params![id]).await?.is_some())
}

/// Gives up what was cut off or waits for too long; returns those whose imports are to be abandoned.
pub(in crate::upload) async fn lapsed(
    tx: &mut Tx<'_>,
    limit: i64,
) -> Result<Vec<(i64, Option<i64>)>, DbError> {
    let now = tx.now().await?;
    tx.query(
        "SELECT id, import_id
           FROM upload
          WHERE (state = 'receiving' AND changed_at < $1)
             OR (state IN ('columns', 'bad', 'ready') AND changed_at < $2)
          ORDER BY id
          LIMIT $3",
        params![now.minus(CUT_OFF_AFTER), now.minus(KEPT), limit],
    )
    .await
}

/// Marks an upload as given up; what is still received when it lapses was cut off.
pub(in crate::upload) async fn give_up(tx: &mut Tx<'_>, id: i64, end: End) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let given = tx
        .execute(
            "UPDATE upload
                SET state = 'discarded', changed_at = $2, worker = NULL, lease_until = NULL,
                    ended_for = CASE WHEN state = 'receiving' AND CAST($3 AS TEXT) = 'lapsed' THEN 'cut-off'
                                     ELSE CAST($3 AS TEXT) END
              WHERE id = $1
                AND state IN ('receiving', 'checking', 'columns', 'bad', 'ready', 'withdrawn')",
            params![id, now, end.wire()],
        )
        .await?;
    if given == 1 {
        forget_fits(tx, id).await?;
    }
    Ok(given == 1)
}

/// Keeps whose photos a file holds, in parts, in place of those of an earlier check.
pub(super) async fn keep_fits(tx: &mut Tx<'_>, id: i64, fits: &[String]) -> Result<(), DbError> {
    forget_fits(tx, id).await?;
    for (number, keys) in (0_i64..).zip(fits) {
        let sql = "INSERT INTO upload_fit (upload_id, number, keys) VALUES ($1, $2, $3)";
        tx.execute(sql, params![id, number, keys]).await?;
    }
    Ok(())
}

/// Whose photos a file holds, in parts.
pub(in crate::upload) async fn fits(tx: &mut Tx<'_>, id: i64) -> Result<Vec<String>, DbError> {
    let sql = "SELECT keys FROM upload_fit WHERE upload_id = $1 ORDER BY number";
    let parts: Vec<(String,)> = tx.query(sql, params![id]).await?;
    Ok(parts.into_iter().map(|(keys,)| keys).collect())
}

/// Forgets whose photos a file holds: they are published, or never will be.
pub(super) async fn forget_fits(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    tx.execute("DELETE FROM upload_fit WHERE upload_id = $1", params![id]).await?;
    Ok(())
}

/// Keeps who gave up an upload.
pub(in crate::upload) async fn ended(tx: &mut Tx<'_>, id: i64, by: &str) -> Result<(), DbError> {
    forget_fits(tx, id).await?;
    let sql = "UPDATE upload SET ended_for = $2, ended_by = $3 WHERE id = $1";
    tx.execute(sql, params![id, End::GivenUp.wire(), by]).await?;
    Ok(())
}

/// Deletes a batch of parts that nobody needs any more; returns how many.
pub(in crate::upload) async fn delete_parts(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let kept_since = tx.now().await?.minus(KEPT);
    let parts: Vec<(i64, i64)> = tx
        .query(
            "SELECT p.upload_id, p.number
               FROM upload_part p
               JOIN upload u ON u.id = p.upload_id
              WHERE u.state = 'discarded'
                 OR (u.state IN ('published', 'withdrawn') AND u.changed_at < $1)
              LIMIT $2",
            params![kept_since, PARTS_AT_ONCE],
        )
        .await?;
    for (upload, number) in &parts {
        let sql = "DELETE FROM upload_part WHERE upload_id = $1 AND number = $2";
        tx.execute(sql, params![upload, number]).await?;
    }
    Ok(i64::try_from(parts.len()).unwrap_or(i64::MAX))
}
