-- What was left of the season run on the web (season.md 1 and 3).

-- A change may wait for its time, and be overtaken by another one meanwhile; jobs make changes too.
CREATE TABLE setting_change_2 (
    id              BIGINT NOT NULL PRIMARY KEY,
    sitting         TEXT   NOT NULL,
    -- The widest place whose settings it changes; '' is the nation.
    place           TEXT   NOT NULL,
    origin          TEXT   NOT NULL CHECK (origin IN ('web', 'file', 'copy', 'undo', 'found', 'job')),
    state           TEXT   NOT NULL CHECK (state IN ('asked', 'scheduled', 'done', 'refused', 'overtaken')),
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
    undoes          BIGINT,
    -- The version of the reference tables that it made; NULL until it takes effect.
    version         BIGINT,
    hash            BYTEA  NOT NULL,
    -- From when on it holds; NULL: at once.
    from_at         BIGINT,
    CHECK ((state IN ('asked', 'scheduled')) = (decided_at IS NULL)),
    CHECK (state <> 'asked' OR expires_at IS NOT NULL),
    CHECK (state <> 'scheduled' OR from_at IS NOT NULL),
    CHECK ((state = 'done') = (version IS NOT NULL)),
    CHECK ((approver IS NULL) = (approver_person IS NULL)),
    CHECK (state = 'refused' OR approver_person IS NULL OR approver_person <> person)
);
INSERT INTO setting_change_2
SELECT id, sitting, place, origin, state, reason, account, person, scope, asked_at, expires_at, approver,
       approver_person, decided_at, undoes, version, hash, NULL
  FROM setting_change;
CREATE TABLE setting_change_line_2 (
    change_id    BIGINT NOT NULL,
    line         BIGINT NOT NULL,
    sitting      TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    scope        TEXT   NOT NULL,
    item         TEXT   NOT NULL,
    value_before TEXT,
    value_after  TEXT,
    PRIMARY KEY (change_id, line),
    FOREIGN KEY (change_id) REFERENCES setting_change_2 (id)
);
INSERT INTO setting_change_line_2
SELECT change_id, line, sitting, kind, scope, item, value_before, value_after FROM setting_change_line;
DROP TABLE setting_change_line;
DROP TABLE setting_change;
ALTER TABLE setting_change_2 RENAME TO setting_change;
ALTER TABLE setting_change_line_2 RENAME TO setting_change_line;
CREATE INDEX setting_change_place ON setting_change (place, id);
-- With id, so that whoever looks up one row goes by its key.
CREATE INDEX setting_change_state ON setting_change (state, id);
CREATE INDEX setting_change_line_setting ON setting_change_line (sitting, kind, scope, item, change_id);

-- Candidates who are still to be told of a change that touches them: those with an entry in one of its pools, told up to
-- this entry.
CREATE TABLE change_touch (
    change_id    BIGINT NOT NULL PRIMARY KEY,
    sitting      TEXT   NOT NULL,
    -- What of them the change touches, by campus and subject, as JSON.
    pools        TEXT   NOT NULL,
    after_school TEXT   NOT NULL,
    after_id     BIGINT NOT NULL
);

-- What an account has sent, for its limits.
CREATE INDEX upload_account ON upload (account, id);

-- The pictures of an archive that fit nobody or are doubtful, small, for whoever sent it.
CREATE TABLE upload_picture (
    upload_id BIGINT NOT NULL REFERENCES upload (id),
    number    BIGINT NOT NULL,
    name      TEXT   NOT NULL,
    -- Why it is shown.
    zh        TEXT   NOT NULL,
    en        TEXT   NOT NULL,
    body      BYTEA  NOT NULL,
    PRIMARY KEY (upload_id, number)
);
