-- Settings and their changes (season.md section 1).

ALTER TABLE sitting ADD COLUMN province_fees BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE subject ADD COLUMN printing_to BIGINT;
ALTER TABLE notice ADD COLUMN body_en TEXT NOT NULL DEFAULT '';

-- What a place allows the places below it: the earliest opening and latest closing of a mode's windows, or the largest
-- capacity of a campus for a subject.
CREATE TABLE setting_limit (
    sitting  TEXT   NOT NULL REFERENCES sitting (code),
    scope    TEXT   NOT NULL,
    -- 'written', 'oral', or a subject's code.
    item     TEXT   NOT NULL,
    from_at  BIGINT,
    to_at    BIGINT,
    capacity BIGINT CHECK (capacity >= 0),
    PRIMARY KEY (sitting, scope, item),
    CHECK (capacity IS NULL OR (from_at IS NULL AND to_at IS NULL)),
    CHECK (from_at IS NULL OR to_at IS NULL OR from_at < to_at)
);

-- One change of settings: whoever made it, why, and whether a second person has decided. Its lines are frozen by hash.
CREATE TABLE setting_change (
    id              BIGINT NOT NULL PRIMARY KEY,
    sitting         TEXT   NOT NULL,
    -- The widest place whose settings it changes; '' is the nation.
    place           TEXT   NOT NULL,
    origin          TEXT   NOT NULL CHECK (origin IN ('web', 'file', 'copy', 'undo', 'found')),
    state           TEXT   NOT NULL CHECK (state IN ('asked', 'done', 'refused')),
    reason          TEXT   NOT NULL,
    account         TEXT   NOT NULL,
    person          TEXT   NOT NULL,
    -- The scope of whoever asked: a second person has the same or a wider one.
    scope           TEXT   NOT NULL,
    asked_at        BIGINT NOT NULL,
    expires_at      BIGINT,
    approver        TEXT,
    approver_person TEXT,
    decided_at      BIGINT,
    undoes          BIGINT REFERENCES setting_change (id),
    -- The version of the reference tables that it made; NULL until it takes effect.
    version         BIGINT,
    hash            BYTEA  NOT NULL,
    CHECK ((state = 'asked') = (decided_at IS NULL)),
    CHECK (state <> 'asked' OR expires_at IS NOT NULL),
    CHECK ((state = 'done') = (version IS NOT NULL)),
    CHECK ((approver IS NULL) = (approver_person IS NULL)),
    CHECK (state = 'refused' OR approver_person IS NULL OR approver_person <> person)
);
CREATE INDEX setting_change_place ON setting_change (place, id);

-- The settings of a change with their values before and after; NULL: the place has no value of its own.
CREATE TABLE setting_change_line (
    change_id    BIGINT NOT NULL REFERENCES setting_change (id),
    line         BIGINT NOT NULL,
    sitting      TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    scope        TEXT   NOT NULL,
    item         TEXT   NOT NULL,
    value_before TEXT,
    value_after  TEXT,
    PRIMARY KEY (change_id, line)
);
CREATE INDEX setting_change_line_setting ON setting_change_line (sitting, kind, scope, item, change_id);
