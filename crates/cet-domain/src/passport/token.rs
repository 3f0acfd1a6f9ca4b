//! What mailed links carry: 256 random bits, of which only the hash is stored, for one purpose, once (A5, W6, I13).

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

/// Wrong names after which a recovery link is worthless (A5).
pub const TRIES: i64 = 5;
/// Used and expired tokens are kept so long, for the invariants to be asked about them.
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
    /// Proves that the owner reads the address (W4).
    Verification,
    /// Brings a verified address back after a change (W5).
    Undo,
}

impl Purpose {
    /// The word in the database.
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

    /// How long it works after its mail was sent.
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

/// A fresh token; its Debug does not show it.
pub struct Issued {
    /// The key of its row.
    pub id: i64,
    /// What the link carries.
    pub text: String,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issued({})", self.id)
    }
}

/// Whoever asks for a verification again within this time gets no second mail: a button that was pressed twice, or a repeat.
pub const ONE_MAIL: SignedDuration = SignedDuration::from_secs(30);
/// How long a form that has done its work may be sent again and be answered as the first time.
pub const REPEATED: SignedDuration = SignedDuration::from_mins(10);

record! {
    /// A token that works no more.
    pub struct Past {
        /// The key of its row.
        pub id: i64,
        /// Whose it is.
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

/// A token that works now.
#[derive(Clone, PartialEq, Eq)]
pub struct Live {
    /// The key of its row.
    pub id: i64,
    /// Whose it is.
    pub passport: PassportId,
    /// The address it was mailed to.
    pub email: String,
    /// When it was made.
    pub created: Time,
    /// When it ends: its life counts from the sending of its mail.
    pub expires: Time,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Live(token {} of passport {})", self.id, self.passport)
    }
}

/// Makes a token and ends the older ones of its purpose; the passport is locked. Older undo links stay: each brings
/// another address back, and none but its owner may end it.
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
    let text = super::session::new_token(vault).map_err(|error| DbError::Other(error.to_string()))?;
    let id = tx.new_id();
    tx.execute(
        "INSERT INTO mail_token (id, token_hash, passport_id, purpose, email, created_at, expires_at, tries)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
        params![id, token_hash(&text), passport, purpose.wire(), email, now, now.plus(purpose.life())],
    )
    .await?;
    Ok(Issued { id, text })
}

/// The token of a link, if it works now. Reading never uses it up (TH15).
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
    // A mail that waited for its server (F12) would else arrive with a dead link.
    let sent = outbox::store::sent_at(tx, SchoolCode::NONE, purpose.mail(), &row.id.to_string()).await?;
    let expires = sent.map_or(row.expires, |sent| row.expires.max(sent.plus(purpose.life())));
    let now = tx.now().await?;
    let live = Live { id: row.id, passport: row.passport, email: row.email, created: row.created, expires };
    Ok((now < expires).then_some(live))
}

/// The token of a link, whether or not it still works: for what is answered of one that did its work.
pub async fn find_past(tx: &mut Tx<'_>, text: &str, purpose: Purpose) -> Result<Option<Past>, DbError> {
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

/// Counts a wrong name; the last one ends the token.
pub async fn count_try(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    tx.execute("UPDATE mail_token SET tries = tries + 1 WHERE id = $1 AND tries < $2", params![id, TRIES])
        .await?;
    Ok(())
}

/// Uses a token up; whether it was this call that did. The condition is the guard of I13: of many at once one wins.
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

/// Ends what a change of password or address ends: links to a new password and to a verification (W4, W6). Undo links
/// stay, or whoever took an account over would end them by a second change.
pub async fn revoke_pending(tx: &mut Tx<'_>, passport: PassportId) -> Result<(), DbError> {
    revoke(tx, passport, Purpose::Recovery).await?;
    revoke(tx, passport, Purpose::Verification).await
}

/// Ends the undo links made since `since`: they lead back to addresses of somebody else's.
pub async fn revoke_undo_since(tx: &mut Tx<'_>, passport: PassportId, since: Time) -> Result<(), DbError> {
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

/// How many of a purpose were made after `since`; the passport is locked.
pub async fn made_since(
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

/// Tokens that ended long ago.
pub(super) fn ended() -> Sweep<i64> {
    Sweep::new(
        "links",
        SWEPT_AT_ONCE,
        &[KEPT],
        "SELECT id FROM mail_token WHERE expires_at < $2 ORDER BY expires_at LIMIT $1",
        "DELETE FROM mail_token WHERE id = $1 AND expires_at < $2",
    )
}
