-- Where the rooms of an arrangement are (T4): names that the school gives, such as '教三-201'. The draw knows numbers only.

-- By the arranging campus's school. Rooms are numbered anew for each subject, and two subjects may be examined at one time.
CREATE TABLE exam_room (
    school     TEXT   NOT NULL,
    sitting    TEXT   NOT NULL,
    campus     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    room       BIGINT NOT NULL CHECK (room BETWEEN 1 AND 999),
    -- '' once the name was taken away again.
    name       TEXT   NOT NULL,
    set_at     BIGINT NOT NULL,
    -- When another name took the place of this one while tickets were open: whoever printed the one before is told.
    renamed_at BIGINT,
    PRIMARY KEY (school, sitting, campus, subject, room)
);
