//! Finding orders for finance by a number that belongs to them: their own, a trade's, a refund's, or by the document of
//! their candidate.

use crate::params;
use crate::payment::store::scoped::OrderSeen;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::staff::Scope;
use cet_base::{school_in_scope, scoped};

/// The most orders that one number finds.
const MOST: i64 = 50;

/// What a list shows of an order `o`.
macro_rules! seen_orders {
    () => {
        "SELECT o.school, o.id, o.number, o.registration_id, o.gateway, o.bank, o.amount, o.state, o.opened_at, o.settled_at
           FROM payment_order o "
    };
}

/// The order of a number. An order's number begins with its school.
pub async fn of_number(tx: &mut Tx<'_>, scope: &Scope, number: &str) -> Result<Vec<OrderSeen>, DbError> {
    let Some(school) = number.get(..5).and_then(|code| SchoolCode::parse(code).ok()) else {
        return Ok(Vec::new());
    };
    scope
        .query(
            tx,
            scoped!(
                seen_orders!(),
                "WHERE o.school = $3 AND o.number = $4 AND ",
                school_in_scope!("o.school")
            ),
            params![school, number],
        )
        .await
}

/// The orders whose money a gateway calls by this number, booked or put before finance.
pub async fn of_trade(tx: &mut Tx<'_>, scope: &Scope, trade: &str) -> Result<Vec<OrderSeen>, DbError> {
    let booked: Vec<OrderSeen> = scope
        .query(
            tx,
            scoped!(
                seen_orders!(),
                "JOIN receipt r ON r.school = o.school AND r.order_id = o.id
                WHERE r.trade_no = $3 AND ",
                school_in_scope!("r.school"),
                " ORDER BY o.id DESC LIMIT $4"
            ),
            params![trade, MOST],
        )
        .await?;
    if !booked.is_empty() {
        return Ok(booked);
    }
    scope
        .query(
            tx,
            scoped!(
                seen_orders!(),
                "JOIN suspense s ON s.school = o.school AND s.order_number = o.number
                WHERE s.trade_no = $3 AND ",
                school_in_scope!("s.school"),
                " ORDER BY o.id DESC LIMIT $4"
            ),
            params![trade, MOST],
        )
        .await
}

/// The order that a refund gives back: its number is `R`, the school and its key.
pub async fn of_refund(tx: &mut Tx<'_>, scope: &Scope, number: &str) -> Result<Vec<OrderSeen>, DbError> {
    let key = number.strip_prefix('R').and_then(|key| key.split_at_checked(5));
    let key = key.and_then(|(school, id)| Some((SchoolCode::parse(school).ok()?, id.parse::<i64>().ok()?)));
    let Some((school, id)) = key else { return Ok(Vec::new()) };
    scope
        .query(
            tx,
            scoped!(
                seen_orders!(),
                "JOIN refund f ON f.school = o.school AND f.order_id = o.id
                WHERE f.school = $3 AND f.id = $4 AND ",
                school_in_scope!("f.school")
            ),
            params![school, id],
        )
        .await
}

/// The orders of the passport that holds a document's registration, and of those that let it go: their money is theirs still
/// (R24). The newest first.
pub async fn of_document(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    document_key: &[u8],
) -> Result<Vec<OrderSeen>, DbError> {
    let mut held: Vec<OrderSeen> = scope
        .query(
            tx,
            scoped!(
                seen_orders!(),
                "JOIN registration r ON r.school = o.school AND r.id = o.registration_id
                WHERE r.state = 'live' AND r.document_key = $3 AND r.sitting = $4 AND ",
                school_in_scope!("r.school"),
                " ORDER BY o.id DESC LIMIT $5"
            ),
            params![document_key, sitting, MOST],
        )
        .await?;
    let let_go: Vec<OrderSeen> = scope
        .query(
            tx,
            scoped!(
                seen_orders!(),
                "JOIN student_let_go g ON g.passport_id = o.passport_id AND g.sitting = o.sitting
                 JOIN registration r ON r.school = o.school AND r.id = o.registration_id
                WHERE r.state = 'released' AND g.document_key = $3 AND g.sitting = $4 AND ",
                school_in_scope!("o.school"),
                " ORDER BY o.id DESC LIMIT $5"
            ),
            params![document_key, sitting, MOST],
        )
        .await?;
    held.extend(let_go);
    Ok(held)
}
