-- Photos by the person whose they are. By 学号 alone, as student_photo has them, a number that two students share, or that
-- is corrected, printed one student's face on another's ticket. What stands there still prints, for whoever has the
-- number alone, until it is delivered again.
CREATE TABLE photo (
    school         TEXT   NOT NULL,
    sitting        TEXT   NOT NULL REFERENCES sitting (code),
    document_key   BYTEA  NOT NULL,
    -- The 学号 that the file was named by; empty where it was named by the document, which is nobody else's.
    student_number TEXT   NOT NULL,
    jpeg           BYTEA  NOT NULL,
    imported_at    BIGINT NOT NULL,
    PRIMARY KEY (school, sitting, document_key)
);
CREATE INDEX photo_number ON photo (student_number, school, sitting);
-- Whether two students share a number is asked for each ticket that prints a photo.
CREATE INDEX student_record_number ON student_record (student_number, school, sitting);
