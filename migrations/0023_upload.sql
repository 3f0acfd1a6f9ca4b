-- Files that staff upload, and what becomes of the persons in them (S2).

-- The states of an import grow: a withdrawn one's rows, and those that wait for a decision, are kept but don't count.
CREATE TABLE import_2 (
    id           BIGINT NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL CHECK (kind IN ('roster', 'scores')),
    sitting      TEXT   NOT NULL,
    file_name    TEXT   NOT NULL,
    file_hash    TEXT   NOT NULL,
    row_count    BIGINT NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('staging', 'ready', 'published', 'withdrawn', 'abandoned')),
    started_at   BIGINT NOT NULL,
    published_at BIGINT,
    -- Its place in the order of publication of its kind and sitting: whatever was compared before is compared again.
    turn         BIGINT NOT NULL DEFAULT 0
);
INSERT INTO import_2 (id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at, turn)
SELECT id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at, 0 FROM import;
DROP TABLE import;
ALTER TABLE import_2 RENAME TO import;
CREATE INDEX import_turn ON import (kind, sitting, turn);

-- Where a row stood in its file, and what it was against the roster when the file was checked.
ALTER TABLE student_record ADD COLUMN sheet TEXT NOT NULL DEFAULT '';
ALTER TABLE student_record ADD COLUMN line BIGINT NOT NULL DEFAULT 0;
ALTER TABLE student_record ADD COLUMN fate TEXT NOT NULL DEFAULT '';
-- The import that a row was taken out of.
ALTER TABLE student_record ADD COLUMN from_import BIGINT;
DROP INDEX student_record_import;
CREATE INDEX student_record_import ON student_record (import_id, fate, line);

-- An uploaded file with its state. Whichever node holds the lease works on it.
CREATE TABLE upload (
    id           BIGINT  NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL CHECK (kind IN ('roster', 'scores', 'photos', 'campuses')),
    -- The scope of whoever sent it: '' is the nation, else a province, school or campus.
    place        TEXT    NOT NULL,
    sitting      TEXT    NOT NULL,
    -- The campus of rows without one; empty: the file says it.
    campus       TEXT    NOT NULL,
    file_name    TEXT    NOT NULL,
    size         BIGINT  NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('receiving', 'checking', 'columns', 'bad', 'ready', 'publishing',
                                                   'published', 'withdrawn', 'discarded')),
    account      TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    -- When its state last changed.
    changed_at   BIGINT  NOT NULL,
    -- The node that works on it, and until when it may.
    worker       BIGINT,
    lease_until  BIGINT,
    -- How often a node has begun since its state changed.
    tries        BIGINT  NOT NULL,
    step         TEXT    NOT NULL,
    done         BIGINT  NOT NULL,
    total        BIGINT  NOT NULL,
    -- The import of its staged rows.
    import_id    BIGINT,
    checked_at   BIGINT,
    -- The last import that was published when it was compared.
    turn         BIGINT  NOT NULL,
    published_at BIGINT,
    -- What was asked at publication, and by whom.
    publisher    TEXT    NOT NULL,
    good_only    BOOLEAN NOT NULL,
    remove_gone  BOOLEAN NOT NULL,
    -- Why the file can't be read at all, and the counts of its check, as JSON.
    failure      TEXT    NOT NULL,
    summary      TEXT    NOT NULL,
    -- The choice of columns, and the rows to choose from, as JSON; empty: recognised by the header.
    chosen       TEXT    NOT NULL,
    looked       TEXT    NOT NULL
);
CREATE INDEX upload_place ON upload (kind, place, id);
-- With id, so that whoever looks up one row goes by its key.
CREATE INDEX upload_state ON upload (state, id);

-- The bytes of the file in order, kept until nobody needs them.
CREATE TABLE upload_part (
    upload_id BIGINT NOT NULL REFERENCES upload (id),
    number    BIGINT NOT NULL,
    body      BYTEA  NOT NULL,
    PRIMARY KEY (upload_id, number)
);

-- What the check found, in both languages.
CREATE TABLE upload_finding (
    upload_id BIGINT NOT NULL REFERENCES upload (id),
    number    BIGINT NOT NULL,
    level     TEXT   NOT NULL CHECK (level IN ('error', 'headline', 'warning', 'note')),
    sheet     TEXT   NOT NULL,
    line      BIGINT NOT NULL,
    subject   TEXT   NOT NULL,
    zh        TEXT   NOT NULL,
    en        TEXT   NOT NULL,
    PRIMARY KEY (upload_id, number)
);

-- How a school's files name their columns, by the names in the header.
CREATE TABLE column_choice (
    place   TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    header  TEXT   NOT NULL,
    chosen  TEXT   NOT NULL,
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (place, kind, header)
);

-- A student whom the file of a school names while another school's roster holds the person.
CREATE TABLE transfer (
    id           BIGINT NOT NULL PRIMARY KEY,
    sitting      TEXT   NOT NULL REFERENCES sitting (code),
    document_key BYTEA  NOT NULL,
    from_school  TEXT   NOT NULL,
    from_campus  TEXT   NOT NULL,
    to_school    TEXT   NOT NULL,
    to_campus    TEXT   NOT NULL,
    -- The waiting row of the asking school.
    record_id    BIGINT NOT NULL,
    -- The import that named the person.
    import_id    BIGINT NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('open', 'released', 'kept', 'lapsed')),
    opened_at    BIGINT NOT NULL,
    decided_at   BIGINT,
    decided_by   TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    -- 0 while it is open, then its id: of a person one transfer to a school is open at most.
    closed       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX transfer_from ON transfer (from_school, state, opened_at);
CREATE INDEX transfer_to ON transfer (to_school, state, opened_at);
CREATE UNIQUE INDEX transfer_open ON transfer (sitting, document_key, to_school, closed);

-- A student taken out of a school's roster: the rows stay under a withdrawn import of their own.
CREATE TABLE record_removal (
    -- The id of the row that stood.
    id           BIGINT NOT NULL PRIMARY KEY,
    school       TEXT   NOT NULL,
    sitting      TEXT   NOT NULL REFERENCES sitting (code),
    document_key BYTEA  NOT NULL,
    -- Where the rows are now, and the import whose publication removed it; NULL: somebody did.
    import_id    BIGINT NOT NULL,
    cause        BIGINT,
    removed_at   BIGINT NOT NULL,
    account      TEXT   NOT NULL,
    reason       TEXT   NOT NULL
);
CREATE INDEX record_removal_student ON record_removal (school, sitting, document_key);
CREATE INDEX record_removal_cause ON record_removal (cause);
