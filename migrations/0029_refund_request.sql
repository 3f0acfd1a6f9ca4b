-- Refunds that two people decide, refunds that no job can finish, and money in suspense that finance settles.

-- Money that goes back. By home school, as before; what is new: why a refund stands still, and by whom it was settled.
CREATE TABLE refund_2 (
    school      TEXT   NOT NULL,
    id          BIGINT NOT NULL,
    order_id    BIGINT NOT NULL,
    receipt_id  BIGINT NOT NULL,
    amount      BIGINT NOT NULL CHECK (amount > 0),
    reason      TEXT   NOT NULL CHECK (reason IN ('surplus', 'replaced', 'locked', 'cancelled', 'no-seat', 'needs-written',
                                                  'exam-cancelled', 'mistaken', 'instructed')),
    -- Sent to the gateway as the key of the refund: asking twice refunds once.
    request_no  TEXT   NOT NULL,
    -- 'due' is the job's; 'refused' and 'unknown' are finance's; 'by-hand' was paid outside the system.
    state       TEXT   NOT NULL CHECK (state IN ('due', 'done', 'refused', 'unknown', 'by-hand')),
    due_at      BIGINT NOT NULL,
    done_at     BIGINT,
    -- When a job tries next; only while it is due.
    try_at      BIGINT,
    tries       BIGINT NOT NULL,
    -- When it was last sent: the refunds of one trade keep a distance, and what was sent once is asked for before it is
    -- sent again.
    sent_at     BIGINT,
    -- What the payer is told of the reason where that is finer than the reason.
    told        TEXT,
    -- What the gateway last said against it; empty while nothing did.
    answer      TEXT   NOT NULL DEFAULT '',
    -- Since when it waits for finance.
    stopped_at  BIGINT,
    -- Who marked it as paid outside, and what they wrote.
    settled_by  TEXT   NOT NULL DEFAULT '',
    note        TEXT   NOT NULL DEFAULT '',
    -- The request by two people that it carries out.
    request_id  BIGINT,
    PRIMARY KEY (school, id),
    FOREIGN KEY (school, receipt_id) REFERENCES receipt (school, id),
    CHECK ((try_at IS NOT NULL) <= (state = 'due')),
    CHECK ((state IN ('done', 'by-hand')) = (done_at IS NOT NULL)),
    CHECK ((state IN ('refused', 'unknown')) = (stopped_at IS NOT NULL)),
    CHECK (state <> 'by-hand' OR (settled_by <> '' AND note <> ''))
);
INSERT INTO refund_2
    (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, try_at, tries, sent_at,
     told)
SELECT school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, try_at, tries, sent_at, told
  FROM refund;
DROP TABLE refund;
ALTER TABLE refund_2 RENAME TO refund;
-- The school comes last, so that a refund is always found by its key where the planner knows nothing of the table yet.
CREATE UNIQUE INDEX refund_request_no ON refund (request_no, school);
CREATE INDEX refund_order ON refund (order_id, school);
CREATE INDEX refund_receipt ON refund (receipt_id, school);
CREATE INDEX refund_of_request ON refund (request_id, school, id) WHERE request_id IS NOT NULL;
CREATE INDEX refund_try ON refund (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX refund_stopped ON refund (stopped_at) WHERE stopped_at IS NOT NULL;

-- How much of which paid entry a refund gives back. The receipt keeps saying what it paid for.
CREATE TABLE refund_line (
    school     TEXT   NOT NULL,
    refund_id  BIGINT NOT NULL,
    entry_id   BIGINT NOT NULL,
    receipt_id BIGINT NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (school, refund_id, entry_id),
    FOREIGN KEY (school, refund_id) REFERENCES refund (school, id),
    FOREIGN KEY (school, receipt_id, entry_id) REFERENCES receipt_line (school, receipt_id, entry_id)
);
CREATE INDEX refund_line_entry ON refund_line (entry_id, school);

-- Somebody of finance asks for a refund; another person approves it. By its own key: an exam's lines are of many schools.
CREATE TABLE refund_request (
    id               BIGINT NOT NULL PRIMARY KEY,
    -- Of whoever asked: the second person has the same or a wider one.
    scope            TEXT   NOT NULL,
    sitting          TEXT   NOT NULL,
    -- The number of the order; empty for all entries of a subject at a campus.
    order_number     TEXT   NOT NULL,
    subject          TEXT   NOT NULL,
    campus           TEXT   NOT NULL,
    -- As refund.reason: candidates are told it.
    why              TEXT   NOT NULL,
    reason           TEXT   NOT NULL CHECK (reason <> ''),
    -- What was asked for, frozen.
    line_count       BIGINT NOT NULL CHECK (line_count > 0),
    amount           BIGINT NOT NULL CHECK (amount > 0),
    state            TEXT   NOT NULL CHECK (state IN ('asked', 'approved', 'refused')),
    requester        TEXT   NOT NULL,
    requester_person TEXT   NOT NULL,
    asked_at         BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    approver         TEXT,
    approver_person  TEXT,
    decided_at       BIGINT,
    note             TEXT   NOT NULL DEFAULT '',
    -- Whether a job still carries out lines of it.
    working          BOOLEAN NOT NULL DEFAULT FALSE,
    CHECK ((state = 'asked') = (decided_at IS NULL)),
    CHECK ((approver IS NULL) = (decided_at IS NULL)),
    CHECK ((approver IS NULL) = (approver_person IS NULL)),
    CHECK (state <> 'approved' OR approver_person <> requester_person),
    CHECK (state <> 'approved' OR (decided_at >= asked_at AND decided_at < expires_at)),
    CHECK (state <> 'refused' OR note <> '')
);
CREATE INDEX refund_request_open ON refund_request (asked_at) WHERE state = 'asked';
CREATE INDEX refund_request_working ON refund_request (id) WHERE working;

CREATE TABLE refund_request_line (
    request_id      BIGINT NOT NULL REFERENCES refund_request (id),
    school          TEXT   NOT NULL,
    entry_id        BIGINT NOT NULL,
    registration_id BIGINT NOT NULL,
    order_id        BIGINT NOT NULL,
    receipt_id      BIGINT NOT NULL,
    amount          BIGINT NOT NULL CHECK (amount > 0),
    -- What was going back already when it was asked for, and what becomes of the entry.
    back            BIGINT NOT NULL CHECK (back >= 0),
    effect          TEXT   NOT NULL CHECK (effect IN ('withdraw', 'keep')),
    -- 'left': the entry had changed when its turn came, so nothing was done.
    state           TEXT   NOT NULL CHECK (state IN ('asked', 'done', 'left')),
    PRIMARY KEY (request_id, school, entry_id),
    FOREIGN KEY (school, receipt_id, entry_id) REFERENCES receipt_line (school, receipt_id, entry_id)
);
CREATE INDEX refund_request_line_entry ON refund_request_line (school, entry_id);

-- Who settled money in suspense, as what.
ALTER TABLE suspense ADD COLUMN settled_as TEXT CHECK (settled_as IN ('ours', 'refund', 'foreign', 'explained'));
ALTER TABLE suspense ADD COLUMN settled_by TEXT;
ALTER TABLE suspense ADD COLUMN settled_at BIGINT;
ALTER TABLE suspense ADD COLUMN note TEXT NOT NULL DEFAULT '';
CREATE INDEX suspense_order ON suspense (order_number, school);
DROP INDEX suspense_once;
CREATE UNIQUE INDEX suspense_once ON suspense (trade_no, gateway, order_number, reason, amount, school);
