-- The portal's own texts and news (P2, P5), set by changes as settings of the nation.

-- Versions of a page; the highest is shown. NULL: from then on the installation's own text again.
CREATE TABLE portal_text (
    page    TEXT   NOT NULL,
    lang    TEXT   NOT NULL CHECK (lang IN ('zh', 'en')),
    version BIGINT NOT NULL CHECK (version > 0),
    body    TEXT,
    at      BIGINT NOT NULL,
    PRIMARY KEY (page, lang, version)
);

CREATE TABLE portal_news (
    id         BIGINT  NOT NULL PRIMARY KEY,
    title      TEXT    NOT NULL CHECK (title <> ''),
    body       TEXT    NOT NULL,
    -- Empty: the Chinese text stands on English pages too.
    title_en   TEXT    NOT NULL,
    body_en    TEXT    NOT NULL,
    publish_at BIGINT  NOT NULL,
    withdrawn  BOOLEAN NOT NULL
);
