-- The oldest lines of the log, once they stand in a signed file that was read back (S7): which files there are.
CREATE TABLE audit_archive (
    id         BIGINT NOT NULL PRIMARY KEY,
    file       TEXT   NOT NULL,
    until_at   BIGINT NOT NULL,
    line_count BIGINT NOT NULL CHECK (line_count > 0),
    digest     BYTEA  NOT NULL,
    made_at    BIGINT NOT NULL,
    -- NULL: its lines are still being cut.
    cut_at     BIGINT
);

-- The last archived link of each school's chain, which the rest follows from. Only what lies at or before it can be deleted
-- (after.*.sql). proof is a keyed hash, so that nobody who can write here alone makes one up. seats: entered and retaken minus
-- ended entries among the lines that were cut, which I22 counts.
CREATE TABLE audit_anchor (
    school     TEXT   NOT NULL PRIMARY KEY,
    place      BIGINT NOT NULL CHECK (place > 0),
    hash       BYTEA  NOT NULL,
    archive_id BIGINT NOT NULL REFERENCES audit_archive (id),
    seats      BIGINT NOT NULL DEFAULT 0,
    proof      BYTEA  NOT NULL
);

-- Whom a line is about, by the line: for archiving it, and for what an export or an account touched.
CREATE INDEX audit_subject_line ON audit_subject (audit_id, school);
-- All that an account of staff did, by time.
CREATE INDEX audit_log_staff ON audit_log (actor, at, school, id) WHERE actor_kind = 'staff';
