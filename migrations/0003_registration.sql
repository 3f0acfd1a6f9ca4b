-- By home school: every key begins with the school. And the seat pools, by the campus's school.

-- An import's rows count only once the import is published: one row's change publishes a million rows at once.
CREATE TABLE import (
    id           BIGINT NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL CHECK (kind IN ('roster', 'scores')),
    sitting      TEXT   NOT NULL,
    file_name    TEXT   NOT NULL,
    file_hash    TEXT   NOT NULL,
    row_count    BIGINT NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('staging', 'published', 'abandoned')),
    started_at   BIGINT NOT NULL,
    published_at BIGINT
);

CREATE TABLE student_record (
    school           TEXT   NOT NULL,
    id               BIGINT NOT NULL,
    sitting          TEXT   NOT NULL,
    import_id        BIGINT NOT NULL,
    campus           TEXT   NOT NULL,
    name             TEXT   NOT NULL,
    name_key         TEXT   NOT NULL,
    sex              TEXT   NOT NULL CHECK (sex IN ('男', '女', '')),
    document_kind    TEXT   NOT NULL,
    document_sealed  BYTEA  NOT NULL,
    document_key     BYTEA  NOT NULL,
    education        TEXT   NOT NULL,
    duration         TEXT   NOT NULL,
    entry_year       TEXT   NOT NULL,
    grade            TEXT   NOT NULL,
    college          TEXT   NOT NULL,
    major            TEXT   NOT NULL,
    class            TEXT   NOT NULL,
    student_number   TEXT   NOT NULL,
    remark           TEXT   NOT NULL,
    -- 资格科目 and 限制科目: subject codes joined by ';'.
    listed_subjects  TEXT   NOT NULL,
    barred_subjects  TEXT   NOT NULL,
    PRIMARY KEY (school, id)
);
CREATE INDEX student_record_document ON student_record (sitting, document_key);
CREATE INDEX student_record_import ON student_record (import_id);

CREATE TABLE registration (
    school          TEXT   NOT NULL,
    id              BIGINT NOT NULL,
    sitting         TEXT   NOT NULL,
    passport_id     BIGINT NOT NULL,
    record_id       BIGINT NOT NULL,
    state           TEXT   NOT NULL CHECK (state IN ('live', 'released')),
    saved_at        BIGINT NOT NULL,
    -- When it is deleted if no subject is entered by then; NULL while it holds an entry (R7).
    release_at      BIGINT,
    version         BIGINT NOT NULL,
    -- The snapshot of the student record (R6), emptied when released.
    campus          TEXT   NOT NULL,
    school_name     TEXT   NOT NULL,
    campus_name     TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    name_key        TEXT   NOT NULL,
    sex             TEXT   NOT NULL,
    document_kind   TEXT   NOT NULL,
    document_sealed BYTEA  NOT NULL,
    document_key    BYTEA  NOT NULL,
    education       TEXT   NOT NULL,
    duration        TEXT   NOT NULL,
    entry_year      TEXT   NOT NULL,
    grade           TEXT   NOT NULL,
    college         TEXT   NOT NULL,
    major           TEXT   NOT NULL,
    class           TEXT   NOT NULL,
    student_number  TEXT   NOT NULL,
    remark          TEXT   NOT NULL,
    -- 资格科目 as granted when saved (and by a review approved later), joined by ';'.
    subjects        TEXT   NOT NULL,
    listed_subjects TEXT   NOT NULL,
    barred_subjects TEXT   NOT NULL,
    -- Of the snapshot at saving (I12); what later changes on purpose (reviews, corrections) is not part of it.
    snapshot_hash   TEXT   NOT NULL,
    PRIMARY KEY (school, id)
);
-- One live registration a student (by document) and sitting; the passport's side is passport_claim.
CREATE UNIQUE INDEX registration_student ON registration (school, sitting, document_key) WHERE state = 'live';
CREATE INDEX registration_release ON registration (release_at) WHERE state = 'live';
CREATE INDEX registration_passport ON registration (passport_id);

CREATE TABLE entry (
    school          TEXT   NOT NULL,
    id              BIGINT NOT NULL,
    registration_id BIGINT NOT NULL,
    sitting         TEXT   NOT NULL,
    subject         TEXT   NOT NULL,
    mode            TEXT   NOT NULL CHECK (mode IN ('written', 'oral')),
    level           BIGINT NOT NULL,
    pool_school     TEXT   NOT NULL,
    campus          TEXT   NOT NULL,
    campus_name     TEXT   NOT NULL,
    school_name     TEXT   NOT NULL,
    state           TEXT   NOT NULL CHECK (state IN ('held', 'paid') OR state IN ('cancelled', 'expired') OR state = 'withdrawn'),
    fee             BIGINT NOT NULL CHECK (fee >= 0),
    channel         TEXT   NOT NULL CHECK (channel IN ('self', 'school')),
    entered_at      BIGINT NOT NULL,
    -- The end of the 24 h that an unpaid entry keeps its seat (R13).
    expires_at      BIGINT NOT NULL,
    paid_at         BIGINT,
    ended_at        BIGINT,
    -- The collective payment that locks it (Y6).
    locked_by       BIGINT,
    -- The open order that pays for it: while there is one it neither expires nor is it cancelled (Y4).
    order_id        BIGINT,
    PRIMARY KEY (school, id),
    FOREIGN KEY (school, registration_id) REFERENCES registration (school, id),
    CHECK ((state = 'paid') = (paid_at IS NOT NULL AND ended_at IS NULL)),
    CHECK ((state IN ('held', 'paid')) = (ended_at IS NULL)),
    CHECK (order_id IS NULL OR state = 'held')
);
CREATE UNIQUE INDEX entry_subject ON entry (school, registration_id, subject) WHERE state IN ('held', 'paid');
CREATE UNIQUE INDEX entry_level ON entry (school, registration_id, level) WHERE state IN ('held', 'paid') AND mode = 'written';
-- With id, so that the rows come in order and nobody is tempted to walk the whole school.
CREATE INDEX entry_registration ON entry (school, registration_id, id);
CREATE INDEX entry_due ON entry (expires_at) WHERE state = 'held';

-- Capacity and taken seats of one subject at one campus. taken = live entries at every commit (R15).
CREATE TABLE seat_pool (
    school   TEXT   NOT NULL,
    sitting  TEXT   NOT NULL,
    campus   TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    capacity BIGINT NOT NULL CHECK (capacity >= 0),
    taken    BIGINT NOT NULL,
    PRIMARY KEY (school, sitting, campus, subject),
    CHECK (taken >= 0 AND taken <= capacity)
) /* WITHOUT ROWID */;

-- The first answer to a repeatable command, given again to a repeat.
CREATE TABLE command (
    school          TEXT   NOT NULL,
    registration_id BIGINT NOT NULL,
    id              TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    outcome         TEXT   NOT NULL,
    at              BIGINT NOT NULL,
    PRIMARY KEY (school, registration_id, id)
) /* WITHOUT ROWID */;
CREATE INDEX command_at ON command (at);
