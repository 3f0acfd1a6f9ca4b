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
