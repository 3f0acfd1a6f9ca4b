-- The waiting list of full pools (R16).

-- How many people wait for a seat of the pool: as many free seats are theirs alone. And the last number that was given in
-- its line. Both change with the pool's row, so that nobody who comes later can have a smaller number.
ALTER TABLE seat_pool ADD COLUMN waiting BIGINT NOT NULL DEFAULT 0;
ALTER TABLE seat_pool ADD COLUMN line_last BIGINT NOT NULL DEFAULT 0;
-- The pools where somebody waits. Without `taken`, which changes with every entry.
CREATE INDEX seat_pool_waiting ON seat_pool (waiting, sitting, campus, subject) WHERE waiting > 0;

-- For how many subjects the registration waits: it is not released meanwhile (R7).
ALTER TABLE registration ADD COLUMN in_line BIGINT NOT NULL DEFAULT 0;

-- One row a registration and subject that it waits for, at one campus or, an oral one, at up to three.
CREATE TABLE standby (
    school          TEXT   NOT NULL,
    id              BIGINT NOT NULL,
    registration_id BIGINT NOT NULL,
    sitting         TEXT   NOT NULL,
    subject         TEXT   NOT NULL,
    mode            TEXT   NOT NULL CHECK (mode IN ('written', 'oral')),
    level           BIGINT NOT NULL,
    -- The campuses with the number in the line of each, the wanted one first: '993010:17;991010:4'.
    wishes          TEXT   NOT NULL,
    joined_at       BIGINT NOT NULL,
    ended_at        BIGINT,
    -- A seat was given, the candidate left or entered by another way, the line closed, or the rules allow it no more.
    ended_for       TEXT   CHECK (ended_for IN ('given', 'left', 'entered', 'closed', 'refused')),
    -- The entry that was given.
    entry_id        BIGINT,
    PRIMARY KEY (school, id),
    FOREIGN KEY (school, registration_id) REFERENCES registration (school, id),
    CHECK ((ended_at IS NULL) = (ended_for IS NULL)),
    CHECK (entry_id IS NULL OR ended_for = 'given')
);
CREATE UNIQUE INDEX standby_waiting ON standby (registration_id, school, subject)
    WHERE ended_at IS NULL AND registration_id IS NOT NULL;

-- Who waits at a pool, by the campus's school: the least number is the first in line. Deleted when the waiting ends.
CREATE TABLE standby_wish (
    school          TEXT   NOT NULL,
    sitting         TEXT   NOT NULL,
    campus          TEXT   NOT NULL,
    subject         TEXT   NOT NULL,
    number          BIGINT NOT NULL,
    home_school     TEXT   NOT NULL,
    registration_id BIGINT NOT NULL,
    standby_id      BIGINT NOT NULL,
    PRIMARY KEY (school, sitting, campus, subject, number)
) /* WITHOUT ROWID */;

-- What came free at a pool lately, from which the chance in its line is told.
CREATE INDEX entry_freed ON entry (pool_school, sitting, campus, subject, ended_at)
    WHERE ended_at IS NOT NULL AND pool_school IS NOT NULL;
