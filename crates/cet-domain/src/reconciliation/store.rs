//! The SQL of reconciliation. Bills are of the merchant, so that only the nation's finance staff see them, and no row has
//! a school.

mod checks;
mod console;
mod differences;
mod files;
mod notes;
mod other_days;
mod ours;

pub use checks::{Checks, checks, open_of_order};
pub(super) use console::{console_refunds, extra_elsewhere};
pub use differences::{Difference, by_id, counts, decide, list, open_now, sums, waits_of};
pub(super) use differences::{
    drop_late, elsewhere, gone, insert, keep, late, matched_here, no_more_next_day,
};
pub(crate) use files::digest_of;
pub(super) use files::{
    Claim, bad, broken_off, claim, compared as file_compared, delete_part, has_work, of_bad, write_file,
};
pub use files::{FileRow, PART, append, discard, file, insert as insert_file, part, received, working_on};
pub use notes::{Note, note, notes};
pub(super) use other_days::on_other_days;
pub(super) use ours::{Place, first_day, first_order, known_order, known_refund, payments, refunds};

use super::{Day, Of};
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::fen::FenSum;
use crate::words::time::Time;

record! {
    /// One day of one gateway.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DayRow {
        /// The gateway.
        pub gateway: String,
        /// The day.
        pub day: String,
        /// `waiting`, `compared` or `signed`.
        pub state: String,
        /// The bill that was compared.
        pub file_id: Option<i64>,
        /// When.
        pub compared_at: Option<Time>,
        /// Our receipts.
        pub our_payments: i64,
        /// Their sum.
        pub our_paid: FenSum,
        /// Our refunds.
        pub our_refunds: i64,
        /// Their sum.
        pub our_refunded: FenSum,
        /// Payments of the bill.
        pub their_payments: i64,
        /// Their sum.
        pub their_paid: FenSum,
        /// Refunds of the bill.
        pub their_refunds: i64,
        /// Their sum.
        pub their_refunded: FenSum,
        /// How many both have.
        pub matched: i64,
        /// How many were booked on another day.
        pub matched_late: i64,
        /// Who signed.
        pub signed_by: String,
        /// When.
        pub signed_at: Option<Time>,
        /// When the day was over.
        pub made_at: Time,
        /// How often a gateway was asked for its bill in vain.
        pub fetches: i64,
    }
}

impl DayRow {
    /// Whether neither side has money of this day: nobody has to sign it.
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.our_payments == 0 && self.our_refunds == 0 && self.their_payments == 0 && self.their_refunds == 0
    }

    /// Its key.
    ///
    /// # Errors
    /// [`DbError::Decode`].
    pub fn of(&self) -> Result<Of, DbError> {
        Of::read(&self.gateway, &self.day)
    }
}

/// One day.
pub async fn day(tx: &mut Tx<'_>, of: Of) -> Result<Option<DayRow>, DbError> {
    tx.query_opt(
        "SELECT gateway, day, state, file_id, compared_at, our_payments, our_paid, our_refunds, our_refunded,
                their_payments, their_paid, their_refunds, their_refunded, matched, matched_late, signed_by, signed_at,
                made_at, fetches
           FROM reconciliation_day
          WHERE gateway = $1
            AND day = $2",
        params![of.gateway.as_str(), of.day.to_string()],
    )
    .await
}

/// Locks a day until the transaction ends: nobody signs it while a bill of it comes in. Without its row there is nothing to
/// lock, and nothing to sign.
pub(super) async fn lock(tx: &mut Tx<'_>, of: Of) -> Result<(), DbError> {
    let sql = "SELECT state FROM reconciliation_day WHERE gateway = $1 AND day = $2 FOR UPDATE";
    let _there: Option<(String,)> =
        tx.query_opt(sql, params![of.gateway.as_str(), of.day.to_string()]).await?;
    Ok(())
}

/// The days, the newest first, before a key, of one state and gateway if given: `open` and `ready` are compared ones with
/// and without open differences, `quiet` those on which neither side has money.
pub async fn days(
    tx: &mut Tx<'_>,
    (state, gateway): (&str, &str),
    (before, behind): (&str, &str),
    limit: i64,
) -> Result<Vec<DayRow>, DbError> {
    tx.query(
        "SELECT d.gateway, d.day, d.state, d.file_id, d.compared_at, d.our_payments, d.our_paid, d.our_refunds,
                d.our_refunded, d.their_payments, d.their_paid, d.their_refunds, d.their_refunded, d.matched,
                d.matched_late, d.signed_by, d.signed_at, d.made_at, d.fetches
           FROM reconciliation_day d
          WHERE (CAST($1 AS TEXT) = '' OR d.gateway = $1)
            AND (d.day < $3 OR (d.day = $3 AND d.gateway > $4))
            AND (CAST($2 AS TEXT) = ''
                 OR d.state = $2
                 OR (d.state = 'compared'
                     AND $2 = CASE WHEN EXISTS (SELECT 1 FROM reconciliation_difference x
                                                 WHERE x.gateway = d.gateway
                                                   AND x.day = d.day
                                                   AND x.state IN ('open', 'next-day', 'follow'))
                                   THEN 'open'
                                   WHEN d.our_payments + d.our_refunds + d.their_payments + d.their_refunds = 0 THEN 'quiet'
                                   ELSE 'ready' END))
          ORDER BY d.day DESC, d.gateway
          LIMIT $5",
        params![gateway, state, before, behind, limit],
    )
    .await
}

/// Makes the row of a day, unless it is there.
pub async fn make_day(tx: &mut Tx<'_>, of: Of) -> Result<(), DbError> {
    let fetch_at = of.day.next().begins().plus(super::fetch::READY_AFTER);
    tx.execute(
        "INSERT INTO reconciliation_day
            (gateway, day, state, file_id, compared_at, our_payments, our_paid, our_refunds, our_refunded, their_payments,
             their_paid, their_refunds, their_refunded, matched, matched_late, signed_by, signed_at, made_at, fetch_at,
             fetches)
         VALUES ($1, $2, 'waiting', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', NULL, $3, $4, 0)
         ON CONFLICT DO NOTHING",
        params![of.gateway.as_str(), of.day.to_string(), of.day.next().begins(), fetch_at],
    )
    .await?;
    Ok(())
}

/// The newest day of a gateway that has a row.
pub(super) async fn newest_day(tx: &mut Tx<'_>, gateway: &str) -> Result<Option<Day>, DbError> {
    let row: Option<(String,)> = tx
        .query_opt(
            "SELECT day FROM reconciliation_day WHERE gateway = $1 ORDER BY day DESC LIMIT 1",
            params![gateway],
        )
        .await?;
    Ok(row.and_then(|(day,)| Day::read(&day)))
}

/// The figures of a comparison.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    pub(super) ours: gateway::bill::BillSums,
    pub(super) theirs: gateway::bill::BillSums,
    pub(super) matched: u64,
    pub(super) late: u64,
}

/// Keeps the figures of a comparison; false: the day was signed meanwhile.
pub(super) async fn compared(tx: &mut Tx<'_>, of: Of, file: i64, figures: &Figures) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let (ours, theirs) = (figures.ours, figures.theirs);
    let changed = tx
        .execute(
            "UPDATE reconciliation_day
                SET state = 'compared', file_id = $3, compared_at = $4, our_payments = $5, our_paid = $6,
                    our_refunds = $7, our_refunded = $8, their_payments = $9, their_paid = $10, their_refunds = $11,
                    their_refunded = $12, matched = $13, matched_late = $14, fetch_at = NULL
              WHERE gateway = $1
                AND day = $2
                AND state <> 'signed'",
            params![
                of.gateway.as_str(),
                of.day.to_string(),
                file,
                now,
                number(ours.payments),
                ours.paid_fen,
                number(ours.refunds),
                ours.refunded_fen,
                number(theirs.payments),
                theirs.paid_fen,
                number(theirs.refunds),
                theirs.refunded_fen,
                number(figures.matched),
                number(figures.late),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Signs a day as it was compared at that time; false: it is signed, or was compared again since. The comparison updates
/// the same row, so that nobody signs over differences that it has just found.
pub async fn sign(
    tx: &mut Tx<'_>,
    of: Of,
    account: &str,
    compared_at: Option<Time>,
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let signed = tx
        .execute(
            "UPDATE reconciliation_day
                SET state = 'signed', signed_by = $3, signed_at = $4
              WHERE gateway = $1
                AND day = $2
                AND state = 'compared'
                AND compared_at = $5",
            params![of.gateway.as_str(), of.day.to_string(), account, now, compared_at],
        )
        .await?;
    Ok(signed == 1)
}

/// The days whose bill is to be fetched now.
pub(super) async fn to_fetch(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(String, String, i64)>, DbError> {
    let now = tx.now().await?;
    tx.query(
        "SELECT gateway, day, fetches
           FROM reconciliation_day
          WHERE fetch_at <= $1
          ORDER BY fetch_at
          LIMIT $2",
        params![now, limit],
    )
    .await
}

/// Takes a day to fetch its bill, and plans the next time; false: another node did, or there is a bill.
pub(super) async fn take_fetch(tx: &mut Tx<'_>, of: Of, next: Time) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let taken = tx
        .execute(
            "UPDATE reconciliation_day
                SET fetch_at = $3, fetches = fetches + 1
              WHERE gateway = $1
                AND day = $2
                AND fetch_at <= $4",
            params![of.gateway.as_str(), of.day.to_string(), next, now],
        )
        .await?;
    Ok(taken == 1)
}

/// Asks a gateway for the bill of a day, if at all, no sooner than then.
pub(super) async fn fetch_later(tx: &mut Tx<'_>, of: Of, then: Time) -> Result<(), DbError> {
    tx.execute(
        "UPDATE reconciliation_day
            SET fetch_at = $3
          WHERE gateway = $1
            AND day = $2
            AND fetch_at < $3",
        params![of.gateway.as_str(), of.day.to_string(), then],
    )
    .await?;
    Ok(())
}

/// Since when the oldest day waits for its bill.
pub async fn waiting_since(tx: &mut Tx<'_>) -> Result<(i64, Option<Time>), DbError> {
    tx.query_one("SELECT COUNT(*), MIN(made_at) FROM reconciliation_day WHERE state = 'waiting'", &[]).await
}

/// How many compared days with money wait for a signature with nothing open, and since when the oldest.
pub async fn to_sign(tx: &mut Tx<'_>) -> Result<(i64, Option<Time>), DbError> {
    tx.query_one(
        "SELECT COUNT(*), MIN(d.compared_at)
           FROM reconciliation_day d
          WHERE d.state = 'compared'
            AND d.our_payments + d.our_refunds + d.their_payments + d.their_refunds > 0
            AND NOT EXISTS (SELECT 1 FROM reconciliation_difference x
                             WHERE x.gateway = d.gateway
                               AND x.day = d.day
                               AND x.state IN ('open', 'next-day', 'follow'))",
        &[],
    )
    .await
}

/// Sums of all days: received, refunded.
pub async fn totals(tx: &mut Tx<'_>) -> Result<(i64, FenSum, i64, FenSum), DbError> {
    tx.query_one(
        "SELECT CAST(COALESCE(SUM(our_payments), 0) AS BIGINT), CAST(COALESCE(SUM(our_paid), 0) AS BIGINT),
                CAST(COALESCE(SUM(our_refunds), 0) AS BIGINT), CAST(COALESCE(SUM(our_refunded), 0) AS BIGINT)
           FROM reconciliation_day",
        &[],
    )
    .await
}
