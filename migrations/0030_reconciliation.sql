-- The daily bills of the gateways, compared with our receipts and refunds (Y5). A bill is of the merchant, not of a school:
-- the family's key is the gateway and the day, as 2017-10-12 in China's time.

CREATE TABLE reconciliation_day (
    gateway         TEXT   NOT NULL CHECK (gateway IN ('alipay', 'payease')),
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
CREATE INDEX reconciliation_day_order ON reconciliation_day (day, gateway);
CREATE INDEX reconciliation_day_fetch ON reconciliation_day (fetch_at);

-- A bill as it came, by hand or by the job.
CREATE TABLE reconciliation_file (
    id          BIGINT NOT NULL PRIMARY KEY,
    gateway     TEXT   NOT NULL,
    day         TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('receiving', 'received', 'bad', 'compared', 'replaced')),
    file_name   TEXT   NOT NULL,
    size        BIGINT NOT NULL,
    -- SHA-256 of its bytes: the same bill is taken once.
    digest      TEXT   NOT NULL,
    -- Who sent it; empty: the job fetched it.
    account     TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    -- Why it is bad: a code, and the line if one is to blame.
    fault       TEXT   NOT NULL,
    fault_line  BIGINT NOT NULL,
    -- Which node compares it, and until when it is left to it.
    worker      BIGINT,
    lease_until BIGINT,
    tries       BIGINT NOT NULL
);
CREATE INDEX reconciliation_file_day ON reconciliation_file (gateway, day, id);
CREATE INDEX reconciliation_file_state ON reconciliation_file (state, id);

CREATE TABLE reconciliation_part (
    file_id BIGINT NOT NULL REFERENCES reconciliation_file (id),
    number  BIGINT NOT NULL,
    body    BYTEA  NOT NULL,
    PRIMARY KEY (file_id, number)
);

CREATE TABLE reconciliation_difference (
    id           BIGINT NOT NULL PRIMARY KEY,
    gateway      TEXT   NOT NULL,
    day          TEXT   NOT NULL,
    class        TEXT   NOT NULL CHECK (class IN ('ours-only', 'theirs-only', 'sum', 'twice', 'unknown-order', 'refund-missing',
                                                  'refund-extra', 'entries')),
    -- Our order's number, or the one in the bill if it is not ours.
    order_number TEXT   NOT NULL,
    trade_no     TEXT   NOT NULL,
    -- Of a refund, its number; of a payment, the gateway's.
    reference    TEXT   NOT NULL,
    -- In fen; NULL on the side that has nothing.
    ours         BIGINT,
    theirs       BIGINT,
    -- When it was done, by whoever has it.
    done_at      BIGINT NOT NULL,
    -- 'next-day': within minutes of midnight; the next day's bill may have it. 'gone': a corrected bill or another day's has it.
    state        TEXT   NOT NULL CHECK (state IN ('open', 'next-day', 'follow', 'resolved', 'gone')),
    -- How it was resolved.
    resolved_as  TEXT   NOT NULL CHECK (resolved_as IN ('', 'explained', 'booked')),
    -- The account that looks after it.
    owner        TEXT   NOT NULL,
    note         TEXT   NOT NULL,
    found_at     BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX reconciliation_difference_of
    ON reconciliation_difference (gateway, day, class, order_number, trade_no, reference);
CREATE INDEX reconciliation_difference_state ON reconciliation_difference (state, found_at);
CREATE INDEX reconciliation_difference_reference ON reconciliation_difference (gateway, class, reference);
CREATE INDEX reconciliation_difference_trade ON reconciliation_difference (gateway, trade_no);

-- Who handled a difference, each time: whoever signs the day is somebody else.
CREATE TABLE reconciliation_note (
    difference_id BIGINT NOT NULL REFERENCES reconciliation_difference (id),
    id            BIGINT NOT NULL,
    account       TEXT   NOT NULL,
    -- Who holds the account.
    person        TEXT   NOT NULL,
    decided       TEXT   NOT NULL CHECK (decided IN ('explained', 'follow', 'booked')),
    note          TEXT   NOT NULL,
    noted_at      BIGINT NOT NULL,
    PRIMARY KEY (difference_id, id)
);

-- Money of a bill that was booked on another day than the bill's: that day does not miss it.
CREATE TABLE reconciliation_late (
    gateway TEXT NOT NULL,
    -- 'payment' and its trade, or 'refund' and its number.
    kind    TEXT NOT NULL CHECK (kind IN ('payment', 'refund')),
    number  TEXT NOT NULL,
    -- The bill's day.
    day     TEXT NOT NULL,
    PRIMARY KEY (gateway, kind, number)
);
CREATE INDEX reconciliation_late_day ON reconciliation_late (gateway, day);

CREATE INDEX receipt_received ON receipt (gateway, received_at, school, id);
CREATE INDEX refund_done ON refund (done_at, school, id);
