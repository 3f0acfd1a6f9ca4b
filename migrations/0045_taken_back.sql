-- The list of orders, in its own order, for each state at each gateway: filtered by one of them, a page walked the orders of
-- the whole nation until it was full.
DROP INDEX payment_order_newest;
CREATE INDEX payment_order_listed ON payment_order (sitting, state, gateway, school, id DESC);
-- The same for the list of refunds.
CREATE INDEX refund_state ON refund (state, id, school);
CREATE INDEX refund_reason ON refund (reason, id, school);

-- What stood for a student where a file of photos put another one, or took one away: once the file is taken back, it stands
-- again. Kept as long as the sitting is not closed.
CREATE TABLE photo_before (
    upload_id      BIGINT NOT NULL REFERENCES upload (id),
    school         TEXT   NOT NULL,
    sitting        TEXT   NOT NULL REFERENCES sitting (code),
    document_key   BYTEA  NOT NULL,
    student_number TEXT   NOT NULL,
    -- NULL: there was none.
    jpeg           BYTEA,
    imported_at    BIGINT NOT NULL,
    -- The file that this state of things came with; NULL: a command, or none.
    from_upload    BIGINT,
    kept_at        BIGINT NOT NULL,
    PRIMARY KEY (upload_id, school, sitting, document_key)
);
CREATE INDEX photo_before_student ON photo_before (document_key, school, sitting);
CREATE INDEX photo_before_from ON photo_before (from_upload, document_key);
-- The file that a photo came with; NULL: a command.
ALTER TABLE photo ADD COLUMN upload_id BIGINT;

-- The same for the names of campuses.
CREATE TABLE campus_before (
    upload_id  BIGINT NOT NULL REFERENCES upload (id),
    campus     TEXT   NOT NULL,
    -- NULL: the campus was new.
    name       TEXT,
    name_after TEXT   NOT NULL,
    PRIMARY KEY (upload_id, campus)
);
