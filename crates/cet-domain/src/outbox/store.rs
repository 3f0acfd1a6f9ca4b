//! The SQL of the outbox and the rehearsal mailbox.

use jiff::SignedDuration;

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// The first retry delay after a failed try; it doubles up to six hours.
const FIRST_RETRY: SignedDuration = SignedDuration::from_mins(1);
const MOST_DOUBLINGS: i64 = 9;

record! {
    /// A mail that is due.
    pub struct Due {
        /// The school of its row.
        pub school: SchoolCode,
        /// Its id.
        pub id: i64,
        /// The sealed mail.
        pub sealed: Vec<u8>,
        /// How often it was tried.
        pub tries: i64,
    }
}

record! {
    /// A mail as the rehearsal's mailbox shows it.
    pub struct Boxed {
        /// The address.
        pub recipient: String,
        /// The subject.
        pub subject: String,
        /// The plain part.
        pub body: String,
        /// When it was sent.
        pub at: Time,
    }
}

pub(super) async fn insert(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    kind: &str,
    event: &str,
    lang: &str,
    sealed: Vec<u8>,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    let id = tx.new_id();
    tx.execute(
        "INSERT INTO outbox (school, id, kind, event, lang, sealed, created_at, try_at, tries, sent_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0, NULL)
         ON CONFLICT DO NOTHING",
        params![school, id, kind, event, lang, sealed, now],
    )
    .await?;
    Ok(())
}

/// Mails that are due, the most overdue first.
pub async fn due(tx: &mut Tx<'_>, most: i64) -> Result<Vec<(SchoolCode, i64)>, DbError> {
    let now = tx.now().await?;
    tx.query(
        "SELECT school, id
           FROM outbox
          WHERE try_at IS NOT NULL
            AND try_at <= $1
          ORDER BY try_at, id
          LIMIT $2",
        params![now, most],
    )
    .await
}

/// How many mails are queued, and how many of these were tried before without success. One that is being sent counts as
/// tried.
pub async fn waiting(tx: &mut Tx<'_>) -> Result<(i64, i64), DbError> {
    tx.query_one(
        "SELECT COUNT(*), COUNT(CASE WHEN tries > 0 THEN 1 END) FROM outbox WHERE try_at IS NOT NULL",
        &[],
    )
    .await
}

/// Claims a due mail for one try: no other node gets it before the lease ends. `None` when another one holds it.
pub async fn claim(tx: &mut Tx<'_>, school: SchoolCode, id: i64) -> Result<Option<Due>, DbError> {
    let now = tx.now().await?;
    let due: Option<Due> = tx
        .query_opt(
            "SELECT school, id, sealed, tries
               FROM outbox
              WHERE school = $1
                AND id = $2
                AND try_at <= $3
                FOR UPDATE SKIP LOCKED",
            params![school, id, now],
        )
        .await?;
    let Some(mail) = due else { return Ok(None) };
    let doublings = u32::try_from(mail.tries.clamp(0, MOST_DOUBLINGS)).unwrap_or(0);
    let wait = FIRST_RETRY.saturating_mul(1_i32.checked_shl(doublings).unwrap_or(1));
    tx.execute(
        "UPDATE outbox
            SET try_at = $3,
                tries = tries + 1
          WHERE school = $1
            AND id = $2
            AND sent_at IS NULL",
        params![mail.school, mail.id, now.plus(wait)],
    )
    .await?;
    Ok(Some(mail))
}

/// Whether a mail is no longer queued.
pub async fn is_settled(tx: &mut Tx<'_>, school: SchoolCode, id: i64) -> Result<bool, DbError> {
    let (owed,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*) FROM outbox WHERE school = $1 AND id = $2 AND try_at IS NOT NULL",
            params![school, id],
        )
        .await?;
    Ok(owed == 0)
}

/// Marks a mail as sent and clears its content.
pub async fn sent(tx: &mut Tx<'_>, school: SchoolCode, id: i64) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE outbox
            SET sent_at = $3,
                try_at = NULL,
                sealed = $4
          WHERE school = $1
            AND id = $2",
        params![school, id, now, Vec::<u8>::new()],
    )
    .await?;
    Ok(())
}

/// Ends the queueing of a mail that is over before anybody took it, and clears its content.
pub(super) async fn left_out(tx: &mut Tx<'_>, school: SchoolCode, id: i64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE outbox
            SET try_at = NULL,
                sealed = $3
          WHERE school = $1
            AND id = $2",
        params![school, id, Vec::<u8>::new()],
    )
    .await?;
    Ok(())
}

/// When the mail of an event was sent; `None` while it is queued.
pub async fn sent_at(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    kind: &str,
    event: &str,
) -> Result<Option<Time>, DbError> {
    let row: Option<(Option<Time>,)> = tx
        .query_opt(
            "SELECT sent_at FROM outbox WHERE school = $1 AND kind = $2 AND event = $3",
            params![school, kind, event],
        )
        .await?;
    Ok(row.and_then(|(sent,)| sent))
}

/// Delivers a mail to the rehearsal's mailbox.
pub(crate) async fn put_in_mailbox(
    tx: &mut Tx<'_>,
    recipient: &str,
    subject: &str,
    body: &str,
    html: &str,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    let id = tx.new_id();
    tx.execute(
        "INSERT INTO mailbox (id, recipient, subject, body, html, at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![id, recipient, subject, body, html, now],
    )
    .await?;
    Ok(())
}

/// The rehearsal's mails, newest first.
pub async fn mailbox(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Boxed>, DbError> {
    tx.query("SELECT recipient, subject, body, at FROM mailbox ORDER BY id DESC LIMIT $1", params![most])
        .await
}
