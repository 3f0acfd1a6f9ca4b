-- Reference tables: by what an installation's keys are known again.

-- Of each key of the vault something that only this key makes or opens: 'lookup', 'seal 1' … Whoever comes with other keys
-- is refused before anything is looked up or sealed with them.
CREATE TABLE vault_check (
    name    TEXT   NOT NULL PRIMARY KEY,
    mark    BYTEA  NOT NULL,
    made_at BIGINT NOT NULL
);

-- The public half of each key that has signed tickets, so that a ticket printed before a new key came can still be checked.
CREATE TABLE ticket_key (
    name    TEXT   NOT NULL PRIMARY KEY,
    public  BYTEA  NOT NULL,
    made_at BIGINT NOT NULL
);
