-- What a person may know about the own data (A9, A11).

-- A session as its owner sees it in a list: an id that opens nothing, which browser ('chrome-windows') and from which
-- network, shortened. 0 and '' where a program of the version before began it.
ALTER TABLE session ADD COLUMN id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE staff_session ADD COLUMN id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE staff_session ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE staff_session ADD COLUMN network TEXT NOT NULL DEFAULT '';

-- Whom a line of the log is about, so that a person finds what staff did with the own data without a walk through the log:
-- 'passport:ID', 'student:KEY' (the keyed hash of the document), or for files 'place:CODE'. Written with the line.
CREATE TABLE audit_subject (
    subject  TEXT   NOT NULL,
    audit_id BIGINT NOT NULL,
    school   TEXT   NOT NULL,
    PRIMARY KEY (subject, audit_id)
) /* WITHOUT ROWID */;
