-- What is counted of a sitting at every place, kept by a job, so that no page counts the nation's rows (season.md 5).

CREATE TABLE statistic (
    sitting       TEXT   NOT NULL REFERENCES sitting (code),
    -- '' is the nation; else the code of a province, school or campus.
    place         TEXT   NOT NULL,
    -- The place above; NULL for the nation.
    above         TEXT,
    registrations BIGINT NOT NULL,
    paid          BIGINT NOT NULL,
    unpaid        BIGINT NOT NULL,
    amount        BIGINT NOT NULL,
    received      BIGINT NOT NULL,
    refunded      BIGINT NOT NULL,
    capacity      BIGINT NOT NULL,
    taken         BIGINT NOT NULL,
    -- By subject and by day, as JSON.
    detail        TEXT   NOT NULL,
    -- Of all of the above: a row that did not change is not written again.
    digest        TEXT   NOT NULL,
    -- When the row was written; the nation's is written at every count.
    counted_at    BIGINT NOT NULL,
    PRIMARY KEY (sitting, place),
    CHECK ((place = '') = (above IS NULL))
);
CREATE INDEX statistic_above ON statistic (sitting, above, place);

-- Somebody asks that a draft of an arrangement be published; another person publishes it (season.md 2).
CREATE TABLE arrangement_request (
    school          TEXT   NOT NULL,
    id              BIGINT NOT NULL,
    sitting         TEXT   NOT NULL,
    campus          TEXT   NOT NULL,
    subject         TEXT   NOT NULL,
    -- The draft that was looked at: one drawn since needs a request of its own.
    draft_id        BIGINT NOT NULL,
    state           TEXT   NOT NULL CHECK (state IN ('asked', 'done', 'refused')),
    account         TEXT   NOT NULL,
    person          TEXT   NOT NULL,
    -- Of whoever asked: the second person has the same or a wider one.
    scope           TEXT   NOT NULL,
    asked_at        BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    approver        TEXT,
    approver_person TEXT,
    decided_at      BIGINT,
    -- 0 while it waits, then its id: for a list one request waits at most.
    closed          BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (school, id),
    CHECK ((state = 'asked') = (decided_at IS NULL)),
    CHECK (state <> 'done' OR (approver_person IS NOT NULL AND approver_person <> person))
);
CREATE UNIQUE INDEX arrangement_request_open ON arrangement_request (sitting, campus, subject, closed);
