-- Staff: accounts, sessions, what two of them do together; and the chain of the log.

CREATE TABLE staff_account (
    name                TEXT    NOT NULL PRIMARY KEY,
    -- A keyed hash of who it is: two accounts of one person are seen as one (T26).
    person              TEXT    NOT NULL,
    role                TEXT    NOT NULL CHECK (role IN ('school', 'province', 'national', 'customer-service', 'supervisor', 'finance', 'auditor')),
    -- A prefix of the school's or campus's code; '' is the nation.
    scope               TEXT    NOT NULL,
    password_hash       TEXT    NOT NULL,
    password_changed_at BIGINT  NOT NULL,
    -- The first password was seen by whoever made the account.
    must_change         BOOLEAN NOT NULL,
    totp_sealed         BYTEA   NOT NULL,
    -- NULL until the first code was right: then the secret is shown no more.
    enrolled_at         BIGINT,
    created_at          BIGINT  NOT NULL,
    disabled_at         BIGINT
);

-- Each code of the second factor counts once; step is its number of half minutes since 1970.
CREATE TABLE staff_code_used (
    account TEXT   NOT NULL,
    step    BIGINT NOT NULL,
    PRIMARY KEY (account, step)
);

-- For who lost the second factor; each counts once.
CREATE TABLE staff_recovery_code (
    account   TEXT   NOT NULL,
    code_hash BYTEA  NOT NULL,
    used_at   BIGINT,
    PRIMARY KEY (account, code_hash)
);

CREATE TABLE staff_session (
    token_hash  BYTEA  NOT NULL PRIMARY KEY,
    account     TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    -- When the second factor was right; NULL: nothing opens yet.
    passed_at   BIGINT,
    -- New recovery codes, sealed, until the person has noted them.
    note_sealed BYTEA
);
CREATE INDEX staff_session_account ON staff_session (account);
CREATE INDEX staff_session_seen ON staff_session (seen_at);

-- What an account could do from when on (I17).
CREATE TABLE staff_grant (
    account TEXT   NOT NULL,
    from_at BIGINT NOT NULL,
    role    TEXT   NOT NULL,
    scope   TEXT   NOT NULL,
    PRIMARY KEY (account, from_at)
);

-- The log's rows in the order in which they were linked, one chain a school. hash is that of the link before and of the
-- row's content.
CREATE TABLE audit_chain (
    school   TEXT   NOT NULL,
    place    BIGINT NOT NULL CHECK (place > 0),
    audit_id BIGINT NOT NULL,
    hash     BYTEA  NOT NULL,
    PRIMARY KEY (school, place)
) /* WITHOUT ROWID */;
CREATE UNIQUE INDEX audit_chain_row ON audit_chain (school, audit_id);

-- Where a registration moves to another passport (A7): asked by one person, approved by another. target_hash freezes what
-- was asked.
CREATE TABLE staff_rebind (
    school           TEXT   NOT NULL,
    id               BIGINT NOT NULL,
    registration_id  BIGINT NOT NULL,
    sitting          TEXT   NOT NULL,
    old_passport     BIGINT NOT NULL,
    new_passport     BIGINT NOT NULL,
    new_email_sealed BYTEA  NOT NULL,
    evidence_sealed  BYTEA  NOT NULL,
    target_hash      BYTEA  NOT NULL,
    state            TEXT   NOT NULL CHECK (state IN ('asked', 'done', 'refused')),
    requester        TEXT   NOT NULL,
    requester_person TEXT   NOT NULL,
    asked_at         BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    approver         TEXT,
    approver_person  TEXT,
    approved_hash    BYTEA,
    decided_at       BIGINT,
    PRIMARY KEY (school, id),
    FOREIGN KEY (school, registration_id) REFERENCES registration (school, id),
    CHECK ((state = 'asked') = (decided_at IS NULL)),
    CHECK ((approver IS NULL) = (decided_at IS NULL)),
    CHECK ((approver IS NULL) = (approver_person IS NULL)),
    CHECK (state = 'refused' OR approver_person IS NULL OR approver_person <> requester_person),
    CHECK (state <> 'done' OR approved_hash = target_hash),
    CHECK (decided_at IS NULL OR decided_at >= asked_at)
);
-- One open request a registration.
CREATE UNIQUE INDEX staff_rebind_open ON staff_rebind (school, registration_id) WHERE state = 'asked';

-- Files that somebody takes out for a reason (T27). Above 5,000 rows another person approves first.
CREATE TABLE staff_export (
    id               BIGINT  NOT NULL PRIMARY KEY,
    what             TEXT    NOT NULL,
    query            TEXT    NOT NULL,
    form             TEXT    NOT NULL CHECK (form IN ('csv', 'xlsx')),
    whole            BOOLEAN NOT NULL,
    row_count        BIGINT  NOT NULL CHECK (row_count > 0),
    reason           TEXT    NOT NULL CHECK (reason <> ''),
    scope            TEXT    NOT NULL,
    state            TEXT    NOT NULL CHECK (state IN ('asked', 'ready', 'refused')),
    requester        TEXT    NOT NULL,
    requester_person TEXT    NOT NULL,
    asked_at         BIGINT  NOT NULL,
    expires_at       BIGINT  NOT NULL,
    approver         TEXT,
    approver_person  TEXT,
    decided_at       BIGINT,
    CHECK ((approver IS NULL) = (approver_person IS NULL)),
    CHECK ((approver IS NULL) = (decided_at IS NULL)),
    CHECK (approver_person IS NULL OR approver_person <> requester_person),
    CHECK (state <> 'ready' OR row_count <= 5000 OR approver_person IS NOT NULL)
);

-- Up to where the log is known to be linked, so that the job need not look through all of it.
CREATE TABLE audit_mark (
    id       BIGINT NOT NULL PRIMARY KEY,
    until_at BIGINT NOT NULL
);
INSERT INTO audit_mark (id, until_at) VALUES (1, 0);
CREATE INDEX audit_log_at ON audit_log (at);
