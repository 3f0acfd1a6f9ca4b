//! Money: I3, I4, I10, I11, and the mails of refunds (I20).

use super::Question;

/// `$1` is now, `$2` the most rows that are listed.
pub(super) const QUESTIONS: &[Question] = &[
    Question {
        invariant: "I3",
        says: "each receipt is divided to the last fen among paid entries and refunds, those of paid entries counted once",
        sql: "SELECT 'receipt ' || receipt.school || ' ' || CAST(receipt.id AS TEXT)
                FROM receipt
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND receipt.amount <>
                     COALESCE((SELECT CAST(SUM(line.amount) AS BIGINT) FROM receipt_line line
                                WHERE line.school = receipt.school AND line.receipt_id = receipt.id), 0)
                   + COALESCE((SELECT CAST(SUM(refund.amount) AS BIGINT) FROM refund
                                WHERE refund.school = receipt.school AND refund.receipt_id = receipt.id), 0)
                   - COALESCE((SELECT CAST(SUM(back.amount) AS BIGINT) FROM refund_line back
                                WHERE back.school = receipt.school AND back.receipt_id = receipt.id), 0)
               LIMIT $2",
    },
    Question {
        invariant: "I3",
        says: "each refund belongs to the order of its receipt",
        sql: "SELECT 'refund ' || refund.school || ' ' || CAST(refund.id AS TEXT)
                FROM refund
                JOIN receipt ON receipt.school = refund.school AND receipt.id = refund.receipt_id
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND receipt.order_id <> refund.order_id
               LIMIT $2",
    },
    Question {
        invariant: "I3",
        says: "a refund by staff is the sum of its lines, each of its receipt",
        sql: "SELECT 'refund ' || refund.school || ' ' || CAST(refund.id AS TEXT)
                FROM refund
                LEFT JOIN refund_line line ON line.school = refund.school AND line.refund_id = refund.id
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND (refund.request_id IS NOT NULL OR line.refund_id IS NOT NULL)
               GROUP BY refund.school, refund.id, refund.amount, refund.receipt_id
              HAVING refund.amount <> COALESCE(CAST(SUM(line.amount) AS BIGINT), 0)
                  OR SUM(CASE WHEN line.receipt_id = refund.receipt_id THEN 0 ELSE 1 END) > 0
               LIMIT $2",
    },
    Question {
        invariant: "I3",
        says: "no more goes back for an entry than was paid for it",
        sql: "SELECT 'entry ' || paid.school || ' ' || CAST(paid.entry_id AS TEXT)
                FROM receipt_line paid
                JOIN refund_line back ON back.school = paid.school AND back.entry_id = paid.entry_id
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY paid.school, paid.entry_id, paid.amount
              HAVING paid.amount < CAST(SUM(back.amount) AS BIGINT)
               LIMIT $2",
    },
    Question {
        invariant: "I3",
        says: "each refund of a gateway's console that finance settled as one is booked, with the sum that the gateway told",
        sql: "SELECT 'suspense ' || told.school || ' ' || CAST(told.id AS TEXT)
                FROM suspense told
                LEFT JOIN refund booked ON booked.suspense_id = told.id AND booked.school = told.school
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND told.reason = 'refunded'
                 AND told.state = 'settled'
                 AND told.settled_as IN ('ours', 'refund')
                 AND (booked.id IS NULL OR booked.state <> 'done' OR (told.amount > 0 AND booked.amount <> told.amount))
               LIMIT $2",
    },
    Question {
        invariant: "I7",
        says: "each entry that was withdrawn has all of its money going back, by requests that another person approved, but for what \
               went back in a gateway's console",
        sql: "SELECT 'entry ' || entry.school || ' ' || CAST(entry.id AS TEXT)
                FROM entry
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND entry.state = 'withdrawn'
                 AND COALESCE((SELECT CAST(SUM(paid.amount) AS BIGINT) FROM receipt_line paid
                                WHERE paid.school = entry.school AND paid.entry_id = entry.id), 0)
                  <> COALESCE((SELECT CAST(SUM(back.amount) AS BIGINT)
                                 FROM refund_line back
                                 JOIN refund ON refund.school = back.school AND refund.id = back.refund_id
                                 LEFT JOIN refund_request asked ON asked.id = refund.request_id
                                WHERE back.school = entry.school AND back.entry_id = entry.id
                                  AND (asked.state = 'approved' OR refund.suspense_id IS NOT NULL)), 0)
               LIMIT $2",
    },
    Question {
        invariant: "I4",
        says: "each paid entry has a receipt of its price, or was paid by its school",
        sql: "SELECT 'entry ' || entry.school || ' ' || CAST(entry.id AS TEXT)
                FROM entry
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND entry.state = 'paid'
                 AND NOT EXISTS (SELECT 1 FROM receipt_line line
                                  WHERE line.school = entry.school
                                    AND line.entry_id = entry.id
                                    AND line.amount = entry.fee)
                 AND NOT EXISTS (SELECT 1 FROM collective_payment_line line
                                   JOIN collective_payment whole
                                     ON whole.school = line.school AND whole.id = line.collective_payment_id
                                  WHERE line.school = entry.school
                                    AND line.entry_id = entry.id
                                    AND line.amount = entry.fee
                                    AND whole.state = 'paid')
               LIMIT $2",
    },
    Question {
        invariant: "I4",
        says: "no entry is paid both by its candidate and by its school, or twice by its school",
        sql: "SELECT 'entry ' || line.school || ' ' || CAST(line.entry_id AS TEXT)
                FROM collective_payment_line line
                JOIN collective_payment whole
                  ON whole.school = line.school AND whole.id = line.collective_payment_id AND whole.state = 'paid'
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND (EXISTS (SELECT 1 FROM receipt_line own
                               WHERE own.school = line.school AND own.entry_id = line.entry_id)
                      OR EXISTS (SELECT 1 FROM collective_payment_line other
                                   JOIN collective_payment second
                                     ON second.school = other.school AND second.id = other.collective_payment_id
                                  WHERE other.school = line.school
                                    AND other.entry_id = line.entry_id
                                    AND other.collective_payment_id <> line.collective_payment_id
                                    AND second.state = 'paid'))
               LIMIT $2",
    },
    Question {
        invariant: "I4",
        says: "no entry is locked by a collective payment that is settled, and none that has ended is locked",
        sql: "SELECT 'entry ' || entry.school || ' ' || CAST(entry.id AS TEXT)
                FROM entry
                LEFT JOIN collective_payment whole ON whole.school = entry.school AND whole.id = entry.locked_by
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND entry.locked_by IS NOT NULL
                 AND (whole.state IN ('paid', 'released') OR entry.state <> 'held')
               LIMIT $2",
    },
    Question {
        invariant: "I10",
        says: "each collective payment is the sum of its lines, and each of an open one locks its entry",
        sql: "SELECT 'collective payment ' || whole.school || ' ' || CAST(whole.id AS TEXT)
                FROM collective_payment whole
                LEFT JOIN collective_payment_line line
                  ON line.school = whole.school AND line.collective_payment_id = whole.id
                LEFT JOIN entry ON entry.school = line.school AND entry.id = line.entry_id
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY whole.school, whole.id, whole.amount, whole.entries, whole.state
              HAVING whole.amount <> COALESCE(CAST(SUM(line.amount) AS BIGINT), 0)
                  OR whole.entries <> COUNT(line.entry_id)
                  OR (whole.state = 'open'
                      AND SUM(CASE WHEN entry.locked_by = whole.id THEN 0 ELSE 1 END) > 0)
               LIMIT $2",
    },
    Question {
        invariant: "I4",
        says: "each entry with a receipt is paid, or was withdrawn since",
        sql: "SELECT 'entry ' || entry.school || ' ' || CAST(entry.id AS TEXT)
                FROM receipt_line line
                JOIN entry ON entry.school = line.school AND entry.id = line.entry_id
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND entry.state NOT IN ('paid', 'withdrawn')
               LIMIT $2",
    },
    Question {
        invariant: "I4",
        says: "no entry has more than one receipt",
        sql: "SELECT 'entry ' || school || ' ' || CAST(entry_id AS TEXT)
                FROM receipt_line
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY school, entry_id HAVING COUNT(*) > 1
               LIMIT $2",
    },
    Question {
        invariant: "I4",
        says: "each receipt has an order of its gateway and sum that is no longer open",
        sql: "SELECT 'receipt ' || receipt.school || ' ' || CAST(receipt.id AS TEXT)
                FROM receipt
                LEFT JOIN payment_order ON payment_order.school = receipt.school AND payment_order.id = receipt.order_id
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND (payment_order.id IS NULL
                      OR payment_order.gateway <> receipt.gateway
                      OR payment_order.amount <> receipt.amount
                      OR payment_order.state = 'open')
               LIMIT $2",
    },
    Question {
        invariant: "I4",
        says: "each paid order has a receipt",
        sql: "SELECT 'order ' || payment_order.school || ' ' || CAST(payment_order.id AS TEXT)
                FROM payment_order
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND payment_order.state = 'paid'
                 AND NOT EXISTS (SELECT 1 FROM receipt
                                  WHERE receipt.school = payment_order.school AND receipt.order_id = payment_order.id)
               LIMIT $2",
    },
    Question {
        invariant: "I10",
        says: "each order is the sum of its lines, and each line the fee of its entry",
        sql: "SELECT 'order ' || payment_order.school || ' ' || CAST(payment_order.id AS TEXT)
                FROM payment_order
                LEFT JOIN order_line line ON line.school = payment_order.school AND line.order_id = payment_order.id
                LEFT JOIN entry ON entry.school = line.school AND entry.id = line.entry_id
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY payment_order.school, payment_order.id, payment_order.amount
              HAVING payment_order.amount <> COALESCE(CAST(SUM(line.amount) AS BIGINT), 0)
                  OR SUM(CASE WHEN line.amount = entry.fee THEN 0 ELSE 1 END) > 0
               LIMIT $2",
    },
    Question {
        invariant: "I11",
        says: "each trade of a gateway is booked once",
        sql: "SELECT 'receipt ' || school || ' ' || MIN(CAST(id AS TEXT))
                FROM receipt
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY school, gateway, trade_no HAVING COUNT(*) > 1
               LIMIT $2",
    },
    Question {
        invariant: "I20",
        says: "each refund is told to who paid",
        sql: "SELECT 'refund ' || refund.school || ' ' || CAST(refund.id AS TEXT)
                FROM refund
                JOIN payment_order ON payment_order.school = refund.school AND payment_order.id = refund.order_id
                JOIN passport ON passport.id = payment_order.passport_id
                LEFT JOIN message ON message.kind = CASE WHEN refund.suspense_id IS NULL THEN 'refund-due' ELSE 'refund-done' END
                     AND message.event IN (CAST(refund.receipt_id AS TEXT), CAST(refund.id AS TEXT))
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND message.event IS NULL
                 AND NOT EXISTS (SELECT 1 FROM outbox
                                  WHERE outbox.school = refund.school
                                    AND outbox.kind = 'refund'
                                    AND outbox.event = CAST(refund.receipt_id AS TEXT))
               LIMIT $2",
    },
    Question {
        invariant: "I3",
        says: "what became of each receipt is told",
        sql: "SELECT 'receipt ' || receipt.school || ' ' || CAST(receipt.id AS TEXT)
                FROM receipt
                JOIN payment_order ON payment_order.school = receipt.school AND payment_order.id = receipt.order_id
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM payment_event told
                                  WHERE told.school = receipt.school
                                    AND told.number = payment_order.number
                                    AND told.receipt_id = receipt.id
                                    AND told.kind IN ('booked', 'seated-again', 'not-booked'))
               LIMIT $2",
    },
    Question {
        invariant: "I3",
        says: "each refund that is owed or done is told",
        sql: "SELECT 'refund ' || refund.school || ' ' || CAST(refund.id AS TEXT)
                FROM refund
                JOIN payment_order ON payment_order.school = refund.school AND payment_order.id = refund.order_id
                LEFT JOIN payment_event due
                  ON due.school = refund.school AND due.number = payment_order.number
                 AND due.refund_id = refund.id AND due.kind = 'refund-due'
                LEFT JOIN payment_event done
                  ON done.school = refund.school AND done.number = payment_order.number
                 AND done.refund_id = refund.id AND done.kind = 'refund-done'
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND (due.id IS NULL OR (refund.state = 'done' AND done.id IS NULL))
               LIMIT $2",
    },
];
