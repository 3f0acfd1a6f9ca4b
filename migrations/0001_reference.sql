-- Reference tables: small, read by all, written by staff and imports; copied to every node of a distributed database.

-- Rises with every change of a reference table; nodes swap their catalogue when they see it.
CREATE TABLE catalogue_version (
    id      BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO catalogue_version (id, version) VALUES (1, 1);

CREATE TABLE sitting (
    code             TEXT    NOT NULL PRIMARY KEY,
    name             TEXT    NOT NULL,
    name_en          TEXT    NOT NULL,
    year             BIGINT  NOT NULL CHECK (year BETWEEN 1987 AND 2200),
    half             BIGINT  NOT NULL CHECK (half BETWEEN 1 AND 9),
    -- Whether binding asks for the student number too (security W3).
    ask_student_number BOOLEAN NOT NULL,
    created_at       BIGINT  NOT NULL
);

CREATE TABLE subject (
    sitting      TEXT   NOT NULL REFERENCES sitting (code),
    code         TEXT   NOT NULL,
    place        BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    name_en      TEXT   NOT NULL,
    mode         TEXT   NOT NULL CHECK (mode IN ('written', 'oral')),
    level        BIGINT NOT NULL CHECK (level BETWEEN 1 AND 9),
    language     TEXT   NOT NULL,
    -- Codes of the written subjects of which an oral one needs one, joined by ';' (R10).
    needs        TEXT   NOT NULL,
    exam_from    BIGINT,
    exam_to      BIGINT,
    printing_from BIGINT,
    PRIMARY KEY (sitting, code)
);

CREATE TABLE province (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE school (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE campus (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);

-- When registration is open: of province, school and campus the most specific row stands.
CREATE TABLE registration_window (
    sitting        TEXT   NOT NULL REFERENCES sitting (code),
    scope          TEXT   NOT NULL,
    mode           TEXT   NOT NULL CHECK (mode IN ('written', 'oral')),
    from_at        BIGINT NOT NULL,
    to_at          BIGINT NOT NULL,
    -- From when candidates of other campuses may enter here; NULL: from the start (oral only).
    outsiders_from BIGINT,
    PRIMARY KEY (sitting, scope, mode),
    CHECK (from_at < to_at)
);

-- Fees in fen; scope '' is the nation, else province, school or campus.
CREATE TABLE fee (
    sitting TEXT   NOT NULL REFERENCES sitting (code),
    scope   TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    amount  BIGINT NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (sitting, scope, subject)
);

-- 省通告 and 学校通告, Markdown; step is where it is shown: 'written', 'oral' or '' for everywhere.
CREATE TABLE notice (
    sitting TEXT NOT NULL REFERENCES sitting (code),
    scope   TEXT NOT NULL,
    step    TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (sitting, scope, step)
);

-- Agreement and guidance, Markdown, versioned.
CREATE TABLE sitting_text (
    sitting TEXT   NOT NULL REFERENCES sitting (code),
    kind    TEXT   NOT NULL CHECK (kind IN ('agreement', 'guidance-written', 'guidance-oral')),
    lang    TEXT   NOT NULL CHECK (lang IN ('zh', 'en')),
    version BIGINT NOT NULL,
    body    TEXT   NOT NULL,
    PRIMARY KEY (sitting, kind, lang, version)
);

-- Where candidates of a school or campus may take the oral test besides their own campus: code prefixes joined by ';'.
CREATE TABLE oral_setting (
    sitting   TEXT NOT NULL REFERENCES sitting (code),
    scope     TEXT NOT NULL,
    elsewhere TEXT NOT NULL,
    PRIMARY KEY (sitting, scope)
);
