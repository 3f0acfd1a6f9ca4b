-- Persons of rows that can't be imported: their file names them, so that nobody takes them for gone.
CREATE TABLE import_named (
    import_id    BIGINT NOT NULL REFERENCES import (id),
    document_key BYTEA  NOT NULL,
    PRIMARY KEY (import_id, document_key)
);
