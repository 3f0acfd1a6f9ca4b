-- What happened to an order and to its money, one row an event, in the transaction of what it tells (Y3, Y4). By the number of
-- the order; money that fits none has the number of the notification and the school '00000'. Rows are only added. detail holds
-- the codes of the event as JSON: no name, document, address or secret.
CREATE TABLE payment_event (
    school     TEXT   NOT NULL,
    number     TEXT   NOT NULL,
    id         BIGINT NOT NULL,
    -- payment::events::Kind.
    kind       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    -- Which of its lines, where it tells of one.
    entry_id   BIGINT,
    receipt_id BIGINT,
    refund_id  BIGINT,
    -- In fen.
    amount     BIGINT,
    detail     TEXT,
    PRIMARY KEY (school, number, id)
);

-- What is known of the orders before: when they were opened and closed, what was booked, and what went back. The ids are those of
-- the rows that they tell of, and of a second event the next: no event of the same order has them.
INSERT INTO payment_event (school, number, id, kind, at, amount, detail)
SELECT school, number, id, 'opened', opened_at, amount, '{"gateway":"' || gateway || '","bank":"' || bank || '"}'
  FROM payment_order;
INSERT INTO payment_event (school, number, id, kind, at, detail)
SELECT school, number, id + 1, 'closed', settled_at, '{"reason":"' || closed_for || '"}'
  FROM payment_order
 WHERE state = 'closed';
INSERT INTO payment_event (school, number, id, kind, at, receipt_id, amount, detail)
SELECT r.school, o.number, r.id,
       CASE WHEN EXISTS (SELECT 1 FROM receipt_line l WHERE l.school = r.school AND l.receipt_id = r.id)
            THEN 'booked' ELSE 'not-booked' END,
       r.received_at, r.id, r.amount, '{"gateway":"' || r.gateway || '","proof":"' || r.proof || '"}'
  FROM receipt r
  JOIN payment_order o ON o.school = r.school AND o.id = r.order_id;
INSERT INTO payment_event (school, number, id, kind, at, receipt_id, refund_id, amount, detail)
SELECT r.school, o.number, r.id, 'refund-due', r.due_at, r.receipt_id, r.id, r.amount, '{"reason":"' || r.reason || '"}'
  FROM refund r
  JOIN payment_order o ON o.school = r.school AND o.id = r.order_id;
INSERT INTO payment_event (school, number, id, kind, at, receipt_id, refund_id, amount, detail)
SELECT r.school, o.number, r.id + 1, 'refund-done', r.done_at, r.receipt_id, r.id, r.amount, '{"gateway":"' || o.gateway || '"}'
  FROM refund r
  JOIN payment_order o ON o.school = r.school AND o.id = r.order_id
 WHERE r.state = 'done';

-- A replaced order whose candidate cancelled one of its entries and opened no other: money that comes for it late is told so. (What
-- was cancelled before keeps the old word.)
ALTER TABLE payment_order ADD COLUMN given_up BOOLEAN NOT NULL DEFAULT FALSE;

-- What the payer is told of the reason where that is finer than the reason: registration over, seats taken, an entry cancelled.
ALTER TABLE refund ADD COLUMN told TEXT;
