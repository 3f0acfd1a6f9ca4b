-- Which process holds the number of a node: two with one number would make the same ids. No row is a person. A node deletes its
-- row when it stops; that of a killed one is taken over after a few seconds.
CREATE TABLE node (
    number  BIGINT NOT NULL PRIMARY KEY CHECK (number BETWEEN 0 AND 1023),
    -- Random, of one start of the program.
    boot    TEXT   NOT NULL,
    mark    TEXT   NOT NULL,
    -- How often it was renewed: who watches it sees that the process lives, whatever clocks say.
    beats   BIGINT NOT NULL,
    since   BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

-- Several may say that a student is theirs (R24): each passport once, so that a stranger who is first shuts nobody out.
DROP INDEX dispute_open;
CREATE UNIQUE INDEX dispute_open ON dispute (document_key, sitting, school, claimant) WHERE state IN ('open', 'decided');

-- Who gave the role, by the keyed hash of the person; NULL for the operator's command, and before this version.
ALTER TABLE staff_grant ADD COLUMN by_person TEXT;
