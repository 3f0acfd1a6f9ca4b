-- What a job failed at and passes by until next_try_at, so that the rest of its work does not wait. item is an id, or a
-- digest where the key itself is nobody's business; error holds no personal data. A row goes when its work is done.
CREATE TABLE job_aside (
    school      TEXT   NOT NULL,
    job         TEXT   NOT NULL,
    item        TEXT   NOT NULL,
    since_at    BIGINT NOT NULL,
    tried_at    BIGINT NOT NULL,
    next_try_at BIGINT NOT NULL,
    tries       BIGINT NOT NULL CHECK (tries > 0),
    error       TEXT   NOT NULL,
    PRIMARY KEY (school, job, item)
);
