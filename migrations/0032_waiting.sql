-- The waiting room (R17). No row of it is a person: a place in the line is a signed cookie.

-- The secret of an opening's draw, made when the sitting is published. Its fingerprint is public from then on, the secret
-- itself from the opening on.
CREATE TABLE waiting_opening (
    sitting     TEXT   NOT NULL PRIMARY KEY REFERENCES sitting (code),
    secret      BYTEA  NOT NULL,
    fingerprint TEXT   NOT NULL,
    made_at     BIGINT NOT NULL
);

-- Up to where each line has been admitted. second and tie are the last admitted place; NULL while nobody is.
CREATE TABLE waiting_frontier (
    sitting  TEXT   NOT NULL REFERENCES sitting (code),
    line     TEXT   NOT NULL CHECK (line IN ('desk', 'door')),
    -- In a rehearsal what it is forced to; else 'auto'.
    mode     TEXT   NOT NULL DEFAULT 'auto' CHECK (mode IN ('auto', 'on', 'off')),
    -- In a rehearsal the rate that it is forced to.
    forced_rate BIGINT,
    -- Since when people queue, in seconds since 1970; NULL while they do not.
    on_since BIGINT,
    second   BIGINT,
    tie      BIGINT,
    -- People a second, of all nodes.
    rate     BIGINT NOT NULL,
    admitted BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    PRIMARY KEY (sitting, line),
    CHECK ((second IS NULL) = (tie IS NULL))
);

-- What each node has counted of a second: 64 counts of four bytes, of strangers and of those who are signed in. The second
-- of all who came before the opening is the least number.
CREATE TABLE waiting_count (
    sitting   TEXT   NOT NULL REFERENCES sitting (code),
    second    BIGINT NOT NULL,
    -- A node since its start: another start counts anew.
    node      TEXT   NOT NULL,
    strangers BYTEA  NOT NULL,
    signed_in BYTEA  NOT NULL,
    PRIMARY KEY (sitting, second, node)
);

-- What each node can bear, as it measured. A node that was not seen for some seconds does not count.
CREATE TABLE waiting_node (
    node      TEXT   NOT NULL PRIMARY KEY,
    mark      TEXT   NOT NULL,
    door_rate BIGINT NOT NULL,
    desk_rate BIGINT NOT NULL,
    -- Whether nobody has waited and no target was missed for a minute.
    quiet     BOOLEAN NOT NULL,
    -- People who came in the last second.
    arrivals  BIGINT NOT NULL,
    seen_at   BIGINT NOT NULL
);
