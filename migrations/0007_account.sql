-- What mailed links may do. The token is never stored, only its hash.
CREATE TABLE mail_token (
    id          BIGINT NOT NULL PRIMARY KEY,
    token_hash  BYTEA  NOT NULL,
    passport_id BIGINT NOT NULL,
    purpose     TEXT   NOT NULL CHECK (purpose IN ('recovery', 'verification', 'undo')),
    -- The address it was mailed to, which it proves or brings back.
    email       TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    -- Wrong names that were typed on its page.
    tries       BIGINT NOT NULL CHECK (tries >= 0),
    used_at     BIGINT,
    -- Since when a newer request or a change of the credentials has made it worthless.
    revoked_at  BIGINT,
    CHECK (used_at IS NULL OR revoked_at IS NULL)
);
CREATE UNIQUE INDEX mail_token_hash ON mail_token (token_hash);
CREATE INDEX mail_token_passport ON mail_token (passport_id, purpose, created_at);
CREATE INDEX mail_token_expires ON mail_token (expires_at);

-- Who asked for a new password: answered by a job, so that the page looks and takes the same whoever asks.
CREATE TABLE recovery_request (
    id      BIGINT NOT NULL PRIMARY KEY,
    -- The address that was typed.
    sealed  BYTEA  NOT NULL,
    lang    TEXT   NOT NULL CHECK (lang IN ('zh', 'en')),
    address TEXT   NOT NULL
);

-- NULL: the passport's own address. Else a verified address that it gave up, which nobody else gets before that time,
-- so that the change can be undone.
ALTER TABLE passport_email ADD COLUMN held_until BIGINT;
CREATE INDEX passport_email_held ON passport_email (held_until) WHERE held_until IS NOT NULL;
