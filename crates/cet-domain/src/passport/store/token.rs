//! Tokens of mailed links: 256 random bits, of which only the hash is stored, for one purpose, usable once (A5, W6,
//! I13).

use jiff::SignedDuration;

use crate::jobs::sweep::Sweep;
use crate::outbox;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::vault::{Vault, token_hash};
use crate::words::codes::SchoolCode;
use crate::words::ids::PassportId;
use crate::words::time::Time;

/// Wrong names after which a recovery link becomes invalid (A5).
pub const TRIES: i64 = 5;
/// How long used and expired tokens are kept, so that the invariants can be checked.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The most tokens that one sweep deletes.
const SWEPT_AT_ONCE: usize = 500;
/// Length of a token's text; others are not looked up.
const LENGTH: usize = 64;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new password (A5).
    Recovery,
    /// Proves that the owner reads mails to the address (W4).
    Verification,
    /// Restores a verified address after a change (W5).
    Undo,
}

impl Purpose {
    /// The name in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::Verification => "verification",
            Self::Undo => "undo",
        }
    }

    /// The kind of its mail in the outbox; the token's id is the event.
    #[must_use]
    pub const fn mail(self) -> &'static str {
        match self {
            Self::Recovery => "passport-recovery",
            Self::Verification => "passport-verification",
            Self::Undo => "passport-undo",
        }
    }

    /// How long it is valid after its mail was sent.
    #[must_use]
    pub const fn life(self) -> SignedDuration {
        match self {
            Self::Recovery => SignedDuration::from_mins(30),
            Self::Verification => SignedDuration::from_hours(24),
            Self::Undo => SignedDuration::from_hours(7 * 24),
        }
    }

    /// The path before the token.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Recovery => "/recover/",
            Self::Verification => "/account/verification/",
            Self::Undo => "/account/undo/",
        }
    }
}

/// A new token; its Debug does not show it.
pub struct Issued {
    /// The key of its row.
    pub id: i64,
    /// The text in the link.
    pub text: String,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issued({})", self.id)
    }
}

/// Requests for another verification within this time send no second mail: a double click, or a retry.
pub(crate) const ONE_MAIL: SignedDuration = SignedDuration::from_secs(30);
/// How long a form that has succeeded may be submitted again and get the first result.
pub const REPEATED: SignedDuration = SignedDuration::from_mins(10);

record! {
    /// A token that may be invalid by now.
    pub struct Past {
        /// The key of its row.
        pub id: i64,
        /// Its passport.
        pub passport: PassportId,
        /// The address it was mailed to.
        pub email: String,
        /// When it was used, if it was.
        pub used: Option<Time>,
    }
}

record! {
    struct Row {
        id: i64, passport: PassportId, email: String, created: Time, expires: Time,
    }
}

/// A valid token.
#[derive(Clone, PartialEq, Eq)]
pub struct Live {
    /// The key of its row.
    pub id: i64,
    /// Its passport.
    pub passport: PassportId,
    /// The address it was mailed to.
    pub email: String,
    /// When it was made.
    pub created: Time,
    /// When it expires: its life counts from the sending of its mail.
    pub expires: Time,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Live(token {} of passport {})", self.id, self.passport)
    }
}

/// Creates a token and revokes the older ones of its purpose; the caller has locked the passport. Older undo links
/// stay: each restores another address, and only its owner may revoke it.
pub async fn issue(
    tx: &mut Tx<'_>,
    vault: &Vault,
    passport: PassportId,
    purpose: Purpose,
    email: &str,
) -> Result<Issued, DbError> {
    let now = tx.now().await?;
    match purpose {
        Purpose::Recovery | Purpose::Verification => revoke(tx, passport, purpose).await?,
        Purpose::Undo => {}
    }
    let text =
        crate::passport::session::new_token(vault).map_err(|error| DbError::Other(error.to_string()))?;
    let id = tx.new_id();
    tx.execute(
        "INSERT INTO mail_token (id, token_hash, passport_id, purpose, email, created_at, expires_at, tries)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
        params![id, token_hash(&text), passport, purpose.wire(), email, now, now.plus(purpose.life())],
    )
    .await?;
    Ok(Issued { id, text })
}

/// The token of a link, if it is valid. Reading never uses it up (TH15).
pub async fn find(tx: &mut Tx<'_>, text: &str, purpose: Purpose) -> Result<Option<Live>, DbError> {
    if text.len() != LENGTH {
        return Ok(None);
    }
    let row: Option<Row> = tx
        .query_opt(
            "SELECT id, passport_id, email, created_at, expires_at
               FROM mail_token
              WHERE token_hash = $1
                AND purpose = $2
                AND used_at IS NULL
                AND revoked_at IS NULL
                AND tries < $3",
            params![token_hash(text), purpose.wire(), TRIES],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    // Otherwise a mail delayed by its server (F12) would arrive with an expired link.
    let sent = outbox::store::sent_at(tx, SchoolCode::NONE, purpose.mail(), &row.id.to_string()).await?;
    let expires = sent.map_or(row.expires, |sent| row.expires.max(sent.plus(purpose.life())));
    let now = tx.now().await?;
    let live = Live { id: row.id, passport: row.passport, email: row.email, created: row.created, expires };
    Ok((now < expires).then_some(live))
}

/// The token of a link, valid or not: to give a repeated request the first result.
pub(crate) async fn find_past(
    tx: &mut Tx<'_>,
    text: &str,
    purpose: Purpose,
) -> Result<Option<Past>, DbError> {
    if text.len() != LENGTH {
        return Ok(None);
    }
    tx.query_opt(
        "SELECT id, passport_id, email, used_at
           FROM mail_token
          WHERE token_hash = $1
            AND purpose = $2",
        params![token_hash(text), purpose.wire()],
    )
    .await
}

/// Counts a wrong name; the last one invalidates the token.
pub(crate) async fn count_try(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    tx.execute("UPDATE mail_token SET tries = tries + 1 WHERE id = $1 AND tries < $2", params![id, TRIES])
        .await?;
    Ok(())
}

/// Uses up a token; returns whether this call did. The condition is the guard of I13: of many at once one wins.
pub async fn consume(tx: &mut Tx<'_>, token: &Live) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let rows = tx
        .execute(
            "UPDATE mail_token
                SET used_at = $2, expires_at = $3
              WHERE id = $1
                AND used_at IS NULL
                AND revoked_at IS NULL
                AND tries < $4
                AND CAST($2 AS BIGINT) < CAST($3 AS BIGINT)",
            params![token.id, now, token.expires, TRIES],
        )
        .await?;
    Ok(rows == 1)
}

async fn revoke(tx: &mut Tx<'_>, passport: PassportId, purpose: Purpose) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE mail_token
            SET revoked_at = $3
          WHERE passport_id = $1
            AND purpose = $2
            AND used_at IS NULL
            AND revoked_at IS NULL",
        params![passport, purpose.wire(), now],
    )
    .await?;
    Ok(())
}

/// Revokes what a change of password or address invalidates: recovery and verification links (W4, W6). Undo links stay,
/// otherwise whoever took over an account could revoke them by a second change.
pub(crate) async fn revoke_pending(tx: &mut Tx<'_>, passport: PassportId) -> Result<(), DbError> {
    revoke(tx, passport, Purpose::Recovery).await?;
    revoke(tx, passport, Purpose::Verification).await
}

/// Revokes the undo links made since `since`: they would restore addresses that are not the owner's.
pub(crate) async fn revoke_undo_since(
    tx: &mut Tx<'_>,
    passport: PassportId,
    since: Time,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE mail_token
            SET revoked_at = $3
          WHERE passport_id = $1
            AND purpose = 'undo'
            AND created_at >= $2
            AND used_at IS NULL
            AND revoked_at IS NULL",
        params![passport, since, now],
    )
    .await?;
    Ok(())
}

/// How many of a purpose were created after `since`; the caller has locked the passport.
pub(crate) async fn made_since(
    tx: &mut Tx<'_>,
    passport: PassportId,
    purpose: Purpose,
    since: Time,
) -> Result<i64, DbError> {
    let (count,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*) FROM mail_token WHERE passport_id = $1 AND purpose = $2 AND created_at > $3",
            params![passport, purpose.wire(), since],
        )
        .await?;
    Ok(count)
}

/// Tokens that expired long ago.
pub(crate) fn ended() -> Sweep<i64> {
    Sweep::new(
        "links",
        SWEPT_AT_ONCE,
        &[KEPT],
        "SELECT id FROM mail_token WHERE expires_at < $2 ORDER BY expires_at LIMIT $1",
        "DELETE FROM mail_token WHERE id = $1 AND expires_at < $2",
    )
}
/// Deletes all links of a passport; returns the addresses that they were mailed to.
pub(crate) async fn erase(tx: &mut Tx<'_>, passport: PassportId) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .query(
            "SELECT DISTINCT email FROM mail_token WHERE passport_id = $1 ORDER BY email",
            params![passport],
        )
        .await?;
    tx.execute("DELETE FROM mail_token WHERE passport_id = $1", params![passport]).await?;
    Ok(rows.into_iter().map(|(email,)| email).collect())
}
