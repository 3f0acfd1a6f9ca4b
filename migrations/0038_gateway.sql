-- A gateway is what the program's registry knows and the configuration offers: no longer a list in the schema. A column's own
-- CHECK goes with the column.
ALTER TABLE payment_order ADD COLUMN gateway_2 TEXT NOT NULL DEFAULT '';
UPDATE payment_order SET gateway_2 = gateway;
ALTER TABLE payment_order DROP COLUMN gateway;
ALTER TABLE payment_order RENAME COLUMN gateway_2 TO gateway;

-- The address under which its gateway takes an order's money, where it gives one (a code to scan, a page for telephones),
-- which of them, and until when it may be shown again.
ALTER TABLE payment_order ADD COLUMN address TEXT;
ALTER TABLE payment_order ADD COLUMN address_way TEXT CHECK (address_way IN ('scan', 'phone'));
ALTER TABLE payment_order ADD COLUMN address_until BIGINT;

CREATE TABLE reconciliation_day_2 (
    gateway         TEXT   NOT NULL,
    day             TEXT   NOT NULL,
    -- 'waiting': no bill has been compared yet.
    state           TEXT   NOT NULL CHECK (state IN ('waiting', 'compared', 'signed')),
    -- The bill that was compared.
    file_id         BIGINT,
    compared_at     BIGINT,
    our_payments    BIGINT NOT NULL,
    our_paid        BIGINT NOT NULL,
    our_refunds     BIGINT NOT NULL,
    our_refunded    BIGINT NOT NULL,
    their_payments  BIGINT NOT NULL,
    their_paid      BIGINT NOT NULL,
    their_refunds   BIGINT NOT NULL,
    their_refunded  BIGINT NOT NULL,
    matched         BIGINT NOT NULL,
    -- Rows of the bill whose money we booked on another day.
    matched_late    BIGINT NOT NULL,
    signed_by       TEXT   NOT NULL,
    signed_at       BIGINT,
    made_at         BIGINT NOT NULL,
    -- When a job asks the gateway for the bill next; NULL once there is one.
    fetch_at        BIGINT,
    fetches         BIGINT NOT NULL,
    PRIMARY KEY (gateway, day),
    CHECK ((state = 'signed') = (signed_at IS NOT NULL)),
    CHECK ((state = 'waiting') = (compared_at IS NULL))
);
INSERT INTO reconciliation_day_2
    (gateway, day, state, file_id, compared_at, our_payments, our_paid, our_refunds, our_refunded, their_payments,
     their_paid, their_refunds, their_refunded, matched, matched_late, signed_by, signed_at, made_at, fetch_at, fetches)
SELECT gateway, day, state, file_id, compared_at, our_payments, our_paid, our_refunds, our_refunded, their_payments,
       their_paid, their_refunds, their_refunded, matched, matched_late, signed_by, signed_at, made_at, fetch_at, fetches
  FROM reconciliation_day;
DROP TABLE reconciliation_day;
ALTER TABLE reconciliation_day_2 RENAME TO reconciliation_day;
CREATE INDEX reconciliation_day_order ON reconciliation_day (day, gateway);
CREATE INDEX reconciliation_day_fetch ON reconciliation_day (fetch_at);
