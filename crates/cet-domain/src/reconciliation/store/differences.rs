//! Differences, what staff decide about them, and what was matched across days.

use gateway::bill::BillKind;

use crate::params;
use crate::reconciliation::rules::{Differing, Found};
use crate::reconciliation::{Class, Day, Decision, Of};
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::fen::FenSum;
use crate::words::time::Time;

record! {
    /// A difference.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Difference {
        /// Its id.
        pub id: i64,
        /// The gateway.
        pub gateway: String,
        /// The day.
        pub day: String,
        /// Its class.
        pub class: String,
        /// The order's number.
        pub order_number: String,
        /// The trade.
        pub trade_no: String,
        /// The refund's number, or the gateway's own.
        pub reference: String,
        /// Our sum.
        pub ours: Option<FenSum>,
        /// The bill's sum.
        pub theirs: Option<FenSum>,
        /// When it was done.
        pub done_at: Time,
        /// `open`, `next-day`, `follow`, `resolved` or `gone`.
        pub state: String,
        /// `explained` or `booked`.
        pub resolved_as: String,
        /// Who looks after it.
        pub owner: String,
        /// The last note.
        pub note: String,
        /// When it was found.
        pub found_at: Time,
        /// When it last changed: of a resolved one, when that was decided.
        pub changed_at: Time,
    }
}

/// A difference by its id.
pub async fn by_id(tx: &mut Tx<'_>, id: i64) -> Result<Option<Difference>, DbError> {
    tx.query_opt(
        "SELECT id, gateway, day, class, order_number, trade_no, reference, ours, theirs, done_at, state, resolved_as,
                owner, note, found_at, changed_at
           FROM reconciliation_difference
          WHERE id = $1",
        params![id],
    )
    .await
}

/// The differences of a day that were not dissolved, of one class if given, by id behind a cursor.
pub async fn list(
    tx: &mut Tx<'_>,
    of: Of,
    class: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Difference>, DbError> {
    tx.query(
        "SELECT id, gateway, day, class, order_number, trade_no, reference, ours, theirs, done_at, state, resolved_as,
                owner, note, found_at, changed_at
           FROM reconciliation_difference
          WHERE gateway = $1
            AND day = $2
            AND state <> 'gone'
            AND (CAST($3 AS TEXT) = '' OR class = $3)
            AND id > $4
          ORDER BY id
          LIMIT $5",
        params![of.gateway.as_str(), of.day.to_string(), class, after, limit],
    )
    .await
}

/// How many differences of a day are of each class and state.
pub async fn counts(tx: &mut Tx<'_>, of: Of) -> Result<Vec<(String, String, i64)>, DbError> {
    tx.query(
        "SELECT class, state, COUNT(*)
           FROM reconciliation_difference
          WHERE gateway = $1
            AND day = $2
            AND state <> 'gone'
          GROUP BY class, state",
        params![of.gateway.as_str(), of.day.to_string()],
    )
    .await
}

/// What the differences of a day come to.
pub async fn sums(tx: &mut Tx<'_>, of: Of) -> Result<Vec<Differing>, DbError> {
    // A refund of ours stands under its number in both books; trades are numbered by digits.
    let rows: Vec<(String, i64, i64, i64)> = tx
        .query(
            "SELECT class,
                    CAST(CASE WHEN class IN ('refund-missing', 'refund-extra') OR reference LIKE 'R%' THEN 1 ELSE 0 END AS BIGINT),
                    CAST(COALESCE(SUM(ours), 0) AS BIGINT), CAST(COALESCE(SUM(theirs), 0) AS BIGINT)
               FROM reconciliation_difference
              WHERE gateway = $1
                AND day = $2
                AND state <> 'gone'
              GROUP BY 1, 2",
            params![of.gateway.as_str(), of.day.to_string()],
        )
        .await?;
    let differing = |(class, refund, ours, theirs): (String, i64, i64, i64)| {
        let class = Class::from_wire(&class).ok_or(DbError::Decode("class of a difference"))?;
        let kind = if refund == 1 { BillKind::Refund } else { BillKind::Payment };
        Ok(Differing { class, kind, ours, theirs })
    };
    rows.into_iter().map(differing).collect()
}

/// How many differences of a day are open or followed, and how many wait for the next day's bill.
pub async fn waits_of(tx: &mut Tx<'_>, of: Of) -> Result<(i64, i64), DbError> {
    let counts = counts(tx, of).await?;
    let sum = |states: &[&str]| {
        counts.iter().filter(|(_, state, _)| states.contains(&state.as_str())).map(|(_, _, n)| *n).sum()
    };
    Ok((sum(&["open", "follow"]), sum(&["next-day"])))
}

/// How many differences are open, and since when the oldest.
pub async fn open_now(tx: &mut Tx<'_>) -> Result<(i64, Option<Time>), DbError> {
    tx.query_one(
        "SELECT COUNT(*), MIN(found_at)
           FROM reconciliation_difference
          WHERE state IN ('open', 'follow')",
        &[],
    )
    .await
}

/// Stores a difference that was not known; 0 rows: it is known.
pub(in crate::reconciliation) async fn insert(
    tx: &mut Tx<'_>,
    of: Of,
    found: &Found,
) -> Result<u64, DbError> {
    let (id, now) = (tx.new_id(), tx.now().await?);
    tx.execute(
        "INSERT INTO reconciliation_difference
            (id, gateway, day, class, order_number, trade_no, reference, ours, theirs, done_at, state, resolved_as, owner,
             note, found_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', '', $12, $12)
         ON CONFLICT DO NOTHING",
        params![
            id,
            of.gateway.as_str(),
            of.day.to_string(),
            found.class.wire(),
            found.order_number,
            found.trade_no,
            found.reference,
            found.ours,
            found.theirs,
            found.at,
            if found.may_be_next_day { "next-day" } else { "open" },
            now,
        ],
    )
    .await
}

/// A difference that is there still keeps its state and notes; it is open again if it was dissolved, or if its sums are
/// other ones.
pub(in crate::reconciliation) async fn keep(tx: &mut Tx<'_>, of: Of, found: &Found) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE reconciliation_difference
            SET state = $9, resolved_as = '', ours = $7, theirs = $8, changed_at = $10
          WHERE gateway = $1
            AND day = $2
            AND class = $3
            AND order_number = $4
            AND trade_no = $5
            AND reference = $6
            AND (state = 'gone' OR COALESCE(ours, -1) <> $11 OR COALESCE(theirs, -1) <> $12)",
        params![
            of.gateway.as_str(),
            of.day.to_string(),
            found.class.wire(),
            found.order_number,
            found.trade_no,
            found.reference,
            found.ours,
            found.theirs,
            if found.may_be_next_day { "next-day" } else { "open" },
            now,
            found.ours.unwrap_or(-1),
            found.theirs.unwrap_or(-1),
        ],
    )
    .await?;
    Ok(())
}

/// Dissolves a difference: the bill or another day's explains it.
pub(in crate::reconciliation) async fn gone(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE reconciliation_difference SET state = 'gone', changed_at = $2 WHERE id = $1",
        params![id, now],
    )
    .await?;
    Ok(())
}

const fn kind_word(kind: BillKind) -> &'static str {
    match kind {
        BillKind::Payment => "payment",
        BillKind::Refund => "refund",
    }
}

/// Forgets what a day's bill had of other days: it is compared again.
pub(in crate::reconciliation) async fn drop_late(tx: &mut Tx<'_>, of: Of) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM reconciliation_late WHERE gateway = $1 AND day = $2",
        params![of.gateway.as_str(), of.day.to_string()],
    )
    .await?;
    Ok(())
}

/// Notes that a day's bill has money that was booked on another day, which then misses it no more.
pub(in crate::reconciliation) async fn late(
    tx: &mut Tx<'_>,
    of: Of,
    kind: BillKind,
    number: &str,
) -> Result<(), DbError> {
    let (gateway, now) = (of.gateway.as_str(), tx.now().await?);
    tx.execute(
        "INSERT INTO reconciliation_late (gateway, kind, number, day) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        params![gateway, kind_word(kind), number, of.day.to_string()],
    )
    .await?;
    let class = match kind {
        BillKind::Payment => "ours-only",
        BillKind::Refund => "refund-missing",
    };
    // `reference` of a receipt's difference is its trade.
    tx.execute(
        "UPDATE reconciliation_difference
            SET state = 'gone', changed_at = $4
          WHERE gateway = $1
            AND class = $2
            AND reference = $3
            AND day <> $5
            AND state IN ('open', 'next-day', 'follow')",
        params![gateway, class, number, now, of.day.to_string()],
    )
    .await?;
    Ok(())
}

/// Whether another day's bill has money that was booked on this one: it was found there, or is a difference there that was
/// booked since.
pub(in crate::reconciliation) async fn elsewhere(
    tx: &mut Tx<'_>,
    of: Of,
    kind: BillKind,
    number: &str,
) -> Result<bool, DbError> {
    let (gateway, day) = (of.gateway.as_str(), of.day.to_string());
    let row: Option<(String,)> = tx
        .query_opt(
            "SELECT day FROM reconciliation_late WHERE gateway = $1 AND kind = $2 AND number = $3",
            params![gateway, kind_word(kind), number],
        )
        .await?;
    if row.is_some_and(|(there,)| there != day) {
        return Ok(true);
    }
    let found: Option<(i64,)> = match kind {
        BillKind::Payment => {
            tx.query_opt(
                "SELECT id
                   FROM reconciliation_difference
                  WHERE gateway = $1
                    AND trade_no = $2
                    AND class = 'theirs-only'
                    AND day <> $3
                  LIMIT 1",
                params![gateway, number, day],
            )
            .await?
        }
        BillKind::Refund => {
            tx.query_opt(
                "SELECT id
                   FROM reconciliation_difference
                  WHERE gateway = $1
                    AND reference = $2
                    AND class = 'refund-extra'
                    AND day <> $3
                  LIMIT 1",
                params![gateway, number, day],
            )
            .await?
        }
    };
    Ok(found.is_some())
}

/// Whether the bill of the day on which money was booked has it: that day is compared and does not miss it.
pub(in crate::reconciliation) async fn matched_here(
    tx: &mut Tx<'_>,
    booked: Of,
    class: &str,
    reference: &str,
) -> Result<bool, DbError> {
    let day: Option<(String,)> = tx
        .query_opt(
            "SELECT state FROM reconciliation_day WHERE gateway = $1 AND day = $2",
            params![booked.gateway.as_str(), booked.day.to_string()],
        )
        .await?;
    if day.is_none_or(|(state,)| state == "waiting") {
        return Ok(false);
    }
    let missed: Option<(i64,)> = tx
        .query_opt(
            "SELECT id
               FROM reconciliation_difference
              WHERE gateway = $1
                AND day = $2
                AND class = $3
                AND reference = $4
              LIMIT 1",
            params![booked.gateway.as_str(), booked.day.to_string(), class, reference],
        )
        .await?;
    Ok(missed.is_none())
}

/// What waited for the bill of the next day, and is not in it, is a difference now.
pub(in crate::reconciliation) async fn no_more_next_day(
    tx: &mut Tx<'_>,
    gateway: &str,
    day: Day,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE reconciliation_difference
            SET state = 'open', changed_at = $3
          WHERE gateway = $1
            AND day = $2
            AND state = 'next-day'",
        params![gateway, day.to_string(), now],
    )
    .await?;
    Ok(())
}

/// Stores a decision; false: the difference was resolved meanwhile.
pub async fn decide(
    tx: &mut Tx<'_>,
    id: i64,
    (state, decision): (&str, Decision),
    (account, note): (&str, &str),
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let resolved_as = if state == "resolved" { decision.wire() } else { "" };
    let done = tx
        .execute(
            "UPDATE reconciliation_difference
                SET state = $2, resolved_as = $3, owner = $4, note = $5, changed_at = $6
              WHERE id = $1
                AND state IN ('open', 'next-day', 'follow')",
            params![id, state, resolved_as, account, note, now],
        )
        .await?;
    Ok(done == 1)
}
