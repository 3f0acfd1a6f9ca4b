//! How many orders and refunds there are, for `/metrics`.

use crate::store::{DbError, Tx};

/// Every state of an order, as stored.
const ORDERS: [&str; 3] = ["open", "paid", "closed"];
/// Every state of a refund.
const REFUNDS: [&str; 5] = ["due", "done", "refused", "unknown", "by-hand"];

/// How many orders are in each state. It counts every row: not for pages.
pub async fn orders_by_state(tx: &mut Tx<'_>) -> Result<Vec<(&'static str, i64)>, DbError> {
    Ok(each(&ORDERS, &tx.query("SELECT state, COUNT(*) FROM payment_order GROUP BY state", &[]).await?))
}

/// How many refunds are in each state.
pub async fn refunds_by_state(tx: &mut Tx<'_>) -> Result<Vec<(&'static str, i64)>, DbError> {
    Ok(each(&REFUNDS, &tx.query("SELECT state, COUNT(*) FROM refund GROUP BY state", &[]).await?))
}

/// A state without rows counts 0, so that it is visible from the start.
fn each(states: &[&'static str], rows: &[(String, i64)]) -> Vec<(&'static str, i64)> {
    let count = |state: &str| rows.iter().find(|(of, _)| of == state).map_or(0, |(_, count)| *count);
    states.iter().map(|state| (*state, count(state))).collect()
}
