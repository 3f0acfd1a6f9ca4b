-- By passport, and by keys of their own.

CREATE TABLE passport (
    id                    BIGINT NOT NULL PRIMARY KEY,
    -- 通行证ID: 32 upper-case hex digits, random.
    public_id             TEXT   NOT NULL,
    email                 TEXT   NOT NULL,
    password_hash         TEXT   NOT NULL,
    -- Of the last log-in: in which mails are written that no request of the candidate causes.
    lang                  TEXT   NOT NULL DEFAULT 'zh' CHECK (lang IN ('zh', 'en')),
    phone_sealed          BYTEA,
    document_kind         TEXT,
    document_sealed       BYTEA,
    name                  TEXT   NOT NULL,
    created_at            BIGINT NOT NULL,
    email_verified_at     BIGINT,
    credential_changed_at BIGINT NOT NULL
);
CREATE INDEX passport_public_id ON passport (public_id);

-- At most one passport an address; the key is the address in its comparison form.
CREATE TABLE passport_email (
    email_key   TEXT   NOT NULL PRIMARY KEY,
    passport_id BIGINT NOT NULL
);

-- Which registration (or review) of a sitting a passport holds.
CREATE TABLE passport_claim (
    passport_id BIGINT NOT NULL,
    sitting     TEXT   NOT NULL,
    kind        TEXT   NOT NULL CHECK (kind IN ('registration', 'review')),
    school      TEXT   NOT NULL,
    id          BIGINT NOT NULL,
    PRIMARY KEY (passport_id, sitting, kind)
) /* WITHOUT ROWID */;

CREATE TABLE agreement_acceptance (
    passport_id BIGINT NOT NULL,
    sitting     TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (passport_id, sitting, version)
);

-- Distinct documents looked up by one passport on one day (security W2). A day has so many slots: of two look-ups at
-- one moment only one gets the last.
CREATE TABLE document_lookup (
    passport_id  BIGINT NOT NULL,
    day          TEXT   NOT NULL,
    slot         BIGINT NOT NULL CHECK (slot >= 0),
    document_key BYTEA  NOT NULL,
    PRIMARY KEY (passport_id, day, slot)
);

-- How often a passport's registration of a sitting was released without a payment, and from when it may bind again
-- (security W3).
CREATE TABLE release_tally (
    passport_id BIGINT NOT NULL,
    sitting     TEXT   NOT NULL,
    releases    BIGINT NOT NULL CHECK (releases > 0),
    wait_until  BIGINT NOT NULL,
    PRIMARY KEY (passport_id, sitting)
);

-- A session's token is never stored, only its hash. The looked-up record stays here until another look-up.
CREATE TABLE session (
    token_hash       BYTEA  NOT NULL PRIMARY KEY,
    passport_id      BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    seen_at          BIGINT NOT NULL,
    looked_up_school TEXT,
    looked_up_record BIGINT
);
CREATE INDEX session_passport ON session (passport_id);
CREATE INDEX session_seen ON session (seen_at);

-- Failures counted against guessing; key is 'what:whom'.
CREATE TABLE attempt (
    key      TEXT   NOT NULL PRIMARY KEY,
    since    BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    -- Refused until then, and how many times in a row (each doubles the wait).
    until    BIGINT NOT NULL,
    level    BIGINT NOT NULL
);
CREATE INDEX attempt_since ON attempt (since);

-- Captcha answers that were tried once, right or wrong.
CREATE TABLE captcha_used (
    nonce      BYTEA  NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX captcha_used_expires ON captcha_used (expires_at);

-- CET4 scores by ticket number; the newest published import of a ticket stands.
CREATE TABLE score (
    ticket       TEXT   NOT NULL,
    import_id    BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    name_key     TEXT   NOT NULL,
    document_key BYTEA  NOT NULL,
    subject      TEXT   NOT NULL,
    points       BIGINT NOT NULL,
    sitting      TEXT   NOT NULL,
    -- With the document: old libraries hold tickets that were written down for two persons, and neither is dropped.
    PRIMARY KEY (ticket, import_id, document_key)
);
CREATE INDEX score_document ON score (document_key);
CREATE INDEX score_import ON score (import_id);
