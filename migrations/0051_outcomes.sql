-- What became of forms and files, for whoever sent them.

-- What became of each candidate of a form of 集体报名 (S2), for the page that its answer leads to: ids and codes, no names.
CREATE TABLE group_outcome (
    school  TEXT   NOT NULL,
    account TEXT   NOT NULL,
    -- The form's command id.
    command TEXT   NOT NULL,
    made_at BIGINT NOT NULL,
    sitting TEXT   NOT NULL,
    place   TEXT   NOT NULL CHECK (place IN ('class', 'students', 'registrations')),
    -- The query of the page where they were ticked.
    back    TEXT   NOT NULL,
    -- Ticked rows that did not stand any more.
    gone    BIGINT NOT NULL CHECK (gone >= 0),
    -- Line by line: subject, whom, and `entered` or the codes of why not.
    lines   TEXT   NOT NULL,
    PRIMARY KEY (school, account, command)
) /* WITHOUT ROWID */;

-- How an upload that does not count came to its end, and whose doing it was: refused on arrival, cut off, waited for too long, or
-- given up by somebody. Empty for those of before.
ALTER TABLE upload ADD COLUMN ended_for TEXT NOT NULL DEFAULT ''
    CHECK (ended_for IN ('', 'refused', 'cut-off', 'lapsed', 'given-up'));
ALTER TABLE upload ADD COLUMN ended_by TEXT NOT NULL DEFAULT '';

-- Who takes a published roster back, and why, while whom it took out is put back some at a time. Empty otherwise.
ALTER TABLE upload ADD COLUMN taken_back_by TEXT NOT NULL DEFAULT '';
ALTER TABLE upload ADD COLUMN taken_back_why TEXT NOT NULL DEFAULT '';
CREATE INDEX upload_taken_back ON upload (id) WHERE taken_back_by <> '';
