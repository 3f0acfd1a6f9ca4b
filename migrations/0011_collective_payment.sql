-- 集体缴费 (Y6): a school locks unpaid entries of its candidates, pays for them together, and confirms or releases them.
-- By home school. An open one is named by entry.locked_by of each of its lines.

CREATE TABLE collective_payment (
    school      TEXT   NOT NULL,
    id          BIGINT NOT NULL,
    sitting     TEXT   NOT NULL,
    -- Of who made it: an account of one campus sees those of its campus only (T22).
    scope       TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('open', 'paid', 'released')),
    made_by     TEXT   NOT NULL,
    made_at     BIGINT NOT NULL,
    -- From then on it unlocks itself.
    locks_until BIGINT NOT NULL,
    -- By an account, or by the job at its time limit: then settled_by is empty.
    settled_by  TEXT   NOT NULL,
    settled_at  BIGINT,
    entries     BIGINT NOT NULL CHECK (entries > 0),
    amount      BIGINT NOT NULL CHECK (amount >= 0),
    note        TEXT   NOT NULL,
    PRIMARY KEY (school, id),
    CHECK ((state = 'open') = (settled_at IS NULL))
);
CREATE INDEX collective_payment_due ON collective_payment (locks_until) WHERE state = 'open';

-- Its entries with the fees that they had when it was made.
CREATE TABLE collective_payment_line (
    school                TEXT   NOT NULL,
    collective_payment_id BIGINT NOT NULL,
    entry_id              BIGINT NOT NULL,
    registration_id       BIGINT NOT NULL,
    subject               TEXT   NOT NULL,
    amount                BIGINT NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (school, collective_payment_id, entry_id),
    FOREIGN KEY (school, collective_payment_id) REFERENCES collective_payment (school, id),
    FOREIGN KEY (school, entry_id) REFERENCES entry (school, id)
);
CREATE INDEX collective_payment_line_entry ON collective_payment_line (school, entry_id);
