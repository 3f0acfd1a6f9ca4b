-- 信息有误 (R4), by home school: a candidate reports what is wrong in a record, the school corrects it or answers. What was
-- typed is sealed: it may be a document number, or anything.
CREATE TABLE record_report (
    school        TEXT   NOT NULL,
    id            BIGINT NOT NULL,
    sitting       TEXT   NOT NULL,
    campus        TEXT   NOT NULL,
    passport_id   BIGINT NOT NULL,
    record_id     BIGINT NOT NULL,
    -- Of the record when it was reported, for the school's list.
    name          TEXT   NOT NULL,
    student_number TEXT  NOT NULL,
    -- record_report::Field; what the record said there, what the candidate says, and a note.
    field         TEXT   NOT NULL,
    said_sealed   BYTEA  NOT NULL,
    right_sealed  BYTEA  NOT NULL,
    note_sealed   BYTEA  NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('open', 'corrected', 'answered')),
    reported_at   BIGINT NOT NULL,
    answered_by   TEXT,
    answered_at   BIGINT,
    answer_sealed BYTEA,
    PRIMARY KEY (school, id),
    CHECK ((state = 'open') = (answered_at IS NULL)),
    CHECK ((state = 'open') = (answer_sealed IS NULL))
);
-- One open report a passport and record.
CREATE UNIQUE INDEX record_report_open ON record_report (passport_id, record_id, school)
    WHERE state = 'open' AND passport_id IS NOT NULL;
CREATE INDEX record_report_passport ON record_report (passport_id, sitting, id);
CREATE INDEX record_report_sitting ON record_report (sitting, school, id);

-- As record_shown (R19), of the page 信息有误.
ALTER TABLE session ADD COLUMN report_shown TEXT;
