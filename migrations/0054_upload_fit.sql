-- Whose photos a file holds that is not published yet, so that who still has none can be told without them: parts of a list, each
-- as JSON of the keys of documents. Deleted when the file is published or given up.
CREATE TABLE upload_fit (
    upload_id BIGINT NOT NULL REFERENCES upload (id),
    number    BIGINT NOT NULL,
    keys      TEXT   NOT NULL,
    PRIMARY KEY (upload_id, number)
) /* WITHOUT ROWID */;
