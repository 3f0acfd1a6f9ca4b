-- 这是我本人 (R24), by home school: somebody says that the student whom another passport holds is himself. One member of staff
-- decides, another person approves. What was typed is sealed.
CREATE TABLE dispute (
    school          TEXT   NOT NULL,
    id              BIGINT NOT NULL,
    sitting         TEXT   NOT NULL,
    campus          TEXT   NOT NULL,
    -- The student: the roster's row when it was opened, and the keyed hash of the document, which an import does not change.
    record_id       BIGINT NOT NULL,
    document_key    BYTEA  NOT NULL,
    name            TEXT   NOT NULL,
    student_number  TEXT   NOT NULL,
    -- What is disputed: the registration, and whose it was then.
    registration_id BIGINT NOT NULL,
    holder          BIGINT NOT NULL,
    claimant        BIGINT NOT NULL,
    -- What the claimant typed, and whether the student number was that of the roster.
    number_sealed   BYTEA  NOT NULL,
    number_fits     BOOLEAN NOT NULL,
    phone_sealed    BYTEA  NOT NULL,
    note_sealed     BYTEA  NOT NULL,
    state           TEXT   NOT NULL CHECK (state IN ('open', 'decided', 'approved', 'refused', 'lapsed')),
    opened_at       BIGINT NOT NULL,
    decision        TEXT   CHECK (decision IN ('release', 'move', 'refuse')),
    -- What staff saw, for staff; and what both sides are told, or an empty text.
    evidence_sealed BYTEA,
    answer_sealed   BYTEA,
    decided_by      TEXT,
    decided_person  TEXT,
    decided_scope   TEXT,
    decided_at      BIGINT,
    approved_by     TEXT,
    approved_person TEXT,
    ended_at        BIGINT,
    PRIMARY KEY (school, id),
    FOREIGN KEY (school, registration_id) REFERENCES registration (school, id),
    CHECK (holder <> claimant),
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_person IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_scope IS NULL) = (decided_at IS NULL)),
    CHECK ((evidence_sealed IS NULL) = (decided_at IS NULL)),
    CHECK (state NOT IN ('decided', 'approved', 'refused') OR decided_at IS NOT NULL),
    CHECK ((approved_person IS NULL) = (approved_by IS NULL)),
    CHECK ((state IN ('approved', 'refused')) = (approved_by IS NOT NULL)),
    CHECK ((state IN ('open', 'decided')) = (ended_at IS NULL)),
    -- Two people.
    CHECK (approved_person IS NULL OR approved_person <> decided_person)
);
-- One dispute that waits, a student and sitting.
CREATE UNIQUE INDEX dispute_open ON dispute (document_key, sitting, school) WHERE state IN ('open', 'decided');
CREATE INDEX dispute_claimant ON dispute (claimant, sitting, id);
CREATE INDEX dispute_sitting ON dispute (sitting, school, id);

-- That a passport held a student in a sitting and let go (W3): whoever binds the student after it shows more than name and
-- document. by_dispute: two people found that the student was not that passport's.
CREATE TABLE student_let_go (
    document_key BYTEA   NOT NULL,
    sitting      TEXT    NOT NULL,
    passport_id  BIGINT  NOT NULL,
    by_dispute   BOOLEAN NOT NULL,
    at           BIGINT  NOT NULL,
    PRIMARY KEY (document_key, sitting, passport_id)
) /* WITHOUT ROWID */;

-- As record_shown (R19), of the page 这是我本人.
ALTER TABLE session ADD COLUMN dispute_shown TEXT;
