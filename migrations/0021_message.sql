-- By passport: what a candidate is told (A10), by mail and on a page of the account, one row an event. facts holds what the words
-- are made of, in JSON and without personal data (no name, document, ticket number or address): the page makes them in the
-- reader's language, the mail in the passport's.
CREATE TABLE message (
    passport_id  BIGINT NOT NULL,
    -- message::Kind, and which event of that kind: told once, however often.
    kind         TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    id           BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    facts        TEXT   NOT NULL,
    -- What somebody wrote for the candidate, sealed: it may say anything.
    words_sealed BYTEA,
    -- Since when its mail is owed; NULL once that is in the outbox, and where none is wanted.
    mail_at      BIGINT,
    PRIMARY KEY (passport_id, kind, event)
);
CREATE INDEX message_mail ON message (mail_at) WHERE mail_at IS NOT NULL;

-- Whether the mails that a candidate can do without are sent too.
ALTER TABLE passport ADD COLUMN optional_mails BOOLEAN NOT NULL DEFAULT TRUE;

-- When the candidate is reminded that the hold ends; NULL once that is done. A column and an index of its own: by expires_at
-- the job would walk the holds of three hours in each of its rounds (R13). (A program of the version before writes none of
-- it: nobody is reminded of what that one enters.)
ALTER TABLE entry ADD COLUMN remind_at BIGINT;
UPDATE entry SET remind_at = expires_at - 10800000000 WHERE state = 'held';
CREATE INDEX entry_remind ON entry (remind_at) WHERE state = 'held' AND locked_by IS NULL AND remind_at IS NOT NULL;

-- How many of its candidates were told of their seat, in the order of the draws. What is published by now was seen.
ALTER TABLE arrangement ADD COLUMN told BIGINT NOT NULL DEFAULT 0;
UPDATE arrangement SET told = candidates WHERE published_at IS NOT NULL;
CREATE INDEX arrangement_untold ON arrangement (published_at) WHERE published_at IS NOT NULL AND told < candidates;
