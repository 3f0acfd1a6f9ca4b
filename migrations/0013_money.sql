-- Money is found by the passport that pays, whether or not its registration lives.
CREATE INDEX payment_order_passport ON payment_order (passport_id, id);

-- Money of which a gateway tells and that fits nothing: another sum, an order that is not ours. By the order's home school;
-- '00000' for what has none.
CREATE TABLE suspense (
    school       TEXT   NOT NULL,
    id           BIGINT NOT NULL,
    gateway      TEXT   NOT NULL,
    -- The order's number, or of one that is not ours its number on the wire.
    order_number TEXT   NOT NULL,
    -- The gateway's own number of the trade.
    trade_no     TEXT   NOT NULL,
    -- In fen, as told; 0 where it could not be read.
    amount       BIGINT NOT NULL CHECK (amount >= 0),
    reason       TEXT   NOT NULL,
    -- How it was told: by a notice whose signature proves it, by one that does not, by the answer to our own question.
    proof        TEXT   NOT NULL CHECK (proof IN ('notice', 'hint', 'query')),
    state        TEXT   NOT NULL CHECK (state IN ('open', 'settled')),
    received_at  BIGINT NOT NULL,
    PRIMARY KEY (school, id)
);
-- However often it is told.
CREATE UNIQUE INDEX suspense_once ON suspense (school, gateway, trade_no, order_number, reason, amount);
CREATE INDEX suspense_open ON suspense (received_at) WHERE state = 'open';
