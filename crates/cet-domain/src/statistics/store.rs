//! The SQL of kept sums.

mod count;

use std::collections::BTreeMap;

use gateway::GatewayCode;
use ring::digest;

pub use self::count::count;
use super::rollup::above;
use super::{Figures, Sums};
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::vault::to_hex;
use crate::words::codes::SittingCode;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{asked_in_scope, scoped};

/// When a sitting was last counted.
///
/// # Errors
/// [`DbError`].
pub async fn counted_at(tx: &mut Tx<'_>, sitting: &SittingCode) -> Result<Option<Time>, DbError> {
    let sql = "SELECT counted_at FROM statistic WHERE sitting = $1 AND place = ''";
    Ok(tx.query_opt::<(Time,)>(sql, params![sitting]).await?.map(|(at,)| at))
}

/// Whether money of a sitting came or went back since a time.
///
/// # Errors
/// [`DbError`].
pub(super) async fn has_moved(tx: &mut Tx<'_>, sitting: &SittingCode, since: Time) -> Result<bool, DbError> {
    // Refunds are found by when they were done, receipts by their gateway and when they came.
    let mut moved: Option<(i64,)> = tx
        .query_opt(
            "SELECT f.id
               FROM refund f
               JOIN payment_order o
                 ON o.school = f.school
                AND o.id = f.order_id
              WHERE f.done_at >= $2
                AND o.sitting = $1
              LIMIT 1",
            params![sitting, since],
        )
        .await?;
    for gateway in GatewayCode::all() {
        if moved.is_some() {
            break;
        }
        moved = tx
            .query_opt(
                "SELECT p.id
                   FROM receipt p
                   JOIN payment_order o
                     ON o.school = p.school
                    AND o.id = p.order_id
                  WHERE p.gateway = $3
                    AND p.received_at >= $2
                    AND o.sitting = $1
                  LIMIT 1",
                params![sitting, since, gateway.as_str()],
            )
            .await?;
    }
    Ok(moved.is_some())
}

record! {
    struct Row {
        place: String,
        registrations: i64,
        paid: i64,
        unpaid: i64,
        amount: i64,
        received: i64,
        refunded: i64,
        capacity: i64,
        taken: i64,
        detail: String,
    }
}

impl Row {
    const fn sums(&self) -> Sums {
        Sums {
            registrations: self.registrations,
            paid: self.paid,
            unpaid: self.unpaid,
            amount: self.amount,
            received: self.received,
            refunded: self.refunded,
            capacity: self.capacity,
            taken: self.taken,
        }
    }

    fn figures(&self) -> Result<Figures, DbError> {
        let detail = serde_json::from_str(&self.detail).map_err(|_| DbError::Decode("detail of figures"))?;
        Ok(Figures { sums: self.sums(), detail })
    }
}

/// The figures of a place in the scope; none for a place where nothing was counted.
///
/// # Errors
/// [`DbError`].
pub async fn of_place(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    place: &str,
) -> Result<Figures, DbError> {
    let row: Option<Row> = scope
        .query_opt(
            tx,
            scoped!(
                "SELECT place, registrations, paid, unpaid, amount, received, refunded, capacity, taken, detail
                   FROM statistic
                  WHERE ",
                asked_in_scope!("place"),
                "
                    AND sitting = $3
                    AND place = $4"
            ),
            params![sitting, place],
        )
        .await?;
    row.map_or_else(|| Ok(Figures::default()), |row| row.figures())
}

/// The figures of the places directly below one, by their codes.
///
/// # Errors
/// [`DbError`].
pub async fn below(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    place: &str,
) -> Result<BTreeMap<String, Figures>, DbError> {
    let rows: Vec<Row> = scope
        .query(
            tx,
            scoped!(
                "SELECT place, registrations, paid, unpaid, amount, received, refunded, capacity, taken, detail
                   FROM statistic
                  WHERE ",
                asked_in_scope!("place"),
                "
                    AND sitting = $3
                    AND above = $4
                  ORDER BY place"
            ),
            params![sitting, place],
        )
        .await?;
    rows.into_iter().map(|row| row.figures().map(|of| (row.place, of))).collect()
}

fn digest_of(sums: &Sums, detail: &str) -> String {
    let text = format!("{:?} {detail}", sums.all());
    to_hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

/// A row's figures as they are stored.
struct Stored<'a> {
    place: &'a str,
    sums: Sums,
    detail: String,
    digest: String,
}

fn stored<'a>((place, figures): (&'a String, &Figures)) -> Result<Stored<'a>, DbError> {
    let detail = serde_json::to_string(&figures.detail).map_err(|error| DbError::Other(error.to_string()))?;
    let digest = digest_of(&figures.sums, &detail);
    Ok(Stored { place, sums: figures.sums, detail, digest })
}

/// Keeps the figures that were counted at `at` in place of earlier ones: the rows that changed. Returns how many those
/// are; none if a later count is there already.
///
/// # Errors
/// [`DbError`].
pub async fn keep(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    at: Time,
    all: &BTreeMap<String, Figures>,
) -> Result<i64, DbError> {
    if !claim(tx, sitting, at).await? {
        return Ok(0);
    }
    let sql = "SELECT place, digest FROM statistic WHERE sitting = $1";
    let known: Vec<(String, String)> = tx.query(sql, params![sitting]).await?;
    let mut known: BTreeMap<String, String> = known.into_iter().collect();
    let mut changed = 0_i64;
    for figures in all {
        let row = stored(figures)?;
        if known.remove(row.place).as_ref() != Some(&row.digest) {
            put(tx, sitting, at, &row).await?;
            changed = changed.saturating_add(1);
        }
    }
    for place in known.keys() {
        let sql = "DELETE FROM statistic WHERE sitting = $1 AND place = $2";
        tx.execute_soon(sql, params![sitting, place]).await?.ignore();
    }
    Ok(changed)
}

/// Takes the nation's row until the transaction ends, unless it was counted later than `at`.
pub(super) async fn claim(tx: &mut Tx<'_>, sitting: &SittingCode, at: Time) -> Result<bool, DbError> {
    let sql = "INSERT INTO statistic
                   (sitting, place, above, registrations, paid, unpaid, amount, received, refunded, capacity, taken,
                    detail, digest, counted_at)
               VALUES ($1, '', NULL, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '', $2)
                   ON CONFLICT (sitting, place)
                   DO UPDATE SET counted_at = excluded.counted_at
                WHERE statistic.counted_at < excluded.counted_at";
    Ok(tx.execute(sql, params![sitting, at]).await? == 1)
}

async fn put(tx: &mut Tx<'_>, sitting: &SittingCode, at: Time, row: &Stored<'_>) -> Result<(), DbError> {
    let sums = row.sums;
    let above = above(row.place);
    let sql = "INSERT INTO statistic
                   (sitting, place, above, registrations, paid, unpaid, amount, received, refunded, capacity, taken,
                    detail, digest, counted_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                   ON CONFLICT (sitting, place)
                   DO UPDATE SET registrations = excluded.registrations,
                                 paid = excluded.paid,
                                 unpaid = excluded.unpaid,
                                 amount = excluded.amount,
                                 received = excluded.received,
                                 refunded = excluded.refunded,
                                 capacity = excluded.capacity,
                                 taken = excluded.taken,
                                 detail = excluded.detail,
                                 digest = excluded.digest,
                                 counted_at = excluded.counted_at";
    let values = params![
        sitting,
        row.place,
        above,
        sums.registrations,
        sums.paid,
        sums.unpaid,
        sums.amount,
        sums.received,
        sums.refunded,
        sums.capacity,
        sums.taken,
        row.detail,
        row.digest,
        at,
    ];
    tx.execute_soon(sql, values).await?.ignore();
    Ok(())
}
