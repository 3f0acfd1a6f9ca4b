-- Texts that only staff see (P2), and the language in which staff are told by mail (A9).

-- What somebody writes for a page of the portal before it is published: one text a page and language. The id is another one
-- after every save, so that nobody overwrites unseen what somebody else saved.
CREATE TABLE portal_draft (
    page    TEXT   NOT NULL,
    lang    TEXT   NOT NULL CHECK (lang IN ('zh', 'en')),
    id      BIGINT NOT NULL,
    body    TEXT   NOT NULL,
    account TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (page, lang)
);

ALTER TABLE staff_account ADD COLUMN lang TEXT NOT NULL DEFAULT 'zh' CHECK (lang IN ('zh', 'en'));
