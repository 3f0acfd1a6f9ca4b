//! The SQL of events.

use super::{Detail, Event, Kind, Of};
use crate::params;
use crate::store::{DbError, FromRow, Row, Tx};
use crate::words::fen::FenSum;
use crate::words::ids::{EntryId, OrderId, PassportId};
use crate::words::time::Time;

/// The most events of an order that are read at once, the newest: an order that is asked for has fewer.
const MOST: i64 = 200;
/// The most events of a passport's newest orders that are read at once, the newest of each order.
const MOST_OF_PASSPORT: i64 = 1_000;

/// An event as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastEvent {
    /// Where it stands: later ones of an order have greater ids.
    pub id: i64,
    /// What it tells.
    pub kind: Kind,
    /// When.
    pub at: Time,
    /// Of which line.
    pub entry: Option<EntryId>,
    /// Of which receipt.
    pub receipt: Option<i64>,
    /// Of which refund.
    pub refund: Option<i64>,
    /// How much.
    pub amount: Option<FenSum>,
    /// Its codes.
    pub detail: Detail,
}

impl FromRow for PastEvent {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        let detail: Option<String> = row.get(7)?;
        let detail = match detail {
            None => Detail::default(),
            Some(text) => serde_json::from_str(&text).map_err(|_| DbError::Decode("detail of an event"))?,
        };
        Ok(Self {
            id: row.get(0)?,
            kind: row.get(1)?,
            at: row.get(2)?,
            entry: row.get(3)?,
            receipt: row.get(4)?,
            refund: row.get(5)?,
            amount: row.get(6)?,
            detail,
        })
    }
}

/// An event with the order that it is of.
struct OfOrder(OrderId, PastEvent);

impl FromRow for OfOrder {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self(row.get(8)?, PastEvent::from_row(row)?))
    }
}

/// Writes an event, together with the caller's next statement.
pub(super) async fn insert(tx: &mut Tx<'_>, of: Of<'_>, event: &Event) -> Result<(), DbError> {
    let (now, id) = (tx.now().await?, tx.new_id());
    let detail = if event.detail == Detail::default() {
        None
    } else {
        Some(serde_json::to_string(&event.detail).map_err(|error| DbError::Other(error.to_string()))?)
    };
    tx.execute_soon(
        "INSERT INTO payment_event
            (school, number, id, kind, at, entry_id, receipt_id, refund_id, amount, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            of.school,
            of.number,
            id,
            event.kind,
            now,
            event.entry,
            event.receipt,
            event.refund,
            event.amount,
            detail,
        ],
    )
    .await?
    .ignore();
    Ok(())
}

/// The events of an order after one of them, in their order; of the whole order from 0.
pub async fn of_order(tx: &mut Tx<'_>, of: Of<'_>, after: i64) -> Result<Vec<PastEvent>, DbError> {
    tx.query(
        "SELECT newest.id, newest.kind, newest.at, newest.entry_id, newest.receipt_id, newest.refund_id, newest.amount,
                newest.detail
           FROM (SELECT id, kind, at, entry_id, receipt_id, refund_id, amount, detail
                   FROM payment_event
                  WHERE school = $1
                    AND number = $2
                    AND id > $3
                  ORDER BY id DESC
                  LIMIT $4) newest
          ORDER BY newest.id",
        params![of.school, of.number, after, MOST],
    )
    .await
}

/// What an order's last event tells.
pub(crate) async fn last_of(tx: &mut Tx<'_>, of: Of<'_>) -> Result<Option<Kind>, DbError> {
    let row = tx
        .query_opt::<(Kind,)>(
            "SELECT kind FROM payment_event WHERE school = $1 AND number = $2 ORDER BY id DESC LIMIT 1",
            params![of.school, of.number],
        )
        .await?;
    Ok(row.map(|(kind,)| kind))
}

/// The events of a passport's orders from one to another one, by order.
pub async fn of_passport(
    tx: &mut Tx<'_>,
    passport: PassportId,
    (first, last): (OrderId, OrderId),
) -> Result<Vec<(OrderId, PastEvent)>, DbError> {
    let mut rows: Vec<OfOrder> = tx
        .query(
            "SELECT e.id, e.kind, e.at, e.entry_id, e.receipt_id, e.refund_id, e.amount, e.detail, o.id
               FROM payment_order o
               JOIN payment_event e ON e.school = o.school AND e.number = o.number
              WHERE o.passport_id = $1
                AND o.id >= $2
                AND o.id <= $3
              ORDER BY o.id DESC, e.id DESC
              LIMIT $4",
            params![passport, first, last, MOST_OF_PASSPORT],
        )
        .await?;
    rows.sort_by_key(|OfOrder(order, told)| (std::cmp::Reverse(*order), told.id));
    Ok(rows.into_iter().map(|OfOrder(order, told)| (order, told)).collect())
}
