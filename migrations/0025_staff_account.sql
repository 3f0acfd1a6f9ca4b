-- Accounts of staff: who holds them, how they are told, and resets by two people.

-- The number under which the holder is known, sealed: `person` is only comparable. NULL for accounts from before.
ALTER TABLE staff_account ADD COLUMN person_sealed BYTEA;
-- Where the holder is told of a reset, sealed; NULL where none was given.
ALTER TABLE staff_account ADD COLUMN email_sealed BYTEA;
-- When both factors were right last.
ALTER TABLE staff_account ADD COLUMN logged_in_at BIGINT;
UPDATE staff_account SET logged_in_at = (SELECT MAX(passed_at) FROM staff_session WHERE account = staff_account.name);

-- Where an account gets a new password and second factor: asked by one person, approved by another.
CREATE TABLE staff_reset (
    id               BIGINT NOT NULL PRIMARY KEY,
    account          TEXT   NOT NULL REFERENCES staff_account (name),
    reason           TEXT   NOT NULL CHECK (reason <> ''),
    -- The scope of whoever asked: who approves has the same or a wider one.
    scope            TEXT   NOT NULL,
    state            TEXT   NOT NULL CHECK (state IN ('asked', 'done', 'refused')),
    requester        TEXT   NOT NULL,
    requester_person TEXT   NOT NULL,
    asked_at         BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    approver         TEXT,
    approver_person  TEXT,
    decided_at       BIGINT,
    CHECK ((state = 'asked') = (decided_at IS NULL)),
    CHECK ((approver IS NULL) = (decided_at IS NULL)),
    CHECK ((approver IS NULL) = (approver_person IS NULL)),
    CHECK (state <> 'done' OR approver_person <> requester_person),
    CHECK (state <> 'done' OR (decided_at >= asked_at AND decided_at < expires_at))
);
-- One open request an account.
CREATE UNIQUE INDEX staff_reset_open ON staff_reset (account) WHERE state = 'asked';
