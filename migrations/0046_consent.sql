-- What a passport agreed to and took back (A11, PIPL 14, 15, 29): one row for each time it said so, with the version of the text
-- that stood beside the button. Nothing is changed or deleted (after.*.sql); the newest row of a kind counts.
CREATE TABLE consent (
    passport_id BIGINT  NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('profile', 'document', 'photo', 'payment')),
    id          BIGINT  NOT NULL,
    given       BOOLEAN NOT NULL,
    version     BIGINT  NOT NULL CHECK (version > 0),
    at          BIGINT  NOT NULL,
    PRIMARY KEY (passport_id, kind, id)
) /* WITHOUT ROWID */;

-- What retention has to look at, in the order in which it becomes due; what is emptied already leaves the index. 29 bytes are an
-- empty text, sealed.
CREATE INDEX record_report_kept ON record_report (answered_at) WHERE name <> '';
CREATE INDEX dispute_kept ON dispute (ended_at) WHERE name <> '';
CREATE INDEX eligibility_review_kept ON eligibility_review (decided_at) WHERE length(evidence_sealed) > 29;
CREATE INDEX staff_rebind_kept ON staff_rebind (decided_at) WHERE length(new_email_sealed) > 29;
CREATE INDEX message_kept ON message (at) WHERE words_sealed IS NOT NULL AND mail_at IS NULL;
CREATE INDEX document_lookup_day ON document_lookup (day);
-- Registrations whose person can still be read from them, by sitting.
CREATE INDEX registration_named ON registration (sitting, school, id) WHERE name <> '';
-- Photos of a sitting, without a walk through those of the others; its records are found by their documents' index.
CREATE INDEX photo_sitting ON photo (sitting, school, document_key);
CREATE INDEX student_photo_sitting ON student_photo (sitting, school, student_number);
