//! Sessions (A8, TH10, TH11): an opaque token in a cookie, its hash in the database, limits by `tx.now()`.

use jiff::SignedDuration;

use crate::config;
use crate::jobs::sweep::Sweep;
use crate::params;
use crate::passport::device::Device;
use crate::record;
use crate::registration::claim;
use crate::store::{DbError, Tx};
use crate::vault::{Vault, VaultError, to_hex, token_hash};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RecordId, RegistrationId};
use crate::words::time::Time;

/// The minimum interval between recorded page views: a write for each would be the site's hottest one.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// The most sessions that one sweep deletes.
const SWEPT_AT_ONCE: usize = 500;

/// A live session.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The key of its row.
    pub token_hash: Vec<u8>,
    /// Its passport.
    pub passport: PassportId,
    /// The student record that was looked up last: its school and id.
    pub looked_up: Option<(SchoolCode, RecordId)>,
    /// The registration of the passport for the requested sitting.
    pub registration: Option<BoundTo>,
    /// Whether the passport's address is verified (W4).
    pub verified: bool,
    /// The last recorded request before this one.
    pub seen_at: Time,
    /// Whether this page view must be recorded.
    pub due: bool,
    /// The records that its pages showed last.
    shown: Shown,
}

/// A page whose record changes with another lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownOn {
    /// `/qualification/record`.
    Record,
    /// `/review`.
    Review,
    /// `/record-report`.
    Report,
    /// `/dispute`.
    Dispute,
}

/// The record that each of those pages showed last.
#[derive(Clone, Default, PartialEq, Eq)]
struct Shown {
    record: Option<String>,
    review: Option<String>,
    report: Option<String>,
    dispute: Option<String>,
}

impl Session {
    /// The record that a page showed last in this session.
    #[must_use]
    pub fn shown(&self, page: ShownOn) -> Option<&String> {
        match page {
            ShownOn::Record => self.shown.record.as_ref(),
            ShownOn::Review => self.shown.review.as_ref(),
            ShownOn::Report => self.shown.report.as_ref(),
            ShownOn::Dispute => self.shown.dispute.as_ref(),
        }
    }
}

/// The part of a live registration that every page needs.
#[derive(Clone, PartialEq, Eq)]
pub struct BoundTo {
    /// The home school, part of the key of all its rows.
    pub school: SchoolCode,
    /// Its id.
    pub id: RegistrationId,
    /// The home campus.
    pub campus: CampusCode,
    /// The student's name, as the roster had it.
    pub name: String,
    /// The student's record from which it was made, in the same school.
    pub record: RecordId,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session(passport {})", self.passport)
    }
}

impl std::fmt::Debug for BoundTo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BoundTo(registration {})", self.id)
    }
}

/// The time limits of sessions.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// Without a request.
    pub idle: SignedDuration,
    /// After logging in.
    pub absolute: SignedDuration,
}

impl From<&config::Session> for Life {
    fn from(section: &config::Session) -> Self {
        Self {
            idle: SignedDuration::from_mins(section.idle),
            absolute: SignedDuration::from_mins(section.absolute),
        }
    }
}

impl Life {
    fn holds(self, created: Time, seen: Time, now: Time) -> bool {
        now < seen.plus(self.idle) && now < created.plus(self.absolute)
    }

    /// A quarter of a short idle limit, so that an active reader is never logged out.
    fn seen_every(self) -> SignedDuration {
        SEEN_EVERY.min(self.idle.checked_div(4).unwrap_or(SEEN_EVERY))
    }
}

/// A fresh token, 256 bits.
///
/// # Errors
/// [`VaultError::Chance`].
pub fn new_token(vault: &Vault) -> Result<String, VaultError> {
    Ok(to_hex(&vault.random::<32>()?))
}

/// Begins a session; the row's key is the token's hash, so that a stolen database gives no usable token. Returns
/// whether it is new.
pub async fn begin(
    tx: &mut Tx<'_>,
    passport: PassportId,
    token: &str,
    device: &Device,
) -> Result<bool, DbError> {
    let (now, id) = (tx.now().await?, tx.new_id());
    let begun = tx
        .execute(
            "INSERT INTO session (token_hash, passport_id, created_at, seen_at, id, browser, network)
             VALUES ($1, $2, $3, $3, $4, $5, $6)
             ON CONFLICT DO NOTHING",
            params![token_hash(token), passport, now, id, device.browser, device.network],
        )
        .await?;
    Ok(begun == 1)
}

/// Whether a session with this token exists: a use case whose COMMIT answer was lost may have begun it.
pub async fn is_begun(tx: &mut Tx<'_>, token: &str) -> Result<bool, DbError> {
    let row: Option<(PassportId,)> = tx
        .query_opt("SELECT passport_id FROM session WHERE token_hash = $1", params![token_hash(token)])
        .await?;
    Ok(row.is_some())
}

/// Ends one session; returns whether there was one.
pub async fn end(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<bool, DbError> {
    Ok(tx.execute("DELETE FROM session WHERE token_hash = $1", params![token_hash]).await? == 1)
}

/// Ends all sessions of a passport, in the transaction that changes its password or address.
pub(crate) async fn end_all(tx: &mut Tx<'_>, passport: PassportId) -> Result<u64, DbError> {
    tx.execute("DELETE FROM session WHERE passport_id = $1", params![passport]).await
}

/// Ends all sessions of all candidates; returns how many.
pub(crate) async fn end_everybodys(tx: &mut Tx<'_>) -> Result<u64, DbError> {
    tx.execute("DELETE FROM session", &[]).await
}

/// Ends all sessions of a passport except one, which continues under a new token (TH10) as a new session.
pub(crate) async fn renew(
    tx: &mut Tx<'_>,
    passport: PassportId,
    old: &[u8],
    token: &str,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    end_others(tx, passport, old).await?;
    tx.execute(
        "UPDATE session SET token_hash = $3, created_at = $4, seen_at = $4
          WHERE passport_id = $1 AND token_hash = $2",
        params![passport, old, token_hash(token), now],
    )
    .await?;
    Ok(())
}

record! {
    /// A session as its owner sees it in a list (A9).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Listed {
        /// Its id, which opens nothing; 0 for one begun before sessions had ids.
        pub id: i64,
        /// The key of its row.
        pub token_hash: Vec<u8>,
        /// When it began.
        pub created_at: Time,
        /// The last recorded request.
        pub seen_at: Time,
        /// The code of its browser.
        pub browser: String,
        /// The shortened network.
        pub network: String,
    }
}

/// The live sessions of a passport, the last used first.
pub async fn of_passport(tx: &mut Tx<'_>, passport: PassportId, life: Life) -> Result<Vec<Listed>, DbError> {
    let mut rows: Vec<Listed> = tx
        .query(
            "SELECT id, token_hash, created_at, seen_at, browser, network FROM session WHERE passport_id = $1",
            params![passport],
        )
        .await?;
    let now = tx.now().await?;
    rows.retain(|row| life.holds(row.created_at, row.seen_at, now));
    // Not by SQL: an order by seen_at could lead a database without statistics through everybody's sessions.
    rows.sort_by_key(|row| std::cmp::Reverse((row.seen_at, row.id)));
    Ok(rows)
}

/// Ends one session of a passport by its id; returns whether there was one.
pub(crate) async fn end_by_id(tx: &mut Tx<'_>, passport: PassportId, id: i64) -> Result<bool, DbError> {
    let ended = tx
        .execute("DELETE FROM session WHERE passport_id = $1 AND id = $2 AND id <> 0", params![passport, id])
        .await?;
    Ok(ended > 0)
}

/// Ends all sessions of a passport but one; returns how many.
pub async fn end_others(tx: &mut Tx<'_>, passport: PassportId, own: &[u8]) -> Result<u64, DbError> {
    tx.execute("DELETE FROM session WHERE passport_id = $1 AND token_hash <> $2", params![passport, own])
        .await
}

/// Stores the looked-up record in the session until the next lookup.
pub async fn remember_lookup(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
    school: SchoolCode,
    record: RecordId,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE session SET looked_up_school = $2, looked_up_record = $3 WHERE token_hash = $1",
        params![token_hash, school, record],
    )
    .await?;
    Ok(())
}

/// Forgets what a passport looked up, in each of its sessions.
pub(crate) async fn forget_lookups(tx: &mut Tx<'_>, passport: PassportId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE session SET looked_up_school = NULL, looked_up_record = NULL WHERE passport_id = $1",
        params![passport],
    )
    .await?;
    Ok(())
}

/// Expired sessions. One past its absolute limit is not used any more, so that the idle limit removes it.
pub(crate) fn ended(life: Life) -> Sweep<Vec<u8>> {
    Sweep::new(
        "sessions",
        SWEPT_AT_ONCE,
        &[life.idle],
        "SELECT token_hash FROM session WHERE seen_at <= $2 ORDER BY seen_at LIMIT $1",
        "DELETE FROM session WHERE token_hash = $1 AND seen_at <= $2",
    )
}

/// Records a page view.
pub async fn seen(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2",
        params![token_hash, now],
    )
    .await?;
    Ok(())
}

/// Stores which record a page shows, if it has changed.
pub async fn remember_shown(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
    page: ShownOn,
    record: &str,
) -> Result<(), DbError> {
    let sql = match page {
        ShownOn::Record => "UPDATE session SET record_shown = $2 WHERE token_hash = $1",
        ShownOn::Review => "UPDATE session SET review_shown = $2 WHERE token_hash = $1",
        ShownOn::Report => "UPDATE session SET report_shown = $2 WHERE token_hash = $1",
        ShownOn::Dispute => "UPDATE session SET dispute_shown = $2 WHERE token_hash = $1",
    };
    tx.execute(sql, params![token_hash, record]).await?;
    Ok(())
}

record! {
    struct Row {
        passport: PassportId, created: Time, seen: Time, school: Option<SchoolCode>, record: Option<RecordId>,
        record_shown: Option<String>, review_shown: Option<String>, report_shown: Option<String>,
        dispute_shown: Option<String>,
    }
}

/// The live session of a token, with the registration for `sitting`: the hot path of every page, so only look-ups by key.
pub async fn find(
    tx: &mut Tx<'_>,
    token: &str,
    life: Life,
    sitting: Option<&SittingCode>,
) -> Result<Option<Session>, DbError> {
    let token_hash = token_hash(token);
    let row: Option<Row> = tx
        .query_opt(
            "SELECT passport_id, created_at, seen_at, looked_up_school, looked_up_record, record_shown, review_shown,
                    report_shown, dispute_shown
               FROM session
              WHERE token_hash = $1",
            params![token_hash],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let now = tx.now().await?;
    if !life.holds(row.created, row.seen, now) {
        return Ok(None);
    }
    let Some((changed, verified)) = tx
        .query_opt::<(Time, Option<Time>)>(
            "SELECT credential_changed_at, email_verified_at FROM passport WHERE id = $1",
            params![row.passport],
        )
        .await?
    else {
        return Ok(None);
    };
    if row.created < changed {
        return Ok(None);
    }
    let registration = match sitting {
        Some(sitting) => registration(tx, row.passport, sitting, now).await?,
        None => None,
    };
    Ok(Some(Session {
        token_hash,
        passport: row.passport,
        looked_up: row.school.zip(row.record),
        registration,
        verified: verified.is_some(),
        seen_at: row.seen,
        due: now.since(row.seen) >= life.seen_every(),
        shown: Shown {
            record: row.record_shown,
            review: row.review_shown,
            report: row.report_shown,
            dispute: row.dispute_shown,
        },
    }))
}

/// The passport's registration, if it is still live: from its release time on it is gone, swept or not (R7).
async fn registration(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    now: Time,
) -> Result<Option<BoundTo>, DbError> {
    let claim = claim::find(tx, passport, sitting, claim::Kind::Registration).await?;
    let Some((school, id)) = claim.map(|(school, id)| (school, RegistrationId(id))) else { return Ok(None) };
    let row: Option<(CampusCode, String, RecordId)> = tx
        .query_opt(
            "SELECT campus, name, record_id
               FROM registration
              WHERE school = $1 AND id = $2 AND state = 'live' AND (release_at IS NULL OR release_at > $3)",
            params![school, id, now],
        )
        .await?;
    Ok(row.map(|(campus, name, record)| BoundTo { school, id, campus, name, record }))
}

#[cfg(test)]
#[path = "../tests/session.rs"]
mod tests;
