-- Written in the transaction of what they belong to; carried on by jobs.

-- Append-only. school '00000' for what has none (S7).
CREATE TABLE audit_log (
    school      TEXT   NOT NULL,
    id          BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    actor_kind  TEXT   NOT NULL CHECK (actor_kind IN ('passport', 'visitor') OR actor_kind IN ('staff', 'gateway')
                                    OR actor_kind IN ('job', 'command')),
    actor       TEXT   NOT NULL,
    action      TEXT   NOT NULL,
    object_kind TEXT   NOT NULL,
    object      TEXT   NOT NULL,
    address     TEXT   NOT NULL,
    detail      TEXT   NOT NULL,
    hash        BYTEA  NOT NULL,
    PRIMARY KEY (school, id)
) /* WITHOUT ROWID */;

-- Mail that is owed. The recipient and the texts are sealed and emptied once sent.
CREATE TABLE outbox (
    school     TEXT   NOT NULL,
    id         BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    -- Which event it tells of: one mail for one event.
    event      TEXT   NOT NULL,
    lang       TEXT   NOT NULL CHECK (lang IN ('zh', 'en')),
    sealed     BYTEA  NOT NULL,
    created_at BIGINT NOT NULL,
    try_at     BIGINT,
    tries      BIGINT NOT NULL,
    sent_at    BIGINT,
    PRIMARY KEY (school, id)
);
CREATE UNIQUE INDEX outbox_event ON outbox (school, kind, event);
CREATE INDEX outbox_try ON outbox (try_at) WHERE try_at IS NOT NULL;

-- Of a rehearsal: the shift of the clock and how the sandbox gateways behave.
CREATE TABLE rehearsal (
    id        BIGINT NOT NULL PRIMARY KEY,
    shift     BIGINT NOT NULL,
    behaviour TEXT   NOT NULL
);

-- Of a rehearsal: mails as they were sent.
CREATE TABLE mailbox (
    id        BIGINT NOT NULL PRIMARY KEY,
    recipient TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    html      TEXT   NOT NULL,
    at        BIGINT NOT NULL
);
