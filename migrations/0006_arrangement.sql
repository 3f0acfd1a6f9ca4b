-- Arrangement (T1): rooms, seats and ticket numbers. By the arranging campus's school, but for what is said otherwise.

-- Reference: how campuses arrange. Each column counts by its narrowest scope that is not NULL: campus, school, province,
-- '' the nation; else the shipped setting.
CREATE TABLE arrange_setting (
    sitting       TEXT   NOT NULL REFERENCES sitting (code),
    scope         TEXT   NOT NULL,
    room_size     BIGINT,
    seat_columns  BIGINT,
    tail          TEXT   CHECK (tail IN ('short', 'balanced', 'merged')),
    spare_seats   BIGINT,
    oral_rooms    BIGINT,
    machines      BIGINT,
    -- When batches begin, as '08:30;09:15'.
    oral_sessions TEXT,
    -- The form of oral ticket numbers, as '{subject}{year}{half}{campus}{session}{place}'.
    oral_ticket   TEXT,
    -- The campus with whose candidates those of this one are arranged; of campus scopes only.
    arrange_as    TEXT,
    PRIMARY KEY (sitting, scope)
);

-- By home school: accommodations that were approved for an entry; 1 extra time, 2 large print, 4 hearing, added up.
CREATE TABLE entry_accommodation (
    school   TEXT   NOT NULL,
    entry_id BIGINT NOT NULL,
    needs    BIGINT NOT NULL CHECK (needs BETWEEN 1 AND 7),
    set_at   BIGINT NOT NULL,
    PRIMARY KEY (school, entry_id),
    FOREIGN KEY (school, entry_id) REFERENCES entry (school, id)
);

-- One subject at one arranging campus: which arrangement is its draft, and which is final. This row publishes.
CREATE TABLE arrangement_unit (
    school       TEXT   NOT NULL,
    sitting      TEXT   NOT NULL,
    campus       TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    -- How often it was arranged.
    runs         BIGINT NOT NULL,
    draft_id     BIGINT,
    published_id BIGINT,
    PRIMARY KEY (school, sitting, campus, subject),
    CHECK (draft_id IS NULL OR published_id IS NULL)
);

CREATE TABLE arrangement (
    school       TEXT   NOT NULL,
    id           BIGINT NOT NULL,
    sitting      TEXT   NOT NULL,
    campus       TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    run          BIGINT NOT NULL,
    seed         BIGINT NOT NULL,
    -- What the draw was made from besides seed and candidates: settings, and the batches other subjects used.
    settings     TEXT   NOT NULL,
    busy         TEXT   NOT NULL,
    -- The campuses whose candidates are in it, joined by ';'.
    sources      TEXT   NOT NULL,
    -- The most that one room may hold at once.
    room_most    BIGINT NOT NULL,
    -- How many have a seat in how many rooms (of all batches), those of late draws among them.
    candidates   BIGINT NOT NULL,
    rooms        BIGINT NOT NULL,
    -- When the last window of its campuses closed, and when it was drawn.
    closed_at    BIGINT NOT NULL,
    made_at      BIGINT NOT NULL,
    published_at BIGINT,
    PRIMARY KEY (school, id),
    CHECK (made_at >= closed_at)
);

-- Who became paid after the publication gets a seat by a further draw, which moves nobody (I18).
CREATE TABLE late_draw (
    school         TEXT   NOT NULL,
    arrangement_id BIGINT NOT NULL,
    -- The first, second … draw after the publication.
    late           BIGINT NOT NULL CHECK (late >= 1),
    seed           BIGINT NOT NULL,
    settings       TEXT   NOT NULL,
    busy           TEXT   NOT NULL,
    candidates     BIGINT NOT NULL,
    made_at        BIGINT NOT NULL,
    PRIMARY KEY (school, arrangement_id, late),
    FOREIGN KEY (school, arrangement_id) REFERENCES arrangement (school, id)
);

-- By the pool's school: which published arrangement holds the candidates of a campus in a subject.
CREATE TABLE arrangement_source (
    school           TEXT   NOT NULL,
    sitting          TEXT   NOT NULL,
    campus           TEXT   NOT NULL,
    subject          TEXT   NOT NULL,
    arranging_campus TEXT   NOT NULL,
    arrangement_id   BIGINT NOT NULL,
    PRIMARY KEY (school, sitting, campus, subject)
);

CREATE TABLE seat_assignment (
    school         TEXT   NOT NULL,
    arrangement_id BIGINT NOT NULL,
    -- Home school and id of the entry.
    entry_school   TEXT   NOT NULL,
    entry_id       BIGINT NOT NULL,
    -- The batch of an oral subject; 0 for a written one.
    session        BIGINT NOT NULL CHECK (session >= 0),
    room           BIGINT NOT NULL CHECK (room BETWEEN 1 AND 999),
    seat           BIGINT NOT NULL CHECK (seat BETWEEN 1 AND 99),
    ticket         TEXT   NOT NULL,
    -- The late draw that gave the seat; 0 for the draw that was published.
    late           BIGINT NOT NULL CHECK (late >= 0),
    -- What the draw knew of the candidate, so that it can be repeated: place in the list, class, needs.
    drawn_order    BIGINT NOT NULL,
    class          BIGINT NOT NULL,
    needs          BIGINT NOT NULL,
    PRIMARY KEY (school, arrangement_id, entry_school, entry_id),
    FOREIGN KEY (school, arrangement_id) REFERENCES arrangement (school, id)
);
CREATE UNIQUE INDEX seat_assignment_place ON seat_assignment (school, arrangement_id, session, room, seat);
CREATE UNIQUE INDEX seat_assignment_ticket ON seat_assignment (school, ticket, arrangement_id);

-- By home school; who is to be arranged at a campus. Written when an entry is paid, not when it is made.
CREATE INDEX entry_paid ON entry (pool_school, sitting, campus, subject) WHERE state = 'paid';
