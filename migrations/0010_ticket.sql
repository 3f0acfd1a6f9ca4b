-- Photos for admission tickets (T3), as schools deliver them. By home school and student number: a new roster keeps them.
CREATE TABLE student_photo (
    school         TEXT   NOT NULL,
    sitting        TEXT   NOT NULL REFERENCES sitting (code),
    student_number TEXT   NOT NULL,
    jpeg           BYTEA  NOT NULL,
    imported_at    BIGINT NOT NULL,
    PRIMARY KEY (school, sitting, student_number)
);
