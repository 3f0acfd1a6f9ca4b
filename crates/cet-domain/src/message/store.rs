//! The SQL of messages. `passport` is read for where and in which language, and whether optional mails are wanted.

use super::{Facts, Kind};
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::words::ids::PassportId;
use crate::words::time::Time;

record! {
    /// A message as it is kept.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Kept {
        /// Where it stands: later ones have greater ids.
        pub id: i64,
        /// What it tells of.
        pub kind: Kind,
        /// What it is made of, as JSON.
        pub facts: String,
        /// What somebody wrote, sealed.
        pub words_sealed: Option<Vec<u8>>,
        /// When it was told.
        pub at: Time,
    }
}

record! {
    /// A message whose mail is owed.
    pub struct Owed {
        /// Whose.
        pub passport: PassportId,
        /// What it tells of.
        pub kind: Kind,
        /// Which event.
        pub event: String,
        /// Its own id, which it keeps when its registration moves.
        pub id: i64,
        /// What it is made of, as JSON.
        pub facts: String,
        /// What somebody wrote, sealed.
        pub words_sealed: Option<Vec<u8>>,
    }
}

record! {
    /// Where the mail goes.
    pub struct Addressee {
        /// The address.
        pub email: String,
        /// The language of the last log-in.
        pub lang: Lang,
        /// Whether optional mails are sent.
        pub wants_optional: bool,
    }
}

/// Keeps a message, together with the caller's next statement; nothing changes when it was told before. There is none for
/// a passport that is not there.
pub(super) async fn insert(
    tx: &mut Tx<'_>,
    to: PassportId,
    event: &str,
    facts: &Facts,
    words_sealed: Option<Vec<u8>>,
) -> Result<(), DbError> {
    let (now, id, kind) = (tx.now().await?, tx.new_id(), facts.kind());
    let text = serde_json::to_string(facts).map_err(|error| DbError::Other(error.to_string()))?;
    tx.execute_soon(
        "INSERT INTO message (passport_id, kind, event, id, facts, words_sealed, at, mail_at)
         SELECT id, $2, $3, $4, $5, $6, $7,
                CASE WHEN optional_mails OR CAST($8 AS BOOLEAN) THEN CAST($7 AS BIGINT) END
           FROM passport
          WHERE id = $1
         ON CONFLICT DO NOTHING",
        params![to, kind, event, id, text, words_sealed, now, !kind.is_optional()],
    )
    .await?
    .ignore();
    Ok(())
}

/// A passport's messages, the newest first: those older than the message `before`, or from the newest on.
pub async fn of_passport(
    tx: &mut Tx<'_>,
    passport: PassportId,
    before: Option<i64>,
    most: i64,
) -> Result<Vec<Kept>, DbError> {
    tx.query(
        "SELECT id, kind, facts, words_sealed, at
           FROM message
          WHERE passport_id = $1
            AND id < $2
          ORDER BY id DESC
          LIMIT $3",
        params![passport, before.unwrap_or(i64::MAX), most],
    )
    .await
}

/// A passport's messages of one kind, in the order in which they were told.
pub(crate) async fn of_kind(tx: &mut Tx<'_>, passport: PassportId, kind: Kind) -> Result<Vec<Kept>, DbError> {
    tx.query(
        "SELECT id, kind, facts, words_sealed, at
           FROM message
          WHERE passport_id = $1
            AND kind = $2
          ORDER BY id",
        params![passport, kind],
    )
    .await
}

/// What somebody wrote for the candidate in one message, sealed.
pub async fn words_of(
    tx: &mut Tx<'_>,
    passport: PassportId,
    kind: Kind,
    event: &str,
) -> Result<Option<Vec<u8>>, DbError> {
    let row: Option<(Option<Vec<u8>>,)> = tx
        .query_opt(
            "SELECT words_sealed
               FROM message
              WHERE passport_id = $1
                AND kind = $2
                AND event = $3",
            params![passport, kind, event],
        )
        .await?;
    Ok(row.and_then(|(words,)| words))
}

/// Messages whose mail is owed, the longest owed first.
pub(super) async fn owed(tx: &mut Tx<'_>, most: i64) -> Result<Vec<(PassportId, Kind, String)>, DbError> {
    let now = tx.now().await?;
    tx.query(
        "SELECT passport_id, kind, event
           FROM message
          WHERE mail_at <= $1
          ORDER BY mail_at, passport_id, id
          LIMIT $2",
        params![now, most],
    )
    .await
}

/// One of them, unless another node is at it or has done it. COALESCE keeps PostgreSQL without statistics from going by
/// `message_mail`.
pub(super) async fn claim(
    tx: &mut Tx<'_>,
    (passport, kind, event): &(PassportId, Kind, String),
) -> Result<Option<Owed>, DbError> {
    tx.query_opt(
        "SELECT passport_id, kind, event, id, facts, words_sealed
           FROM message
          WHERE passport_id = $1
            AND kind = $2
            AND event = $3
            AND COALESCE(mail_at, -1) >= 0
            FOR UPDATE SKIP LOCKED",
        params![passport, kind, event],
    )
    .await
}

/// Its mail is in the outbox, or not wanted.
pub(super) async fn settled(tx: &mut Tx<'_>, of: &Owed) -> Result<(), DbError> {
    tx.execute_soon(
        "UPDATE message
            SET mail_at = NULL
          WHERE passport_id = $1
            AND kind = $2
            AND event = $3",
        params![of.passport, of.kind, of.event],
    )
    .await?
    .ignore();
    Ok(())
}

/// Where mails to a passport go.
pub(super) async fn addressee(tx: &mut Tx<'_>, passport: PassportId) -> Result<Option<Addressee>, DbError> {
    tx.query_opt("SELECT email, lang, optional_mails FROM passport WHERE id = $1", params![passport]).await
}

/// Gives what a passport was told to another one: a registration moves (A7). What waits to be mailed goes to the new address.
pub(crate) async fn move_all(tx: &mut Tx<'_>, from: PassportId, to: PassportId) -> Result<(), DbError> {
    // The key's first column never changes in place, so that a database that is distributed by it can do it too.
    tx.execute_soon(
        "INSERT INTO message (passport_id, kind, event, id, facts, words_sealed, at, mail_at)
         SELECT CAST($2 AS BIGINT), kind, event, id, facts, words_sealed, at, mail_at
           FROM message
          WHERE passport_id = $1
         ON CONFLICT DO NOTHING",
        params![from, to],
    )
    .await?
    .ignore();
    tx.execute_soon("DELETE FROM message WHERE passport_id = $1", params![from]).await?.ignore();
    Ok(())
}

/// Empties what staff wrote before a time, once its mail is made, for the retention job; returns how many.
pub(crate) async fn empty(tx: &mut Tx<'_>, before: Time, most: i64) -> Result<u64, DbError> {
    tx.execute(
        "UPDATE message
            SET words_sealed = NULL
          WHERE (passport_id, kind, event) IN (SELECT passport_id, kind, event
                                                 FROM message
                                                WHERE at < $1
                                                  AND words_sealed IS NOT NULL
                                                  AND mail_at IS NULL
                                                ORDER BY at
                                                LIMIT $2)",
        params![before, most],
    )
    .await
}
