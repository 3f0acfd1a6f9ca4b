//! Sessions of staff (TH11): a separate cookie, shorter limits, and no access before the second factor.

use jiff::SignedDuration;

use crate::jobs::sweep::Sweep;
use crate::params;
use crate::passport::device::Device;
use crate::passport::session::Listed;
use crate::record;
use crate::staff::rules::{Role, Scope};
use crate::store::{DbError, Tx};
use crate::vault::token_hash;
use crate::words::time::Time;

/// The limit without a request (TH11).
pub const IDLE: SignedDuration = SignedDuration::from_mins(15);
/// The limit after the password was entered (TH11).
pub(crate) const ABSOLUTE: SignedDuration = SignedDuration::from_hours(8);
/// How long the second factor may take after the password.
pub(crate) const SECOND_FACTOR: SignedDuration = SignedDuration::from_mins(10);
/// For how long a second factor lets somebody decide about money without being asked for it again.
pub(crate) const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// The minimum interval between recorded page views.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// The most sessions that one sweep deletes.
const SWEPT_AT_ONCE: usize = 500;

record! {
    /// A live session with its account.
    #[derive(Clone)]
    pub struct StaffSession {
        /// The key of its row.
        pub token_hash: Vec<u8>,
        /// The account's name.
        pub account: String,
        /// The account's holder, as a keyed hash.
        pub person: String,
        /// The account's current role.
        pub role: Role,
        /// Its current scope.
        pub scope: Scope,
        /// Whether the password must be changed first.
        pub must_change: bool,
        /// When the password was entered.
        pub created_at: Time,
        /// The last recorded request.
        pub seen_at: Time,
        /// When the second factor was entered.
        pub passed_at: Option<Time>,
        /// When the password was set.
        password_changed_at: Time,
    }
}

impl std::fmt::Debug for StaffSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StaffSession({})", self.account)
    }
}

impl StaffSession {
    /// Whether this page view must be recorded.
    #[must_use]
    pub fn due(&self, now: Time) -> bool {
        now.since(self.seen_at) >= SEEN_EVERY
    }

    /// Whether the second factor was entered so lately that nobody else may sit there.
    #[must_use]
    pub fn is_fresh(&self, now: Time) -> bool {
        self.passed_at.is_some_and(|at| now < at.plus(FRESH))
    }
}

/// Begins a session after the right password; it gives no access before the second factor.
pub async fn begin(tx: &mut Tx<'_>, account: &str, token: &str, device: &Device) -> Result<(), DbError> {
    let now = tx.now().await?;
    let id = tx.new_id();
    tx.execute(
        "INSERT INTO staff_session
            (token_hash, account, created_at, seen_at, passed_at, note_sealed, id, browser, network)
         VALUES ($1, $2, $3, $3, NULL, NULL, $4, $5, $6)",
        params![token_hash(token), account, now, id, device.browser, device.network],
    )
    .await?;
    Ok(())
}

/// Gives the session access after the second factor, under a new token (TH10); returns whether it still waited for it.
pub async fn pass(tx: &mut Tx<'_>, old: &[u8], token: &str, note: Option<Vec<u8>>) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let passed = tx
        .execute(
            "UPDATE staff_session
                SET token_hash = $2, passed_at = $3, seen_at = $3, note_sealed = $4
              WHERE token_hash = $1
                AND passed_at IS NULL",
            params![old, token_hash(token), now, note],
        )
        .await?;
    Ok(passed == 1)
}

/// Notes that the second factor was entered again; returns whether the session is still there.
pub(crate) async fn pass_again(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let passed = tx
        .execute(
            "UPDATE staff_session SET passed_at = $2 WHERE token_hash = $1 AND passed_at IS NOT NULL",
            params![token_hash, now],
        )
        .await?;
    Ok(passed == 1)
}

/// The recovery codes that the person has not written down yet, sealed.
pub async fn note(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<Option<Vec<u8>>, DbError> {
    let row: Option<(Option<Vec<u8>>,)> = tx
        .query_opt("SELECT note_sealed FROM staff_session WHERE token_hash = $1", params![token_hash])
        .await?;
    Ok(row.and_then(|(note,)| note))
}

/// Clears them.
pub async fn forget_note(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<(), DbError> {
    tx.execute("UPDATE staff_session SET note_sealed = NULL WHERE token_hash = $1", params![token_hash])
        .await?;
    Ok(())
}

/// Ends one session.
pub async fn end(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<(), DbError> {
    tx.execute("DELETE FROM staff_session WHERE token_hash = $1", params![token_hash]).await?;
    Ok(())
}

/// Ends all sessions of an account (TH25).
pub(crate) async fn end_all(tx: &mut Tx<'_>, account: &str) -> Result<u64, DbError> {
    tx.execute("DELETE FROM staff_session WHERE account = $1", params![account]).await
}

/// Ends all sessions of all staff; returns how many.
pub(crate) async fn end_everybodys(tx: &mut Tx<'_>) -> Result<u64, DbError> {
    tx.execute("DELETE FROM staff_session", &[]).await
}

/// The live sessions of an account, the last used first; one that waits for its second factor is among them.
pub async fn of_account(tx: &mut Tx<'_>, account: &str) -> Result<Vec<Listed>, DbError> {
    let mut rows: Vec<Listed> = tx
        .query(
            "SELECT id, token_hash, created_at, seen_at, browser, network FROM staff_session WHERE account = $1",
            params![account],
        )
        .await?;
    let now = tx.now().await?;
    rows.retain(|row| now < row.seen_at.plus(IDLE) && now < row.created_at.plus(ABSOLUTE));
    rows.sort_by_key(|row| std::cmp::Reverse((row.seen_at, row.id)));
    Ok(rows)
}

/// Ends one session of an account by its id; returns whether there was one.
pub(crate) async fn end_by_id(tx: &mut Tx<'_>, account: &str, id: i64) -> Result<bool, DbError> {
    let ended = tx
        .execute("DELETE FROM staff_session WHERE account = $1 AND id = $2 AND id <> 0", params![account, id])
        .await?;
    Ok(ended > 0)
}

/// Ends all sessions of an account but one; returns how many.
pub async fn end_others(tx: &mut Tx<'_>, account: &str, own: &[u8]) -> Result<u64, DbError> {
    tx.execute("DELETE FROM staff_session WHERE account = $1 AND token_hash <> $2", params![account, own])
        .await
}

/// The device of a session, for the one that takes its place.
pub async fn device(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<Device, DbError> {
    let row: Option<(String, String)> = tx
        .query_opt("SELECT browser, network FROM staff_session WHERE token_hash = $1", params![token_hash])
        .await?;
    Ok(row.map(|(browser, network)| Device { browser, network }).unwrap_or_default())
}

/// Expired sessions.
pub(crate) fn ended() -> Sweep<Vec<u8>> {
    Sweep::new(
        "staff-sessions",
        SWEPT_AT_ONCE,
        &[IDLE],
        "SELECT token_hash FROM staff_session WHERE seen_at <= $2 ORDER BY seen_at LIMIT $1",
        "DELETE FROM staff_session WHERE token_hash = $1 AND seen_at <= $2",
    )
}

/// Records a page view.
pub async fn seen(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE staff_session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2",
        params![token_hash, now],
    )
    .await?;
    Ok(())
}

/// The live session of a token, with the current role of its account: a revoked role is effective from the next request
/// on (TH24).
pub async fn find(tx: &mut Tx<'_>, token: &str) -> Result<Option<(StaffSession, Time)>, DbError> {
    let row: Option<StaffSession> = tx
        .query_opt(
            "SELECT s.token_hash, a.name, a.person, a.role, a.scope, a.must_change, s.created_at, s.seen_at, s.passed_at,
                    a.password_changed_at
               FROM staff_session s
               JOIN staff_account a
                 ON a.name = s.account
              WHERE s.token_hash = $1
                AND a.disabled_at IS NULL",
            params![token_hash(token)],
        )
        .await?;
    let now = tx.now().await?;
    Ok(row.filter(|session| lives(session, now)).map(|session| (session, now)))
}

fn lives(session: &StaffSession, now: Time) -> bool {
    let first = session.passed_at.is_some() || now < session.created_at.plus(SECOND_FACTOR);
    first
        && now < session.seen_at.plus(IDLE)
        && now < session.created_at.plus(ABSOLUTE)
        && session.created_at >= session.password_changed_at
}
