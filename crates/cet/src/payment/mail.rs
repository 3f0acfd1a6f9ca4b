//! What the candidate is told by mail.

use super::rules::RefundReason;
use super::store::Order;
use crate::store::{DbError, Tx};
use crate::words::fen::Fen;

/// Tells the candidate what became of their money, in the transaction that booked it.
pub(super) async fn tell(
    _tx: &mut Tx<'_>,
    _order: &Order,
    _receipt: i64,
    _paid: usize,
    _refund: Option<(Fen, RefundReason)>,
) -> Result<(), DbError> {
    Ok(())
}
