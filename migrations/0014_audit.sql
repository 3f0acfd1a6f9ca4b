-- Rows of the log that are in no chain yet: each is written in the transaction of its row and taken out by the
-- transaction that links it. So a row is linked after its COMMIT, however long that took and whatever time it bears.
CREATE TABLE audit_todo (
    school   TEXT   NOT NULL,
    audit_id BIGINT NOT NULL,
    hash     BYTEA  NOT NULL,
    PRIMARY KEY (school, audit_id)
) /* WITHOUT ROWID */;

INSERT INTO audit_todo (school, audit_id, hash)
SELECT a.school, a.id, a.hash
  FROM audit_log a
 WHERE NOT EXISTS (SELECT 1
                     FROM audit_chain c
                    WHERE c.school = a.school
                      AND c.audit_id = a.id);

-- until_at is from now on the beginning of the last round that linked all it found; alive_at that of the last round at
-- all, and alive_since when rounds began to follow each other.
ALTER TABLE audit_mark ADD COLUMN alive_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit_mark ADD COLUMN alive_at BIGINT NOT NULL DEFAULT 0;
