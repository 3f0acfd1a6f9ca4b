-- CET6资格复核, by home school: the application of a passport, or the school's own for a candidate of before 2005.

CREATE TABLE eligibility_review (
    school          TEXT    NOT NULL,
    id              BIGINT  NOT NULL,
    sitting         TEXT    NOT NULL,
    campus          TEXT    NOT NULL,
    origin          TEXT    NOT NULL CHECK (origin IN ('candidate', 'school')),
    passport_id     BIGINT,
    -- Of the looked-up or bound record, never of the form (W7); emptied when withdrawn.
    document_key    BYTEA   NOT NULL,
    document_kind   TEXT    NOT NULL,
    document_sealed BYTEA   NOT NULL,
    name            TEXT    NOT NULL,
    -- The CET4 ticket; NULL in the school's own application and after a withdrawal.
    ticket          TEXT,
    state           TEXT    NOT NULL CHECK (state IN ('pending', 'approved', 'refused', 'withdrawn')),
    -- The school takes no more applications of it (多次恶意重复提交).
    malicious       BOOLEAN NOT NULL,
    -- How often it was submitted; it is also the version that a decision is about.
    submissions     BIGINT  NOT NULL CHECK (submissions > 0),
    submitted_at    BIGINT  NOT NULL,
    -- Who decided, NULL for the rules; why, sealed.
    decided_by      TEXT,
    decided_at      BIGINT,
    evidence_sealed BYTEA,
    PRIMARY KEY (school, id),
    CHECK ((origin = 'candidate') = (passport_id IS NOT NULL)),
    CHECK (origin = 'candidate' OR state = 'approved'),
    CHECK ((state IN ('approved', 'refused')) = (decided_at IS NOT NULL)),
    CHECK (state <> 'pending' OR NOT malicious)
);
-- Whether a student's CET6 is approved.
CREATE INDEX eligibility_review_document ON eligibility_review (school, sitting, document_key);
CREATE UNIQUE INDEX eligibility_review_school ON eligibility_review (school, sitting, document_key) WHERE origin = 'school';
CREATE INDEX eligibility_review_waiting ON eligibility_review (school, id) WHERE state = 'pending';

-- By ticket: which student an approval has used it for. One ticket serves one student in a sitting (W7).
CREATE TABLE review_ticket (
    sitting      TEXT  NOT NULL,
    ticket       TEXT  NOT NULL,
    document_key BYTEA NOT NULL,
    PRIMARY KEY (sitting, ticket)
);
