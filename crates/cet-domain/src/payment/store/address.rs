//! The address under which a gateway takes an order's money, where it gives one.

use gateway::PayFlow;

use super::Order;
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::time::Time;

/// The name of a way in the database.
const fn wire(way: PayFlow) -> &'static str {
    match way {
        PayFlow::Form | PayFlow::Scan => "scan",
        PayFlow::Phone => "phone",
    }
}

/// Keeps the address of an open order, until when it may be shown; returns whether the order is still open and went no
/// other way meanwhile.
pub(crate) async fn set_address(
    tx: &mut Tx<'_>,
    order: &Order,
    (way, address, until): (PayFlow, &str, Time),
) -> Result<bool, DbError> {
    let kept = tx
        .execute(
            "UPDATE payment_order SET address = $3, address_way = $4, address_until = $5
              WHERE school = $1 AND id = $2 AND state = 'open'
                AND (address_way IS NULL OR address_way = $4)",
            params![order.school, order.id, address, wire(way), until],
        )
        .await?;
    Ok(kept == 1)
}

/// The way that an order went first. A gateway refuses the same number with another one.
pub(crate) async fn way_of(tx: &mut Tx<'_>, order: &Order) -> Result<Option<PayFlow>, DbError> {
    let row = tx
        .query_opt::<(Option<String>,)>(
            "SELECT address_way FROM payment_order WHERE school = $1 AND id = $2",
            params![order.school, order.id],
        )
        .await?;
    Ok(match row.and_then(|(way,)| way).as_deref() {
        Some("scan") => Some(PayFlow::Scan),
        Some("phone") => Some(PayFlow::Phone),
        _ => None,
    })
}

/// The address of an open order for this way, as long as it may be shown.
pub(crate) async fn address_of(
    tx: &mut Tx<'_>,
    order: &Order,
    way: PayFlow,
) -> Result<Option<String>, DbError> {
    let now = tx.now().await?;
    let row = tx
        .query_opt::<(String,)>(
            "SELECT address FROM payment_order
              WHERE school = $1 AND id = $2 AND state = 'open' AND address_way = $3 AND address_until > $4",
            params![order.school, order.id, wire(way), now],
        )
        .await?;
    Ok(row.map(|(address,)| address))
}
