//! The invariants of money, as one statement each against the live database: what a statement finds is a violation.

use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;

/// One violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which invariant of money: `I3`, `I4`, `I10`, `I11`.
    pub invariant: &'static str,
    /// What is wrong.
    pub what: &'static str,
    /// The school it is found at.
    pub school: SchoolCode,
    /// Which order, receipt or entry.
    pub id: String,
}

/// Most violations that one statement reports.
const MOST: &str = "100";

struct Check {
    invariant: &'static str,
    what: &'static str,
    /// Finds school and id, at most [`MOST`].
    sql: &'static str,
}

const CHECKS: [Check; 9] = [
    Check {
        invariant: "I3",
        what: "a receipt is not divided to the last fen among paid entries and refunds",
        sql: "SELECT receipt.school, CAST(receipt.id AS TEXT)
                FROM receipt
               WHERE receipt.amount <>
                     COALESCE((SELECT CAST(SUM(line.amount) AS BIGINT) FROM receipt_line line
                                WHERE line.school = receipt.school AND line.receipt_id = receipt.id), 0)
                   + COALESCE((SELECT CAST(SUM(refund.amount) AS BIGINT) FROM refund
                                WHERE refund.school = receipt.school AND refund.receipt_id = receipt.id), 0)
               ORDER BY 1, 2 LIMIT 100",
    },
    Check {
        invariant: "I3",
        what: "a refund belongs to another order than its receipt",
        sql: "SELECT refund.school, CAST(refund.id AS TEXT)
                FROM refund
                JOIN receipt ON receipt.school = refund.school AND receipt.id = refund.receipt_id
               WHERE receipt.order_id <> refund.order_id
               ORDER BY 1, 2 LIMIT 100",
    },
    Check {
        invariant: "I4",
        what: "a paid entry has no receipt of its price",
        sql: "SELECT entry.school, CAST(entry.id AS TEXT)
                FROM entry
               WHERE entry.state = 'paid'
                 AND NOT EXISTS (SELECT 1 FROM receipt_line line
                                  WHERE line.school = entry.school
                                    AND line.entry_id = entry.id
                                    AND line.amount = entry.fee)
               ORDER BY 1, 2 LIMIT 100",
    },
    Check {
        invariant: "I4",
        what: "an entry has a receipt and is not paid",
        sql: "SELECT entry.school, CAST(entry.id AS TEXT)
                FROM receipt_line line
                JOIN entry ON entry.school = line.school AND entry.id = line.entry_id
               WHERE entry.state <> 'paid'
               ORDER BY 1, 2 LIMIT 100",
    },
    Check {
        invariant: "I4",
        what: "an entry has more than one receipt",
        sql: "SELECT school, CAST(entry_id AS TEXT)
                FROM receipt_line
               GROUP BY school, entry_id HAVING COUNT(*) > 1
               ORDER BY 1, 2 LIMIT 100",
    },
    Check {
        invariant: "I4",
        what: "a receipt has no order of its gateway and sum, or of a state that took money",
        sql: "SELECT receipt.school, CAST(receipt.id AS TEXT)
                FROM receipt
                LEFT JOIN payment_order ON payment_order.school = receipt.school AND payment_order.id = receipt.order_id
               WHERE payment_order.id IS NULL
                  OR payment_order.gateway <> receipt.gateway
                  OR payment_order.amount <> receipt.amount
                  OR payment_order.state = 'open'
               ORDER BY 1, 2 LIMIT 100",
    },
    Check {
        invariant: "I4",
        what: "a paid order has no receipt",
        sql: "SELECT payment_order.school, CAST(payment_order.id AS TEXT)
                FROM payment_order
               WHERE payment_order.state = 'paid'
                 AND NOT EXISTS (SELECT 1 FROM receipt
                                  WHERE receipt.school = payment_order.school AND receipt.order_id = payment_order.id)
               ORDER BY 1, 2 LIMIT 100",
    },
    Check {
        invariant: "I10",
        what: "an order is not the sum of its lines, or a line not the fee of its entry",
        sql: "SELECT payment_order.school, CAST(payment_order.id AS TEXT)
                FROM payment_order
                LEFT JOIN order_line line ON line.school = payment_order.school AND line.order_id = payment_order.id
                LEFT JOIN entry ON entry.school = line.school AND entry.id = line.entry_id
               GROUP BY payment_order.school, payment_order.id, payment_order.amount
              HAVING payment_order.amount <> COALESCE(CAST(SUM(line.amount) AS BIGINT), 0)
                  OR SUM(CASE WHEN line.amount = entry.fee THEN 0 ELSE 1 END) > 0
               ORDER BY 1, 2 LIMIT 100",
    },
    Check {
        invariant: "I11",
        what: "a trade of a gateway was booked more than once",
        sql: "SELECT school, MIN(CAST(id AS TEXT))
                FROM receipt
               GROUP BY school, gateway, trade_no HAVING COUNT(*) > 1
               ORDER BY 1, 2 LIMIT 100",
    },
];

/// Runs every check; an empty list means that money and entries agree.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn violations(tx: &mut Tx<'_>) -> Result<Vec<Violation>, DbError> {
    let mut found = Vec::new();
    for check in &CHECKS {
        debug_assert!(check.sql.ends_with(MOST), "a check reports a bounded number");
        let rows = tx.query::<(SchoolCode, String)>(check.sql, &[]).await?;
        found.extend(rows.into_iter().map(|(school, id)| Violation {
            invariant: check.invariant,
            what: check.what,
            school,
            id,
        }));
    }
    Ok(found)
}
