-- Money, by home school. An order's number begins with its school's code.

CREATE TABLE payment_order (
    school          TEXT   NOT NULL,
    id              BIGINT NOT NULL,
    number          TEXT   NOT NULL,
    registration_id BIGINT NOT NULL,
    passport_id     BIGINT NOT NULL,
    sitting         TEXT   NOT NULL,
    gateway         TEXT   NOT NULL CHECK (gateway IN ('alipay', 'payease')),
    bank            TEXT   NOT NULL,
    amount          BIGINT NOT NULL CHECK (amount > 0),
    state           TEXT   NOT NULL CHECK (state IN ('open', 'paid', 'closed')),
    opened_at       BIGINT NOT NULL,
    -- The gateway takes no money after this; never later than the end of the entries' hold (Y4).
    deadline_at     BIGINT NOT NULL,
    settled_at      BIGINT,
    -- Why a closed order takes no money: late money for one that was replaced goes back, for one whose deadline came it
    -- may still find its seat (Y1, Y4).
    closed_for      TEXT   CHECK (closed_for IN ('deadline', 'replaced')),
    -- When a job asks the gateway next; NULL once the order is settled and needs no asking.
    ask_at          BIGINT,
    asked           BIGINT NOT NULL,
    PRIMARY KEY (school, id),
    FOREIGN KEY (school, registration_id) REFERENCES registration (school, id),
    CHECK ((state = 'open') = (settled_at IS NULL)),
    CHECK ((state = 'closed') = (closed_for IS NOT NULL))
);
CREATE UNIQUE INDEX payment_order_number ON payment_order (school, number);
-- One open order a registration.
CREATE UNIQUE INDEX payment_order_open ON payment_order (school, registration_id) WHERE state = 'open';
CREATE INDEX payment_order_registration ON payment_order (school, registration_id, id);
CREATE INDEX payment_order_ask ON payment_order (ask_at) WHERE ask_at IS NOT NULL;

-- What an order pays for, frozen when it was opened.
CREATE TABLE order_line (
    school   TEXT   NOT NULL,
    order_id BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    subject  TEXT   NOT NULL,
    amount   BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (school, order_id, entry_id),
    FOREIGN KEY (school, order_id) REFERENCES payment_order (school, id),
    FOREIGN KEY (school, entry_id) REFERENCES entry (school, id)
);
CREATE INDEX order_line_entry ON order_line (school, entry_id);

-- Money that arrived: one row for each trade of a gateway, whatever is sent how often (I11).
CREATE TABLE receipt (
    school      TEXT   NOT NULL,
    id          BIGINT NOT NULL,
    order_id    BIGINT NOT NULL,
    gateway     TEXT   NOT NULL,
    trade_no    TEXT   NOT NULL,
    amount      BIGINT NOT NULL CHECK (amount > 0),
    proof       TEXT   NOT NULL CHECK (proof IN ('notice', 'query')),
    received_at BIGINT NOT NULL,
    PRIMARY KEY (school, id),
    FOREIGN KEY (school, order_id) REFERENCES payment_order (school, id)
);
CREATE UNIQUE INDEX receipt_trade ON receipt (school, gateway, trade_no);
CREATE INDEX receipt_order ON receipt (school, order_id);

-- Which entry a receipt paid for, and how much of it.
CREATE TABLE receipt_line (
    school     TEXT   NOT NULL,
    receipt_id BIGINT NOT NULL,
    entry_id   BIGINT NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (school, receipt_id, entry_id),
    FOREIGN KEY (school, receipt_id) REFERENCES receipt (school, id),
    FOREIGN KEY (school, entry_id) REFERENCES entry (school, id)
);
-- Exactly one covering receipt a paid entry (I4).
CREATE UNIQUE INDEX receipt_line_entry ON receipt_line (school, entry_id);

-- Money that goes back.
CREATE TABLE refund (
    school      TEXT   NOT NULL,
    id          BIGINT NOT NULL,
    order_id    BIGINT NOT NULL,
    receipt_id  BIGINT NOT NULL,
    amount      BIGINT NOT NULL CHECK (amount > 0),
    reason      TEXT   NOT NULL CHECK (reason IN ('surplus', 'replaced', 'locked', 'cancelled', 'no-seat', 'needs-written')),
    -- Sent to the gateway as the key of the refund: asking twice refunds once.
    request_no  TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('due', 'done')),
    due_at      BIGINT NOT NULL,
    done_at     BIGINT,
    -- When a job tries next.
    try_at      BIGINT,
    tries       BIGINT NOT NULL,
    -- When it was last sent: the refunds of one trade keep a distance, and what was sent once is asked for before it is
    -- sent again.
    sent_at     BIGINT,
    PRIMARY KEY (school, id),
    FOREIGN KEY (school, receipt_id) REFERENCES receipt (school, id)
);
CREATE UNIQUE INDEX refund_request ON refund (school, request_no);
CREATE INDEX refund_order ON refund (school, order_id);
CREATE INDEX refund_receipt ON refund (school, receipt_id);
CREATE INDEX refund_try ON refund (try_at) WHERE try_at IS NOT NULL;
